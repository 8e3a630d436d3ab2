import { rmSync } from "node:fs"
import { join } from "node:path"
import type { LogRecord } from "@plimsoll/log"
import { contractId } from "@plimsoll/log"
import {
  contractOf,
  defineStream,
  PlainDate,
  PlimsollError,
  schemasTopic,
  signals,
  type StreamDefinition,
  topicOf
} from "@plimsoll/schema"
import { Schema } from "effect"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { decodeBatch } from "../src/decoded-batch.ts"
import { decodeDeadLetters } from "../src/dead-letter-batch.ts"
import { Database } from "../src/duckdb/database.ts"
import { Generations } from "../src/generation.ts"
import { landedStream } from "../src/landing-table.ts"
import { openStore } from "../src/store.ts"
import type { Core } from "../src/index.ts"
import { arrivals, beside, contacts, late, month, unit, World } from "./world.ts"

let world: World
let core: Core

const inWorld = () => {
  beforeEach(async () => {
    world = await World.make()
    core = await world.core()
  })
  afterEach(async () => {
    await core.close()
    await world.remove()
  })
}

const row = '{"unit":"a","day":"2022-01-01","seen":10,"late":1}'
const bytesOf = (...parts: ReadonlyArray<string | ReadonlyArray<number>>): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)))
const ends = (value: string, length: number) => `${value.slice(0, -length)}"x":"${"é"}"}`

const record = (own: Partial<LogRecord>): LogRecord => ({
  topic: "t",
  partition: 0,
  offset: 0,
  recordedAt: 1,
  key: null,
  value: row,
  headers: {},
  ...own
})

describe("a record of a stranger is a row or a dead letter with a reason", () => {
  let store: Database
  beforeAll(async () => {
    store = await openStore(":memory:")
  })
  afterAll(() => store.end())
  const decode = async (own: Partial<LogRecord>, stream: StreamDefinition = arrivals as never) => {
    const contract = contractOf("test", stream)
    const generations = await Generations.load(store, contract.topic, false)
    const { columns, dead } = decodeBatch(
      landedStream(contract, contractId(contract)),
      [record(own)],
      generations
    )
    if (dead.length > 0) return `${dead[0]!.code}: ${dead[0]!.reason}`
    const deleted = columns[6]![0]
    return `${deleted === true ? "deletes" : "is"} ${columns[0]![0] as string} ${columns[3]![0] as bigint | null}`
  }

  describe("held to all that the schema says", () => {
    const graded = defineStream({
      name: "graded",
      domain: "test",
      version: 1,
      title: "Graded",
      schema: Schema.Struct({
        unit: Schema.NonEmptyString,
        day: PlainDate,
        grade: Schema.Literals(["low", "high"]),
        late: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10 }))
      }),
      key: null,
      microsystem: "unit",
      occurredAt: "day",
      sensitivity: { unit: "open", day: "open", grade: "open", late: "open" }
    })
    const good = { unit: "a", day: "2022-01-01", grade: "low", late: 1 }
    const graded_ = graded as unknown as StreamDefinition

    test.each([
      [{}, "is a 1"],
      [{ more: 1 }, "is a 1"],
      [{ grade: "none" }, 'does-not-fit: the schema of graded does not fit at ["grade"]'],
      [{ late: 11 }, 'does-not-fit: the schema of graded does not fit at ["late"]'],
      [{ late: "1" }, 'does-not-fit: the schema of graded does not fit at ["late"]'],
      [{ unit: "" }, 'does-not-fit: the schema of graded does not fit at ["unit"]']
    ])("%o", async (own, said) => {
      expect(await decode({ value: JSON.stringify({ ...good, ...own }) }, graded_)).toBe(said)
    })
  })

  test.each<readonly [what: string, own: Partial<LogRecord>, said: string]>([
    ["without headers or key", {}, "is a 1"],
    ["with a type of its own", { headers: { ce_type: "com.else.Thing" } }, "is a 1"],
    ["with a key that is not ours", { key: "ward a" }, "is a 1"],
    ["with a byte order mark", { value: `\ufeff${row}` }, "is a 1"],
    ["with white space", { value: JSON.stringify(JSON.parse(row), null, 2) }, "is a 1"],
    ["with another field", { value: row.replace("}", ',"more":{"a":[1]}}') }, "is a 1"],
    ["in Confluent's form, as text", { value: `\u0000\u0000\u0000\u0001,${row}` }, "is a 1"],
    ["in Confluent's form, as bytes", { value: "", bytes: bytesOf([0, 0, 0, 1, 200], row) }, "is a 1"],
    [
      "in Confluent's form, with text beyond ASCII",
      { value: "", bytes: bytesOf([0, 0, 0, 255, 200], ends(row, 1).replace('"x"', ',"x"')) },
      "is a 1"
    ],
    [
      "in Confluent's form, and no JSON",
      { value: "", bytes: bytesOf([0, 0, 0, 1, 200, 2, 4]) },
      "not-json: the record is not a JSON object"
    ],
    [
      "that is no UTF-8",
      { value: "", bytes: bytesOf([0xff, 0xfe, 0x7b]) },
      "encoding: the value is not UTF-8 text"
    ],
    [
      "in Latin-1",
      { value: "", bytes: bytesOf('{"unit":"', [0xe9], '"}') },
      "encoding: the value is not UTF-8 text"
    ],
    ["that is empty", { value: "" }, "not-json: the value is empty"],
    ["that is a list", { value: `[${row}]` }, "not-json: the record is not a JSON object"],
    ["that is two objects", { value: row + row }, "not-json: the record is not a JSON object"],
    [
      "with a number too large",
      { value: row.replace("10", "9007199254740993") },
      'does-not-fit: the schema of arrivals does not fit at ["seen"]'
    ],
    [
      "with a digit too many",
      { value: row.replace("10", "1.00000000000000001") },
      'does-not-fit: the schema of arrivals does not fit at ["seen"]'
    ],
    [
      "with half a pair of UTF-16",
      { value: row.replace('"a"', '"\\ud800"') },
      'does-not-fit: the schema of arrivals does not fit at ["unit"]'
    ],
    [
      "with a place that is no number",
      { headers: { plimsoll_row: "x" } },
      "does-not-fit: the headers plimsoll_generation and plimsoll_row have to be whole numbers"
    ],
    [
      "with a marker that says nothing",
      { value: "{}", headers: { ce_type: "x.generation" } },
      "does-not-fit: the marker of a generation does not say which, or how many rows it has"
    ],
    ["without a value, with our key", { value: null, key: '["a","2022-01-01"]' }, "deletes a null"],
    [
      "without a value, with our key in another form",
      { value: null, key: '[ "a", "2022-01-01" ]' },
      "deletes a null"
    ],
    [
      "without a value, with another key",
      { value: null, key: "a" },
      "no-key: the key of a record without a value has to be the JSON array of unit, day"
    ],
    [
      "without a value or key",
      { value: null },
      "no-key: the key of a record without a value has to be the JSON array of unit, day"
    ],
    [
      "without a value, with a key that does not fit",
      { value: null, key: '["a",7]' },
      'does-not-fit: the schema of arrivals does not fit at ["day"]'
    ]
  ])("%s", async (_, own, said) => {
    expect(await decode(own)).toBe(said)
  })

  test("a deletion on a stream without a key", async () => {
    expect(await decode({ value: null, key: '["a"]' }, contacts as never)).toBe(
      "no-key: the stream has no key, so a record without a value deletes nothing"
    )
  })

  test("a topic of dead letters may hold strangers' records too", () => {
    const contract = contractOf("test", arrivals as never)
    const { dead } = decodeDeadLetters(landedStream(contract, "x"), [
      record({ value: "not ours" }),
      record({ value: "{}" }),
      record({ value: "", bytes: bytesOf([0xff]) }),
      record({ value: '{"code":"row-invalid","issues":[{"message":"Expected string","path":["a","b"]}]}' })
    ])
    expect(dead.map((letter) => [letter.foundBy, letter.code])).toEqual([
      ["core", "not-json"],
      ["core", "not-json"],
      ["core", "not-json"],
      ["runtime", "row-invalid"]
    ])
  })
})

describe("a contract that was mended", () => {
  inWorld()
  const sensitivity = { unit: "open", day: "open", seen: "open", late: "open", note: "open" } as const
  const mended = defineStream({
    name: "arrivals",
    domain: "test",
    version: 1,
    title: "Arrivals",
    schema: Schema.Struct({
      unit: Schema.String,
      note: Schema.optionalKey(Schema.String),
      day: PlainDate,
      seen: Schema.optionalKey(Schema.Int),
      late: Schema.Int
    }),
    key: ["unit", "day"],
    microsystem: "unit",
    occurredAt: "day",
    covers: "month",
    sensitivity
  })
  const tables = async (directory: string) => {
    const store = await Database.open(join(directory, "core.duckdb"))
    try {
      return {
        rows: await store.rows(
          "SELECT COLUMNS(c -> c <> '_generation') FROM land.test_arrivals_v1 ORDER BY _partition, _offset"
        ),
        dead: await store.rows("FROM store.dead_letter ORDER BY ALL"),
        watermark: await store.rows("FROM store.watermark ORDER BY ALL"),
        offsets: await store.rows("FROM store.landed_offset ORDER BY ALL"),
        values: await store.rows("FROM store.measure_value ORDER BY ALL")
      }
    } finally {
      store.end()
    }
  }

  test("gives the rows that did not fit before, and the store is the one that a rebuild makes", async () => {
    await core.define({ measures: [late()], microsystems: [unit("a")] })
    await world.feed(
      arrivals,
      Array.from({ length: 24 }, (_, nth) => ({ unit: "a", day: month(nth), seen: 1000, late: 50 }))
    )
    const topic = topicOf("test", arrivals)
    const writer = await world.log.writer("stranger")
    const append = (onTopic: string, key: string | null, values: ReadonlyArray<string>) =>
      writer.append([
        {
          topic: onTopic,
          headers: {},
          records: values.map((value) => ({ key, value, partitionKey: key ?? "a", headers: {} }))
        }
      ])
    await append(topic, null, [
      '{"unit":"a","day":"2022-01-01","late":51}',
      '{"unit":"a","day":"2022-02-01","seen":1,"late":52,"note":"counted by hand"}',
      '{"unit":"a","day":"2022-03-01","late":"53"}'
    ])
    await core.update()
    const directory = join(world.folder, ".plimsoll")
    await core.close()
    const before = await tables(directory)
    expect(before.rows.length).toBe(25)
    expect(before.dead.length).toBe(2)
    const contract = contractOf("test", mended as never)
    await append(schemasTopic, topic, [JSON.stringify({ ...contract, id: contractId(contract) })])
    await writer.close()
    core = await world.core()
    await core.update()
    await core.close()
    const after = await tables(directory)
    expect(after.rows.length).toBe(26)
    expect(after.rows.map((one) => one["note"])).toContain("counted by hand")
    expect(after.dead.map((one) => one["record_offset"])).toEqual(["26"])
    rmSync(directory, { recursive: true })
    core = await world.core()
    await core.update()
    await core.close()
    expect(await tables(directory)).toEqual(after)
    core = await world.core()
  })
})

describe("a clock that is behind", () => {
  inWorld()
  test("what stands later in a partition was not recorded earlier, whatever the clocks of its writers said", async () => {
    const topic = topicOf("test", arrivals)
    await world.feed(arrivals, [{ unit: "a", day: month(0), seen: 1, late: 1 }])
    const offsets = (await world.log.topics([topic]))[0]!.offsets
    const { partition } = offsets.find(({ end }) => end > 0)!
    const at = (await world.log.read(topic, partition, 0)).records[0]!.recordedAt
    // A log of which one writer's clock is an hour behind: as the records of a Kafka topic may come.
    const behind = beside(world.log, {
      read: async (...where) => {
        const batch = await world.log.read(...where)
        const late = (one: LogRecord) => (one.topic === topic && one.offset % 2 === 1 ? 3_600_000_000 : 0)
        return {
          ...batch,
          records: batch.records.map((one) => ({ ...one, recordedAt: one.recordedAt - late(one) }))
        }
      }
    })
    const times = async (batches: number) => {
      await core.close()
      rmSync(join(world.folder, ".plimsoll"), { recursive: true, force: true })
      core = await world.core({ log: behind, batch: batches })
      await core.update()
      await core.close()
      const store = await Database.open(join(world.folder, ".plimsoll", "core.duckdb"))
      const rows = await store.rows<{ at: string }>(
        "SELECT epoch_us(_recorded_at) AS at FROM land.test_arrivals_v1 ORDER BY _offset"
      )
      store.end()
      core = await world.core()
      return rows.map((one) => Number(one.at))
    }
    for (let nth = 1; nth < 6; nth++) {
      await world.feed(arrivals, [{ unit: "a", day: month(nth), seen: 1, late: 1 }])
    }
    const all = await times(1000)
    expect(all[0]).toBe(at)
    expect(all.length).toBe(6)
    expect(all.toSorted((a, b) => a - b)).toEqual(all)
    // The same where every record is a transaction of its own, so that the latest moment comes from the store.
    expect(await times(1)).toEqual(all)
  })
})

describe("the core's writer", () => {
  inWorld()

  const counting = () => {
    const counts = { opened: 0, fail: false }
    const log = beside(world.log, {
      writer: async (id) => {
        counts.opened++
        const writer = await world.log.writer(id)
        return {
          id: writer.id,
          epoch: writer.epoch,
          close: () => writer.close(),
          append: async (groups) => {
            const appended = await writer.append(groups)
            if (!counts.fail) return appended
            counts.fail = false
            // As where the answer to a commit is lost on its way: it was done, and nobody knows.
            throw new PlimsollError({ code: "log-unreachable", message: "no answer", transient: true })
          }
        }
      }
    })
    return { counts, log }
  }
  const feed = (nth: number, value: number) =>
    world.feed(arrivals, [{ unit: "a", day: month(nth), seen: 1000, late: value }])

  test("is opened once, and once more after it could not reach the log; nothing is said twice", async () => {
    await core.close()
    const { counts, log } = counting()
    core = await world.core({ log })
    await core.define({ measures: [late()], microsystems: [unit("a")] })
    await world.feed(
      arrivals,
      Array.from({ length: 24 }, (_, nth) => ({
        unit: "a",
        day: month(nth),
        seen: 1000,
        late: 50 + (nth % 3)
      }))
    )
    await core.tick(month(24))
    await core.update()
    expect(counts.opened).toBe(1)
    await feed(24, 99)
    counts.fail = true
    await expect(core.update()).rejects.toMatchObject({ code: "log-unreachable" })
    expect((await core.update()).signals).toEqual([])
    expect(counts.opened).toBe(2)
    await feed(25, 99)
    await feed(26, 51)
    const said = (await core.update()).signals
    expect(said.map((event) => event.state)).toEqual(["ended"])
    expect(counts.opened).toBe(2)
    const topic = topicOf("test", signals)
    const [info] = await world.log.topics([topic])
    const all = await Promise.all(info!.offsets.map(({ partition }) => world.log.read(topic, partition, 0)))
    const states = all.flatMap(({ records }) =>
      records.map((one) => (JSON.parse(one.value!) as { readonly state: string }).state)
    )
    expect(states.toSorted()).toEqual(["ended", "opened"])
  }, 60_000)
})
