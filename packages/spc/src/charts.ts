import { g, t } from "./between.ts"
import { c, np } from "./count.ts"
import { cusum } from "./cusum.ts"
import { ewma } from "./ewma.ts"
import { mr } from "./mr.ts"
import { r } from "./r.ts"
import { ratio } from "./ratio.ts"
import { run } from "./run.ts"
import type { Form } from "./verdict.ts"
import { s } from "./s.ts"
import { xbar } from "./xbar.ts"
import { xmr } from "./xmr.ts"

/** One chart of the pack: its name, the arguments it has beside those of all charts, its body and a comment. */
export interface Chart {
  readonly name: string
  /** The profile that it is judged by when none is named. */
  readonly profile?: string
  /** Arguments of its own, with their defaults. */
  readonly own?: string
  readonly body: (form: Form) => string
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
    name: "mr",
    body: mr,
    comment: "Moving ranges of individual values about their average."
  },
  {
    name: "xbar",
    body: xbar,
    comment: "Means of subgroups about the mean of all members, limits from the spread within subgroups."
  },
  {
    name: "r",
    body: r,
    comment: "Ranges of subgroups about what is usual for their sizes."
  },
  {
    name: "s",
    body: s,
    comment: "Standard deviations of subgroups about their mean or pooled one."
  },
  {
    name: "p",
    body: ratio({ of: "proportion", limits: "plain" }),
    comment: "Proportions about the pooled proportion, binomial limits (exact where counts are small)."
  },
  {
    name: "pp",
    body: ratio({ of: "proportion", limits: "laney" }),
    comment: "Proportions with binomial limits widened by how much they vary in fact (Laney's p chart)."
  },
  {
    name: "p_auto",
    body: ratio({ of: "proportion", limits: "auto" }),
    comment: "Proportions on a p chart, or on Laney's where a test of the baseline says that p is too narrow."
  },
  {
    name: "np",
    body: np,
    comment: "Cases about the size of each subgroup times the pooled proportion, binomial limits."
  },
  {
    name: "u",
    body: ratio({ of: "rate", limits: "plain" }),
    comment: "Events per exposure about the pooled rate, Poisson limits (exact where counts are small)."
  },
  {
    name: "up",
    body: ratio({ of: "rate", limits: "laney" }),
    comment: "Rates with Poisson limits widened by how much they vary in fact (Laney's u chart)."
  },
  {
    name: "u_auto",
    body: ratio({ of: "rate", limits: "auto" }),
    comment: "Rates on a u chart, or on Laney's where a test of the baseline says that u is too narrow."
  },
  {
    name: "c",
    body: c,
    comment: "Counts over equal exposures about their mean, Poisson limits (exact where counts are small)."
  },
  {
    name: "g",
    body: g,
    comment: "Cases between rare events about their median, limits of a geometric distribution."
  },
  {
    name: "t",
    body: t,
    comment: "Times between rare events about their median, limits from the moving ranges of y^(1/3.6)."
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
