import { randomUUID } from "node:crypto"

import type { LogRecord } from "../log.ts"
import { type KafkaClient, KafkaFault, type KafkaProducer } from "./client.ts"
import { untilSettled } from "./settled.ts"

/** The topic by which a log knows itself: its id, and who took which writer last. One partition, compacted. */
export const identityTopic = "plimsoll._log"

const writerKey = (id: string): string => JSON.stringify(["writer", id])

/** What the topic {@link identityTopic} says. */
export class Identity {
  readonly #client: KafkaClient
  readonly #topic: string
  readonly #patience: number

  /** @param patience milliseconds to wait for what other writers have under way */
  constructor(client: KafkaClient, topic: string, patience: number) {
    this.#client = client
    this.#topic = topic
    this.#patience = patience
  }

  /** The id of the log: of all that were ever proposed, the first. Proposes one where there is none. */
  async id(): Promise<string> {
    for (;;) {
      const found = (await this.#all()).find(({ key }) => key?.startsWith('["log",'))
      if (typeof found?.value === "string") return found.value
      const id = randomUUID()
      try {
        const producer = await this.#client.producer(this.#topic)
        try {
          // Every proposal has a key of its own, or compaction would put the last in the place of the first.
          await this.#say(producer, JSON.stringify(["log", id]), id)
        } finally {
          await producer.close()
        }
      } catch (error) {
        // Another process proposes at the same moment.
        if (!(error instanceof KafkaFault && error.kind === "fenced")) throw error
      }
    }
  }

  /** Says that this producer has the writer now. Gives the claim. */
  async claim(producer: KafkaProducer, writer: string): Promise<string> {
    const claim = randomUUID()
    await this.#say(producer, writerKey(writer), claim)
    return claim
  }

  /** Whether nobody else has claimed the writer since. */
  async holds(writer: string, claim: string): Promise<boolean> {
    // Another writer's open claim would hide this one.
    await untilSettled(this.#client, new Map([[this.#topic, 1]]), this.#patience)
    return (await this.#all()).findLast(({ key }) => key === writerKey(writer))?.value === claim
  }

  async #say(producer: KafkaProducer, key: string, value: string): Promise<void> {
    const record = { key, value, timestamp: Date.now(), common: {}, own: {} }
    await producer.begin()
    await producer.send([{ topic: this.#topic, partition: 0, records: [record] }])
    await producer.commit()
  }

  async #all(): Promise<ReadonlyArray<LogRecord>> {
    const records: Array<LogRecord> = []
    const ends = await this.#client.offsets(new Map([[this.#topic, 1]]), "end")
    const end = ends.get(this.#topic)![0]!
    for (
      let from = (await this.#client.offsets(new Map([[this.#topic, 1]]), "first")).get(this.#topic)![0]!;
      from < end;
    ) {
      const fetched = await this.#client.fetch(this.#topic, 0, from)
      if (fetched.next <= from) break
      records.push(...fetched.records)
      from = fetched.next
    }
    return records
  }
}
