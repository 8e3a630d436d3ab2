import type { LogRecord } from "@plimsoll/log"
import { insertDeadLetters } from "./dead-letter.ts"
import type { DecodedBatch } from "./decoded-batch.ts"
import type { Database } from "./duckdb/database.ts"
import type { Generations } from "./generation.ts"
import type { LandedStream } from "./landing-table.ts"
import { type Stretches, stretch } from "./text.ts"
import { touchEverything, touchRows } from "./touched.ts"
import { raiseWatermark } from "./watermark.ts"

/** What one transaction lands of a topic: its rows as they are read, and at its end all that follows from them. */
export class Batch {
  records = 0
  /** By partition: the offset that comes next. */
  readonly moved = new Map<number, number>()
  readonly #stretches: Stretches = new Map()
  readonly #landed = new Map<number, number>()
  readonly #ended = new Map<number, number>()

  async append(
    database: Database,
    stream: LandedStream,
    records: ReadonlyArray<LogRecord>,
    decoded: DecodedBatch
  ): Promise<void> {
    this.records += records.length
    await insertDeadLetters(database, decoded.dead)
    if (decoded.columns.length === 0) return
    await database.append("land", stream.tableName, decoded.types, decoded.columns)
    stretch(this.#stretches, records)
    for (const [id, rows] of decoded.landed) this.#landed.set(id, (this.#landed.get(id) ?? 0) + rows)
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
      const flipped = await generations.take(database, this.#landed, this.#ended)
      if (options.whole) await touchEverything(database, stream)
      else await touchRows(database, stream, this.#stretches, flipped)
    }
    for (const [partition, next] of this.moved) {
      await database.run("INSERT OR REPLACE INTO store.landed_offset VALUES ($topic, $partition, $next)", {
        topic,
        partition,
        next: BigInt(next)
      })
    }
  }
}
