import type { DuckDBConnection } from "@duckdb/node-api"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"

import {
  ask,
  distance,
  fill,
  fillAnswers,
  haveReference,
  openStatistics,
  referenceCases,
  whySkipped
} from "../../test/statistics.ts"

interface Case {
  readonly id: string
  readonly dataset: string
  readonly items: ReadonlyArray<string>
  readonly reversed: string | ReadonlyArray<string>
  readonly scaleMin: number
  readonly scaleMax: number
  readonly positiveAtOrAbove: number
  readonly group?: string
  readonly tolerance: number
  readonly expected: {
    readonly items: Readonly<Record<string, Readonly<Record<"n" | "positive" | "pct", number>>>>
    readonly compositePercentPositive: number
    readonly byGroup?: Readonly<Record<string, { readonly n: number; readonly composite: number }>>
    readonly personLevel?: Readonly<Record<"mean" | "seClustered" | "seIndependent", number>>
  }
}

let db: DuckDBConnection
beforeAll(async () => {
  db = await openStatistics()
})

const columns = "unit VARCHAR, item VARCHAR, positive INTEGER, answered INTEGER"
type Count = readonly [unit: string, item: string, positive: number | null, answered: number | null]

const whole = (of = "counts"): string => `FROM stats.percent_positive('${of}') ORDER BY grp`

describe.skipIf(!haveReference)(`percent_positive.json${whySkipped}`, () => {
  test.each(referenceCases<Case>("percent_positive.json"))("$id", async (one) => {
    const { expected: e, tolerance } = one
    await fillAnswers(db, one.dataset, one.items, one.group ?? "'all'")
    for (const item of [one.reversed].flat())
      await db.run(
        `UPDATE answers SET answer = ${one.scaleMin + one.scaleMax} - answer WHERE item = '${item}'`
      )
    await db.run(
      `CREATE OR REPLACE TABLE counts AS SELECT unit, item, count(*) FILTER (answer >= ${one.positiveAtOrAbove}) AS positive,
         count(answer) AS answered FROM answers GROUP BY ALL`
    )
    const [row] = await ask(db, whole())
    expect(distance([row!["share"]], [e.compositePercentPositive / 100])).toBeLessThan(tolerance)
    const items = await ask<{ grp: string; estimate: number; numerator: number; denominator: number }>(
      db,
      `WITH items AS (SELECT item AS grp, unit AS cluster, positive AS numerator, answered AS denominator FROM counts)
       FROM stats.cluster_proportion('items')`
    )
    expect(items).toHaveLength(one.items.length)
    for (const { grp, estimate, numerator, denominator } of items)
      expect(
        distance(
          [estimate * 100, numerator, denominator],
          [e.items[grp]!.pct, e.items[grp]!.positive, e.items[grp]!.n]
        )
      ).toBeLessThan(tolerance)
    if (e.personLevel === undefined || e.byGroup === undefined) return
    expect(
      distance([row!["share"], row!["se"]], [e.personLevel.mean, e.personLevel.seClustered])
    ).toBeLessThan(tolerance)
    const [independent] = await ask(
      db,
      `WITH marks AS (SELECT person, item, (answer >= ${one.positiveAtOrAbove})::INTEGER AS answer FROM answers),
         sums AS (FROM stats.item_sums('marks', missing := 'pairwise'))
       FROM stats.percent_positive_independent('sums')`
    )
    expect(
      distance([independent!["share"], independent!["se"]], [e.personLevel.mean, e.personLevel.seIndependent])
    ).toBeLessThan(tolerance)
    const teams = await ask<{ grp: string; share: number; answered: number }>(
      db,
      "WITH teams AS (SELECT *, unit AS grp FROM counts) SELECT grp::VARCHAR AS grp, share, answered FROM stats.percent_positive('teams')"
    )
    expect(teams).toHaveLength(Object.keys(e.byGroup).length)
    for (const { grp, share, answered } of teams)
      expect(distance([share * 100, answered], [e.byGroup[grp]!.composite, e.byGroup[grp]!.n])).toBeLessThan(
        tolerance
      )
  })
})

describe("composite percent positive", () => {
  test("is the mean of the items' shares, not the share of the pool", async () => {
    await fill(db, "counts", columns, [
      ["a", "one", 9, 10],
      ["b", "one", 9, 10],
      ["a", "two", 10, 100],
      ["b", "two", 10, 100]
    ] satisfies ReadonlyArray<Count>)
    const [row] = await ask(db, whole())
    expect(distance([row!["share"]], [0.5])).toBeLessThan(1e-12)
    // Teams that agree to the last digit: what is known is Wilson's, on the item that the fewest answered.
    const [wilson] = await ask(db, "SELECT unnest(stats.wilson(10, 20))")
    expect(row).toMatchObject({ items: 2, units: 2, answered: 20, interval: "wilson", effective_n: null })
    expect(distance([row!["low"], row!["high"]], [wilson!["low"]!, wilson!["high"]!])).toBeLessThan(1e-12)
  })

  test("of one item is what stats.cluster_proportion says", async () => {
    await fill(db, "counts", columns, [
      ["a", "one", 3, 10],
      ["b", "one", 9, 12],
      ["c", "one", 8, 20]
    ] satisfies ReadonlyArray<Count>)
    const [row] = await ask(db, whole())
    const [same] = await ask(
      db,
      "WITH x AS (SELECT unit AS cluster, positive AS numerator, answered AS denominator FROM counts) FROM stats.cluster_proportion('x')"
    )
    expect(
      distance(
        [row!["share"], row!["se"], row!["low"], row!["high"]],
        [same!["estimate"]!, same!["se"]!, same!["low"]!, same!["high"]!]
      )
    ).toBeLessThan(1e-12)
    // As many independent answers would be as sure.
    const { share, se, effective_n: n } = row as Record<"share" | "se" | "effective_n", number>
    expect(distance([Math.sqrt((share * (1 - share)) / n)], [se])).toBeLessThan(1e-12)
  })

  test("counts that cannot be are left out; one team has no interval; an item that nobody answered is none", async () => {
    await fill(db, "counts", columns, [
      ["a", "one", 3, 10],
      ["b", "one", 11, 10],
      ["c", "one", -1, 10],
      ["d", "one", null, 10],
      ["a", "two", 0, 0]
    ] satisfies ReadonlyArray<Count>)
    expect(await ask(db, whole())).toMatchObject([
      { items: 1, units: 1, share: 0.3, se: null, low: null, high: null, interval: null }
    ])
  })

  const count = fc
    .integer({ min: 1, max: 60 })
    .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)))
  const teams = fc.array(fc.array(count, { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 9 })

  test("is within its limits, turns with the scale, and knows no order of rows, threads or batches", async () => {
    await fc.assert(
      fc.asyncProperty(teams, async (some) => {
        const counts = some.flatMap((items, unit) =>
          items.map(([x, n], item): Count => [`u${unit}`, `i${item}`, x, n])
        )
        await fill(db, "counts", columns, counts)
        const rows = await ask(db, whole())
        const { share, low, high, se } = rows[0] as Record<"share" | "low" | "high" | "se", number>
        expect(low).toBeLessThanOrEqual(share + 1e-12)
        expect(high).toBeGreaterThanOrEqual(share - 1e-12)
        await db.run("SET threads = 1")
        await fill(
          db,
          "counts",
          columns,
          [...counts, ...counts.map(([u, i]): Count => [u, i, 0, 0])].toReversed()
        )
        expect(await ask(db, whole())).toEqual(rows)
        await db.run("SET threads = 2")
        await db.run("UPDATE counts SET positive = answered - positive")
        const [turned] = await ask(db, whole())
        expect(distance([turned!["share"], turned!["se"]], [1 - share, se])).toBeLessThan(1e-12)
      }),
      { numRuns: 12 }
    )
  })
})
