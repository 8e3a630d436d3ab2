import { INK, lookOf } from "./appearance.ts"
import type { Look } from "./appearance.ts"
import type { KeyItem } from "./frame.ts"
import type { ChartOptions } from "./options.ts"
import type { PlacedPoint } from "./point.ts"

/** A place on the chart that is joined to its neighbours; `value` null breaks the line. */
export interface Spot {
  readonly time: number
  readonly value: number | null
}

/** A place that bears a mark. */
export interface Mark {
  readonly time: number
  readonly value: number
  readonly look: Look
}

/** What is drawn from point to point. */
export interface Traces {
  /** The points, with `value` and the lines as they are judged. */
  readonly points: ReadonlyArray<PlacedPoint>
  readonly lines: ReadonlyArray<ReadonlyArray<Spot>>
  readonly marks: ReadonlyArray<Mark>
  /** Values that are not what is judged: small dots. */
  readonly behind: ReadonlyArray<Spot>
  /** Whether the lines are sums about 0. */
  readonly sums: boolean
}

/** The key to the values behind a weighted average. */
export const smallDot: KeyItem = {
  words: "single values",
  symbol: (x, y) => `<circle cx="${x}" cy="${y}" r="2" fill="${INK.line}"/>`
}

const marked = (spots: ReadonlyArray<Spot>, looks: (i: number) => Look): ReadonlyArray<Mark> =>
  spots.flatMap(({ time, value }, i) => (value === null ? [] : [{ time, value, look: looks(i) }]))

/** As the macro has it: rounding is not off zero. */
const isZero = (sum: number | null): boolean => sum !== null && Math.abs(sum) <= 1e-9

const sums = (points: ReadonlyArray<PlacedPoint>, options: ChartOptions): Traces => {
  const h = options.interval ?? 5
  const side = (key: "cusumPos" | "cusumNeg", is: "high" | "low") => {
    const spots = points.map((point) => ({ time: point.time, value: point[key] }))
    const worse = (is === "high") !== (options.direction === "up")
    // Both sums stand at one period; only the one that signals bears its mark.
    const lookAt = (point: PlacedPoint): Look => {
      if (point.directionOfSignal !== is && point.directionOfSignal !== "both")
        return point.directionOfSignal === null ? lookOf(point, options.direction) : "common"
      const variation = worse ? "concern" : "improvement"
      return lookOf({ ...point, directionOfSignal: is, variation }, options.direction)
    }
    // Both sums are 0 most of the time: there the line is enough, and one mark.
    const some = spots.map((spot, i) =>
      isZero(spot.value) && (is === "low" || !isZero(points[i]!.cusumNeg ?? 0))
        ? { ...spot, value: null }
        : spot
    )
    return { spots, marks: marked(some, (i) => lookAt(points[i]!)) }
  }
  const [up, down] = [side("cusumPos", "high"), side("cusumNeg", "low")]
  return {
    points: points.map((point) => {
      const some = point.cusumPos !== null || point.cusumNeg !== null
      const value = (point.cusumPos ?? 0) >= -(point.cusumNeg ?? 0) ? point.cusumPos : point.cusumNeg
      return {
        ...point,
        value: some ? value : null,
        centre: 0,
        lcl3: -h,
        ucl3: h,
        lcl2: null,
        lcl1: null,
        ucl1: null,
        ucl2: null,
        target: null
      }
    }),
    lines: [up.spots, down.spots],
    marks: [...up.marks, ...down.marks],
    behind: [],
    sums: true
  }
}

/** Values as they stand; or the weighted averages, or the sums, that points bring in their place. */
export const traced = (points: ReadonlyArray<PlacedPoint>, options: ChartOptions): Traces => {
  if (points.some((point) => point.cusumPos !== null || point.cusumNeg !== null)) return sums(points, options)
  const smooth = points.some((point) => point.ewma !== null)
  const shown = smooth ? points.map((point) => ({ ...point, value: point.ewma })) : points
  return {
    points: shown,
    lines: [shown],
    marks: marked(shown, (i) => lookOf(shown[i]!, options.direction)),
    behind: smooth ? points.filter((point) => point.value !== null) : [],
    sums: false
  }
}
