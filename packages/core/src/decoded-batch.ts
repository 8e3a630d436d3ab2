import type { LogRecord } from "@plimsoll/log"
import type { EventKind } from "@plimsoll/schema"
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
    const source = headers["ce_source"]
    const sourcePartition = headers["plimsoll_partition"]
    const generation = headers["plimsoll_generation"]
    const bad = (code: string, reason: string) => dead.push({ record, foundBy: "core", code, reason })
    const fields = record.value === null ? keyOf(record.key, contract.key) : parse(record.value)
    if (fields === undefined) {
      bad("not-json", "the record is not a JSON object")
      continue
    }
    const kind = kindOf(headers["ce_type"], record.value)
    if (kind === "generation") {
      const id = generations.id(source ?? "", String(fields["partition"]), Number(fields["generation"]))
      ended.set(id, Number(fields["rows"]))
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
    if (source === undefined || sourcePartition === undefined || generation === undefined) wholes.push(null)
    else {
      const id = generations.id(source, sourcePartition, Number(generation))
      landed.set(id, (landed.get(id) ?? 0) + 1)
      wholes.push(id)
    }
    places.push(headers["plimsoll_row"] === undefined ? null : BigInt(headers["plimsoll_row"]))
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

/** What a record says of its row. A stranger's record without our type is a row, or without a value a deletion. */
const kindOf = (type: string | undefined, value: string | null): EventKind => {
  const kind = type?.slice(type.lastIndexOf(".") + 1)
  return kind === "deleted" || kind === "generation" ? kind : value === null ? "deleted" : "upserted"
}

const parse = (text: string): { readonly [field: string]: unknown } | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as { readonly [field: string]: unknown })
      : undefined
  } catch {
    return undefined
  }
}

/** The fields that a tombstone's key stands for. */
const keyOf = (
  key: string | null,
  fields: ReadonlyArray<string> | null
): { readonly [field: string]: unknown } | undefined => {
  if (key === null || fields === null) return undefined
  try {
    const values: unknown = JSON.parse(key)
    return Array.isArray(values) && values.length === fields.length
      ? Object.fromEntries(fields.map((field, at) => [field, values[at]]))
      : undefined
  } catch {
    return undefined
  }
}
