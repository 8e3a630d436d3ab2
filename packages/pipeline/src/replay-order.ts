import { canonicalKey, type LogRecord, type WireRow } from "@plimsoll/log"
import type { StreamContract } from "@plimsoll/schema"

/** Where a row stands among the rows of its key. */
export interface Standing {
  readonly source: string
  /** Of the source. */
  readonly partition: string
  readonly generation: number
  readonly row: number
  /** When it was recorded, or would have been: microseconds since 1970. */
  readonly recordedAt: number
}

const partOf = ({ source, partition }: Standing): string => JSON.stringify([source, partition])

const wholeOf = ({ source, partition, generation }: Standing): string =>
  JSON.stringify([source, partition, generation])

/**
 * Whether the first comes after the second, as the core tells which row of a key is the latest. Of two generations of
 * one part of a source never both are shown, so their rows do not stand against each other.
 */
const isLater = (one: Standing, other: Standing): boolean => {
  if (one.source === other.source && one.partition === other.partition) {
    if (one.generation !== other.generation) return false
    if (one.row !== other.row) return one.row > other.row
  }
  if (one.recordedAt !== other.recordedAt) return one.recordedAt > other.recordedAt
  return one.partition > other.partition
}

/** Puts what comes later first. Within a part of a source, time goes with generation and row. */
export const latestFirst = (one: Standing, other: Standing): number =>
  other.recordedAt - one.recordedAt ||
  (one.partition < other.partition ? 1 : one.partition > other.partition ? -1 : 0) ||
  other.generation - one.generation ||
  other.row - one.row

/** The standing that a record's headers tell. */
export const standingOf = ({ headers, recordedAt }: LogRecord): Standing => ({
  source: headers["ce_source"] ?? "",
  partition: headers["plimsoll_partition"] ?? "",
  generation: Number(headers["plimsoll_generation"] ?? 0),
  row: Number(headers["plimsoll_row"] ?? 0),
  recordedAt
})

const fieldsOf = (value: string): WireRow | undefined => {
  try {
    const fields: unknown = JSON.parse(value)
    return typeof fields === "object" && fields !== null ? (fields as WireRow) : undefined
  } catch {
    return undefined
  }
}

/** What stands on a stream's topic for some of its keys: a row that comes late must not override a later one. */
export class StreamOrder {
  readonly #contract: StreamContract
  readonly #keys: ReadonlySet<string>
  readonly #times: ReadonlyMap<string, number>
  /** By part of the source: its newest whole generation. */
  readonly #whole = new Map<string, number>()
  /** By key and generation of a part of a source: the latest row. */
  readonly #latest = new Map<string, Map<string, Standing>>()

  /** @param times of rows that were replayed, by id: when their letters were recorded */
  constructor(contract: StreamContract, keys: ReadonlySet<string>, times: ReadonlyMap<string, number>) {
    this.#contract = contract
    this.#keys = keys
    this.#times = times
  }

  /** Takes note of a record of the stream's topic. */
  see(record: LogRecord): void {
    if (record.headers["ce_type"]?.endsWith(".generation") === true) {
      const part = partOf(standingOf(record))
      const generation = Number(record.headers["plimsoll_generation"])
      this.#whole.set(part, Math.max(generation, this.#whole.get(part) ?? 0))
      return
    }
    const key = this.#keyOf(record)
    if (key === null || !this.#keys.has(key)) return
    const standing = standingOf(record)
    this.add(key, {
      ...standing,
      recordedAt: this.#times.get(record.headers["ce_id"] ?? "") ?? standing.recordedAt
    })
  }

  /** Takes note of a row of that key. */
  add(key: string, standing: Standing): void {
    let wholes = this.#latest.get(key)
    if (wholes === undefined) this.#latest.set(key, (wholes = new Map()))
    const whole = wholeOf(standing)
    const before = wholes.get(whole)
    if (before === undefined || isLater(standing, before)) wholes.set(whole, standing)
  }

  /** Whether the row would be hidden, or would hide a later one of its key. */
  supersedes(key: string | null, standing: Standing): boolean {
    if (this.#isReplaced(standing)) return true
    const rivals = key === null ? undefined : this.#latest.get(key)
    return [...(rivals?.values() ?? [])].some((other) => !this.#isReplaced(other) && isLater(other, standing))
  }

  /** Whether a newer whole generation has taken the place of its own. */
  #isReplaced(standing: Standing): boolean {
    return standing.generation > 0 && standing.generation < (this.#whole.get(partOf(standing)) ?? 0)
  }

  /** The canonical key: strangers need not have set it, nor set it so. */
  #keyOf({ key, value, headers }: LogRecord): string | null {
    if (value === null || headers["plimsoll_schema"] !== undefined) return key
    const fields = fieldsOf(value)
    return fields === undefined ? null : canonicalKey(this.#contract.key, fields)
  }
}
