/** A remark at one period, such as a change that was made. */
export interface ChartNote {
  /** `YYYY-MM-DD`. */
  readonly period: string
  readonly text: string
}

/** How long one period is; decides how dates are written. */
export type ChartPeriod = "day" | "week" | "month" | "quarter"

/** Which way is better. */
export type ChartDirection = "up" | "down" | "neutral"

/** What is said and shown around the points. Every field may be left out. */
export interface ChartOptions {
  /** Default: `Control chart`. Long titles are wrapped. */
  readonly title?: string
  /** A line under the title; the sentence of `describe` follows it. */
  readonly subtitle?: string
  /** Such as `per 1,000 bed-days`; `%` is set behind the numbers instead of over the axis. */
  readonly unit?: string
  /** Whether values are shares from 0 to 1 to be shown as percentages. Default: false. */
  readonly percent?: boolean
  /** Default: `xmr`. The centre of `run`, `g` and `t` is called the median, all others' the average. */
  readonly chart?: "run" | (string & {})
  /** The decision interval of points with `cusumPos` and `cusumNeg`, in sigma. Default: 5. */
  readonly interval?: number
  /** Default: `neutral`, with which nothing is ever called slipping. */
  readonly direction?: ChartDirection
  /** Default: `month` if every period is the first of a month, else `day`. */
  readonly period?: ChartPeriod
  /** A remark on the method, such as `provisional limits`. */
  readonly caption?: string
  /** Why no point is judged, such as `seasonal`: the sentence says so, and no point is flagged. Default: they are judged. */
  readonly unjudged?: string
  /** Where the data come from; the last line. */
  readonly source?: string
  /** Width of the SVG in pixels. Default: 820, at least 320. */
  readonly width?: number
  /** Height of the SVG in pixels. Default: 440; grows if the words around the plot leave it less than 170. */
  readonly height?: number
  /** Numbered in the plot, written out below it. */
  readonly notes?: ReadonlyArray<ChartNote>
}
