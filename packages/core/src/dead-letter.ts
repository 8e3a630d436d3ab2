import type { LogRecord } from "@plimsoll/log"
import { BIGINT, type Database, INTEGER, InstantValue, TIMESTAMPTZ, VARCHAR } from "./duckdb/database.ts"
import { countOf } from "./place.ts"

/** A record that could not be read: found by the runtime before the log, or by the core after it. */
export interface DeadLetter {
  readonly record: LogRecord
  readonly foundBy: "runtime" | "core"
  readonly code: string
  /** Path and expectation, never the value. */
  readonly reason: string
  /** The id of another letter: the record says that its row was read after all, and is none itself. */
  readonly replays?: string
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
  TIMESTAMPTZ,
  VARCHAR
]

/** Keeps where dead letters stand and why, and which were replayed; what was in them stays on the log. */
export const insertDeadLetters = async (
  database: Database,
  letters: ReadonlyArray<DeadLetter>
): Promise<void> => {
  const replayed = letters.filter((letter) => letter.replays !== undefined)
  if (replayed.length > 0) {
    await database.append(
      "store",
      "replayed_letter",
      [VARCHAR, VARCHAR, TIMESTAMPTZ],
      [
        replayed.map(({ record }) => record.topic),
        replayed.map(({ replays }) => replays!),
        replayed.map(({ record }) => new InstantValue(BigInt(record.recordedAt)))
      ]
    )
  }
  const found = letters.filter((letter) => letter.replays === undefined)
  const rows = found.map(({ record, foundBy, code, reason }) => {
    const { headers } = record
    const number = (name: string) => {
      const count = countOf(headers[name])
      return count === undefined ? null : BigInt(count)
    }
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
      new InstantValue(BigInt(record.recordedAt)),
      headers["ce_id"] ?? null
    ]
  })
  await database.append(
    "store",
    "dead_letter",
    types,
    types.map((_, at) => rows.map((row) => row[at]!))
  )
}
