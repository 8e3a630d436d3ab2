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

let db: DuckDBConnection
beforeAll(async () => {
  db = await openStatistics()
})

interface KappaCase {
  readonly id: string
  readonly raterA: ReadonlyArray<string>
  readonly raterB: ReadonlyArray<string>
  readonly levels: ReadonlyArray<string>
  readonly expected: Readonly<Record<"percentAgreement" | "kappa" | "kappaQuadratic", number>>
  readonly tolerance: number
}

interface AlphaCase {
  readonly id: string
  readonly ratings: ReadonlyArray<ReadonlyArray<number | null>>
  readonly expected: Readonly<Record<string, number>>
  readonly tolerance: number
}

describe.skipIf(!haveReference)(`kappa.json${whySkipped}`, () => {
  test.each(referenceCases<KappaCase>("kappa.json"))(
    "$id",
    async ({ raterA, raterB, levels, expected: e, tolerance }) => {
      await fill(
        db,
        "words",
        "subject INTEGER, a VARCHAR, b VARCHAR",
        raterA.map((a, i) => [i, a, raterB[i]!])
      )
      await fill(
        db,
        "numbers",
        "subject INTEGER, a INTEGER, b INTEGER",
        raterA.map((a, i) => [i, levels.indexOf(a), levels.indexOf(raterB[i]!)])
      )
      const [words] = await ask(db, "FROM stats.kappa('words')")
      const [numbers] = await ask(db, "FROM stats.kappa('numbers')")
      expect(distance([words!["agreement"], words!["kappa"]], [e.percentAgreement, e.kappa])).toBeLessThan(
        tolerance
      )
      expect(words!["kappa_quadratic"]).toBeNull()
      expect(
        distance([numbers!["kappa"], numbers!["kappa_quadratic"]], [e.kappa, e.kappaQuadratic])
      ).toBeLessThan(tolerance)
    }
  )
})

type Coding = readonly [subject: number, value: number]
const code = (codings: ReadonlyArray<Coding>): Promise<void> =>
  fill(db, "codings", "subject INTEGER, value INTEGER", codings)

describe.skipIf(!haveReference)(`krippendorff.json${whySkipped}`, () => {
  const cases = referenceCases<AlphaCase>("krippendorff.json").flatMap((c) =>
    Object.entries(c.expected).map(([metric, alpha]) => [c.id, metric, alpha, c] as const)
  )
  test.each(cases)("%s, %s", async (_id, metric, alpha, { ratings, tolerance }) => {
    await code(
      ratings.flatMap((row) =>
        row.flatMap((value, subject) => (value === null ? [] : [[subject, value] as const]))
      )
    )
    const [row] = await ask(db, `FROM stats.krippendorff('codings', metric := '${metric}')`)
    expect(distance([row!["alpha"]], [alpha])).toBeLessThan(tolerance)
    expect([row!["subjects"], row!["pairable"]]).toEqual([11, 40])
  })
})

const metrics = ["nominal", "ordinal", "interval", "ratio"]
const codes = fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }), {
  minLength: 2,
  maxLength: 12
})
const flat = (subjects: ReadonlyArray<ReadonlyArray<number>>): ReadonlyArray<Coding> =>
  subjects.flatMap((values, subject) => values.map((value) => [subject, value] as const))

describe("Krippendorff's alpha", () => {
  test.each(metrics)("%s: 1 where all agree; never above 1; row order does not matter", async (metric) => {
    const query = `SELECT alpha FROM stats.krippendorff('codings', metric := '${metric}')`
    await code([
      [1, 1],
      [1, 1],
      [2, 3],
      [2, 3],
      [2, 3],
      [3, 2]
    ])
    expect(await ask(db, query)).toEqual([{ alpha: 1 }])
    await fc.assert(
      fc.asyncProperty(codes, async (subjects) => {
        await code(flat(subjects))
        const rows = await ask<{ readonly alpha: number | null }>(db, query)
        for (const { alpha } of rows) if (alpha !== null) expect(alpha).toBeLessThanOrEqual(1)
        await code(flat(subjects).toReversed())
        expect(await ask(db, query)).toEqual(rows)
      }),
      { numRuns: 8 }
    )
  })

  test("is not defined where only one value was ever given, or nothing was coded twice", async () => {
    await code([
      [1, 1],
      [1, 1],
      [2, 1],
      [2, 1]
    ])
    expect(await ask(db, "SELECT subjects, alpha FROM stats.krippendorff('codings')")).toEqual([
      { subjects: 2, alpha: null }
    ])
    await code([
      [1, 1],
      [2, 2]
    ])
    expect(await ask(db, "FROM stats.krippendorff('codings')")).toEqual([])
  })

  test("an unknown metric is an error", async () => {
    await code([
      [1, 1],
      [1, 1]
    ])
    await expect(ask(db, "FROM stats.krippendorff('codings', metric := 'polar')")).rejects.toThrow(
      "metric must be"
    )
  })
})

describe("Cohen's kappa", () => {
  test("is 1 where all agree, 0 where the codings know nothing of each other, and not defined with one value", async () => {
    const columns = "subject INTEGER, a VARCHAR, b VARCHAR"
    await fill(db, "words", columns, [
      [1, "x", "x"],
      [2, "y", "y"],
      [3, null, "y"]
    ])
    expect(await ask(db, "SELECT subjects, kappa FROM stats.kappa('words')")).toEqual([
      { subjects: 2, kappa: 1 }
    ])
    await fill(db, "words", columns, [
      [1, "x", "x"],
      [2, "y", "y"],
      [3, "x", "y"],
      [4, "y", "x"]
    ])
    expect(await ask(db, "SELECT kappa FROM stats.kappa('words')")).toEqual([{ kappa: 0 }])
    await fill(db, "words", columns, [[1, "x", "x"]])
    expect(await ask(db, "SELECT kappa FROM stats.kappa('words')")).toEqual([{ kappa: null }])
  })
})

const marks = (both: number, onlyA: number, onlyB: number, neither: number) =>
  fill(
    db,
    "marks",
    "subject INTEGER, a BOOLEAN, b BOOLEAN",
    [
      ...Array.from({ length: both }, () => [true, true]),
      ...Array.from({ length: onlyA }, () => [true, false]),
      ...Array.from({ length: onlyB }, () => [false, true]),
      ...Array.from({ length: neither }, () => [false, false])
    ].map(([a, b], i) => [i, a!, b!])
  )

describe("alpha of two codings with its bootstrap", () => {
  test("is the alpha of Krippendorff, within its interval", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 5, max: 40 }),
        fc.nat(10),
        fc.nat(10),
        fc.integer({ min: 5, max: 60 }),
        async (both, a, b, neither) => {
          await marks(both, a, b, neither)
          const [row] = await ask(db, "FROM stats.alpha_of_two('marks')")
          const [all] = await ask(
            db,
            "WITH codings AS (SELECT subject, a AS value FROM marks UNION ALL SELECT subject, b FROM marks) FROM stats.krippendorff('codings')"
          )
          expect(row!["alpha"]).toBeCloseTo(all!["alpha"]!, 12)
          expect(row!["low"]).toBeLessThanOrEqual(row!["alpha"]!)
          expect(row!["high"]).toBeGreaterThanOrEqual(row!["alpha"]!)
          expect(row!["high"]).toBeLessThanOrEqual(1)
        }
      ),
      { numRuns: 12 }
    )
  })

  test("is as wide as theory says: the delta method's 95 % for 60, 20, 20 and 100 of 200", async () => {
    await marks(60, 20, 20, 100)
    const [row] = await ask(db, "SELECT (high - low) / (2 * 1.96) AS se FROM stats.alpha_of_two('marks')")
    const alpha = (b: number, o: number, n: number): number =>
      1 - ((2 * (b + o + n) - 1) * o) / ((2 * b + o) * (2 * n + o))
    const [n, cells] = [200, [60, 40, 100] as const]
    const slope = cells.map((_, i) => {
      const at = (d: number) =>
        alpha(...(cells.map((c, j) => c + (i === j ? d : 0)) as [number, number, number]))
      return (at(0.01) - at(-0.01)) / 0.02
    })
    const mean = slope.reduce((s, d, i) => s + (d * cells[i]!) / n, 0)
    const se = Math.sqrt(slope.reduce((s, d, i) => s + cells[i]! * (d - mean) ** 2, 0))
    expect(Math.abs(row!["se"]! / se - 1)).toBeLessThan(0.08)
  })

  test("the same seed gives the same to the last bit, in any order and on one thread; another seed another interval", async () => {
    await marks(30, 6, 3, 61)
    const query = "FROM stats.alpha_of_two('marks')"
    const first = await ask(db, query)
    await db.run("CREATE OR REPLACE TABLE marks AS FROM marks ORDER BY subject DESC")
    await db.run("SET threads = 1")
    expect(await ask(db, query)).toEqual(first)
    await db.run("SET threads = 2")
    expect(await ask(db, "FROM stats.alpha_of_two('marks', seed := 2)")).not.toEqual(first)
  })

  test("is 1 without width where all agree, and not defined where nothing was ever marked", async () => {
    await marks(5, 0, 0, 10)
    expect(await ask(db, "SELECT alpha, low, high FROM stats.alpha_of_two('marks')")).toEqual([
      { alpha: 1, low: 1, high: 1 }
    ])
    await marks(0, 0, 0, 10)
    expect(await ask(db, "SELECT alpha, low, high FROM stats.alpha_of_two('marks')")).toEqual([
      { alpha: null, low: null, high: null }
    ])
  })
})
