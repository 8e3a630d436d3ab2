import type { Database } from "./duckdb/database.ts"

/** A part of a source as one whole: for files one file, each time it is replaced. */
interface Generation {
  readonly id: number
  readonly source: string
  readonly sourcePartition: string
  readonly generation: number
  landed: number
  expected: number | null
}

/**
 * Counts the rows of each generation of each source partition of a topic. A generation takes over from the one
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

  /** `anew`: as if none of the topic had landed. */
  static async load(database: Database, topic: string, anew: boolean): Promise<Generations> {
    const rows = anew
      ? []
      : await database.rows<{
          id: number
          source: string
          part: string
          generation: string
          landed: string
          expected: string | null
        }>(
          "SELECT id, source, source_partition AS part, generation, landed, expected FROM store.generation WHERE topic = $topic",
          { topic }
        )
    const [next] = await database.rows<{ id: number }>(
      "SELECT coalesce(max(id), 0) + 1 AS id FROM store.generation"
    )
    const all = rows.map((row): [string, Generation] => {
      const generation = Number(row.generation)
      const expected = row.expected === null ? null : Number(row.expected)
      return [
        keyOf(row.source, row.part, generation),
        {
          id: row.id,
          source: row.source,
          sourcePartition: row.part,
          generation,
          landed: Number(row.landed),
          expected
        }
      ]
    })
    return new Generations(topic, new Map(all), next!.id)
  }

  /** The id of a generation; it is given one where it is new. Counts nothing. */
  id(source: string, sourcePartition: string, generation: number): number {
    const latest = this.#latest
    if (
      latest?.generation !== generation ||
      latest.sourcePartition !== sourcePartition ||
      latest.source !== source
    ) {
      this.#latest = this.#find(source, sourcePartition, generation)
    }
    return this.#latest!.id
  }

  /**
   * Takes what one batch has landed, keeps it in the store, and gives the ids of the generations whose rows appear
   * or disappear by it.
   */
  async take(
    database: Database,
    landed: ReadonlyMap<number, number>,
    ended: ReadonlyMap<number, number>
  ): Promise<ReadonlyArray<number>> {
    if (landed.size + ended.size === 0) return []
    const before = this.#visible()
    const byId = new Map([...this.#all.values()].map((one) => [one.id, one]))
    for (const [id, rows] of landed) byId.get(id)!.landed += rows
    for (const [id, rows] of ended) byId.get(id)!.expected = rows
    for (const id of new Set([...landed.keys(), ...ended.keys()])) {
      const one = byId.get(id)!
      await database.run(
        "INSERT OR REPLACE INTO store.generation VALUES ($id, $topic, $source, $sourcePartition, $generation, $landed, $expected)",
        {
          id,
          topic: this.#topic,
          source: one.source,
          sourcePartition: one.sourcePartition,
          generation: BigInt(one.generation),
          landed: BigInt(one.landed),
          expected: one.expected === null ? null : BigInt(one.expected)
        }
      )
    }
    return [...this.#visible()].flatMap(([part, id]) => {
      const was = before.get(part)
      return was === undefined || was === id ? [] : [was, id]
    })
  }

  #find(source: string, sourcePartition: string, generation: number): Generation {
    const key = keyOf(source, sourcePartition, generation)
    let found = this.#all.get(key)
    if (found === undefined) {
      found = { id: this.#next++, source, sourcePartition, generation, landed: 0, expected: null }
      this.#all.set(key, found)
    }
    return found
  }

  /** By source partition the generation that shows: the newest that is whole, or else the first. */
  #visible(): ReadonlyMap<string, number> {
    const shown = new Map<string, Generation>()
    for (const one of this.#all.values()) {
      if (one.landed === 0 && one.expected === null) continue
      const part = keyOf(one.source, one.sourcePartition, 0)
      const best = shown.get(part)
      if (best === undefined || shows(one, best)) shown.set(part, one)
    }
    return new Map([...shown].map(([part, one]) => [part, one.id]))
  }
}

const isWhole = (one: Generation): boolean => one.expected !== null && one.landed >= one.expected

const shows = (one: Generation, other: Generation): boolean =>
  isWhole(one) === isWhole(other) ? isWhole(one) === one.generation > other.generation : isWhole(one)

const keyOf = (source: string, sourcePartition: string, generation: number): string =>
  JSON.stringify([source, sourcePartition, generation])
