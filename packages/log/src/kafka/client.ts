import type { Lease, LogRecord } from "../log.ts"

/** Headers as names and texts. */
export interface Headers {
  readonly [name: string]: string
}

/** A record on its way to the brokers. */
export interface OutRecord {
  readonly key: string | null
  readonly value: string | null
  /** Milliseconds since 1970. */
  readonly timestamp: number
  /** Headers that many records have in common: the same object in each of them. */
  readonly common: Headers
  /** Headers of its own, over the common ones. */
  readonly own: Headers
}

/** Records of one partition, to be sent as one batch. */
export interface OutBatch {
  readonly topic: string
  readonly partition: number
  readonly records: ReadonlyArray<OutRecord>
}

/** How a transaction was to end. */
export type Decision = "commit" | "abort"

/** Who writes in transactions. A failed call throws a {@link KafkaFault}. */
export interface KafkaProducer {
  /** Kafka's number of it: the same for all producers of one transactional id, as long as the brokers know that. */
  readonly id: bigint
  /** Higher for each producer of the same id. */
  readonly epoch: number
  /** Opens a transaction. */
  begin(): Promise<void>
  /** Sends one batch for each partition at most; gives the offset of the first record of each, in their order. */
  send(batches: ReadonlyArray<OutBatch>): Promise<ReadonlyArray<number>>
  commit(): Promise<void>
  abort(): Promise<void>
  /** Ends what is open of this producer in these partitions, by a transaction without records. */
  mark(partitions: Places, how: Decision): Promise<void>
  close(): Promise<void>
}

/** What one fetch brought. */
export interface Fetched {
  /** Committed records, in order of offset. */
  readonly records: ReadonlyArray<LogRecord>
  /** Where to fetch on: past the marks of transactions, and past what was aborted. */
  readonly next: number
  /** The last stable offset: the end for who reads committed records only. */
  readonly end: number
}

/** A topic to be made. */
export interface NewTopic {
  readonly topic: string
  readonly partitions: number
  readonly replication: number
  readonly settings: { readonly [name: string]: string }
}

/** By topic: how many partitions. */
export type Partitions = ReadonlyMap<string, number>

/** By topic: which partitions. */
export type Places = ReadonlyMap<string, ReadonlyArray<number>>

/** One of them. */
export interface Place {
  readonly topic: string
  readonly partition: number
}

/** Partitions by their topics. */
export const placesOf = (places: ReadonlyArray<Place>): Places =>
  new Map(
    [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, its]) => [
      topic,
      its.map(({ partition }) => partition)
    ])
  )

/** The partitions one by one. */
export const eachOf = (places: Places): ReadonlyArray<Place> =>
  [...places].flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition })))

/** All partitions of these topics. */
export const allOf = (topics: Partitions): Places =>
  new Map([...topics].map(([topic, count]) => [topic, Array.from({ length: count }, (_, at) => at)]))

/** A topic as a user sees it, or does not. */
export interface SeenTopic {
  /** `hidden`: the user may not know whether it is there. */
  readonly state: "there" | "missing" | "hidden"
  readonly partitions: number
  /** Replicas of the partition that has the fewest. */
  readonly replication: number
  /** What the user may do with it: a bit for each of Kafka's operations, by its number. */
  readonly operations: number
}

/**
 * What the log asks of a Kafka client. Every failure is a {@link KafkaFault}; what passes by itself (a new leader, a
 * broker that starts) is tried again within until the client's own patience ends.
 */
export interface KafkaClient {
  /** Those of these topics that are there. Default: all, the brokers' own left out. */
  partitions(topics?: ReadonlyArray<string>): Promise<Partitions>
  brokers(): Promise<number>
  /** Each of these topics as this user sees it. */
  look(topics: ReadonlyArray<string>): Promise<ReadonlyMap<string, SeenTopic>>
  /** By topic, its settings. */
  settings(topics: ReadonlyArray<string>): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>>
  /** Makes the topics; one that is there already is left as it is. */
  createTopics(topics: ReadonlyArray<NewTopic>): Promise<void>
  /** By topic, for each partition: the first offset, the last stable one, or the end of all that was written, decided or not. */
  offsets(
    topics: Partitions,
    which: "first" | "end" | "written"
  ): Promise<ReadonlyMap<string, ReadonlyArray<number>>>
  /** Committed records from an offset on. Waits so long for something to come where there is nothing. */
  fetch(topic: string, partition: number, from: number, milliseconds?: number): Promise<Fetched>
  /** Takes the next epoch of a transactional id: whoever had it before can write no more. */
  producer(transactionalId: string): Promise<KafkaProducer>
  /** How the last transaction of this id was to end, until another producer takes it; of one under way, `abort`. */
  decision(transactionalId: string): Promise<Decision>
  /** Where, of these partitions, records of this producer wait for the mark that ends their transaction. */
  unmarked(producer: bigint, partitions: Places): Promise<Places>
  /** See `Log.lease`. The group has one partition to give: that of `topic`. Rejects with the signal's reason when that aborts. */
  lease(
    group: string,
    topic: string,
    options: { readonly signal?: AbortSignal | undefined; readonly onWait?: (() => void) | undefined }
  ): Promise<Lease>
  close(): Promise<void>
}

/** What a broker, or the way to it, may answer. */
export type FaultKind =
  | "fenced"
  | "topic-missing"
  | "out-of-range"
  | "refused"
  | "invalid"
  | "unsupported"
  | "unreachable"

/** A failure of a Kafka client, told by kind. */
export class KafkaFault extends Error {
  readonly kind: FaultKind
  /** Kafka's name of the error, or the client's: never what a record holds. */
  readonly reason: string

  constructor(kind: FaultKind, reason: string, cause?: unknown) {
    super(`${kind}: ${reason}`, { cause })
    this.kind = kind
    this.reason = reason
  }
}

const kinds: { readonly [name: string]: FaultKind } = {
  INVALID_PRODUCER_EPOCH: "fenced",
  PRODUCER_FENCED: "fenced",
  TRANSACTION_COORDINATOR_FENCED: "fenced",
  UNKNOWN_TOPIC_OR_PARTITION: "topic-missing",
  OFFSET_OUT_OF_RANGE: "out-of-range",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "refused",
  UNABLE_TO_GET_ISSUER_CERT: "refused",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "refused",
  SELF_SIGNED_CERT_IN_CHAIN: "refused",
  DEPTH_ZERO_SELF_SIGNED_CERT: "refused",
  CERT_SIGNATURE_FAILURE: "refused",
  CERT_HAS_EXPIRED: "refused",
  CERT_NOT_YET_VALID: "refused",
  ERR_TLS_CERT_ALTNAME_INVALID: "refused",
  SASL_AUTHENTICATION_FAILED: "refused",
  UNSUPPORTED_SASL_MECHANISM: "refused",
  ILLEGAL_SASL_STATE: "refused",
  TOPIC_AUTHORIZATION_FAILED: "refused",
  GROUP_AUTHORIZATION_FAILED: "refused",
  CLUSTER_AUTHORIZATION_FAILED: "refused",
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: "refused",
  MESSAGE_TOO_LARGE: "invalid",
  RECORD_LIST_TOO_LARGE: "invalid",
  INVALID_TIMESTAMP: "invalid",
  INVALID_RECORD: "invalid",
  INVALID_TOPIC_EXCEPTION: "invalid",
  INVALID_PARTITIONS: "invalid",
  INVALID_REPLICATION_FACTOR: "invalid",
  INVALID_CONFIG: "invalid",
  INVALID_REQUEST: "invalid",
  POLICY_VIOLATION: "invalid",
  INVALID_TRANSACTION_TIMEOUT: "invalid",
  INVALID_SESSION_TIMEOUT: "invalid",
  INVALID_GROUP_ID: "invalid",
  INCONSISTENT_GROUP_PROTOCOL: "invalid",
  GROUP_MAX_SIZE_REACHED: "invalid",
  UNSUPPORTED_ASSIGNOR: "unsupported",
  UNSUPPORTED_VERSION: "unsupported",
  UNSUPPORTED_COMPRESSION_TYPE: "unsupported",
  UNSUPPORTED_FOR_MESSAGE_FORMAT: "unsupported"
}

/** The fault that Kafka's own name of an error stands for; what is not known may pass by itself. */
export const faultOf = (name: string, cause?: unknown): KafkaFault =>
  new KafkaFault(kinds[name] ?? "unreachable", name, cause)
