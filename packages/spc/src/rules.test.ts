import type { DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"

import { judge, openDatabase } from "../test/database.ts"
import type { InputRow, OutputRow } from "../test/database.ts"

// Expected values are worked out by hand from the wording of the rules; no tool implements mdc-2023 as it stands.
let connection: DuckDBConnection
beforeAll(async () => {
  connection = await openDatabase()
})

/**
 * A baseline of 14 points, 9 and 11 in turn: mean 10, every moving range 2, so the limits are 10 ± 5.32 and the
 * 2-sigma lines 10 ± 3.546…; then the points of the example, outside the baseline.
 */
const after = (values: ReadonlyArray<number | null>, extra: Partial<InputRow> = {}): InputRow[] => [
  ...Array.from({ length: 14 }, (_, i) => ({
    series: "a",
    period: i,
    value: i % 2 === 0 ? 9 : 11,
    baseline: true,
    ...extra
  })),
  ...values.map((value, i) => ({ series: "a", period: 14 + i, value, baseline: false, ...extra }))
]

const run = async (rows: ReadonlyArray<InputRow>, options = ""): Promise<ReadonlyArray<OutputRow>> =>
  (await judge(connection, `xmr('points'${options})`, rows)).get("a")!

const names = {
  beyond_limits: "beyond-limits",
  shift: "shift",
  trend: "trend",
  two_of_three: "two-of-three"
} as const

/** The points of the example, each with the side on which the rule marks it; `?` where it is not judged. */
const marked = (rows: ReadonlyArray<OutputRow>, rule: keyof typeof names): string =>
  rows
    .slice(14)
    .map((r) => {
      const sides = new Set(r.rules.filter((run) => run.rule === names[rule]).map((run) => run.side))
      const flag = r[rule]
      if (flag === null) return "?"
      if (flag !== sides.size > 0) return "!"
      return sides.size === 2 ? "B" : sides.has("high") ? "H" : sides.has("low") ? "L" : "."
    })
    .join("")

describe("mdc-2023", () => {
  test("limits are the mean of the baseline ± 2.66 average moving ranges, not screened", async () => {
    const rows = await run(after([10, 40]))
    for (const r of rows) {
      expect(r.centre).toBeCloseTo(10, 12)
      expect(r.ucl3).toBeCloseTo(15.32, 12)
      expect(r.lcl3).toBeCloseTo(4.68, 12)
      expect(r.ucl2).toBeCloseTo(10 + (2 / 3) * 5.32, 12)
      expect(r.ucl1).toBeCloseTo(10 + 5.32 / 3, 12)
      expect([r.lcl2, r.lcl1]).toEqual([
        expect.closeTo(10 - (2 / 3) * 5.32, 12),
        expect.closeTo(10 - 5.32 / 3, 12)
      ])
      expect(r.sigma).toBeCloseTo(5.32 / 3, 12)
    }
    // One wild point in the baseline: ranges 2 (12 times), 30 (one, at the end) stay in the average.
    const wild = await run([
      ...after([]).slice(0, 13),
      { series: "a", period: 13, value: 39, baseline: true }
    ])
    expect(wild[0]!.sigma).toBeCloseTo(((12 * 2 + 30) / 13) * (2.66 / 3), 12)
  })

  test("a point on a limit, or within 1e-9 of it, is not beyond it", async () => {
    const ucl = 10 + 2.66 * 2
    expect(
      marked(await run(after([ucl, ucl * (1 + 5e-10), ucl * (1 + 3e-9), 4.68, 4.67])), "beyond_limits")
    ).toBe("..H.L")
  })

  test("seven on one side make a shift, all seven are flagged and those after; six do not", async () => {
    expect(marked(await run(after([9, 12, 12, 12, 12, 12, 12, 9])), "shift")).toBe("........")
    expect(marked(await run(after([9, 12, 12, 12, 12, 12, 12, 12, 12, 9])), "shift")).toBe(".HHHHHHHH.")
    expect(marked(await run(after([9, 12, 12, 12, 12, 12, 12, 9]), ", shift := 6"), "shift")).toBe(".HHHHHH.")
  })

  test("a point on the mean breaks a shift", async () => {
    expect(marked(await run(after([9, 12, 12, 12, 10, 12, 12, 12, 12])), "shift")).toBe(".........")
  })

  test("seven rising points make a trend; an equal neighbour breaks it; a peak can belong to two", async () => {
    expect(marked(await run(after([9, 8, 8.5, 9, 9.5, 10, 10.5, 11, 10])), "trend")).toBe(".HHHHHHH.")
    expect(marked(await run(after([9, 8, 8.5, 9, 9.5, 10, 10.5, 10.4])), "trend")).toBe("........")
    expect(marked(await run(after([9, 8, 8.5, 9, 9.5, 10, 10.5, 10.4]), ", trend := 6"), "trend")).toBe(
      ".HHHHHH."
    )
    expect(marked(await run(after([9, 8, 8.5, 9, 9, 9.5, 10, 10.5])), "trend")).toBe("........")
    expect(
      marked(await run(after([9, 8, 8.5, 9, 9.5, 10, 10.5, 11, 10.5, 10, 9.5, 9, 8.5, 8])), "trend")
    ).toBe(".HHHHHHBLLLLLL")
  })

  test("two of three beyond 2 sigma, all on one side: those two are flagged, and beyond 3 sigma counts", async () => {
    expect(marked(await run(after([9, 14, 11, 14, 9])), "two_of_three")).toBe(".H.H.")
    expect(marked(await run(after([9, 14, 9, 14, 9])), "two_of_three")).toBe(".....")
    expect(marked(await run(after([9, 14, 14, 9])), "two_of_three")).toBe("....")
    expect(marked(await run(after([9, 14, 14, 11])), "two_of_three")).toBe(".HH.")
    expect(marked(await run(after([9, 11, 14, 16, 9])), "two_of_three")).toBe("..HH.")
    expect(marked(await run(after([9, 14, 10, 14, 9])), "two_of_three")).toBe(".....")
    const rows = await run(after([9, 11, 14, 16, 9]))
    expect(marked(rows, "beyond_limits")).toBe("...H.")
  })

  test("the list of rules tells first, completing and last point; overlapping windows are one run", async () => {
    const rows = await run(after([9, 12, 12, 12, 12, 12, 12, 12, 12, 9]))
    expect(rows[15]!.rules).toEqual([
      { rule: "shift", side: "high", first: 15, completed: 21, last: 22, points: 8 }
    ])
    const two = await run(after([9, 14, 14, 11, 14, 12, 9]))
    expect(two[15]!.rules).toEqual([
      { rule: "two-of-three", side: "high", first: 15, completed: 17, last: 18, points: 3 }
    ])
    expect(two[17]!.rules).toEqual([])
    const out = await run(after([9, 16, 16, 3]))
    expect(out[15]!.rules[0]).toEqual({
      rule: "beyond-limits",
      side: "high",
      first: 15,
      completed: 15,
      last: 16,
      points: 2
    })
    expect(out[17]!.rules[0]).toEqual({
      rule: "beyond-limits",
      side: "low",
      first: 17,
      completed: 17,
      last: 17,
      points: 1
    })
  })

  test("rules start anew at a phase", async () => {
    const rows = [0, 1].flatMap((phase) =>
      Array.from({ length: 14 }, (_, i) => ({
        series: "a",
        phase,
        period: phase * 14 + i,
        // Four above at the end of one phase and four above at the start of the next.
        value: (phase === 0 ? i >= 10 : i < 4) ? 12 : (i + phase) % 2 === 0 ? 13 : 3
      }))
    )
    expect((await run(rows)).every((r) => r.shift === false)).toBe(true)
    expect((await run(rows.map((r) => ({ ...r, phase: 0 })))).filter((r) => r.shift)).toHaveLength(8)
  })

  test("concern and improvement on one point are both kept", async () => {
    const rows = await run(after([9, 6, 6.5, 7, 7.5, 8, 8.5, 9], { direction: "up" }))
    expect([marked(rows, "shift")[2], marked(rows, "trend")[2]]).toEqual(["L", "H"])
    expect([rows[16]!.signal, rows[16]!.variation, rows[16]!.direction_of_signal]).toEqual([
      true,
      "both",
      "both"
    ])
  })

  test("below 13 points nothing is judged", async () => {
    const series = (n: number): InputRow[] =>
      Array.from({ length: n }, (_, i) => ({
        series: "a",
        period: i,
        value: i < 5 ? 1 : 2,
        target: 9,
        direction: "up" as const
      }))
    const twelve = await run(series(12))
    for (const r of twelve)
      expect([r.judged, r.variation, r.assurance, r.signal, r.shift, r.rules.length]).toEqual([
        false,
        "not-judged",
        "not-judged",
        null,
        null,
        0
      ])
    expect(twelve[0]!.warning).toContain("few-points")
    const thirteen = await run(series(13))
    expect([
      thirteen[0]!.judged,
      thirteen[12]!.shift,
      thirteen[12]!.variation,
      thirteen[0]!.assurance
    ]).toEqual([true, true, "improvement", "fail"])
  })

  test("words follow the direction; without one a point has changed", async () => {
    const word = async (direction?: "up" | "down" | "neutral"): Promise<string> =>
      (await run(after([16], direction ? { direction } : {})))[14]!.variation
    expect([await word("up"), await word("down"), await word("neutral"), await word()]).toEqual([
      "improvement",
      "concern",
      "changed",
      "changed"
    ])
  })

  test("assurance: a target strictly outside the limits of the last point", async () => {
    const word = async (target: number, direction: "up" | "down" | "neutral"): Promise<string> =>
      (await run(after([10], { target, direction })))[0]!.assurance
    expect([
      await word(4, "up"),
      await word(4, "down"),
      await word(16, "up"),
      await word(16, "down")
    ]).toEqual(["pass", "fail", "fail", "pass"])
    expect([await word(15.32, "up"), await word(10, "down"), await word(4, "neutral")]).toEqual([
      "hit-or-miss",
      "hit-or-miss",
      "not-judged"
    ])
    expect((await run(after([10])))[0]!.assurance).toBe("no-target")
  })

  test("a ghost stays as a row, outside limits and runs; a missing value breaks no run and bridges no range", async () => {
    const rows = await run(
      after([9, 12, 12, 12, 40, 12, 12, 12, null, 12]).map((r) => ({ ...r, excluded: r.value === 40 }))
    )
    expect(marked(rows, "shift")).toBe(".HHH?HHH?H")
    expect(rows[18]).toMatchObject({
      excluded: true,
      beyond_limits: null,
      signal: null,
      variation: "not-judged",
      rules: []
    })
    expect(rows[22]).toMatchObject({ value: null, variation: "not-judged" })
    expect(rows[0]!.n).toBe(22)
    expect(rows[0]!.warning).toContain("missing")
    // Joined over the gap, the two points of 11 beside it would make a range of 0.
    const gap = after([]).map((r, i) => (i === 2 ? { ...r, value: null } : i === 3 ? { ...r, value: 11 } : r))
    expect((await run(gap))[0]!.sigma).toBeCloseTo((2 * 2.66) / 3, 12)
  })
})

describe("warnings", () => {
  test("autocorrelation is told from 24 baseline points on", async () => {
    const wave = (n: number): InputRow[] =>
      Array.from({ length: n }, (_, i) => ({ series: "a", period: i, value: Math.sin(i / 3) }))
    const rows = await run(wave(24))
    const values = wave(24).map((r) => r.value!)
    const mean = values.reduce((a, b) => a + b, 0) / 24
    const r1 =
      values.slice(1).reduce((s, v, i) => s + (v - mean) * (values[i]! - mean), 0) /
      values.reduce((s, v) => s + (v - mean) ** 2, 0)
    expect(rows[0]!.r1).toBeCloseTo(r1, 12)
    expect(rows[0]!.warning).toContain("autocorrelated")
    const short = await run(wave(23))
    expect([short[0]!.r1, short[0]!.warning.includes("autocorrelated")]).toEqual([null, false])
  })

  test("an unknown profile or direction stops the query and names the cure", async () => {
    await expect(run(after([10]), ", profile := 'mine'")).rejects.toThrow(
      /use one of mdc-2023, anhoej, ptd-0.2/
    )
    await expect(
      judge(connection, "xmr('points')", after([10], { direction: "sideways" as "up" }))
    ).rejects.toThrow(/up, down or neutral/)
  })
})
