import { isoDay } from "./calendar.ts"

/** What the rules say about one point. `both`: concern and improvement at once; `changed`: no side is better. */
export type ChartVariation = "concern" | "improvement" | "both" | "changed" | "common" | "not-judged"

/** A side of the centre line. */
export type ChartSide = "high" | "low" | "both"

/** One run of points that fulfils a rule, as seen from a point inside it. */
export interface ChartRule {
  /** The names of docs/spc-contract.md have words of their own; any other name is shown as it is. */
  readonly rule: "beyond-limits" | "shift" | "trend" | "two-of-three" | (string & {})
  /** Where the run lies; for a trend `high` is rising and `low` is falling. */
  readonly side: ChartSide | null
  /** Period (`YYYY-MM-DD`) of the first point of the run. */
  readonly first: string
  /** Period of the point that completed the rule. */
  readonly completed: string
  /** Period of the last point of the run so far. */
  readonly last: string
  /** How many points the run has so far. */
  readonly points: number
}

/**
 * One point of a control chart, as plain JSON.
 *
 * A missing value is `null` and leaves a gap. `value`, `centre`, `lcl3`, `ucl3` and `target` share one unit;
 * with `percent: true` in the options that unit is a share from 0 to 1.
 */
export interface ChartPoint {
  /** First day of the period, `YYYY-MM-DD`. */
  readonly period: string
  readonly value: number | null
  /** Limits are drawn per phase: a new phase starts new lines. */
  readonly phase: number | string | null
  /** Shown hollow, and never judged. */
  readonly excluded: boolean
  /** Whether the point lies in the baseline its phase's limits come from. */
  readonly inBaseline: boolean
  readonly centre: number | null
  /** The lower control limit, at 3 sigma. */
  readonly lcl3: number | null
  /** The upper control limit, at 3 sigma. */
  readonly ucl3: number | null
  /** The limits at 1 and 2 sigma; where given they are drawn as fine lines. Default: none. */
  readonly lcl2?: number | null
  readonly lcl1?: number | null
  readonly ucl1?: number | null
  readonly ucl2?: number | null
  /** The weighted average that is judged in the place of `value`: it bears the marks, `value` is a small dot. */
  readonly ewma?: number | null
  /** The two sums that are judged in the place of `value`, in sigma: drawn about 0, `value` is not. */
  readonly cusumPos?: number | null
  readonly cusumNeg?: number | null
  readonly target: number | null
  readonly variation: ChartVariation
  /** On which side of the centre line its rules hold; null where there is none, or they have no side. */
  readonly directionOfSignal: ChartSide | null
  /** Every run this point is part of. */
  readonly rules: ReadonlyArray<ChartRule>
}

/** A point with its period as UTC milliseconds, and with everything that cannot be drawn made `null`. */
export interface PlacedPoint extends ChartPoint {
  readonly time: number
  readonly lcl2: number | null
  readonly lcl1: number | null
  readonly ucl1: number | null
  readonly ucl2: number | null
  readonly ewma: number | null
  readonly cusumPos: number | null
  readonly cusumNeg: number | null
}

// Beyond this the width of an axis is no longer a finite number.
const DRAWABLE = 1e300

const drawable = (value: number | null | undefined): number | null =>
  value !== null && value !== undefined && Math.abs(value) <= DRAWABLE ? value : null

const plain = { variation: "not-judged", directionOfSignal: null, rules: [] } as const

/** Points in the order of time; `unjudged`: without any flag. */
export const placed = (points: ReadonlyArray<ChartPoint>, unjudged?: string): ReadonlyArray<PlacedPoint> =>
  points
    .map((point, index) => ({
      ...point,
      ...(unjudged === undefined ? {} : plain),
      value: drawable(point.value),
      centre: drawable(point.centre),
      lcl3: drawable(point.lcl3),
      ucl3: drawable(point.ucl3),
      lcl2: drawable(point.lcl2),
      lcl1: drawable(point.lcl1),
      ucl1: drawable(point.ucl1),
      ucl2: drawable(point.ucl2),
      ewma: drawable(point.ewma),
      cusumPos: drawable(point.cusumPos),
      cusumNeg: drawable(point.cusumNeg),
      target: drawable(point.target),
      time: isoDay(point.period, `points[${index}].period`)
    }))
    .sort((a, b) => a.time - b.time)
