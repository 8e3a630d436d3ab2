import type { DuckDBConnection } from "@duckdb/node-api"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"

import {
  ask,
  distance,
  fill,
  haveReference,
  openStatistics,
  referenceCases,
  whySkipped
} from "../../test/statistics.ts"

type Column = ReadonlyArray<number>

interface Case {
  readonly id: string
  readonly decile: Column
  readonly population: Column
  readonly count: Column
  readonly expected: Readonly<
    Record<"intercept" | "sii" | "rii" | "gapMostMinusLeastDeprived" | "ratioMostToLeast", number> &
      Record<"wilsonLower" | "wilsonUpper", Column>
  >
  readonly tolerance: number
}

let db: DuckDBConnection
beforeAll(async () => {
  db = await openStatistics()
})

type Stratum = readonly [stratum: string, position: number, numerator: number, denominator: number]

/** The last stratum is the reference. */
const given = (strata: ReadonlyArray<Stratum>): Promise<void> =>
  fill(
    db,
    "strata",
    "stratum VARCHAR, position INTEGER, numerator DOUBLE, denominator DOUBLE, reference BOOLEAN",
    strata.map((s, i) => [...s, i === strata.length - 1])
  )

describe.skipIf(!haveReference)(`equity_sii.json${whySkipped}`, () => {
  test.each(referenceCases<Case>("equity_sii.json"))(
    "$id",
    async ({ decile, population, count, expected: e, tolerance }) => {
      await given(decile.map((d, i) => [`d${d}`, d, count[i]!, population[i]!]))
      const [row] = await ask(db, "FROM stats.sii('strata')")
      expect(
        distance([row!["intercept"], row!["sii"], row!["rii"]], [e.intercept, e.sii, e.rii])
      ).toBeLessThan(tolerance)
      const [gap] = await ask(db, "FROM stats.gaps('strata') WHERE stratum = 'd1'")
      expect(
        distance([gap!["difference"], gap!["ratio"]], [e.gapMostMinusLeastDeprived, e.ratioMostToLeast])
      ).toBeLessThan(tolerance)
      const wilson = await ask(
        db,
        "SELECT unnest(stats.wilson(numerator, denominator)) FROM strata ORDER BY position"
      )
      expect(
        distance(
          wilson.map((w) => w["low"]),
          e.wilsonLower
        )
      ).toBeLessThan(tolerance)
      expect(
        distance(
          wilson.map((w) => w["high"]),
          e.wilsonUpper
        )
      ).toBeLessThan(tolerance)
    }
  )
})

describe("the slope index", () => {
  test("of a straight line is its slope, with an interval of no width", async () => {
    await given(Array.from({ length: 10 }, (_, i) => [`s${i}`, i + 1, 300 - 20 * i, 1000] as const))
    const [row] = await ask(db, "FROM stats.sii('strata')")
    expect(
      distance([row!["sii"], row!["intercept"], row!["sii_low"], row!["sii_high"]], [-0.2, 0.31, -0.2, -0.2])
    ).toBeLessThan(1e-12)
    expect(distance([row!["rii"]], [0.11 / 0.31])).toBeLessThan(1e-12)
  })

  // y = 0.30, 0.22, 0.21, 0.12, 0.10 in equal strata: ridits 0.1 … 0.9, Sxx = 5·n·0.08, by hand.
  test("by hand, with its interval by t of 3 degrees", async () => {
    await given([0.3, 0.22, 0.21, 0.12, 0.1].map((y, i) => [`s${i}`, i + 1, y * 100, 100] as const))
    const [row] = await ask(db, "FROM stats.sii('strata')")
    const slope = (-0.4 * 0.3 - 0.2 * 0.22 + 0.2 * 0.12 + 0.4 * 0.1) / 0.4
    const fit = [0.1, 0.3, 0.5, 0.7, 0.9].map((r) => 0.19 + slope * (r - 0.5))
    const rest = [0.3, 0.22, 0.21, 0.12, 0.1].reduce((s, y, i) => s + (y - fit[i]!) ** 2, 0)
    const half = 3.182446305284263 * Math.sqrt(rest / 3 / 0.4)
    expect(
      distance([row!["sii"], row!["sii_low"], row!["sii_high"]], [slope, slope - half, slope + half])
    ).toBeLessThan(1e-11)
    expect(row!["p"]).toBeGreaterThan(0.001)
    expect(row!["p"]).toBeLessThan(0.05)
  })

  test("there is none with fewer than 5 strata", async () => {
    await given([0.3, 0.22, 0.21, 0.12].map((y, i) => [`s${i}`, i + 1, y * 100, 100] as const))
    expect(await ask(db, "SELECT strata, sii, rii, p FROM stats.sii('strata')")).toEqual([
      { strata: 4, sii: null, rii: null, p: null }
    ])
  })
})

describe("gaps", () => {
  const some = fc.array(
    fc.integer({ min: 1, max: 400 }).chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n))),
    { minLength: 3, maxLength: 7 }
  )

  test("the largest is one of those that can be told apart, and none of them is larger; row order does not matter", async () => {
    await fc.assert(
      fc.asyncProperty(some, async (xs) => {
        const strata = xs.map(([x, n], i) => [`s${i}`, i + 1, x, n] as const)
        await given(strata)
        const query = "FROM stats.gaps('strata') ORDER BY stratum"
        const rows = await ask<
          Readonly<Record<"difference" | "q" | "p", number>> & { readonly largest: boolean }
        >(db, query)
        const told = rows.filter((r) => r.q < 0.05)
        const largest = rows.filter((r) => r.largest)
        expect(largest.length).toBe(told.length > 0 ? 1 : 0)
        for (const r of told)
          expect(Math.abs(r.difference)).toBeLessThanOrEqual(Math.abs(largest[0]!.difference))
        // The last q is its p, but for the last digit: it is multiplied by the number of tests and divided by it.
        for (const r of rows) expect(r.q).toBeGreaterThanOrEqual(r.p * (1 - 1e-12))
        await db.run("CREATE OR REPLACE TABLE strata AS FROM strata ORDER BY stratum DESC")
        expect(await ask(db, query)).toEqual(rows)
      }),
      { numRuns: 12 }
    )
  })

  test("equal strata have no gap to be told apart", async () => {
    await given([0, 1, 2, 3].map((i) => [`s${i}`, i, 30, 100] as const))
    expect(await ask(db, "SELECT DISTINCT largest, difference FROM stats.gaps('strata')")).toEqual([
      { largest: false, difference: 0 }
    ])
  })

  test("few are told apart by Fisher's test, many by Pearson's", async () => {
    await given([
      ["few", 1, 1, 12],
      ["many", 2, 60, 200],
      ["reference", 3, 20, 100]
    ])
    const [few, many] = await ask(db, "SELECT p FROM stats.gaps('strata') ORDER BY stratum")
    const [exact] = await ask(
      db,
      "SELECT stats.fisher(1, 12, 20, 100) AS f, stats.chi_square_2x2(60, 200, 20, 100).p AS c"
    )
    expect([few!["p"], many!["p"]]).toEqual([exact!["f"], exact!["c"]])
  })

  test("without one reference there is nothing to compare with", async () => {
    await given([
      ["a", 1, 1, 12],
      ["b", 2, 60, 200]
    ])
    await db.run("UPDATE strata SET reference = true")
    expect(await ask(db, "FROM stats.gaps('strata')")).toEqual([])
    await db.run("UPDATE strata SET reference = NULL")
    expect(await ask(db, "SELECT difference, q, largest FROM stats.gaps('strata')")).toEqual(
      [1, 2].map(() => ({ difference: null, q: null, largest: false }))
    )
  })
})
