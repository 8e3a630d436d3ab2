import type { MeasureChart } from "@plimsoll/schema"
import { chartInput } from "./judge.ts"

/** A table or view of the published file: what it is, what each column means, and where it comes from. */
export interface PublishedRelation {
  readonly name: string
  readonly kind: "table" | "view"
  readonly comment: string
  readonly columns: { readonly [column: string]: string }
  /** How its rows are sorted in the file, where its own query does not say: what is read together stands together. */
  readonly order?: string
  /** Over the working store for a table, over the published file itself, and the charts that it has, for a view. */
  readonly query: string | ((charts: ReadonlyArray<MeasureChart>) => string)
}

/** What the key of a series is made of. */
export const identity = {
  series: "Measure, microsystem and stratum in one text: the key of a series.",
  measure: "The id of the measure.",
  microsystem: "The id of the microsystem.",
  stratum: "The breakdown, such as sex=F. Null: the whole."
}

/** The columns of a point, and what they mean. */
export const pointColumns = {
  ...identity,
  period: "The first day of the period, in the project's time zone.",
  phase: "The phase of the series; limits and rules start anew at each.",
  value: "The plotted figure. Null: nobody counted.",
  numerator: "The numerator, for a chart of shares or rates.",
  denominator: "The denominator, for a chart of shares or rates.",
  centre: "The centre line: the mean of the baseline, or its median on a run chart.",
  lcl3: "The lower control limit, 3 sigma. Null where there is none.",
  lcl2: "The lower limit at 2 sigma.",
  lcl1: "The lower limit at 1 sigma.",
  ucl1: "The upper limit at 1 sigma.",
  ucl2: "The upper limit at 2 sigma.",
  ucl3: "The upper control limit, 3 sigma. Null where there is none.",
  sigma: "The standard deviation behind the limits of the point.",
  excluded: "Whether the point is left out of limits and rules.",
  in_baseline: "Whether the point counts for the limits.",
  beyond_limits: "Whether it lies beyond a control limit. Null, here and below: not judged, or no such rule.",
  shift: "Whether it is part of a run on one side of the centre.",
  trend: "Whether it is part of a run of rising or falling points.",
  two_of_three: "Whether it is one of two of three points beyond 2 sigma.",
  runs_signal: "Whether its phase has an unusually long run, or unusually few crossings (Anhøj).",
  longest_run: "The longest run on one side of the centre.",
  longest_run_limit: "The longest run that is usual.",
  crossings: "How often the line crosses the centre.",
  crossings_limit: "The fewest crossings that are usual.",
  n_useful: "Points of the phase off the centre.",
  signal: "Whether some rule holds at the point.",
  direction_of_signal: "high, low or both; null where no rule holds, or one without a side.",
  variation: "concern, improvement, both, changed, common or not-judged.",
  assurance:
    "pass, fail, hit-or-miss, no-target or not-judged: the target against the limits of the latest point of the phase.",
  warning: "What to keep in mind, in codes: missing, small-counts, autocorrelated, not-stable …",
  ewma: "The weighted average, on an ewma chart.",
  cusum_pos: "The upward sum, in sigma, on a cusum chart.",
  cusum_neg: "The downward sum, in sigma, on a cusum chart.",
  chart: "The kind of chart; of p_auto and u_auto the one that was chosen.",
  profile: "The set of rules.",
  judged: "Whether the phase has enough points to be judged.",
  n: "Valid points in the phase.",
  target: "The target of the measure.",
  direction: "Which way is better: up, down or neutral.",
  sigma_z: "Shares and rates: how far points vary beyond their sampling error; 1 is no further.",
  r1: "How alike neighbouring points of the baseline are: the lag-one autocorrelation.",
  rules: "Every run that marks the point: rule, side, first, completed and last period, points."
}

/** What only one chart has. */
const ownColumns = ["ewma", "cusum_pos", "cusum_neg"]

/** Every point of these charts, as SQL over the published file. */
export const pointView = (charts: ReadonlyArray<MeasureChart>): string => {
  const parts = charts.map((chart) => `FROM spc.${chart}('${chart}_input')`)
  const none = `SELECT ${ownColumns.map((name) => `NULL::DOUBLE AS ${name}`).join(", ")} WHERE false`
  const columns = Object.keys(pointColumns).map((name) =>
    name in identity && name !== "series"
      ? `v.${name}`
      : name === "numerator" || name === "denominator"
        ? `CASE WHEN p.denominator IS NOT NULL THEN v.${name} END AS ${name}`
        : `p.${name}`
  )
  return `WITH point AS (${[...parts, none].join(" UNION ALL BY NAME ")})
      SELECT ${columns.join(", ")} FROM point p JOIN measure_value v USING (series, period)`
}

/** The view that a chart's macro reads. */
export const inputRelation = (chart: MeasureChart): PublishedRelation => {
  const query = chartInput(chart, "measure_value", "(FROM measure WHERE class <> 'team-only')")
  return {
    name: `${chart}_input`,
    kind: "view",
    comment: `The series charted as ${chart}, as spc.${chart} takes them: FROM spc.${chart}('${chart}_input').`,
    columns: {
      series: identity.series,
      period: pointColumns.period,
      ...(query.includes("v.denominator")
        ? {
            numerator: "The numerator.",
            denominator: query.includes("m.multiplier")
              ? "The denominator, by the multiplier: in thousands for a rate per 1,000."
              : "The denominator."
          }
        : { value: pointColumns.value }),
      phase: pointColumns.phase,
      baseline: "Whether the point counts for the limits.",
      target: pointColumns.target,
      direction: pointColumns.direction
    },
    query
  }
}
