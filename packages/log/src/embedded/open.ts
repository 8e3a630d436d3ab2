import { resolve } from "node:path"
import type { DatabaseSync } from "node:sqlite"

import type { Lease, Log, LogBatch, LogRecord, LogWriter, TopicInfo, TopicSpec } from "../log.ts"
import { openInline } from "./append-channel.ts"
import { AppendThread } from "./append-thread.ts"
import { establish, transact } from "./connection.ts"
import { EmbeddedWriter } from "./embedded-writer.ts"
import { failure } from "./failure.ts"
import { Fault } from "./fault.ts"
import { Leases } from "./leases.ts"
import { Reader } from "./reader.ts"
import { listTopics, makeTopics } from "./topics.ts"
import { Watch } from "./watch.ts"

/** What may be chosen for the embedded log. */
export interface EmbeddedLogOptions {
  /** Milliseconds to wait while another process writes, before `log-busy`. Default: 10,000. */
  readonly busyTimeout?: number
  /** Whether writers append on a thread of their own. Default: true. */
  readonly thread?: boolean
}

/** The next epoch of the writer. */
const takeEpoch = (database: DatabaseSync, id: string): number =>
  Number(
    database
      .prepare(
        "INSERT INTO writer (id, epoch) VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET epoch = epoch + 1 RETURNING epoch"
      )
      .get(id)!["epoch"]
  )

class EmbeddedLog implements Log {
  readonly id: string
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #options: Required<EmbeddedLogOptions>
  readonly #reader: Reader
  readonly #watch: Watch
  readonly #leases: Leases
  readonly #thread = new AppendThread()
  readonly #writers = new Set<LogWriter>()
  #closed: Promise<void> | undefined

  constructor(path: string, database: DatabaseSync, options: Required<EmbeddedLogOptions>) {
    this.#path = path
    this.#database = database
    this.#options = options
    this.id = String(database.prepare("SELECT log_id FROM log").get()!["log_id"])
    this.#reader = new Reader(database)
    this.#watch = new Watch(database)
    this.#leases = new Leases(path)
  }

  async ensureTopics(topics: ReadonlyArray<TopicSpec>): Promise<void> {
    this.#do(() => makeTopics(this.#database, topics))
  }

  async topics(names?: ReadonlyArray<string>): Promise<ReadonlyArray<TopicInfo>> {
    return this.#do(() => listTopics(this.#database, names))
  }

  async writer(id: string): Promise<LogWriter> {
    return this.#do(() => {
      const epoch = transact(this.#database, () => takeEpoch(this.#database, id))
      const { busyTimeout, thread } = this.#options
      const assignment = { path: this.#path, busyTimeout, writer: id, epoch }
      const writer = new EmbeddedWriter(
        assignment,
        (receiver) => (thread ? this.#thread.open(assignment, receiver) : openInline(assignment, receiver)),
        () => this.#watch.look()
      )
      this.#writers.add(writer)
      return writer
    })
  }

  async read(
    topic: string,
    partition: number,
    from: number,
    options?: { readonly limit?: number; readonly until?: number }
  ): Promise<LogBatch> {
    return this.#do(() =>
      this.#reader.read(topic, partition, from, options?.limit ?? 10_000, options?.until ?? Infinity)
    )
  }

  async latest(topic: string): Promise<ReadonlyMap<string, LogRecord>> {
    return this.#do(() => this.#reader.latest(topic))
  }

  async settled(): Promise<void> {
    // One transaction at a time: what readers see is all there is.
    await this.#do(() => undefined)
  }

  async changed(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await this.#do(() => this.#watch.changed(milliseconds, signal))
  }

  async lease(id: string, options?: { signal?: AbortSignal; onWait?: () => void }): Promise<Lease> {
    try {
      return await this.#do(() => this.#leases.take(id, options))
    } catch (error) {
      throw options?.signal?.aborted === true && error === options.signal.reason ? error : failure(error)
    }
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close())
  }

  async #close(): Promise<void> {
    this.#watch.close()
    this.#leases.close()
    await Promise.all([...this.#writers].map((writer) => writer.close()))
    await this.#thread.end()
    this.#database.close()
  }

  #do<A>(body: () => A): A {
    if (this.#closed !== undefined)
      throw failure(
        new Fault({ code: "log-closed", message: "the log is closed", suggestion: "open it again" })
      )
    try {
      return body()
    } catch (error) {
      throw failure(error)
    }
  }
}

/**
 * Opens the event log in the SQLite file at `path`, and makes it, and its folder, where there is none.
 *
 * Several processes may have the same file open, read it and write to it at once. What {@link LogWriter.append}
 * acknowledged has been handed to the disk (`fsync`) and survives the death of the process and of the machine, as
 * far as the disk keeps its word. Reads run on the calling thread; writers append on a thread of their own, and
 * several appends may be under way: they are done in order, and if one fails, those behind it fail with it.
 *
 * Errors: `log-not-a-log`, `log-newer`, `log-busy`, `log-disk-full`, `log-failed`.
 *
 * ```ts test
 * import { openEmbeddedLog } from "@plimsoll/log"
 * import { mkdtemp } from "node:fs/promises"
 * import { tmpdir } from "node:os"
 * import { join } from "node:path"
 *
 * const log = await openEmbeddedLog(join(await mkdtemp(join(tmpdir(), "plimsoll-")), "log.sqlite"))
 * await log.ensureTopics([{ topic: "org.beds.stays.v1", partitions: 1, cleanup: "keep" }])
 * const writer = await log.writer("plimsoll.demo.main")
 * await writer.append([
 *   {
 *     topic: "org.beds.stays.v1",
 *     headers: { ce_type: "stay" },
 *     records: [{ key: '["a1"]', value: '{"id":"a1"}', partitionKey: "ward-17", headers: { ce_id: "1" } }]
 *   }
 * ])
 * const { records, next } = await log.read("org.beds.stays.v1", 0, 0)
 * records[0]?.headers // => { ce_type: "stay", ce_id: "1" }
 * next // => 1
 * await log.close()
 * ```
 */
export const openEmbeddedLog = async (path: string, options?: EmbeddedLogOptions): Promise<Log> => {
  const absolute = resolve(path)
  const busyTimeout = options?.busyTimeout ?? 10_000
  try {
    const database = await establish(absolute, busyTimeout)
    return new EmbeddedLog(absolute, database, { busyTimeout, thread: options?.thread ?? true })
  } catch (error) {
    throw failure(error)
  }
}
