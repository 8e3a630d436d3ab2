import { Schema } from "effect"
import { PlainDate } from "./plain-date.ts"
import { PlimsollError } from "./plimsoll-error.ts"
import { type SqlExpression, checkExpression } from "./sql.ts"
import { defineStream, type StreamDefinition } from "./stream.ts"

const Id = Schema.String.check(
  Schema.isPattern(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { expected: "lower-case words joined by hyphens" })
)
const Baseline = Schema.Union([
  Schema.Literals(["first-24", "all"]),
  Schema.Struct({ from: PlainDate, until: PlainDate })
])

/**
 * The charts that can judge a measure, by the names of their macros (docs/spc-contract.md). `p`, `pp`, `p_auto` and
 * `np` take cases and those at risk, `u`, `up` and `u_auto` events and exposure, `c` a count without a denominator;
 * the others take the value.
 */
export const measureCharts = [
  "run",
  "xmr",
  "mr",
  "p",
  "pp",
  "p_auto",
  "np",
  "u",
  "up",
  "u_auto",
  "c",
  "ewma",
  "cusum"
] as const
export type MeasureChart = (typeof measureCharts)[number]

const shares: ReadonlyArray<MeasureChart> = ["p", "pp", "p_auto", "np"]
const rates: ReadonlyArray<MeasureChart> = ["u", "up", "u_auto"]

/** A measure as it stands on the log. Write one with {@link measure}. */
export const MeasureDefinition = Schema.Struct({
  id: Id.annotateKey({ description: "The id, in lower-case words joined by hyphens." }),
  version: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)).annotateKey({
    description: "The version of the definition, from 1 on; a change needs a new one."
  }),
  title: Schema.NonEmptyString.annotateKey({ description: "The name for people." }),
  description: Schema.String.annotateKey({ description: "What it measures and why; may be empty." }),
  stream: Schema.NonEmptyString.annotateKey({ description: "The name of its stream." }),
  where: Schema.NullOr(Schema.String).annotateKey({ description: "Which rows count, as SQL; null: all." }),
  at: Schema.NonEmptyString.annotateKey({ description: "The field that dates a row." }),
  period: Schema.Literals(["day", "week", "month", "quarter"]).annotateKey({
    description: "The length of a period."
  }),
  microsystem: Schema.String.annotateKey({ description: "The id of the microsystem of a row, as SQL." }),
  strata: Schema.Record(Schema.String, Schema.String).annotateKey({
    description:
      "The breakdowns by name, each as SQL: every value of one is a series of its own beside the whole."
  }),
  numerator: Schema.String.annotateKey({ description: "A row's part of the numerator, as SQL." }),
  denominator: Schema.NullOr(Schema.String).annotateKey({
    description: "A row's part of the denominator, as SQL; null for a count or a sum."
  }),
  multiplier: Schema.Finite.check(Schema.isGreaterThan(0)).annotateKey({
    description: 'A value is numerator / denominator × this: 1000 for "per 1,000 bed-days".'
  }),
  empty: Schema.Literals(["zero", "missing"]).annotateKey({
    description:
      "What a period without rows means for a count: `zero`, nothing happened, or `missing`, nobody counted."
  }),
  grace: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)).annotateKey({
    description: "Days after the end of a period before it is judged."
  }),
  chart: Schema.Literals(measureCharts).annotateKey({
    description:
      "The chart that judges it, by the name of its macro: `xmr`, `run`, `p`, `pp` (p′), `u`, `up` (u′), `c` …"
  }),
  baseline: Baseline.annotateKey({
    description:
      "Which points the limits are computed from: the first 24 valid ones, all, or those between two days."
  }),
  direction: Schema.Literals(["up", "down", "neutral"]).annotateKey({ description: "Which way is better." }),
  target: Schema.NullOr(Schema.Finite).annotateKey({
    description: "The target, in the unit of the value; null for none."
  }),
  kind: Schema.Literals(["outcome", "process", "balancing"]).annotateKey({
    description: "What it tells of: `outcome`, `process` or `balancing`."
  }),
  class: Schema.Literals(["open", "team-only", "small-count"]).annotateKey({
    description:
      "Who may see its figures: everyone (`open`), the own team (`team-only`), or others without small counts (`small-count`)."
  }),
  unit: Schema.String.annotateKey({
    description: "The unit of a value: `%`, `per 1,000 bed-days`, `patients`."
  }),
  unjudged: Schema.NullOr(Schema.NonEmptyString).annotateKey({
    description: "Null: judged, may signal; otherwise why it is shown but never signals, such as `seasonal`."
  }),
  since: PlainDate.annotateKey({ description: "The day from which this version holds." })
})
export type MeasureDefinition = typeof MeasureDefinition.Type

/** What {@link measure} takes. */
export interface MeasureOptions<S extends StreamDefinition> {
  readonly id: string
  readonly version: number
  readonly title: string
  readonly description?: string
  readonly from: S
  /** Which rows count. Default: all. */
  readonly where?: SqlExpression
  /** The field (PlainDate or Instant) that places a row in a period. */
  readonly at: keyof S["schema"]["fields"] & string
  readonly period: "day" | "week" | "month" | "quarter"
  /** The id of the microsystem of a row. */
  readonly microsystem: SqlExpression
  /** Breakdowns by name: each value of the expression is a series of its own beside the whole. `{ sex: sql`sex` }` gives `sex=F`. */
  readonly strata?: { readonly [name: string]: SqlExpression }
  /** A row's part of the numerator; summed exactly over the rows of a period. */
  readonly numerator: SqlExpression
  /** A row's part of the denominator. Default: none, the measure is a count or a sum. */
  readonly denominator?: SqlExpression
  /** Default: 1. */
  readonly multiplier?: number
  /** What a period without rows means: nothing happened, or nobody counted. */
  readonly empty: "zero" | "missing"
  /** Days to wait after the end of a period. Default: 0. */
  readonly grace?: number
  /**
   * How it is judged. `mr` judges the size of the steps between periods, so `direction` and `target` are of those;
   * `np` charts the number of cases, so `target` is a number. `p_auto` and `u_auto` widen the limits where points
   * vary more than their denominators explain.
   */
  readonly chart: MeasureChart
  /** Default: the first 24 valid points, frozen. */
  readonly baseline?: "first-24" | "all" | { readonly from: string; readonly until: string }
  /** Which way is better. */
  readonly direction: "up" | "down" | "neutral"
  /** In the unit of the value: 0.95, not 95, for a share. */
  readonly target?: number
  readonly kind: "outcome" | "process" | "balancing"
  readonly class: "open" | "team-only" | "small-count"
  /** Default: `%` with a denominator and no multiplier (not for `np` and rates), else nothing. */
  readonly unit?: string
  /** Why it is drawn but never judged: `seasonal`. Default: it is judged. */
  readonly unjudged?: string
  /** Default: 0001-01-01. */
  readonly since?: string
}

/** A measure together with its stream, as a project's config holds it. */
export interface Measure {
  readonly definition: MeasureDefinition
  readonly stream: StreamDefinition
}

/**
 * Declares a quality measure: how rows become a figure for a microsystem and a period, and how that figure is
 * judged. Throws `measure-invalid` with the field at fault.
 *
 * ```ts test
 * import { defineStream, measure, PlainDate, sql } from "@plimsoll/schema"
 * import { Schema } from "effect"
 *
 * const falls = defineStream({
 *   name: "falls", domain: "inpatient", version: 1, title: "Falls",
 *   schema: Schema.Struct({ ward: Schema.String, day: PlainDate, falls: Schema.Int, bedDays: Schema.Int }),
 *   key: ["ward", "day"], microsystem: "ward", occurredAt: "day", covers: "day",
 *   sensitivity: { ward: "open", day: "open", falls: "open", bedDays: "open" }
 * })
 * const rate = measure({
 *   id: "falls-rate", version: 1, title: "Falls per 1,000 bed-days", from: falls, at: "day", period: "month",
 *   microsystem: sql`ward`, numerator: sql`falls`, denominator: sql`bed_days`, multiplier: 1000, empty: "missing",
 *   chart: "xmr", direction: "down", kind: "outcome", class: "open", unit: "per 1,000 bed-days"
 * })
 * rate.definition.baseline // => "first-24"
 * ```
 */
export const measure = <S extends StreamDefinition>(options: MeasureOptions<S>): Measure => {
  const wrong = (message: string, suggestion: string) =>
    new PlimsollError({ code: "measure-invalid", message: `measure "${options.id}": ${message}`, suggestion })
  for (const [field, text] of Object.entries({
    where: options.where,
    microsystem: options.microsystem,
    numerator: options.numerator,
    denominator: options.denominator,
    ...options.strata
  })) {
    if (text === undefined) continue
    try {
      checkExpression(text)
    } catch (cause) {
      throw wrong(`${field} is ${(cause as Error).message}`, (cause as PlimsollError).suggestion ?? "")
    }
  }
  const isShare = shares.includes(options.chart)
  const isRate = rates.includes(options.chart)
  if ((isShare || isRate) && options.denominator === undefined) {
    throw wrong(
      `a ${options.chart} chart needs a denominator`,
      `add denominator, or choose chart: "${isRate ? "c" : "xmr"}"`
    )
  }
  if (isShare && options.multiplier !== undefined) {
    throw wrong(
      `a ${options.chart} chart shows a share or a number of cases, so it takes no multiplier`,
      'leave multiplier out, or choose chart: "u" or "xmr"'
    )
  }
  if (options.chart === "c" && (options.denominator !== undefined || options.multiplier !== undefined)) {
    throw wrong(
      "a c chart shows a count, so it takes neither denominator nor multiplier",
      'leave them out, or choose chart: "u"'
    )
  }
  const isPercent =
    options.denominator !== undefined && options.multiplier === undefined && !isRate && options.chart !== "np"
  if (!(options.at in options.from.schema.fields)) {
    throw wrong(`its stream has no field "${options.at}"`, "name a PlainDate or Instant field in at")
  }
  const decoded = Schema.decodeUnknownResult(MeasureDefinition)({
    id: options.id,
    version: options.version,
    title: options.title,
    description: options.description ?? "",
    stream: options.from.name,
    where: options.where ?? null,
    at: options.at,
    period: options.period,
    microsystem: options.microsystem,
    strata: options.strata ?? {},
    numerator: options.numerator,
    denominator: options.denominator ?? null,
    multiplier: options.multiplier ?? 1,
    empty: options.empty,
    grace: options.grace ?? 0,
    chart: options.chart,
    baseline: options.baseline ?? "first-24",
    direction: options.direction,
    target: options.target ?? null,
    kind: options.kind,
    class: options.class,
    unit: options.unit ?? (isPercent ? "%" : ""),
    unjudged: options.unjudged ?? null,
    since: options.since ?? "0001-01-01"
  })
  if (decoded._tag === "Failure") throw wrong(decoded.failure.message, "mend the field named above")
  return { definition: decoded.success, stream: options.from }
}

/** The stream of measure definitions: a changed definition needs a new version. */
export const measureDefinitions = defineStream({
  name: "measure-definition",
  domain: "plimsoll",
  version: 1,
  title: "How each measure is computed and judged",
  schema: MeasureDefinition,
  key: ["id", "version"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: {
    id: "open",
    version: "open",
    title: "open",
    description: "open",
    stream: "open",
    where: "open",
    at: "open",
    period: "open",
    microsystem: "open",
    strata: "open",
    numerator: "open",
    denominator: "open",
    multiplier: "open",
    empty: "open",
    grace: "open",
    chart: "open",
    baseline: "open",
    direction: "open",
    target: "open",
    kind: "open",
    class: "open",
    unit: "open",
    unjudged: "open",
    since: "open"
  }
})
