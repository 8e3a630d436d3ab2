import { setTimeout as sleep } from "node:timers/promises"

import { type KafkaClient, KafkaFault, type Partitions } from "./client.ts"

/**
 * Where partitions end for readers, once all that stands in them now is decided: an open transaction hides what others
 * have committed after it. @param patience milliseconds to wait for that
 */
export const decidedEnds = async (
  client: KafkaClient,
  topics: Partitions,
  patience: number
): Promise<ReadonlyMap<string, ReadonlyArray<number>>> => {
  const written = await client.offsets(topics, "written")
  for (const until = performance.now() + patience; ; await sleep(5)) {
    const ends = await client.offsets(topics, "end")
    const isDecided = [...written].every(([topic, all]) =>
      all.every((end, partition) => ends.get(topic)![partition]! >= end)
    )
    if (isDecided) return ends
    if (performance.now() > until) throw new KafkaFault("unreachable", "TRANSACTION_OPEN")
  }
}
