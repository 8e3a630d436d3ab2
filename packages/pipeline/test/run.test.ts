import type { Emit } from "@plimsoll/connector"
import { ConnectorError } from "@plimsoll/connector"
import type { PlimsollError } from "@plimsoll/schema"
import { Stream } from "effect"
import { expect, test } from "vitest"
import { runConnector } from "../src/index.ts"
import { connectorOf, dayOf, fall, falls, given, json, readRows, recordsOf, temporaryLog } from "./source.ts"

const topic = "trust.inpatient.falls.v1"
const many = (count: number) => Array.from({ length: count }, (_, at) => fall(at + 1, String(at)))

test("rows reach the log with their envelope, and a second run finds nothing new", async () => {
  await using on = await temporaryLog()
  const [report] = await runConnector(connectorOf(readRows(many(10))), { ...given, log: on.log })
  expect(report).toMatchObject({
    stream: "falls",
    topic,
    in: 10,
    out: 10,
    rejected: 0,
    unchanged: 0,
    deleted: 0,
    aborted: false
  })
  const records = await recordsOf(on.log, topic)
  expect(records).toHaveLength(10)
  const first = records.find((record) => record.headers["plimsoll_row"] === "1")!
  expect(first.key).toBe(`["w1","${dayOf(1)}"]`)
  expect(first.value).toBe(`{"ward":"w1","day":"${dayOf(1)}","falls":0}`)
  expect(first.headers).toEqual({
    ce_specversion: "1.0",
    ce_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    ce_source: "/plimsoll/connector-made/made",
    ce_type: "inpatient.falls.upserted",
    ce_time: `${dayOf(1)}T00:00:00Z`,
    ce_partitionkey: "w1",
    "content-type": "application/json",
    plimsoll_schema: expect.stringMatching(/^[0-9a-f]{16}$/),
    plimsoll_partition: "a.csv",
    plimsoll_generation: "1",
    plimsoll_row: "1",
    plimsoll_run: report!.run
  })
  const schemas = await on.log.latest("plimsoll._schemas")
  expect(json(schemas.get(topic)!)).toMatchObject({
    id: first.headers["plimsoll_schema"],
    topic,
    name: "falls"
  })
  const state = await on.log.latest("plimsoll._state")
  expect([...state].map(([key, record]) => [key, json(record)])).toEqual([
    [
      '["made","inpatient.falls.v1","a.csv"]',
      { format: 1, cursor: { row: 10 }, generation: 1, row: 10, accepted: 10 }
    ],
    [
      '["made","inpatient.falls.v1"]',
      {
        format: 1,
        run: report!.run,
        state: "finished",
        startedAt: "2026-11-23T12:00:00.000000Z",
        in: 10,
        out: 10,
        rejected: 0,
        unchanged: 0,
        deleted: 0
      }
    ]
  ])
  const [again] = await runConnector(connectorOf(readRows(many(10))), { ...given, log: on.log })
  expect(again).toMatchObject({ in: 0, out: 0 })
  expect(await recordsOf(on.log, topic)).toHaveLength(10)
  expect(await recordsOf(on.log, "plimsoll._schemas")).toHaveLength(schemas.size)
  const runs = (await recordsOf(on.log, "trust.plimsoll.run.v1")).map(json)
  expect(runs.map((row) => `${row["state"]} ${row["in"]}`).sort()).toEqual([
    "finished 0",
    "finished 10",
    "started 0",
    "started 0"
  ])
})

test("text that is not exactly a whole number is a dead letter, and the other rows arrive", async () => {
  await using on = await temporaryLog()
  const bad = ["2.6", "007", "1_000", " 5", "+5", "1e5", "", "9007199254740993", "0x10", "NaN", "５"]
  const good = ["0", "-3", "9007199254740991", "7"]
  const rows = [...bad, ...good].map((text, at) => fall(at + 1, text))
  const [report] = await runConnector(connectorOf(readRows(rows)), { ...given, log: on.log })
  expect(report).toMatchObject({ in: 15, out: 4, rejected: 11 })
  const values = (await recordsOf(on.log, topic)).map((record) => json(record)["falls"])
  expect(values.sort()).toEqual([0, -3, 9007199254740991, 7].sort())
  const letters = await recordsOf(on.log, `${topic}.dlq`)
  const raws = letters.map((record) => {
    const letter = json(record)
    expect(letter).toMatchObject({
      code: "decode-failed",
      issues: [{ path: ["falls"], message: expect.stringContaining("whole number") }]
    })
    expect(record.headers).toMatchObject({
      ce_type: "inpatient.falls.rejected",
      plimsoll_partition: "a.csv",
      plimsoll_generation: "1",
      plimsoll_run: report!.run
    })
    expect(letter["place"]).toBe(`line ${Number(record.headers["plimsoll_row"]) + 1}`)
    return (letter["raw"] as Record<string, string>)["falls"]
  })
  expect(raws.sort()).toEqual([...bad].sort())
})

test("two runs into two logs give the same records under the same ids", async () => {
  await using one = await temporaryLog()
  await using two = await temporaryLog()
  const rows = [...many(20), fall(21, "2.6")]
  const of = async (on: typeof one, size: number) => {
    await runConnector(connectorOf(readRows(rows, size)), { ...given, log: on.log })
    const all = [...(await recordsOf(on.log, topic)), ...(await recordsOf(on.log, `${topic}.dlq`))]
    return all.map(({ partition, offset, key, value, headers }) => {
      const { plimsoll_run: run, ...same } = headers
      expect(run).toHaveLength(36)
      return { partition, offset, key, value, same }
    })
  }
  expect(await of(one, 3)).toEqual(await of(two, 7))
})

test("rows of equal content in two places are two rows, with two ids", async () => {
  await using on = await temporaryLog()
  const row = (at: number) => ({ ...fall(1, "3"), at: { generation: 1, row: at } })
  const connector = connectorOf(async function* () {
    for (const partition of ["a.csv", "b.csv"]) {
      yield { _tag: "Rows", partition, rows: [row(1), row(2)], cursor: { row: 2 } } satisfies Emit
    }
  })
  await runConnector(connector, { ...given, log: on.log })
  expect(new Set((await recordsOf(on.log, topic)).map((record) => record.headers["ce_id"])).size).toBe(4)
})

test("a deletion is a fact, and the end of a generation says how many rows went out, over a restart too", async () => {
  await using on = await temporaryLog()
  const emits: ReadonlyArray<Emit> = [
    { _tag: "Rows", partition: "a", rows: [fall(1, "1"), fall(2, "2.6")], cursor: { row: 1 } },
    { _tag: "Rows", partition: "a", rows: [fall(3, "1")], cursor: { row: 2 } },
    {
      _tag: "Delete",
      partition: "a",
      key: { ward: "w1", day: "2020-01-02" },
      at: { generation: 1, row: 4 },
      cursor: { row: 3 }
    },
    {
      _tag: "Delete",
      partition: "a",
      key: { ward: "w1", day: "never" },
      at: { generation: 1, row: 5 },
      cursor: { row: 4 }
    },
    {
      _tag: "Reject",
      partition: "a",
      reason: "a quote is not closed",
      raw: 'x,"y',
      at: { generation: 1, row: 6 },
      cursor: { row: 5 }
    },
    { _tag: "GenerationEnd", partition: "a", generation: 1, cursor: { row: 6 } },
    { _tag: "GenerationEnd", partition: "a", generation: 2, cursor: { row: 7 } }
  ]
  const counts = { in: 0, out: 0, rejected: 0, deleted: 0 }
  for (let until = 1; until <= emits.length; until++) {
    const connector = connectorOf(async function* (from) {
      yield* emits.slice(Number(from.get("a")?.["row"] ?? 0), until)
    })
    const [report] = await runConnector(connector, { ...given, log: on.log })
    for (const name of ["in", "out", "rejected", "deleted"] as const) counts[name] += report![name]
  }
  expect(counts).toEqual({ in: 6, out: 3, rejected: 3, deleted: 1 })
  const records = await recordsOf(on.log, topic)
  const of = (kind: string) =>
    records.filter((record) => record.headers["ce_type"] === `inpatient.falls.${kind}`)
  expect(of("deleted").map(json)).toEqual([{ ward: "w1", day: "2020-01-02" }])
  expect(of("generation").map(json)).toEqual([
    { partition: "a", generation: 1, rows: 3 },
    { partition: "a", generation: 2, rows: 0 }
  ])
  const letters = (await recordsOf(on.log, `${topic}.dlq`)).map(json)
  expect(letters.map((letter) => letter["code"]).sort()).toEqual([
    "decode-failed",
    "decode-failed",
    "unreadable"
  ])
  expect(letters.find((letter) => letter["code"] === "unreadable")).toMatchObject({
    raw: 'x,"y',
    issues: [{ message: "a quote is not closed" }]
  })
})

test("a row from the future is a dead letter", async () => {
  await using on = await temporaryLog()
  const at = (day: string, row: number) => ({
    fields: { ward: "w", day, falls: "1" },
    at: { generation: 1, row }
  })
  const rows = [at("2026-11-24", 1), at("2026-11-25", 2), at("9999-01-01", 3)]
  const [report] = await runConnector(connectorOf(readRows(rows)), { ...given, log: on.log })
  expect(report).toMatchObject({ out: 1, rejected: 2 })
  for (const letter of (await recordsOf(on.log, `${topic}.dlq`)).map(json)) {
    expect(letter).toMatchObject({ code: "in-the-future", issues: [{ path: ["day"] }] })
  }
})

test("a source that fails in passing three times loses no row and gives none twice", async () => {
  await using on = await temporaryLog()
  let failures = 0
  const starts: number[] = []
  const rows = many(40)
  const connector = connectorOf(async function* (from, context) {
    starts.push(Number(from.get("a.csv")?.["row"] ?? 0))
    for await (const emit of readRows(rows, 5)(from, context)) {
      yield emit
      if (failures < 3) {
        failures++
        throw new ConnectorError("transient", { code: "source-away", message: "the source does not answer" })
      }
    }
  })
  const [report] = await runConnector(connector, { ...given, log: on.log })
  expect(report).toMatchObject({ in: 40, out: 40, retries: 3 })
  expect(starts).toEqual([0, 5, 10, 15])
  const seen = (await recordsOf(on.log, topic)).map((record) => Number(record.headers["plimsoll_row"]))
  expect(seen.sort((a, b) => a - b)).toEqual(rows.map((row) => row.at.row))
})

test("five tries in a row without a row are enough, and the run is told as failed", async () => {
  await using on = await temporaryLog()
  let tries = 0
  const connector = connectorOf(async function* () {
    tries++
    yield { _tag: "Notice", code: "slow", message: "it is slow today" } satisfies Emit
    throw new ConnectorError("rate-limited", { code: "asked-too-often", message: "wait" }, { retryAfter: 1 })
  })
  await expect(runConnector(connector, { ...given, log: on.log })).rejects.toMatchObject({
    code: "asked-too-often"
  })
  expect(tries).toBe(6)
  const runs = (await recordsOf(on.log, "trust.plimsoll.run.v1")).map(json)
  expect(runs.find((row) => row["state"] === "failed")).toMatchObject({ error: "asked-too-often", in: 0 })
})

test.each(["config", "auth", "source-gap", "bug"] as const)(
  "a fault of kind %s stops at once, and keeps what was read",
  async (kind) => {
    await using on = await temporaryLog()
    const connector = connectorOf(async function* (from, context) {
      yield* readRows(many(2))(from, context)
      throw new ConnectorError(kind, { code: "stop", message: "no" })
    })
    await expect(runConnector(connector, { ...given, log: on.log })).rejects.toMatchObject({ code: "stop" })
    expect(await recordsOf(on.log, topic)).toHaveLength(2)
  }
)

test("a foreign error is told without what it says", async () => {
  await using on = await temporaryLog()
  const connector = connectorOf(() => {
    throw new TypeError("cannot read canary-7731\n    at canary-7731")
  })
  const error = await runConnector(connector, { ...given, log: on.log }).catch(
    (thrown: unknown) => thrown as PlimsollError
  )
  expect(error).toMatchObject({ code: "connector-failed" })
  expect((error as Error).cause).toBeUndefined()
  expect((error as Error).stack).not.toContain("canary")
  expect((error as Error).stack).toContain("run.test.ts")
})

test("an Effect Stream is a source too, and its failure keeps its kind", async () => {
  await using on = await temporaryLog()
  const emit: Emit = { _tag: "Rows", partition: "a", rows: many(3), cursor: { row: 3 } }
  const fine = connectorOf(() => Stream.make(emit))
  expect(await runConnector(fine, { ...given, log: on.log })).toMatchObject([{ out: 3 }])
  const gap = new ConnectorError("source-gap", { code: "gap", message: "the file is shorter than before" })
  await expect(
    runConnector(
      connectorOf(() => Stream.fail(gap)),
      { ...given, log: on.log }
    )
  ).rejects.toBe(gap)
})

test("row numbers that do not rise stop the run, and nothing of that emit is written", async () => {
  await using on = await temporaryLog()
  const connector = connectorOf(readRows([fall(1, "1"), fall(3, "1"), fall(2, "1")], 3))
  await expect(runConnector(connector, { ...given, log: on.log })).rejects.toMatchObject({
    code: "source-order"
  })
  expect(await recordsOf(on.log, topic)).toHaveLength(0)
})

test("a checkpoint that does not fit stops the run", async () => {
  await using on = await temporaryLog()
  await runConnector(connectorOf(readRows(many(3))), { ...given, log: on.log })
  const connector = connectorOf(readRows(many(3)))
  const { Schema } = await import("effect")
  const changed = {
    ...connector,
    streams: [{ ...connector.streams[0]!, cursor: Schema.Struct({ line: Schema.String }) as never }]
  }
  await expect(runConnector(changed, { ...given, log: on.log })).rejects.toMatchObject({
    code: "cursor-invalid"
  })
  expect(await recordsOf(on.log, topic)).toHaveLength(3)
})

test("a contract that changed under its version is refused before anything is read", async () => {
  await using on = await temporaryLog()
  await runConnector(connectorOf(readRows(many(3))), { ...given, log: on.log })
  const changed = { ...falls, key: ["ward"] }
  let read = false
  const connector = connectorOf(
    () => {
      read = true
      return readRows([])(new Map(), {} as never)
    },
    { definition: changed }
  )
  await expect(runConnector(connector, { ...given, log: on.log })).rejects.toMatchObject({
    code: "schema-incompatible",
    suggestion: expect.stringContaining("2")
  })
  expect(read).toBe(false)
})

test("when one stream of two fails, the other keeps what it read, and the run rejects", async () => {
  await using on = await temporaryLog()
  const failing = connectorOf(async function* (from, context) {
    yield* readRows(many(2))(from, context)
    throw new ConnectorError("auth", { code: "refused", message: "the password is refused" })
  }).streams[0]!
  const patient = connectorOf(async function* (from, context) {
    yield* readRows(many(4))(from, context)
    await new Promise(() => undefined)
  }).streams[0]!
  const other = { ...patient, definition: { ...patient.definition, name: "slips" } }
  const connector = { ...connectorOf(readRows([])), streams: [failing, other] }
  await expect(runConnector(connector, { ...given, log: on.log })).rejects.toMatchObject({ code: "refused" })
  expect(await recordsOf(on.log, topic)).toHaveLength(2)
  expect((await recordsOf(on.log, "trust.inpatient.slips.v1")).length).toBeGreaterThan(0)
})
