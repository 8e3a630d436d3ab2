import { canonicalJson, type LogRecord, type NewRecord, recordId } from "@plimsoll/log"
import { Instant, PlimsollError } from "@plimsoll/schema"
import { Schema } from "effect"
import type { Counts } from "./report.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

const Stored = Schema.Struct({
  format: Schema.Literal(1),
  run: Schema.NonEmptyString,
  state: Schema.Literals(["running", "finished", "failed"]),
  startedAt: Instant,
  in: Count,
  out: Count,
  rejected: Count,
  unchanged: Count,
  deleted: Count
})
const decodeStored = Schema.decodeUnknownSync(Schema.fromJsonString(Stored))
const encodeStored = Schema.encodeSync(Stored)

/** The latest run of a stream, as it was after the last batch that is on the log. */
export interface RunState {
  readonly run: string
  readonly state: typeof Stored.Type.state
  /** Microseconds since 1970. */
  readonly startedAt: number
  readonly counts: Counts
}

/**
 * Reads and writes where the latest run of one stream of one connector instance stands: one record beside its
 * checkpoints, in the same transaction as every batch, so that its counts are those of what is on the log.
 */
export class RunStates {
  readonly #label: string
  readonly #instance: string
  readonly #key: string

  /** @param label `<domain>.<stream>.v<major>` */
  constructor(instance: string, label: string) {
    this.#instance = instance
    this.#label = label
    this.#key = canonicalJson([instance, label])
  }

  /** Undefined where no run has been. Throws `run-state-invalid` where it does not fit: counts are never lost by mistake. */
  find(latest: ReadonlyMap<string, LogRecord>): RunState | undefined {
    const record = latest.get(this.#key)
    if (record === undefined) return undefined
    try {
      const {
        run,
        state,
        startedAt,
        in: taken,
        out,
        rejected,
        unchanged,
        deleted
      } = decodeStored(record.value)
      const counts = { in: taken, out, rejected, unchanged, deleted }
      return { run, state, startedAt: Number(startedAt.micros), counts }
    } catch {
      throw new PlimsollError({
        code: "run-state-invalid",
        message: `what the log says of the latest run of stream "${this.#label}" of "${this.#instance}" cannot be read`,
        suggestion: "use the version of plimsoll that wrote it, or a newer one"
      })
    }
  }

  record({ run, state, startedAt, counts }: RunState, time: string): NewRecord {
    const key = this.#key
    const started = { micros: BigInt(startedAt), zone: "UTC" }
    const value = JSON.stringify(encodeStored({ format: 1, run, state, startedAt: started, ...counts }))
    return {
      key,
      value,
      partitionKey: key,
      headers: { ce_id: recordId("run-state", key, value), ce_time: time, ce_partitionkey: key }
    }
  }
}
