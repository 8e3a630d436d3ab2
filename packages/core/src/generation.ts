import type { Database } from "./duckdb/database.ts"

/** A part of a source as one whole: for files one file, each time it is replaced. */
interface Generation {
  readonly id: number
  readonly source: string
  readonly sourcePartition: string
  readonly generation: number
  landed: number
  expected: number | null
  changed: boolean
}

/**
 * Counts the rows of each generation of each source partition in one batch. A generation takes over from the one
 * before it when its marker and all of its rows have landed, in whatever order they came.
 */
export class Generations {
  readonly #topic: string
  readonly #all: Map<string, Generation>
  #next: number
  #latest: Generation | undefined

  private constructor(topic: string, all: Map<string, Generation>, next: number) {
    this.#topic = topic
    this.#all = all
    this.#next = next
  }

  static async load(database: Database, topic: string): Promise<Generations> {
    const rows = await database.rows<{ id: number; source: string; part: string; generation: string }>(
      "SELECT id, source, source_partition AS part, generation FROM store.generation WHERE topic = $topic",
      { topic }
    )
    const [next] = await database.rows<{ id: number }>(
      "SELECT coalesce(max(id), 0) + 1 AS id FROM store.generation"
    )
    const all = rows.map((row): [string, Generation] => {
      const generation = Number(row.generation)
      return [
        keyOf(row.source, row.part, generation),
        {
          id: row.id,
          source: row.source,
          sourcePartition: row.part,
          generation,
          landed: 0,
          expected: null,
          changed: false
        }
      ]
    })
    return new Generations(topic, new Map(all), next!.id)
  }

  /** Counts one row, and gives the id of its generation. */
  landed(source: string, sourcePartition: string, generation: number): number {
    const latest = this.#latest
    const found =
      latest?.generation === generation &&
      latest.sourcePartition === sourcePartition &&
      latest.source === source
        ? latest
        : this.#find(source, sourcePartition, generation)
    found.landed++
    found.changed = true
    this.#latest = found
    return found.id
  }

  /** Takes note that a generation is whole with so many rows. */
  ended(source: string, sourcePartition: string, generation: number, rows: number): void {
    const found = this.#find(source, sourcePartition, generation)
    found.expected = rows
    found.changed = true
  }

  #find(source: string, sourcePartition: string, generation: number): Generation {
    const key = keyOf(source, sourcePartition, generation)
    let found = this.#all.get(key)
    if (found === undefined) {
      found = {
        id: this.#next++,
        source,
        sourcePartition,
        generation,
        landed: 0,
        expected: null,
        changed: false
      }
      this.#all.set(key, found)
    }
    return found
  }

  /** Adds the counts to the store, and gives the ids of the generations whose rows appear or disappear by it. */
  async save(database: Database): Promise<ReadonlyArray<number>> {
    const before = await this.#visible(database)
    for (const one of this.#all.values()) {
      if (!one.changed) continue
      await database.run(
        `INSERT INTO store.generation VALUES ($id, $topic, $source, $sourcePartition, $generation, $landed, $expected)
         ON CONFLICT DO UPDATE SET landed = generation.landed + excluded.landed, expected = coalesce(excluded.expected, generation.expected)`,
        {
          id: one.id,
          topic: this.#topic,
          source: one.source,
          sourcePartition: one.sourcePartition,
          generation: BigInt(one.generation),
          landed: BigInt(one.landed),
          expected: one.expected === null ? null : BigInt(one.expected)
        }
      )
      one.landed = 0
      one.changed = false
    }
    const after = await this.#visible(database)
    return [...after].flatMap(([part, id]) => {
      const was = before.get(part)
      return was === undefined || was === id ? [] : [was, id]
    })
  }

  async #visible(database: Database): Promise<ReadonlyMap<string, number>> {
    const rows = await database.rows<{ source: string; part: string; id: number }>(
      "SELECT source, source_partition AS part, id FROM store.visible_generation WHERE topic = $topic",
      { topic: this.#topic }
    )
    return new Map(rows.map((row) => [keyOf(row.source, row.part, 0), row.id]))
  }
}

const keyOf = (source: string, sourcePartition: string, generation: number): string =>
  JSON.stringify([source, sourcePartition, generation])
