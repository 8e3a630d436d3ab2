import { Schema } from "effect"
import { Instant } from "./instant.ts"
import { defineStream } from "./stream.ts"

/** One run of one stream of a connector, as it stands. `in` = `out` + `rejected` + `unchanged`, always. */
export const RunRecord = Schema.Struct({
  run: Schema.NonEmptyString.annotateKey({
    description: "The id of the run, made anew for each run of each stream."
  }),
  connector: Schema.NonEmptyString.annotateKey({ description: "The name of the connector." }),
  instance: Schema.NonEmptyString.annotateKey({ description: "Which use of the connector it is." }),
  stream: Schema.NonEmptyString.annotateKey({ description: "The stream, as `<domain>.<stream>.v<major>`." }),
  state: Schema.Literals(["started", "finished", "failed"]).annotateKey({
    description: "Whether it has only started, has finished or has failed."
  }),
  in: Schema.Int.annotateKey({
    description: "What the source gave: rows, rows that could not be taken apart, deletions."
  }),
  out: Schema.Int.annotateKey({ description: "What went to the stream's topic." }),
  rejected: Schema.Int.annotateKey({ description: "What went to its dead letters." }),
  unchanged: Schema.Int.annotateKey({ description: "What was left out since it was there already." }),
  deleted: Schema.Int.annotateKey({ description: "How many of `out` are deletions." }),
  startedAt: Instant.pipe(Schema.annotateEncoded({ description: "When the run started." })),
  at: Instant.pipe(Schema.annotateEncoded({ description: "When this was said." })),
  error: Schema.NullOr(Schema.NonEmptyString).annotateKey({
    description: "The code of the error that ended it; null unless `failed`."
  })
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
