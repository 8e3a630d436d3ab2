import { PlimsollError } from "@plimsoll/schema"
import { setTimeout as sleep } from "node:timers/promises"

import type { Appended, LogWriter, RecordGroup } from "../log.ts"
import { partitionOf } from "../partition.ts"
import {
  KafkaFault,
  type KafkaProducer,
  type OutBatch,
  type OutRecord,
  type Places,
  placesOf
} from "./client.ts"
import { closed, failure } from "./failure.ts"
import { untilMarked } from "./hanging.ts"

/** What a writer asks of its log. */
export interface WriterHome {
  /** How many partitions the topic has, and how it keeps records; undefined where it is not there. */
  topic(name: string): Promise<{ readonly partitions: number; readonly compact: boolean } | undefined>
  /** Milliseconds since 1970 of the last record of a partition; 0 where there is none. */
  lastTime(topic: string, partition: number): Promise<number>
  /** The name on the cluster. */
  full(topic: string): string
  /** Where, of these partitions of the cluster, the mark that ends the producer's transaction does not stand yet. */
  unmarked(partitions: Places): Promise<Places>
  /** Waits until readers see these places, or for long enough. */
  seen(appended: Appended): Promise<void>
  /** Whether nobody else has claimed this writer. */
  holds(): Promise<boolean>
}

/** A batch larger than this goes in several. Brokers take a megabyte where nothing else is set. */
const mostBytes = 900_000

interface Part {
  readonly topic: string
  readonly partition: number
  readonly records: Array<OutRecord>
  /** Milliseconds since 1970 of the last of them. */
  last: number
}

/** Appends in transactions, one after the other. */
export class KafkaWriter implements LogWriter {
  readonly id: string
  readonly epoch: number
  readonly #producer: KafkaProducer
  readonly #home: WriterHome
  readonly #deadline: number
  readonly #times = new Map<string, number>()
  #tail: Promise<unknown> = Promise.resolve()
  #failures = 0
  #failed: PlimsollError | undefined
  #broken: PlimsollError | undefined
  #closed: Promise<void> | undefined

  /** @param deadline milliseconds after which a transaction cannot succeed any more */
  constructor(id: string, producer: KafkaProducer, home: WriterHome, deadline: number) {
    this.id = id
    this.epoch = producer.epoch
    this.#producer = producer
    this.#home = home
    this.#deadline = deadline
  }

  async append(groups: ReadonlyArray<RecordGroup>): Promise<Appended> {
    if (this.#closed !== undefined) throw closed(`writer ${this.id}`)
    if (this.#broken !== undefined) throw this.#broken
    const known = this.#failures
    const turn = this.#tail.then(async () => {
      if (this.#broken !== undefined) throw this.#broken
      if (this.#failures !== known) throw this.#failed!
      try {
        return await this.#append(groups)
      } catch (error) {
        this.#failures++
        throw (this.#failed = failure(error, `writer ${this.id}`))
      }
    })
    this.#tail = turn.catch(() => undefined)
    const appended = await turn
    if (appended.length > 0) await this.#home.seen(appended)
    return appended
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#tail.then(() => this.#producer.close()))
  }

  async #append(groups: ReadonlyArray<RecordGroup>): Promise<Appended> {
    const parts = await this.#spread(groups)
    if (parts.length === 0) return []
    const places = new Map<Part, { first: number; end: number }>()
    let ended = false
    let over = false
    // A call that the deadline gave up may still get through when the brokers are back. Nothing may follow it then: it
    // could take an epoch after the next writer's, and append what that one has appended already.
    const goesOn = (): void => {
      if (over) throw new KafkaFault("unreachable", "NO_ANSWER")
    }
    try {
      const work = async (): Promise<void> => {
        await this.#producer.begin()
        for (const batches of inBites(parts)) {
          goesOn()
          const full = batches.map(({ part, records }): OutBatch => {
            const { topic, partition } = part
            return { topic: this.#home.full(topic), partition, records }
          })
          const offsets = await this.#producer.send(full)
          for (const [at, { part, records }] of batches.entries()) {
            const first = offsets[at]!
            const end = first + records.length
            const place = places.get(part)
            if (place === undefined) places.set(part, { first, end })
            else place.end = end
          }
        }
        goesOn()
        ended = true
        await this.#producer.commit()
        await this.#marked(parts)
      }
      await within(work(), this.#deadline)
    } catch (error) {
      over = true
      throw await this.#recover(error, parts, ended)
    }
    for (const part of parts) this.#times.set(placeOf(part), part.last)
    return parts.map((part) => ({ topic: part.topic, partition: part.partition, ...places.get(part)! }))
  }

  /**
   * Waits until the marks that end the transaction stand. The brokers answer before, and 4.3 and 4.4 may forget the marks
   * if they are killed in between: the next transaction would then decide of this one as well.
   */
  async #marked(parts: ReadonlyArray<Part>): Promise<void> {
    const places = placesOf(
      parts.map(({ topic, partition }) => ({ topic: this.#home.full(topic), partition }))
    )
    await untilMarked((open) => this.#home.unmarked(open), places, this.#deadline)
  }

  /** By partition, the records as they go out. Refuses what cannot be written before anything is. */
  async #spread(groups: ReadonlyArray<RecordGroup>): Promise<ReadonlyArray<Part>> {
    const parts = new Map<string, Part>()
    const now = Date.now()
    for (const { topic, headers, records } of groups) {
      const found = await this.#home.topic(topic)
      if (found === undefined) throw new KafkaFault("topic-missing", topic)
      const byPartition: Array<Part | undefined> = []
      const spread = new Map<string, number>()
      for (const { key, value, partitionKey, headers: own, copied } of records) {
        if (found.compact && key === null)
          throw new PlimsollError({
            code: "log-failed",
            message: `a record without a key cannot be appended to ${topic}, which keeps the latest of each key`,
            suggestion: "give the record a key, or make the topic with cleanup keep"
          })
        let partition = copied?.partition ?? spread.get(partitionKey)
        if (partition === undefined)
          spread.set(partitionKey, (partition = partitionOf(partitionKey, found.partitions)))
        if (partition >= found.partitions)
          throw new KafkaFault("topic-missing", `${topic}, partition ${partition}`)
        const part = (byPartition[partition] ??= await this.#part(parts, topic, partition))
        // A clock may have gone back, or another may be ahead: times never decrease within a partition.
        part.last = Math.max(part.last, copied === undefined ? now : Math.floor(copied.recordedAt / 1000))
        part.records.push({ key, value, timestamp: part.last, common: headers, own })
      }
    }
    return [...parts.values()]
  }

  async #part(parts: Map<string, Part>, topic: string, partition: number): Promise<Part> {
    const place = placeOf({ topic, partition })
    const known = parts.get(place)
    if (known !== undefined) return known
    const last = this.#times.get(place) ?? (await this.#home.lastTime(topic, partition))
    const part = { topic, partition, records: [], last }
    parts.set(place, part)
    return part
  }

  /** What a failure means for the writer. Unless the transaction is known to be undone, it is at its end. */
  async #recover(error: unknown, parts: ReadonlyArray<Part>, ended: boolean): Promise<PlimsollError> {
    const told = failure(error, `writer ${this.id}`)
    if (told.code === "log-fenced") {
      // The brokers also shut out a producer whose transaction took too long: then nobody else has claimed the writer.
      const mine = await this.#home.holds().catch(() => true)
      return this.#break(mine ? failure(new KafkaFault("unreachable", "TRANSACTION_TIMED_OUT", error)) : told)
    }
    if (told.code === "log-unreachable" || ended) {
      return this.#break(
        told.code === "log-unreachable"
          ? told
          : failure(new KafkaFault("unreachable", "COMMIT_FAILED", error))
      )
    }
    try {
      await within(
        this.#producer.abort().then(() => this.#marked(parts)),
        this.#deadline
      )
      return told
    } catch (cause) {
      return this.#break(failure(cause, `writer ${this.id}`))
    }
  }

  #break(error: PlimsollError): PlimsollError {
    this.#broken = error
    void this.#producer.close().catch(() => undefined)
    return error
  }
}

const placeOf = ({ topic, partition }: { readonly topic: string; readonly partition: number }): string =>
  `${topic}/${partition}`

interface Bite {
  readonly part: Part
  readonly records: ReadonlyArray<OutRecord>
}

/** Rounds of batches, no batch larger than a broker takes, one for a partition in each round. */
const inBites = (parts: ReadonlyArray<Part>): ReadonlyArray<ReadonlyArray<Bite>> => {
  const rounds: Array<Array<Bite>> = []
  for (const part of parts) {
    let round = 0
    let bytes = 0
    let from = 0
    const cut = (to: number): void => {
      ;(rounds[round++] ??= []).push({ part, records: part.records.slice(from, to) })
      from = to
      bytes = 0
    }
    for (const [at, { key, value, own }] of part.records.entries()) {
      let size = 256 + Buffer.byteLength(key ?? "") + Buffer.byteLength(value ?? "")
      for (const name in own) size += name.length + own[name]!.length
      if (at > from && bytes + size > mostBytes) cut(at)
      bytes += size
    }
    cut(part.records.length)
  }
  return rounds
}

const within = async (work: Promise<void>, milliseconds: number): Promise<void> => {
  const timer = new AbortController()
  try {
    await Promise.race([
      work,
      sleep(milliseconds, undefined, { signal: timer.signal }).then(() => {
        throw new KafkaFault("unreachable", "NO_ANSWER")
      })
    ])
  } finally {
    work.catch(() => undefined)
    timer.abort()
  }
}
