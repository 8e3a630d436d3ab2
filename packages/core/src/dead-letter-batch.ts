import type { LogRecord } from "@plimsoll/log"
import type { DecodedBatch } from "./decoded-batch.ts"
import type { LandedStream } from "./landing-table.ts"
import { parseObject, textOf } from "./record-text.ts"

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
    const letter = parseObject(textOf(record) ?? "")
    const replays = record.headers["ce_type"]?.endsWith(".replayed") === true ? letter?.["letter"] : undefined
    if (typeof replays === "string") {
      return { record, foundBy: "runtime", code: "replayed", reason: "", replays }
    }
    if (typeof letter?.["code"] !== "string") {
      return { record, foundBy: "core", code: "not-json", reason: "the record is not a dead letter of ours" }
    }
    const issues = Array.isArray(letter["issues"]) ? letter["issues"] : []
    const reason = issues.map(issueOf).join("; ")
    return { record, foundBy: "runtime", code: letter["code"], reason }
  })
})

const issueOf = (issue: unknown): string => {
  const { message, path } = Object(issue) as { readonly message?: unknown; readonly path?: unknown }
  return `${String(message)}${pathOf(path)}`
}

const pathOf = (path: unknown): string =>
  Array.isArray(path) && path.length > 0 ? ` at ["${path.join('"]["')}"]` : ""
