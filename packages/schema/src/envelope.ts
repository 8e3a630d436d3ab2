import { Schema } from "effect"

/**
 * The headers of every record on the log: CloudEvents 1.0 in binary mode, so that the value is the plain row.
 * Names of our own start with `plimsoll_`.
 */
export const Envelope = Schema.Struct({
  ce_specversion: Schema.Literal("1.0"),
  /** Deterministic: the same row of the same source always has the same id. */
  ce_id: Schema.NonEmptyString,
  /** `/plimsoll/<connector>/<instance>` */
  ce_source: Schema.NonEmptyString,
  /** `<domain>.<stream>.upserted | deleted | generation | rejected | replayed` */
  ce_type: Schema.NonEmptyString,
  /** When it happened: an RFC 3339 timestamp. */
  ce_time: Schema.NonEmptyString,
  /** The microsystem: rows of one stay in order. */
  ce_partitionkey: Schema.String,
  "content-type": Schema.Literal("application/json"),
  /** The id of the stream's contract on `plimsoll._schemas`: the row was decoded by our own runtime. */
  plimsoll_schema: Schema.optionalKey(Schema.String),
  /** The partition of the source: for files, the file. */
  plimsoll_partition: Schema.optionalKey(Schema.String),
  /** How often that partition has been replaced as a whole; from 1. */
  plimsoll_generation: Schema.optionalKey(Schema.String),
  /** The row's number in its generation, from 1. */
  plimsoll_row: Schema.optionalKey(Schema.String),
  /** The run of the connector that read it. */
  plimsoll_run: Schema.optionalKey(Schema.String)
})
export type Envelope = typeof Envelope.Type

/** What a record of a stream says of itself. */
export type EventKind = "upserted" | "deleted" | "generation" | "rejected" | "replayed"
