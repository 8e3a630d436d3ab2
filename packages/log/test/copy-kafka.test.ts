import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { Producer } from "@platformatic/kafka"
import { stateTopic } from "@plimsoll/schema"
import { afterAll, afterEach, beforeEach, expect, test } from "vitest"

import { describeKafka } from "../../../test/kafka-broker.ts"
import { copyLog, type KafkaLogOptions, type Log, type LogRecord, openEmbeddedLog } from "../src/index.ts"
import { copyToTheEnd, killCopies } from "./copy-process.ts"
import { makeKafka, removeTopics } from "./kafka-under-test.ts"
import type { LogUnderTest } from "./log-contract.ts"

const id = "plimsoll.test.log-copy"
const specs = [
  { topic: "facts.v1", partitions: 3, cleanup: "keep" },
  { topic: "states.v1", partitions: 2, cleanup: "compact" },
  { topic: stateTopic, partitions: 1, cleanup: "compact" }
] as const

type Kept = Omit<LogRecord, "offset">

const recordsOf = async (log: Log, topic: string): Promise<ReadonlyArray<Kept>> => {
  const [info] = await log.topics([topic])
  const records: Array<Kept> = []
  for (const { partition, first, end } of info!.offsets) {
    for (let from = first; from < end;) {
      const batch = await log.read(topic, partition, from)
      for (const { offset, ...rest } of batch.records) {
        expect(offset).toBeGreaterThanOrEqual(from)
        records.push(rest)
      }
      if (batch.next <= from) break
      from = batch.next
    }
  }
  return records
}

/** One line a record, so that a difference is told in short. */
const lineOf = ({ partition, recordedAt, key, value, headers }: Kept): string => {
  const named = Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify({ partition, recordedAt, key, value, headers: named })
}

/** What a copy has to keep: Kafka compacts in its own time, so of a compacted topic the latest of each key. */
const contents = async (log: Log) => {
  const latest = async (topic: string): Promise<ReadonlyArray<string>> =>
    [...(await log.latest(topic)).values()]
      .filter(({ key }) => !key!.startsWith('["/plimsoll/log-copy"'))
      .map(lineOf)
      .toSorted()
  return {
    facts: (await recordsOf(log, "facts.v1")).map(lineOf),
    states: await latest("states.v1"),
    checkpoints: await latest(stateTopic),
    topics: (await log.topics()).map(({ topic, partitions, cleanup }) => ({ topic, partitions, cleanup }))
  }
}

/** Many lines are compared one by one: the first that differs is told. */
const expectEqual = (found: Awaited<ReturnType<typeof contents>>, wanted: typeof found): void => {
  expect({ ...found, facts: found.facts.length }).toEqual({ ...wanted, facts: wanted.facts.length })
  const at = found.facts.findIndex((line, index) => line !== wanted.facts[index])
  expect({ at, line: found.facts[at] }).toEqual({ at, line: wanted.facts[at] })
}

const fill = async (log: Log, batches: number): Promise<void> => {
  await log.ensureTopics(specs)
  const writer = await log.writer("plimsoll.test.files")
  for (let batch = 0; batch < batches; batch++) {
    const record = (key: string, value: string | null) => ({
      key,
      value,
      partitionKey: key,
      headers: { ce_id: `${batch}` }
    })
    await writer.append([
      {
        topic: "facts.v1",
        headers: { ce_type: "é\u0000" },
        records: Array.from({ length: 2_000 }, (_, at) =>
          record(`ward-${at % 7}`, at % 500 === 0 ? null : `{"row":${at}}`)
        )
      },
      {
        topic: "states.v1",
        headers: {},
        records: [record("a", String(batch)), record("b", batch % 2 === 0 ? "1" : null)]
      },
      {
        topic: stateTopic,
        headers: {},
        records: [record('["files","acute.stays.v1","a.csv"]', String(batch))]
      }
    ])
  }
  await writer.close()
}

describeKafka("a copy to Kafka and back", () => {
  let folder: string
  let cluster: LogUnderTest
  const opened: Array<Log> = []
  const opening = async (log: Promise<Log>): Promise<Log> => {
    opened.push(await log)
    return log
  }
  const embedded = (name: string): Promise<Log> => opening(openEmbeddedLog(join(folder, name)))

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "plimsoll-copy-"))
    cluster = await makeKafka({})()
  }, 60_000)
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((log) => log.close()))
    await rm(folder, { recursive: true, force: true })
  })
  afterAll(removeTopics)

  test("keeps it all, though it is killed three times on the way; and brings what is new", async () => {
    const source = await embedded("source.sqlite")
    await fill(source, 20)
    const from = {
      module: new URL("./embedded-opener.ts", import.meta.url).href,
      argument: join(folder, "source.sqlite")
    }
    const killed = await killCopies(from, cluster.opener, 3)
    expect(await copyToTheEnd(from, cluster.opener)).toContain("complete true")
    expect(killed).toBeGreaterThan(0)
    const target = await opening(cluster.open())
    expectEqual(await contents(target), await contents(source))
    await fill(source, 1)
    expect(await copyLog(source, target, { id })).toMatchObject({ complete: true, copied: 2_003 })
    expectEqual(await contents(target), await contents(source))

    const back = await embedded("back.sqlite")
    expect(await copyLog(target, back, { id })).toMatchObject({ complete: true })
    expectEqual(await contents(back), await contents(source))
    expect(await copyLog(target, back, { id })).toMatchObject({ complete: true, copied: 0 })
    const writer = await target.writer("plimsoll.test.files")
    const record = { key: null, value: "mine", partitionKey: "x", headers: {} }
    await writer.append([{ topic: "facts.v1", headers: {}, records: [record] }])
    await expect(copyLog(source, target, { id })).rejects.toMatchObject({ code: "log-copy-target-not-empty" })
  }, 240_000)

  test("refuses what is no text, with its place, or leaves it out", async () => {
    const source = await opening(cluster.open())
    await source.ensureTopics(specs)
    const { brokers, prefix = "" } = JSON.parse(cluster.opener.argument) as KafkaLogOptions
    const producer = new Producer({ clientId: "stranger", bootstrapBrokers: [...brokers] })
    const values = [Buffer.from("first"), Buffer.from([0xff, 0xfe]), Buffer.from("last")]
    await producer.send({
      messages: values.map((value) => ({ topic: `${prefix}facts.v1`, partition: 2, value }))
    })
    await producer.close()
    const target = await embedded("target.sqlite")
    await expect(copyLog(source, target, { id })).rejects.toMatchObject({
      code: "log-copy-bytes",
      message: expect.stringContaining("facts.v1 2/1")
    })
    const report = await copyLog(source, target, { id, bytes: "leave-out" })
    expect(report).toMatchObject({ copied: 2, leftOut: 1, complete: true })
    expect((await recordsOf(target, "facts.v1")).map(({ value }) => value)).toEqual(["first", "last"])
  }, 120_000)
})
