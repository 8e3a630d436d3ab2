import type { LogRecord } from "../log.ts"
import type { KafkaClient } from "./client.ts"

/** The latest record of each key of a topic, read once and then kept up with. */
export class LatestOfTopic {
  readonly #client: KafkaClient
  readonly #topic: string
  readonly #records = new Map<string, LogRecord>()
  #next: Array<number> = []
  #turn: Promise<unknown> = Promise.resolve()

  constructor(client: KafkaClient, topic: string) {
    this.#client = client
    this.#topic = topic
  }

  /** As it is where each partition ends. Tombstones are left out. */
  upTo(firsts: ReadonlyArray<number>, ends: ReadonlyArray<number>): Promise<ReadonlyMap<string, LogRecord>> {
    const turn = this.#turn.then(() => this.#read(firsts, ends))
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async #read(
    firsts: ReadonlyArray<number>,
    ends: ReadonlyArray<number>
  ): Promise<ReadonlyMap<string, LogRecord>> {
    // A topic that was made anew begins again.
    if (ends.some((end, partition) => end < (this.#next[partition] ?? 0))) {
      this.#records.clear()
      this.#next = []
    }
    for (const [partition, end] of ends.entries()) {
      for (let from = Math.max(firsts[partition]!, this.#next[partition] ?? 0); from < end;) {
        const { records, next } = await this.#client.fetch(this.#topic, partition, from)
        if (next <= from) break
        for (const record of records) this.#take(record)
        this.#next[partition] = from = next
      }
    }
    return this.#records
  }

  #take(record: LogRecord): void {
    if (record.key === null) return
    // The latest is to stand last, as it was written.
    this.#records.delete(record.key)
    if (record.value !== null) this.#records.set(record.key, record)
  }
}
