import {
  type LogRecord,
  type NewRecord,
  type RecordGroup,
  recordId,
  commonHeaders,
  timeOfMicros
} from "@plimsoll/log"
import type { StreamContract } from "@plimsoll/schema"
import type { DeadLetter } from "./dead-letter.ts"

/** The value of a record on a dead-letter topic that says that a letter was replayed. */
export interface Replayed {
  /** The `ce_id` of the letter. */
  readonly letter: string
  /** The `ce_id` of the row that was appended. */
  readonly record: string
  /** When the letter was recorded, microseconds since 1970: what its row counts by among the rows of its key. */
  readonly recordedAt: number
}

/** A record of a dead-letter topic. */
export type LetterRecord =
  | { readonly kind: "letter"; readonly id: string; readonly letter: DeadLetter }
  | { readonly kind: "replayed"; readonly replayed: Replayed }
  /** Written by a stranger. */
  | { readonly kind: "unknown" }

const unknown: LetterRecord = { kind: "unknown" }

/** Reads a record of a dead-letter topic. */
export const letterRecord = ({ value, headers }: LogRecord): LetterRecord => {
  const type = headers["ce_type"] ?? ""
  const id = headers["ce_id"]
  try {
    const content: unknown = JSON.parse(value ?? "null")
    if (id === undefined || typeof content !== "object" || content === null) return unknown
    if (type.endsWith(".rejected") && "code" in content)
      return { kind: "letter", id, letter: content as unknown as DeadLetter }
    if (type.endsWith(".replayed") && "letter" in content && "record" in content && "recordedAt" in content)
      return { kind: "replayed", replayed: content as unknown as Replayed }
    return unknown
  } catch {
    return unknown
  }
}

/** Makes the records that say of letters that they were replayed. */
export const replayedHeaders = (contract: StreamContract, project: string): RecordGroup["headers"] =>
  commonHeaders(contract, `/plimsoll/dead-letters/${project}`, "replayed")

/** The record that says that a letter was replayed; it goes to the partition of the letter. */
export const replayedRecord = (letter: LogRecord, record: string, now: number): NewRecord => {
  const id = letter.headers["ce_id"]!
  const partitionKey = letter.headers["ce_partitionkey"] ?? ""
  const value: Replayed = { letter: id, record, recordedAt: letter.recordedAt }
  return {
    key: null,
    value: JSON.stringify(value),
    partitionKey,
    headers: {
      ce_id: recordId("replayed", null, id),
      ce_time: timeOfMicros(now),
      ce_partitionkey: partitionKey
    }
  }
}
