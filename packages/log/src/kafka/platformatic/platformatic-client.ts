import { Admin, ConfigResourceTypes } from "@platformatic/kafka"

import type { Lease } from "../../log.ts"
import type {
  Decision,
  Fetched,
  KafkaClient,
  KafkaProducer,
  NewTopic,
  Partitions,
  Places,
  SeenTopic
} from "../client.ts"
import type { KafkaLogOptions } from "../options.ts"
import { connectionOptions, tidy } from "./connection.ts"
import { toFault } from "./fault.ts"
import { Fetcher } from "./fetcher.ts"
import { holdLease } from "./lease.ts"
import { Looker } from "./looker.ts"
import { OffsetLister } from "./offset-lister.ts"
import { openProducer } from "./producer.ts"
import { Transactions } from "./transactions.ts"

/** `@platformatic/kafka` as the log's client. */
export class PlatformaticClient implements KafkaClient {
  readonly #options: KafkaLogOptions
  readonly #admin: Admin
  readonly #offsets: OffsetLister
  readonly #fetcher: Fetcher
  readonly #looker: Looker
  readonly #transactions: Transactions

  constructor(options: KafkaLogOptions) {
    this.#options = options
    const connection = connectionOptions(options)
    this.#admin = tidy(new Admin(connection))
    this.#offsets = new OffsetLister(connection)
    this.#fetcher = new Fetcher(connection, options.requestTimeout ?? 30_000)
    this.#looker = new Looker(connection)
    this.#transactions = new Transactions(options)
  }

  async partitions(topics?: ReadonlyArray<string>): Promise<Partitions> {
    return told(async () => {
      const names = new Set(await this.#admin.listTopics())
      const wanted = topics === undefined ? [...names] : topics.filter((topic) => names.has(topic))
      if (wanted.length === 0) return new Map()
      const { topics: found } = await this.#admin.metadata({ topics: wanted })
      return new Map([...found].map(([topic, { partitionsCount }]) => [topic, partitionsCount]))
    })
  }

  async brokers(): Promise<number> {
    return told(async () => (await this.#admin.metadata({ topics: [], forceUpdate: true })).brokers.size)
  }

  look(topics: ReadonlyArray<string>): Promise<ReadonlyMap<string, SeenTopic>> {
    return told(() => this.#looker.look(topics))
  }

  async settings(topics: ReadonlyArray<string>): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
    return told(async () => {
      const resources = topics.map((topic) => ({
        resourceType: ConfigResourceTypes.TOPIC,
        resourceName: topic,
        configurationKeys: ["cleanup.policy", "retention.ms", "retention.bytes"]
      }))
      const found = await this.#admin.describeConfigs({ resources })
      return new Map(
        found.map(({ resourceName, configs }) => [
          resourceName,
          new Map(configs.map(({ name, value }) => [name, value ?? ""]))
        ])
      )
    })
  }

  async createTopics(topics: ReadonlyArray<NewTopic>): Promise<void> {
    await Promise.all(
      topics.map(({ topic, partitions, replication, settings }) =>
        told(() =>
          this.#admin.createTopics({
            topics: [{ topic, partitions, replicas: replication }],
            configs: Object.entries(settings).map(([name, value]) => ({ name, value }))
          })
        ).catch((error: unknown) => {
          if (toFault(error).reason !== "TOPIC_ALREADY_EXISTS") throw error
        })
      )
    )
  }

  offsets(
    topics: Partitions,
    which: "first" | "end" | "written"
  ): Promise<ReadonlyMap<string, ReadonlyArray<number>>> {
    return told(() => this.#offsets.list(topics, which))
  }

  fetch(topic: string, partition: number, from: number, milliseconds = 0): Promise<Fetched> {
    return told(() => this.#fetcher.fetch(topic, partition, from, milliseconds))
  }

  producer(transactionalId: string): Promise<KafkaProducer> {
    return told(() => openProducer(this.#options, transactionalId))
  }

  decision(transactionalId: string): Promise<Decision> {
    return this.#transactions.decision(transactionalId)
  }

  unmarked(producer: bigint, partitions: Places): Promise<Places> {
    return this.#transactions.unmarked(producer, partitions)
  }

  lease(
    group: string,
    topic: string,
    options: { readonly signal?: AbortSignal | undefined; readonly onWait?: (() => void) | undefined }
  ): Promise<Lease> {
    return holdLease(this.#options, group, topic, options)
  }

  async close(): Promise<void> {
    await Promise.allSettled([
      this.#admin.close(),
      this.#offsets.close(),
      this.#fetcher.close(),
      this.#looker.close(),
      this.#transactions.close()
    ])
  }
}

const told = async <A>(work: () => Promise<A>): Promise<A> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DOMException) throw error
    throw toFault(error)
  }
}
