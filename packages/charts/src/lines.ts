import { DAY } from "./calendar.ts"
import type { ChartPeriod } from "./options.ts"
import type { PlacedPoint } from "./point.ts"

/** The numbers of a point that are drawn as lines. */
export type LineKey = "centre" | "lcl3" | "ucl3" | "target"

/** The fine lines between them. */
export type ZoneKey = "lcl2" | "lcl1" | "ucl1" | "ucl2"

/** A corner of a stepped line; `value` null breaks it. */
export interface Corner {
  readonly time: number
  readonly value: number | null
}

const DAYS: Readonly<Record<ChartPeriod, number>> = { day: 1, week: 7, month: 30, quarter: 91 }

/** Half the usual distance between two points, in milliseconds. */
export const halfStep = (points: ReadonlyArray<PlacedPoint>, period: ChartPeriod): number => {
  const gaps = points
    .slice(1)
    .map((point, i) => point.time - points[i]!.time)
    .filter((gap) => gap > 0)
    .sort((a, b) => a - b)
  return (gaps[Math.floor(gaps.length / 2)] ?? DAYS[period] * DAY) / 2
}

/** A line with a step halfway between neighbours, broken where the number is missing and where a phase ends. */
export const stepped = (
  points: ReadonlyArray<PlacedPoint>,
  key: LineKey | ZoneKey,
  half: number
): ReadonlyArray<Corner> => {
  const corners: Array<Corner> = []
  points.forEach((point, i) => {
    const value = point[key]
    if (value === null) return
    const before = points[i - 1]
    const after = points[i + 1]
    const joins = before !== undefined && before.phase === point.phase && before[key] !== null
    const from =
      before === undefined ? point.time - half : Math.max((before.time + point.time) / 2, point.time - half)
    const start = joins ? (before.time + point.time) / 2 : from
    const goesOn = after !== undefined && after.phase === point.phase && after[key] !== null
    const until =
      after === undefined ? point.time + half : Math.min((point.time + after.time) / 2, point.time + half)
    const end = goesOn ? (point.time + after.time) / 2 : until
    if (joins && before[key] === value) corners.pop()
    else {
      if (!joins && corners.length > 0) corners.push({ time: start, value: null })
      corners.push({ time: start, value })
    }
    corners.push({ time: end, value })
  })
  return corners
}

/** From the first to the last baseline point of each phase. */
export const baselineSpans = (
  points: ReadonlyArray<PlacedPoint>,
  half: number
): ReadonlyArray<{ readonly from: number; readonly to: number }> => {
  const spans = new Map<PlacedPoint["phase"], { from: number; to: number }>()
  for (const point of points) {
    if (!point.inBaseline) continue
    const span = spans.get(point.phase)
    if (span === undefined) spans.set(point.phase, { from: point.time - half, to: point.time + half })
    else span.to = point.time + half
  }
  return [...spans.values()]
}

/** Positions at least `gap` apart and inside the bounds where they fit, in the given order of `wanted`. */
export const spread = (
  wanted: ReadonlyArray<number>,
  gap: number,
  least: number,
  most: number
): ReadonlyArray<number> => {
  const order = wanted.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at || a.index - b.index)
  let floor = least
  for (const item of order) {
    item.at = Math.max(item.at, floor)
    floor = item.at + gap
  }
  let ceiling = most
  for (const item of order.toReversed()) {
    item.at = Math.min(item.at, ceiling)
    ceiling = item.at - gap
  }
  const result = [...wanted]
  for (const item of order) result[item.index] = item.at
  return result
}
