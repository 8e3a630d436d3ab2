import quantile from "@stdlib/stats-base-dists-t-quantile"
import { describe, expect, test } from "vitest"

import { haveReference, referenceText, whySkipped } from "../../../test/statistics.ts"
import { evenVariance, rwgJ } from "./agreement.ts"
import { varianceOf, wilson } from "./intervals.ts"
import { releaseUnder } from "./release.ts"
import { allRules } from "./rules.ts"
import { student975 } from "./student-quantile.ts"
import { answersOf, type Person } from "./trial-wave.ts"

test("the factors of Student's distribution are those of stdlib", () => {
  for (const df of [1, 2, 3, 4, 5, 6, 7, 10, 15, 29, 30, 48, 100, 499, 1000, 2000, 2001, 4999, 100_000]) {
    expect(Math.abs(student975(df) / quantile(0.975, df) - 1), `df ${df}`).toBeLessThan(1e-9)
  }
})

interface Leadership {
  readonly id: string
  readonly items: ReadonlyArray<string>
  readonly expected: {
    readonly items: Readonly<Record<string, { n: number; pct: number }>>
    readonly compositePercentPositive: number
    readonly byGroup: Readonly<Record<string, { n: number; composite: number }>>
    readonly personLevel: { readonly seClustered: number }
    readonly rwgJ: Readonly<Record<string, number>>
    readonly groups: number
  }
}

describe.skipIf(!haveReference)(`reference values${whySkipped}`, () => {
  const first = (file: string): Leadership => JSON.parse(referenceText(file)).cases[0] as Leadership
  const leadership = () => {
    const reference = first("percent_positive.json")
    const [head, ...lines] = referenceText("lq2002.csv").trim().split("\n")
    const columns = head!.replaceAll('"', "").split(",")
    const people: ReadonlyArray<Person> = lines.map((line) => {
      const values = line.split(",")
      return {
        unit: values[columns.indexOf("COMPID")]!,
        group: "all",
        answers: reference.items.map((name) => Number(values[columns.indexOf(name)]))
      }
    })
    const instrument = {
      items: reference.items.map((id) => ({ id, min: 1, max: 5, positiveFrom: 4 })),
      scales: [
        {
          id: "leadership",
          items: reference.items,
          min: 1,
          max: 5,
          mean: "people" as const,
          percentPositive: "items" as const
        }
      ]
    }
    const answers = answersOf(instrument, people)
    const input = {
      k: 5,
      units: [{ id: "all", parent: null }, ...answers.map(({ unit }) => ({ id: unit, parent: "all" }))],
      invited: Object.fromEntries(answers.map(({ unit, respondents }) => [unit, respondents])),
      answers,
      ...instrument
    }
    return { reference, input, answers }
  }

  test("percent positive of items and composite, with an interval that respects the companies", () => {
    const { reference, input } = leadership()
    // Every company in every total, as the reference has them.
    const { rows } = releaseUnder(input, {
      ...allRules,
      unanimity: false,
      answered: false,
      disagreement: false
    })
    const { expected } = reference
    for (const [id, { n, pct }] of Object.entries(expected.items)) {
      const row = rows.find(({ cell, of }) => cell === "all" && of === id)!
      expect(row.n).toBe(n)
      expect(row.value).toBeCloseTo(pct, 9)
    }
    const whole = rows.find(
      ({ cell, of, figure }) => cell === "all" && of === "leadership" && figure === "percent-positive"
    )!
    expect(whole.value).toBeCloseTo(expected.compositePercentPositive, 9)
    const clusters = Object.keys(expected.byGroup).length
    const half = student975(clusters - 1) * expected.personLevel.seClustered * 100
    expect(whole.high! - whole.value!).toBeCloseTo(half, 7)
    expect(whole.value! - whole.low!).toBeCloseTo(half, 7)
    for (const [group, { n, composite }] of Object.entries(expected.byGroup)) {
      const row = rows.find(
        ({ cell, of, figure }) => cell === group && of === "leadership" && figure === "percent-positive"
      )!
      expect(row.n).toBe(n)
      expect(row.value).toBeCloseTo(composite, 9)
    }
  })

  test("agreement, of which only the band is told", () => {
    const { input, answers } = leadership()
    const { expected } = first("aggregation.json")
    const { rows } = releaseUnder(input, allRules)
    for (const { unit, items } of answers) {
      const ratios = Object.values(items).map(
        ({ n, sum, squares }) => varianceOf(n, sum, squares) / evenVariance(1, 5)
      )
      const value = rwgJ(ratios.length, ratios.reduce((a, b) => a + b, 0) / ratios.length)
      expect(value).toBeCloseTo(expected.rwgJ[unit]!, 9)
      const row = rows.find(({ cell, figure }) => cell === unit && figure === "agreement")!
      expect(row.value).toBeNull()
      expect(row.low!).toBeLessThanOrEqual(value)
      expect(row.high!).toBeGreaterThanOrEqual(value)
    }
  })

  test("Wilson's limits", () => {
    const { oneSample } = JSON.parse(referenceText("proportions.json")) as {
      oneSample: ReadonlyArray<{ x: number; n: number; confidence: number; expected: { wilson: number[] } }>
    }
    for (const { x, n, confidence, expected } of oneSample) {
      if (confidence === 0.95) {
        const { low, high } = wilson(x / n, n)
        expect(low / 100).toBeCloseTo(expected.wilson[0]!, 9)
        expect(high / 100).toBeCloseTo(expected.wilson[1]!, 9)
      }
    }
  })
})
