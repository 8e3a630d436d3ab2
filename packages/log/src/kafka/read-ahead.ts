import type { LogBatch, LogRecord } from "../log.ts"
import type { Fetched, KafkaClient } from "./client.ts"

interface Place {
  /** What was fetched and not yet given. */
  records: ReadonlyArray<LogRecord>
  /** Of `records`, where the rest begins. */
  at: number
  /** The offset that stands for the start of the rest. */
  position: number
  /** Where to fetch on. */
  next: number
  ahead: { readonly from: number; readonly fetched: Promise<Fetched> } | undefined
}

/** So many partitions are remembered: who reads more than these in turns fetches some again. */
const mostPlaces = 8

/**
 * Gives the records of a partition in bites, and fetches the next while the last are worked on. A fetch is some
 * megabytes: that, twice, is what a partition that is read takes in memory.
 */
export class ReadAhead {
  readonly #client: KafkaClient
  readonly #places = new Map<string, Place>()

  constructor(client: KafkaClient) {
    this.#client = client
  }

  async read(
    topic: string,
    partition: number,
    from: number,
    limit: number,
    until: number
  ): Promise<LogBatch> {
    const name = `${topic}/${partition}`
    let place = this.#places.get(name)
    if (place === undefined || place.position !== from)
      place = { records: [], at: 0, position: from, next: from, ahead: undefined }
    this.#places.delete(name)
    while (place.at === place.records.length && place.next < until) {
      const fetched = await this.#fetch(topic, partition, place)
      if (fetched.next === place.next) break
      place.records = fetched.records
      place.at = 0
      place.next = fetched.next
      // What waits beyond is worth a request now; what is not there yet is not.
      place.ahead =
        fetched.next < fetched.end && fetched.next < until
          ? { from: fetched.next, fetched: this.#client.fetch(topic, partition, fetched.next) }
          : undefined
      place.ahead?.fetched.catch(() => undefined)
    }
    const { records, at } = place
    let to = Math.min(records.length, at + limit)
    while (to > at && records[to - 1]!.offset >= until) to--
    const given = at === 0 && to === records.length ? records : records.slice(at, to)
    const next = to === records.length ? Math.min(place.next, until) : Math.min(records[to]!.offset, until)
    place.at = to
    place.position = next
    this.#remember(name, place)
    return { records: given, next }
  }

  #fetch(topic: string, partition: number, place: Place): Promise<Fetched> {
    const { ahead, next } = place
    place.ahead = undefined
    return ahead?.from === next ? ahead.fetched : this.#client.fetch(topic, partition, next)
  }

  #remember(name: string, place: Place): void {
    this.#places.set(name, place)
    if (this.#places.size > mostPlaces) this.#places.delete(this.#places.keys().next().value!)
  }
}
