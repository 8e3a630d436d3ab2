import {
  array,
  assert,
  constantFrom,
  dictionary,
  integer,
  nat,
  oneof,
  property,
  record,
  string,
  constant
} from "fast-check"
import { describe, expect, test } from "vitest"

import type { LogRecord } from "../log.ts"
import type { OutRecord } from "./client.ts"
import { committedOnly } from "./committed.ts"
import { batchesIn, readRecords } from "./record-batch.ts"
import { BatchEncoder } from "./record-batch-out.ts"

const plain = { code: 0, compress: (bytes: Buffer) => bytes }
const author = { producerId: 7n, producerEpoch: 3, sequence: 0 }
const encoder = new BatchEncoder(() => 0)

const decoded = (bytes: Buffer, from = 0): ReadonlyArray<LogRecord> => {
  const records: Array<LogRecord> = []
  for (const batch of batchesIn(bytes)) readRecords("t", 0, batch, batch.payload, from, records)
  return records
}

const out = (rest: Partial<OutRecord>): OutRecord => ({
  key: null,
  value: null,
  timestamp: 0,
  common: {},
  own: {},
  ...rest
})

describe("a batch", () => {
  test("gives back what went into it", () => {
    const text = oneof(
      string({ unit: "binary" }),
      string({ unit: "grapheme", maxLength: 300 }),
      constantFrom("", "\u0000", "\ufffd")
    )
    const headers = dictionary(oneof(constantFrom("a", "b", "__proto__", "0"), text), text, { maxKeys: 5 })
    const anyRecord = record({
      key: oneof(constant(null), text),
      value: oneof(constant(null), text),
      timestamp: integer({ min: 0, max: 8_000_000_000_000 }),
      own: headers
    })
    assert(
      property(array(anyRecord, { minLength: 1, maxLength: 200 }), headers, (records, common) => {
        const bytes = encoder.encode(
          records.map((each) => ({ ...each, common })),
          author,
          plain
        )
        expect(decoded(bytes)).toEqual(
          records.map(({ key, value, timestamp, own }, offset) => ({
            topic: "t",
            partition: 0,
            offset,
            recordedAt: timestamp * 1000,
            key,
            value,
            headers: { ...common, ...own }
          }))
        )
      }),
      { numRuns: 200 }
    )
  })

  test("is larger than the buffer it is made in", () => {
    const value = "é".repeat(3_000_000)
    expect(
      decoded(encoder.encode([out({ value }), out({ value: "b" })], author, plain)).map((each) => each.value)
    ).toEqual([value, "b"])
  })

  test("that is cut off at the end is left out, and records before the start too", () => {
    const whole = encoder.encode([out({ value: "a" }), out({ value: "b" })], author, plain)
    const two = Buffer.concat([whole, whole.subarray(0, -1)])
    expect(batchesIn(two)).toHaveLength(1)
    expect(batchesIn(two.subarray(0, 40))).toHaveLength(0)
    expect(decoded(two, 1).map(({ value, offset }) => [value, offset])).toEqual([["b", 1]])
  })

  test("tells bytes that are no UTF-8 from a replacement character that was written", () => {
    const bytes = encoder.encode([out({ value: "a\ufffd" }), out({ value: "xx" })], author, plain)
    bytes.set([0xff, 0xfe], bytes.length - 3)
    expect(decoded(bytes).map(({ value, bytes: raw }) => [value, raw])).toEqual([
      ["a\ufffd", undefined],
      ["", new Uint8Array([0xff, 0xfe])]
    ])
  })

  test("of the format before transactions is refused", () => {
    const bytes = encoder.encode([out({ value: "a" })], author, plain)
    bytes.writeInt8(1, 16)
    expect(() => batchesIn(bytes)).toThrow("record format 1")
  })
})

describe("what is committed", () => {
  /** A partition as several producers write it, each in one transaction after the other; and what counts of it. */
  const history = array(
    record({
      producer: nat(2),
      records: integer({ min: 0, max: 3 }),
      end: constantFrom("commit", "abort", "go on")
    }),
    {
      maxLength: 40
    }
  ).map((steps) => {
    const batches: Array<{
      producerId: bigint
      firstOffset: number
      lastOffset: number
      transactional: boolean
      mark?: "abort" | "commit"
    }> = []
    const open = new Map<number, { first: number; batches: Array<number> }>()
    const aborted: Array<{ producerId: bigint; firstOffset: number; mark: number }> = []
    const committed = new Set<number>()
    let offset = 0
    for (const { producer, records, end } of steps) {
      const producerId = BigInt(producer)
      if (records > 0) {
        const own = open.get(producer) ?? { first: offset, batches: [] }
        open.set(producer, own)
        own.batches.push(batches.length)
        batches.push({
          producerId,
          firstOffset: offset,
          lastOffset: offset + records - 1,
          transactional: true
        })
        offset += records
      }
      const own = open.get(producer)
      if (end === "go on" || own === undefined) continue
      open.delete(producer)
      if (end === "abort") aborted.push({ producerId, firstOffset: own.first, mark: offset })
      else for (const at of own.batches) committed.add(batches[at]!.firstOffset)
      batches.push({ producerId, firstOffset: offset, lastOffset: offset, transactional: true, mark: end })
      offset++
    }
    // Readers see nothing at or past the first transaction that is still open.
    const stable = Math.min(offset, ...[...open.values()].map(({ first }) => first))
    return { batches: batches.filter(({ firstOffset }) => firstOffset < stable), aborted, committed }
  })

  test("is found in every stretch of a partition, however its transactions lie", () => {
    assert(
      property(history, nat(), nat(), ({ batches, aborted, committed }, a, b) => {
        const from = batches.length === 0 ? 0 : a % batches.length
        const stretch = batches.slice(from, from + 1 + (b % (batches.length + 1)))
        if (stretch.length === 0) return
        const first = stretch[0]!.firstOffset
        const last = stretch.at(-1)!.lastOffset
        // What a broker names for a stretch: the aborted transactions that reach into it.
        const named = aborted.filter((each) => each.firstOffset <= last && each.mark >= first)
        expect(committedOnly(stretch, named).map(({ firstOffset }) => firstOffset)).toEqual(
          stretch
            .filter(({ mark, firstOffset }) => mark === undefined && committed.has(firstOffset))
            .map((each) => each.firstOffset)
        )
      }),
      { numRuns: 2000 }
    )
  })
})
