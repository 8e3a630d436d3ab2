import type { Log, LogRecord } from "@plimsoll/log"
import { deadLetterTopic, PlimsollError, schemasTopic, type StreamContract } from "@plimsoll/schema"
import {
  BIGINT,
  type Database,
  INTEGER,
  InstantValue,
  LIST,
  ListValue,
  TIMESTAMPTZ,
  type Value,
  VARCHAR
} from "./duckdb/database.ts"
import { landDeadLetters, type DeadLetter, insertDeadLetters } from "./dead-letter.ts"
import { Generations } from "./generation.ts"
import { knownStreams, landedStream, type LandedStream, prepareLanding } from "./landing-table.ts"
import { readMeta, writeMeta } from "./store.ts"
import { touchRows, touchEverything } from "./touched.ts"
import { raiseWatermark } from "./watermark.ts"
import { rowColumns } from "./wire.ts"

/** How {@link land} reads. */
export interface LandOptions {
  readonly zone: string
  /** Records of one partition that one transaction takes at the most. Default: 20,000. The tables do not depend on it. */
  readonly batch?: number | undefined
  /** A stream that lands more rows than this in one go recomputes its measures as a whole. Default: 200,000. */
  readonly touchAtMost?: number | undefined
  readonly onProgress?:
    | ((progress: { readonly topic: string; readonly landed: number; readonly total: number }) => void)
    | undefined
}

const ownTypes = [
  INTEGER,
  BIGINT,
  VARCHAR,
  VARCHAR,
  VARCHAR,
  TIMESTAMPTZ,
  VARCHAR,
  VARCHAR,
  BIGINT,
  BIGINT,
  VARCHAR,
  LIST(VARCHAR)
]

/**
 * Lands everything that is on the log when it is called: rows, the next offset of each partition and the touched
 * series of a batch are one transaction. Gives the number of records landed.
 */
export const land = async (database: Database, log: Log, options: LandOptions): Promise<number> => {
  await sameLog(database, log)
  const topics = new Map((await log.topics()).map((topic) => [topic.topic, topic]))
  const contracts = [...(await log.latest(schemasTopic)).values()]
    .map(contractOf)
    .sort((a, b) => (a.topic < b.topic ? -1 : 1))
  const known = new Map((await knownStreams(database)).map((stream) => [stream.contract.topic, stream]))
  let landed = 0
  for (const contract of contracts) {
    let stream = known.get(contract.topic)
    if (stream === undefined || stream.schemaId !== contract.id) {
      stream = landedStream(contract, contract.id)
      await database.transaction(() => prepareLanding(database, stream!))
    }
    for (const [topic, work] of [
      [contract.topic, landRows],
      [deadLetterTopic(contract.topic), landDeadLetters]
    ] as const) {
      const info = topics.get(topic)
      if (info === undefined) continue
      landed += await landTopic(database, log, topic, info.offsets, stream, work, options)
    }
  }
  return landed
}

const contractOf = (record: LogRecord): StreamContract & { readonly id: string } =>
  JSON.parse(record.value!) as StreamContract & { readonly id: string }

const sameLog = async (database: Database, log: Log): Promise<void> => {
  const id = await readMeta(database, "log")
  if (id === undefined) return writeMeta(database, "log", log.id)
  if (id !== log.id) {
    throw new PlimsollError({
      code: "log-differs",
      message: "the store was made from another log than this one",
      suggestion:
        "point the config at the log it was made from, or run `plimsoll rebuild` to make the store from this one"
    })
  }
}

type Work = (
  database: Database,
  stream: LandedStream,
  records: ReadonlyArray<LogRecord>,
  options: LandOptions & { readonly whole: boolean }
) => Promise<void>

const landTopic = async (
  database: Database,
  log: Log,
  topic: string,
  offsets: ReadonlyArray<{ readonly partition: number; readonly end: number }>,
  stream: LandedStream,
  work: Work,
  options: LandOptions
): Promise<number> => {
  const next = new Map(
    (
      await database.rows<{ part: number; next: string }>(
        "SELECT part, next FROM store.landed_offset WHERE topic = $topic",
        { topic }
      )
    ).map((row) => [row.part, Number(row.next)])
  )
  let total = 0
  for (const { partition, end } of offsets) {
    const from = next.get(partition) ?? 0
    if (from > end) {
      throw new PlimsollError({
        code: "log-shorter",
        message: `the store has landed ${topic} up to offset ${from} of partition ${partition}, but the log ends at ${end}`,
        suggestion: "restore the whole log, or run `plimsoll rebuild` to make the store from what there is"
      })
    }
    total += end - from
  }
  if (total === 0) return 0
  const whole = total > (options.touchAtMost ?? 200_000)
  let landed = 0
  for (;;) {
    const records: LogRecord[] = []
    const moved: { readonly part: number; readonly next: number }[] = []
    for (const { partition, end } of offsets) {
      const from = next.get(partition) ?? 0
      if (from >= end) continue
      const batch = await log.read(topic, partition, from, { limit: options.batch ?? 20_000, until: end })
      // A partition whose last offsets hold no record is read to its end all the same.
      const to = batch.records.length === 0 ? end : batch.next
      for (const record of batch.records) records.push(record)
      moved.push({ part: partition, next: to })
    }
    if (moved.length === 0) break
    await database.transaction(async () => {
      await work(database, stream, records, { ...options, whole })
      for (const { part, next: to } of moved) {
        await database.run("INSERT OR REPLACE INTO store.landed_offset VALUES ($topic, $part, $next)", {
          topic,
          part,
          next: BigInt(to)
        })
      }
    })
    for (const { part, next: to } of moved) next.set(part, to)
    landed += records.length
    options.onProgress?.({ topic, landed, total })
  }
  return landed
}

const kinds: { readonly [end: string]: "upserted" | "deleted" | "generation" } = {
  upserted: "upserted",
  deleted: "deleted",
  generation: "generation"
}

const landRows: Work = async (database, stream, records, options) => {
  const { contract } = stream
  const rows = rowColumns(stream.columns)
  const own: Value[][] = ownTypes.map(() => [])
  const dead: DeadLetter[] = []
  const generations = new Generations(contract.topic)
  const keyFields = contract.key === null ? undefined : new Set(contract.key)
  for (const record of records) {
    const { headers } = record
    const source = headers["ce_source"] ?? null
    const sourcePartition = headers["plimsoll_partition"] ?? null
    const generation = headers["plimsoll_generation"]
    const bad = (code: string, reason: string) => dead.push({ record, foundBy: "core", code, reason })
    const fields = record.value === null ? keyOf(record.key, contract.key) : parse(record.value)
    if (fields === undefined) {
      bad("not-json", "the record is not a JSON object")
      continue
    }
    const kind =
      kinds[headers["ce_type"]?.split(".").at(-1) ?? ""] ?? (record.value === null ? "deleted" : "upserted")
    if (kind === "generation") {
      generations.ended(
        source!,
        String(fields["partition"]),
        Number(fields["generation"]),
        Number(fields["rows"])
      )
      continue
    }
    const added = rows.add(fields, kind === "deleted" ? keyFields : undefined)
    if ("path" in added) {
      bad("does-not-fit", `the schema of ${contract.name} does not fit at ["${added.path}"]`)
      continue
    }
    if (source !== null && sourcePartition !== null && generation !== undefined) {
      generations.landed(source, sourcePartition, Number(generation))
    }
    const row: Value[] = [
      record.partition,
      BigInt(record.offset),
      headers["ce_id"] ?? null,
      record.key ??
        (contract.key === null ? null : JSON.stringify(contract.key.map((field) => fields[field]))),
      kind,
      new InstantValue(BigInt(record.recordedAt)),
      source,
      sourcePartition,
      generation === undefined ? null : BigInt(generation),
      headers["plimsoll_row"] === undefined ? null : BigInt(headers["plimsoll_row"]),
      headers["plimsoll_run"] ?? null,
      new ListValue(added.missing)
    ]
    for (let at = 0; at < row.length; at++) own[at]!.push(row[at]!)
  }
  await database.append("land", stream.tableName, [...rows.types, ...ownTypes], [...rows.columns, ...own])
  await insertDeadLetters(database, dead)
  await raiseWatermark(database, stream, records, options.zone)
  const flipped = await generations.save(database)
  if (options.whole) await touchEverything(database, stream)
  else await touchRows(database, stream, records, flipped)
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
