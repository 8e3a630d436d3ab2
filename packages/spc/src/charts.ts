import { cusum } from "./cusum.ts"
import { ewma } from "./ewma.ts"
import { ratio } from "./ratio.ts"
import { run } from "./run.ts"
import { xmr } from "./xmr.ts"

/** One chart of the pack: its name, the arguments it has beside those of all charts, its body and a comment. */
export interface Chart {
  readonly name: string
  /** The profile that it is judged by when none is named. */
  readonly profile?: string
  /** Arguments of its own, with their defaults. */
  readonly own?: string
  readonly body: string
  readonly comment: string
}

/** The arguments of every chart. */
export const parametersOf = (chart: Chart): string =>
  `t, profile := '${chart.profile ?? "mdc-2023"}', profile_table := '_none', "shift" := NULL, "trend" := NULL, screened := NULL, spread := NULL, centre := NULL, multiply := 1.0${chart.own === undefined ? "" : `, ${chart.own}`}`

/** Every chart over time, in the order in which they are explained. */
export const charts: ReadonlyArray<Chart> = [
  {
    name: "run",
    profile: "anhoej",
    body: run,
    comment: "Values about their median; by default the longest run and the crossings of each phase."
  },
  {
    name: "xmr",
    body: xmr,
    comment: "Individual values about their mean, limits from the moving ranges."
  },
  {
    name: "p",
    body: ratio({ of: "proportion", limits: "plain" }),
    comment: "Proportions about the pooled proportion, binomial limits (exact where counts are small)."
  },
  {
    name: "ewma",
    own: "weight := 0.2, nsigmas := 3.0",
    body: ewma,
    comment: "The exponentially weighted moving average of the values: small, lasting changes."
  },
  {
    name: "cusum",
    own: "k := 0.5, h := 5.0",
    body: cusum,
    comment:
      "Cumulative sums of the values about their mean, in sigma: small, lasting changes and their date."
  }
]

/** The names of the charts over time that have a macro, as `spc.<name>`. */
export const spcCharts: ReadonlyArray<string> = charts.map((chart) => chart.name)
