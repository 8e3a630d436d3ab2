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

type ByGroup = Readonly<Record<string, number>>

interface Case {
  readonly id: string
  readonly dataset: string
  readonly items: ReadonlyArray<string>
  readonly group: string
  readonly responseOptions: number
  readonly expected: Readonly<Record<"rwgJ" | "rwgJLindell" | "rwgFirstItem" | "adMean", ByGroup>> &
    Readonly<
      Record<
        | "groups"
        | "n"
        | "msb"
        | "msw"
        | "F"
        | "icc1"
        | "icc2"
        | "meanGroupSizeUsed"
        | "n0"
        | "icc1_n0"
        | "medianRwgJ",
        number
      >
    >
  readonly tolerance: { readonly anova: number; readonly agreement: number }
}

let db: DuckDBConnection
beforeAll(async () => {
  db = await openStatistics()
})

const counts = (options: number): string =>
  `SELECT unit, item, ${options} AS options, answer, count(*) AS n FROM answers WHERE answer IS NOT NULL GROUP BY ALL`

const icc = `WITH people AS (SELECT unit, person, sum(answer) AS x FROM answers GROUP BY ALL),
  teams AS (SELECT unit, count(*) AS n, sum(x) AS total, sum(x * x) AS squares FROM people GROUP BY unit)
  FROM stats.icc('teams')`

const agreement = (options = 5, where = "true"): string =>
  `WITH counts AS (${counts(options)}), counted AS (FROM counts WHERE ${where}) FROM stats.agreement_within('counted') ORDER BY grp, unit`

type Team = ReadonlyArray<ReadonlyArray<number>>

const given = (teams: ReadonlyArray<Team>): Promise<void> =>
  fill(
    db,
    "answers",
    "unit INTEGER, person VARCHAR, item VARCHAR, answer INTEGER",
    teams.flatMap((people, unit) =>
      people.flatMap((answers, person) =>
        answers.map((answer, i) => [unit, `${unit}-${person}`, `i${i}`, answer])
      )
    )
  )

describe.skipIf(!haveReference)(`aggregation.json${whySkipped}`, () => {
  test.each(referenceCases<Case>("aggregation.json"))("$id", async (one) => {
    const { expected: e, tolerance } = one
    await fillAnswers(db, one.dataset, one.items, one.group)
    // The reference has means of items: sums are J times as large.
    const j = one.items.length
    const [row] = await ask(db, icc)
    expect(
      distance(
        [row!["units"], row!["n"], row!["mean_size"], row!["n0"], row!["f"]],
        [e.groups, e.n, e.meanGroupSizeUsed, e.n0, e.F]
      )
    ).toBeLessThan(tolerance.anova)
    expect(
      distance(
        [row!["msb"]! / j ** 2, row!["msw"]! / j ** 2, row!["icc1"], row!["icc2"], row!["icc1_n0"]],
        [e.msb, e.msw, e.icc1, e.icc2, e.icc1_n0]
      )
    ).toBeLessThan(tolerance.anova)

    const teams = await ask(db, agreement(one.responseOptions))
    for (const [name, expected] of [
      ["rwg_j", e.rwgJ],
      ["lindell", e.rwgJLindell],
      ["ad_mean", e.adMean]
    ] as const) {
      expect(teams).toHaveLength(Object.keys(expected).length)
      expect(
        distance(
          teams.map((team) => team[name]),
          teams.map((team) => expected[team["unit"]!]!)
        ),
        name
      ).toBeLessThan(tolerance.agreement)
    }
    const sorted = teams.map((team) => team["rwg_j"]!).toSorted((a, b) => a - b)
    expect(distance([sorted[24]], [e.medianRwgJ])).toBeLessThan(tolerance.agreement)
    const first = await ask(db, agreement(one.responseOptions, `item = '${one.items[0]}'`))
    expect(
      distance(
        first.map((team) => team["rwg_j"]),
        first.map((team) => e.rwgFirstItem[team["unit"]!]!)
      )
    ).toBeLessThan(tolerance.agreement)
  })
})

describe("whether teams differ", () => {
  test("teams that differ and agree inside are told apart wholly; teams alike are not", async () => {
    await given([
      [[1], [1], [1]],
      [[5], [5], [5]]
    ])
    expect(await ask(db, icc)).toMatchObject([{ icc1: 1, icc2: 1, f: null, msw: 0 }])
    await given([
      [[1], [5]],
      [[1], [5]]
    ])
    const [row] = await ask(db, icc)
    expect(row).toMatchObject({ msb: 0, icc1: -1, icc2: null })
  })

  test("one team, or nobody who differs, has no coefficient", async () => {
    await given([[[1], [2]]])
    expect(await ask(db, icc)).toMatchObject([{ units: 1, icc1: null, icc2: null, n0: null }])
    await given([
      [[3], [3]],
      [[3], [3]]
    ])
    expect(await ask(db, icc)).toMatchObject([{ msb: 0, msw: 0, icc1: null, icc2: null }])
  })

  test("sums that no people can have are left out", async () => {
    await db.run(
      "CREATE OR REPLACE TABLE teams AS FROM (VALUES (1, 2, 3, 5), (2, 2, 6, 18), (3, 0, 0, 0), (4, 2, 10, 1), (5, NULL, 1, 1)) AS _(unit, n, total, squares)"
    )
    expect(await ask(db, "FROM stats.icc('teams')")).toMatchObject([{ units: 2, n: 4 }])
  })
})

describe("whether the people of a team agree", () => {
  test("all alike is 1, no more than chance is 0, and worse than chance is below 0 by Lindell only", async () => {
    await given([[[3], [3], [3]], [[1], [2], [3], [4], [5], [1], [2], [3], [4], [5]], [[1], [5]], [[2]]])
    const [alike, chance, apart, alone] = await ask(db, agreement())
    expect(alike).toMatchObject({ rwg_j: 1, lindell: 1, ad_mean: 0, n: 3 })
    // The sample variance of two of each is 20/9, the uniform's is 2.
    expect(distance([chance!["rwg_j"], chance!["lindell"]], [0, -1 / 9])).toBeLessThan(1e-12)
    expect(apart).toMatchObject({ rwg_j: 0, lindell: -3, ad_mean: 2 })
    expect(alone).toMatchObject({ rwg_j: null, lindell: null, ad_mean: null, n: 1 })
  })

  test("an item that only one has answered leaves its team without a value", async () => {
    await given([
      [[1, 2], [2]],
      [
        [1, 1],
        [2, 1]
      ]
    ])
    const [first, second] = await ask(db, agreement())
    expect(first).toMatchObject({ items: 2, n: 1, rwg_j: null, lindell: null, ad_mean: null })
    expect(second!["rwg_j"]).toBeGreaterThan(0.8)
  })

  test("answers between two and scales of one answer are errors", async () => {
    await db.run(
      "CREATE OR REPLACE TABLE counted AS SELECT 1 AS unit, 'a' AS item, 5 AS options, 1.5 AS answer, 1 AS n"
    )
    await expect(ask(db, "FROM stats.agreement_within('counted')")).rejects.toThrow("a whole number")
    await db.run("UPDATE counted SET options = 1, answer = 1")
    await expect(ask(db, "FROM stats.agreement_within('counted')")).rejects.toThrow("2 or more")
  })

  const team = fc.array(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 3 }), {
    minLength: 1,
    maxLength: 12
  })

  test("r_wg(J) is from 0 to 1, Lindell's never above it; turning the scale round, order, threads change nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(team, { minLength: 2, maxLength: 8 }), async (teams) => {
        await given(teams)
        const rows = await ask(db, agreement())
        const [whole] = await ask(db, icc)
        for (const row of rows.filter(({ n }) => n! > 1)) {
          expect(row["rwg_j"]).toBeGreaterThanOrEqual(0)
          expect(row["rwg_j"]).toBeLessThanOrEqual(1)
          expect(row["lindell"]).toBeLessThanOrEqual(row["rwg_j"]! + 1e-12)
        }
        if (whole!["icc1"] !== null) expect(whole!["icc1"]).toBeLessThanOrEqual(1)
        await db.run("CREATE OR REPLACE TABLE answers AS FROM answers ORDER BY item DESC, person DESC")
        await db.run("SET threads = 1")
        expect(await ask(db, agreement())).toEqual(rows)
        expect(await ask(db, icc)).toEqual([whole])
        await db.run("SET threads = 2")
        await db.run("UPDATE answers SET answer = 6 - answer")
        const turned = await ask(db, agreement())
        for (const name of ["rwg_j", "lindell", "ad_mean"])
          expect(
            distance(
              turned.map((row) => row[name]),
              rows.map((row) => row[name]!)
            )
          ).toBeLessThan(1e-12)
        expect(distance([(await ask(db, icc))[0]!["icc1"]], [whole!["icc1"]!])).toBeLessThan(1e-9)
      }),
      { numRuns: 12 }
    )
  })

  test("5,000 teams of 20 with 8 items are done within seconds", async () => {
    await db.run(
      `CREATE OR REPLACE TABLE answers AS
       SELECT person // 20 AS unit, person, 'i' || item AS item, (hash(person, item) % 5 + 1)::INTEGER AS answer
       FROM range(100000) AS p(person), range(8) AS i(item)`
    )
    const start = performance.now()
    expect(await ask(db, `SELECT count(rwg_j) AS n FROM (${agreement()})`)).toEqual([{ n: 5000 }])
    expect(await ask(db, `SELECT units FROM (${icc})`)).toEqual([{ units: 5000 }])
    expect(performance.now() - start).toBeLessThan(20_000)
  })
})
