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
  /** Hash of series, phase, rule, side, first point of the run, profile version, and how often that run has ended before. */
  signal: Schema.NonEmptyString,
  state: SignalState,
  measure: Schema.NonEmptyString,
  measureVersion: Schema.Int,
  microsystem: Schema.NonEmptyString,
  /** Null: the whole. */
  stratum: Schema.NullOr(Schema.NonEmptyString),
  phase: Schema.String,
  profile: Schema.NonEmptyString,
  rule: Schema.Literals(["outside", "shift", "trend", "two-of-three", "runs", "silence"]),
  side: Schema.NullOr(Schema.Literals(["high", "low"])),
  variation: Schema.Literals(["concern", "improvement", "changed"]),
  /** The first period of the run. */
  firstPeriod: PlainDate,
  /** The period whose point completed the rule. */
  completedPeriod: PlainDate,
  /** The latest judged period when this was said. */
  asOf: PlainDate,
  /** The figure at `asOf`, of measures of class `open` only. */
  value: Schema.NullOr(Schema.Finite),
  centre: Schema.NullOr(Schema.Finite),
  /** In plain words: which rule, since when. */
  words: Schema.NonEmptyString,
  /** Why it was withdrawn or closed. */
  reason: Schema.NullOr(Schema.NonEmptyString)
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
