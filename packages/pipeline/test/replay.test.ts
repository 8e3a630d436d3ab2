import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Emit, RawRow } from "@plimsoll/connector"
import { type Log, type LogRecord, openEmbeddedLog } from "@plimsoll/log"
import { defineStream, PlainDate } from "@plimsoll/schema"
import {
  array,
  assert as assertProperty,
  asyncProperty,
  boolean,
  constantFrom,
  integer,
  record
} from "fast-check"
import { Schema } from "effect"
import { describe, expect, test } from "vitest"
import { replayDeadLetters, runConnector } from "../src/index.ts"
import {
  connectorOf,
  dayOf,
  fall,
  falls,
  given,
  json,
  type Read,
  readRows,
  recordsOf,
  temporaryFolder,
  temporaryLog
} from "./source.ts"

const most = 20
/** As {@link falls}, but it refuses 20 falls and more: the schema that is to be mended. */
const strict = {
  ...falls,
  schema: Schema.Struct({
    ...falls.schema.fields,
    falls: Schema.Int.check(Schema.isLessThan(most))
  })
}
const topic = "trust.inpatient.falls.v1"
const letters = `${topic}.dlq`

const strictly = (log: Log, read: Read) =>
  runConnector(connectorOf(read, { definition: strict }), { ...given, log })
const mended = connectorOf(readRows([]))
const replay = (log: Log, more: object = {}) => replayDeadLetters([mended], { ...given, log, ...more })

const told = (records: ReadonlyArray<LogRecord>) =>
  records
    .map(({ partition, key, value, headers: { plimsoll_run: _run, ...headers } }) => ({
      partition,
      key,
      value,
      headers
    }))
    .sort((a, b) => (a.headers["ce_id"]! < b.headers["ce_id"]! ? -1 : 1))

test("rows that fit by now arrive as if they had never been refused, and once", async () => {
  await using on = await temporaryLog()
  await using other = await temporaryLog()
  const rows = Array.from({ length: 12 }, (_, at) => fall(at + 1, String(at * 5)))
  await strictly(on.log, readRows(rows))
  await runConnector(connectorOf(readRows(rows)), { ...given, log: other.log })
  const refused = (await recordsOf(on.log, letters)).map(({ headers }) => headers)
  expect(refused).toHaveLength(8)

  const expected = { stream: "falls", topic, letters: 8, before: 0, replayed: 8, superseded: 0, left: [] }
  const before = await recordsOf(on.log, topic)
  expect(await replay(on.log, { dryRun: true })).toEqual([expected])
  expect(await recordsOf(on.log, topic)).toEqual(before)
  expect(await replay(on.log)).toEqual([expected])
  const [arrived, wanted] = [told(await recordsOf(on.log, topic)), told(await recordsOf(other.log, topic))]
  // Rows that were taken before carry the contract of then.
  const late = new Set(wanted.map(({ headers }) => headers["ce_id"]!))
  for (const { headers } of told(before)) late.delete(headers["ce_id"]!)
  const only = (records: typeof arrived) => records.filter(({ headers }) => late.has(headers["ce_id"]!))
  expect(only(arrived)).toEqual(only(wanted))
  expect(arrived.map(({ value }) => value)).toEqual(wanted.map(({ value }) => value))
  const runs = new Set(refused.map((headers) => headers["plimsoll_run"]))
  expect(new Set((await recordsOf(on.log, topic)).map(({ headers }) => headers["plimsoll_run"]))).toEqual(
    runs
  )

  const said = (await recordsOf(on.log, letters)).filter(
    ({ headers }) => headers["ce_type"] === "inpatient.falls.replayed"
  )
  expect(said.map((each) => json(each)["letter"]).toSorted()).toEqual(
    refused.map((headers) => headers["ce_id"]).toSorted()
  )
  const ids = new Set(arrived.map(({ headers }) => headers["ce_id"]))
  expect(said.every((each) => ids.has(String(json(each)["record"])))).toBe(true)

  expect(await replay(on.log)).toEqual([{ ...expected, letters: 0, before: 8, replayed: 0 }])
  expect(told(await recordsOf(on.log, topic))).toEqual(arrived)
})

test("one letter, or those of one stream, can be replayed alone", async () => {
  await using on = await temporaryLog()
  await strictly(on.log, readRows([fall(1, "20"), fall(2, "21")]))
  const id = (await recordsOf(on.log, letters))[1]!.headers["ce_id"]!
  expect(await replay(on.log, { stream: "stays" })).toEqual([])
  expect(await replay(on.log, { id: "nobody" })).toMatchObject([{ letters: 0 }])
  expect(await replay(on.log, { id })).toMatchObject([{ letters: 1, replayed: 1 }])
  expect(await replay(on.log, { stream: "falls" })).toMatchObject([{ letters: 1, before: 1, replayed: 1 }])
})

test("what does not fit stays, by reason", async () => {
  await using on = await temporaryLog()
  const rows: ReadonlyArray<Emit> = [
    {
      _tag: "Rows",
      partition: "a.csv",
      rows: [
        fall(1, "many"),
        fall(2, "few"),
        fall(3, "20"),
        { ...fall(4, "1"), fields: { ...fall(4, "1").fields, day: "2026-11-30" } }
      ],
      cursor: { row: 4 }
    },
    {
      _tag: "Reject",
      partition: "a.csv",
      reason: "Unclosed quote",
      raw: '"',
      at: { generation: 1, row: 5 },
      cursor: { row: 5 }
    }
  ]
  await strictly(on.log, async function* () {
    yield* rows
  })
  const [report] = await replay(on.log)
  expect(report).toMatchObject({ letters: 5, replayed: 1, superseded: 0 })
  expect(report!.left).toEqual([
    { code: "decode-failed", reason: expect.stringMatching(/^falls: /), count: 2 },
    { code: "in-the-future", reason: expect.stringContaining("a day after"), count: 1 },
    { code: "unreadable", reason: "Unclosed quote", count: 1 }
  ])
  // The day has come.
  const clock = () => Date.UTC(2026, 11, 1) * 1000
  expect(await replay(on.log, { clock })).toMatchObject([{ letters: 4, before: 1, replayed: 1 }])
  const elsewhere = connectorOf(readRows([]), { instance: "elsewhere" })
  expect((await replayDeadLetters([elsewhere], { ...given, log: on.log }))[0]!.left).toEqual([
    { code: "unknown-source", reason: expect.stringContaining("no connector"), count: 3 }
  ])
})

test("what a policy withheld cannot be replayed, and no pseudonym is taken for a value", async () => {
  await using on = await temporaryLog()
  const key = "0123456789abcdef0123456789abcdef"
  const policies = { falls: { ward: { policy: "hmac", key } } } as const
  await runConnector(connectorOf(readRows([fall(1, "20"), fall(2, "many")]), { definition: strict }), {
    ...given,
    log: on.log,
    policies
  })
  const expected = [
    {
      letters: 2,
      replayed: 0,
      left: [{ code: "withheld", reason: expect.stringContaining("policies"), count: 2 }]
    }
  ]
  expect(await replay(on.log, { policies })).toMatchObject(expected)
  expect(await replay(on.log)).toMatchObject(expected)
  expect(await recordsOf(on.log, topic)).toEqual([])
})

test("policies of now apply to letters from before", async () => {
  await using on = await temporaryLog()
  await strictly(on.log, readRows([fall(1, "20")]))
  const policies = { falls: { ward: { policy: "hmac", key: "0123456789abcdef0123456789abcdef" } } } as const
  expect(await replay(on.log, { policies })).toMatchObject([{ replayed: 1 }])
  expect(String(json((await recordsOf(on.log, topic))[0]!)["ward"])).toMatch(/^[0-9a-f]{64}$/)
})

test("a deletion that was refused is replayed as a deletion, never as a row", async () => {
  await using on = await temporaryLog()
  const sparse = defineStream({
    name: "beds",
    domain: "inpatient",
    version: 1,
    title: "Beds",
    schema: Schema.Struct({ bed: Schema.String, day: PlainDate, note: Schema.optionalKey(Schema.String) }),
    key: ["bed", "day"],
    microsystem: null,
    occurredAt: "day",
    sensitivity: { bed: "open", day: "open", note: "open" }
  })
  const narrow = {
    ...sparse,
    schema: Schema.Struct({ ...sparse.schema.fields, bed: Schema.String.check(Schema.isPattern(/^\d+$/)) })
  }
  const gone = { bed: "A1", day: "2026-03-01" }
  const read: Read = async function* () {
    yield { _tag: "Delete", partition: "p", key: gone, at: { generation: 1, row: 1 }, cursor: { row: 1 } }
  }
  await runConnector(connectorOf(read, { definition: narrow }), { ...given, log: on.log })
  const beds = connectorOf(read, { definition: sparse })
  expect(await replayDeadLetters([beds], { ...given, log: on.log })).toMatchObject([{ replayed: 1 }])
  const [record] = await recordsOf(on.log, "trust.inpatient.beds.v1")
  expect(record!.headers["ce_type"]).toBe("inpatient.beds.deleted")
  expect(json(record!)).toEqual(gone)
})

test("a schema that readers of old rows cannot bear is refused", async () => {
  await using on = await temporaryLog()
  await strictly(on.log, readRows([fall(1, "20")]))
  const changed = { ...falls, schema: Schema.Struct({ ...falls.schema.fields, falls: Schema.String }) }
  await expect(
    replayDeadLetters([connectorOf(readRows([]), { definition: changed })], { ...given, log: on.log })
  ).rejects.toMatchObject({ code: "schema-incompatible" })
})

/** The rows that the core shows of a topic: of each file the newest whole generation, of each key the latest. */
const current = async (log: Log): Promise<ReadonlyMap<string, string>> => {
  const records = await recordsOf(log, topic)
  const number = (one: LogRecord, name: string) => Number(one.headers[name])
  const whole = new Map<string, number>()
  for (const one of records.filter(({ headers }) => headers["ce_type"]!.endsWith(".generation"))) {
    const { partition, generation, rows } = json(one) as {
      partition: string
      generation: number
      rows: number
    }
    const landed = records.filter(
      ({ key, headers }) =>
        key !== null &&
        headers["plimsoll_partition"] === partition &&
        headers["plimsoll_generation"] === String(generation)
    )
    if (landed.length >= rows) whole.set(partition, Math.max(generation, whole.get(partition) ?? 0))
  }
  const shown = records
    .filter(
      (one) =>
        one.key !== null &&
        number(one, "plimsoll_generation") === whole.get(one.headers["plimsoll_partition"]!)
    )
    .sort(
      (a, b) =>
        a.recordedAt - b.recordedAt ||
        (a.headers["plimsoll_partition"]! < b.headers["plimsoll_partition"]! ? -1 : 1) ||
        number(a, "plimsoll_row") - number(b, "plimsoll_row")
    )
  return new Map(shown.map(({ key, value }) => [key!, value!]))
}

describe("a row that comes late", () => {
  const one = (row: number, count: number): RawRow => ({
    fields: { ward: "w", day: dayOf(1), falls: String(count) },
    at: { generation: 1, row }
  })
  const idOf = async (log: Log, row: number) =>
    (await recordsOf(log, letters)).find(({ headers }) => headers["plimsoll_row"] === String(row))!.headers[
      "ce_id"
    ]!
  const shown = async (log: Log) => [...(await current(log)).values()].map((value) => JSON.parse(value).falls)
  const ended = (rows: ReadonlyArray<RawRow>, partition = "a.csv"): Read =>
    async function* () {
      yield { _tag: "Rows", partition, rows, cursor: { row: 0 } }
      yield { _tag: "GenerationEnd", partition, generation: rows[0]!.at.generation, cursor: { row: 0 } }
    }

  test("does not override a later one of its key", async () => {
    await using on = await temporaryLog()
    await strictly(on.log, ended([one(1, 20), one(2, 1)]))
    const superseded = [{ letters: 1, replayed: 0, superseded: 1, left: [] }]
    expect(await replay(on.log, { dryRun: true })).toMatchObject(superseded)
    expect(await replay(on.log)).toMatchObject(superseded)
    expect(await shown(on.log)).toEqual([1])
  })

  test("overrides an earlier one of its key, of its own file or another", async () => {
    await using on = await temporaryLog()
    await strictly(on.log, ended([one(1, 1)], "b.csv"))
    await strictly(on.log, ended([one(2, 2), one(3, 20)]))
    expect(await replay(on.log)).toMatchObject([{ replayed: 1, superseded: 0 }])
    expect(await shown(on.log)).toEqual([20])
  })

  test("counts by when its letter was recorded, though another was replayed before it", async () => {
    await using on = await temporaryLog()
    await strictly(on.log, ended([one(1, 20)]))
    await strictly(on.log, ended([one(2, 21)], "b.csv"))
    await strictly(on.log, ended([one(3, 22)], "c.csv"))
    expect(await replay(on.log, { id: await idOf(on.log, 2) })).toMatchObject([{ replayed: 1 }])
    expect(await replay(on.log)).toMatchObject([{ letters: 2, replayed: 1, superseded: 1 }])
    expect(await shown(on.log)).toEqual([22])
  })

  test("of a file that has been replaced since is superseded; a row of a replaced file stands in nobody's way", async () => {
    await using on = await temporaryLog()
    await strictly(on.log, ended([one(1, 20)]))
    await strictly(on.log, ended([one(2, 1)], "b.csv"))
    const other = { ...one(1, 2), at: { generation: 2, row: 1 } }
    await strictly(on.log, ended([{ ...other, fields: { ...other.fields, day: dayOf(9) } }], "b.csv"))
    expect(await replay(on.log)).toMatchObject([{ replayed: 1, superseded: 0 }])
    expect((await shown(on.log)).toSorted()).toEqual([2, 20])
    await strictly(on.log, ended([{ ...one(1, 21), at: { generation: 3, row: 1 } }], "b.csv"))
    await strictly(on.log, ended([{ ...one(1, 3), at: { generation: 4, row: 1 } }], "b.csv"))
    expect(await replay(on.log)).toMatchObject([{ letters: 1, replayed: 0, superseded: 1 }])
  })

  test("of a stream without a key stands beside the others", async () => {
    await using on = await temporaryLog()
    const keyless = (definition: typeof falls | typeof strict) => ({ ...definition, key: null })
    await runConnector(connectorOf(readRows([one(1, 20), one(2, 1)]), { definition: keyless(strict) }), {
      ...given,
      log: on.log
    })
    const connector = connectorOf(readRows([]), { definition: keyless(falls) })
    expect(await replayDeadLetters([connector], { ...given, log: on.log })).toMatchObject([{ replayed: 1 }])
    expect(await recordsOf(on.log, topic)).toHaveLength(2)
  })
})

test("whatever was refused, in the end each key shows what it would have shown", async () => {
  const step = record({
    file: constantFrom("a.csv", "b.csv"),
    replaces: boolean(),
    rows: array(record({ key: integer({ min: 1, max: 3 }), falls: constantFrom(1, 2, 3, 20, 21, 22) }), {
      maxLength: 4
    }),
    // One of the letters is replayed ahead of the others, where there are so many.
    ahead: integer({ min: 0, max: 8 })
  })
  await assertProperty(
    asyncProperty(array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
      using folder = temporaryFolder()
      // On the calling thread: most of the time would else go into the start of threads.
      const open = async (name: string) => {
        const log = await openEmbeddedLog(join(folder.path, name), { thread: false })
        return { log, [Symbol.asyncDispose]: () => log.close() }
      }
      await using on = await open("on.sqlite")
      await using other = await open("other.sqlite")
      const places = new Map<string, { generation: number; row: number }>()
      for (const { file, replaces, rows, ahead } of steps) {
        const place = places.get(file) ?? { generation: 1, row: 0 }
        places.set(file, place)
        if (replaces) Object.assign(place, { generation: place.generation + 1, row: 0 })
        const { generation } = place
        const raw = rows.map(({ key, falls: count }): RawRow => ({
          fields: { ward: "w", day: dayOf(key), falls: String(count) },
          at: { generation, row: ++place.row }
        }))
        const read: Read = async function* () {
          yield { _tag: "Rows", partition: file, rows: raw, cursor: { row: 0 } }
          yield { _tag: "GenerationEnd", partition: file, generation, cursor: { row: 0 } }
        }
        await strictly(on.log, read)
        await runConnector(connectorOf(read), { ...given, log: other.log })
        const letter = (await recordsOf(on.log, letters)).at(ahead)
        if (letter?.headers["ce_type"]?.endsWith(".rejected") === true)
          await replay(on.log, { id: letter.headers["ce_id"]! })
      }
      const reports = await replay(on.log)
      expect(reports.flatMap(({ left }) => left)).toEqual([])
      expect(await current(on.log)).toEqual(await current(other.log))
      expect(await replay(on.log)).toMatchObject([{ replayed: 0 }])
    }),
    { numRuns: 25 }
  )
}, 120_000)

test("a replay that is killed in between, and repeated, does nothing twice", async () => {
  await using on = await temporaryLog()
  const count = 9_000
  await strictly(
    on.log,
    readRows(
      Array.from({ length: count }, (_, at) => ({
        fields: { ward: "w", day: dayOf(at), falls: "20" },
        at: { generation: 1, row: at + 1 }
      })),
      3_000
    )
  )
  const child = spawn(
    process.execPath,
    [
      "--conditions=@plimsoll/source",
      "--disable-warning=ExperimentalWarning",
      fileURLToPath(new URL("./replay-main.ts", import.meta.url)),
      on.path
    ],
    { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, NODE_OPTIONS: "" } }
  )
  const ended = once(child, "close")
  await once(child.stdout!, "data")
  child.kill("SIGKILL")
  expect(((await ended) as [number | null, string | null])[1]).toBe("SIGKILL")
  const [report] = await replay(on.log)
  expect(report!.before).toBeGreaterThan(0)
  const ids = (await recordsOf(on.log, topic)).map(({ headers }) => headers["ce_id"])
  expect(new Set(ids).size).toBe(ids.length)
  // Days repeat after 2000: only the latest row of each key is replayed.
  expect(ids).toHaveLength(2_000)
  expect(await replay(on.log)).toMatchObject([{ replayed: 0, before: 2_000 }])
}, 60_000)
