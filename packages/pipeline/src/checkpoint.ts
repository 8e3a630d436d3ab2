import { type Cursor, type ConnectorStream, type Partition } from "@plimsoll/connector"
import { canonicalJson, type LogRecord, type NewRecord, recordId } from "@plimsoll/log"
import { PlimsollError } from "@plimsoll/schema"
import { Schema } from "effect"

/** How far a partition of a source has been read. */
export interface Progressed {
  cursor: Cursor
  generation: number
  /** The last row of that generation. */
  row: number
  /** How many rows of that generation went to the stream's topic. */
  accepted: number
}

const Stored = Schema.Struct({
  format: Schema.Literal(1),
  cursor: Schema.Unknown,
  generation: Schema.Int.check(Schema.isGreaterThan(0)),
  row: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  accepted: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
})
const decodeStored = Schema.decodeUnknownSync(Schema.fromJsonString(Stored))

/** Reads and writes the checkpoints of one stream of one connector instance: one record for each source partition. */
export class Checkpoints {
  readonly #instance: string
  readonly #label: string
  readonly #encode: (cursor: Cursor) => unknown
  readonly #decode: (stored: unknown) => Cursor

  /** @param label `<domain>.<stream>.v<major>`: a new major version is read from the start */
  constructor(instance: string, label: string, cursor: ConnectorStream["cursor"]) {
    this.#instance = instance
    this.#label = label
    this.#encode = Schema.encodeSync(cursor)
    this.#decode = Schema.decodeUnknownSync(cursor)
  }

  /** Throws `cursor-invalid` where one does not fit: a source is never read from the start by mistake. */
  find(latest: ReadonlyMap<string, LogRecord>): Map<Partition, Progressed> {
    const found = new Map<Partition, Progressed>()
    for (const [key, record] of latest) {
      const [instance, label, partition] = this.#parts(key)
      if (instance !== this.#instance || label !== this.#label || partition === undefined) continue
      try {
        const stored = decodeStored(record.value)
        found.set(partition, { ...stored, cursor: this.#decode(stored.cursor) })
      } catch {
        throw new PlimsollError({
          code: "cursor-invalid",
          message: `the checkpoint of stream "${label}" of "${instance}" does not fit what the connector expects`,
          suggestion:
            "use the version of the connector that wrote it, or give the connector a new instance to read all again"
        })
      }
    }
    return found
  }

  record(partition: Partition, progressed: Progressed, time: string): NewRecord {
    const key = canonicalJson([this.#instance, this.#label, partition])
    const { generation, row, accepted } = progressed
    const value = JSON.stringify({
      format: 1,
      cursor: this.#encoded(progressed.cursor),
      generation,
      row,
      accepted
    })
    return {
      key,
      value,
      partitionKey: key,
      headers: { ce_id: recordId("checkpoint", key, value), ce_time: time, ce_partitionkey: key }
    }
  }

  #encoded(cursor: Cursor): unknown {
    try {
      return this.#encode(cursor)
    } catch {
      throw new PlimsollError({
        code: "cursor-unfit",
        message: `stream "${this.#label}" of "${this.#instance}" gave a cursor that its own schema refuses`,
        suggestion: "this is a mistake in the connector: report it to its author"
      })
    }
  }

  #parts(key: string): ReadonlyArray<string> {
    try {
      const parts: unknown = JSON.parse(key)
      return Array.isArray(parts) ? parts : []
    } catch {
      return []
    }
  }
}
