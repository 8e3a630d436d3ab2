import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"
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
} from "../../../test/statistics.ts"
import type { Instrument } from "./instrument.ts"
import { edmondson } from "./keys/edmondson.ts"
import { iMatter } from "./keys/imatter.ts"
import { saqShortForm } from "./keys/saq-short-form.ts"
import { sopsHospital } from "./keys/sops-hospital.ts"
import { defineInstrument } from "./load.ts"
import { instrumentSql, scaleSql, scoreItem, scoreScale } from "./score.ts"

let db: DuckDBConnection
beforeAll(async () => {
  db = await (await DuckDBInstance.create(":memory:")).connect()
})

const stretched = defineInstrument({
  id: "promise",
  version: "1",
  title: "Of different ranges",
  source: "a test",
  licence: "none",
  wording: "by-user",
  items: [
    { id: "five", min: 1, max: 5, reversed: true },
    { id: "yes-no", min: 0, max: 1, notApplicable: -1 },
    { id: "it's", min: 0, max: 3 }
  ].map((item) => ({ ...item, id: item.id.replace("'", "") })),
  scales: [
    {
      id: "all",
      title: "All",
      items: ["five", "yes-no", "its"],
      scoring: { kind: "stretch", to: 10, positiveFrom: 7.5 }
    }
  ]
})

describe("one answer", () => {
  test("is turned round where its item is reversed, and positive from the threshold on", () => {
    const key = sopsHospital({ notApplicable: 9 })
    const said = (item: string, answers: ReadonlyArray<number | null>): ReadonlyArray<unknown> =>
      answers.map((answer) => {
        const { state, value, positive } = scoreItem(key, item, answer)
        return state === "answered" ? [value, positive] : state
      })
    expect(said("A1", [1, 3, 4, 5])).toEqual([
      [1, false],
      [3, false],
      [4, true],
      [5, true]
    ])
    expect(said("A9", [1, 2, 3, 5])).toEqual([
      [5, true],
      [4, true],
      [3, false],
      [1, false]
    ])
    expect(said("A1", [null, 9, 0, 6, 2.5])).toEqual([
      "blank",
      "not-applicable",
      "outside",
      "outside",
      "outside"
    ])
    expect(said("Z1", [3])).toEqual(["unknown-item"])
  })

  test("of an item in no scale of percent positive is neither positive nor not", () => {
    expect(scoreItem(saqShortForm(), "11", 2)).toEqual({ state: "answered", value: 4, positive: null })
  })
})

describe("a scale", () => {
  test("of the SAQ runs from 0 to 100, and is positive from 75 on", () => {
    const all = (answer: number): Record<string, number> =>
      Object.fromEntries(["1", "2", "3", "4", "5", "6"].map((id) => [id, id === "2" ? 6 - answer : answer]))
    expect([1, 3, 4, 5].map((answer) => scoreScale(saqShortForm(), "teamwork", all(answer)))).toEqual([
      { answered: 6, score: 0, positive: false },
      { answered: 6, score: 50, positive: false },
      { answered: 6, score: 75, positive: true },
      { answered: 6, score: 100, positive: true }
    ])
  })

  test("of iMatter runs from 16.7 to 100, or from 0 where that is chosen", () => {
    const lowest = { "team-works-well": 1, "manager-cares": 1 }
    expect(scoreScale(iMatter(), "team", lowest).score).toBeCloseTo(16.6667, 3)
    expect(scoreScale(iMatter({ transform: { subtract: 1, multiply: 20 } }), "team", lowest).score).toBe(0)
  })

  test("of different ranges is stretched to one", () => {
    // 5 − (2 − 1) = 4 of 1 to 5 is 7.5 of 10; yes is 10; 2 of 3 is 6.67.
    const { score, positive } = scoreScale(stretched, "all", { five: 2, "yes-no": 1, its: 2 })
    expect(score).toBeCloseTo((7.5 + 10 + 20 / 3) / 3, 12)
    expect(positive).toBe(true)
    expect(scoreScale(stretched, "all", { "yes-no": -1 })).toEqual({
      answered: 0,
      score: null,
      positive: null
    })
  })

  test("that there is not is said, with those that there are", () => {
    expect(() => scoreScale(edmondson(), "safety", {})).toThrow(
      expect.objectContaining({
        code: "scale-unknown",
        suggestion: expect.stringContaining("psychological-safety")
      })
    )
  })
})

describe("in SQL", () => {
  const keys: ReadonlyArray<Instrument> = [
    sopsHospital({ notApplicable: 9 }),
    saqShortForm(),
    edmondson(),
    iMatter(),
    stretched
  ]

  test("every answer to every item counts as it does here", async () => {
    for (const key of keys) {
      const answers = [null, -1, 0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11]
      const rows = [...key.items.map((item) => item.id), "none"].flatMap((item) =>
        answers.map((answer) => [item, answer] as const)
      )
      await fill(db, "answers", '"the item" VARCHAR, x INTEGER', rows)
      const { state, value, positive } = instrumentSql(key, { item: 'a."the item"', answer: "a.x" })
      const said = await ask<{ item: string; x: number; state: string; value: number; positive: boolean }>(
        db,
        `SELECT "the item" AS item, x, ${state} AS state, ${value} AS value, ${positive} AS positive FROM answers AS a`
      )
      expect(said).toHaveLength(rows.length)
      for (const { item, x, ...score } of said) expect(score).toEqual(scoreItem(key, item, x))
    }
  })

  test("every scale comes out as it does here", async () => {
    const person = fc.record({
      key: fc.constantFrom(...keys),
      answers: fc.array(fc.option(fc.integer({ min: 0, max: 7 }), { freq: 8 }), {
        minLength: 41,
        maxLength: 41
      })
    })
    await fc.assert(
      fc.asyncProperty(person, async ({ key, answers }) => {
        await fill(
          db,
          "answers",
          "item VARCHAR, answer INTEGER",
          key.items.map((item, i) => [item.id, answers[i] ?? null])
        )
        const given = Object.fromEntries(key.items.map((item, i) => [item.id, answers[i] ?? null]))
        for (const { id } of key.scales) {
          const { points, score, positive } = scaleSql(key, id, "m")
          const [row] = await ask<{ answered: number; score: number | null; positive: boolean | null }>(
            db,
            `SELECT answered, ${score} AS score, ${positive} AS positive FROM (
               SELECT count(p) AS answered, list_sum(list(p ORDER BY p)) / count(p) AS m FROM (SELECT ${points} AS p FROM answers))`
          )
          const here = scoreScale(key, id, given)
          expect(row!.answered).toBe(here.answered)
          expect(distance([row!.score], [here.score])).toBeLessThan(1e-9)
          expect(row!.positive).toBe(here.positive)
        }
      }),
      { numRuns: 25 }
    )
  })
})

interface Case {
  readonly id: string
  readonly dataset: string
  readonly items: ReadonlyArray<string>
  readonly reversed: string | ReadonlyArray<string>
  readonly scaleMin: number
  readonly scaleMax: number
  readonly positiveAtOrAbove: number
  readonly tolerance: number
  readonly expected: { readonly compositePercentPositive: number }
}

describe.skipIf(!haveReference)(`percent_positive.json, by an instrument${whySkipped}`, () => {
  test.each(referenceCases<Case>("percent_positive.json"))("$id", async (one) => {
    const key = defineInstrument({
      id: one.id,
      version: "1",
      title: one.id,
      source: "reference values",
      licence: "for tests",
      wording: "by-user",
      items: one.items.map((id) => ({
        id,
        min: one.scaleMin,
        max: one.scaleMax,
        reversed: [one.reversed].flat().includes(id)
      })),
      scales: [
        {
          id: "whole",
          title: "Whole",
          items: [...one.items],
          scoring: { kind: "percent-positive", threshold: one.positiveAtOrAbove }
        }
      ]
    })
    const stats = await openStatistics()
    await fillAnswers(stats, one.dataset, one.items)
    const { positive } = instrumentSql(key)
    const [row] = await ask(
      stats,
      `WITH counts AS (SELECT 1 AS unit, item, count(*) FILTER (p) AS positive, count(p) AS answered
         FROM (SELECT item, ${positive} AS p FROM answers) GROUP BY item)
       SELECT share FROM stats.percent_positive('counts')`
    )
    expect(distance([row!["share"]! * 100], [one.expected.compositePercentPositive])).toBeLessThan(
      one.tolerance
    )
  })
})
