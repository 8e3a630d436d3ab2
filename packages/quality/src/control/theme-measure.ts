import { measure, type Measure, PlimsollError, sql } from "@plimsoll/schema"
import { codings } from "./events.ts"

/** A theme that notes are coded to, as a config declares it. */
export interface ThemeOptions {
  /** Lower-case words joined by hyphens. Its measure is `theme-<id>`. */
  readonly id: string
  readonly title: string
  /** The ids of the measures that speak of the same thing: words and numbers are compared. Default: none. */
  readonly measures?: ReadonlyArray<string>
  /** `failure-demand`: people chase, or come again, for what was not done at first. Default: `topic`. */
  readonly kind?: "topic" | "failure-demand"
  /** Which way its share is better: `up` for thanks. Default: `down`. */
  readonly direction?: "up" | "down" | "neutral"
  /**
   * Who may see its counts. Default: `small-count`, so that one or two people who wrote of something are not told apart;
   * `open` for what patients are asked for in public.
   */
  readonly class?: Measure["definition"]["class"]
  /** The version of its measure. Default: 1. */
  readonly version?: number
}

/** How the measures of all themes are made. */
export interface ThemeMeasureOptions {
  readonly period: "day" | "week" | "month" | "quarter"
  readonly chart: "p" | "pp" | "p_auto"
}

/**
 * The measure of a theme: of the notes of a unit and period that were coded, those that cannot be coded included, the
 * share that has the theme. Notes that nobody has coded are in neither number.
 */
export const themeMeasure = (theme: ThemeOptions, options: ThemeMeasureOptions): Measure => {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(theme.id)) {
    throw new PlimsollError({
      code: "config-invalid",
      message: `the id of the theme "${theme.title}" is not lower-case words joined by hyphens`,
      configPath: "modules",
      suggestion: 'write it as "not-listened-to"'
    })
  }
  return measure({
    id: `theme-${theme.id}`,
    version: theme.version ?? 1,
    title: `Notes on: ${theme.title}`,
    description:
      "Share of the coded notes that have the theme; those that cannot be coded are in the denominator.",
    from: codings,
    where: sql`pass = 'first'`,
    at: "day",
    period: options.period,
    microsystem: sql`microsystem`,
    numerator: sql`json_contains(themes, ${JSON.stringify(theme.id)})`,
    denominator: sql`1`,
    empty: "missing",
    chart: options.chart,
    direction: theme.direction ?? "down",
    kind: "outcome",
    class: theme.class ?? "small-count"
  })
}
