import { gzipSync } from "node:zlib"

import {
  type Decision,
  eachOf,
  faultOf,
  type KafkaFault,
  type KafkaProducer,
  type OutBatch,
  type Place,
  type Places
} from "../client.ts"
import type { KafkaLogOptions } from "../options.ts"
import { type BatchCompression, BatchEncoder } from "../record-batch-out.ts"
import { Brokers } from "./brokers.ts"
import { toFault } from "./fault.ts"
import { crc32c, encoded, errorOf, type Protocol } from "./internals.ts"
import { WireReader, WireWriter } from "./wire.ts"

interface ProduceOne {
  readonly topic: string
  readonly partition: number
  readonly batch: Buffer
}

interface ProducedOne {
  readonly topic: string
  readonly partition: number
  /** Kafka's number of an error; 0 for none. */
  readonly error: number
  readonly offset: number
}

const requestOf = (transactionalId: string, timeout: number, batches: ReadonlyArray<ProduceOne>): Buffer => {
  const writer = new WireWriter()
  const acknowledgedByAll = -1
  return writer
    .text(transactionalId)
    .int16(acknowledgedByAll)
    .int32(timeout)
    .array([...Map.groupBy(batches, ({ topic }) => topic)], ([topic, parts]) => {
      writer.text(topic).array(parts, ({ partition, batch }) => {
        writer.int32(partition).bytes(batch)
      })
    })
    .done()
}

const answerOf = (bytes: Buffer): ReadonlyArray<ProducedOne> => {
  const reader = new WireReader(bytes)
  return reader
    .array(() => {
      const topic = reader.text()
      return reader.array((): ProducedOne => {
        const partition = reader.int32()
        const error = reader.int16()
        const offset = Number(reader.int64())
        reader.int64()
        reader.int64()
        return { topic, partition, error, offset }
      })
    })
    .flat()
}

/** Kafka's Produce, version 7. Where one partition fails, the library's own does not tell what became of the others. */
const produce = (
  transactionalId: string,
  timeout: number,
  batches: ReadonlyArray<ProduceOne>
): Protocol<ReadonlyArray<ProducedOne>> => ({
  request: {
    apiKey: 0,
    apiVersion: 7,
    apiName: "Produce",
    encode: () => Promise.resolve(encoded(requestOf(transactionalId, timeout, batches)))
  },
  response: {
    decode: async (bytes) => answerOf(bytes),
    parse: (answer) => Promise.resolve(answer)
  }
})

const gzip: BatchCompression = { code: 1, compress: (bytes) => gzipSync(bytes) }
const none: BatchCompression = { code: 0, compress: (bytes) => bytes }

const placeOf = ({ topic, partition }: Place): string => `${topic}/${partition}`

/** Writes in transactions. */
class KafkajsProducer implements KafkaProducer {
  readonly id: bigint
  readonly epoch: number
  readonly #brokers: Brokers
  readonly #author: {
    readonly transactionalId: string
    readonly producerId: string
    readonly producerEpoch: number
  }
  readonly #timeout: number
  readonly #compression: BatchCompression
  readonly #encoder = new BatchEncoder(crc32c)
  /** By partition, how many records this producer has put there: a broker takes them in this order only. */
  readonly #sequences = new Map<string, number>()
  readonly #inTransaction = new Set<string>()

  constructor(
    brokers: Brokers,
    transactionalId: string,
    taken: { readonly producerId: string; readonly producerEpoch: number },
    options: KafkaLogOptions
  ) {
    this.#brokers = brokers
    this.#author = { transactionalId, producerId: taken.producerId, producerEpoch: taken.producerEpoch }
    this.#timeout = options.transactionTimeout ?? 10_000
    this.#compression = options.compression === "gzip" ? gzip : none
    this.id = BigInt(taken.producerId)
    // Producer ids are given out in rising order, and the epoch starts again with each.
    this.epoch = Number(taken.producerId) * 32_768 + taken.producerEpoch
  }

  async begin(): Promise<void> {
    this.#inTransaction.clear()
  }

  async send(batches: ReadonlyArray<OutBatch>): Promise<ReadonlyArray<number>> {
    await this.#add(batches)
    const { producerId, producerEpoch } = this.#author
    let left = batches.map(({ topic, partition, records }): ProduceOne => {
      const sequence = this.#sequences.get(placeOf({ topic, partition })) ?? 0
      const author = { producerId: BigInt(producerId), producerEpoch, sequence }
      return { topic, partition, batch: this.#encoder.encode(records, author, this.#compression) }
    })
    const offsets = new Map<string, number>()
    // A batch keeps its number, so the brokers know one that comes again.
    await this.#persist(async () => {
      const { produced, failed } = await this.#attempt(left)
      for (const one of produced) {
        offsets.set(placeOf(one), one.offset)
        const { records } = batches.find((each) => placeOf(each) === placeOf(one))!
        // Kafka's numbers begin again at 0 after the largest of 31 bits.
        const next = (this.#sequences.get(placeOf(one)) ?? 0) + records.length
        this.#sequences.set(placeOf(one), next % 0x80000000)
      }
      left = left.filter((one) => !offsets.has(placeOf(one)))
      if (left.length > 0) throw failed ?? faultOf("NO_OFFSET")
    })
    return batches.map((one) => offsets.get(placeOf(one))!)
  }

  commit(): Promise<void> {
    return this.#end(true)
  }

  abort(): Promise<void> {
    return this.#end(false)
  }

  async mark(partitions: Places, how: Decision): Promise<void> {
    await this.begin()
    await this.#add(eachOf(partitions))
    await this[how]()
  }

  close(): Promise<void> {
    return this.#brokers.close()
  }

  #persist<A>(work: () => Promise<A>): Promise<A> {
    return this.#brokers.persist(this.#timeout, work)
  }

  /** Tells the coordinator which partitions the transaction reaches. */
  async #add(places: ReadonlyArray<Place>): Promise<void> {
    const fresh = places.filter((one) => !this.#inTransaction.has(placeOf(one)))
    if (fresh.length === 0) return
    const topics = [...Map.groupBy(fresh, ({ topic }) => topic)].map(([topic, parts]) => ({
      topic,
      partitions: parts.map(({ partition }) => partition)
    }))
    await this.#persist(async () => {
      const broker = await this.#brokers.coordinator("transaction", this.#author.transactionalId)
      await broker.addPartitionsToTxn({ ...this.#author, topics })
    })
    for (const one of fresh) this.#inTransaction.add(placeOf(one))
  }

  async #end(commit: boolean): Promise<void> {
    // Of a transaction without records the brokers know nothing.
    if (this.#inTransaction.size === 0) return
    await this.#persist(async () => {
      const broker = await this.#brokers.coordinator("transaction", this.#author.transactionalId)
      await broker.endTxn({ ...this.#author, transactionResult: commit })
    })
    this.#inTransaction.clear()
  }

  /** Sends what is left to the leaders of the partitions: what got through, and why the rest did not. */
  async #attempt(batches: ReadonlyArray<ProduceOne>): Promise<{
    readonly produced: ReadonlyArray<ProducedOne>
    readonly failed: KafkaFault | undefined
  }> {
    const produced: Array<ProducedOne> = []
    let failed: KafkaFault | undefined
    const fail = (error: unknown): void => {
      const fault = toFault(error)
      // Of several, one that will not pass counts.
      if (failed === undefined || failed.kind === "unreachable") failed = fault
    }
    const byLeader = new Map<number, Array<ProduceOne>>()
    for (const one of batches) {
      const leader = await this.#brokers.leader(one.topic, one.partition)
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), one])
    }
    await Promise.all(
      [...byLeader].map(async ([node, parts]) => {
        try {
          const broker = await this.#brokers.node(node)
          const answers = await broker.connectionPool.send(
            produce(this.#author.transactionalId, this.#timeout, parts)
          )
          for (const answer of answers) {
            if (answer.error === 0) produced.push(answer)
            else fail(errorOf(answer.error))
          }
        } catch (error) {
          fail(error)
        }
      })
    )
    return { produced, failed }
  }
}

/** Takes the next epoch of the transactional id. */
export const openProducer = async (
  options: KafkaLogOptions,
  transactionalId: string
): Promise<KafkaProducer> => {
  const { requestTimeout = 30_000, transactionTimeout = 10_000 } = options
  const brokers = new Brokers(options, requestTimeout)
  try {
    const taken = await brokers.persist(requestTimeout, async () => {
      const broker = await brokers.coordinator("transaction", transactionalId)
      return broker.initProducerId({ transactionalId, transactionTimeout })
    })
    return new KafkajsProducer(brokers, transactionalId, taken, options)
  } catch (error) {
    await brokers.close()
    throw toFault(error)
  }
}
