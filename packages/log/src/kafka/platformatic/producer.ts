import {
  addPartitionsToTxnV3,
  compressionsAlgorithms,
  crc32c,
  kGetApi,
  Producer,
  protocolErrorsCodesById
} from "@platformatic/kafka"
import { setTimeout as sleep } from "node:timers/promises"

import {
  type Decision,
  eachOf,
  faultOf,
  type KafkaProducer,
  type OutBatch,
  type Place,
  type Places
} from "../client.ts"
import type { KafkaLogOptions } from "../options.ts"
import { type BatchCompression, BatchEncoder } from "../record-batch-out.ts"
import { connectionOptions, connectionTo, tidy } from "./connection.ts"
import { passes, toFault } from "./fault.ts"
import { produce, type ProducedOne, type ProduceOne } from "./produce-api.ts"

type Transaction = Awaited<ReturnType<Producer["beginTransaction"]>>

// The client would ask for producer 0, epoch 0, which a broker refuses for an id that has had another before.
const anyProducer = { producerId: -1n, producerEpoch: -1 }

/**
 * Writes in transactions. The client keeps the transaction; the records go out by our own request, since the client
 * takes five times as long to encode them (and numbers those that a broker refused as if they stood there).
 */
class PlatformaticProducer implements KafkaProducer {
  readonly id: bigint
  readonly epoch: number
  readonly #producer: Producer
  readonly #transactionalId: string
  readonly #timeout: number
  readonly #encoder = new BatchEncoder(crc32c)
  readonly #compression: BatchCompression
  readonly #sequences = new Map<string, number>()
  #transaction: Transaction | undefined
  #uncertain = false

  constructor(producer: Producer, transactionalId: string, options: KafkaLogOptions) {
    this.#producer = producer
    this.#transactionalId = transactionalId
    this.#timeout = options.transactionTimeout ?? 10_000
    const algorithm = compressionsAlgorithms[options.compression ?? "none"]
    this.#compression = { code: algorithm.bitmask, compress: (bytes) => algorithm.compressSync(bytes) }
    this.id = this.#author.producerId
    // Producer ids are given out in rising order, and the epoch starts again with each.
    this.epoch = Number(this.#author.producerId) * 32_768 + this.#author.producerEpoch
  }

  begin(): Promise<void> {
    return told(async () => {
      this.#transaction = await this.#producer.beginTransaction(anyProducer)
      if (!this.#uncertain) return
      // What a broker refused leaves a gap in the numbers: a new epoch begins them again, for this producer only.
      await this.#producer.initIdempotentProducer({ ...this.#author })
      this.#sequences.clear()
      this.#uncertain = false
    })
  }

  async send(batches: ReadonlyArray<OutBatch>): Promise<ReadonlyArray<number>> {
    try {
      return await this.#send(batches)
    } catch (error) {
      this.#uncertain = true
      throw toFault(error)
    }
  }

  commit(): Promise<void> {
    return told(() => this.#transaction!.commit())
  }

  abort(): Promise<void> {
    return told(() => this.#transaction!.abort())
  }

  async mark(partitions: Places, how: Decision): Promise<void> {
    await this.begin()
    await told(() => this.#add(eachOf(partitions)))
    await this[how]()
  }

  async close(): Promise<void> {
    await this.#producer.close().catch(() => undefined)
  }

  get #author(): { readonly producerId: bigint; readonly producerEpoch: number } {
    return { producerId: this.#producer.producerId!, producerEpoch: this.#producer.producerEpoch! }
  }

  async #send(batches: ReadonlyArray<OutBatch>): Promise<ReadonlyArray<number>> {
    const topics = await this.#add(batches)
    const encoded = batches.map(({ topic, partition, records }): ProduceOne => {
      const place = `${topic}/${partition}`
      const sequence = this.#sequences.get(place) ?? 0
      // Kafka's numbers begin again at 0 after the largest of 31 bits.
      this.#sequences.set(place, (sequence + records.length) % 0x80000000)
      const author = { ...this.#author, sequence }
      return { topic, partition, batch: this.#encoder.encode(records, author, this.#compression) }
    })
    const offsets = new Map<string, number>()
    let left: ReadonlyArray<ProduceOne> = encoded
    // A batch keeps its number, so the brokers know one that comes again.
    for (const until = performance.now() + this.#timeout; ;) {
      const [error, produced] = await this.#attempt(topics, left)
      for (const { topic, partition, offset } of produced) offsets.set(`${topic}/${partition}`, offset)
      left = left.filter(({ topic, partition }) => !offsets.has(`${topic}/${partition}`))
      if (left.length === 0)
        return batches.map(({ topic, partition }) => offsets.get(`${topic}/${partition}`)!)
      const fault = toFault(error)
      if (!passes(fault) || performance.now() > until) throw fault
      this.#producer.clearMetadata()
      await sleep(50)
    }
  }

  /** Tells the coordinator which partitions the transaction reaches; gives their topics. */
  async #add(places: ReadonlyArray<Place>): Promise<ReadonlyArray<string>> {
    const topics = [...new Set(places.map(({ topic }) => topic))]
    const metadata = await this.#producer.metadata({ topics })
    await this.#transaction!.addPartitions(
      metadata,
      places.map(({ topic, partition }) => ({ topic, partition, value: Buffer.alloc(0) }))
    )
    return topics
  }

  /** Sends what is left to the leaders of the partitions: what got through, and an error of what did not. */
  async #attempt(
    topics: ReadonlyArray<string>,
    batches: ReadonlyArray<ProduceOne>
  ): Promise<readonly [unknown, ReadonlyArray<ProducedOne>]> {
    let failed: unknown
    const produced: Array<ProducedOne> = []
    try {
      const { brokers, topics: known } = await this.#producer.metadata({ topics: [...topics] })
      const byLeader = Map.groupBy(
        batches,
        ({ topic, partition }) => known.get(topic)!.partitions[partition]!.leader
      )
      await Promise.all(
        [...byLeader].map(async ([node, parts]) => {
          try {
            const broker = brokers.get(node)
            if (broker === undefined) throw faultOf("LEADER_NOT_AVAILABLE")
            const connection = await connectionTo(this.#producer, broker)
            for (const one of await produce.async(connection, this.#transactionalId, this.#timeout, parts)) {
              if (one.error === 0) produced.push(one)
              else failed = faultOf(protocolErrorsCodesById[one.error] ?? String(one.error))
            }
          } catch (error) {
            failed = error
          }
        })
      )
    } catch (error) {
      failed = error
    }
    return [failed, produced]
  }
}

const told = async <A>(work: () => Promise<A>): Promise<A> => {
  try {
    return await work()
  } catch (error) {
    throw toFault(error)
  }
}

/**
 * From version 4 on this request is for brokers among themselves, and wants the right ClusterAction, which no user of
 * a log should have. The client would take the highest version that the broker knows.
 */
const asUser = (producer: Producer): void => {
  const getApi = producer[kGetApi].bind(producer) as (name: string, callback: GotApi) => void
  const own = (name: string, callback: GotApi): void =>
    name === "AddPartitionsToTxn" ? callback(null, addPartitionsToTxnV3.api) : getApi(name, callback)
  Object.defineProperty(producer, kGetApi, { value: own })
}

type GotApi = (error: Error | null, api?: unknown) => void

/** Takes the next epoch of the transactional id. */
export const openProducer = async (
  options: KafkaLogOptions,
  transactionalId: string
): Promise<KafkaProducer> => {
  const producer = tidy(
    new Producer({
      ...connectionOptions(options),
      idempotent: true,
      transactionalId,
      // The client sends this as the timeout of the transaction.
      timeout: options.transactionTimeout ?? 10_000
    })
  )
  asUser(producer)
  try {
    const transaction = await producer.beginTransaction(anyProducer)
    // Nothing is in it, so the brokers know of none: it only had the client take the epoch.
    await transaction.cancel()
    return new PlatformaticProducer(producer, transactionalId, options)
  } catch (error) {
    await producer.close().catch(() => undefined)
    throw toFault(error)
  }
}
