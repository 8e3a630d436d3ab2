import type { Log, LogRecord, TopicInfo } from "@plimsoll/log"
import type { EventKind } from "@plimsoll/schema"
import type { Generations } from "./generation.ts"
import type { LandedStream } from "./landing-table.ts"
import { placeOf } from "./place.ts"

/** Rows whose text DuckDB decodes, as columns; numbers are exact up to 2^53. */
export interface TextRows {
  readonly values: string[]
  readonly offsets: number[]
  readonly recordedAt: number[]
  readonly generations: Array<number | null>
  readonly rows: Array<number | null>
}

/** Records of one partition on their way into the store. */
export interface Chunk {
  readonly partition: number
  /** In order of offset; none was recorded before the one ahead of it. */
  readonly records: ReadonlyArray<LogRecord>
  /** Those that JavaScript decodes. */
  readonly plain: ReadonlyArray<LogRecord>
  readonly text: TextRows
  /** Where to read on. */
  readonly next: number
  /** The moment at which the last of them was recorded, or the last one before them. */
  readonly recordedAt: number
  /** Whether a transaction takes no more after this. */
  readonly full: boolean
}

/** What a record says of its row. A stranger's record without our type is a row, or without a value a deletion. */
export const kindOf = (type: string | undefined, value: string | null): EventKind => {
  if (type !== undefined && value !== null) {
    if (type.endsWith(".upserted")) return "upserted"
    if (type.endsWith(".deleted")) return "deleted"
    if (type.endsWith(".generation")) return "generation"
  }
  return value === null ? "deleted" : "upserted"
}

/** How far a partition has been read. */
export interface Position {
  readonly next: number
  /** Microseconds since 1970. */
  readonly recordedAt: number
}

/** How {@link readChunks} reads. */
export interface ReadOptions {
  readonly positions: ReadonlyMap<number, Position>
  /** Records that one transaction takes at the most. */
  readonly batch: number
  /** The fewest rows of a chunk that are worth a statement; undefined: JavaScript decodes everything. */
  readonly textFrom: number | undefined
}

const atOnce = 20_000

/** Reads a topic to the ends given, and sets apart the rows that DuckDB can decode. */
export const readChunks = async function* (
  log: Log,
  stream: LandedStream,
  topic: string,
  offsets: TopicInfo["offsets"],
  generations: Generations,
  options: ReadOptions
): AsyncGenerator<Chunk, undefined> {
  let room = options.batch
  for (const { partition, end } of offsets) {
    let { next, recordedAt } = options.positions.get(partition) ?? { next: 0, recordedAt: 0 }
    while (next < end) {
      const batch = await log.read(topic, partition, next, { limit: Math.min(atOnce, room), until: end })
      const records = neverBack(batch.records, recordedAt)
      // A partition whose last offsets hold no record is read to its end all the same.
      next = records.length === 0 ? end : batch.next
      recordedAt = records.at(-1)?.recordedAt ?? recordedAt
      room -= records.length
      const full = room === 0
      if (full) room = options.batch
      yield { partition, records, next, recordedAt, full, ...split(stream, records, generations, options) }
    }
  }
  return undefined
}

/** Two writers may have clocks that differ: what stands later in a partition was not recorded earlier. */
const neverBack = (records: ReadonlyArray<LogRecord>, from: number): ReadonlyArray<LogRecord> => {
  let latest = from
  let back = false
  for (const { recordedAt } of records) {
    if (recordedAt < latest) back = true
    else latest = recordedAt
  }
  if (!back) return records
  latest = from
  return records.map((record) => {
    latest = Math.max(latest, record.recordedAt)
    return latest === record.recordedAt ? record : { ...record, recordedAt: latest }
  })
}

const split = (
  stream: LandedStream,
  records: ReadonlyArray<LogRecord>,
  generations: Generations,
  { textFrom }: ReadOptions
): { readonly plain: ReadonlyArray<LogRecord>; readonly text: TextRows } => {
  const text: TextRows = { values: [], offsets: [], recordedAt: [], generations: [], rows: [] }
  if (textFrom === undefined || records.length < textFrom) return { plain: records, text }
  const plain: LogRecord[] = []
  for (const record of records) {
    const { headers, value } = record
    const place =
      headers["plimsoll_schema"] === stream.schemaId &&
      value !== null &&
      record.bytes === undefined &&
      kindOf(headers["ce_type"], value) === "upserted"
        ? placeOf(headers, generations)
        : undefined
    if (place === undefined) {
      plain.push(record)
      continue
    }
    text.values.push(value!)
    text.offsets.push(record.offset)
    text.recordedAt.push(record.recordedAt)
    text.generations.push(place.generation)
    text.rows.push(place.row)
  }
  return { plain, text }
}
