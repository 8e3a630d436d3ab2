import {
  Base,
  type BaseOptions,
  compressionsAlgorithmsByBitmask,
  protocolErrorsCodesById
} from "@platformatic/kafka"

import type { LogRecord } from "../../log.ts"
import { type Fetched, faultOf } from "../client.ts"
import { committedOnly } from "../committed.ts"
import { readRecords, type WireBatch } from "../record-batch.ts"
import { connectionTo, tidy } from "./connection.ts"
import { fetchOne } from "./fetch-api.ts"
import { persist } from "./persist.ts"

/** Bytes that one fetch brings at the most; a single batch may be larger. */
const mostBytes = 4 * 1024 * 1024

/**
 * Reads committed records of one partition after the other. The client's own consumer is not used for this: it reads
 * through a group, and of a producer's aborted transactions it leaves out but one in each fetch.
 */
export class Fetcher {
  readonly #base: Base
  readonly #patience: number

  constructor(connection: BaseOptions, patience: number) {
    this.#base = tidy(new Base(connection))
    this.#patience = patience
  }

  fetch(topic: string, partition: number, from: number, milliseconds: number): Promise<Fetched> {
    return persist(this.#patience, (anew) => {
      if (anew) this.#base.clearMetadata()
      return this.#fetch(topic, partition, from, milliseconds)
    })
  }

  async close(): Promise<void> {
    await this.#base.close()
  }

  async #fetch(topic: string, partition: number, from: number, wait: number): Promise<Fetched> {
    const metadata = await this.#base.metadata({ topics: [topic] })
    const leader = metadata.brokers.get(metadata.topics.get(topic)?.partitions[partition]?.leader ?? -1)
    if (leader === undefined) throw faultOf("LEADER_NOT_AVAILABLE")
    const connection = await connectionTo(this.#base, leader)
    const found = await fetchOne.async(connection, { topic, partition, from, wait, mostBytes })
    if (found.error !== 0) throw faultOf(protocolErrorsCodesById[found.error] ?? String(found.error))
    const records: Array<LogRecord> = []
    for (const batch of committedOnly(found.batches, found.aborted))
      readRecords(topic, partition, batch, plain(batch), from, records)
    return {
      records,
      next: Math.max(from, (found.batches.at(-1)?.lastOffset ?? -1) + 1),
      end: found.lastStableOffset
    }
  }
}

const plain = ({ compression, payload }: WireBatch): Buffer => {
  if (compression === 0) return payload
  const algorithm = compressionsAlgorithmsByBitmask[compression]
  if (algorithm === undefined) throw faultOf("UNSUPPORTED_COMPRESSION_TYPE")
  return algorithm.decompressSync(payload)
}
