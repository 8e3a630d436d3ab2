import {
  columnsOf,
  contractOf,
  deadLetterTopic,
  type EventKind,
  PlimsollError,
  schemasTopic,
  stateTopic,
  type StreamContract,
  type StreamDefinition
} from "@plimsoll/schema"
import { Schema } from "effect"
import { hash } from "node:crypto"
import type { Log, NewRecord, RecordGroup, TopicSpec } from "./log.ts"
import type { SealedRow, Sealer } from "./sealed/sealer.ts"

/** A row as it stands on the log: plain JSON. */
export type WireRow = { readonly [field: string]: unknown }

const sorted = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

/** JSON with the names of every object in order, so that equal values have equal texts. */
export const canonicalJson = (value: unknown): string => JSON.stringify(value, sorted)

/** The business key of a row on the wire, `["ward-7","2026-03-01"]`; null where the stream has none. */
export const canonicalKey = (key: ReadonlyArray<string> | null, row: WireRow): string | null =>
  key === null ? null : canonicalJson(key.map((field) => row[field]))

/**
 * The id of a record: 32 hex digits that depend on nothing but its arguments. `version` tells two states of one
 * thing apart: a place in the source, or what the row says.
 */
export const recordId = (prefix: string, key: string | null, version: number | string): string =>
  hash("sha256", `${prefix}${key}@${version}`, "hex").slice(0, 32)

/** The id of a contract, 16 hex digits: rows of our own runtime carry it in the header `plimsoll_schema`. */
export const contractId = (contract: StreamContract): string =>
  hash("sha256", canonicalJson(contract), "hex").slice(0, 16)

/** The topics that a stream needs: its own, its dead letters, and the two that every stream shares. */
export const streamTopics = (contract: StreamContract, partitions = 4): ReadonlyArray<TopicSpec> => [
  { topic: contract.topic, partitions, cleanup: "keep" },
  { topic: deadLetterTopic(contract.topic), partitions, cleanup: "keep" },
  { topic: stateTopic, partitions: 1, cleanup: "compact" },
  { topic: schemasTopic, partitions: 1, cleanup: "compact" }
]

/** The headers that the records of one kind, of one writer, have in common. */
export const commonHeaders = (
  contract: StreamContract,
  source: string,
  kind: EventKind
): { readonly [name: string]: string } => ({
  ce_specversion: "1.0",
  ce_source: source,
  ce_type: `${contract.domain}.${contract.name}.${kind}`,
  "content-type": "application/json",
  plimsoll_schema: contractId(contract)
})

/** The RFC 3339 timestamp of a day or instant as it stands on the wire; a day begins at midnight UTC. */
export const timeOf = (wire: string): string => {
  if (wire.length === 10) return `${wire}T00:00:00Z`
  const bracket = wire.indexOf("[")
  return bracket < 0 ? wire : wire.slice(0, bracket)
}

/** Microseconds since 1970 as an RFC 3339 timestamp. */
export const timeOfMicros = (micros: number): string => {
  const fraction = ((micros % 1_000_000) + 1_000_000) % 1_000_000
  const seconds = new Date((micros - fraction) / 1000).toISOString().slice(0, 19)
  return `${seconds}.${String(fraction).padStart(6, "0")}Z`
}

/** Who appends rows of the system's own. */
export interface Author {
  readonly organisation: string
  /** What appends: `core`, `cli`. */
  readonly name: string
  /** Tells two of them apart. */
  readonly instance: string
}

/**
 * Encodes rows of one of the system's own streams (definitions, ticks, signals) as one group, ready for
 * `LogWriter.append`. The id of a row depends on its key and content, or on `version` where that is given.
 * Throws `row-invalid`, with paths and never a value, where a row does not fit.
 *
 * ```ts
 * await writer.append([encodeRecord(author, ticks, [{ day: "2026-03-01" }])])
 * ```
 */
export const encodeRecord = <S extends StreamDefinition["schema"]>(
  author: Author,
  stream: StreamDefinition<S>,
  rows: ReadonlyArray<S["Type"]>,
  version?: (row: WireRow) => string
): RecordGroup => {
  const contract = contractOf(author.organisation, stream as unknown as StreamDefinition)
  if (contract.access === "sealed") throw unsealed(contract.name)
  const prefix = JSON.stringify([author.instance, streamLabel(contract), "upserted"])
  const records = encodeRows(stream, rows).map((wire): NewRecord => {
    const value = JSON.stringify(wire)
    const key = canonicalKey(contract.key, wire)
    return {
      key,
      value,
      partitionKey:
        contract.microsystem === null ? (key ?? author.instance) : String(wire[contract.microsystem]),
      headers: {
        ce_id: recordId(prefix, key, version === undefined ? canonicalJson(wire) : version(wire)),
        ce_time: timeOf(String(wire[contract.occurredAt])),
        ce_partitionkey:
          contract.microsystem === null ? (key ?? author.instance) : String(wire[contract.microsystem])
      }
    }
  })
  const source = `/plimsoll/${author.name}/${author.instance}`
  return { topic: contract.topic, headers: commonHeaders(contract, source, "upserted"), records }
}

/** Rows as they stand on the wire. Errors: `row-invalid`, with paths and never a value. */
const encodeRows = <S extends StreamDefinition["schema"]>(
  stream: StreamDefinition<S>,
  rows: ReadonlyArray<S["Type"]>
): ReadonlyArray<WireRow> => {
  const encode = Schema.encodeUnknownResult(stream.schema, { errors: "all", onExcessProperty: "error" })
  return rows.map((row) => {
    const encoded = encode(row)
    if (encoded._tag === "Success") return encoded.success as WireRow
    throw new PlimsollError({
      code: "row-invalid",
      message: `a row of stream "${stream.name}" does not fit its schema: ${encoded.failure.message}`,
      suggestion: "correct the row; nothing was written"
    })
  })
}

/**
 * The same as {@link encodeRecord} for rows of a sealed stream: groups of which nobody can read what is in them but the
 * holder of the vault. Throws `row-invalid` and `sealed-erased`.
 *
 * ```ts
 * await writer.append(sealRecords(author, notes, [note], new Sealer(openVaultKeys(".plimsoll/vault"))))
 * ```
 */
export const sealRecords = <S extends StreamDefinition["schema"]>(
  author: Author,
  stream: StreamDefinition<S>,
  rows: ReadonlyArray<S["Type"]>,
  sealer: Sealer
): ReadonlyArray<RecordGroup> => {
  const contract = contractOf(author.organisation, stream as unknown as StreamDefinition)
  const sealed = encodeRows(stream, rows).map((wire): SealedRow => ({
    scope: String(wire[contract.sealedBy!]),
    kind: "row",
    text: JSON.stringify(wire)
  }))
  return sealer.groups(contract, `/plimsoll/${author.name}/${author.instance}`, sealed)
}

/** A stream's name with its domain and major version: what ids and checkpoints call it by. */
export const streamLabel = (contract: Pick<StreamContract, "domain" | "name" | "version">): string =>
  `${contract.domain}.${contract.name}.v${contract.version}`

/** The refusal to write a sealed stream in the clear. */
export const unsealed = (name: string): PlimsollError =>
  new PlimsollError({
    code: "sealed-without-vault",
    message: `stream "${name}" is sealed, and there is no vault to seal it with: nothing of it was written`,
    suggestion:
      "run where the vault of the project is, or declare the stream open if its rows speak of nobody"
  })

/** Throws `schema-incompatible` where a reader of `after` could not read the rows of `before`. */
export const checkCompatible = (before: StreamContract, after: StreamContract): void => {
  const wrong: string[] = []
  for (const what of ["key", "microsystem", "occurredAt", "covers", "access", "sealedBy"] as const) {
    if (canonicalJson(before[what]) !== canonicalJson(after[what])) wrong.push(`${what} has changed`)
  }
  const now = new Map(columnsOf(after.jsonSchema).map((column) => [column.field, column]))
  const old = columnsOf(before.jsonSchema)
  for (const column of old) {
    const found = now.get(column.field)
    now.delete(column.field)
    if (found === undefined) wrong.push(`field "${column.field}" is gone`)
    else if (canonicalJson(found.type) !== canonicalJson(column.type)) {
      wrong.push(`field "${column.field}" has another type`)
    } else if ((column.nullable && !found.nullable) || (column.optional && !found.optional)) {
      wrong.push(`field "${column.field}" must now be there, and was not before`)
    }
  }
  for (const column of now.values()) {
    if (!column.nullable && !column.optional) wrong.push(`new field "${column.field}" is not optional`)
  }
  if (wrong.length > 0) {
    throw new PlimsollError({
      code: "schema-incompatible",
      message: `stream "${after.name}" version ${after.version} is on the log with another contract: ${wrong.join(", ")}`,
      suggestion: `raise its version to ${after.version + 1}, or undo the change`
    })
  }
}

const isContract = (value: unknown): value is StreamContract & { readonly id: string } =>
  typeof value === "object" && value !== null && "id" in value && "jsonSchema" in value

/**
 * The records that tell the log of these contracts: those that it does not know yet, or knows otherwise. Throws
 * `schema-incompatible` where one has changed in a way that readers of old rows cannot bear.
 */
export const contractRecords = async (
  log: Log,
  contracts: ReadonlyArray<StreamContract>,
  source: string
): Promise<ReadonlyArray<RecordGroup>> => {
  const latest = await log.latest(schemasTopic)
  const records = contracts.flatMap((contract): ReadonlyArray<NewRecord> => {
    const id = contractId(contract)
    const record = latest.get(contract.topic)
    const before: unknown = record === undefined ? undefined : JSON.parse(record.value ?? "null")
    if (isContract(before)) {
      if (before.id === id) return []
      checkCompatible(before, contract)
    }
    const headers = {
      ce_id: recordId(source, contract.topic, id),
      ce_time: timeOfMicros(Date.now() * 1000),
      ce_partitionkey: contract.topic
    }
    return [
      {
        key: contract.topic,
        value: JSON.stringify({ ...contract, id }),
        partitionKey: contract.topic,
        headers
      }
    ]
  })
  const headers = {
    ce_specversion: "1.0",
    ce_source: source,
    ce_type: "plimsoll.schema.upserted",
    "content-type": "application/json"
  }
  return records.length === 0 ? [] : [{ topic: schemasTopic, headers, records }]
}
