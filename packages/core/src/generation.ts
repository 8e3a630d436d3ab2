import type { Database } from "./duckdb/database.ts"

/** A source partition whose visible generation has changed. */
export interface Flipped {
  readonly source: string
  readonly sourcePartition: string
}

interface Entry {
  readonly source: string
  readonly sourcePartition: string
  readonly generation: number
  landed: number
  expected: number | null
}

/**
 * Counts the rows of each generation of each source partition in one batch. A generation takes over from the one
 * before it when its marker and all of its rows have landed, in whatever order they came.
 */
export class Generations {
  readonly #topic: string
  readonly #entries = new Map<string, Entry>()

  constructor(topic: string) {
    this.#topic = topic
  }

  #entry(source: string, sourcePartition: string, generation: number): Entry {
    const key = `${generation} ${source} ${sourcePartition}`
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      entry = { source, sourcePartition, generation, landed: 0, expected: null }
      this.#entries.set(key, entry)
    }
    return entry
  }

  landed(source: string, sourcePartition: string, generation: number): void {
    this.#entry(source, sourcePartition, generation).landed++
  }

  ended(source: string, sourcePartition: string, generation: number, rows: number): void {
    this.#entry(source, sourcePartition, generation).expected = rows
  }

  /** Adds the counts to the store, and gives the partitions that show another generation than before. */
  async save(database: Database): Promise<ReadonlyArray<Flipped>> {
    const before = await this.#visible(database)
    for (const { source, sourcePartition, generation, landed, expected } of this.#entries.values()) {
      await database.run(
        `INSERT INTO store.generation VALUES ($topic, $source, $sourcePartition, $generation, $landed, $expected)
         ON CONFLICT DO UPDATE SET landed = generation.landed + excluded.landed, expected = coalesce(excluded.expected, generation.expected)`,
        {
          topic: this.#topic,
          source,
          sourcePartition,
          generation: BigInt(generation),
          landed: BigInt(landed),
          expected: expected === null ? null : BigInt(expected)
        }
      )
    }
    const after = await this.#visible(database)
    return [...after.values()].filter((one) => {
      const old = before.get(`${one.source} ${one.sourcePartition}`)
      return old !== undefined && old.generation !== one.generation
    })
  }

  async #visible(
    database: Database
  ): Promise<ReadonlyMap<string, Flipped & { readonly generation: string }>> {
    if (this.#entries.size === 0) return new Map()
    const rows = await database.rows<{ source: string; sourcePartition: string; generation: string }>(
      'SELECT source, source_partition AS "sourcePartition", generation FROM store.visible_generation WHERE topic = $topic',
      { topic: this.#topic }
    )
    return new Map(rows.map((row) => [`${row.source} ${row.sourcePartition}`, row]))
  }
}
