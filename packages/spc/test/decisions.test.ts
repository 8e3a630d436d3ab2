import { readFileSync } from "node:fs"

import type { DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"

import { haveReference, readCases, whySkipped } from "./cases.ts"
import { judge, openDatabase } from "./database.ts"
import type { InputRow, OutputRow } from "./database.ts"
import { beyondTheTags, matters } from "./matters.ts"

const text = readFileSync(new URL("../DECISIONS.md", import.meta.url), "utf8")

/** The matters as DECISIONS.md tells them: heading → case → fields. */
const told = Object.fromEntries(
  text
    .split(/^### /m)
    .slice(1)
    .map((section) => [
      section.slice(0, section.indexOf("\n")),
      Object.fromEntries(
        [...(/^- \*\*Cases\*\*: (.*)$/m.exec(section)?.[1] ?? "").matchAll(/`([^`]+)` \(([^)]*)\)/g)].map(
          ([, id, fields]) => [id!, fields!.split(", ").sort()]
        )
      )
    ])
)

/** Tags of the shared cases for which the project decides by itself. */
const ownToDecide = new Set([
  "constant",
  "missing",
  "zero-denominator",
  "tiny",
  "unscreened-mr",
  "two-of-three",
  "edge"
])

const files = [
  "NHSRplotthedots__xmr",
  ...["run", "i", "mr", "xbar", "s", "p", "pp", "u", "up", "c", "g", "t", "ip"].map((x) => `qicharts2__${x}`),
  ...["run", "i", "i_m", "i_mm", "mr", "xbar", "s", "p", "pp", "u", "up", "c", "g", "t"].map(
    (x) => `PowerBI-SPC__${x}`
  ),
  ...["xbar.one", "xbar", "R", "S", "np", "p", "u", "c", "g"].map((x) => `qcc__qcc-${x}`),
  "qcc__ewma",
  "qcc__cusum"
]

describe("DECISIONS.md and the table of the tests say the same", () => {
  test("matters, cases and fields", () => {
    expect(told).toEqual(
      Object.fromEntries(
        matters.map((m) => [
          m.name,
          Object.fromEntries(Object.entries(m.cases).map(([id, fields]) => [id, [...fields].sort()]))
        ])
      )
    )
  })

  test.skipIf(!haveReference)(`cases exist and may be decided${whySkipped}`, () => {
    const known = new Map(files.flatMap((f) => readCases(f)).map((c) => [c.id, c]))
    const ids = matters.flatMap((m) => Object.keys(m.cases))
    expect(ids.filter((id) => !known.has(id))).toEqual([])
    const beyond = ids.filter((id) => {
      const c = known.get(id)!
      return c.expected.error === undefined && !c.tags.some((t) => ownToDecide.has(t))
    })
    expect([...beyond].sort()).toEqual([...beyondTheTags].sort())
    for (const id of beyondTheTags) expect(text).toContain(`- \`${id}\`: `)
  })
})

const series = (values: ReadonlyArray<number | null>, more: Partial<InputRow> = {}): InputRow[] =>
  values.map((value, period) => ({ series: "a", period, value, ...more }))
const ratios = (
  rows: ReadonlyArray<readonly [number | null, number | null]>,
  more: Partial<InputRow> = {}
): InputRow[] =>
  rows.map(([numerator, denominator], period) => ({ series: "a", period, numerator, denominator, ...more }))

/** Thirteen wards' worth of nothing special. */
const steady = [12, 15, 11, 14, 13, 12, 16, 11, 14, 15, 12, 13, 14]

const own: Readonly<
  Record<
    string,
    (run: (call: string, rows: InputRow[]) => Promise<ReadonlyArray<OutputRow>>) => Promise<void>
  >
> = {
  "No value at all": async (run) => {
    for (const call of [
      "xmr('points', profile := 'anhoej')",
      "xmr('points', profile := 'pbi')",
      "run('points')"
    ]) {
      const rows = await run(call, series([null, null, null], { target: 3, direction: "up" }))
      expect(rows.map((r) => [r.period, r.value, r.centre, r.signal, r.variation, r.judged, r.n])).toEqual(
        [0, 1, 2].map((period) => [period, null, null, null, "not-judged", false, 0])
      )
    }
  },
  "A constant series": async (run) => {
    for (const profile of ["mdc-2023", "anhoej", "ptd-0.2", "pbi"])
      for (const [direction, target, word] of [
        ["up", 95, "pass"],
        ["up", 100, "pass"],
        ["up", 101, "fail"],
        ["down", 101, "pass"],
        ["down", 95, "fail"]
      ] as const) {
        const rows = await run(
          `xmr('points', profile := '${profile}')`,
          series(
            Array.from({ length: 15 }, () => 100),
            { direction, target }
          )
        )
        for (const r of rows) {
          expect([r.lcl3, r.lcl2, r.centre, r.ucl2, r.ucl3, r.sigma]).toEqual([100, 100, 100, 100, 100, 0])
          expect([r.beyond_limits, r.variation, r.assurance]).toEqual([
            false,
            profile === "anhoej" ? r.variation : "common",
            word
          ])
          expect(r.warning).toContain("constant")
        }
      }
  },
  "Constant but for one point": async (run) => {
    // 19 moving ranges of 0 and one of 1: their average is 1/19, and only the odd point lies 2.66/19 from the mean.
    const values = [...Array.from({ length: 19 }, () => 100), 99]
    for (const profile of ["anhoej", "ptd-0.2", "pbi"]) {
      const rows = await run(`xmr('points', profile := '${profile}')`, series(values))
      const half = (profile === "ptd-0.2" ? 2.66 : 3 / 1.128) / 19
      expect(rows[0]!.ucl3).toBeCloseTo(99.95 + half, 10)
      expect(rows[0]!.lcl3).toBeCloseTo(99.95 - half, 10)
      expect(rows.filter((r) => r.beyond_limits).map((r) => r.period)).toEqual([19])
      expect(rows[0]!.warning).toContain("too-little-variation")
    }
  },
  "No moving range across a missing value": async (run) => {
    // Ranges 2, 3 before the gap and 4, 1 after it: average 2.5; the 10 from 13 to 3 is none.
    const values = [10, 12, 15, null, 3, 7, 8]
    const rows = await run("xmr('points', profile := 'pbi', screened := false)", series(values))
    const centre = (10 + 12 + 15 + 3 + 7 + 8) / 6
    expect(rows).toHaveLength(7)
    expect(rows[0]!.centre).toBeCloseTo(centre, 12)
    expect(rows[0]!.ucl3).toBeCloseTo(centre + (3 * 2.5) / 1.128, 12)
    expect(rows[3]!.value).toBeNull()
    expect(rows[0]!.warning).toContain("missing")
  },
  "A missing point is not judged": async (run) => {
    const rows = await run(
      "xmr('points', profile := 'ptd-0.2')",
      series([...steady.slice(0, 6), null, ...steady.slice(6)], { direction: "up" })
    )
    expect(rows.map((r) => r.variation)).toEqual(rows.map((_, i) => (i === 6 ? "not-judged" : "common")))
    expect(rows[6]!.signal).toBeNull()
  },
  "A denominator of zero": async (run) => {
    const counts = steady.map((x, i) => [x, i === 4 ? 0 : 100] as const)
    const cases = counts.map(([x, n]) => (n === 0 ? ([0, 0] as const) : ([x, n] as const)))
    const total = cases.reduce((a, [x]) => a + x, 0) / 1200
    for (const [macro, variance] of [
      ["p", total * (1 - total)],
      ["u", total]
    ] as const) {
      const rows = await run(`${macro}('points', profile := 'pbi')`, ratios(cases))
      rows.forEach((r, i) => {
        expect(r.centre).toBeCloseTo(total, 12)
        expect(r.warning).toContain("zero-denominator")
        if (i === 4) expect([r.value, r.lcl3, r.ucl3, r.beyond_limits]).toEqual([null, null, null, null])
        else expect(r.ucl3).toBeCloseTo(total + 3 * Math.sqrt(variance / 100), 12)
      })
      if (macro === "p" || macro === "u") {
        const wide = await run(`${macro}p('points', profile := 'pbi')`, ratios(cases))
        expect(wide.filter((r) => r.ucl3 === null).map((r) => r.period)).toEqual([4])
      }
    }
  },
  "Points after the baseline of an mr chart": async (run) => {
    // Ranges 2, 4, 3 in the baseline: centre 3, upper limit 9.801. Then 1 and 11, of which the latter is beyond.
    const rows = await run(
      "mr('points', profile := 'pbi')",
      series([10, 12, 16, 13, 14, 25]).map((r, i) => ({ ...r, baseline: i < 4 }))
    )
    expect(rows.map((r) => r.value)).toEqual([null, 2, 4, 3, 1, 11])
    expect(rows.map((r) => r.beyond_limits)).toEqual([null, false, false, false, false, true])
    expect(rows[5]!.centre).toBeCloseTo(3, 12)
    expect(rows[5]!.ucl3).toBeCloseTo(9.801, 12)
  },
  "The standard deviation of all values as sigma": async (run) => {
    // A step of 10 in the middle: average moving range 10/11, where the standard deviation is above 5.
    const step = Array.from({ length: 12 }, (_, i) => (i < 6 ? 10 : 20))
    const rows = await run("xmr('points', profile := 'western-electric')", series(step))
    expect(rows[0]!.sigma).toBeCloseTo(10 / 11 / 1.128, 12)
  },
  "How far ranges scatter": async (run) => {
    // Ranges 4 and 2 of two members each, whose difference scatters by √(2 − 4/π).
    const groups = [
      [1, 5],
      [4, 6]
    ].flatMap((members, period) => members.map((value) => ({ series: "a", period, value })))
    const rows = await run("r('points', profile := 'western-electric')", groups)
    expect(rows[0]!.centre).toBeCloseTo(3, 12)
    expect(rows[0]!.ucl3).toBeCloseTo(3 + (3 * 3 * Math.sqrt(2 - 4 / Math.PI)) / 1.128, 10)
  },
  "A ghost is not judged": async (run) => {
    const rows = await run(
      "xmr('points', profile := 'anhoej')",
      series([...steady, 90, ...steady]).map((r, i) => ({ ...r, excluded: i === 13 }))
    )
    expect(rows[13]!.value).toBeGreaterThan(rows[13]!.ucl3!)
    expect([rows[13]!.beyond_limits, rows[13]!.signal, rows[13]!.variation]).toEqual([
      null,
      null,
      "not-judged"
    ])
    expect(rows[13]!.ucl3).toBeLessThan(25)
  },
  "Limits of a g chart": async (run) => {
    const rows = await run("g('points', profile := 'western-electric')", series([2, 9, 4, 1, 4]))
    expect([rows[0]!.centre, rows[0]!.lcl3]).toEqual([4, 0])
    expect(rows[0]!.ucl3).toBeCloseTo(4 + 3 * Math.sqrt(20), 12)
  }
}

describe("our own value, by hand", () => {
  let connection: DuckDBConnection
  beforeAll(async () => {
    connection = await openDatabase()
  })

  test.each(matters.map((m) => m.name))("%s", async (name) => {
    expect(Object.keys(own)).toContain(name)
    await own[name]!(async (call, rows) => (await judge(connection, call, rows)).get("a")!)
  })
})
