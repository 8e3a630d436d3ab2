import type { LogRecord } from "@plimsoll/log"
import { BIGINT, type Database, INTEGER, InstantValue, TIMESTAMPTZ, VARCHAR } from "./duckdb/database.ts"

/** A record that could not be read: found by the runtime before the log, or by the core after it. */
export interface DeadLetter {
  readonly record: LogRecord
  readonly foundBy: "runtime" | "core"
  readonly code: string
  /** Path and expectation, never the value. */
  readonly reason: string
}

const types = [
  VARCHAR,
  INTEGER,
  BIGINT,
  VARCHAR,
  VARCHAR,
  VARCHAR,
  VARCHAR,
  VARCHAR,
  BIGINT,
  BIGINT,
  VARCHAR,
  TIMESTAMPTZ
]

/** Keeps where dead letters stand and why; what was in them stays on the log. */
export const insertDeadLetters = async (
  database: Database,
  letters: ReadonlyArray<DeadLetter>
): Promise<void> => {
  const rows = letters.map(({ record, foundBy, code, reason }) => {
    const { headers } = record
    const number = (name: string) => (headers[name] === undefined ? null : BigInt(headers[name]))
    return [
      record.topic,
      record.partition,
      BigInt(record.offset),
      foundBy,
      code,
      reason,
      headers["ce_source"] ?? null,
      headers["plimsoll_partition"] ?? null,
      number("plimsoll_generation"),
      number("plimsoll_row"),
      headers["plimsoll_run"] ?? null,
      new InstantValue(BigInt(record.recordedAt))
    ]
  })
  await database.append(
    "store",
    "dead_letter",
    types,
    types.map((_, at) => rows.map((row) => row[at]!))
  )
}
