import type { DuckDBConnection } from "@duckdb/node-api"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"

import {
  ask,
  distance,
  haveReference,
  openStatistics,
  referenceText,
  whySkipped
} from "../../test/statistics.ts"

interface Reference {
  readonly oneSample: ReadonlyArray<{
    readonly x: number
    readonly n: number
    readonly confidence: number
    readonly expected: {
      readonly wilson: ReadonlyArray<number>
      readonly clopperPearson: ReadonlyArray<number>
    }
  }>
  readonly twoSample: ReadonlyArray<{
    readonly x1: number
    readonly n1: number
    readonly x2: number
    readonly n2: number
    readonly expected: {
      readonly diff: number
      readonly newcombe95: ReadonlyArray<number>
      readonly chisq: number | null
      readonly pChisq: number | null
      readonly pFisher: number
    }
  }>
  readonly tolerance: number
}

let db: DuckDBConnection
beforeAll(async () => {
  db = await openStatistics()
})

describe.skipIf(!haveReference)(`proportions.json${whySkipped}`, () => {
  const { oneSample, twoSample, tolerance } = (
    haveReference ? JSON.parse(referenceText("proportions.json")) : { oneSample: [], twoSample: [] }
  ) as Reference

  test.each(oneSample)("$x of $n at $confidence", async ({ x, n, confidence, expected }) => {
    const [row] = await ask(
      db,
      `SELECT w.low AS wl, w.high AS wh, c.low AS cl, c.high AS ch
       FROM (SELECT stats.wilson(${x}, ${n}, ${confidence}) AS w, stats.clopper_pearson(${x}, ${n}, ${confidence}) AS c)`
    )
    expect(distance([row!["wl"], row!["wh"]], expected.wilson)).toBeLessThan(tolerance)
    expect(distance([row!["cl"], row!["ch"]], expected.clopperPearson)).toBeLessThan(tolerance)
  })

  test.each(twoSample)("$x1 of $n1 and $x2 of $n2", async ({ x1, n1, x2, n2, expected }) => {
    const four = [x1, n1, x2, n2].join(", ")
    const [row] = await ask(
      db,
      `SELECT d.*, c.statistic, c.p, stats.fisher(${four}) AS f
       FROM (SELECT stats.newcombe(${four}) AS d, stats.chi_square_2x2(${four}) AS c)`
    )
    expect(
      distance([row!["difference"], row!["low"], row!["high"]], [expected.diff, ...expected.newcombe95])
    ).toBeLessThan(tolerance)
    expect(
      distance([row!["statistic"], row!["p"], row!["f"]], [expected.chisq, expected.pChisq, expected.pFisher])
    ).toBeLessThan(tolerance)
  })
})

const counts = fc
  .integer({ min: 1, max: 5000 })
  .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)))

describe("intervals of proportions", () => {
  test("lie within 0 and 1, hold the share, and grow with the level", async () => {
    await fc.assert(
      fc.asyncProperty(counts, async ([x, n]) => {
        const rows = await ask(
          db,
          `SELECT unnest([stats.wilson(${x}, ${n}, 0.8), stats.wilson(${x}, ${n}), stats.clopper_pearson(${x}, ${n})], recursive := true)`
        )
        const [narrow, wilson, exact] = rows as unknown as ReadonlyArray<{ low: number; high: number }>
        for (const each of [narrow!, wilson!, exact!]) {
          expect(each.low).toBeGreaterThanOrEqual(0)
          expect(each.low).toBeLessThanOrEqual(x / n)
          expect(each.high).toBeGreaterThanOrEqual(x / n)
          expect(each.high).toBeLessThanOrEqual(1)
        }
        expect(wilson!.low).toBeLessThanOrEqual(narrow!.low)
        expect(wilson!.high).toBeGreaterThanOrEqual(narrow!.high)
      }),
      { numRuns: 40 }
    )
  })

  test("Newcombe's difference turns its sign with the order, and has none of the mirror's", async () => {
    await fc.assert(
      fc.asyncProperty(counts, counts, async ([x1, n1], [x2, n2]) => {
        const [row] = await ask(
          db,
          `SELECT a.low AS al, a.high AS ah, b.low AS bl, b.high AS bh, a.difference AS d
           FROM (SELECT stats.newcombe(${x1}, ${n1}, ${x2}, ${n2}) AS a, stats.newcombe(${x2}, ${n2}, ${x1}, ${n1}) AS b)`
        )
        expect(distance([row!["al"], row!["ah"]], [-row!["bh"]!, -row!["bl"]!])).toBeLessThan(1e-12)
        expect(row!["al"]).toBeGreaterThanOrEqual(-1 - 1e-12)
        expect(row!["ah"]).toBeLessThanOrEqual(1 + 1e-12)
        expect(row!["d"]).toBeGreaterThanOrEqual(row!["al"]!)
      }),
      { numRuns: 40 }
    )
  })

  test("what is impossible has no interval", async () => {
    const [row] = await ask<Readonly<Record<string, unknown>>>(
      db,
      `SELECT stats.wilson(1, 0).low AS a, stats.wilson(3, 2).high AS b, stats.wilson(-1, 2).low AS c, stats.wilson(NULL, 2).low AS d,
         stats.wilson(1, 2, 1).low AS e, stats.clopper_pearson(3, 2).low AS f, stats.newcombe(1, 2, 1, 0).difference AS g,
         stats.fisher(1, 0, 1, 1) AS h, stats.observed_expected(1, 0).ratio AS i, stats.ratio(0, 5, 1, 5).ratio AS j`
    )
    expect(Object.values(row!).every((x) => x === null)).toBe(true)
  })

  test("an aggregate, and a column of any name, may be an argument", async () => {
    const rows = await ask<{ readonly g: string; readonly low: number }>(
      db,
      `SELECT g, stats.wilson(sum(_s), sum(_k)).low AS low
       FROM (VALUES ('a', 40, 100), ('a', 41, 163), ('b', 0, 10)) AS v(g, _s, _k) GROUP BY g ORDER BY g`
    )
    expect(rows[0]!.low).toBeCloseTo(0.255288519878274, 12)
    expect(rows[1]!.low).toBe(0)
  })
})

describe("observed over expected", () => {
  // Breslow and Day (1987), page 70: 15 observed where 8.33 are expected.
  test("Byar's limits are near the exact ones of Poisson", async () => {
    const [row] = await ask(db, "SELECT unnest(stats.observed_expected(15, 8.33))")
    expect(row!["ratio"]).toBeCloseTo(15 / 8.33, 12)
    expect(row!["low"]).toBeCloseTo(8.39539 / 8.33, 2)
    expect(row!["high"]).toBeCloseTo(24.74022 / 8.33, 2)
  })

  test("without an event the lower limit is 0 and the upper one is not", async () => {
    const [row] = await ask(db, "SELECT unnest(stats.observed_expected(0, 5))")
    expect(row!["ratio"]).toBe(0)
    expect(row!["low"]).toBe(0)
    expect(row!["high"]! * 5).toBeCloseTo(3.688879, 1)
  })
})
