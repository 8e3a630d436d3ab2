import {
  everCounts,
  lastPointCounts,
  simulatedFreeze,
  simulatedRunLengths,
  simulatedSeries
} from "./false-alarm-table.ts"
import { mdc2023 } from "./profiles.ts"

/** How often the latest point of a chart in control is inside a run of some rule. */
export interface LastPointRate {
  readonly profile: string
  /** Points of the phase; limits provisional from all of them to 24, frozen at the first 24 after that. */
  readonly n: number
  /** Lag-one autocorrelation of the simulated series. */
  readonly phi: number
  /** Share of charts whose latest point is inside a run, whichever side. */
  readonly any: number
  /** Share of charts whose latest point is inside a run on one given side, such as that of concern. */
  readonly concern: number
  /** Standard error of `any`. */
  readonly standardError: number
}

/** How often a pattern is seen at least once, on either side, on a chart in control of independent values. */
export interface EverRate {
  readonly profile: string
  readonly n: number
  readonly rule: "outside" | "two-of-three" | "shift" | "trend"
  /** Points in a row; null for a rule that is not about a row of points. */
  readonly length: number | null
  readonly rate: number
  readonly standardError: number
}

const errorOf = (rate: number): number => Math.sqrt((rate * (1 - rate)) / simulatedSeries)

const everRow = (n: number, rule: EverRate["rule"], length: number | null, count: number): EverRate => ({
  profile: mdc2023.name,
  n,
  rule,
  length,
  rate: count / simulatedSeries,
  standardError: errorOf(count / simulatedSeries)
})

/**
 * Simulated false alarms of `mdc-2023`: normal series in control, limits provisional to 24 points and frozen at
 * the first 24 after that. `build/simulate.ts` makes the counts again.
 */
export const falseAlarms: {
  /** Simulated charts behind every rate. */
  readonly series: number
  /** Points after which the limits are frozen. */
  readonly freeze: number
  readonly lastPoint: ReadonlyArray<LastPointRate>
  readonly ever: ReadonlyArray<EverRate>
} = {
  series: simulatedSeries,
  freeze: simulatedFreeze,
  lastPoint: lastPointCounts.map(([phi, n, any, concern]) => ({
    profile: mdc2023.name,
    n,
    phi,
    any: any / simulatedSeries,
    concern: concern / simulatedSeries,
    standardError: errorOf(any / simulatedSeries)
  })),
  ever: everCounts.flatMap(([n, outside, twoOfThree, ...runs]) => [
    everRow(n!, "outside", null, outside!),
    everRow(n!, "two-of-three", null, twoOfThree!),
    ...simulatedRunLengths.map((length, i) => everRow(n!, "shift", length, runs[i]!)),
    ...simulatedRunLengths.map((length, i) =>
      everRow(n!, "trend", length, runs[simulatedRunLengths.length + i]!)
    )
  ])
}

const nearest = <A>(rows: ReadonlyArray<A>, distance: (row: A) => number): A | undefined =>
  rows.reduce<A | undefined>(
    (best, row) => (best === undefined || distance(row) < distance(best) ? row : best),
    undefined
  )

/**
 * The last-point rate for a phase of `n` points and a lag-one autocorrelation `phi` (default 0): the nearest
 * simulated one. Undefined below 13 points, where nothing is judged; above 60 points the rate of 60.
 *
 * @example lastPointRate(24)?.concern // expected false signals of one chart of 24 points, now
 */
export const lastPointRate = (n: number, phi = 0): LastPointRate | undefined =>
  n < mdc2023.minimum
    ? undefined
    : nearest(falseAlarms.lastPoint, (r) => Math.abs(r.n - n) + 1000 * Math.abs(r.phi - phi))

/**
 * How often a chart of `n` points in control ever shows `rule`, with `length` points in a row for shift and trend
 * (default 7): the nearest simulated number of points. Undefined below 13 points and for lengths not simulated.
 *
 * @example everRate("shift", 24, 7)?.rate // "seven in a row on one side happens by luck on this share of charts"
 */
export const everRate = (rule: EverRate["rule"], n: number, length = 7): EverRate | undefined => {
  const wanted = rule === "shift" || rule === "trend" ? length : null
  return n < mdc2023.minimum
    ? undefined
    : nearest(
        falseAlarms.ever.filter((r) => r.rule === rule && r.length === wanted),
        (r) => Math.abs(r.n - n)
      )
}

const tuple = (values: ReadonlyArray<string | number | null>): string =>
  `(${values.map((v) => (v === null ? "NULL" : typeof v === "string" ? `'${v}'` : `${v}`)).join(", ")})`

/** The body of `spc.false_alarms()`. */
export const lastPointSql = `SELECT profile::VARCHAR AS profile, n::INTEGER AS n, phi::DOUBLE AS phi, last_point_any::DOUBLE AS last_point_any, last_point_concern::DOUBLE AS last_point_concern, standard_error::DOUBLE AS standard_error, ${simulatedSeries}::INTEGER AS series FROM (VALUES ${falseAlarms.lastPoint.map((r) => tuple([r.profile, r.n, r.phi, r.any, r.concern, r.standardError])).join(", ")}) AS _v(profile, n, phi, last_point_any, last_point_concern, standard_error)`

/** The body of `spc.false_alarms_ever()`. */
export const everSql = `SELECT profile::VARCHAR AS profile, n::INTEGER AS n, rule::VARCHAR AS rule, length::INTEGER AS length, ever::DOUBLE AS ever, standard_error::DOUBLE AS standard_error, ${simulatedSeries}::INTEGER AS series FROM (VALUES ${falseAlarms.ever.map((r) => tuple([r.profile, r.n, r.rule, r.length, r.rate, r.standardError])).join(", ")}) AS _v(profile, n, rule, length, ever, standard_error)`
