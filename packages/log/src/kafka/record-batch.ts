import { isUtf8 } from "node:buffer"

import type { LogRecord } from "../log.ts"
import type { StoredBatch } from "./committed.ts"

/** A batch of Kafka's record format 2, its records not yet read. */
export interface WireBatch extends StoredBatch {
  readonly firstTimestamp: number
  /** Of a topic whose records are stamped by the broker: when, in place of what they say themselves. */
  readonly stamped: number | undefined
  readonly count: number
  /** 0 where the records stand as they are. */
  readonly compression: number
  /** The records, compressed as they came. */
  readonly payload: Buffer
}

/** Bytes of a batch before its records. */
const headLength = 61
const stampedByBroker = 1 << 3
const transactional = 1 << 4
const control = 1 << 5
const compressed = 0b111

/** The batches of a partition's stretch, as a fetch brings it: one that is cut off at the end is left out. */
export const batchesIn = (bytes: Buffer): ReadonlyArray<WireBatch> => {
  const batches: Array<WireBatch> = []
  for (let at = 0; at + headLength <= bytes.length;) {
    const end = at + 12 + bytes.readInt32BE(at + 8)
    if (end > bytes.length) break
    const magic = bytes.readInt8(at + 16)
    // What Kafka wrote before version 0.11 has no transactions, and brokers of version 4 hold none of it.
    if (magic !== 2) throw new UnreadableBatch(magic)
    const attributes = bytes.readInt16BE(at + 21)
    const firstOffset = Number(bytes.readBigInt64BE(at))
    const payload = bytes.subarray(at + headLength, end)
    batches.push({
      producerId: bytes.readBigInt64BE(at + 43),
      firstOffset,
      lastOffset: firstOffset + bytes.readInt32BE(at + 23),
      transactional: (attributes & transactional) !== 0,
      mark: (attributes & control) === 0 ? undefined : markOf(payload),
      firstTimestamp: Number(bytes.readBigInt64BE(at + 27)),
      stamped: (attributes & stampedByBroker) === 0 ? undefined : Number(bytes.readBigInt64BE(at + 35)),
      count: bytes.readInt32BE(at + 57),
      compression: attributes & compressed,
      payload
    })
    at = end
  }
  return batches
}

/** A batch in a format that is not read. */
export class UnreadableBatch extends Error {
  constructor(magic: number) {
    super(`record format ${magic}`)
  }
}

/** The key of a mark is its version and its kind: 0 for an aborted transaction. */
const markOf = (payload: Buffer): "abort" | "commit" => {
  const cursor = new Cursor(payload)
  cursor.varint()
  cursor.at += 1
  cursor.varint()
  cursor.varint()
  cursor.varint()
  return payload.readInt16BE(cursor.at + 2) === 0 ? "abort" : "commit"
}

/** Reads the numbers of the format, which take fewer bytes the smaller they are. */
class Cursor {
  readonly bytes: Buffer
  at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  /** A zigzag number; exact up to 2^53. */
  varint(): number {
    const { bytes } = this
    let byte = bytes[this.at++]!
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1)
    let value = byte & 0x7f
    let factor = 0x80
    do {
      byte = bytes[this.at++]!
      value += (byte & 0x7f) * factor
      factor *= 0x80
    } while (byte >= 0x80)
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
}

/** Texts that repeat from record to record are made once: headers mostly say the same in the same place. */
class Repeats {
  readonly #starts: Array<number> = []
  readonly #texts: Array<string> = []
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  text(place: number, start: number, length: number): string {
    const bytes = this.#bytes
    const known = this.#texts[place]
    if (known !== undefined && this.#starts[2 * place + 1] === length) {
      const before = this.#starts[2 * place]!
      let left = length - 1
      while (left >= 0 && bytes[before + left] === bytes[start + left]) left--
      if (left < 0) return known
    }
    this.#starts[2 * place] = start
    this.#starts[2 * place + 1] = length
    return (this.#texts[place] = bytes.toString("utf8", start, start + length))
  }
}

/** Appends to `records` those of a batch from an offset on. `payload` is that of the batch, no longer compressed. */
export const readRecords = (
  topic: string,
  partition: number,
  batch: WireBatch,
  payload: Buffer,
  from: number,
  records: Array<LogRecord>
): void => {
  const cursor = new Cursor(payload)
  const repeats = new Repeats(payload)
  for (let index = 0; index < batch.count; index++) {
    const length = cursor.varint()
    const end = cursor.at + length
    cursor.at += 1
    const ownTime = batch.firstTimestamp + cursor.varint()
    const timestamp = batch.stamped ?? ownTime
    const offset = batch.firstOffset + cursor.varint()
    if (offset < from) {
      cursor.at = end
      continue
    }
    const keyLength = cursor.varint()
    let key: string | null = null
    if (keyLength >= 0) {
      key = repeats.text(0, cursor.at, keyLength)
      cursor.at += keyLength
    }
    const valueLength = cursor.varint()
    let value: string | null = null
    let stranger: Uint8Array | undefined
    if (valueLength >= 0) {
      value = payload.toString("utf8", cursor.at, cursor.at + valueLength)
      // A replacement character may have been written as one: only then are the bytes looked at.
      if (value.includes("\ufffd")) {
        const bytes = payload.subarray(cursor.at, cursor.at + valueLength)
        if (!isUtf8(bytes)) {
          stranger = new Uint8Array(bytes)
          value = ""
        }
      }
      cursor.at += valueLength
    }
    const headers: { [name: string]: string } = {}
    const count = cursor.varint()
    for (let header = 1; header <= count; header++) {
      const nameLength = cursor.varint()
      const name = repeats.text(2 * header, cursor.at, nameLength)
      cursor.at += nameLength
      const textLength = cursor.varint()
      const text = textLength > 0 ? repeats.text(2 * header + 1, cursor.at, textLength) : ""
      cursor.at += Math.max(0, textLength)
      if (name === "__proto__") Object.defineProperty(headers, name, { ...own, value: text })
      else headers[name] = text
    }
    cursor.at = end
    const record = { topic, partition, offset, recordedAt: timestamp * 1000, key, value, headers }
    records.push(stranger === undefined ? record : { ...record, bytes: stranger })
  }
}

const own = { enumerable: true, configurable: true, writable: true } as const
