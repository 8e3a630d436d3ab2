import type { Log, LogRecord } from "@plimsoll/log"
import {
  deadLetterTopic,
  type EventKind,
  PlimsollError,
  schemasTopic,
  type StreamContract
} from "@plimsoll/schema"
import {
  BIGINT,
  BOOLEAN,
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

const ownTypes = [INTEGER, BIGINT, BOOLEAN, TIMESTAMPTZ, INTEGER, BIGINT, LIST(VARCHAR)]

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
  for (const { partition, end } of offsets) {
    for (let from = next.get(partition) ?? 0; from < end;) {
      const batch = await log.read(topic, partition, from, { limit: options.batch ?? 20_000, until: end })
      // A partition whose last offsets hold no record is read to its end all the same.
      const to = batch.records.length === 0 ? end : batch.next
      await database.transaction(async () => {
        await work(database, stream, batch.records, { ...options, whole })
        await database.run("INSERT OR REPLACE INTO store.landed_offset VALUES ($topic, $partition, $next)", {
          topic,
          partition,
          next: BigInt(to)
        })
      })
      from = to
      landed += batch.records.length
      options.onProgress?.({ topic, landed, total })
    }
  }
  return landed
}

const landRows: Work = async (database, stream, records, options) => {
  const { contract } = stream
  const rows = rowColumns(stream.columns)
  const [parts, offsets, deleted, times, whole, places, missing] = ownTypes.map((): Value[] => []) as [
    Value[],
    Value[],
    Value[],
    Value[],
    Value[],
    Value[],
    Value[]
  ]
  const dead: DeadLetter[] = []
  const generations = await Generations.load(database, contract.topic)
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
    const micros = BigInt(record.recordedAt)
    if (recordedAt.micros !== micros) recordedAt = new InstantValue(micros)
    parts.push(record.partition)
    offsets.push(BigInt(record.offset))
    deleted.push(kind === "deleted")
    times.push(recordedAt)
    whole.push(
      source === undefined || sourcePartition === undefined || generation === undefined
        ? null
        : generations.landed(source, sourcePartition, Number(generation))
    )
    places.push(headers["plimsoll_row"] === undefined ? null : BigInt(headers["plimsoll_row"]))
    missing.push(added.missing.length === 0 ? null : new ListValue(added.missing))
  }
  await database.append(
    "land",
    stream.tableName,
    [...rows.types, ...ownTypes],
    [...rows.columns, parts, offsets, deleted, times, whole, places, missing]
  )
  await insertDeadLetters(database, dead)
  await raiseWatermark(database, stream, records, options.zone)
  const flipped = await generations.save(database)
  if (options.whole) await touchEverything(database, stream)
  else await touchRows(database, stream, records, flipped)
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
