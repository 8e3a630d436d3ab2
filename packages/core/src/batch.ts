import type { LogRecord } from "@plimsoll/log"
import { signals } from "@plimsoll/schema"
import type { Chunk, Position } from "./chunk.ts"
import { insertDeadLetters } from "./dead-letter.ts"
import type { DecodedBatch } from "./decoded-batch.ts"
import type { Database } from "./duckdb/database.ts"
import type { Generations } from "./generation.ts"
import type { LandedStream } from "./landing-table.ts"
import type { RoundTrip } from "./round-trip.ts"
import { unsettle } from "./signal-difference.ts"
import { quoted, type Stretches, stretch } from "./text.ts"
import { appendTextRows, landTextRows } from "./text-rows.ts"
import { touchEverything, touchRows } from "./touched.ts"
import { raiseWatermark } from "./watermark.ts"

/** What one transaction lands of a topic: its rows as they are read, and at its end all that follows from them. */
export class Batch {
  records = 0
  /** By partition: how far it has come. */
  readonly moved = new Map<number, Position>()
  readonly #stretches: Stretches = new Map()
  readonly #landed = new Map<number, number>()
  readonly #ended = new Map<number, number>()

  /** Hands a chunk over: what JavaScript decodes has landed, the rest waits for {@link land}. */
  async append(
    database: Database,
    stream: LandedStream,
    chunk: Chunk,
    decode: (records: ReadonlyArray<LogRecord>) => DecodedBatch
  ): Promise<void> {
    this.records += chunk.records.length
    this.moved.set(chunk.partition, chunk)
    stretch(this.#stretches, chunk.records)
    await appendTextRows(database, chunk)
    await this.#plain(database, stream, decode(chunk.plain))
  }

  /** Lands the rest of a chunk; what does not come through DuckDB unchanged is decoded by JavaScript after all. */
  async land(
    database: Database,
    stream: LandedStream,
    chunk: Chunk,
    trip: RoundTrip,
    decode: (records: ReadonlyArray<LogRecord>) => DecodedBatch
  ): Promise<void> {
    if (chunk.text.values.length === 0) return
    const others = await landTextRows(database, stream, chunk.partition, trip)
    chunk.text.generations.forEach((id, at) => {
      if (id !== null && !others.has(chunk.text.offsets[at]!)) count(this.#landed, id, 1)
    })
    await this.#plain(database, stream, decode(chunk.records.filter((record) => others.has(record.offset))))
  }

  async #plain(database: Database, stream: LandedStream, decoded: DecodedBatch): Promise<void> {
    await insertDeadLetters(database, decoded.dead)
    if (decoded.columns.length > 0) {
      await database.append("land", stream.tableName, decoded.types, decoded.columns)
    }
    for (const [id, rows] of decoded.landed) count(this.#landed, id, rows)
    for (const [id, rows] of decoded.ended) this.#ended.set(id, rows)
  }

  async finish(
    database: Database,
    stream: LandedStream,
    topic: string,
    generations: Generations,
    options: { readonly zone: string; readonly whole: boolean }
  ): Promise<void> {
    if (this.#stretches.size > 0) {
      await raiseWatermark(database, stream, this.#stretches, options.zone)
      if (stream.contract.name === signals.name) await unsettle(database, stream, this.#stretches)
      const flipped = await generations.take(database, this.#landed, this.#ended)
      if (options.whole) await touchEverything(database, stream)
      else await touchRows(database, stream, this.#stretches, flipped)
    }
    const moved = [...this.moved].map(
      ([partition, { next, recordedAt }]) => `(${quoted(topic)}, ${partition}, ${next}, ${recordedAt})`
    )
    if (moved.length > 0) {
      await database.run(`INSERT OR REPLACE INTO store.landed_offset VALUES ${moved.join(", ")}`)
    }
  }
}

const count = (counts: Map<number, number>, id: number, more: number): void => {
  counts.set(id, (counts.get(id) ?? 0) + more)
}
