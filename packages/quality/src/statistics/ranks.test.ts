import type { DuckDBConnection } from "@duckdb/node-api"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"

import { ask, fill, openStatistics } from "../../test/statistics.ts"
import { drawOf, mixed, uniform } from "./draws.ts"
import { replicates } from "./ranks.ts"
import { tables } from "./stages.ts"

let db: DuckDBConnection
beforeAll(async () => {
  db = await openStatistics()
})

interface Rank {
  readonly unit: number
  readonly rank_low: number | null
  readonly rank_median: number | null
  readonly rank_high: number | null
  readonly not_told_apart: number | null
  readonly units: number
  readonly rankable: boolean
}

const given = (
  units: ReadonlyArray<readonly [estimate: number, se: number]>,
  name = "units"
): Promise<void> =>
  fill(
    db,
    name,
    "unit INTEGER, estimate DOUBLE, se DOUBLE",
    units.map(([e, s], i) => [i, e, s])
  )
const ranks = (more = ""): Promise<ReadonlyArray<Rank>> =>
  ask<Rank>(db, `FROM stats.rank_interval('units'${more}) ORDER BY unit`)

describe("intervals of ranks", () => {
  test("units far apart have their own rank, and alike ones any", async () => {
    await given([
      [0, 0.001],
      [5, 0.001],
      [9, 0.001]
    ])
    expect((await ranks()).map((r) => [r.rank_low, r.rank_high, r.not_told_apart])).toEqual([
      [3, 3, 0],
      [2, 2, 0],
      [1, 1, 0]
    ])
    expect((await ranks(", best := 'low'")).map((r) => r.rank_low)).toEqual([1, 2, 3])
    await given(Array.from({ length: 20 }, () => [1, 1] as const))
    for (const r of await ranks()) {
      expect(r.rank_low).toBeLessThanOrEqual(2)
      expect(r.rank_high).toBeGreaterThanOrEqual(19)
      expect(r.not_told_apart).toBe(19)
    }
  })

  // Two units of which one is ahead by d/√2 standard errors of the difference: first with probability Φ(d/√2).
  test("hold what the normal distribution says", async () => {
    await given([
      [0, 1],
      [2.4, 1]
    ])
    const rows = await ranks(", level := 0.9")
    expect(rows.map((r) => [r.rank_low, r.rank_high])).toEqual([
      [2, 2],
      [1, 1]
    ])
    expect((await ranks(", level := 0.95")).map((r) => [r.rank_low, r.rank_high])).toEqual([
      [1, 2],
      [1, 2]
    ])
  })

  test("lie within the number of units, around their median; no order of rows matters", async () => {
    const some = fc.array(
      fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: 0.01, max: 1, noNaN: true })),
      {
        minLength: 2,
        maxLength: 15
      }
    )
    await fc.assert(
      fc.asyncProperty(some, async (units) => {
        await given(units)
        const rows = await ranks(", draws := 200")
        for (const r of rows) {
          expect(r.rank_low).toBeGreaterThanOrEqual(1)
          expect(r.rank_high).toBeLessThanOrEqual(units.length)
          expect(r.rank_low).toBeLessThanOrEqual(r.rank_median!)
          expect(r.rank_high).toBeGreaterThanOrEqual(r.rank_median!)
          const near = rows.filter(
            (o) => o !== r && o.rank_low! <= r.rank_high! && o.rank_high! >= r.rank_low!
          )
          expect(r.not_told_apart).toBe(near.length)
        }
        await db.run("CREATE OR REPLACE TABLE units AS FROM units ORDER BY unit DESC")
        expect(await ranks(", draws := 200")).toEqual(rows)
      }),
      { numRuns: 10 }
    )
  })

  test("there are none where units cannot be told apart reliably (RULES §2.4)", async () => {
    await fill(
      db,
      "units",
      "unit INTEGER, numerator INTEGER, denominator INTEGER",
      Array.from({ length: 10 }, (_, i) => [i, 20 + (i % 3), 100])
    )
    await db.run("CREATE OR REPLACE TABLE shrunken AS FROM stats.shrunken('units')")
    const alike = await ask<Rank>(db, "FROM stats.rank_interval('shrunken')")
    expect(alike.every((r) => !r.rankable && r.rank_low === null)).toBe(true)
    await db.run("UPDATE units SET numerator = 5 + 9 * unit")
    await db.run("CREATE OR REPLACE TABLE shrunken AS FROM stats.shrunken('units')")
    const apart = await ask<Rank>(db, "FROM stats.rank_interval('shrunken') ORDER BY unit")
    expect(apart.every((r) => r.rankable)).toBe(true)
    expect(apart.at(-1)!.rank_low).toBe(1)
  })

  test("groups are ranked by themselves", async () => {
    await fill(db, "units", "grp VARCHAR, unit INTEGER, estimate DOUBLE, se DOUBLE", [
      ["a", 1, 0, 0.1],
      ["a", 2, 9, 0.1],
      ["b", 1, 5, 0.1]
    ])
    expect(
      (await ask<Rank>(db, "FROM stats.rank_interval('units') ORDER BY grp, unit")).map((r) => r.rank_low)
    ).toEqual([2, 1, 1])
  })
})

describe("draws", () => {
  const drawn = `WITH ${replicates("200").replaceAll("seed::BIGINT", "1::BIGINT")},
    _place AS (SELECT unnest(range(1, 501)) AS _p), _each AS (FROM _replicate CROSS JOIN _place),
    ${tables("_each", "_drawn", drawOf("_bits", "_p", "own"))}, _u AS (SELECT *, ${uniform("_own")} AS u FROM _drawn)`

  test("fill the range evenly, and neighbours know nothing of each other", async () => {
    const [row] = await ask(
      db,
      `${drawn}, _n AS (SELECT u, lag(u) OVER (ORDER BY _replicate_no, _p) AS along, lag(u) OVER (ORDER BY _p, _replicate_no) AS across FROM _u)
       SELECT avg(u) AS mean, var_pop(u) AS var, corr(u, along) AS along, corr(u, across) AS across,
         (SELECT sum(pow(n - 1000, 2) / 1000) FROM (SELECT count(*) AS n FROM _u GROUP BY floor(u * 100))) AS chi FROM _n`
    )
    // 100,000 draws: standard errors 0.0009, 0.0002, 0.003 and 0.003; chi-square of 99 degrees.
    expect(Math.abs(row!["mean"]! - 0.5)).toBeLessThan(0.004)
    expect(Math.abs(row!["var"]! - 1 / 12)).toBeLessThan(0.001)
    expect(Math.abs(row!["along"]!)).toBeLessThan(0.013)
    expect(Math.abs(row!["across"]!)).toBeLessThan(0.013)
    expect(row!["chi"]).toBeGreaterThan(50)
    expect(row!["chi"]).toBeLessThan(160)
  })

  test("no two numbers give the same bits", async () => {
    const [row] = await ask(
      db,
      `WITH _n AS (SELECT unnest(range(200000)) AS _i), ${tables(
        "_n",
        "_m",
        mixed((at) => at("i"), "h")
      )}
       SELECT count(DISTINCT _h) AS n, max(_h) < 2147483648 AS fits FROM _m`
    )
    expect(row).toEqual({ n: 200000, fits: true })
  })
})
