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

type ByItem = Readonly<Record<string, number>>
type Alphas = Readonly<Record<"rawAlpha" | "stdAlpha" | "averageR", number>>

interface Case {
  readonly id: string
  readonly dataset: string
  readonly items: ReadonlyArray<string>
  readonly reversedItems: ReadonlyArray<string>
  readonly scaleMin: number
  readonly scaleMax: number
  readonly nComplete: number
  readonly expected: {
    readonly pairwise: Alphas
    readonly complete: Alphas &
      Readonly<Record<"alphaIfDropped" | "rDropped" | "itemMeans" | "itemSds", ByItem>>
    readonly omegaTotalOneFactorML: number
  }
  readonly tolerance: { readonly alpha: number; readonly omegaML: number }
}

interface Item {
  readonly item: string
  readonly n: number
  readonly mean: number
  readonly sd: number
  readonly item_total_r: number | null
  readonly alpha_if_dropped: number | null
  readonly missed_reversal: boolean | null
}

let db: DuckDBConnection
beforeAll(async () => {
  db = await openStatistics()
})

const whole = (macro: string, missing = "complete"): string =>
  `WITH sums AS (FROM stats.item_sums('answers', missing := '${missing}')) FROM stats.${macro}('sums') ORDER BY 1`

const items = (missing = "complete"): Promise<ReadonlyArray<Item>> =>
  ask<Item>(
    db,
    `WITH sums AS (FROM stats.item_sums('answers', missing := '${missing}')) FROM stats.item_reliability('sums') ORDER BY item`
  )

type Answers = ReadonlyArray<ReadonlyArray<number | null>>

/** A row for each person, a column for each item. */
const given = (people: Answers): Promise<void> =>
  fill(
    db,
    "answers",
    "person INTEGER, item VARCHAR, answer INTEGER",
    people.flatMap((answers, person) => answers.map((answer, i) => [person, `i${i}`, answer]))
  )

describe.skipIf(!haveReference)(`reliability.json${whySkipped}`, () => {
  test.each(referenceCases<Case>("reliability.json"))("$id", async (one) => {
    const { expected: e, tolerance } = one
    await fillAnswers(db, one.dataset, one.items)
    for (const item of one.reversedItems)
      await db.run(
        `UPDATE answers SET answer = ${one.scaleMin + one.scaleMax} - answer WHERE item = '${item}'`
      )
    for (const missing of ["complete", "pairwise"] as const) {
      const [row] = await ask(db, whole("reliability", missing))
      expect(
        distance(
          [row!["alpha"], row!["alpha_standardised"], row!["mean_r"]],
          [e[missing].rawAlpha, e[missing].stdAlpha, e[missing].averageR]
        ),
        missing
      ).toBeLessThan(tolerance.alpha)
    }
    const rows = await items()
    const column = (values: ByItem): ReadonlyArray<number> => one.items.map((item) => values[item]!)
    const { alphaIfDropped, rDropped, itemMeans, itemSds } = e.complete
    for (const [name, expected] of [
      ["alpha_if_dropped", alphaIfDropped],
      ["item_total_r", rDropped],
      ["mean", itemMeans],
      ["sd", itemSds]
    ] as const) {
      expect(
        distance(
          rows.map((row) => row[name]),
          column(expected)
        ),
        name
      ).toBeLessThan(tolerance.alpha)
    }
    expect(rows.every((row) => row.n === one.nComplete)).toBe(true)
    expect(rows.filter((row) => row.missed_reversal).map((row) => row.item)).toEqual(
      one.id === "bfi-agree-not-reversed" ? ["A1"] : []
    )
    const [omega] = await ask(db, whole("omega"))
    expect(distance([omega!["omega"]], [e.omegaTotalOneFactorML])).toBeLessThan(tolerance.omegaML)
  })
})

describe("the reliability of a scale", () => {
  // Variances 5/3 and 5/3, covariance 1, so r = 0.6; with two items alike in spread alpha is 2r/(1 + r).
  test("by hand", async () => {
    await given([
      [1, 2],
      [2, 1],
      [3, 4],
      [4, 3]
    ])
    const [row] = await ask(db, whole("reliability"))
    const r = 0.6
    expect(
      distance(
        [row!["alpha"], row!["alpha_standardised"], row!["mean_r"]],
        [(2 * r) / (1 + r), (2 * r) / (1 + r), r]
      )
    ).toBeLessThan(1e-12)
    expect(await items()).toMatchObject([
      { item: "i0", n: 4, mean: 2.5, alpha_if_dropped: null, missed_reversal: null },
      { item: "i1" }
    ])
    expect(await ask(db, whole("omega"))).toMatchObject([{ items: 2, omega: null }])
  })

  test("nothing is said of one item, of one person, or where nobody differs", async () => {
    for (const people of [
      [[1], [2]],
      [[1, 2, 3]],
      [
        [2, 2, 3],
        [2, 2, 3]
      ]
    ]) {
      await given(people)
      expect(await ask(db, whole("reliability"))).toMatchObject([
        { alpha: null, alpha_standardised: null, mean_r: null }
      ])
      expect(await ask(db, whole("omega"))).toMatchObject([{ omega: null }])
      for (const row of await items())
        expect(row).toMatchObject({ item_total_r: null, alpha_if_dropped: null })
    }
  })

  test("an item that everybody answers alike takes part in alpha, and has no correlation", async () => {
    await given([
      [1, 2, 3],
      [2, 3, 3],
      [4, 4, 3]
    ])
    const [row] = await ask(db, whole("reliability"))
    expect(row!["alpha"]).toBeGreaterThan(0.5)
    expect(row!["alpha_standardised"]).toBeNull()
  })

  test("a missed reversal is asked about from 100 people on", async () => {
    const people = (n: number): Answers =>
      Array.from({ length: n }, (_, i) => [(i % 5) + 1, ((i + (i % 2)) % 5) + 1, 5 - (i % 5)])
    await given(people(99))
    expect((await items()).map((row) => row.missed_reversal)).toEqual([null, null, null])
    await given(people(100))
    expect((await items()).at(-1)).toMatchObject({ item: "i2", missed_reversal: true })
  })

  test("two answers of a person to an item, and an answer between two, are errors", async () => {
    await given([
      [1, 2],
      [2, 1]
    ])
    await db.run("INSERT INTO answers VALUES (0, 'i0', 3)")
    await expect(ask(db, whole("reliability"))).rejects.toThrow("a person has two answers to one item")
    await expect(ask(db, whole("reliability", "listwise"))).rejects.toThrow("complete or pairwise")
    await db.run("CREATE OR REPLACE TABLE answers AS SELECT 1 AS person, 'a' AS item, 2.5 AS answer")
    await expect(ask(db, whole("reliability"))).rejects.toThrow("an answer must be a whole number")
  })

  const many = fc.array(
    fc.array(fc.option(fc.integer({ min: 1, max: 5 }), { freq: 12 }), { minLength: 4, maxLength: 4 }),
    { minLength: 6, maxLength: 40 }
  )

  test("alpha of complete rows is at most 1, and neither scale, order, threads nor batches change it", async () => {
    await fc.assert(
      fc.asyncProperty(many, async (people) => {
        await given(people)
        const rows = await ask(db, whole("reliability"))
        const each = await items()
        const [first] = rows
        for (const name of ["alpha", "alpha_standardised"])
          if (first !== undefined && first[name] !== null) expect(first[name]).toBeLessThanOrEqual(1 + 1e-12)
        await given(people.toReversed())
        await db.run("SET threads = 1")
        expect(await ask(db, whole("reliability"))).toEqual(rows)
        expect(await items()).toEqual(each)
        await db.run("SET threads = 2")
        // From the sums of two halves of the people, as they are.
        const halves = `WITH complete AS (SELECT person FROM answers WHERE answer IS NOT NULL GROUP BY person HAVING count(*) = 4),
          a AS (FROM answers SEMI JOIN complete USING (person) WHERE person % 2 = 0),
          b AS (FROM answers SEMI JOIN complete USING (person) WHERE person % 2 = 1),
          sums AS (FROM stats.item_sums('a') UNION ALL FROM stats.item_sums('b'))
          FROM stats.reliability('sums')`
        if (people.every((answers) => answers.some((answer) => answer !== null)))
          expect(await ask(db, halves)).toEqual(rows)
        await given(people.map((answers) => answers.map((x) => (x === null ? null : 70 - 10 * x))))
        const again = await ask(db, whole("reliability"))
        for (const name of ["alpha", "alpha_standardised", "mean_r"])
          expect(distance([again[0]?.[name]], [first?.[name] ?? null])).toBeLessThan(1e-9)
      }),
      { numRuns: 12 }
    )
  })
})
