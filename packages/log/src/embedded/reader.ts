import type { DatabaseSync, StatementSync } from "node:sqlite"

import type { LogBatch, LogRecord } from "../log.ts"
import { Fault } from "./fault.ts"
import { mergeWith, type Merge } from "./headers.ts"
import { findTopic, partitionMissing, topicMissing, type Topic } from "./topics.ts"

/** Text, or a blob where the text holds a NUL. */
type Stored = string | Uint8Array | null

/** Offset, recorded at, header set, key, value, own headers. */
type Row = readonly [number, number, number, Stored, Stored, string]

const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

const textOf = (stored: Stored): string | null =>
  stored === null || typeof stored === "string" ? stored : decoder.decode(stored)

/** Characters of values after which a read stops, so that a few large records do not fill the memory. */
const enough = 16_000_000

/** Rows asked for while their size is not known yet. */
const firstChunk = 64

const cacheSize = 10_000

/** Reads on one connection. */
export class Reader {
  readonly #database: DatabaseSync
  readonly #topics = new Map<string, Topic>()
  readonly #merges = new Map<number, Merge>()
  readonly #end: StatementSync
  readonly #rows: StatementSync
  readonly #latest: StatementSync
  readonly #set: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#end = database.prepare("SELECT next FROM part WHERE id = ?")
    this.#rows = database.prepare(
      `SELECT "offset", recorded_at, header_set, key, value, own FROM record
       WHERE part = ? AND "offset" >= ? AND "offset" < ? ORDER BY "offset" LIMIT ?`
    )
    this.#rows.setReturnArrays(true)
    this.#latest = database.prepare(
      `SELECT r."offset", r.recorded_at, r.header_set, r.key, r.value, r.own, p.partition
       FROM latest l JOIN record r ON r.part = l.part AND r."offset" = l."offset" JOIN part p ON p.id = l.part
       WHERE l.topic = ? AND r.value IS NOT NULL ORDER BY l.key`
    )
    this.#latest.setReturnArrays(true)
    this.#set = database.prepare("SELECT content FROM header_set WHERE id = ?")
  }

  read(name: string, partition: number, from: number, limit: number, until: number): LogBatch {
    const topic = this.#topic(name)
    const part = topic?.parts[partition]
    if (part === undefined)
      throw topic === undefined ? topicMissing(name) : partitionMissing(topic, partition)
    // The end is read first: what is appended in between lies past it, and waits for the next read.
    const end = Number(this.#end.get(part)!["next"])
    if (!Number.isSafeInteger(from) || from < 0 || from > end)
      throw new Fault({
        code: "log-offset-out-of-range",
        message: `${name}[${partition}] has offsets from 0 to ${end}, not ${from}`,
        suggestion:
          "is this the log that the offsets came from? If it was made anew, rebuild what was read from it"
      })
    const stop = Math.max(from, Math.min(end, until))
    const records: Array<LogRecord> = []
    let next = from
    let size = 0
    while (next < stop && records.length < limit && size < enough) {
      const mean = records.length === 0 ? enough / firstChunk : size / records.length
      const chunk = Math.min(limit - records.length, Math.ceil((enough - size) / Math.max(1, mean)))
      const rows = this.#rows.all(part, next, stop, chunk) as unknown as ReadonlyArray<Row>
      for (const row of rows) {
        size += row[4]?.length ?? 0
        records.push(this.#record(name, partition, row))
      }
      next = rows.length < chunk ? stop : rows.at(-1)![0] + 1
    }
    return { records, next }
  }

  latest(name: string): ReadonlyMap<string, LogRecord> {
    const topic = this.#topic(name)
    const records = new Map<string, LogRecord>()
    if (topic === undefined) return records
    for (const row of this.#latest.iterate(topic.id) as unknown as Iterable<readonly [...Row, number]>)
      records.set(textOf(row[3])!, this.#record(name, row[6], row))
    return records
  }

  #record(topic: string, partition: number, row: Row | readonly [...Row, number]): LogRecord {
    return {
      topic,
      partition,
      offset: row[0],
      recordedAt: row[1],
      key: textOf(row[3]),
      value: textOf(row[4]),
      headers: (this.#merges.get(row[2]) ?? this.#merge(row[2]))(row[5])
    }
  }

  #merge(set: number): Merge {
    const merge = mergeWith(String(this.#set.get(set)!["content"]))
    if (this.#merges.size >= cacheSize) this.#merges.clear()
    this.#merges.set(set, merge)
    return merge
  }

  #topic(name: string): Topic | undefined {
    const known = this.#topics.get(name)
    if (known !== undefined) return known
    const found = findTopic(this.#database, name)
    if (found !== undefined) this.#topics.set(name, found)
    return found
  }
}
