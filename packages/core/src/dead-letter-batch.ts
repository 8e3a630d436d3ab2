import type { LogRecord } from "@plimsoll/log"
import type { DecodedBatch } from "./decoded-batch.ts"
import type { LandedStream } from "./landing-table.ts"

/** The dead letters of a dead-letter topic: nothing else is on it. */
export const decodeDeadLetters = (
  _stream: LandedStream,
  records: ReadonlyArray<LogRecord>
): DecodedBatch => ({
  types: [],
  columns: [],
  landed: new Map(),
  ended: new Map(),
  dead: records.map((record) => {
    const letter = JSON.parse(record.value ?? "{}") as {
      readonly code?: string
      readonly issues?: ReadonlyArray<{ readonly path?: unknown; readonly message: string }>
    }
    const reason = (letter.issues ?? []).map((issue) => `${issue.message}${pathOf(issue.path)}`).join("; ")
    return { record, foundBy: "runtime", code: letter.code ?? "unreadable", reason }
  })
})

const pathOf = (path: unknown): string =>
  Array.isArray(path) && path.length > 0 ? ` at ["${path.join('"]["')}"]` : ""
