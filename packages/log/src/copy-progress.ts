import { stateTopic } from "@plimsoll/schema"

import type { Log, LogRecord, NewRecord } from "./log.ts"
import { canonicalJson, recordId, timeOfMicros } from "./record.ts"

/** How far one partition has been copied. */
export interface CopiedPartition {
  /** The offset of the source to read on from. */
  readonly next: number
  /** An offset of the target: all records before it were known to be copied ones. */
  readonly target: number
  /** How many copied records stand from there on. */
  readonly count: number
}

/** The first part of the key. No connector can have an instance of that name, so no checkpoint has such a key. */
const mark = "/plimsoll/log-copy"

/** The key of a partition's progress. */
export const progressKey = (log: string, topic: string, partition: number): string =>
  canonicalJson([mark, log, topic, partition])

/** Whether a record tells how far a copy came. */
export const isCopyProgress = ({ topic, key }: Pick<LogRecord, "topic" | "key">): boolean =>
  topic === stateTopic && key !== null && key.startsWith(`["${mark}",`)

/** The record of a partition's progress. */
export const progressRecord = (
  log: string,
  topic: string,
  partition: number,
  progress: CopiedPartition
): NewRecord => {
  const key = progressKey(log, topic, partition)
  const value = JSON.stringify({ format: 1, ...progress })
  return {
    key,
    value,
    partitionKey: key,
    headers: {
      ce_specversion: "1.0",
      ce_source: mark,
      ce_type: "plimsoll.log-copy.upserted",
      "content-type": "application/json",
      ce_id: recordId(mark, key, value),
      ce_time: timeOfMicros(Date.now() * 1000),
      ce_partitionkey: key
    },
    // Stamped as old as can be: times never decrease in a partition, and those of the copied checkpoints are kept.
    copied: { partition: 0, recordedAt: 1_000 }
  }
}

/** The progress of all partitions that were copied from a log, by their key. */
export const copyProgress = async (to: Log, from: string): Promise<Map<string, CopiedPartition>> => {
  const found = new Map<string, CopiedPartition>()
  for (const [key, record] of await to.latest(stateTopic)) {
    if (!key.startsWith(`["${mark}",${JSON.stringify(from)},`)) continue
    const { next, target, count } = JSON.parse(record.value!) as CopiedPartition
    found.set(key, { next, target, count })
  }
  return found
}
