import { openSync, ftruncateSync, closeSync, readFileSync } from "node:fs"
import { join } from "node:path"

import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Kafka, startKafka } from "../../../scripts/kafka/cluster.ts"
import { describeKafka } from "../../../test/kafka-broker.ts"
import { type Log, openKafkaLog } from "../src/index.ts"
import { batchesIn } from "../src/kafka/record-batch.ts"

const clients = ["platformatic", "kafkajs"] as const
type Client = (typeof clients)[number]
const ends = ["commit", "abort"] as const
type End = (typeof ends)[number]

const partitions = 3

/** A transaction over all partitions of one topic and the only one of another. */
const groups = (value: string, more = "") => [
  {
    topic: "rows",
    headers: {},
    records: Array.from({ length: 12 }, (_, at) => ({
      key: null,
      value: value + (at === 11 ? more : ""),
      partitionKey: `key ${at}`,
      headers: {}
    }))
  },
  {
    topic: "state",
    headers: {},
    records: [{ key: "checkpoint", value, partitionKey: "checkpoint", headers: {} }]
  }
]

const rowsOf = async (log: Log): Promise<ReadonlyArray<string | null>> => {
  const read = await Promise.all(Array.from({ length: partitions }, (_, at) => log.read("rows", at, 0)))
  return read.flatMap(({ records }) => records.map(({ value }) => value)).toSorted()
}

const times = (value: string) => Array.from({ length: 12 }, () => value)

/** Takes the mark away that stands at the end of a partition, as if the broker had never written it. */
const takeMark = (kafka: Kafka, topic: string, partition: number): "commit" | "abort" | undefined => {
  const file = join(kafka.dir, "node-1/data", `${topic}-${partition}`, "00000000000000000000.log")
  const bytes = readFileSync(file)
  const { mark } = batchesIn(bytes).at(-1)!
  let last = 0
  for (let at = 0; at < bytes.length; at += 12 + bytes.readInt32BE(at + 8)) last = at
  const opened = openSync(file, "r+")
  ftruncateSync(opened, last)
  closeSync(opened)
  return mark
}

describeKafka("A transaction that the brokers decided and did not mark", () => {
  let kafka: Kafka
  const prefixOf = (client: Client, end: End, some: string) => `${client}-${end}-${some}.`
  const open = (client: Client, prefix: string) => openKafkaLog({ brokers: kafka.brokers, client, prefix })
  const cases = clients.flatMap((client) =>
    ends.flatMap((end) => (["all", "some"] as const).map((some) => [client, end, some] as const))
  )

  // Brokers lose marks when they are killed at one of a few milliseconds: here the marks are taken, in one outage.
  beforeAll(async () => {
    kafka = await startKafka({ heap: "512m" })
    for (const [client, end, some] of cases) {
      const log = await open(client, prefixOf(client, end, some))
      await log.ensureTopics([
        { topic: "rows", partitions, cleanup: "keep" },
        { topic: "state", partitions: 1, cleanup: "compact" }
      ])
      const writer = await log.writer("w")
      await writer.append(groups("before"))
      if (end === "commit") await writer.append(groups("last"))
      else
        await expect(writer.append(groups("last", "x".repeat(9_000_000)))).rejects.toMatchObject({
          code: "log-failed"
        })
      await log.close()
    }
    await kafka.kill9()
    for (const [client, end, some] of cases) {
      const prefix = prefixOf(client, end, some)
      const marks = [
        takeMark(kafka, `${prefix}state`, 0),
        ...Array.from({ length: some === "all" ? partitions : partitions - 1 }, (_, at) =>
          takeMark(kafka, `${prefix}rows`, at)
        )
      ]
      expect(new Set(marks)).toEqual(new Set([end]))
    }
    await kafka.restart()
  }, 120_000)
  afterAll(() => kafka?.stop())

  describe.each(cases)("by %s, %s, %s marks missing", (client, end, some) => {
    test("is ended as it was decided before its writer is opened again", async () => {
      const log = await open(client, prefixOf(client, end, some))
      try {
        const writer = await log.writer("w")
        await log.settled(["rows", "state"])
        const { value } = (await log.latest("state")).get("checkpoint")!
        const there = end === "commit" ? ["before", "last"] : ["before"]
        expect(value).toBe(there.at(-1))
        expect(await rowsOf(log)).toEqual(there.flatMap(times))
        await writer.append(groups("next"))
        expect((await log.latest("state")).get("checkpoint")!.value).toBe("next")
        expect(await rowsOf(log)).toEqual([...there, "next"].flatMap(times).toSorted())
      } finally {
        await log.close()
      }
    }, 60_000)
  })
})
