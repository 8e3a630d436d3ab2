import type { Broker, ClusterMetadata } from "@platformatic/kafka"

import { eachOf, faultOf, type Places, placesOf } from "../client.ts"

/** The brokers that lead these partitions, each with those that it leads. */
export const leadersOf = (
  { brokers, topics }: ClusterMetadata,
  places: Places
): ReadonlyArray<readonly [Broker, Places]> => {
  const led = Map.groupBy(
    eachOf(places),
    ({ topic, partition }) => topics.get(topic)?.partitions[partition]?.leader ?? -1
  )
  return [...led].map(([leader, its]) => {
    const broker = brokers.get(leader)
    if (broker === undefined) throw faultOf("LEADER_NOT_AVAILABLE")
    return [broker, placesOf(its)] as const
  })
}
