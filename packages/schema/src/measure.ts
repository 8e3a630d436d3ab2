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

/** A measure as it stands on the log. Write one with {@link measure}. */
export const MeasureDefinition = Schema.Struct({
  id: Id,
  version: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
  title: Schema.NonEmptyString,
  description: Schema.String,
  /** The name of its stream. */
  stream: Schema.NonEmptyString,
  /** Which rows count; null: all. */
  where: Schema.NullOr(Schema.String),
  /** The field that dates a row. */
  at: Schema.NonEmptyString,
  period: Schema.Literals(["day", "week", "month", "quarter"]),
  microsystem: Schema.String,
  strata: Schema.Record(Schema.String, Schema.String),
  numerator: Schema.String,
  denominator: Schema.NullOr(Schema.String),
  /** A value is numerator / denominator × this: 1000 for "per 1,000 bed-days". */
  multiplier: Schema.Finite.check(Schema.isGreaterThan(0)),
  /** What a period without rows means for a count. */
  empty: Schema.Literals(["zero", "missing"]),
  /** Days after the end of a period before it is judged. */
  grace: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  chart: Schema.Literals(["xmr", "p", "run"]),
  baseline: Baseline,
  direction: Schema.Literals(["up", "down", "neutral"]),
  target: Schema.NullOr(Schema.Finite),
  kind: Schema.Literals(["outcome", "process", "balancing"]),
  class: Schema.Literals(["open", "team-only", "small-count"]),
  /** `%`, `per 1,000 bed-days`, `patients`. */
  unit: Schema.String,
  /** Null: judged, may signal. Otherwise why it is shown but never signals: "seasonal". */
  unjudged: Schema.NullOr(Schema.NonEmptyString),
  /** The day from which this version holds. */
  since: PlainDate
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
  readonly chart: "xmr" | "p" | "run"
  /** Default: the first 24 valid points, frozen. */
  readonly baseline?: "first-24" | "all" | { readonly from: string; readonly until: string }
  /** Which way is better. */
  readonly direction: "up" | "down" | "neutral"
  /** In the unit of the value: 0.95, not 95, for a share. */
  readonly target?: number
  readonly kind: "outcome" | "process" | "balancing"
  readonly class: "open" | "team-only" | "small-count"
  /** Default: `%` with a denominator and no multiplier, else nothing. */
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
  if (options.chart === "p" && options.denominator === undefined) {
    throw wrong("a p chart needs a denominator", 'add denominator, or choose chart: "xmr"')
  }
  if (options.chart === "p" && options.multiplier !== undefined) {
    throw wrong(
      "a p chart shows a share, so it takes no multiplier",
      'leave multiplier out, or choose chart: "xmr"'
    )
  }
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
    unit: options.unit ?? (options.denominator !== undefined && options.multiplier === undefined ? "%" : ""),
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
