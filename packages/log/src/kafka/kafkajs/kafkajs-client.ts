import type { Lease } from "../../log.ts"
import {
  allOf,
  type Decision,
  type Fetched,
  type KafkaClient,
  type KafkaProducer,
  type NewTopic,
  type Partitions,
  type Places,
  type SeenTopic
} from "../client.ts"
import type { LeaseRequest } from "../held-lease.ts"
import type { KafkaLogOptions } from "../options.ts"
import { Brokers } from "./brokers.ts"
import { toFault } from "./fault.ts"
import { fetchCommitted } from "./fetcher.ts"
import { holdLease } from "./lease.ts"
import { lookAt } from "./look.ts"
import { unmarkedIn } from "../transaction-state.ts"
import { openProducer } from "./producer.ts"
import { decisionAt, saidOf } from "./transactions.ts"

/** Milliseconds to try again what failed and may pass, fetches left out. */
const mostTries = 10_000

const timestamps = { first: -2, end: -1, written: -1 } as const

/** `kafkajs` as the log's client. */
export class KafkajsClient implements KafkaClient {
  readonly #options: KafkaLogOptions
  readonly #requestTimeout: number
  readonly #brokers: Brokers

  constructor(options: KafkaLogOptions) {
    this.#options = options
    this.#requestTimeout = options.requestTimeout ?? 30_000
    this.#brokers = new Brokers(options, this.#requestTimeout)
  }

  async partitions(topics?: ReadonlyArray<string>): Promise<Partitions> {
    const found = await this.#persist(() => this.#brokers.topics(topics ?? "all"))
    return new Map([...found].filter(([topic]) => !topic.startsWith("__")))
  }

  async brokers(): Promise<number> {
    return this.#persist(async () => (await this.#brokers.metadata("all")).brokers.length)
  }

  async look(topics: ReadonlyArray<string>): Promise<ReadonlyMap<string, SeenTopic>> {
    return this.#persist(async () => lookAt(await this.#brokers.any(), topics))
  }

  async settings(topics: ReadonlyArray<string>): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
    return this.#persist(async () => {
      const broker = await this.#brokers.any()
      const { resources } = await broker.describeConfigs({
        resources: topics.map((name) => ({
          type: 2,
          name,
          configNames: ["cleanup.policy", "retention.ms", "retention.bytes"]
        }))
      })
      return new Map(
        resources.map(({ resourceName, configEntries }) => [
          resourceName,
          new Map(configEntries.map(({ configName, configValue }) => [configName, configValue ?? ""]))
        ])
      )
    })
  }

  async createTopics(topics: ReadonlyArray<NewTopic>): Promise<void> {
    await Promise.all(
      topics.map(async ({ topic, partitions, replication, settings }) => {
        const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }))
        try {
          await this.#persist(async () => {
            // Of brokers without KRaft only this one makes topics.
            const { controllerId } = await this.#brokers.metadata("all")
            const broker = await this.#brokers.node(controllerId)
            await broker.createTopics({
              topics: [{ topic, numPartitions: partitions, replicationFactor: replication, configEntries }],
              timeout: Math.min(this.#requestTimeout, mostTries)
            })
          })
        } catch (error) {
          if (toFault(error).reason !== "TOPIC_ALREADY_EXISTS") throw error
        }
      })
    )
  }

  async offsets(
    topics: Partitions,
    which: "first" | "end" | "written"
  ): Promise<ReadonlyMap<string, ReadonlyArray<number>>> {
    return this.#persist(async () => {
      const offsets = new Map([...topics].map(([topic, count]) => [topic, Array<number>(count).fill(0)]))
      await Promise.all(
        (await this.#brokers.leaders(allOf(topics))).map(async ([broker, led]) => {
          const { responses } = await broker.listOffsets({
            isolationLevel: which === "written" ? 0 : 1,
            topics: [...led].map(([topic, partitions]) => ({
              topic,
              partitions: partitions.map((partition) => ({ partition, timestamp: timestamps[which] }))
            }))
          })
          for (const { topic, partitions } of responses)
            for (const { partition, offset } of partitions) offsets.get(topic)![partition] = Number(offset)
        })
      )
      return offsets
    })
  }

  fetch(topic: string, partition: number, from: number, milliseconds = 0): Promise<Fetched> {
    return this.#brokers.persist(this.#requestTimeout, () =>
      fetchCommitted(this.#brokers, { topic, partition, from, wait: milliseconds })
    )
  }

  producer(transactionalId: string): Promise<KafkaProducer> {
    return openProducer(this.#options, transactionalId)
  }

  decision(transactionalId: string): Promise<Decision> {
    return this.#persist(async () =>
      decisionAt(await this.#brokers.coordinator("transaction", transactionalId), transactionalId)
    )
  }

  unmarked(producer: bigint, partitions: Places): Promise<Places> {
    return this.#persist(async () => {
      const leaders = await this.#brokers.leaders(partitions)
      const said = await Promise.all(leaders.map(([broker, led]) => saidOf(broker, producer, led)))
      return unmarkedIn(said.flat())
    })
  }

  lease(group: string, topic: string, request: LeaseRequest): Promise<Lease> {
    return holdLease(this.#options, group, topic, request)
  }

  close(): Promise<void> {
    return this.#brokers.close()
  }

  #persist<A>(work: () => Promise<A>): Promise<A> {
    return this.#brokers.persist(mostTries, work)
  }
}
