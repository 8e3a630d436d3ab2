/** How one picture of docs/spc.md is labelled; what it shows is the example on that page. */
export interface PictureOptions {
  readonly title: string
  readonly unit?: string
  readonly percent?: boolean
  readonly direction?: "up" | "down"
  readonly period?: "day" | "week" | "month"
  readonly caption?: string
  /** Default: `Simulated data`. */
  readonly source?: string
  /** Whether to shade the points that set the limits: where only some of them do. */
  readonly baseline?: boolean
  /** Whether to draw the lines at 1 and 2 sigma. */
  readonly zones?: boolean
  /** Funnels: what the denominator counts, and whether to draw the adjusted limits. */
  readonly denominator?: string
  readonly adjusted?: boolean
}

const needle = { unit: "minutes", direction: "down", baseline: true } as const
const glucose = { direction: "down", period: "week", unit: "mmol/l" } as const
const open =
  "NHS England. Contains public sector information licensed under the Open Government Licence v3.0."
const fourHours = {
  unit: "%",
  direction: "up",
  baseline: true,
  source: open
} as const
const reports = { unit: "per 1,000 bed-days", baseline: true } as const
const stay = { direction: "down", baseline: true } as const
const rule = { direction: "down", zones: true } as const

/** Every picture, by the name of its file. */
export const pictures: Readonly<Record<string, PictureOptions>> = {
  run: { title: "Days to the first appointment", unit: "days", direction: "down" },
  xmr: { title: "Minutes from door to needle", ...needle },
  mr: { title: "Minutes from door to needle: change from month to month", ...needle },
  xbar: { title: "Blood glucose of five patients a week: mean", baseline: true, ...glucose },
  r: { title: "Blood glucose of five patients a week: range", ...glucose, baseline: true },
  s: { title: "Blood glucose of five patients a week: standard deviation", ...glucose, baseline: true },
  p: { title: "Patients with a pressure ulcer", unit: "%", direction: "down", baseline: true },
  pp: { title: "Seen within four hours, RXN, major departments (p′)", ...fourHours },
  "p-plain": { title: "Seen within four hours, RXN, major departments (plain p)", ...fourHours },
  "p-auto": { title: "Seen within four hours, RXN, major departments (chosen: p′)", ...fourHours },
  np: { title: "Doses missed of 100 audited", unit: "doses", direction: "down" },
  u: { title: "Falls", unit: "per 1,000 bed-days", direction: "down", baseline: true },
  up: { title: "Incidents reported (u′)", ...reports },
  "u-auto": { title: "Incidents reported (chosen: u′)", ...reports },
  c: { title: "Needlestick injuries", unit: "a month", direction: "down" },
  g: {
    title: "Line days between two infections",
    unit: "line days",
    direction: "up",
    period: "day",
    baseline: true
  },
  t: {
    title: "Days between two falls with harm",
    unit: "days",
    direction: "up",
    period: "day",
    baseline: true
  },
  ewma: { title: "Length of stay: weighted average", unit: "days", ...stay },
  cusum: { title: "Length of stay: cumulative sums", unit: "sigma", ...stay },
  funnel: { title: "Readmitted within 30 days, by ward", unit: "%", denominator: "patients discharged" },
  "funnel-adjusted": {
    title: "Home by noon, by hospital: limits adjusted for overdispersion",
    unit: "%",
    denominator: "patients discharged",
    adjusted: true
  },
  "rule-beyond-limits": { title: "Beyond limits", ...rule },
  "rule-shift": { title: "Shift: seven or more on one side", ...rule, baseline: true },
  "rule-trend": { title: "Trend: seven or more in one direction", ...rule, baseline: true },
  "rule-two-of-three": { title: "Two of three beyond 2 sigma", ...rule, baseline: true },
  "rule-four-of-five": { title: "Four of five beyond 1 sigma", ...rule, baseline: true },
  "rule-stratification": { title: "Stratification: fifteen within 1 sigma", ...rule, baseline: true },
  "rule-alternation": { title: "Alternation: fourteen up and down in turn", ...rule, baseline: true },
  "rule-mixture": { title: "Mixture: eight beyond 1 sigma, on both sides", ...rule, baseline: true },
  "rule-runs": { title: "Runs: too few crossings of the median", direction: "down" }
}
