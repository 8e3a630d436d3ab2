import type { DuckDBConnection } from "@duckdb/node-api"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"

import { judge, openDatabase } from "../test/database.ts"
import type { InputRow, OutputRow } from "../test/database.ts"
import { poissonTails } from "../test/exact-tails.ts"

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await openDatabase()
})

type Pair = readonly [numerator: number | null, denominator: number | null]
const rowsOf = (pairs: ReadonlyArray<Pair>, more: Partial<InputRow> = {}): InputRow[] =>
  pairs.map(([numerator, denominator], period) => ({ series: "a", period, numerator, denominator, ...more }))
const run = async (
  macro: string,
  rows: ReadonlyArray<InputRow>,
  more = ""
): Promise<ReadonlyArray<OutputRow>> =>
  (await judge(connection, `${macro}('points'${more})`, rows)).get("a") ?? []

const all = ["p", "pp", "p_auto", "u", "up", "u_auto"] as const
const proportions = ["p", "pp", "p_auto"] as const

/** Counts of about 100 in 400, so that nothing is small and limits lie within 0 and 1. */
const steady: ReadonlyArray<Pair> = Array.from(
  { length: 20 },
  (_, i) => [96 + ((i * 7) % 9), 380 + ((i * 11) % 41)] as const
)

describe("worked by hand", () => {
  test("u: 30 events in 600 days, limits at each point's own exposure, per 1,000 by multiply", async () => {
    // Rate 0.05; at 100 days sigma = √(0.05/100) = 0.0223607, at 400 days 0.0111803. Mean count 10: not small.
    const rows = await run(
      "u",
      rowsOf([
        [4, 100],
        [6, 100],
        [20, 400]
      ]),
      ", multiply := 1000"
    )
    expect(rows.map((r) => r.value)).toEqual([40, 60, 50])
    expect(rows.map((r) => r.centre)).toEqual([50, 50, 50])
    expect(rows[0]!.sigma).toBeCloseTo(22.360679775, 8)
    expect(rows[0]!.ucl3).toBeCloseTo(117.082039325, 8)
    expect(rows[2]!.ucl3).toBeCloseTo(83.5410196625, 8)
    expect(rows[2]!.lcl3).toBeCloseTo(16.4589803375, 8)
    expect(rows[0]!.lcl3).toBe(0)
    expect(rows[0]!.lcl1).toBeCloseTo(27.639320225, 8)
    expect([rows[0]!.chart, rows[0]!.numerator, rows[0]!.denominator]).toEqual(["u", 4, 100])
  })

  test("pp: z of −2, 2, −2, 2 makes σ_z 4 / 1.128, and the limits that much wider", async () => {
    // Half of 100: sigma 0.05, so 40 and 60 lie at z = ∓2.
    const pairs = [40, 60, 40, 60].map((x) => [x, 100] as const)
    for (const r of await run("pp", rowsOf(pairs))) {
      expect(r.sigma_z).toBeCloseTo(4 / 1.128, 12)
      expect(r.sigma).toBeCloseTo((0.05 * 4) / 1.128, 12)
      expect(r.ucl2).toBeCloseTo(0.5 + (2 * 0.05 * 4) / 1.128, 12)
      expect([r.lcl3, r.ucl3, r.chart]).toEqual([0, 1, "pp"])
    }
  })

  test("up: one wild step is left out of σ_z where screened, once", async () => {
    // Rate 1 at exposure 100: sigma 0.1. z = (x − 100) / 10 about a given centre of 1.
    const counts = [...Array.from({ length: 12 }, (_, i) => (i % 2 ? 105 : 95)), 255]
    const pairs = counts.map((x) => [x, 100] as const)
    // Eleven steps of 1 and one of 15: average 26/12, and 15 > 3.267 × that.
    const [plain] = await run("up", rowsOf(pairs), ", centre := 1")
    expect(plain!.sigma_z).toBeCloseTo(26 / 12 / 1.128, 12)
    const [screened] = await run("up", rowsOf(pairs), ", centre := 1, screened := true")
    expect(screened!.sigma_z).toBeCloseTo(1 / 1.128, 12)
    expect(screened!.ucl3).toBeCloseTo(1 + 0.3 / 1.128, 12)
  })

  test("a normalised spread takes each step over its own standard error", async () => {
    const pairs = [
      [20, 100],
      [90, 300],
      [50, 100]
    ] as const
    const c = 160 / 500
    const step = (a: number, b: number, m: number, n: number): number =>
      (Math.sqrt(Math.PI / 2) * Math.abs(a / m - b / n)) / Math.sqrt(1 / m + 1 / n)
    const s = (step(20, 90, 100, 300) + step(90, 50, 300, 100)) / 2
    const rows = await run("pp", rowsOf(pairs), ", spread := 'normalised'")
    expect(rows[1]!.sigma).toBeCloseTo(s / Math.sqrt(300), 10)
    expect(rows[1]!.ucl2).toBeCloseTo(c + (2 * s) / Math.sqrt(300), 10)
  })
})

describe("plain or Laney by test", () => {
  // Half of 10,000 ± d: z = ± d/50, every step 2d/50, σ_z = d × 0.0354610. For 20 points it must exceed
  // 1 + 1.645 √(0.826/19) = 1.34299, between d = 37 (1.31206) and d = 38 (1.34752).
  const swinging = (d: number, length = 20): ReadonlyArray<Pair> =>
    Array.from({ length }, (_, i) => [5000 + (i % 2 ? d : -d), 10_000] as const)

  test.each([
    [37, "p", 1],
    [38, "pp", 38 * 0.04],
    [10, "p", 1]
  ])("p_auto at ±%d is %s", async (d, chart, wide) => {
    const rows = await run("p_auto", rowsOf(swinging(d)))
    const width = chart === "pp" ? wide / 1.128 : 1
    for (const r of rows) {
      expect(r.chart).toBe(chart)
      expect(r.sigma_z).toBeCloseTo((d * 0.04) / 1.128, 9)
      expect(r.ucl3).toBeCloseTo(0.5 + 3 * 0.005 * width, 12)
      expect(r.warning.includes("laney-chosen")).toBe(chart === "pp")
      expect(r.warning).not.toContain("overdispersed")
    }
  })

  test("what p_auto does not widen, pp narrows: σ_z below 1 counts as 1 in our own choice only", async () => {
    const [auto] = await run("p_auto", rowsOf(swinging(10)))
    const [laney] = await run("pp", rowsOf(swinging(10)))
    expect(auto!.ucl3).toBeCloseTo(0.515, 12)
    expect(laney!.ucl3).toBeCloseTo(0.5 + (0.015 * 0.4) / 1.128, 12)
  })

  test("the choice is made on the baseline and stays: wild points after it do not change the chart", async () => {
    const quiet = rowsOf([...swinging(10), ...swinging(400, 10)]).map((r, i) => ({ ...r, baseline: i < 20 }))
    expect(new Set((await run("p_auto", quiet)).map((r) => r.chart))).toEqual(new Set(["p"]))
    const wild = rowsOf([...swinging(400), ...swinging(10, 10)]).map((r, i) => ({ ...r, baseline: i < 20 }))
    expect(new Set((await run("p_auto", wild)).map((r) => r.chart))).toEqual(new Set(["pp"]))
  })

  test("u_auto: the same test on Poisson z; a plain chart says overdispersed instead", async () => {
    // 2,500 ± d at exposure 1: z = d/50, as above.
    const swing = (d: number): ReadonlyArray<Pair> =>
      Array.from({ length: 20 }, (_, i) => [2500 + (i % 2 ? d : -d), 1] as const)
    const charts = []
    for (const d of [37, 38]) {
      const [auto] = await run("u_auto", rowsOf(swing(d)))
      const [plain] = await run("u", rowsOf(swing(d)))
      charts.push([auto!.chart, auto!.warning, plain!.chart, plain!.warning])
    }
    expect(charts).toEqual([
      ["u", [], "u", []],
      ["up", ["laney-chosen"], "u", ["overdispersed"]]
    ])
  })
})

describe("small counts", () => {
  test.each([0.3, 2, 4.9])(
    "u: beyond the limits where the Poisson tail is 0.00135 or less (mean %d)",
    async (mean) => {
      const base = Array.from({ length: 20 }, (_, i) => ({
        series: "a",
        period: i,
        numerator: Math.floor(((i + 1) * mean * 20) / 20 + 1e-9) - Math.floor((i * mean * 20) / 20 + 1e-9),
        denominator: 50,
        baseline: true
      }))
      const total = base.reduce((a, r) => a + r.numerator, 0)
      // Later points at other exposures: each has its own tails.
      const later = [25, 50, 200].flatMap((denominator) =>
        Array.from({ length: 40 }, (_, k) => ({ numerator: k, denominator }))
      )
      const rows = await run("u", [
        ...base,
        ...later.map((x, i) => ({ series: "a", period: 20 + i, baseline: false, ...x }))
      ])
      expect(rows[0]!.warning).toContain("small-counts")
      later.forEach(({ numerator, denominator }, i) => {
        const { atMost, atLeast } = poissonTails((denominator * total) / 1000, 60)
        expect([denominator, numerator, rows[20 + i]!.beyond_limits]).toEqual([
          denominator,
          numerator,
          atLeast[numerator]! <= 0.00135 || atMost[numerator]! <= 0.00135
        ])
      })
    }
  )

  test("profiles without exact tails keep 3 sigma, and say that counts are small all the same", async () => {
    const pairs = Array.from({ length: 20 }, (_, i) => [i % 4, 10] as const)
    const [r] = await run("u", rowsOf(pairs), ", profile := 'pbi'")
    expect(r!.ucl3).toBeCloseTo(0.15 + 3 * Math.sqrt(0.015), 12)
    expect(r!.warning).toContain("small-counts")
  })

  test("5 expected is not small, a little under is", async () => {
    const told = async (macro: string, pairs: ReadonlyArray<Pair>): Promise<boolean> =>
      (await run(macro, rowsOf(pairs)))[0]!.warning.includes("small-counts")
    const at = (x: number): ReadonlyArray<Pair> => Array.from({ length: 14 }, () => [x, 100] as const)
    const under = (x: number): ReadonlyArray<Pair> => [...at(x).slice(1), [x - 1, 100]]
    expect(await told("p", at(5))).toBe(false)
    expect(await told("p", under(5))).toBe(true)
    expect(await told("p", at(95))).toBe(false)
    expect(await told("p", [...at(95).slice(1), [96, 100]])).toBe(true)
    expect(await told("u", at(5))).toBe(false)
    expect(await told("u", under(5))).toBe(true)
    expect(await told("u", at(99))).toBe(false)
  })

  test("one later denominator of a million among tens is judged, not computed for ever", async () => {
    const rows = await run("p", [
      ...rowsOf(
        Array.from({ length: 20 }, (_, i) => [i % 3, 20] as const),
        { baseline: true }
      ),
      { series: "a", period: 20, numerator: 52_000, denominator: 1e6, baseline: false },
      { series: "a", period: 21, numerator: 0, denominator: 1e15, excluded: true }
    ])
    const c = 19 / 400
    expect(rows[20]!.ucl3).toBeCloseTo(c + 3 * Math.sqrt((c * (1 - c)) / 1e6), 5)
    expect(rows[20]!.beyond_limits).toBe(true)
    expect(rows[21]!.ucl3).toBeCloseTo(c, 6)
  })
})

describe("what cannot be", () => {
  const bad: ReadonlyArray<readonly [name: string, pair: Pair, warning: string]> = [
    ["no numerator", [null, 400], "missing"],
    ["no denominator", [100, null], "missing"],
    ["a denominator of zero", [0, 0], "zero-denominator"],
    ["cases among nobody", [3, 0], "zero-denominator"],
    ["a negative numerator", [-1, 400], "negative"],
    ["a negative denominator", [100, -400], "negative"],
    ["a numerator that is no number", [Number.NaN, 400], "missing"],
    ["a denominator that is no number", [100, Number.NaN], "missing"],
    ["an infinite denominator", [100, Number.POSITIVE_INFINITY], "missing"],
    ["an infinite numerator", [Number.POSITIVE_INFINITY, 400], "missing"]
  ]

  test.each(bad)("%s: that point only, on every chart", async (_, pair, warning) => {
    for (const macro of all) {
      const rows = await run(
        macro,
        rowsOf(
          steady.map((x, i) => (i === 9 ? pair : x)),
          { direction: "down" }
        )
      )
      const clean = await run(macro, rowsOf(steady.map((x, i) => (i === 9 ? [null, null] : x))))
      expect(rows).toHaveLength(20)
      const point = rows[9]!
      expect([point.value, point.signal, point.variation, point.in_baseline]).toEqual([
        null,
        null,
        "not-judged",
        false
      ])
      expect(point.warning).toContain(warning)
      rows.forEach((r, i) => {
        if (i === 9) return
        expect([r.value, r.centre, r.lcl3, r.ucl3, r.sigma_z, r.n]).toEqual([
          clean[i]!.value,
          clean[i]!.centre,
          clean[i]!.lcl3,
          clean[i]!.ucl3,
          clean[i]!.sigma_z,
          19
        ])
        expect(r.ucl3).toBeGreaterThan(r.centre!)
      })
    }
  })

  test("a proportion above 1 is drawn, and nothing else; as a rate it is one like any other", async () => {
    const pairs = steady.map((x, i) => (i === 9 ? ([500, 400] as const) : x))
    for (const macro of proportions) {
      const rows = await run(macro, rowsOf(pairs))
      const clean = await run(macro, rowsOf(steady.map((x, i) => (i === 9 ? [null, null] : x))))
      const { value, beyond_limits, variation, in_baseline, warning } = rows[9]!
      expect([value, beyond_limits, variation, in_baseline]).toEqual([1.25, null, "not-judged", false])
      expect(warning).toContain("above-one")
      expect(rows[8]!.ucl3).toBe(clean[8]!.ucl3)
      expect(rows[8]!.sigma_z).toBe(clean[8]!.sigma_z)
    }
    const rates = await run("u", rowsOf(pairs))
    expect(rates[9]!.beyond_limits).toBe(true)
    expect(rates[9]!.warning).not.toContain("above-one")
  })

  test("one impossible row stops no query: the other series are as they are alone", async () => {
    const good = rowsOf(steady)
    const other = rowsOf([
      [7, 5],
      [-1, 5],
      [0, 0],
      [null, null]
    ]).map((r) => ({ ...r, series: "b" }))
    for (const macro of all) {
      const together = (await judge(connection, `${macro}('points')`, [...other, ...good])).get("a")
      expect(together).toEqual(await run(macro, good))
    }
  })

  test("a given centre that no proportion can have gives no limits, and no error", async () => {
    for (const [macro, centre] of [
      ["p", 1.5],
      ["pp", -0.1],
      ["u", -2]
    ] as const) {
      const rows = await run(macro, rowsOf(steady), `, centre := ${centre}`)
      expect(rows.map((r) => [r.centre, r.lcl3, r.ucl3])).toEqual(rows.map(() => [centre, null, null]))
    }
  })
})

describe("at the edges", () => {
  test.each(all)("%s: no rows, one row, nothing known", async (macro) => {
    await connection.run(
      "CREATE OR REPLACE TABLE empty (series VARCHAR, period INTEGER, numerator DOUBLE, denominator DOUBLE)"
    )
    expect((await connection.runAndReadAll(`FROM spc.${macro}('empty')`)).currentRowCount).toBe(0)
    const [one] = await run(macro, rowsOf([[100, 400]]))
    expect([one!.value, one!.centre, one!.n, one!.judged, one!.sigma_z]).toEqual([0.25, 0.25, 1, false, null])
    const none = await run(
      macro,
      rowsOf([
        [null, null],
        [null, 5]
      ])
    )
    expect(none.map((r) => [r.value, r.centre, r.ucl3, r.variation])).toEqual([
      [null, null, null, "not-judged"],
      [null, null, null, "not-judged"]
    ])
  })

  test.each(all)("%s: none of anything for ever is steady, at its target", async (macro) => {
    const pairs = Array.from({ length: 15 }, (_, i) => [0, 20 + i] as const)
    for (const r of await run(macro, rowsOf(pairs, { target: 0, direction: "down" })))
      expect([r.centre, r.lcl3, r.ucl3, r.sigma, r.beyond_limits, r.assurance]).toEqual([
        0,
        0,
        0,
        0,
        false,
        "pass"
      ])
  })

  test.each(proportions)("%s: always all of them", async (macro) => {
    const pairs = Array.from({ length: 15 }, (_, i) => [20 + i, 20 + i] as const)
    for (const r of await run(macro, rowsOf(pairs, { target: 0.95, direction: "up" })))
      expect([r.centre, r.lcl3, r.ucl3, r.beyond_limits, r.assurance]).toEqual([1, 1, 1, false, "pass"])
  })

  test("one enormous denominator is told, half of all is not yet enormous", async () => {
    const told = async (big: number): Promise<boolean> =>
      (
        await run("p", rowsOf([...steady.slice(0, 5).map((): Pair => [20, 100]), [big / 5, big]]))
      )[0]!.warning.includes("dominant-denominator")
    expect(await told(500)).toBe(false)
    expect(await told(501)).toBe(true)
  })

  test("limits at both ends of what can be: which way it can still be told", async () => {
    const words = async (
      pairs: ReadonlyArray<Pair>,
      direction: "up" | "down"
    ): Promise<ReadonlyArray<string>> =>
      (await run("p", rowsOf(pairs, { direction })))[0]!.warning.filter((w) => w.startsWith("can-only"))
    const rare = Array.from({ length: 15 }, (_, i) => [i % 3, 40] as const)
    const usual = rare.map(([x, n]) => [n - x, n] as const)
    expect(await words(rare, "down")).toEqual(["can-only-show-worse"])
    expect(await words(rare, "up")).toEqual(["can-only-show-better"])
    expect(await words(usual, "down")).toEqual(["can-only-show-better"])
    expect(await words(usual, "up")).toEqual(["can-only-show-worse"])
    expect(await words(steady, "up")).toEqual([])
  })
})

const pair = fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 300, max: 900 }))
const pairs = fc.array(pair, { minLength: 4, maxLength: 30 })

/** Many charts at once, because a query costs more than its rows. */
const charts = fc.array(pairs, { minLength: 15, maxLength: 15 })
const flat = (
  some: ReadonlyArray<ReadonlyArray<readonly [number, number]>>,
  change: (x: number, n: number) => readonly [number, number] = (x, n) => [x, n]
): InputRow[] =>
  some.flatMap((one, s) => rowsOf(one.map(([x, n]) => change(x, n))).map((r) => ({ ...r, series: `${s}` })))
const judged = async (
  macro: string,
  rows: ReadonlyArray<InputRow>,
  more = ""
): Promise<ReadonlyArray<OutputRow>> =>
  [...(await judge(connection, `${macro}('points'${more})`, rows)).values()].flat()

test("law: k times the numerators and the denominators leave p′ and u′ as they are, and narrow p and u by √k", async () => {
  await fc.assert(
    fc.asyncProperty(charts, fc.integer({ min: 2, max: 9 }), async (some, k) => {
      for (const macro of ["p", "pp", "u", "up"]) {
        const before = await judged(macro, flat(some), ", profile := 'pbi'")
        const after = await judged(
          macro,
          flat(some, (x, n) => [k * x, k * n]),
          ", profile := 'pbi'"
        )
        const narrower = macro.length === 1 ? Math.sqrt(k) : 1
        expect(after).toHaveLength(before.length)
        after.forEach((r, i) => {
          expect(r.centre).toBeCloseTo(before[i]!.centre!, 12)
          expect(r.sigma! * narrower).toBeCloseTo(before[i]!.sigma!, 10)
          expect(r.sigma_z!).toBeCloseTo(before[i]!.sigma_z! * Math.sqrt(k), 8)
        })
      }
    }),
    { numRuns: 2, seed: 11 }
  )
})

test("law: what does not happen is the mirror of what does, on p and p′", async () => {
  await fc.assert(
    fc.asyncProperty(charts, async (some) => {
      for (const macro of ["p", "pp"]) {
        const cases = await judged(macro, flat(some))
        const others = await judged(
          macro,
          flat(some, (x, n) => [n - x, n])
        )
        expect(others).toHaveLength(cases.length)
        others.forEach((r, i) => {
          const c = cases[i]!
          expect(r.centre).toBeCloseTo(1 - c.centre!, 12)
          expect(r.ucl3).toBeCloseTo(1 - c.lcl3!, 10)
          expect(r.lcl2).toBeCloseTo(1 - c.ucl2!, 10)
          expect(r.beyond_limits).toBe(c.beyond_limits)
        })
      }
    }),
    { numRuns: 2, seed: 12 }
  )
})
