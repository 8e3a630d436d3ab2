import { setTimeout as sleep } from "node:timers/promises"

import {
  allOf,
  type KafkaClient,
  KafkaFault,
  type KafkaProducer,
  type Partitions,
  type Places
} from "./client.ts"

/** Waits until a producer's transaction is marked in these partitions, for so many milliseconds. */
export const untilMarked = async (
  unmarked: (partitions: Places) => Promise<Places>,
  partitions: Places,
  patience: number
): Promise<void> => {
  const until = performance.now() + patience
  for (let open = partitions; (open = await unmarked(open)).size > 0; await sleep(2))
    if (performance.now() > until) throw new KafkaFault("unreachable", "NOT_MARKED")
}

/**
 * Takes the next epoch of a transactional id, and ends what the brokers left open of the last transaction of that id.
 *
 * Brokers of version 4.3 and 4.4 that are killed between the decision to commit and the marks in the partitions take a
 * partition that has no leader while they start for one that was deleted: the coordinator says that the transaction is
 * complete, and its records hang. Readers stop before them; the next transaction of the same producer would carry them
 * along, however it ends; and a checkpoint among them would be read by nobody, and its rows appended again.
 *
 * @param topics all that the last producer may have written to
 * @param patience milliseconds to wait for the marks
 */
export const takeProducer = async (
  client: KafkaClient,
  transactionalId: string,
  topics: Partitions,
  patience: number
): Promise<KafkaProducer> => {
  // Asked before: with the next epoch the coordinator forgets it. What is then under way is aborted by that.
  const decision = await client.decision(transactionalId)
  const producer = await client.producer(transactionalId)
  try {
    const unmarked = (places: Places) => client.unmarked(producer.id, places)
    const hanging = await unmarked(allOf(topics))
    if (hanging.size > 0) {
      await producer.mark(hanging, decision)
      await untilMarked(unmarked, hanging, patience)
    }
    return producer
  } catch (error) {
    await producer.close().catch(() => undefined)
    throw error
  }
}
