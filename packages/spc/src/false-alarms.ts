import { delayCounts, delayPointsBefore, delaySeries, delayWatched } from "./detection-delay-table.ts"
import { ruleCounts, ruleSeries } from "./false-alarm-rule-table.ts"
import { rateCounts, simulatedFreeze, simulatedProfiles } from "./false-alarm-table.ts"

/**
 * Which points set the limits of a simulated chart. `all`: every point of it. `frozen`: the same up to 24 points,
 * the first 24 from then on.
 */
export type BaselineScheme = "all" | "frozen"

/** How often a chart of a steady process is flagged all the same. Shares from 0 to 1. */
export interface LastPointRate {
  readonly profile: string
  /** The charts are of individual values. */
  readonly chart: "xmr"
  readonly baseline: BaselineScheme
  /** Points of the chart. */
  readonly n: number
  /** Lag-one autocorrelation of the simulated series. */
  readonly phi: number
  /** Share of charts whose latest point is marked, by any rule, on either side or on none. */
  readonly any: number
  /** Share of charts whose latest point is marked on one given side, such as that of concern. */
  readonly concern: number
  /** Share of charts with a mark at any point, by the limits of the chart as it stands at `n` points. */
  readonly ever: number
  /** Standard error of `any`. */
  readonly standardError: number
  /** Standard error of `ever`. */
  readonly standardErrorEver: number
  /** Simulated charts behind the row. */
  readonly series: number
}

/** The rules whose false alarms are counted one by one. */
export type RuleName =
  | "beyond-limits"
  | "shift"
  | "trend"
  | "two-of-three"
  | "four-of-five"
  | "stratification"
  | "alternation"
  | "mixture"
  | "runs"

/** How often a rule holds somewhere, on either side, on a steady chart of independent values. */
export interface EverRate {
  readonly profile: string
  readonly baseline: BaselineScheme
  readonly n: number
  readonly rule: RuleName
  /** Points in a row; null for a rule that is not about a row of points. */
  readonly length: number | null
  readonly rate: number
  readonly standardError: number
  /** Simulated charts behind the row. */
  readonly series: number
}

/**
 * Points from a lasting step to the first chart whose latest point is marked on the step's side; for `anhoej` also
 * to the first whose runs are unusual. A mark that is there by chance counts as found.
 */
export interface DetectionDelay {
  readonly profile: string
  readonly baseline: BaselineScheme
  /** Size of the step, in standard deviations of the process. */
  readonly shiftSigma: number
  /** Steady points before the step. */
  readonly pointsBefore: number
  /** Points until half of the charts are flagged; null where that takes more than 120. */
  readonly median: number | null
  /** Mean delay, a chart not flagged within 120 points counting 120: where `detected120` is below 1, too low. */
  readonly mean: number
  /** Shares of charts flagged within 12, 24 and 120 points. */
  readonly detected12: number
  readonly detected24: number
  readonly detected120: number
  /** Standard error of `mean`; that of a share is √(share (1 − share) / series). */
  readonly standardError: number
  /** Simulated charts behind the row. */
  readonly series: number
}

const errorOf = (rate: number, series: number): number => Math.sqrt((rate * (1 - rate)) / series)

const lengthsOf = (profile: string): ReadonlyArray<number> =>
  simulatedProfiles.find((p) => p.name === profile)?.lengths ?? []

type Counted = readonly [
  profile: string,
  baseline: BaselineScheme,
  n: number,
  phi: number,
  last: number,
  sided: number,
  ever: number,
  series: number
]

const counted: ReadonlyArray<Counted> = rateCounts.flatMap(([profile, phi, n, series, ...c]) => [
  [profile, "all", n, phi, c[0], c[1], c[2], series] as const,
  [profile, "frozen", n, phi, c[3], c[4], c[5], series] as const
])

const rateOf = ([profile, baseline, n, phi, last, sided, ever, series]: Counted): LastPointRate => ({
  profile,
  chart: "xmr",
  baseline,
  n,
  phi,
  any: last / series,
  // Either side is that of concern on half of the charts; counting both halves the error.
  concern: sided / 2 / series,
  ever: ever / series,
  standardError: errorOf(last / series, series),
  standardErrorEver: errorOf(ever / series, series),
  series
})

const schemes = ["all", "frozen"] as const

const everRates: ReadonlyArray<EverRate> = ruleCounts.flatMap(([profile, rule, length, ...counts]) =>
  schemes.flatMap((baseline, scheme) =>
    lengthsOf(profile).map((n, at) => {
      const rate = counts[scheme]![at]! / ruleSeries
      return {
        profile,
        baseline,
        n,
        rule: rule as RuleName,
        length,
        rate,
        standardError: errorOf(rate, ruleSeries),
        series: ruleSeries
      }
    })
  )
)

const delays: ReadonlyArray<DetectionDelay> = delayCounts.map(
  ([profile, baseline, shiftSigma, median, sum, squares, in12, in24, in120]) => {
    const mean = sum / delaySeries
    return {
      profile,
      baseline,
      shiftSigma,
      pointsBefore: delayPointsBefore,
      median,
      mean,
      detected12: in12 / delaySeries,
      detected24: in24 / delaySeries,
      detected120: in120 / delaySeries,
      standardError: Math.sqrt((squares / delaySeries - mean * mean) / delaySeries),
      series: delaySeries
    }
  }
)

/**
 * Simulated false alarms and detection delays of every built-in profile on charts of individual, normal values.
 * `build/write-false-alarms.ts` makes the counts again, with the same seeds.
 *
 * @example falseAlarms.lastPoint.filter((r) => r.profile === "nelson" && r.phi === 0)
 */
export const falseAlarms: {
  /** Points after which the limits of the scheme `frozen` no longer move. */
  readonly freeze: number
  /** Points after a step at which the watch for it ended. */
  readonly watched: number
  readonly lastPoint: ReadonlyArray<LastPointRate>
  /** By rule, of independent values. `mdc-2023` has shift and trend for 5 to 12 points in a row. */
  readonly ever: ReadonlyArray<EverRate>
  readonly delays: ReadonlyArray<DetectionDelay>
} = {
  freeze: simulatedFreeze,
  watched: delayWatched,
  lastPoint: counted.map(rateOf),
  ever: everRates,
  delays
}

const nearest = <A>(rows: ReadonlyArray<A>, distance: (row: A) => number): A | undefined =>
  rows.reduce<A | undefined>(
    (best, row) => (best === undefined || distance(row) < distance(best) ? row : best),
    undefined
  )

const judges = (profile: string, n: number): boolean =>
  simulatedProfiles.some((p) => p.name === profile && n >= p.minimum)

/**
 * The rates for a chart of `n` points and a lag-one autocorrelation `phi` (default 0): the nearest simulated ones,
 * between 12 and 120 points. Undefined for a profile that was not simulated, and where the profile judges nothing
 * (`mdc-2023` below 13 points).
 *
 * @example lastPointRate(24)?.concern // expected false signals of one chart of 24 points, now
 */
export const lastPointRate = (
  n: number,
  phi = 0,
  profile = "mdc-2023",
  baseline: BaselineScheme = "frozen"
): LastPointRate | undefined =>
  judges(profile, n)
    ? nearest(
        falseAlarms.lastPoint.filter((r) => r.profile === profile && r.baseline === baseline),
        (r) => Math.abs(r.n - n) + 1000 * Math.abs(r.phi - phi)
      )
    : undefined

/**
 * How often a steady chart of `n` points ever shows `rule`, with `length` points in a row where the rule is about
 * such (default 7): the nearest simulated number of points. Undefined where the profile judges nothing, for a rule
 * it does not have, and for lengths not simulated.
 *
 * @example everRate("shift", 24, 7)?.rate // "seven in a row on one side happens by luck on this share of charts"
 */
export const everRate = (
  rule: RuleName,
  n: number,
  length = 7,
  profile = "mdc-2023",
  baseline: BaselineScheme = "frozen"
): EverRate | undefined =>
  judges(profile, n)
    ? nearest(
        falseAlarms.ever.filter(
          (r) =>
            r.profile === profile &&
            r.baseline === baseline &&
            r.rule === rule &&
            (r.length === null || r.length === length)
        ),
        (r) => Math.abs(r.n - n)
      )
    : undefined

const tuple = (values: ReadonlyArray<string | number | null>): string =>
  `(${values.map((v) => (v === null ? "NULL" : typeof v === "string" ? `'${v}'` : `${v}`)).join(", ")})`

const shareError = (count: string): string =>
  `sqrt(${count} / series * (1 - ${count} / series) / series)::DOUBLE`

/** The body of `spc.false_alarms()`. */
export const lastPointSql = `SELECT profile::VARCHAR AS profile, 'xmr' AS chart, baseline::VARCHAR AS baseline, n::INTEGER AS n, phi::DOUBLE AS phi, (last / series)::DOUBLE AS last_point, (sided / 2 / series)::DOUBLE AS last_point_concern, (ever / series)::DOUBLE AS ever, ${shareError("last")} AS standard_error_last, ${shareError("ever")} AS standard_error_ever, series::INTEGER AS series FROM (VALUES ${counted.map(tuple).join(", ")}) AS _v(profile, baseline, n, phi, last, sided, ever, series)`

/** The body of `spc.false_alarms_by_rule()`. */
export const everSql = `SELECT profile::VARCHAR AS profile, baseline::VARCHAR AS baseline, n::INTEGER AS n, rule::VARCHAR AS rule, length::INTEGER AS length, (shown / series)::DOUBLE AS ever, ${shareError("shown")} AS standard_error, series::INTEGER AS series FROM (SELECT profile, baseline, rule, length, unnest(n) AS n, unnest(shown) AS shown, ${ruleSeries} AS series FROM (VALUES ${ruleCounts
  .flatMap(([profile, rule, length, ...counts]) =>
    schemes.map(
      (baseline, scheme) =>
        `('${profile}', '${baseline}', '${rule}', ${length}, [${lengthsOf(profile).join(",")}], [${counts[scheme]!.join(",")}])`
    )
  )
  .join(", ")}) AS _v(profile, baseline, rule, length, n, shown)) AS _u`

/** The body of `spc.detection_delays()`. */
export const delaySql = `SELECT profile::VARCHAR AS profile, baseline::VARCHAR AS baseline, step::DOUBLE AS shift_sigma, ${delayPointsBefore}::INTEGER AS points_before, median::INTEGER AS median_delay, (sum / series)::DOUBLE AS mean_delay, (in12 / series)::DOUBLE AS detected_12, (in24 / series)::DOUBLE AS detected_24, sqrt((squares / series - (sum / series) * (sum / series)) / series)::DOUBLE AS standard_error, series::INTEGER AS series FROM (SELECT *, ${delaySeries} AS series FROM (VALUES ${delayCounts.map((r) => tuple(r.slice(0, 8))).join(", ")}) AS _v(profile, baseline, step, median, sum, squares, in12, in24)) AS _u`
