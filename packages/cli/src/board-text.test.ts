import type { BoardRow } from "@plimsoll/core"
import { describe, expect, it } from "vitest"
import type { StatusReport } from "./board.ts"
import { boardText, expectationText, slippingText } from "./board-text.ts"

const measure: StatusReport["measures"][number] = {
  id: "falls",
  title: "Falls",
  unit: "",
  chart: "xmr",
  direction: "down",
  period: "month",
  unjudged: null,
  expectation: { judged: 40, slipping: 3, byLuck: 0.612, autocorrelated: 2 }
}

const row = (parts: Partial<BoardRow>): BoardRow => ({
  series: `${parts.status}-${parts.microsystem}`,
  measure: "falls",
  measureTitle: "Falls",
  unit: "",
  microsystem: "oak",
  microsystemName: "Oak ward",
  stratum: null,
  status: "steady",
  silent: false,
  since: null,
  rules: [],
  period: "2026-06-01",
  value: 8,
  centre: 5,
  lcl3: 1,
  ucl3: 9,
  target: null,
  assurance: "no-target",
  points: 30,
  warning: [],
  r1: null,
  falseAlarmRate: null,
  caveat: null,
  words: [],
  ...parts
})

const many = (count: number, parts: Partial<BoardRow>): ReadonlyArray<BoardRow> =>
  Array.from({ length: count }, (_, at) =>
    row({ since: "2026-01-01", words: ["The words of a signal."], ...parts, microsystem: `w${at + 1}` })
  )

const reportOf = (series: ReadonlyArray<BoardRow>, parts: Partial<StatusReport> = {}): StatusReport => {
  const count = (status: BoardRow["status"]) => series.filter((one) => one.status === status).length
  return {
    format: 2,
    published: { path: "plimsoll.duckdb", writtenAt: "2026-07-15T00:00:00.000Z" },
    organisation: "city",
    zone: "UTC",
    clock: "2026-07-15",
    counts: {
      slipping: count("slipping"),
      improving: count("improving"),
      changed: count("changed"),
      steady: count("steady"),
      notJudged: count("not-judged"),
      unjudged: count("unjudged"),
      silent: series.filter((one) => one.silent).length
    },
    measures: [measure],
    series,
    unplaced: [],
    deadLetters: [],
    ...parts
  }
}

const now = new Date("2026-07-15T00:01:00Z")

describe("beside luck", () => {
  it("sets what is slipping beside what luck alone would give", () => {
    expect(expectationText(measure, [])).toBe(
      "  Falls (falls): 3 of 40 charts are slipping; about 0.6 would be by luck alone; in 2 of the 40 each month resembles the one before, so luck alone gives more than that"
    )
    const expectation = { judged: 1, slipping: 1, byLuck: 0.02, autocorrelated: 0 }
    expect(expectationText({ ...measure, expectation }, [])).toBe(
      "  Falls (falls): 1 of 1 chart is slipping; fewer than 0.1 would be by luck alone"
    )
  })

  it("says changed where neither way is better", () => {
    const expectation = { judged: 139, slipping: 66, byLuck: 5.054, autocorrelated: 0 }
    const neutral = { ...measure, direction: "neutral", expectation } as const
    expect(expectationText(neutral, [])).toBe(
      "  Falls (falls): 66 of 139 charts have changed; about 5.1 would by luck alone"
    )
    expect(expectationText({ ...neutral, expectation: { ...expectation, slipping: 1 } }, [])).toContain(
      "1 of 139 charts has changed; about 5.1 would by luck alone"
    )
  })

  it("says why there is no such number", () => {
    const without = { ...measure, chart: "p", expectation: null } as const
    expect(expectationText({ ...measure, unjudged: "seasonal" }, [])).toBe(
      "  Falls (falls): drawn, never judged: seasonal"
    )
    expect(expectationText(without, [])).toBe("  Falls (falls): no figures here")
    expect(expectationText(without, many(2, { status: "not-judged" }))).toBe(
      "  Falls (falls): no chart can be judged yet: too few points"
    )
    const wide = many(2, { status: "unjudged", caveat: "overdispersed" })
    const narrow =
      "overdispersed (the figures vary more than their denominators explain, so the limits of a plain p or u chart are too narrow)"
    expect(expectationText(without, wide)).toBe(`  Falls (falls): drawn, not judged: ${narrow}`)
    const judged = [...many(1, { status: "slipping" }), ...many(2, { status: "steady" })]
    expect(expectationText(without, [...judged, ...wide, ...many(4, { status: "not-judged" })])).toBe(
      `  Falls (falls): 1 of 3 charts is slipping; what luck alone gives is known of XmR charts only; 2 more drawn, not judged: ${narrow}`
    )
  })
})

describe("the length of the board", () => {
  const report = reportOf(
    [
      ...many(12, { status: "slipping" }),
      ...many(11, { status: "changed" }),
      ...many(13, { status: "improving" }),
      ...many(14, { status: "steady", silent: true })
    ],
    {
      unplaced: Array.from({ length: 15 }, (_, at) => ({
        measure: "falls",
        microsystem: `u${at + 1}`,
        observations: 3
      }))
    }
  )
  const sections = (text: string) => {
    const parts = text.split("\n\n").map((part) => part.split("\n"))
    return (title: string) => parts.find(([first]) => first!.startsWith(title)) ?? []
  }

  it("is ten slipping series in full and ten lines of each other section, and says how many more there are", () => {
    const of = sections(boardText(report, { now }))
    expect(of("Slipping (12)").filter((line) => line.includes("The words of a signal."))).toHaveLength(10)
    expect(of("Slipping (12)").at(-1)).toBe("  … and 2 more (--all)")
    for (const [title, more] of [
      ["Changed (11)", 1],
      ["Improving (13)", 3],
      ["Silent (14)", 4],
      ["Unplaced: 45 rows about 15 microsystems", 5]
    ] as const) {
      expect([title, of(title).length]).toEqual([title, 12])
      expect(of(title).at(-1)).toBe(`  … and ${more} more (--all)`)
    }
    expect(of("Changed")[1]).toBe("  Oak ward (w1) · Falls · since Jan 2026 · 8 in Jun 2026 · average 5")
    expect(of("Steady")).toEqual([])
  })

  it("has no end where everything, or one measure or microsystem, is asked for", () => {
    for (const options of [{ all: true }, { full: true }]) {
      const text = boardText(report, { now, ...options })
      expect(text).not.toContain("more (--all)")
      expect(text.match(/The words of a signal\./g)).toHaveLength(options.all === true ? 50 : 36)
      expect(text).toContain("  u15 · falls · 3 rows")
    }
  })

  it("says in a run where the rest is", () => {
    const lines = slippingText(report, { all: false, hint: "plimsoll status --all" })
    expect(lines.at(-1)).toBe("  … and 2 more (plimsoll status --all)")
    expect(slippingText(reportOf(many(10, { status: "slipping" })), { all: false, hint: "x" })).toHaveLength(
      32
    )
  })
})
