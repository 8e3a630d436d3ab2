import type { Broker, ClusterMetadata } from "@platformatic/kafka"

import { faultOf, type Places } from "../client.ts"

/** The brokers that lead these partitions, each with those that it leads. */
export const leadersOf = (
  { brokers, topics }: ClusterMetadata,
  places: Places
): ReadonlyArray<readonly [Broker, Places]> => {
  const led = new Map<number, Map<string, Array<number>>>()
  for (const [topic, partitions] of places) {
    for (const partition of partitions) {
      const leader = topics.get(topic)?.partitions[partition]?.leader ?? -1
      const its = led.get(leader) ?? new Map<string, Array<number>>()
      led.set(leader, its)
      its.set(topic, [...(its.get(topic) ?? []), partition])
    }
  }
  return [...led].map(([leader, its]) => {
    const broker = brokers.get(leader)
    if (broker === undefined) throw faultOf("LEADER_NOT_AVAILABLE")
    return [broker, its] as const
  })
}
