import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"

import {
  array,
  assert as assertProperty,
  asyncProperty,
  constant,
  constantFrom,
  dictionary,
  oneof,
  record,
  string
} from "fast-check"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"

import { type Log, type LogRecord, type NewRecord, partitionOf, type RecordGroup } from "../src/index.ts"
import { LogModel, told } from "./log-model.ts"
import { type Opener, recordsPerTopic, run, start } from "./other-process.ts"

/** A log under test. */
export interface LogUnderTest {
  /** Opens the same log, as often as asked. */
  open(): Promise<Log>
  /** How another process opens it. */
  readonly opener: Opener
  remove(): Promise<void>
}

const keep = "contract.keep.v1"
const more = "contract.more.v1"
const compact = "contract.compact.v1"
const partitions = 3
const specs = [
  { topic: keep, partitions, cleanup: "keep" },
  { topic: more, partitions, cleanup: "keep" },
  { topic: compact, partitions, cleanup: "compact" }
] as const

const fact = (value: string | null, rest?: Partial<NewRecord>): NewRecord => ({
  key: null,
  value,
  partitionKey: "one",
  headers: {},
  ...rest
})

const state = (key: string, value: string | null): NewRecord => fact(value, { key, partitionKey: key })

const group = (topic: string, ...records: ReadonlyArray<NewRecord>): RecordGroup => ({
  topic,
  headers: {},
  records
})

const one = partitionOf("one", partitions)

const endOf = async (log: Log, topic: string, partition: number): Promise<number> =>
  (await log.topics()).find((info) => info.topic === topic)!.offsets[partition]!.end

/** All records of a partition, read in bites. */
const readAll = async (
  log: Log,
  topic: string,
  partition: number,
  limit = 1000
): Promise<ReadonlyArray<LogRecord>> => {
  const end = await endOf(log, topic, partition)
  const records: Array<LogRecord> = []
  for (let from = 0; from < end;) {
    const batch = await log.read(topic, partition, from, { limit })
    expect(batch.next).toBeGreaterThan(from)
    expect(batch.records.length).toBeLessThanOrEqual(limit)
    records.push(...batch.records)
    from = batch.next
  }
  return records
}

const readTopic = async (log: Log, topic: string): Promise<ReadonlyArray<LogRecord>> =>
  (
    await Promise.all(Array.from({ length: partitions }, (_, partition) => readAll(log, topic, partition)))
  ).flat()

const values = (records: ReadonlyArray<LogRecord>): ReadonlyArray<string | null> =>
  records.map(({ value }) => value)

/**
 * What every event log has to hold to, whatever it is made of. A new implementation gives a way to make an empty
 * log, and a module by which another process opens it; and says how often to kill, and how long to try the model.
 */
export const logContract = (
  name: string,
  makeLog: () => Promise<LogUnderTest>,
  { kills, runs }: { readonly kills: number; readonly runs: number }
): void => {
  describe(name, () => {
    let made: LogUnderTest
    let log: Log
    const opened: Array<Log> = []
    const open = async (): Promise<Log> => {
      const another = await made.open()
      opened.push(another)
      return another
    }

    beforeEach(async () => {
      made = await makeLog()
      log = await open()
      await log.ensureTopics(specs)
    })

    afterEach(async () => {
      await Promise.all(opened.splice(0).map((each) => each.close()))
      await made.remove()
    })

    describe("topics", () => {
      test("are made once, and are the same for all who ask", async () => {
        await log.ensureTopics(specs)
        const topics = await (await open()).topics()
        expect(
          topics.map(({ topic, partitions: count, cleanup }) => ({ topic, partitions: count, cleanup }))
        ).toEqual([...specs].sort((a, b) => (a.topic < b.topic ? -1 : 1)))
        expect(topics[0]!.offsets).toEqual([0, 1, 2].map((partition) => ({ partition, first: 0, end: 0 })))
      })

      test("with other partitions or cleanup are refused, and nothing else of that call is made", async () => {
        const fresh = { topic: "contract.fresh.v1", partitions: 1, cleanup: "keep" } as const
        await expect(log.ensureTopics([fresh, { ...specs[0], partitions: 4 }])).rejects.toMatchObject({
          code: "log-topic-differs"
        })
        await expect(log.ensureTopics([fresh, { ...specs[0], cleanup: "compact" }])).rejects.toMatchObject({
          code: "log-topic-differs"
        })
        expect((await log.topics()).map(({ topic }) => topic)).not.toContain(fresh.topic)
      })

      test("may be made by several processes at once", async () => {
        const topics = Array.from({ length: 20 }, (_, index) => `contract.many${index}.v1`)
        await Promise.all([1, 2, 3].map(() => run(made.opener, { do: "make", topics })))
        expect((await log.topics()).filter(({ topic }) => topics.includes(topic))).toHaveLength(20)
      }, 120_000)
    })

    test("topics are told by name, those that are not there left out", async () => {
      await (await log.writer("w")).append([group(keep, fact("a"))])
      const all = await log.topics()
      expect(await log.topics([more, keep])).toEqual(
        all.filter(({ topic }) => topic === keep || topic === more)
      )
      expect(await log.topics([compact, "contract.absent.v1"])).toEqual(
        all.filter(({ topic }) => topic === compact)
      )
      expect(await log.topics([])).toEqual([])
    })

    describe("appends", () => {
      test("keep their order within a partition", async () => {
        const writer = await log.writer("w")
        const expected: Array<string> = []
        const pending = Array.from({ length: 20 }, (_, batch) => {
          const texts = Array.from({ length: 10 }, (_each, index) => `${batch}/${index}`)
          expected.push(...texts)
          return writer.append([group(keep, ...texts.map((text) => fact(text)))])
        })
        const places = (await Promise.all(pending)).map((appended) => appended[0]!)
        const records = await readAll(log, keep, one, 7)
        expect(values(records)).toEqual(expected)
        for (const [index, { offset }] of records.entries())
          if (index > 0) expect(offset).toBeGreaterThan(records[index - 1]!.offset)
        for (const [batch, { topic, partition, first, end }] of places.entries()) {
          expect({ topic, partition }).toEqual({ topic: keep, partition: one })
          const within = records.filter(({ offset }) => offset >= first && offset < end)
          expect(values(within)).toEqual(expected.slice(batch * 10, batch * 10 + 10))
        }
      })

      test("go to the partition of their partition key", async () => {
        const writer = await log.writer("w")
        const keys = Array.from({ length: 40 }, (_, index) => `unit ${index} é`)
        await writer.append([group(keep, ...keys.map((key) => fact(key, { partitionKey: key })))])
        for (const { partition, value } of await readTopic(log, keep))
          expect(partition).toBe(partitionOf(value!, partitions))
      })

      test("are all or nothing over topics", async () => {
        const writer = await log.writer("w")
        const failing = [
          group(keep, fact("a")),
          group(more, fact("b")),
          group("contract.absent.v1", fact("c"))
        ]
        await expect(writer.append(failing)).rejects.toMatchObject({ code: "log-topic-missing" })
        expect(await readTopic(log, keep)).toEqual([])
        expect(await readTopic(log, more)).toEqual([])
        await writer.append(failing.slice(0, 2))
        expect(values(await readTopic(log, keep))).toEqual(["a"])
        expect(values(await readTopic(log, more))).toEqual(["b"])
      })

      test("behind one that failed fail with it, until the failure is known", async () => {
        const writer = await log.writer("w")
        const results = await Promise.allSettled([
          writer.append([group(keep, fact("before"))]),
          writer.append([group("contract.absent.v1", fact("failing"))]),
          writer.append([group(keep, fact("behind"))])
        ])
        expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"])
        await writer.append([group(keep, fact("after"))])
        expect(values(await readTopic(log, keep))).toEqual(["before", "after"])
      })

      test("of nothing append nothing", async () => {
        const writer = await log.writer("w")
        expect(await writer.append([])).toEqual([])
        expect(await writer.append([group(keep)])).toEqual([])
        expect(await endOf(log, keep, one)).toBe(0)
      })

      test("give back what was put in: unicode, NUL, nothing, null, a megabyte", async () => {
        const writer = await log.writer("w")
        const texts = [
          "",
          "\u0000",
          "a\u0000b",
          "é",
          "日本語",
          "😀",
          "\u001f\n\r\t",
          '"\\',
          "x".repeat(1_000_000),
          "é".repeat(300_000)
        ]
        const records = [
          ...texts.map((text) =>
            fact(text, {
              key: text,
              headers: { text: text.slice(0, 1000), [`name${text.slice(0, 20)}`]: "" }
            })
          ),
          fact(null),
          fact(null, { key: "k" }),
          fact("null")
        ]
        await writer.append([{ topic: keep, headers: { common: "\u001f", "": "" }, records }])
        const found = await readAll(log, keep, one)
        expect(found.map(told)).toEqual(
          records.map(({ key, value, headers }) => ({
            key,
            value,
            headers: { common: "\u001f", "": "", ...headers }
          }))
        )
      })

      test("put a record's headers over those of its group", async () => {
        const writer = await log.writer("w")
        const headers = { a: "group", b: "group" }
        const own = [{}, { b: "own" }, { c: "own", b: "own" }, { b: "own", c: "own" }, { c: "" }, {}]
        await writer.append([
          { topic: keep, headers, records: own.map((each) => fact("", { headers: each })) },
          { topic: keep, headers: {}, records: own.map((each) => fact("", { headers: each })) }
        ])
        expect((await readAll(log, keep, one)).map((found) => found.headers)).toEqual([
          ...own.map((each) => ({ ...headers, ...each })),
          ...own
        ])
      })
    })

    describe("recordedAt", () => {
      test("is the time of the append in microseconds", async () => {
        const before = Date.now() * 1000
        await (await log.writer("w")).append([group(keep, fact("a"))])
        const [found] = await readTopic(log, keep)
        expect(found!.recordedAt).toBeGreaterThanOrEqual(before)
        expect(found!.recordedAt).toBeLessThanOrEqual((Date.now() + 1) * 1000)
      })

      test("never decreases, even where the next writer's clock is an hour behind", async () => {
        await (
          await log.writer("w")
        ).append([group(keep, ...["unit-0", "unit-1"].map((partitionKey) => fact("", { partitionKey })))])
        const task = { do: "append", writer: "behind", topics: [keep], transactions: 2, records: 2 } as const
        await run(made.opener, task, { clockBack: true })
        for (let partition = 0; partition < partitions; partition++) {
          const times = (await readAll(log, keep, partition)).map(({ recordedAt }) => recordedAt)
          expect(times).toEqual([...times].sort((a, b) => a - b))
        }
        expect(await readTopic(log, keep)).toHaveLength(6)
      })
    })

    describe("copied records", () => {
      // Whole milliseconds: what every log can keep.
      const then = 1_500_000_000_000_000
      const copy = (value: string, partition: number, recordedAt: number): NewRecord =>
        fact(value, { copied: { partition, recordedAt } })

      test("keep their partition and time, beside others of the same append", async () => {
        const other = (one + 1) % partitions
        await (
          await log.writer("w")
        ).append([
          group(keep, copy("a", other, then), copy("b", other, then + 1000), fact("now")),
          group(more, copy("c", one, then + 5000)),
          group(compact, { ...state("k", "1"), copied: { partition: other, recordedAt: then } })
        ])
        const found = await readAll(log, keep, other)
        expect(found.map(({ value, recordedAt }) => [value, recordedAt])).toEqual([
          ["a", then],
          ["b", then + 1000]
        ])
        const [now] = await readAll(log, keep, one)
        expect(now!.recordedAt).toBeGreaterThan(then + 1_000_000)
        expect((await readAll(log, more, one))[0]!.recordedAt).toBe(then + 5000)
        expect((await log.latest(compact)).get("k")).toMatchObject({ partition: other, recordedAt: then })
      })

      test("never go back in time within their partition, and the next record is stamped as ever", async () => {
        const writer = await log.writer("w")
        const before = Date.now() * 1000
        await writer.append([group(keep, copy("a", one, then + 2000), copy("b", one, then))])
        await writer.append([group(keep, copy("c", one, then + 1000))])
        await writer.append([group(keep, fact("now"))])
        await writer.append([group(keep, copy("late", one, then))])
        const found = await readAll(log, keep, one)
        expect(values(found)).toEqual(["a", "b", "c", "now", "late"])
        const times = found.map(({ recordedAt }) => recordedAt)
        expect(times[0]).toBe(then + 2000)
        expect(times).toEqual([...times].sort((a, b) => a - b))
        expect(times[3]).toBeGreaterThanOrEqual(before)
      })

      test("are refused where the topic has no such partition", async () => {
        const writer = await log.writer("w")
        await expect(
          writer.append([group(more, fact("a")), group(keep, copy("b", partitions, then))])
        ).rejects.toMatchObject({ code: "log-topic-missing" })
        expect(await readTopic(log, more)).toEqual([])
      })
    })

    describe("a lease", () => {
      const linesOf = (child: ChildProcess): { readonly next: () => Promise<string> } => {
        const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
        return { next: async () => String((await lines.next()).value) }
      }

      test("is held by one: the second waits, is told so once, and gets it after the release", async () => {
        const other = await open()
        const first = await log.lease("one")
        let waits = 0
        let done = false
        const waiting = other.lease("one", { onWait: () => void waits++ }).then((lease) => {
          done = true
          return lease
        })
        await vi.waitFor(() => expect(waits).toBe(1), 30_000)
        await new Promise((resolve) => setTimeout(resolve, 500))
        expect({ waits, done }).toEqual({ waits: 1, done: false })
        expect(first.lost.aborted).toBe(false)
        await first.release()
        await first.release()
        const second = await waiting
        expect({ waits, lost: second.lost.aborted }).toEqual({ waits: 1, lost: false })
        await second.release()
      }, 90_000)

      test("of another id disturbs nobody", async () => {
        const other = await open()
        const onWait = (): void => expect.fail("waited for another id")
        const leases = [await log.lease("one", { onWait }), await other.lease("two", { onWait })]
        expect(leases.map(({ lost }) => lost.aborted)).toEqual([false, false])
        for (const lease of leases) await lease.release()
      }, 90_000)

      test("is waited for no longer when the signal aborts", async () => {
        const other = await open()
        const reason = new Error("no more")
        await expect(other.lease("one", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
        const first = await log.lease("one")
        const controller = new AbortController()
        const waiting = other.lease("one", {
          signal: controller.signal,
          onWait: () => controller.abort(reason)
        })
        await expect(waiting).rejects.toBe(reason)
        await first.release()
        // Whoever gave up holds nothing back.
        await (await log.lease("one")).release()
      }, 90_000)

      test("is given up, and lost to whoever held it, when its log is closed", async () => {
        const other = await open()
        const first = await other.lease("one")
        await other.close()
        expect(first.lost.aborted).toBe(true)
        await (await log.lease("one")).release()
        await expect(other.lease("one")).rejects.toMatchObject({ code: "log-closed" })
      }, 90_000)

      test("goes over when the process of its holder is killed", async () => {
        const child = start(made.opener, { do: "lease", id: "one", turns: 1, milliseconds: 600_000 })
        const ended = once(child, "close")
        try {
          expect(await linesOf(child).next()).toMatch(/^held /)
          let waited = false
          const waiting = log.lease("one", {
            onWait: () => {
              waited = true
              child.kill("SIGKILL")
            }
          })
          await ended
          const began = performance.now()
          await (await waiting).release()
          expect(performance.now() - began).toBeLessThan(30_000)
          expect(waited).toBe(true)
        } finally {
          child.kill("SIGKILL")
        }
      }, 120_000)

      test("is never held by two processes at once", async () => {
        const turns = 3
        const held = await Promise.all(
          [1, 2].map(async () => {
            const child = start(made.opener, { do: "lease", id: "one", turns, milliseconds: 150 })
            const lines = linesOf(child)
            const ended = once(child, "close")
            const times: Array<{ readonly from: bigint; readonly to: bigint }> = []
            const next = async (): Promise<bigint> => BigInt((await lines.next()).split(" ")[1]!)
            for (let turn = 0; turn < turns; turn++) times.push({ from: await next(), to: await next() })
            expect((await ended)[0]).toBe(0)
            return times
          })
        )
        const inOrder = held.flat().sort((a, b) => (a.from < b.from ? -1 : 1))
        for (const [index, { from }] of inOrder.entries())
          if (index > 0) expect(from).toBeGreaterThanOrEqual(inOrder[index - 1]!.to)
        expect(inOrder).toHaveLength(2 * turns)
      }, 180_000)
    })

    describe("writers", () => {
      test("with the same id fence the earlier one", async () => {
        const first = await log.writer("same")
        await first.append([group(keep, fact("first"))])
        const second = await (await open()).writer("same")
        expect(second.epoch).toBeGreaterThan(first.epoch)
        await expect(first.append([group(keep, fact("fenced"))])).rejects.toMatchObject({
          code: "log-fenced"
        })
        await second.append([group(keep, fact("second"))])
        await expect(first.append([group(keep, fact("fenced"))])).rejects.toMatchObject({
          code: "log-fenced"
        })
        expect(values(await readTopic(log, keep))).toEqual(["first", "second"])
      })

      test("with the same id in another process fence the earlier one", async () => {
        const first = await log.writer("same")
        await first.append([group(keep, fact("first"))])
        await run(made.opener, { do: "append", writer: "same", topics: [keep], transactions: 1, records: 1 })
        await expect(first.append([group(keep, fact("fenced"))])).rejects.toMatchObject({
          code: "log-fenced"
        })
        expect(values(await readTopic(log, keep)).toSorted()).toEqual(["first", "same/0:0"])
      })

      test("with other ids in other processes lose nothing, and each keeps its order", async () => {
        const task = { do: "append", topics: [keep], transactions: 30, records: 20 } as const
        await Promise.all(["left", "right"].map((writer) => run(made.opener, { ...task, writer })))
        const found = values(await readTopic(log, keep))
        expect(found).toHaveLength(1200)
        for (const writer of ["left", "right"]) {
          for (let index = 0; index < 20; index++) {
            const mine = found.filter(
              (value) => value!.startsWith(`${writer}/`) && value!.endsWith(`:${index}`)
            )
            expect(mine).toEqual(Array.from({ length: 30 }, (_, number) => `${writer}/${number}:${index}`))
          }
        }
      })

      test("that are closed append no more, and take back nothing", async () => {
        const writer = await log.writer("w")
        const pending = writer.append([group(keep, fact("a"))])
        await writer.close()
        await pending
        await expect(writer.append([group(keep, fact("b"))])).rejects.toMatchObject({ code: "log-closed" })
        expect(values(await readTopic(log, keep))).toEqual(["a"])
      })
    })

    describe("reads", () => {
      test("start where they are told, and stop at the limit and before `until`", async () => {
        const writer = await log.writer("w")
        await writer.append([group(keep, ...["a", "b", "c", "d", "e"].map((text) => fact(text)))])
        const all = await readAll(log, keep, one)
        const from = all[1]!.offset
        const until = all[4]!.offset
        expect(values((await log.read(keep, one, from, { limit: 2 })).records)).toEqual(["b", "c"])
        expect(values((await log.read(keep, one, from, { until })).records)).toEqual(["b", "c", "d"])
        expect((await log.read(keep, one, from, { until })).next).toBeLessThanOrEqual(until)
        expect((await log.read(keep, one, from, { until: from })).records).toEqual([])
        expect(await log.read(keep, one, all[0]!.offset)).toMatchObject({ records: all })
      })

      test("at the end are empty, beyond it and before 0 refused", async () => {
        await (await log.writer("w")).append([group(keep, fact("a"))])
        const end = await endOf(log, keep, one)
        expect(await log.read(keep, one, end)).toEqual({ records: [], next: end })
        await expect(log.read(keep, one, end + 1)).rejects.toMatchObject({ code: "log-offset-out-of-range" })
        await expect(log.read(keep, one, -1)).rejects.toMatchObject({ code: "log-offset-out-of-range" })
      })

      test("of a topic or partition that is not there are refused", async () => {
        await expect(log.read("contract.absent.v1", 0, 0)).rejects.toMatchObject({
          code: "log-topic-missing"
        })
        await expect(log.read(keep, partitions, 0)).rejects.toMatchObject({ code: "log-topic-missing" })
      })
    })

    describe("compacted topics", () => {
      test("keep at least the latest of each key, and reading passes the holes", async () => {
        const writer = await log.writer("w")
        for (const round of ["1", "2", "3"])
          await writer.append([group(compact, ...["a", "b", "c", "d"].map((key) => state(key, key + round)))])
        for (let partition = 0; partition < partitions; partition++) {
          const found = await readAll(log, compact, partition, 1)
          for (const key of ["a", "b", "c", "d"].filter(
            (each) => partitionOf(each, partitions) === partition
          ))
            expect(found.filter((each) => each.key === key).at(-1)?.value).toBe(`${key}3`)
        }
        expect([...(await log.latest(compact)).values()].map(({ value }) => value).toSorted()).toEqual([
          "a3",
          "b3",
          "c3",
          "d3"
        ])
      })

      test("hide a key that ended in a tombstone, until it is written again", async () => {
        const writer = await log.writer("w")
        await writer.append([group(compact, state("a", "1"), state("b", "1"))])
        await writer.append([group(compact, state("a", null))])
        expect([...(await log.latest(compact)).keys()]).toEqual(["b"])
        expect((await readTopic(log, compact)).filter(({ key }) => key === "a").at(-1)?.value).toBeNull()
        await writer.append([group(compact, state("a", "2"), state("a", "3"))])
        expect((await log.latest(compact)).get("a")?.value).toBe("3")
      })

      test("do not lose the earlier state to an append that fails", async () => {
        const writer = await log.writer("w")
        await writer.append([group(compact, state("a", "1"))])
        await expect(
          writer.append([group(compact, state("a", "2")), group("contract.absent.v1", fact(""))])
        ).rejects.toThrow()
        expect((await log.latest(compact)).get("a")?.value).toBe("1")
        expect((await readTopic(log, compact)).at(-1)?.value).toBe("1")
      })

      test("take no record without a key", async () => {
        const writer = await log.writer("w")
        await expect(writer.append([group(compact, fact("a"))])).rejects.toMatchObject({ code: "log-failed" })
      })

      test("that are not there have no latest", async () => {
        expect(await log.latest("contract.absent.v1")).toEqual(new Map())
      })
    })

    test("topics are settled when nobody has anything under way in them; those that are not there, always", async () => {
      await (await log.writer("w")).append([group(keep, fact("a"))])
      await log.settled([keep, compact, "contract.absent.v1"])
    })

    describe("changed", () => {
      test("wakes up for an append of this process", async () => {
        const writer = await log.writer("w")
        const began = performance.now()
        const woken = log.changed(20_000)
        await writer.append([group(keep, fact("a"))])
        await woken
        expect(performance.now() - began).toBeLessThan(15_000)
      })

      test("wakes up for an append of another process", async () => {
        const began = performance.now()
        const woken = log.changed(20_000)
        await run(made.opener, { do: "append", writer: "other", topics: [keep], transactions: 1, records: 1 })
        await woken
        expect(performance.now() - began).toBeLessThan(15_000)
        expect(await readTopic(log, keep)).toHaveLength(1)
      })

      test("ends when the time has passed, or the signal aborts", async () => {
        const began = performance.now()
        await log.changed(60)
        expect(performance.now() - began).toBeGreaterThanOrEqual(55)
        const controller = new AbortController()
        const waiting = log.changed(20_000, controller.signal)
        controller.abort()
        await waiting
        await log.changed(20_000, controller.signal)
        expect(performance.now() - began).toBeLessThan(15_000)
      })
    })

    test("the id tells one log from another, and stays", async () => {
      expect(log.id).not.toBe("")
      expect((await open()).id).toBe(log.id)
      const other = await makeLog()
      const another = await other.open()
      expect(another.id).not.toBe(log.id)
      await another.close()
      await other.remove()
    })

    test("a closed log answers no more", async () => {
      const another = await open()
      const waiting = another.changed(20_000)
      await another.close()
      await waiting
      await another.close()
      await expect(another.topics()).rejects.toMatchObject({ code: "log-closed" })
      await expect(another.read(keep, 0, 0)).rejects.toMatchObject({ code: "log-closed" })
      await expect(another.settled([keep])).rejects.toMatchObject({ code: "log-closed" })
      await expect(another.writer("w")).rejects.toMatchObject({ code: "log-closed" })
    })

    test("kill -9 in the middle of appends loses nothing acknowledged and tears nothing", async () => {
      const acknowledged = new Set<number>()
      let from = 0
      for (let kill = 0; kill < kills; kill++) {
        const child = start(made.opener, {
          do: "append-for-ever",
          writer: "killed",
          topics: [keep, more],
          from
        })
        let text = ""
        const begun = Promise.withResolvers<void>()
        child.stdout!.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk
          begun.resolve()
        })
        const ended = once(child, "close")
        await Promise.race([begun.promise, ended])
        await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 100))
        child.kill("SIGKILL")
        await ended
        // The number that a kill may have cut short is not counted.
        for (const line of text.slice(0, text.lastIndexOf("\n")).split("\n")) acknowledged.add(Number(line))
        from = Math.max(...acknowledged) + 1000
      }
      expect(acknowledged.size).toBeGreaterThanOrEqual(kills)
      const counts = new Map<number, Set<string>>()
      for (const topic of [keep, more]) {
        for (const found of await readTopic(log, topic)) {
          const number = Number(found.headers["tag"])
          const seen = counts.get(number) ?? new Set()
          counts.set(number, seen)
          const place = `${topic} ${found.headers["index"]}`
          expect(seen).not.toContain(place)
          seen.add(place)
        }
      }
      for (const number of acknowledged) expect(counts.has(number)).toBe(true)
      for (const seen of counts.values()) expect(seen.size).toBe(2 * recordsPerTopic)
      await (await log.writer("killed")).append([group(keep, fact("still usable"))])
    }, 120_000)

    test("does what plain arrays do", async () => {
      const text = oneof(
        string({ unit: "binary" }),
        string({ unit: "grapheme" }),
        constantFrom("", "\u001f", "a\u001fb", "\u0000")
      )
      const headers = oneof(
        constant({}),
        dictionary(oneof(constantFrom("a", "b", "__proto__", "0"), text), text, { maxKeys: 4 })
      )
      const anyFact = record({
        key: oneof(constant(null), text),
        value: oneof(constant(null), text),
        partitionKey: text,
        headers
      })
      const anyState = record({
        key: constantFrom("a", "b", "b\u0000", "😀"),
        value: oneof(constant(null), text),
        headers
      }).map((each) => ({
        ...each,
        partitionKey: each.key
      }))
      const groups = (topics: ReadonlyArray<string>, records: typeof anyFact | typeof anyState) =>
        record({
          topic: constantFrom(...topics),
          headers,
          records: array<NewRecord>(records, { maxLength: 8 })
        })
      const append = record({
        do: constantFrom("append", "append", "append", "fail", "reopen"),
        groups: array(oneof(groups([keep, more], anyFact), groups([compact], anyState)), { maxLength: 4 })
      })
      await assertProperty(
        asyncProperty(array(append, { maxLength: 8 }), async (steps) => {
          const fresh = await makeLog()
          let tested = await fresh.open()
          try {
            const model = new LogModel()
            await tested.ensureTopics(specs)
            model.ensure(specs)
            let writer = await tested.writer("w")
            for (const step of steps) {
              if (step.do === "append") {
                await writer.append(step.groups)
                model.append(step.groups)
              } else if (step.do === "fail") {
                await expect(
                  writer.append([...step.groups, group("contract.absent.v1", fact(""))])
                ).rejects.toThrow()
              } else {
                await tested.close()
                tested = await fresh.open()
                writer = await tested.writer("w")
              }
            }
            for (const topic of [keep, more])
              for (let partition = 0; partition < partitions; partition++)
                expect((await readAll(tested, topic, partition, 3)).map(told)).toEqual(
                  model.records(topic, partition)
                )
            const last = model.last(compact)
            expect(new Map((await readTopic(tested, compact)).map((each) => [each.key, told(each)]))).toEqual(
              last
            )
            expect(
              new Map([...(await tested.latest(compact))].map(([key, each]) => [key, told(each)]))
            ).toEqual(new Map([...last].filter(([, each]) => each.value !== null)))
          } finally {
            await tested.close()
            await fresh.remove()
          }
        }),
        { numRuns: runs }
      )
    }, 60_000)
  })
}
