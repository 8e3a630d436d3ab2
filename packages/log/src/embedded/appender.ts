import type { DatabaseSync, StatementSync } from "node:sqlite"

import type { Appended } from "../log.ts"
import { partitionOf } from "../partition.ts"
import { transact } from "./connection.ts"
import { Fault } from "./fault.ts"
import { cellsPerRecord, type PackedGroup } from "./packed.ts"
import { findTopic, partitionMissing, topicMissing, type Topic } from "./topics.ts"

/** Who appends. */
export interface WriterEpoch {
  readonly writer: string
  readonly epoch: number
}

/** Caches are emptied past this many entries, so a long run stays flat. */
const cacheSize = 10_000

const remember = <K, V>(cache: Map<K, V>, key: K, value: V): V => {
  if (cache.size >= cacheSize) cache.clear()
  cache.set(key, value)
  return value
}

/** Up to Node 22, `node:sqlite` cuts text at a NUL when it reads; a blob it leaves whole. */
const storable = (text: string | null): string | Buffer | null =>
  text !== null && text.includes("\u0000") ? Buffer.from(text, "utf8") : text

/** A partition within one transaction. */
interface Part {
  readonly first: number
  next: number
  recordedAt: number
}

/** Appends on one connection. */
export class Appender {
  readonly #database: DatabaseSync
  readonly #topics = new Map<string, Topic>()
  readonly #partitions = new Map<string, Map<string, number>>()
  readonly #sets = new Map<string, number>()
  readonly #epochOf: StatementSync
  readonly #partOf: StatementSync
  readonly #advance: StatementSync
  readonly #findSet: StatementSync
  readonly #addSet: StatementSync
  readonly #insert: StatementSync
  readonly #latestOf: StatementSync
  readonly #setLatest: StatementSync
  readonly #remove: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#epochOf = database.prepare("SELECT epoch FROM writer WHERE id = ?")
    this.#partOf = database.prepare("SELECT next, recorded_at FROM part WHERE id = ?")
    this.#advance = database.prepare("UPDATE part SET next = ?, recorded_at = ? WHERE id = ?")
    this.#findSet = database.prepare("SELECT id FROM header_set WHERE content = ?")
    this.#addSet = database.prepare("INSERT INTO header_set (content) VALUES (?)")
    this.#insert = database.prepare(
      `INSERT INTO record (part, "offset", recorded_at, header_set, key, value, own) VALUES (?, ?, ?, ?, ?, ?, ?)`
    )
    this.#latestOf = database.prepare(`SELECT part, "offset" FROM latest WHERE topic = ? AND key = ?`)
    this.#setLatest = database.prepare(
      `INSERT OR REPLACE INTO latest (topic, key, part, "offset") VALUES (?, ?, ?, ?)`
    )
    this.#remove = database.prepare(`DELETE FROM record WHERE part = ? AND "offset" = ?`)
  }

  /** One transaction over all groups. */
  append(owner: WriterEpoch, groups: ReadonlyArray<PackedGroup>): Appended {
    const addedSets: Array<string> = []
    try {
      return transact(this.#database, () => {
        this.#refuseFenced(owner)
        const parts = new Map<number, Part>()
        const appended: Array<{ topic: Topic; partition: number; part: Part }> = []
        const now = Date.now() * 1000
        for (const group of groups) {
          if (group.cells.length === 0) continue
          const topic = this.#topic(group.topic)
          const sets = group.sets.map((content) => this.#set(content, addedSets))
          for (const [partition, places] of this.#spread(topic, group)) {
            const id = topic.parts[partition]
            if (id === undefined) throw partitionMissing(topic, partition)
            let part = parts.get(id)
            if (part === undefined) {
              parts.set(id, (part = this.#part(id)))
              appended.push({ topic, partition, part })
            }
            this.#write(topic, id, part, group, places, sets, now)
          }
        }
        for (const [id, part] of parts) this.#advance.run(part.next, part.recordedAt, id)
        return appended.map(({ topic, partition, part }) => ({
          topic: topic.name,
          partition,
          first: part.first,
          end: part.next
        }))
      })
    } catch (error) {
      // Their rows were rolled back.
      for (const content of addedSets) this.#sets.delete(content)
      throw error
    }
  }

  #refuseFenced({ writer, epoch }: WriterEpoch): void {
    const current = Number(this.#epochOf.get(writer)?.["epoch"])
    if (current === epoch) return
    throw new Fault({
      code: "log-fenced",
      message: `writer ${writer} has epoch ${epoch}, but epoch ${current} was taken since`,
      suggestion:
        "only one process may run this project's instance: stop one of the two, or give it its own instance name"
    })
  }

  #topic(name: string): Topic {
    const known = this.#topics.get(name)
    if (known !== undefined) return known
    const found = findTopic(this.#database, name)
    if (found === undefined) throw topicMissing(name)
    return remember(this.#topics, name, found)
  }

  #set(content: string, added: Array<string>): number {
    const known = this.#sets.get(content)
    if (known !== undefined) return known
    const found = this.#findSet.get(content)?.["id"]
    if (found !== undefined) return remember(this.#sets, content, Number(found))
    added.push(content)
    return remember(this.#sets, content, Number(this.#addSet.run(content).lastInsertRowid))
  }

  #part(id: number): Part {
    const row = this.#partOf.get(id)!
    const next = Number(row["next"])
    return { first: next, next, recordedAt: Number(row["recorded_at"]) }
  }

  /** By partition, where its records start in the cells. Writing one partition after the other is a third faster. */
  #spread(topic: Topic, { cells, copied }: PackedGroup): Map<number, Array<number>> {
    const spread = new Map<number, Array<number>>()
    let known = this.#partitions.get(topic.name)
    if (known === undefined) this.#partitions.set(topic.name, (known = new Map()))
    for (let at = 0; at < cells.length; at += cellsPerRecord) {
      const key = cells[at] as string
      const partition =
        copied?.[(at / cellsPerRecord) * 2] ??
        known.get(key) ??
        remember(known, key, partitionOf(key, topic.partitions))
      const places = spread.get(partition)
      if (places === undefined) spread.set(partition, [at])
      else places.push(at)
    }
    return spread
  }

  #write(
    topic: Topic,
    id: number,
    part: Part,
    { cells, copied }: PackedGroup,
    places: ReadonlyArray<number>,
    sets: ReadonlyArray<number>,
    now: number
  ): void {
    const compact = topic.cleanup === "compact"
    const insert = this.#insert
    for (const at of places) {
      // The clock of this machine may have gone back, or another process may be ahead.
      part.recordedAt = Math.max(part.recordedAt, copied?.[(at / cellsPerRecord) * 2 + 1] ?? now)
      const key = storable(cells[at + 1] as string | null)
      const value = storable(cells[at + 2] as string | null)
      if (compact) this.#supersede(topic, key, id, part.next)
      const set = sets[cells[at + 3] as number]!
      insert.run(id, part.next, part.recordedAt, set, key, value, cells[at + 4]!)
      part.next += 1
    }
  }

  /** Deletes the record that the key had. */
  #supersede(topic: Topic, key: string | Buffer | null, part: number, offset: number): void {
    if (key === null)
      throw new Fault({
        code: "log-failed",
        message: `a record without a key cannot be appended to ${topic.name}, which keeps the latest of each key`,
        suggestion: "give the record a key, or make the topic with cleanup keep"
      })
    const before = this.#latestOf.get(topic.id, key)
    if (before !== undefined) this.#remove.run(before["part"]!, before["offset"]!)
    this.#setLatest.run(topic.id, key, part, offset)
  }
}
