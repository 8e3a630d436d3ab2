import { Schema } from "effect"
import { PlainDate } from "./plain-date.ts"
import { defineStream } from "./stream.ts"

/**
 * What happens to a signal. `ended`: the rule no longer holds at the latest point. `closed`: people closed it.
 * `withdrawn`: a correction removed its cause.
 */
export const SignalState = Schema.Literals([
  "opened",
  "acknowledged",
  "explained",
  "ended",
  "closed",
  "withdrawn"
])
export type SignalState = typeof SignalState.Type

/** One step in the life of a signal. The table of signals is built from these alone. */
export const SignalEvent = Schema.Struct({
  signal: Schema.NonEmptyString.annotateKey({
    description:
      "The id: a hash of series, measure version, phase, rule, side, first point of the run, profile version, and how often that run has ended before."
  }),
  state: SignalState.annotateKey({ description: "What happened to the signal." }),
  measure: Schema.NonEmptyString.annotateKey({
    description: "The id of the measure, or of what else a rule of a module speaks of."
  }),
  measureVersion: Schema.Int.annotateKey({
    description: "The version of the measure's definition, or of the module."
  }),
  microsystem: Schema.NonEmptyString.annotateKey({ description: "The id of the microsystem." }),
  stratum: Schema.NullOr(Schema.NonEmptyString).annotateKey({
    description: "The breakdown, such as `sex=F`; null: the whole."
  }),
  phase: Schema.String.annotateKey({
    description: "The phase of the series; limits and rules start anew at each."
  }),
  profile: Schema.NonEmptyString.annotateKey({ description: "The set of rules and its version." }),
  rule: Schema.String.check(
    Schema.isPattern(
      /^(beyond-limits|shift|trend|two-of-three|runs|silence|[a-z][a-z_]*\/[a-z][a-z0-9]*(-[a-z0-9]+)*)$/,
      { expected: "a rule of the charts, or module/rule" }
    )
  ).annotateKey({
    description:
      "The rule that fired: `beyond-limits`, `shift`, `trend`, `two-of-three`, `runs`, `silence`, or one of a module, such as `assurance/action-overdue`."
  }),
  side: Schema.NullOr(Schema.Literals(["high", "low"])).annotateKey({
    description: "The side of the chart on which it fired; null where the rule has none, as for silence."
  }),
  variation: Schema.Literals(["concern", "improvement", "changed"]).annotateKey({
    description:
      "Whether it moved the worse way (`concern`), the better way (`improvement`), or neither is better (`changed`)."
  }),
  firstPeriod: PlainDate.annotateKey({
    description: "The first period of the run; for silence, the last one with figures."
  }),
  completedPeriod: PlainDate.annotateKey({
    description:
      "The period whose point completed the rule; for silence, the day on which it had lasted too long."
  }),
  asOf: PlainDate.annotateKey({ description: "The latest judged period when this was said." }),
  value: Schema.NullOr(Schema.Finite).annotateKey({
    description: "The figure at `asOf`, of measures of class `open` only."
  }),
  centre: Schema.NullOr(Schema.Finite).annotateKey({
    description: "The centre line at `asOf`, of measures of class `open` only."
  }),
  words: Schema.NonEmptyString.annotateKey({ description: "In plain words: which rule, since when." }),
  reason: Schema.NullOr(Schema.NonEmptyString).annotateKey({ description: "Why it was withdrawn or closed." })
})
export type SignalEvent = typeof SignalEvent.Type

/** The stream of signals. */
export const signals = defineStream({
  name: "signal",
  domain: "plimsoll",
  version: 1,
  title: "What is slipping, or has changed, by which rule",
  schema: SignalEvent,
  key: ["signal", "state"],
  microsystem: "microsystem",
  occurredAt: "asOf",
  covers: "day",
  sensitivity: {
    signal: "open",
    state: "open",
    measure: "open",
    measureVersion: "open",
    microsystem: "open",
    stratum: "open",
    phase: "open",
    profile: "open",
    rule: "open",
    side: "open",
    variation: "open",
    firstPeriod: "open",
    completedPeriod: "open",
    asOf: "open",
    value: "open",
    centre: "open",
    words: "open",
    reason: "open"
  }
})
