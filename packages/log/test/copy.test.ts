import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import {
  array,
  assert as assertProperty,
  asyncProperty,
  constant,
  constantFrom,
  dictionary,
  integer,
  oneof,
  record,
  string
} from "fast-check"
import { stateTopic } from "@plimsoll/schema"
import { afterEach, beforeEach, describe, expect, test } from "vitest"

import {
  copyLog,
  type Log,
  type LogRecord,
  type NewRecord,
  openEmbeddedLog,
  type RecordGroup
} from "../src/index.ts"
import { copyToTheEnd, killCopies } from "./copy-process.ts"

let folder: string
let source: Log
let target: Log
const id = "plimsoll.test.log-copy"

const specs = [
  { topic: "facts.v1", partitions: 3, cleanup: "keep" },
  { topic: "facts.v1.dlq", partitions: 1, cleanup: "keep" },
  { topic: "states.v1", partitions: 2, cleanup: "compact" },
  { topic: stateTopic, partitions: 1, cleanup: "compact" }
] as const

const open = (name: string): Promise<Log> => openEmbeddedLog(join(folder, name), { thread: false })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-copy-"))
  source = await open("source.sqlite")
  target = await open("target.sqlite")
  await source.ensureTopics(specs)
})

afterEach(async () => {
  await Promise.all([source.close(), target.close()])
  await rm(folder, { recursive: true, force: true })
})

const fact = (value: string | null, rest?: Partial<NewRecord>): NewRecord => ({
  key: null,
  value,
  partitionKey: value ?? "",
  headers: {},
  ...rest
})
const state = (key: string, value: string | null): NewRecord => fact(value, { key, partitionKey: key })
const group = (topic: string, ...records: ReadonlyArray<NewRecord>): RecordGroup => ({
  topic,
  headers: { ce_type: topic },
  records
})
const append = async (log: Log, ...groups: ReadonlyArray<RecordGroup>): Promise<void> => {
  const writer = await log.writer("plimsoll.test.files")
  await writer.append(groups)
  await writer.close()
}

/** All that a copy has to keep: by topic and partition, the records in order, without their offsets. */
const contents = async (log: Log): Promise<Record<string, ReadonlyArray<Omit<LogRecord, "offset">>>> => {
  const found: Record<string, ReadonlyArray<Omit<LogRecord, "offset">>> = {}
  for (const { topic, offsets } of await log.topics()) {
    for (const { partition, end } of offsets) {
      const records: Array<Omit<LogRecord, "offset">> = []
      for (let from = 0; from < end;) {
        const batch = await log.read(topic, partition, from)
        for (const { offset, ...rest } of batch.records) {
          expect(offset).toBeGreaterThanOrEqual(from)
          if (!(rest.key ?? "").startsWith('["/plimsoll/log-copy"')) records.push(rest)
        }
        from = batch.next
      }
      found[`${topic}/${partition}`] = records
    }
  }
  return found
}

describe("a copy", () => {
  test("has every topic, partition, record, header and time; and brings only what is new the next time", async () => {
    await append(
      source,
      group(
        "facts.v1",
        fact("a"),
        fact("é\u0000"),
        fact(null, { key: "gone" }),
        fact("b", { headers: { ce_id: "1" } })
      ),
      group("states.v1", state("x", "1"), state("y", "1"), state("z", "1")),
      group(stateTopic, state('["files","acute.stays.v1","a.csv"]', '{"format":1}'))
    )
    await append(source, group("states.v1", state("x", "2"), state("z", null)))
    // So that a time stamped by the copy would be another one.
    await new Promise((resolve) => setTimeout(resolve, 20))
    const seen: Array<number> = []
    const report = await copyLog(source, target, {
      id,
      onProgress: ({ copied, total }) => {
        expect(copied).toBeLessThanOrEqual(total)
        seen.push(copied)
      }
    })
    expect(report).toMatchObject({ from: source.id, to: target.id, copied: 8, leftOut: 0, complete: true })
    expect(report.topics).toEqual([
      { topic: "facts.v1", copied: 4 },
      { topic: "facts.v1.dlq", copied: 0 },
      { topic: stateTopic, copied: 1 },
      { topic: "states.v1", copied: 3 }
    ])
    expect(seen.at(-1)).toBe(8)
    expect(await contents(target)).toEqual(await contents(source))
    const made = (await target.topics()).map(({ topic, partitions, cleanup }) => ({
      topic,
      partitions,
      cleanup
    }))
    expect(made).toEqual(specs.toSorted((a, b) => (a.topic < b.topic ? -1 : 1)))
    expect((await target.latest("states.v1")).get("x")?.value).toBe("2")
    expect([...(await target.latest("states.v1")).keys()]).toEqual(["x", "y"])

    expect(await copyLog(source, target, { id })).toMatchObject({ copied: 0, complete: true })
    await source.ensureTopics([{ topic: "later.v1", partitions: 5, cleanup: "keep" }])
    await append(
      source,
      group("facts.v1", fact("c")),
      group("later.v1", fact("d")),
      group("states.v1", state("y", null))
    )
    expect(await copyLog(source, target, { id })).toMatchObject({ copied: 3, complete: true })
    expect(await contents(target)).toEqual(await contents(source))
  })

  test("of an empty log is empty", async () => {
    const empty = await open("empty.sqlite")
    expect(await copyLog(empty, target, { id })).toMatchObject({ copied: 0, topics: [], complete: true })
    await empty.close()
  })

  test("of a copy has nothing of how the first was made", async () => {
    await append(source, group("facts.v1", fact("a")), group(stateTopic, state("k", "1")))
    await copyLog(source, target, { id })
    const third = await open("third.sqlite")
    expect(await copyLog(target, third, { id })).toMatchObject({ copied: 2 })
    expect(await contents(third)).toEqual(await contents(source))
    const states = [...(await third.latest(stateTopic)).keys()]
    expect(states.filter((key) => key.includes(source.id))).toEqual([])
    // And it can be gone on with.
    await append(target, group("facts.v1", fact("b")))
    expect(await copyLog(target, third, { id })).toMatchObject({ copied: 1 })
    await third.close()
  })

  test("copies what is appended meanwhile, before it says that it is complete", async () => {
    await append(source, group("facts.v1", fact("a")))
    let more = 3
    const growing = new Proxy(source, {
      get: (of, name) => {
        const value: unknown = Reflect.get(of, name, of)
        if (name !== "topics") return typeof value === "function" ? value.bind(of) : value
        return async () => {
          const topics = await of.topics()
          if (more-- > 0) await append(of, group("facts.v1", fact(`more ${more}`)))
          return topics
        }
      }
    })
    const report = await copyLog(growing, target, { id })
    expect(report.copied).toBe(4)
    expect(await contents(target)).toEqual(await contents(source))
  })

  test("of some topics leaves the others alone, on both logs", async () => {
    await append(source, group("facts.v1", fact("a")), group("facts.v1.dlq", fact("b")))
    await target.ensureTopics(specs)
    await append(target, group("facts.v1.dlq", fact("mine")))
    const topics = (topic: string): boolean => topic === "facts.v1"
    expect(await copyLog(source, target, { id, topics })).toMatchObject({
      topics: [{ topic: "facts.v1", copied: 1 }],
      complete: true
    })
    expect((await contents(target))["facts.v1.dlq/0"]!.map(({ value }) => value)).toEqual(["mine"])
  })

  test("of a log into itself is refused", async () => {
    await expect(copyLog(source, source, { id })).rejects.toMatchObject({ code: "log-copy-same" })
  })
})

describe("a target that has records of others", () => {
  const refused = { code: "log-copy-target-not-empty", suggestion: expect.stringContaining("empty log") }

  test.each(["facts.v1", "states.v1", stateTopic])("in %s is refused, and left as it was", async (topic) => {
    await append(source, group("facts.v1", fact("a")))
    await target.ensureTopics(specs)
    await append(target, group(topic, state("mine", "1")))
    const before = await contents(target)
    await expect(copyLog(source, target, { id })).rejects.toMatchObject(refused)
    expect(await contents(target)).toEqual(before)
  })

  test("is refused when they came after the first copy, but not for topics of its own", async () => {
    await append(source, group("facts.v1", fact("a"), fact("b")), group("states.v1", state("k", "1")))
    await copyLog(source, target, { id })
    await target.ensureTopics([{ topic: "own.v1", partitions: 1, cleanup: "keep" }])
    await append(target, group("own.v1", fact("x")))
    expect(await copyLog(source, target, { id })).toMatchObject({ complete: true })
    await append(target, group("facts.v1", fact("x")))
    await expect(copyLog(source, target, { id })).rejects.toMatchObject(refused)
  })

  test("is refused when it is the copy of another log", async () => {
    await append(source, group("facts.v1", fact("a")))
    await copyLog(source, target, { id })
    const other = await open("other.sqlite")
    await other.ensureTopics(specs)
    await append(other, group("facts.v1", fact("b")))
    await expect(copyLog(other, target, { id })).rejects.toMatchObject(refused)
    await other.close()
  })

  test("with a topic of the same name and other partitions is refused", async () => {
    await target.ensureTopics([{ topic: "facts.v1", partitions: 4, cleanup: "keep" }])
    await expect(copyLog(source, target, { id })).rejects.toMatchObject({ code: "log-topic-differs" })
  })
})

describe("a record that is no text", () => {
  // The embedded log cannot hold one: this is the source as a log with a stranger's record gives it.
  const withBytes = (log: Log): Log =>
    new Proxy(log, {
      get: (of, name) => {
        if (name !== "read") {
          const value: unknown = Reflect.get(of, name, of)
          return typeof value === "function" ? value.bind(of) : value
        }
        return async (...args: Parameters<Log["read"]>) => {
          const batch = await of.read(...args)
          const records = batch.records.map((each) =>
            each.value === "stranger" ? { ...each, value: "", bytes: new Uint8Array([0xff, 0xfe]) } : each
          )
          return { ...batch, records }
        }
      }
    })

  test("is refused with its place and the cure, or left out and counted", async () => {
    const records = ["a", "stranger", "b"].map((value) => fact(value, { partitionKey: "one" }))
    await append(source, group("facts.v1", ...records))
    const [place] = (await contents(source).then(Object.entries)).find(([, found]) => found.length > 0)!
    await expect(copyLog(withBytes(source), target, { id })).rejects.toMatchObject({
      code: "log-copy-bytes",
      message: expect.stringContaining(`${place.replace("/", " ")}/1`),
      suggestion: expect.stringContaining("--leave-out-bytes")
    })
    expect(await copyLog(withBytes(source), target, { id, bytes: "leave-out" })).toMatchObject({
      copied: 2,
      leftOut: 1,
      complete: true
    })
    expect((await contents(target))[place]!.map(({ value }) => value)).toEqual(["a", "b"])
  })
})

test("whatever is on the log and wherever a copy stops, the copy ends up equal", async () => {
  const text = oneof(string({ unit: "binary" }), constantFrom("", "\u001f", "\u0000"))
  const anyRecord = record({
    key: constantFrom("a", "b", "c", '["/plimsoll/x"]'),
    value: oneof(constant(null), text),
    headers: dictionary(constantFrom("a", "ce_id", "ce_partitionkey"), text, { maxKeys: 2 }),
    partitionKey: text
  })
  const appended = record({
    do: constant("append" as const),
    groups: array(
      record({
        topic: constantFrom("facts.v1", "facts.v1.dlq", "states.v1", stateTopic),
        headers: constantFrom({}, { common: "1" }),
        records: array<NewRecord>(anyRecord, { maxLength: 6 })
      }),
      { maxLength: 4 }
    )
  })
  const copied = record({ do: constant("copy" as const), transactions: integer({ min: 0, max: 8 }) })
  let run = 0
  await assertProperty(
    asyncProperty(array(oneof(appended, copied), { maxLength: 10 }), async (steps) => {
      const [from, to] = [await open(`from-${++run}.sqlite`), await open(`to-${run}.sqlite`)]
      try {
        await from.ensureTopics(specs)
        for (const step of steps) {
          if (step.do === "append") {
            // One key of a compacted topic is always in one partition, as its key decides it.
            const groups = step.groups.map((each) => ({
              ...each,
              records: each.records.map((one) => ({
                ...one,
                partitionKey: each.topic.startsWith("facts") ? one.partitionKey : one.key!
              }))
            }))
            await append(from, ...groups)
            continue
          }
          const controller = new AbortController()
          let left = step.transactions
          if (left === 0) controller.abort()
          const { complete } = await copyLog(from, to, {
            id,
            signal: controller.signal,
            onProgress: () => {
              if (--left === 0) controller.abort()
            }
          })
          if (complete) expect(await contents(to)).toEqual(await contents(from))
        }
        expect(await copyLog(from, to, { id })).toMatchObject({ complete: true })
        expect(await contents(to)).toEqual(await contents(from))
      } finally {
        await Promise.all([from.close(), to.close()])
      }
    }),
    { numRuns: 25 }
  )
}, 120_000)

test("a copy that is killed five times loses nothing and doubles nothing", async () => {
  const writer = await source.writer("plimsoll.test.files")
  const partitionKeys = ["ward-1", "ward-2", "ward-3", "ward-4"]
  for (let batch = 0; batch < 15; batch++) {
    const records = Array.from({ length: 5_000 }, (_, index) =>
      fact(`{"row":${batch * 5_000 + index}}`, {
        partitionKey: partitionKeys[index % 4]!,
        headers: { ce_id: `${batch}/${index}` }
      })
    )
    await writer.append([group("facts.v1", ...records), group(stateTopic, state("files", String(batch)))])
  }
  await writer.close()
  const [from, to] = ["source.sqlite", "target.sqlite"].map((name) => ({
    module: new URL("./embedded-opener.ts", import.meta.url).href,
    argument: join(folder, name)
  }))
  expect(await killCopies(from!, to!, 5)).toBe(5)
  const before = await contents(target)
  expect([0, 1, 2].flatMap((partition) => before[`facts.v1/${partition}`]!).length).toBeGreaterThan(0)
  expect(await copyToTheEnd(from!, to!)).toContain("complete true")
  expect(await contents(target)).toEqual(await contents(source))
}, 120_000)
