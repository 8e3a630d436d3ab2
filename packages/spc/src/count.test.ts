import type { DuckDBConnection } from "@duckdb/node-api"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"

import { judge, openDatabase } from "../test/database.ts"
import type { InputRow, OutputRow } from "../test/database.ts"
import { binomialTails, poissonTails } from "../test/exact-tails.ts"

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await openDatabase()
})

const run = async (
  macro: string,
  rows: ReadonlyArray<InputRow>,
  more = ""
): Promise<ReadonlyArray<OutputRow>> =>
  (await judge(connection, `${macro}('points'${more})`, rows)).get("a") ?? []
const counts = (values: ReadonlyArray<number | null>, more: Partial<InputRow> = {}): InputRow[] =>
  values.map((value, period) => ({ series: "a", period, value, ...more }))
type Pair = readonly [numerator: number | null, denominator: number | null]
const pairs = (some: ReadonlyArray<Pair>, more: Partial<InputRow> = {}): InputRow[] =>
  some.map(([numerator, denominator], period) => ({ series: "a", period, numerator, denominator, ...more }))

describe("c", () => {
  test("worked by hand: mean 16, sigma 4", async () => {
    const rows = await run(
      "c",
      counts([14, 18, 12, 20, 29]).map((r, i) => ({ ...r, baseline: i < 4 }))
    )
    for (const r of rows) {
      expect([r.centre, r.sigma, r.lcl3, r.lcl2, r.lcl1, r.ucl1, r.ucl2, r.ucl3]).toEqual([
        16, 4, 4, 8, 12, 20, 24, 28
      ])
      expect([r.chart, r.sigma_z]).toEqual(["c", null])
    }
    const judged = await run(
      "c",
      counts([...Array.from({ length: 14 }, (_, i) => (i % 2 ? 12 : 20)), 29, 28, 3, 4]).map((r, i) => ({
        ...r,
        baseline: i < 14
      }))
    )
    expect(judged.filter((r) => r.beyond_limits).map((r) => r.value)).toEqual([29, 3])
  })

  test.each([0.2, 1, 3.3, 4.95])(
    "small counts (mean %d): beyond the limits exactly where the Poisson tail is 0.00135 or less",
    async (mean) => {
      const length = 20
      const base = Array.from(
        { length },
        (_, i) => Math.floor((i + 1) * mean + 1e-9) - Math.floor(i * mean + 1e-9)
      )
      const every = Array.from({ length: 30 }, (_, k) => k)
      const rows = (
        await run(
          "c",
          counts([...base, ...every]).map((r, i) => ({ ...r, baseline: i < length }))
        )
      ).slice(length)
      const { atMost, atLeast } = poissonTails(base.reduce((a, b) => a + b, 0) / length, 30)
      expect(rows.map((r) => r.beyond_limits)).toEqual(
        every.map((k) => atLeast[k]! <= 0.00135 || atMost[k]! <= 0.00135)
      )
      expect(rows[0]!.warning).toContain("small-counts")
      expect(rows[0]!.sigma).toBeCloseTo(Math.sqrt(rows[0]!.centre!), 12)
    }
  )

  test("a mean of 5 is not small: 3 sigma, cut at 0", async () => {
    const [r] = await run(
      "c",
      counts(
        Array.from({ length: 14 }, (_, i) => (i % 2 ? 4 : 6)),
        { direction: "down" }
      )
    )
    expect([r!.centre, r!.lcl3, r!.lcl2]).toEqual([5, 0, 5 - 2 * Math.sqrt(5)])
    expect(r!.warning).toEqual(["can-only-show-worse"])
  })

  test("a given centre gives sigma as well; one below 0 no limits; the numerator is taken where there is no value", async () => {
    const [given] = await run("c", counts([9, 9, 9]), ", centre := 25")
    expect([given!.centre, given!.sigma, given!.ucl3]).toEqual([25, 5, 40])
    const [never] = await run("c", counts([9, 9, 9]), ", centre := -1")
    expect([never!.centre, never!.lcl3, never!.ucl3, never!.sigma]).toEqual([-1, null, null, null])
    const [taken] = await run(
      "c",
      pairs([
        [16, null],
        [16, 3]
      ])
    )
    expect([taken!.value, taken!.ucl3]).toEqual([16, 28])
    const [idle] = await run("c", [{ series: "a", period: 0, value: 16, denominator: 0 }])
    expect([idle!.value, idle!.warning]).toEqual([16, ["few-points"]])
  })
})

describe("np", () => {
  test("worked by hand: 20 % of 100 and of 400", async () => {
    const rows = await run(
      "np",
      pairs([
        [25, 100],
        [15, 100],
        [80, 400],
        [null, 400],
        [3, 0]
      ])
    )
    expect(rows.map((r) => r.value)).toEqual([25, 15, 80, null, null])
    expect(rows.map((r) => r.centre)).toEqual([20, 20, 80, null, null])
    expect(rows.map((r) => r.sigma)).toEqual([4, 4, 8, null, null])
    expect(rows.map((r) => r.ucl3)).toEqual([32, 32, 104, null, null])
    expect(rows.map((r) => r.lcl2)).toEqual([12, 12, 64, null, null])
    expect(rows[0]!.warning).toEqual(["few-points", "missing", "zero-denominator", "dominant-denominator"])
  })

  test.each([
    [20, 2],
    [100, 96]
  ])("small counts (n = %d, about %d): limits of the exact binomial tails", async (n, mean) => {
    const base = Array.from({ length: 20 }, () => [mean, n] as const)
    const every = Array.from({ length: n + 1 }, (_, k) => k)
    const rows = (
      await run(
        "np",
        pairs([...base, ...every.map((k) => [k, n] as const)]).map((r, i) => ({ ...r, baseline: i < 20 }))
      )
    ).slice(20)
    const { atMost, atLeast } = binomialTails(n, BigInt(mean), BigInt(n))
    expect(rows.map((r) => r.beyond_limits)).toEqual(
      every.map((k) => atLeast[k]! <= 0.00135 || atMost[k]! <= 0.00135)
    )
    expect(rows[0]!.warning).toContain("small-counts")
  })

  test("a given centre is a count, the same at every point", async () => {
    const rows = await run(
      "np",
      pairs([
        [25, 100],
        [15, 100],
        [30, 400],
        [1, 10]
      ]),
      ", centre := 20"
    )
    expect(rows.map((r) => r.centre)).toEqual([20, 20, 20, 20])
    expect(rows[0]!.sigma).toBeCloseTo(Math.sqrt(20 * 0.8), 12)
    expect(rows[2]!.sigma).toBeCloseTo(Math.sqrt(20 * 0.95), 12)
    // Twenty of ten cannot be.
    expect([rows[3]!.sigma, rows[3]!.ucl3]).toEqual([null, null])
  })

  test("law: np is p in counts: value, centre and limits times the denominator, and the same flags", async () => {
    const pair = fc.tuple(fc.nat(60), fc.integer({ min: 60, max: 400 }))
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(pair, { minLength: 13, maxLength: 30 }), { minLength: 20, maxLength: 20 }),
        async (some) => {
          const rows = some.flatMap((one, s) => pairs(one).map((r) => ({ ...r, series: `${s}` })))
          const of = async (call: string): Promise<ReadonlyArray<OutputRow>> =>
            [...(await judge(connection, `${call}('points', trend := 40)`, rows)).values()].flat()
          const [np, p] = [await of("np"), await of("p")]
          np.forEach((r, i) => {
            const q = p[i]!
            const n = r.denominator!
            for (const name of [
              "value",
              "centre",
              "lcl3",
              "lcl2",
              "lcl1",
              "ucl1",
              "ucl2",
              "ucl3",
              "sigma"
            ] as const)
              expect(r[name]).toBeCloseTo(q[name]! * n, 8)
            expect([r.beyond_limits, r.shift, r.two_of_three]).toEqual([
              q.beyond_limits,
              q.shift,
              q.two_of_three
            ])
          })
          expect(np.length).toBeGreaterThan(250)
        }
      ),
      { numRuns: 3, seed: 5 }
    )
  })
})

describe("what cannot be", () => {
  const steady = Array.from({ length: 15 }, (_, i) => 20 + ((i * 7) % 9))
  test.each([
    [null, "missing"],
    [-3, "negative"],
    [Number.NaN, "missing"],
    [Number.POSITIVE_INFINITY, "missing"]
  ])("c: %s is missing, and the others are as if it were not there", async (value, warning) => {
    const rows = await run("c", counts(steady.map((x, i) => (i === 6 ? value : x))))
    const [others] = await run("c", counts(steady.filter((_, i) => i !== 6)))
    expect([rows[6]!.value, rows[6]!.signal, rows[6]!.variation, rows[6]!.ucl3]).toEqual([
      null,
      null,
      "not-judged",
      others!.ucl3
    ])
    expect(rows[0]!.warning).toEqual(warning === "missing" ? ["missing"] : ["missing", "negative"])
    for (const r of rows) expect([r.centre, r.ucl3, r.n]).toEqual([others!.centre, others!.ucl3, 14])
  })

  test.each([
    [[-1, 50], "negative", null],
    [[1, -50], "negative", null],
    [[60, 50], "above-one", 60],
    [[0, 0], "zero-denominator", null],
    [[1, Number.NaN], "missing", null]
  ] as const)("np: %j", async (pair, warning, value) => {
    const rows = await run("np", pairs(steady.map((x, i) => (i === 6 ? pair : [x, 50]))))
    const [others] = await run("np", pairs(steady.filter((_, i) => i !== 6).map((x) => [x, 50])))
    expect([rows[6]!.value, rows[6]!.signal, rows[6]!.variation]).toEqual([value, null, "not-judged"])
    expect(rows[0]!.warning).toContain(warning)
    rows.forEach((r, i) => {
      if (i !== 6) expect([r.centre, r.ucl3]).toEqual([others!.centre, others!.ucl3])
    })
  })

  test("no rows, one row, nothing known, none for ever", async () => {
    await connection.run(
      "CREATE OR REPLACE TABLE empty (series VARCHAR, period INTEGER, value DOUBLE, numerator DOUBLE, denominator DOUBLE)"
    )
    for (const macro of ["c", "np"])
      expect((await connection.runAndReadAll(`FROM spc.${macro}('empty')`)).currentRowCount).toBe(0)
    const one = [...(await run("c", counts([7]))), ...(await run("np", pairs([[7, 70]])))]
    expect(one.map((r) => [r.value, r.centre, r.n, r.judged])).toEqual([
      [7, 7, 1, false],
      [7, 7, 1, false]
    ])
    const none = [...(await run("c", counts([null]))), ...(await run("np", pairs([[null, null]])))]
    expect(none.map((r) => [r.value, r.centre, r.ucl3, r.sigma])).toEqual([
      [null, null, null, null],
      [null, null, null, null]
    ])
    const zeros = Array.from({ length: 14 }, () => 0)
    const never = [
      ...(await run("c", counts(zeros, { target: 0, direction: "down" }))),
      ...(await run(
        "np",
        pairs(
          zeros.map((x) => [x, 30]),
          { target: 0, direction: "down" }
        )
      ))
    ]
    for (const r of never)
      expect([r.centre, r.lcl3, r.ucl3, r.beyond_limits, r.assurance]).toEqual([0, 0, 0, false, "pass"])
  })
})
