import { expect, test } from "vitest"
import { series } from "../test/series.ts"
import { describe } from "./describe.ts"
import type { ChartPoint, ChartRule } from "./point.ts"

const flat = (n: number): ReadonlyArray<number> =>
  Array.from({ length: n }, (_, i) => 50 + (i % 2 === 0 ? 1 : -1))
const up = { start: "2017-01", direction: "up" } as const
const low = [49.5, 49.2, 49.4, 49.1, 49.3, 49.2, 49.6]

test("slipping: a run of concern that holds at the latest point", () => {
  expect(describe(series({ ...up, values: [...flat(25), ...low] }), { direction: "up" })).toBe(
    "Slipping since Feb 2019: 7 points in a row below the average"
  )
})

test("the same run is an improvement where less is better, and a change where neither is", () => {
  const values = [...flat(25), ...low]
  expect(describe(series({ ...up, values, direction: "down" }), { direction: "down" })).toBe(
    "Improving since Feb 2019: 7 points in a row below the average"
  )
  const neutral = series({ ...up, values, direction: "neutral" })
  expect(describe(neutral, { direction: "neutral" })).toBe(
    "Changed since Feb 2019: 7 points in a row below the average"
  )
  expect(describe(series({ ...up, values }), {})).toMatch(/^Changed since/)
})

test("a run that is over is a flag on points, not a slip", () => {
  const words = describe(series({ ...up, values: [...flat(25), ...low, 50.5] }), { direction: "up" })
  expect(words).toBe("No sign of change at the latest judged point, Sep 2019. 7 earlier points are flagged")
})

test("a missing or excluded last point does not hide the slip", () => {
  const values = [...flat(25), ...low]
  expect(describe(series({ ...up, values: [...values, null] }), { direction: "up" })).toBe(
    "Slipping since Feb 2019: 7 points in a row below the average"
  )
  expect(describe(series({ ...up, values: [...values, 70], excluded: [32] }), { direction: "up" })).toBe(
    "Slipping since Feb 2019: 7 points in a row below the average. 1 later point is not judged"
  )
})

test("one point outside", () => {
  expect(describe(series({ ...up, values: [...flat(25), 40] }), { direction: "up" })).toBe(
    "Slipping: the point of Feb 2019 is below the lower limit"
  )
})

test("a run chart has a median, periods have their names, other rules are shown as they are", () => {
  const points = series({ ...up, values: [...flat(25), ...low] })
  expect(describe(points, { direction: "up", chart: "run", period: "quarter" })).toBe(
    "Slipping since Q1 2019: 7 points in a row below the median"
  )
  expect(describe(points, { direction: "up", period: "week" })).toContain("since the week of 1 Feb 2019")
  const last = points.at(-1)!
  const rule: ChartRule = { ...last.rules[0]!, rule: "hugging", points: 15 }
  expect(describe([...points.slice(0, -1), { ...last, rules: [rule] }], { direction: "up" })).toBe(
    "Slipping since Feb 2019: rule hugging, 15 points"
  )
})

test("trend and two of three", () => {
  const points = series({ ...up, values: [...flat(25), ...low] })
  const said = (rule: string): string => {
    const last = points.at(-1)!
    const point: ChartPoint = { ...last, rules: [{ ...last.rules[0]!, rule }] }
    return describe([...points.slice(0, -1), point], { direction: "up" })
  }
  expect(said("trend")).toBe("Slipping since Feb 2019: 7 points in a row falling")
  expect(said("two-of-three")).toBe(
    "Slipping since Feb 2019: 2 of 3 points in a row near or beyond the lower limit"
  )
})

test("concern and improvement at once are both said, concern first", () => {
  const points = series({ ...up, values: [...flat(25), ...low] })
  const last = points.at(-1)!
  const rising: ChartRule = { ...last.rules[0]!, rule: "trend", side: "high" }
  const both: ChartPoint = { ...last, variation: "both", rules: [rising, last.rules[0]!] }
  expect(describe([...points.slice(0, -1), both], { direction: "up" })).toBe(
    "Slipping since Feb 2019: 7 points in a row below the average. " +
      "At the same time improving since Feb 2019: 7 points in a row rising"
  )
})

test("a young phase is not judged by what held before it", () => {
  const before = series({ ...up, values: [...flat(25), ...low] })
  const after = series({ start: "2019-09", direction: "up", values: [50, 51, 50], judged: false })
  expect(describe([...before, ...after.map((p) => ({ ...p, phase: 2 }))], { direction: "up" })).toBe(
    "Not judged since the latest change of limits: 3 points so far"
  )
})

test("nothing to judge", () => {
  expect(describe([])).toBe("No data")
  expect(describe(series({ ...up, values: [null] }))).toBe("No data")
  expect(describe(series({ ...up, values: [1, 2], judged: false }))).toBe("Not judged: 2 points")
  expect(describe(series({ ...up, values: [1, 2], excluded: [0, 1] }))).toBe(
    "Not judged: every point is excluded"
  )
})

test("it never speaks of luck and holds no value", () => {
  const words = describe(series({ ...up, values: [...flat(25), ...low.map((x) => x - 0.123)] }), {
    direction: "up"
  })
  expect(words).not.toMatch(/luck|chance|\d\.\d/)
})

test("what is drawn but never judged is never called slipping", () => {
  const points = series({ ...up, values: [...flat(25), ...low] })
  expect(describe(points, { direction: "up", unjudged: "seasonal" })).toBe("Not judged: seasonal")
  expect(describe([], { unjudged: "seasonal" })).toBe("No data")
})
