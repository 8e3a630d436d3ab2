import { Schema } from "effect"
import { Instant } from "./instant.ts"
import { defineStream } from "./stream.ts"

/** One run of one stream of a connector, as it stands. `in` = `out` + `rejected` + `unchanged`, always. */
export const RunRecord = Schema.Struct({
  /** Made anew for each run of each stream. */
  run: Schema.NonEmptyString,
  connector: Schema.NonEmptyString,
  instance: Schema.NonEmptyString,
  /** `<domain>.<stream>.v<major>` */
  stream: Schema.NonEmptyString,
  state: Schema.Literals(["started", "finished", "failed"]),
  /** What the source gave: rows, rows that could not be taken apart, deletions. */
  in: Schema.Int,
  /** What went to the stream's topic. */
  out: Schema.Int,
  /** What went to its dead letters. */
  rejected: Schema.Int,
  unchanged: Schema.Int,
  /** How many of `out` are deletions. */
  deleted: Schema.Int,
  startedAt: Instant,
  /** When this was said. */
  at: Instant,
  /** The code of the error that ended it; null unless `failed`. */
  error: Schema.NullOr(Schema.NonEmptyString)
})
export type RunRecord = typeof RunRecord.Type

/** The stream of runs: the latest row of a run holds. */
export const runs = defineStream({
  name: "run",
  domain: "plimsoll",
  version: 1,
  title: "What each run of a connector read, wrote and refused",
  schema: RunRecord,
  key: ["run"],
  microsystem: null,
  occurredAt: "at",
  sensitivity: {
    run: "open",
    connector: "open",
    instance: "open",
    stream: "open",
    state: "open",
    in: "open",
    out: "open",
    rejected: "open",
    unchanged: "open",
    deleted: "open",
    startedAt: "open",
    at: "open",
    error: "open"
  }
})
