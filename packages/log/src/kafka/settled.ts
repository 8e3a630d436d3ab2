import { setTimeout as sleep } from "node:timers/promises"

import { type KafkaClient, KafkaFault, type Partitions } from "./client.ts"

/** Waits until all is decided that stands in these topics now, for so many milliseconds: see `Log.settled`. */
export const untilSettled = async (
  client: KafkaClient,
  topics: Partitions,
  patience: number
): Promise<void> => {
  if (topics.size === 0) return
  const written = await client.offsets(topics, "written")
  for (const until = performance.now() + patience; ; await sleep(5)) {
    const ends = await client.offsets(topics, "end")
    const isSettled = [...written].every(([topic, all]) =>
      all.every((end, partition) => ends.get(topic)![partition]! >= end)
    )
    if (isSettled) return
    if (performance.now() > until) throw new KafkaFault("unreachable", "TRANSACTION_OPEN")
  }
}
