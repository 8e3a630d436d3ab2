/** How a topic is kept. `keep`: everything, for ever. `compact`: the latest record of each key. */
export type Cleanup = "keep" | "compact"

/** A topic to be made. */
export interface TopicSpec {
  readonly topic: string
  readonly partitions: number
  readonly cleanup: Cleanup
}

/** A topic as it stands. */
export interface TopicInfo extends TopicSpec {
  /** Where the log lets go of records by age or size, so that facts are lost; absent where it keeps them. */
  readonly expires?: { readonly milliseconds?: number; readonly bytes?: number }
  /** By partition: the first offset still there, and the offset that the next record will get. */
  readonly offsets: ReadonlyArray<{
    readonly partition: number
    readonly first: number
    readonly end: number
  }>
}

/** A record to be appended. */
export interface NewRecord {
  /** Canonical JSON of the business key; null on topics without one. */
  readonly key: string | null
  /** The plain row as JSON; null is a tombstone. */
  readonly value: string | null
  /** Decides the partition (murmur2, as every Kafka client does); records of one partition key stay in order. */
  readonly partitionKey: string
  /** Headers of this record, over those of its group. */
  readonly headers: { readonly [name: string]: string }
  /** Of a record that is copied from another log: where and when it stands there. Default: by its partition key, and now. */
  readonly copied?: { readonly partition: number; readonly recordedAt: number }
}

/** Records of one topic that have headers in common. */
export interface RecordGroup {
  readonly topic: string
  readonly headers: { readonly [name: string]: string }
  readonly records: ReadonlyArray<NewRecord>
}

/** A record as it stands on the log. */
export interface LogRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Stamped once by the writer that appended it, never decreasing within a partition: microseconds since 1970 (fits a double until the year 2255). */
  readonly recordedAt: number
  readonly key: string | null
  readonly value: string | null
  readonly headers: { readonly [name: string]: string }
  /** The value as it stands, where a stranger wrote what is no UTF-8 text; `value` is then empty. */
  readonly bytes?: Uint8Array
}

/** What {@link LogWriter.append} did: by topic and partition, the offsets [first, end) of its records. */
export type Appended = ReadonlyArray<{
  readonly topic: string
  readonly partition: number
  readonly first: number
  readonly end: number
}>

/** What {@link Log.read} gives. */
export interface LogBatch {
  readonly records: ReadonlyArray<LogRecord>
  /** Where to read on. May pass offsets that hold no record (compacted, or the marks of a transaction). */
  readonly next: number
}

/**
 * The only one who may append under its id. Opening a second writer with the same id takes a higher epoch and
 * fences the first, whose next append fails with `log-fenced`.
 */
export interface LogWriter {
  readonly id: string
  readonly epoch: number
  /**
   * All groups, or none: one transaction over all topics, durable when the promise resolves. Several may be under
   * way: they are done in the order asked, and if one fails, those asked for before that was known fail with it.
   *
   * `log-unreachable` says that the log did not answer: whether the append was done is then not known, and this
   * writer appends no more. Open another with the same id, and read the log to see how far the last one came.
   */
  append(groups: ReadonlyArray<RecordGroup>): Promise<Appended>
  close(): Promise<void>
}

/**
 * The event log. Errors are `PlimsollError` with one of the codes of {@link LogErrorCode}.
 */
export interface Log {
  /** Made with the log and never changed: tells one log from another. */
  readonly id: string
  /** Makes the topics that are not there. A topic that is there with other partitions or cleanup is `log-topic-differs`. */
  ensureTopics(topics: ReadonlyArray<TopicSpec>): Promise<void>
  /** All topics of this log, or those of these names that are there, in order of name. */
  topics(names?: ReadonlyArray<string>): Promise<ReadonlyArray<TopicInfo>>
  /** Takes the next epoch of this id. `id`: `plimsoll.<project>.<instance>`. */
  writer(id: string): Promise<LogWriter>
  /**
   * The committed records of one partition from `from` on, in order of offset, at most `limit` of them
   * (default 10,000; fewer where they are large) and none at or past `until`. An empty answer means that there are none yet.
   * `from` beyond the end is `log-offset-out-of-range`.
   */
  read(
    topic: string,
    partition: number,
    from: number,
    options?: { readonly limit?: number; readonly until?: number }
  ): Promise<LogBatch>
  /** The latest record of each key of a compacted topic, tombstones left out. A topic that is not there is empty. */
  latest(topic: string): Promise<ReadonlyMap<string, LogRecord>>
  /**
   * Resolves when all is decided that stands in these topics at the call: what a writer has under way hides from readers
   * what others have committed after it. To be called before one's own records are looked for, by the holder of the
   * writer's epoch: whoever finds no record would append it again.
   */
  settled(topics: ReadonlyArray<string>): Promise<void>
  /**
   * Resolves when something was appended after the call was made, when `milliseconds` have passed, when the signal
   * aborts or the log is closed. Call it before the read that may find nothing, and await it after.
   */
  changed(milliseconds: number, signal?: AbortSignal): Promise<void>
  /**
   * Waits until nobody else holds the lease of this id, and holds it until it is released or the process ends. At
   * most one holds it at a time; who loses it (a process that stood still for longer than the log waits for a sign
   * of life) is told by {@link Lease.lost}. Rejects with the signal's reason when that aborts first.
   */
  lease(
    id: string,
    options?: {
      readonly signal?: AbortSignal
      /** Called once, when somebody else is found to hold it. */
      readonly onWait?: () => void
    }
  ): Promise<Lease>
  close(): Promise<void>
}

/** The right to be the only one, see {@link Log.lease}. */
export interface Lease {
  /** Aborts when the lease is lost: what it was held for must stop. */
  readonly lost: AbortSignal
  release(): Promise<void>
}

/** The closed list of what may go wrong on a log. */
export type LogErrorCode =
  | "log-fenced"
  | "log-topic-missing"
  | "log-topic-differs"
  | "log-offset-out-of-range"
  | "log-newer"
  | "log-not-a-log"
  | "log-disk-full"
  | "log-busy"
  | "log-closed"
  | "log-unreachable"
  | "log-refused"
  | "log-unsupported"
  | "log-failed"
