import type { Core } from "@plimsoll/core"
import type { Log } from "@plimsoll/log"
import { deadLetterTopic } from "@plimsoll/schema"
import type { Metrics } from "./metrics.ts"
import { streamsOn } from "./sealed-streams.ts"

/** How far the store is behind one partition of the log. */
export interface Lag {
  readonly topic: string
  readonly partition: number
  /** The offset that the next record will get. */
  readonly end: number
  /** The offset up to which the store has landed. */
  readonly landed: number
  readonly lag: number
}

/**
 * How far the store is behind the log: every partition of every topic that it lands, of which the log knows. Sealed streams
 * are not among them: it never lands them, and their offsets would tell how answers come in.
 */
export const lagOf = async (
  log: Log,
  landed: Awaited<ReturnType<Core["landed"]>>
): Promise<ReadonlyArray<Lag>> => {
  const streams = (await streamsOn(log)).filter((stream) => stream.access !== "sealed")
  const topics = await log.topics(streams.flatMap(({ topic }) => [topic, deadLetterTopic(topic)]))
  return topics.flatMap(({ topic, offsets }) =>
    offsets.map(({ partition, first, end }) => {
      const next = landed.get(topic)?.get(partition) ?? first
      return { topic, partition, end, landed: next, lag: Math.max(0, end - next) }
    })
  )
}

/** The lag as a metric. */
export const meterLag = (metrics: Metrics, lags: ReadonlyArray<Lag>): void =>
  metrics.setAll(
    "lag",
    lags.map(({ topic, partition, lag }) => [
      lag,
      { "messaging.destination.name": topic, "messaging.destination.partition.id": String(partition) }
    ])
  )
