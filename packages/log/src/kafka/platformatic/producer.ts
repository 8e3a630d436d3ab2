import { type MessageToProduce, Producer } from "@platformatic/kafka"

import { type Headers, KafkaFault, type KafkaProducer, type OutBatch } from "../client.ts"
import type { KafkaLogOptions } from "../options.ts"
import { connectionOptions } from "./connection.ts"
import { toFault } from "./fault.ts"

type Transaction = Awaited<ReturnType<Producer["beginTransaction"]>>

// The client would ask for producer 0, epoch 0, which a broker refuses for an id that has had another before.
const anyProducer = { producerId: -1n, producerEpoch: -1 }

const bytes = (text: string | null): Buffer | undefined => (text === null ? undefined : Buffer.from(text))

/** Names of headers are few: the same name is the same buffer, so that a record's own replaces the common one. */
class HeaderMaps {
  readonly #names = new Map<string, Buffer>()
  readonly #common = new WeakMap<Headers, ReadonlyArray<readonly [Buffer, Buffer]>>()

  of(common: Headers, own: Headers): Map<Buffer, Buffer> {
    let shared = this.#common.get(common)
    if (shared === undefined) this.#common.set(common, (shared = this.#pairs(common)))
    const all = new Map(shared)
    for (const name in own) all.set(this.#name(name), Buffer.from(own[name]!))
    return all
  }

  #pairs(headers: Headers): ReadonlyArray<readonly [Buffer, Buffer]> {
    return Object.entries(headers).map(([name, value]) => [this.#name(name), Buffer.from(value)])
  }

  #name(name: string): Buffer {
    let known = this.#names.get(name)
    if (known === undefined) {
      if (this.#names.size >= 10_000) this.#names.clear()
      this.#names.set(name, (known = Buffer.from(name)))
    }
    return known
  }
}

class PlatformaticProducer implements KafkaProducer {
  readonly epoch: number
  readonly #producer: Producer
  readonly #headers = new HeaderMaps()
  #transaction: Transaction | undefined

  constructor(producer: Producer) {
    this.#producer = producer
    // Producer ids are given out in rising order, and the epoch starts again with each.
    this.epoch = Number(producer.producerId ?? 0n) * 32_768 + (producer.producerEpoch ?? 0)
  }

  begin(): Promise<void> {
    return told(async () => {
      this.#transaction = await this.#producer.beginTransaction(anyProducer)
    })
  }

  send(batches: ReadonlyArray<OutBatch>): Promise<ReadonlyArray<number>> {
    return told(async () => {
      const messages = batches.flatMap(({ topic, partition, records }) =>
        records.map(({ key, value, timestamp, common, own }) => {
          const message = {
            topic,
            partition,
            key: bytes(key),
            value: bytes(value),
            timestamp: BigInt(timestamp),
            headers: this.#headers.of(common, own)
          }
          // A tombstone has no value, which the types of the client do not foresee.
          return message as MessageToProduce<Buffer, Buffer, Buffer, Buffer>
        })
      )
      const { offsets = [] } = await this.#transaction!.send({ messages })
      return batches.map(({ topic, partition }) => {
        const found = offsets.find((one) => one.topic === topic && one.partition === partition)
        if (found === undefined) throw new KafkaFault("unreachable", "NO_OFFSET")
        return Number(found.offset)
      })
    })
  }

  commit(): Promise<void> {
    return told(() => this.#transaction!.commit())
  }

  abort(): Promise<void> {
    return told(() => this.#transaction!.abort())
  }

  async close(): Promise<void> {
    await this.#producer.close().catch(() => undefined)
  }
}

const told = async <A>(work: () => Promise<A>): Promise<A> => {
  try {
    return await work()
  } catch (error) {
    throw toFault(error)
  }
}

/** Takes the next epoch of the transactional id. */
export const openProducer = async (
  options: KafkaLogOptions,
  transactionalId: string
): Promise<KafkaProducer> => {
  const { compression = "none", transactionTimeout = 10_000 } = options
  const producer = new Producer({
    ...connectionOptions(options),
    idempotent: true,
    transactionalId,
    compression,
    // The client sends this as the timeout of the transaction.
    timeout: transactionTimeout
  })
  try {
    const transaction = await producer.beginTransaction(anyProducer)
    // Nothing is in it, so the brokers know of none: it only had the client take the epoch.
    await transaction.cancel()
    return new PlatformaticProducer(producer)
  } catch (error) {
    await producer.close().catch(() => undefined)
    throw toFault(error)
  }
}
