import {
  canonicalKey,
  commonHeaders,
  contractRecords,
  encodeRecord,
  type Log,
  type LogWriter,
  recordId,
  type RecordGroup,
  streamTopics,
  timeOfMicros,
  type WireRow
} from "@plimsoll/log"
import { contractOf, PlimsollError, type StreamContract, type StreamDefinition } from "@plimsoll/schema"

/** Who the core appends as. */
export interface AppenderOptions {
  readonly log: Log
  readonly organisation: string
  readonly project: string
  readonly partitions?: number | undefined
}

/** What goes to one stream. */
export interface Said {
  readonly contract: StreamContract
  readonly groups: ReadonlyArray<RecordGroup>
}

const sourceOf = (project: string): string => `/plimsoll/core/${project}`

/** The core's way to the log: one writer for as long as the core is open. */
export class Appender {
  readonly #options: AppenderOptions
  /** Topics that are known to be there, with their contract told. */
  readonly #told = new Set<string>()
  #writer: LogWriter | undefined

  constructor(options: AppenderOptions) {
    this.#options = options
  }

  /**
   * Opens the writer where it is not open. Whatever a writer before it left half done is decided by this, so it has
   * to be open before the log is read for what is still to be said: else that would be said twice.
   */
  async open(): Promise<LogWriter> {
    this.#writer ??= await this.#options.log.writer(`plimsoll.${this.#options.project}.core`)
    return this.#writer
  }

  /** Rows of one of the system's own streams, and deletions by key, as they go to the log; undefined where there are none. */
  said<S extends StreamDefinition["schema"]>(
    stream: StreamDefinition<S>,
    rows: ReadonlyArray<S["Type"]>,
    deleted: ReadonlyArray<WireRow> = []
  ): Said | undefined {
    if (rows.length + deleted.length === 0) return undefined
    const { organisation, project } = this.#options
    const contract = contractOf(organisation, stream as unknown as StreamDefinition)
    const author = { organisation, name: "core", instance: project }
    const source = sourceOf(project)
    const deletions: RecordGroup = {
      topic: contract.topic,
      headers: commonHeaders(contract, source, "deleted"),
      records: deleted.map((row) => {
        const key = canonicalKey(contract.key, row)
        const partitionKey = key ?? project
        return {
          key,
          value: JSON.stringify(row),
          partitionKey,
          headers: {
            ce_id: recordId(source, key, "deleted"),
            ce_time: timeOfMicros(Date.now() * 1000),
            ce_partitionkey: partitionKey
          }
        }
      })
    }
    return {
      contract,
      groups: [
        ...(rows.length === 0 ? [] : [encodeRecord(author, stream, rows)]),
        ...(deleted.length === 0 ? [] : [deletions])
      ]
    }
  }

  /**
   * Appends all of this in one transaction of the log; makes topics and tells of contracts where they are not there yet. Nothing
   * happens where there is nothing to append.
   */
  async append(all: ReadonlyArray<Said | undefined>): Promise<void> {
    const some = all.filter((one) => one !== undefined)
    if (some.length === 0) return
    const { log, project, partitions } = this.#options
    const streams = new Map(some.map(({ contract }) => [contract.topic, contract]))
    const untold = [...streams.values()].filter(({ topic }) => !this.#told.has(topic))
    const topics = new Map(
      untold.flatMap((contract) => streamTopics(contract, partitions)).map((spec) => [spec.topic, spec])
    )
    if (topics.size > 0) await log.ensureTopics([...topics.values()])
    const writer = await this.open()
    try {
      await writer.append([
        ...(untold.length === 0 ? [] : await contractRecords(log, untold, sourceOf(project))),
        ...some.flatMap(({ groups }) => groups)
      ])
      for (const { topic } of untold) this.#told.add(topic)
    } catch (cause) {
      // This writer appends no more, and whether it did is known when another is open.
      if (cause instanceof PlimsollError && cause.code === "log-unreachable") {
        this.#writer = undefined
        void writer.close().catch(() => undefined)
      }
      throw cause
    }
  }

  async close(): Promise<void> {
    const writer = this.#writer
    this.#writer = undefined
    await writer?.close()
  }
}
