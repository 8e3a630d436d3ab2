import {
  Base,
  type BaseOptions,
  type Connection,
  type fetchV17,
  kGetApi,
  kGetConnection
} from "@platformatic/kafka"
import { setTimeout as sleep } from "node:timers/promises"

import type { Fetched } from "../client.ts"
import { committedOnly } from "../committed.ts"
import { type Received, recordsOf } from "../received.ts"
import { toFault } from "./fault.ts"

type FetchApi = typeof fetchV17.api

/** Bytes that one fetch brings at the most; a single batch may be larger. */
const mostBytes = 4 * 1024 * 1024

const transactional = 1 << 4
const control = 1 << 5

/** Names of errors after which another broker may be the one to ask. */
const moved = new Set([
  "NOT_LEADER_OR_FOLLOWER",
  "LEADER_NOT_AVAILABLE",
  "FENCED_LEADER_EPOCH",
  "UNKNOWN_LEADER_EPOCH",
  "UNKNOWN_TOPIC_ID",
  "UNKNOWN_TOPIC_OR_PARTITION"
])

/**
 * Reads committed records of one partition after the other. The client's own consumer is not used for this: it reads
 * through a group, and of a producer's aborted transactions it leaves out but one in each fetch.
 */
export class Fetcher {
  readonly #base: Base
  readonly #patience: number
  #api: Promise<FetchApi> | undefined

  constructor(connection: BaseOptions, patience: number) {
    this.#base = new Base(connection)
    this.#patience = patience
  }

  async fetch(topic: string, partition: number, from: number, milliseconds: number): Promise<Fetched> {
    for (const until = performance.now() + this.#patience; ;) {
      try {
        return await this.#fetch(topic, partition, from, milliseconds)
      } catch (error) {
        const fault = toFault(error)
        const passing = moved.has(fault.reason) || fault.kind === "unreachable"
        if (!passing || performance.now() > until) throw fault
        this.#base.clearMetadata()
        await sleep(50)
      }
    }
  }

  async close(): Promise<void> {
    await this.#base.close()
  }

  async #fetch(topic: string, partition: number, from: number, milliseconds: number): Promise<Fetched> {
    const metadata = await this.#base.metadata({ topics: [topic] })
    const found = metadata.topics.get(topic)!
    const leader = metadata.brokers.get(found.partitions[partition]!.leader)!
    const [api, connection] = await Promise.all([
      (this.#api ??= this.#fetchApi()),
      new Promise<Connection>((resolve, reject) =>
        this.#base[kGetConnection](leader, (error, made) => (error === null ? resolve(made!) : reject(error)))
      )
    ])
    const wanted = {
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: BigInt(from),
      lastFetchedEpoch: -1,
      partitionMaxBytes: mostBytes
    }
    // Until version 12 topics are told by name, from then on by id.
    const topicId = api.version <= 12 ? topic : found.id
    const response = await api.async(
      connection,
      milliseconds,
      1,
      mostBytes,
      1,
      0,
      -1,
      [{ topicId, partitions: [wanted] }],
      [],
      ""
    )
    const answer = response.responses[0]?.partitions[0]
    const end = Number(answer?.lastStableOffset ?? from)
    const batches = (answer?.records ?? []).map((batch) => {
      const firstOffset = Number(batch.firstOffset)
      const isControl = (batch.attributes & control) !== 0
      return {
        batch,
        firstOffset,
        lastOffset: firstOffset + batch.lastOffsetDelta,
        producerId: batch.producerId,
        transactional: (batch.attributes & transactional) !== 0,
        mark: isControl ? (batch.records[0]?.key?.readInt16BE(2) === 0 ? "abort" : "commit") : undefined
      } as const
    })
    const aborted = (answer?.abortedTransactions ?? []).map(({ producerId, firstOffset }) => ({
      producerId,
      firstOffset: Number(firstOffset)
    }))
    const received = committedOnly(batches, aborted).flatMap(({ batch, firstOffset }) => {
      const time = Number(batch.firstTimestamp)
      return batch.records.flatMap((record): ReadonlyArray<Received> => {
        const offset = firstOffset + record.offsetDelta
        if (offset < from) return []
        const { key, value, headers } = record
        return [{ offset, timestamp: time + Number(record.timestampDelta), key, value, headers }]
      })
    })
    return {
      records: recordsOf(topic, partition, received),
      next: batches.length === 0 ? from : Math.max(from, batches.at(-1)!.lastOffset + 1),
      end
    }
  }

  #fetchApi(): Promise<FetchApi> {
    return new Promise((resolve, reject) =>
      this.#base[kGetApi]("Fetch", (error, api) => {
        if (error === null) resolve(api as unknown as FetchApi)
        else {
          this.#api = undefined
          reject(error)
        }
      })
    )
  }
}
