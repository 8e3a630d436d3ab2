import { parseHTML } from "linkedom/worker"
import { describe as group, expect, test } from "vitest"
import { series } from "../test/series.ts"
import { describe } from "./describe.ts"
import { placed } from "./point.ts"
import type { ChartPoint } from "./point.ts"
import { chartSvg } from "./svg.ts"
import { chartText } from "./terminal.ts"
import { traced } from "./traces.ts"

const parsed = (svg: string) => parseHTML(`<!doctype html><body>${svg}</body>`).document.querySelector("svg")!

const months = series({ values: [5, 6, 5, 9, 8, 9], start: "2024-01", direction: "down" })

const beyond = (
  side: "high" | "low",
  at: number
): Pick<ChartPoint, "rules" | "directionOfSignal" | "variation"> => ({
  variation: side === "high" ? "concern" : "improvement",
  directionOfSignal: side,
  rules: [
    {
      rule: "beyond-limits",
      side,
      first: months[3]!.period,
      completed: months[at]!.period,
      last: months[at]!.period,
      points: at - 2
    }
  ]
})

group("a weighted average", () => {
  const averages = [5, 5.2, 5.1, 6, 6.5, 7]
  const points = months.map((point, i) => ({
    ...point,
    ewma: averages[i]!,
    ...(i === 5 ? beyond("high", 5) : {})
  }))
  const options = { direction: "down", chart: "ewma" } as const

  test("bears the marks, and the values are small dots behind it", async () => {
    const { marks, behind, lines } = traced(placed(points), options)
    expect(marks.map((mark) => mark.value)).toEqual(averages)
    expect(behind.map((spot) => spot.value)).toEqual([5, 6, 5, 9, 8, 9])
    expect(lines).toHaveLength(1)
    const svg = parsed(await chartSvg(points, options))
    expect(svg.querySelectorAll("[aria-description='single values'] circle")).toHaveLength(6)
    expect(svg.querySelectorAll("[aria-description='concern-high'] path")).toHaveLength(1)
    expect(svg.textContent).toContain("single values")
  })

  test("is what the sentence speaks of", () =>
    expect(describe(points, options)).toBe(
      "Slipping since Apr 2024: the weighted average is above its upper limit"
    ))

  test("a ghost has none and is a small dot only", () => {
    const ghost = points.map((point, i) => (i === 2 ? { ...point, ewma: null, excluded: true } : point))
    const { marks, behind } = traced(placed(ghost), options)
    expect(marks).toHaveLength(5)
    expect(behind).toHaveLength(6)
  })
})

group("two sums", () => {
  const up = [0, 1, 0.5, 3, 5.5, 8]
  const down = [-1, 0, -0.5, 0, -1e-16, 0]
  const points = months.map((point, i) => ({
    ...point,
    cusumPos: up[i]!,
    cusumNeg: down[i]!,
    ...(i >= 4 ? beyond("high", i) : {})
  }))
  const options = { direction: "down", chart: "cusum" } as const

  test("are two lines about zero between the limits, in the place of the values", async () => {
    const { points: shown, lines, marks } = traced(placed(points), { ...options, interval: 4 })
    expect(lines.map((line) => line.map((spot) => spot.value))).toEqual([up, down])
    expect(shown.map(({ centre, lcl3, ucl3 }) => [centre, lcl3, ucl3])).toEqual(months.map(() => [0, -4, 4]))
    // A sum of 0 beside one that is not bears no mark.
    expect(marks.map((mark) => mark.value).toSorted((a, b) => a - b)).toEqual([-1, -0.5, 0.5, 1, 3, 5.5, 8])
    expect(marks.filter((mark) => mark.look === "concern-high").map((mark) => mark.value)).toEqual([5.5, 8])
    const svg = parsed(await chartSvg(points, options))
    expect(svg.textContent).toContain("upper limit 5")
    expect(svg.querySelectorAll("[aria-description='values'] path")).toHaveLength(2)
  })

  test("each signals on its own side", () => {
    const both = points.map((point, i) =>
      i === 5
        ? { ...point, cusumNeg: -7, directionOfSignal: "both" as const, variation: "both" as const }
        : point
    )
    const { marks } = traced(placed(both), options)
    expect(marks.filter((mark) => mark.value === 8 || mark.value === -7).map((mark) => mark.look)).toEqual([
      "concern-high",
      "improvement"
    ])
    expect(traced(placed(both), {}).marks.filter((mark) => mark.value === -7)[0]!.look).toBe("changed")
  })

  test("are said, and drawn in a terminal by the larger of the two", () => {
    expect(describe(points, options)).toBe(
      "Slipping since Apr 2024: small moves upwards have added up to more than the limit"
    )
    expect(chartText(points, options)).toContain("zero")
  })
})

test("lines at 1 and 2 sigma are drawn where they are given", async () => {
  const points = months.map((point) => ({ ...point, lcl2: 1, lcl1: 2, ucl1: 8, ucl2: 9 }))
  const svg = parsed(await chartSvg(points))
  expect(svg.querySelectorAll("[aria-description$=sigma] path")).toHaveLength(4)
  expect(parsed(await chartSvg(months)).querySelectorAll("[aria-description$=sigma]")).toHaveLength(0)
})

test("the centre of g and t is called the median, as that of run", () => {
  const shift = series({
    values: [...Array.from({ length: 24 }, (_, i) => 50 + (i % 2)), 40, 40, 40, 40, 40, 40, 40],
    start: "2022-01",
    direction: "up"
  })
  for (const chart of ["run", "g", "t"])
    expect(describe(shift, { chart, direction: "up" })).toContain("7 points in a row below the median")
})

test.each([
  ["four-of-five", "high", "4 of 5 points in a row well above the average"],
  ["stratification", null, "5 points in a row unusually close to the average"],
  ["alternation", null, "5 points in a row going up and down in turn"],
  ["mixture", null, "5 points in a row away from the average, on both sides"],
  ["runs", null, "unusually long runs or few crossings of the average"]
] as const)("%s has words of its own", (rule, side, words) => {
  const last = months.at(-1)!
  const run = { rule, side, first: months[1]!.period, completed: last.period, last: last.period, points: 5 }
  const marked = { ...last, variation: "changed" as const, directionOfSignal: side, rules: [run] }
  expect(describe([...months.slice(0, -1), marked], {})).toBe(`Changed since Feb 2024: ${words}`)
})
