import type { LogRecord } from "@plimsoll/log"
import { kindOf } from "./chunk.ts"
import type { DeadLetter } from "./dead-letter.ts"
import {
  BIGINT,
  BOOLEAN,
  INTEGER,
  InstantValue,
  LIST,
  ListValue,
  TIMESTAMPTZ,
  type Type,
  type Value,
  VARCHAR
} from "./duckdb/database.ts"
import type { Generations } from "./generation.ts"
import type { LandedStream } from "./landing-table.ts"
import { countOf, placeOf } from "./place.ts"
import { parseJson, parseObject, textOf } from "./record-text.ts"
import { strangerMisfit } from "./stranger-row.ts"
import { rowColumns } from "./wire.ts"

/** Records of one partition, ready for the table of their stream. */
export interface DecodedBatch {
  readonly types: ReadonlyArray<Type>
  readonly columns: ReadonlyArray<ReadonlyArray<Value>>
  readonly dead: ReadonlyArray<DeadLetter>
  /** By generation: how many rows of it are here. */
  readonly landed: ReadonlyMap<number, number>
  /** By generation: how many rows it has in all, where its marker is here. */
  readonly ended: ReadonlyMap<number, number>
}

const ownTypes = [INTEGER, BIGINT, BOOLEAN, TIMESTAMPTZ, INTEGER, BIGINT, LIST(VARCHAR)]

/** Decodes records: what fits becomes columns, what does not a dead letter. No value is cast. */
export const decodeBatch = (
  stream: LandedStream,
  records: ReadonlyArray<LogRecord>,
  generations: Generations
): DecodedBatch => {
  const { contract } = stream
  const rows = rowColumns(stream.columns)
  const parts: Value[] = []
  const offsets: Value[] = []
  const deleted: Value[] = []
  const times: Value[] = []
  const wholes: Value[] = []
  const places: Value[] = []
  const missing: Value[] = []
  const dead: DeadLetter[] = []
  const landed = new Map<number, number>()
  const ended = new Map<number, number>()
  const keyFields = contract.key === null ? undefined : new Set(contract.key)
  let recordedAt = new InstantValue(0n)
  for (const record of records) {
    const { headers } = record
    const bad = (code: string, reason: string) => dead.push({ record, foundBy: "core", code, reason })
    const fields = fieldsOf(record, contract.key)
    if (isReason(fields)) {
      bad(...fields)
      continue
    }
    const kind = kindOf(headers["ce_type"], record.value)
    if (kind === "generation") {
      const [nth, count] = [countOf(fields["generation"]), countOf(fields["rows"])]
      if (nth === undefined || count === undefined || typeof fields["partition"] !== "string") {
        bad("does-not-fit", "the marker of a generation does not say which, or how many rows it has")
      } else ended.set(generations.id(headers["ce_source"] ?? "", fields["partition"], nth), count)
      continue
    }
    const place = placeOf(headers, generations)
    if (place === undefined) {
      bad("does-not-fit", "the headers plimsoll_generation and plimsoll_row have to be whole numbers")
      continue
    }
    const misfit =
      kind === "deleted" || headers["plimsoll_schema"] !== undefined
        ? undefined
        : strangerMisfit(contract, fields)
    if (misfit !== undefined) {
      bad(
        "does-not-fit",
        `the schema of ${contract.name} does not fit at ["${misfit.map(String).join('"]["')}"]`
      )
      continue
    }
    const added = rows.add(fields, kind === "deleted" ? keyFields : undefined)
    if ("path" in added) {
      bad("does-not-fit", `the schema of ${contract.name} does not fit at ["${added.path}"]`)
      continue
    }
    const micros = BigInt(record.recordedAt)
    if (recordedAt.micros !== micros) recordedAt = new InstantValue(micros)
    parts.push(record.partition)
    offsets.push(BigInt(record.offset))
    deleted.push(kind === "deleted")
    times.push(recordedAt)
    if (place.generation !== null) landed.set(place.generation, (landed.get(place.generation) ?? 0) + 1)
    wholes.push(place.generation)
    places.push(place.row === null ? null : BigInt(place.row))
    missing.push(added.missing.length === 0 ? null : new ListValue(added.missing))
  }
  return {
    types: [...rows.types, ...ownTypes],
    columns: [...rows.columns, parts, offsets, deleted, times, wholes, places, missing],
    dead,
    landed,
    ended
  }
}

/** The fields that a tombstone's key stands for. */
const keyOf = (
  key: string | null,
  fields: ReadonlyArray<string>
): { readonly [field: string]: unknown } | undefined => {
  const values = key === null ? undefined : parseJson(key)
  return Array.isArray(values) && values.length === fields.length
    ? Object.fromEntries(fields.map((field, at) => [field, values[at]]))
    : undefined
}

/** The fields of a record, or why it has none. */
const fieldsOf = (
  record: LogRecord,
  key: ReadonlyArray<string> | null
): { readonly [field: string]: unknown } | readonly [code: string, reason: string] => {
  if (record.value === null) {
    if (key === null) return ["no-key", "the stream has no key, so a record without a value deletes nothing"]
    return (
      keyOf(record.key, key) ?? [
        "no-key",
        `the key of a record without a value has to be the JSON array of ${key.join(", ")}`
      ]
    )
  }
  const text = textOf(record)
  if (text === undefined) return ["encoding", "the value is not UTF-8 text"]
  return (
    parseObject(text) ?? ["not-json", text === "" ? "the value is empty" : "the record is not a JSON object"]
  )
}

const isReason = (fields: ReturnType<typeof fieldsOf>): fields is readonly [code: string, reason: string] =>
  Array.isArray(fields)
