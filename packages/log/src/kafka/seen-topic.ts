import { faultOf, type SeenTopic } from "./client.ts"

/** Kafka's number of the error that says: no such topic. */
const unknownTopic = 3
const mayNotKnow = 29
const leaderNotAvailable = 5

/** What a broker answers of a topic. */
export interface TopicAnswer {
  readonly error: number
  /** The replicas of each partition. */
  readonly replicas: ReadonlyArray<number>
  readonly operations: number
}

/** A topic as a user sees it, from what a broker answers. */
export const seenTopic = ({ error, replicas, operations }: TopicAnswer): SeenTopic => {
  if (error === unknownTopic) return { state: "missing", partitions: 0, replication: 0, operations: 0 }
  if (error === mayNotKnow) return { state: "hidden", partitions: 0, replication: 0, operations: 0 }
  if (error !== 0 && error !== leaderNotAvailable) throw faultOf(`ERROR_${error}`)
  return { state: "there", partitions: replicas.length, replication: Math.min(...replicas), operations }
}
