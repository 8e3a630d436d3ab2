import type { LogRecord } from "../log.ts"
import { type KafkaClient, KafkaFault } from "./client.ts"

/** Fetches in a row that bring nothing, though there is more, before the brokers count as out of reach. */
const mostEmpty = 50

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
      let empty = 0
      for (let from = Math.max(firsts[partition]!, this.#next[partition] ?? 0); from < end;) {
        const { records, next } = await this.#client.fetch(
          this.#topic,
          partition,
          from,
          empty === 0 ? 0 : 100
        )
        if (next <= from) {
          // What is older must not pass for the latest: a run would begin at a checkpoint that it has passed already.
          if (++empty > mostEmpty) throw new KafkaFault("unreachable", "NO_PROGRESS")
          continue
        }
        empty = 0
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
