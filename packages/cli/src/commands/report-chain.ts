import { createHash } from "node:crypto"
import { canonicalJson, type Log, type LogRecord } from "@plimsoll/log"
import type { ChainedPartition } from "@plimsoll/quality"

/** A record as it goes into the chain: equal texts are equal records. */
const canonicalRecord = (record: LogRecord): string =>
  canonicalJson([
    record.topic,
    record.partition,
    record.offset,
    record.recordedAt,
    record.key,
    record.bytes === undefined ? record.value : Buffer.from(record.bytes).toString("base64"),
    record.headers
  ])

/** The hash chain over one partition from `first` up to `end`: h(i) = SHA-256(h(i−1) ‖ record i), h(−1) = 32 zero bytes. */
export const chainOf = async (
  log: Log,
  { topic, partition, first, end }: Pick<ChainedPartition, "topic" | "partition" | "first" | "end">
): Promise<ChainedPartition> => {
  let hash: Uint8Array = new Uint8Array(32)
  let records = 0
  for (let from = first; from < end;) {
    const batch = await log.read(topic, partition, from, { until: end })
    for (const record of batch.records) {
      hash = createHash("sha256").update(hash).update(canonicalRecord(record)).digest()
    }
    records += batch.records.length
    if (batch.next <= from) break
    from = batch.next
  }
  return { topic, partition, first, end, records, hash: Buffer.from(hash).toString("hex") }
}

/** How far a store has read the log, by topic and partition. */
export type Landed = ReadonlyMap<string, ReadonlyMap<number, number>>

/** The chains over everything that has landed, in order of topic and partition. */
export const chainsOf = async (log: Log, landed: Landed): Promise<ReadonlyArray<ChainedPartition>> => {
  const found: ChainedPartition[] = []
  const topics = await log.topics([...landed.keys()])
  for (const topic of [...landed.keys()].sort()) {
    const offsets = topics.find((one) => one.topic === topic)?.offsets ?? []
    for (const [partition, end] of [...landed.get(topic)!].sort(([a], [b]) => a - b)) {
      const first = offsets.find((one) => one.partition === partition)?.first ?? 0
      found.push(await chainOf(log, { topic, partition, first: Math.min(first, end), end }))
    }
  }
  return found
}

/** A partition of which the log no longer says what it said when the report was made. */
export interface BrokenChain {
  readonly topic: string
  readonly partition: number
  readonly reason: string
}

/** The chains of a report, made again from the log, and those that broke. */
export const checkChains = async (
  log: Log,
  told: ReadonlyArray<ChainedPartition>
): Promise<{
  readonly chains: ReadonlyArray<ChainedPartition>
  readonly broken: ReadonlyArray<BrokenChain>
}> => {
  const chains: ChainedPartition[] = []
  const broken: BrokenChain[] = []
  const topics = await log.topics([...new Set(told.map(({ topic }) => topic))])
  for (const one of told) {
    const { topic, partition } = one
    const there = topics
      .find((info) => info.topic === topic)
      ?.offsets.find((offsets) => offsets.partition === partition)
    if (there === undefined) {
      broken.push({ topic, partition, reason: "is not on the log" })
      continue
    }
    const first = Math.max(one.first, there.first)
    const end = Math.min(one.end, there.end)
    const chain = await chainOf(log, { topic, partition, first: Math.min(first, end), end })
    chains.push(chain)
    if (first > one.first) {
      broken.push({
        topic,
        partition,
        reason: `began at offset ${one.first} when the report was made; the log has let go of all before ${first}`
      })
    } else if (end < one.end) {
      broken.push({
        topic,
        partition,
        reason: `had ${one.end} offsets when the report was made, and ends at ${end}`
      })
    } else if (chain.records !== one.records) {
      broken.push({
        topic,
        partition,
        reason: `had ${one.records} records when the report was made, and has ${chain.records} now`
      })
    } else if (chain.hash !== one.hash) {
      broken.push({ topic, partition, reason: "has a record that was changed since the report was made" })
    }
  }
  return { chains, broken }
}
