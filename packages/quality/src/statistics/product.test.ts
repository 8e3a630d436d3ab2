import type { DuckDBConnection } from "@duckdb/node-api"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"

import { ask, fill, openStatistics } from "../../test/statistics.ts"

let db: DuckDBConnection
beforeAll(async () => {
  db = await openStatistics()
})

type Factor = readonly [unit: string, factor: string, value: number, power: number, drawn: boolean]
const given = (factors: ReadonlyArray<Factor>, name = "factors"): Promise<void> =>
  fill(db, name, "unit VARCHAR, factor VARCHAR, value DOUBLE, power INTEGER, drawn BOOLEAN", factors)

interface Rank {
  readonly unit: string
  readonly score: number
  readonly rank: number
  readonly rank_low: number
  readonly rank_high: number
  readonly top_share: number
  readonly same_rank: number
}
const ranks = (more = ""): Promise<ReadonlyArray<Rank>> =>
  ask<Rank>(db, `FROM stats.product_rank('factors'${more}) ORDER BY unit`)
const orders = (more = "") =>
  ask<{ readonly unit: string; readonly other: string; readonly before_share: number }>(
    db,
    `FROM stats.product_order('factors'${more}) ORDER BY unit, other`
  )

/** The chance that u/v > r for u, v uniform on 0.75 to 1.25, by a fine grid of v. */
const chance = (r: number): number => {
  const steps = 100_000
  let sum = 0
  for (let i = 0; i < steps; i++) {
    const v = 0.75 + (0.5 * (i + 0.5)) / steps
    sum += Math.min(1, Math.max(0, (1.25 - r * v) / 0.5))
  }
  return sum / steps
}

describe("ranks of products", () => {
  test("a score is the product of its factors, divided by those of power -1", async () => {
    await given([
      ["a", "burden", 40, 1, false],
      ["a", "share", 0.5, 1, true],
      ["a", "effort", 10, -1, true],
      ["b", "burden", 3, 1, false],
      ["b", "share", 0.5, 1, true],
      ["b", "effort", 10, -1, true]
    ])
    const rows = await ranks(", top := 1")
    expect(rows.map((row) => [row.unit, row.rank, row.top_share])).toEqual([
      ["a", 1, 1],
      ["b", 2, 0]
    ])
    expect(rows.map((row) => row.score)).toEqual([expect.closeTo(2, 12), expect.closeTo(0.15, 12)])
  })

  test("where nothing is drawn the order stays, and equal scores share it", async () => {
    await given([
      ["a", "x", 2, 1, false],
      ["b", "x", 2, 1, false],
      ["c", "x", 1, 1, false]
    ])
    expect((await ranks()).map((row) => [row.rank, row.rank_low, row.rank_high, row.same_rank])).toEqual([
      [1, 1, 1, 1],
      [1, 1, 1, 1],
      [3, 3, 3, 1]
    ])
    expect((await orders()).map((row) => [row.unit, row.other, row.before_share])).toEqual([
      ["a", "b", 0.5],
      ["a", "c", 1],
      ["b", "c", 1]
    ])
  })

  test.each([1, 0.98, 0.9, 0.75])(
    "two units with one drawn factor each, %f apart, change places by chance",
    async (r) => {
      await given([
        ["a", "x", 1, 1, true],
        ["b", "x", r, 1, true]
      ])
      const [order] = await orders(", draws := 4000")
      // Four standard errors of 4,000 draws.
      expect(Math.abs(order!.before_share - chance(r))).toBeLessThan(4 * Math.sqrt(0.25 / 4000))
      const [first] = await ranks(", draws := 4000, top := 1")
      expect(Math.abs(first!.top_share - chance(r))).toBeLessThan(4 * Math.sqrt(0.25 / 4000))
    }
  )

  test("neither the order of rows nor a scale common to all changes anything", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 6 }),
        fc.constantFrom(0.5, 2, 1024),
        async (values, scale) => {
          const factors = (by: number): ReadonlyArray<Factor> =>
            values.flatMap((value, i) => [
              [`u${i}`, "x", value * by, 1, true] as const,
              [`u${i}`, "y", 1 + (value % 3), -1, true] as const
            ])
          await given(factors(1))
          const before = await ranks(", draws := 50")
          await given(factors(1).toReversed())
          expect(await ranks(", draws := 50")).toEqual(before)
          await given(factors(scale))
          expect(
            (await ranks(", draws := 50")).map((row) => [row.rank_low, row.rank_high, row.top_share])
          ).toEqual(before.map((row) => [row.rank_low, row.rank_high, row.top_share]))
        }
      ),
      { numRuns: 10 }
    )
  })

  test("pairs further apart than asked are left out, also among equal scores", async () => {
    await given(["a", "b", "c", "d"].map((unit) => [unit, "x", 2, 1, true] as const))
    expect((await orders(", draws := 10, within := 1")).map((row) => row.unit + row.other)).toEqual([
      "ab",
      "bc",
      "cd"
    ])
  })

  test("what cannot be a factor is refused", async () => {
    await given([["a", "x", 0, -1, true]])
    await expect(ranks()).rejects.toThrow("a divisor above 0")
    await given([["a", "x", 1, 2, true]])
    await expect(ranks()).rejects.toThrow("power must be 1 or -1")
  })
})

describe("a ratio of sums", () => {
  const of = (rows: ReadonlyArray<readonly [number, number]>) =>
    fill(
      db,
      "periods",
      "cluster INTEGER, numerator DOUBLE, denominator DOUBLE",
      rows.map(([x, n], i) => [i, x, n])
    )
  const ratio = async () => (await ask(db, "FROM stats.ratio_of_sums('periods')"))[0]!

  test("of equal denominators is a mean with Student's interval", async () => {
    // Mean 5, s = √(10/3), 4 values: 5 ± t(0.975; 3) · s/2, t = 3.182446305284.
    await of([
      [3, 1],
      [5, 1],
      [5, 1],
      [7, 1]
    ])
    const row = await ratio()
    const half = (3.182446305284 * Math.sqrt(8 / 3)) / 2
    expect(row["estimate"]).toBe(5)
    expect(row["low"]).toBeCloseTo(5 - half, 9)
    expect(row["high"]).toBeCloseTo(5 + half, 9)
  })

  test("inside 0 to 1 is the proportion by cluster", async () => {
    await of([
      [10, 40],
      [12, 30],
      [9, 50],
      [20, 60]
    ])
    const row = await ratio()
    const [share] = await ask(db, "FROM stats.cluster_proportion('periods')")
    for (const name of ["estimate", "se", "low", "high"]) expect(row[name]).toBeCloseTo(share![name]!, 12)
  })

  test("of one period has no interval", async () => {
    await of([[3, 1]])
    expect(await ratio()).toMatchObject({ estimate: 3, se: null, low: null, high: null, clusters: 1 })
  })
})
