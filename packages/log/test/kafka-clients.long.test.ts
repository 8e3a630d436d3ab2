import { setTimeout as sleep } from "node:timers/promises"

import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest"

import { type Kafka, startKafka } from "../../../scripts/kafka/cluster.ts"
import { describeKafka } from "../../../test/kafka-broker.ts"
import { type KafkaLogOptions, type Log, type NewRecord, openKafkaLog } from "../src/index.ts"
import { openClient as openKafkajs } from "../src/kafka/kafkajs/open.ts"
import { openClient as openPlatformatic } from "../src/kafka/platformatic/open.ts"

const clients = ["platformatic", "kafkajs"] as const

const opened: Array<{ close(): Promise<void> }> = []

const open = async (options: KafkaLogOptions): Promise<Log> => {
  const log = await openKafkaLog(options)
  opened.push(log)
  return log
}

const fact = (value: string | null, key: string | null = null): NewRecord => ({
  key,
  value,
  partitionKey: "one",
  headers: {}
})

const group = (topic: string, ...records: ReadonlyArray<NewRecord>) => ({ topic, headers: {}, records })

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()))
})

describeKafka("compaction that really runs", () => {
  let kafka: Kafka
  beforeAll(async () => {
    kafka = await startKafka({ settings: { "log.cleaner.backoff.ms": "200" } })
  }, 60_000)
  afterAll(() => kafka.stop())

  test("leaves holes that the readers of both clients pass", async () => {
    const brokers = kafka.brokers
    const raw = { platformatic: await openPlatformatic({ brokers }), kafkajs: await openKafkajs({ brokers }) }
    opened.push(raw.platformatic, raw.kafkajs)
    const settings = {
      "cleanup.policy": "compact",
      "segment.ms": "200",
      "min.cleanable.dirty.ratio": "0.01",
      "delete.retention.ms": "0"
    }
    await raw.kafkajs.createTopics([{ topic: "state", partitions: 1, replication: 1, settings }])
    const log = await open({ brokers })
    const writer = await log.writer("w")
    // One key that is written again and again, each in a transaction of its own, and one that stays at the start.
    await writer.append([group("state", fact("stays", "still"))])
    for (let turn = 0; turn < 40; turn++) {
      await writer.append([group("state", fact(String(turn), "busy"), fact(turn === 39 ? null : "", "gone"))])
      if (turn % 10 === 9) await sleep(300)
    }
    await vi.waitFor(
      async () => {
        await writer.append([group("state", fact("last", "busy"))])
        for (const client of Object.values(raw)) {
          const counts = new Map([["state", 1]])
          const end = (await client.offsets(counts, "end")).get("state")![0]!
          let count = 0
          for (let from = 0; from < end;) {
            const fetched = await client.fetch("state", 0, from)
            expect(fetched.next).toBeGreaterThan(from)
            count += fetched.records.length
            from = fetched.next
          }
          // Of 82 records and more, most are gone.
          expect(count).toBeLessThan(40)
        }
      },
      { timeout: 60_000, interval: 500 }
    )
    for (const client of clients) {
      const reader = await open({ brokers, client })
      const latest = await reader.latest("state")
      expect([...latest].map(([key, { value }]) => [key, value]).toSorted()).toEqual([
        ["busy", "last"],
        ["still", "stays"]
      ])
      // From every offset, holes too, a reader comes to the end.
      const { end } = (await reader.topics(["state"]))[0]!.offsets[0]!
      for (let from = 0; from < end; from++) {
        let next = from
        while (next < end) {
          const batch = await reader.read("state", 0, next)
          expect(batch.next).toBeGreaterThan(next)
          next = batch.next
        }
      }
    }
  }, 120_000)
})

describeKafka("a broker that is killed and comes back", () => {
  let kafka: Kafka
  beforeAll(async () => {
    kafka = await startKafka()
  }, 60_000)
  afterAll(() => kafka.stop())

  test.each(clients)(
    "is found again by %s: reads, writers and leases go on",
    async (client) => {
      const options: KafkaLogOptions = {
        brokers: kafka.brokers,
        client,
        prefix: `${client}.`,
        sessionTimeout: 3_000
      }
      const log = await open(options)
      await log.ensureTopics([{ topic: "t", partitions: 1, cleanup: "keep" }])
      const writer = await log.writer("w")
      await writer.append([group("t", fact("before"))])
      const lease = await log.lease("l")
      const waiting = (await open(options)).lease("l")
      await kafka.kill9()
      const lost = vi.waitFor(() => expect(lease.lost.aborted).toBe(true), 3_600)
      const read = log.read("t", 0, 0)
      await lost
      await kafka.restart()
      expect((await read).records.map(({ value }) => value)).toEqual(["before"])
      const next = await waiting
      expect(next.lost.aborted).toBe(false)
      const again = await log.writer("w")
      await again.append([group("t", fact("after"))])
      const { end } = (await log.topics(["t"]))[0]!.offsets[0]!
      const values: Array<string | null> = []
      for (let from = 0; from < end;) {
        const batch = await log.read("t", 0, from)
        values.push(...batch.records.map(({ value }) => value))
        from = batch.next
      }
      expect(values).toEqual(["before", "after"])
      await next.release()
    },
    120_000
  )

  test.each(clients)(
    "that hangs costs the lease by %s when its session is over, and gives it again after",
    async (client) => {
      const sessionTimeout = 3_000
      const log = await open({ brokers: kafka.brokers, client, prefix: `hangs-${client}.`, sessionTimeout })
      const lease = await log.lease("l")
      const began = performance.now()
      kafka.pause()
      try {
        await vi.waitFor(() => expect(lease.lost.aborted).toBe(true), { timeout: 10_000, interval: 20 })
        // Counted from the last sign of life, which was sent before.
        expect(performance.now() - began).toBeLessThan(sessionTimeout + 200)
        expect(performance.now() - began).toBeGreaterThan(sessionTimeout - 1_500)
        await lease.release()
      } finally {
        kafka.resume()
      }
      const again = await log.lease("l")
      expect(again.lost.aborted).toBe(false)
      await again.release()
    },
    60_000
  )
})
