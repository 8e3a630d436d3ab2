import { PlimsollError, stateTopic } from "@plimsoll/schema"

import {
  type CopiedPartition,
  copyProgress,
  isCopyProgress,
  progressKey,
  progressRecord
} from "./copy-progress.ts"
import type { Log, LogRecord, LogWriter, NewRecord, TopicInfo, TopicSpec } from "./log.ts"

/** What {@link copyLog} takes. */
export interface CopyOptions {
  /** Of the writer on the target, as in {@link Log.writer}. A second copy under the same id fences the first. */
  readonly id: string
  /** Ends the copy after the transaction under way; the next one goes on from there. */
  readonly signal?: AbortSignal
  /**
   * What to do with a record whose value is no text in UTF-8, which only strangers write. `refuse` ends the copy
   * there; `leave-out` goes on without it. Default: `refuse`.
   */
  readonly bytes?: "refuse" | "leave-out"
  /** Which topics to copy: a cluster may have topics of others. Default: all. */
  readonly topics?: (topic: string) => boolean
  readonly onProgress?: (progress: CopyProgress) => void
}

/** How far a copy is. */
export interface CopyProgress {
  readonly topic: string
  readonly partition: number
  /** Records copied by this call, over all topics. */
  readonly copied: number
  /** Records that were there to be copied when the call began, at most: compacted ones count. */
  readonly total: number
}

/** What {@link copyLog} did. */
export interface CopyReport {
  /** The id of the log that was copied. */
  readonly from: string
  /** The id of the log that has the copy. */
  readonly to: string
  /** Records copied by this call. */
  readonly copied: number
  /** Records left out because their value is no text. */
  readonly leftOut: number
  /** By topic, the records copied by this call; topics that had nothing new are there with 0. */
  readonly topics: ReadonlyArray<{ readonly topic: string; readonly copied: number }>
  /** Whether the target has all; false where the signal ended it before. */
  readonly complete: boolean
}

const mostRecords = 5_000
const mostCharacters = 4 * 1024 * 1024

/** The spec of every topic, checkpoints last: a checkpoint must not be there before the rows that it covers. */
const inOrder = (topics: ReadonlyArray<TopicInfo>): ReadonlyArray<TopicInfo> => [
  ...topics.filter(({ topic }) => topic !== stateTopic),
  ...topics.filter(({ topic }) => topic === stateTopic)
]

const topicsOf = async (log: Log, { topics = () => true }: CopyOptions): Promise<ReadonlyArray<TopicInfo>> =>
  (await log.topics()).filter(({ topic }) => topics(topic))

const notEmpty = (topic: string, partition: number): PlimsollError =>
  new PlimsollError({
    code: "log-copy-target-not-empty",
    message: `topic ${topic} of the target has records in partition ${partition} that were not copied from this log`,
    suggestion:
      "copy into an empty log: take another topic prefix or another cluster, or a folder without a log; a log that is in use already cannot be merged with another"
  })

class Copy {
  readonly #from: Log
  readonly #to: Log
  readonly #writer: LogWriter
  readonly #options: CopyOptions
  readonly #progress: Map<string, CopiedPartition>
  readonly #counts = new Map<string, number>()
  #total = 0
  #copied = 0
  #leftOut = 0

  constructor(
    from: Log,
    to: Log,
    writer: LogWriter,
    progress: Map<string, CopiedPartition>,
    options: CopyOptions
  ) {
    this.#from = from
    this.#to = to
    this.#writer = writer
    this.#progress = progress
    this.#options = options
  }

  async run(): Promise<CopyReport> {
    let complete = false
    // What was appended meanwhile is copied too, so that the checkpoints fit the rows in the end.
    while (!complete && !this.#stopped) {
      const before = this.#copied
      const topics = inOrder(await topicsOf(this.#from, this.#options))
      await this.#makeTopics(topics)
      this.#total = Math.max(this.#total, this.#copied + this.#left(topics))
      for (const info of topics) await this.#topic(info)
      complete = !this.#stopped && before === this.#copied
    }
    const topics = [...this.#counts].map(([topic, copied]) => ({ topic, copied }))
    return {
      from: this.#from.id,
      to: this.#to.id,
      copied: this.#copied,
      leftOut: this.#leftOut,
      topics: topics.sort((a, b) => (a.topic < b.topic ? -1 : 1)),
      complete
    }
  }

  async #makeTopics(topics: ReadonlyArray<TopicInfo>): Promise<void> {
    const specs = topics.map(({ topic, partitions, cleanup }): TopicSpec => ({ topic, partitions, cleanup }))
    if (!specs.some(({ topic }) => topic === stateTopic))
      specs.push({ topic: stateTopic, partitions: 1, cleanup: "compact" })
    await this.#to.ensureTopics(specs)
  }

  #left(topics: ReadonlyArray<TopicInfo>): number {
    const left = topics.flatMap(({ topic, offsets }) =>
      offsets.map(({ partition, first, end }) => {
        const at = this.#progress.get(progressKey(this.#from.id, topic, partition))
        return end - Math.min(end, Math.max(first, at?.next ?? 0))
      })
    )
    return left.reduce((sum, each) => sum + each, 0)
  }

  get #stopped(): boolean {
    return this.#options.signal?.aborted === true
  }

  async #topic(info: TopicInfo): Promise<void> {
    if (!this.#counts.has(info.topic)) this.#counts.set(info.topic, 0)
    for (const { partition, first, end } of info.offsets) {
      const key = progressKey(this.#from.id, info.topic, partition)
      let at = this.#progress.get(key) ?? { next: 0, target: 0, count: 0 }
      let read = this.#read(info.topic, partition, Math.max(first, at.next), end)
      for (;;) {
        const { records, next } = await read
        // Read ahead, while the target takes what there is.
        const done = records.length === 0 || next >= end || this.#stopped
        if (!done) {
          read = this.#read(info.topic, partition, next, end)
          read.catch(() => undefined)
        }
        for (const part of split(records)) {
          if (this.#stopped) return
          at = await this.#append(info.topic, partition, part, at)
          this.#progress.set(key, at)
        }
        if (done) break
      }
    }
  }

  #read(topic: string, partition: number, from: number, end: number) {
    return from >= end
      ? Promise.resolve({ records: [], next: end })
      : this.#from.read(topic, partition, from, { limit: mostRecords, until: end })
  }

  /** One transaction: the records, and how far they bring the partition. */
  async #append(
    topic: string,
    partition: number,
    part: ReadonlyArray<LogRecord>,
    at: CopiedPartition
  ): Promise<CopiedPartition> {
    const records = part.filter((record) => this.#fits(record)).map(copyOf)
    const next = part.at(-1)!.offset + 1
    if (records.length === 0) return { ...at, next }
    const progress = { next, target: at.target, count: records.length }
    const appended = await this.#writer.append([
      { topic, headers: {}, records },
      { topic: stateTopic, headers: {}, records: [progressRecord(this.#from.id, topic, partition, progress)] }
    ])
    this.#copied += records.length
    this.#counts.set(topic, this.#counts.get(topic)! + records.length)
    this.#options.onProgress?.({ topic, partition, copied: this.#copied, total: this.#total })
    const place = appended.find((one) => one.topic === topic && one.partition === partition)!
    return { next, target: place.end, count: 0 }
  }

  #fits(record: LogRecord): boolean {
    // How far another log was copied into the source says nothing of the target.
    if (isCopyProgress(record)) return false
    if (record.bytes === undefined) return true
    if (this.#options.bytes !== "leave-out") {
      const { topic, partition, offset } = record
      throw new PlimsollError({
        code: "log-copy-bytes",
        message: `the record at ${topic} ${partition}/${offset} is no text in UTF-8, so it cannot be copied`,
        suggestion:
          "no row can be read from such a record: leave those out (`plimsoll log copy --leave-out-bytes`), and keep the old topic if the bytes matter"
      })
    }
    this.#leftOut++
    return false
  }
}

const copyOf = (record: LogRecord): NewRecord => ({
  key: record.key,
  value: record.value,
  partitionKey: record.headers["ce_partitionkey"] ?? record.key ?? "",
  headers: record.headers,
  copied: { partition: record.partition, recordedAt: record.recordedAt }
})

/** Parts that are small enough for one transaction each. */
const split = function* (records: ReadonlyArray<LogRecord>): Generator<ReadonlyArray<LogRecord>> {
  let part: Array<LogRecord> = []
  let size = 0
  for (const record of records) {
    part.push(record)
    size += (record.value?.length ?? 0) + (record.key?.length ?? 0)
    if (part.length < mostRecords && size < mostCharacters) continue
    yield part
    part = []
    size = 0
  }
  if (part.length > 0) yield part
}

/**
 * Refuses a target that has records of others. What earlier copies brought is told by their progress: from
 * `target` on there are `count` records of the last transaction, and no more.
 */
const checkTarget = async (
  from: Log,
  to: Log,
  names: ReadonlyArray<string>,
  progress: Map<string, CopiedPartition>
): Promise<void> => {
  for (const { topic, offsets } of await to.topics(names)) {
    for (const { partition, first, end } of offsets) {
      const key = progressKey(from.id, topic, partition)
      const at = progress.get(key)
      let found = 0
      for (let next = Math.max(first, at?.target ?? 0); next < end;) {
        const batch = await to.read(topic, partition, next, { limit: mostRecords, until: end })
        found += batch.records.filter((record) => !isCopyProgress(record)).length
        if (found > (at?.count ?? 0)) throw notEmpty(topic, partition)
        if (batch.next <= next) break
        next = batch.next
      }
      if (at !== undefined) progress.set(key, { next: at.next, target: end, count: 0 })
    }
  }
}

/**
 * Copies a whole log into another, of the same kind or not: every topic with its partitions and cleanup, every
 * record with its partition, order, key, value (tombstones too), headers and `recordedAt`; of a compacted topic what
 * is left of it. Offsets are the target's own.
 *
 * Records go over in transactions, and each says in the target's topic `plimsoll._state` how far it brought its partition. So
 * a copy that was ended, even by a power cut, is taken up where it was, with nothing lost and nothing doubled; and
 * copying again later brings only what is new. A copy ends when it finds no more: let nothing else append to the
 * source meanwhile, or copy once more. The target must have no records but those of earlier copies from the same log.
 *
 * Rejects with a `PlimsollError`: `log-copy-target-not-empty`, `log-copy-same`, `log-copy-bytes`,
 * `log-topic-differs`, and the errors of either log.
 *
 * ```ts
 * const report = await copyLog(embedded, kafka, { id: "plimsoll.falls.log-copy" })
 * report.complete // => true
 * ```
 */
export const copyLog = async (from: Log, to: Log, options: CopyOptions): Promise<CopyReport> => {
  if (from.id === to.id)
    throw new PlimsollError({
      code: "log-copy-same",
      message: "the source and the target are one and the same log",
      suggestion: "name two logs"
    })
  const writer = await to.writer(options.id)
  try {
    // Read by the holder of the epoch: an earlier copy can move it no more.
    await to.settled([stateTopic])
    const progress = await copyProgress(to, from.id)
    const topics = await topicsOf(from, options)
    await checkTarget(
      from,
      to,
      topics.map(({ topic }) => topic),
      progress
    )
    return await new Copy(from, to, writer, progress, options).run()
  } finally {
    await writer.close()
  }
}
