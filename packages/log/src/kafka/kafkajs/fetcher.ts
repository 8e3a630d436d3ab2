import { gunzipSync } from "node:zlib"

import type { LogRecord } from "../../log.ts"
import { faultOf, type Fetched } from "../client.ts"
import { type Aborted, committedOnly } from "../committed.ts"
import { batchesIn, readRecords, type WireBatch } from "../record-batch.ts"
import type { Brokers } from "./brokers.ts"
import { encoded, errorOf, type Protocol } from "./internals.ts"
import { WireReader, WireWriter } from "./wire.ts"

/** Bytes that one fetch brings at the most; a single batch may be larger. */
const mostBytes = 4 * 1024 * 1024

const readCommitted = 1
const gzip = 1

interface FetchOne {
  readonly topic: string
  readonly partition: number
  readonly from: number
  /** Milliseconds that the broker may wait for something to come. */
  readonly wait: number
}

interface FetchedOne {
  /** Kafka's number of an error; 0 for none. */
  readonly error: number
  readonly lastStableOffset: number
  readonly aborted: ReadonlyArray<Aborted>
  readonly batches: ReadonlyArray<WireBatch>
}

const requestOf = ({ topic, partition, from, wait }: FetchOne): Buffer => {
  const writer = new WireWriter()
  return (
    writer
      .int32(-1)
      .int32(wait)
      .int32(1)
      .int32(mostBytes)
      .int8(readCommitted)
      // No session: each request says all it wants.
      .int32(0)
      .int32(-1)
      .array([topic], (name) => {
        writer.text(name).array([partition], (one) => {
          writer.int32(one).int32(-1).int64(from).int64(-1).int32(mostBytes)
        })
      })
      .int32(0)
      .text("")
      .done()
  )
}

const answerOf = (bytes: Buffer): FetchedOne => {
  const reader = new WireReader(bytes)
  reader.int32()
  const error = reader.int16()
  reader.int32()
  const [found] = reader
    .array(() => {
      reader.text()
      return reader.array((): FetchedOne => {
        reader.int32()
        const failed = reader.int16()
        reader.int64()
        const lastStableOffset = Number(reader.int64())
        reader.int64()
        const aborted = reader.array(() => ({
          producerId: reader.int64(),
          firstOffset: Number(reader.int64())
        }))
        reader.int32()
        return { error: failed, lastStableOffset, aborted, batches: batchesIn(reader.bytes()) }
      })
    })
    .flat()
  return error === 0 && found !== undefined ? found : { error, lastStableOffset: 0, aborted: [], batches: [] }
}

/**
 * Kafka's Fetch, version 11. The library's own reading of the answer forgets a batch that holds no record (any more),
 * so that a reader would never get past it.
 */
const fetchOne = (one: FetchOne): Protocol<FetchedOne> => ({
  request: {
    apiKey: 1,
    apiVersion: 11,
    apiName: "Fetch",
    encode: () => Promise.resolve(encoded(requestOf(one)))
  },
  response: {
    decode: async (bytes) => answerOf(bytes),
    parse: async (answer) => {
      if (answer.error !== 0) throw errorOf(answer.error)
      return answer
    }
  }
})

/** Committed records of a partition. */
export const fetchCommitted = async (brokers: Brokers, one: FetchOne): Promise<Fetched> => {
  const { topic, partition, from } = one
  const broker = await brokers.node(await brokers.leader(topic, partition))
  const { aborted, batches, lastStableOffset } = await broker.connectionPool.send(fetchOne(one))
  const records: Array<LogRecord> = []
  for (const batch of committedOnly(batches, aborted))
    readRecords(topic, partition, batch, plain(batch), from, records)
  return {
    records,
    next: Math.max(from, (batches.at(-1)?.lastOffset ?? -1) + 1),
    end: lastStableOffset
  }
}

const plain = ({ compression, payload }: WireBatch): Buffer => {
  if (compression === 0) return payload
  if (compression !== gzip) throw faultOf("UNSUPPORTED_COMPRESSION_TYPE")
  return gunzipSync(payload)
}
