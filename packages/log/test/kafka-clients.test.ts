import { once } from "node:events"
import { createInterface } from "node:readline"

import { Admin, ConfigResourceTypes, IncrementalAlterConfigOperationTypes } from "@platformatic/kafka"
import { array, assert as assertProperty, asyncProperty, boolean, constantFrom, record } from "fast-check"
import { afterAll, afterEach, describe, expect, test, vi } from "vitest"

import { describeKafka, sharedKafka } from "../../../test/kafka-broker.ts"
import { type KafkaLogOptions, type Log, type LogRecord, openKafkaLog, partitionOf } from "../src/index.ts"
import type { KafkaClient, KafkaProducer, OutRecord } from "../src/kafka/client.ts"
import { openClient as openKafkajs } from "../src/kafka/kafkajs/open.ts"
import { openClient as openPlatformatic } from "../src/kafka/platformatic/open.ts"
import { freshPrefix, removeTopics, sessionTimeout } from "./kafka-under-test.ts"
import { run, start } from "./other-process.ts"

const clients = ["platformatic", "kafkajs"] as const
type Client = (typeof clients)[number]

const opened: Array<{ close(): Promise<void> }> = []

const clientOf = async (client: Client, rest?: Partial<KafkaLogOptions>): Promise<KafkaClient> => {
  const options = { brokers: (await sharedKafka()).brokers, ...rest }
  const made = await (client === "kafkajs" ? openKafkajs(options) : openPlatformatic(options))
  opened.push(made)
  return made
}

const logOf = async (client: Client, prefix: string, rest?: Partial<KafkaLogOptions>): Promise<Log> => {
  const { brokers } = await sharedKafka()
  const log = await openKafkaLog({ brokers, prefix, client, sessionTimeout, ...rest })
  opened.push(log)
  return log
}

const out = (value: string | null, rest?: Partial<OutRecord>): OutRecord => ({
  key: null,
  value,
  timestamp: 1_700_000_000_000,
  common: {},
  own: {},
  ...rest
})

/** All committed records from an offset on, fetched as the log does. */
const readFrom = async (
  client: KafkaClient,
  topic: string,
  partition: number,
  from: number
): Promise<ReadonlyArray<LogRecord>> => {
  const ends = await client.offsets(new Map([[topic, partition + 1]]), "end")
  const end = ends.get(topic)![partition]!
  const records: Array<LogRecord> = []
  for (let next = from; next < end;) {
    const fetched = await client.fetch(topic, partition, next)
    expect(fetched.next).toBeGreaterThan(next)
    records.push(...fetched.records)
    next = fetched.next
  }
  return records
}

describeKafka("Kafka's clients", () => {
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()))
  })
  afterAll(removeTopics)

  describe("transactions", () => {
    const make = async (client: KafkaClient, partitions: number): Promise<string> => {
      const topic = `${freshPrefix()}transactions`
      await client.createTopics([{ topic, partitions, replication: 1, settings: {} }])
      await vi.waitFor(() => client.offsets(new Map([[topic, partitions]]), "end"), 10_000)
      return topic
    }

    const send = (producer: KafkaProducer, topic: string, partition: number, value: string) =>
      producer.send([{ topic, partition, records: [out(value)] }])

    test.each(clients)(
      "of %s that were aborted are never read, however many in a row and however large, and committed ones always",
      async (client) => {
        const readers = await Promise.all(clients.map((each) => clientOf(each)))
        const writer = await clientOf(client)
        const topic = await make(writer, 1)
        const producer = await writer.producer(`${topic}-${client}`)
        opened.unshift(producer)
        // With this size eight of a transaction are more than one fetch brings: its mark is beyond.
        const large = "x".repeat(700_000)
        const transaction = async (name: string, size: number, end: "commit" | "abort"): Promise<void> => {
          await producer.begin()
          for (let index = 0; index < size; index++)
            await send(producer, topic, 0, `${name}${index}${size > 3 ? large : ""}`)
          await producer[end]()
        }
        await transaction("a", 2, "abort")
        await transaction("b", 1, "abort")
        await transaction("c", 2, "commit")
        await transaction("d", 8, "abort")
        await transaction("e", 8, "abort")
        await transaction("f", 1, "commit")
        await transaction("g", 8, "commit")
        await transaction("h", 1, "abort")
        const expected = ["c0", "c1", "f0", ...Array.from({ length: 8 }, (_, index) => `g${index}`)]
        for (const reader of readers) {
          const records = await readFrom(reader, topic, 0, 0)
          expect(records.map(({ value }) => value!.slice(0, 2))).toEqual(expected)
          // From the middle of an aborted transaction as well, whose beginning is not in what is fetched.
          for (const from of [1, 3, 5, 9, 20, 21]) {
            const rest = records.filter(({ offset }) => offset >= from).map(({ offset }) => offset)
            expect((await readFrom(reader, topic, 0, from)).map(({ offset }) => offset)).toEqual(rest)
          }
        }
      },
      60_000
    )

    test("of two clients through each other are read as they were ended", async () => {
      const most = 6
      const readers = await Promise.all(clients.map((each) => clientOf(each)))
      const topic = await make(readers[0]!, most)
      const producers = await Promise.all(
        readers.map((client, index) => client.producer(`${topic}-${index}`))
      )
      opened.unshift(...producers)
      let partition = -1
      const step = record({ who: constantFrom(0, 1), does: constantFrom("send", "commit", "abort") })
      await assertProperty(
        asyncProperty(array(step, { minLength: 4, maxLength: 24 }), boolean(), async (steps, last) => {
          partition = (partition + 1) % most
          const before = (await readFrom(readers[0]!, topic, partition, 0)).length
          const open: [Array<number> | undefined, Array<number> | undefined] = [undefined, undefined]
          const committed: Array<number> = []
          let count = 0
          const end = async (who: 0 | 1, commit: boolean): Promise<void> => {
            if (open[who] === undefined) return
            await producers[who]![commit ? "commit" : "abort"]()
            if (commit) committed.push(...open[who]!)
            open[who] = undefined
          }
          for (const { who, does } of steps as ReadonlyArray<{ who: 0 | 1; does: string }>) {
            if (does !== "send") await end(who, does === "commit")
            else {
              if (open[who] === undefined) await producers[who]!.begin()
              await send(producers[who]!, topic, partition, String(count))
              ;(open[who] ??= []).push(count++)
            }
          }
          await end(0, last)
          await end(1, !last)
          const expected = committed.toSorted((a, b) => a - b).map(String)
          for (const reader of readers) {
            // The mark stands a moment after the coordinator has answered.
            await vi.waitFor(async () => {
              const read = await readFrom(reader, topic, partition, 0)
              expect(read.slice(before).map(({ value }) => value)).toEqual(expected)
            }, 5_000)
          }
        }),
        { numRuns: 8 }
      )
    }, 120_000)
  })

  describe("compression", () => {
    const records = Array.from({ length: 50 }, (_, index) =>
      out(index === 7 ? null : `{"value":"ward ${index} ü"}`, {
        key: `k${index}`,
        own: { __proto__x: "1", n: "ü" }
      })
    )
    const write = async (client: Client, compression: KafkaLogOptions["compression"]): Promise<string> => {
      const writer = await clientOf(client, { compression: compression! })
      const topic = `${freshPrefix()}compressed`
      await writer.createTopics([{ topic, partitions: 1, replication: 1, settings: {} }])
      const producer = await writer.producer(topic)
      opened.unshift(producer)
      await producer.begin()
      await producer.send([{ topic, partition: 0, records }])
      await producer.commit()
      return topic
    }
    const expected = records.map(({ key, value, own }) => ({ key, value, headers: own }))

    test.each([
      ["platformatic", "gzip", clients],
      ["kafkajs", "gzip", clients],
      ["platformatic", "snappy", ["platformatic"]],
      ["platformatic", "lz4", ["platformatic"]],
      ["platformatic", "zstd", ["platformatic"]]
    ] as const)("what %s writes by %s is read by %s", async (client, compression, readers) => {
      const topic = await write(client, compression)
      for (const each of readers) {
        const reader = await clientOf(each)
        await vi.waitFor(async () => {
          const read = await readFrom(reader, topic, 0, 0)
          expect(read.map(({ key, value, headers }) => ({ key, value, headers }))).toEqual(expected)
        }, 5_000)
      }
    })

    test.each(["snappy", "lz4", "zstd"] as const)(
      "kafkajs says of what was written by %s that it cannot be read, and what can",
      async (compression) => {
        const topic = await write("platformatic", compression)
        const log = await logOf("kafkajs", topic.slice(0, -"compressed".length))
        await expect(log.read("compressed", 0, 0)).rejects.toMatchObject({
          code: "log-unsupported",
          suggestion: expect.stringContaining('client: "platformatic"')
        })
      }
    )
  })

  test.each(clients)(
    "%s tells how long a topic keeps its records, where that is not for ever",
    async (client) => {
      const prefix = freshPrefix()
      const raw = await clientOf(client)
      const settings = { "retention.ms": "3600000", "retention.bytes": "1000000" }
      await raw.createTopics([{ topic: `${prefix}short`, partitions: 1, replication: 1, settings }])
      const log = await logOf(client, prefix)
      await log.ensureTopics([{ topic: "long", partitions: 1, cleanup: "keep" }])
      const [long, short] = await log.topics(["short", "long"])
      expect(long).toMatchObject({ topic: "long", cleanup: "keep" })
      expect(long!.expires).toBeUndefined()
      expect(short!.expires).toEqual({ milliseconds: 3_600_000, bytes: 1_000_000 })
    }
  )

  test.each(clients)("%s reads the broker's own time where the topic is stamped by it", async (client) => {
    const topic = `${freshPrefix()}stamped`
    const raw = await clientOf(client)
    const settings = { "message.timestamp.type": "LogAppendTime" }
    await raw.createTopics([{ topic, partitions: 1, replication: 1, settings }])
    const producer = await raw.producer(topic)
    opened.unshift(producer)
    const before = Date.now()
    await producer.begin()
    await producer.send([
      { topic, partition: 0, records: [out("a"), out("b", { timestamp: 1_800_000_000_000 })] }
    ])
    await producer.commit()
    await vi.waitFor(async () => {
      const read = await readFrom(raw, topic, 0, 0)
      expect(read).toHaveLength(2)
      for (const { recordedAt } of read) {
        expect(recordedAt).toBeGreaterThanOrEqual((before - 1_000) * 1000)
        expect(recordedAt).toBeLessThanOrEqual((Date.now() + 1_000) * 1000)
      }
    }, 5_000)
  })

  test.each([
    ["platformatic", "kafkajs"],
    ["kafkajs", "platformatic"]
  ] as const)("a writer of %s is fenced by one of %s with the same id", async (one, another) => {
    const prefix = freshPrefix()
    const first = await logOf(one, prefix)
    await first.ensureTopics([{ topic: "t", partitions: 3, cleanup: "keep" }])
    const second = await logOf(another, prefix)
    expect(second.id).toBe(first.id)
    const groups = (value: string) => [
      { topic: "t", headers: {}, records: [{ key: null, value, partitionKey: "one", headers: {} }] }
    ]
    const before = await first.writer("w")
    await before.append(groups("before"))
    const after = await second.writer("w")
    expect(after.epoch).toBeGreaterThan(before.epoch)
    await expect(before.append(groups("fenced"))).rejects.toMatchObject({ code: "log-fenced" })
    await after.append(groups("after"))
    const { records } = await first.read("t", partitionOf("one", 3), 0)
    expect(records.map(({ value }) => value)).toEqual(["before", "after"])
  })

  test.each(clients)("%s: a topic is settled when all is decided that stood in it", async (client) => {
    const prefix = freshPrefix()
    const log = await logOf(client, prefix, { requestTimeout: 2_000 })
    await log.ensureTopics([{ topic: "state", partitions: 1, cleanup: "compact" }])
    const other = await (await clientOf(client)).producer(`${prefix}other`)
    opened.unshift(other)
    await other.begin()
    await other.send([{ topic: `${prefix}state`, partition: 0, records: [out("open", { key: "other" })] }])
    const own = { key: "own", value: "committed", partitionKey: "own", headers: {} }
    await (await log.writer("w")).append([{ topic: "state", headers: {}, records: [own] }])
    // Committed, but behind what is open: nobody can read it yet.
    expect((await log.latest("state")).size).toBe(0)
    await expect(log.settled(["state", "absent"])).rejects.toMatchObject({
      code: "log-unreachable",
      message: expect.stringContaining("another writer")
    })
    let isSettled = false
    const settled = log.settled(["state"]).then(() => (isSettled = true))
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(isSettled).toBe(false)
    await other.commit()
    await settled
    expect([...(await log.latest("state")).values()].map(({ value }) => value)).toEqual(["open", "committed"])
  })

  test.each(clients)(
    "%s: a record that is too large for the topic fails its append, and no other",
    async (client) => {
      const log = await logOf(client, freshPrefix())
      await log.ensureTopics([{ topic: "t", partitions: 3, cleanup: "keep" }])
      const writer = await log.writer("w")
      const append = (...values: ReadonlyArray<string>) =>
        writer.append([
          {
            topic: "t",
            headers: {},
            records: values.map((value, index) => ({
              key: null,
              value,
              partitionKey: String(index),
              headers: {}
            }))
          }
        ])
      await append("a0", "a1", "a2")
      // More than one partition is in the transaction: what the others took is undone, and they go on.
      await expect(append("b0", "x".repeat(9_000_000), "b2", "b3")).rejects.toMatchObject({
        code: "log-failed"
      })
      await append("c0", "c1", "c2")
      await append("d0", "d1", "d2")
      const read = await Promise.all([0, 1, 2].map((partition) => log.read("t", partition, 0)))
      expect(read.flatMap(({ records }) => records.map(({ value }) => value)).toSorted()).toEqual(
        ["a", "c", "d"].flatMap((name) => [0, 1, 2].map((index) => `${name}${index}`))
      )
    }
  )

  describe("a lease", () => {
    test("goes from client to client in the order in which they came", async () => {
      const prefix = freshPrefix()
      const logs = await Promise.all(
        (["kafkajs", "platformatic", "kafkajs"] as const).map((c) => logOf(c, prefix))
      )
      const held: Array<number> = []
      const leases = []
      for (const [index, log] of logs.entries()) {
        const waits = Promise.withResolvers<void>()
        const lease = log.lease("one", { onWait: () => waits.resolve() }).then((got) => {
          held.push(index)
          return got
        })
        await Promise.race([lease, waits.promise])
        leases.push(lease)
      }
      expect(held).toEqual([0])
      for (const lease of leases) {
        const { lost } = await lease
        expect(lost.aborted).toBe(false)
        await (await lease).release()
      }
      expect(held).toEqual([0, 1, 2])
    }, 60_000)

    /** Stops the process that holds a lease until another has it; then it must say that it lost it. */
    const standStill = async (holder: KafkaLogOptions, log: Log): Promise<void> => {
      const module = new URL("./kafka-opener.ts", import.meta.url).href
      const child = start({ module, argument: JSON.stringify(holder) }, { do: "hold", id: "one" })
      const ended = once(child, "close")
      try {
        const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
        expect((await lines.next()).value).toBe("held")
        const lease = await log.lease("one", { onWait: () => void child.kill("SIGSTOP") })
        child.kill("SIGCONT")
        expect((await lines.next()).value).toBe("lost")
        expect((await ended)[0]).toBe(0)
        expect(lease.lost.aborted).toBe(false)
      } finally {
        child.kill("SIGKILL")
      }
    }

    test.each(clients)(
      "of %s is lost by a process that stands still, which is told so",
      async (client) => {
        const prefix = freshPrefix()
        const { brokers } = await sharedKafka()
        const other = client === "kafkajs" ? "platformatic" : "kafkajs"
        const log = await logOf(other, prefix, { sessionTimeout: 2_000 })
        await standStill({ brokers, prefix, client, sessionTimeout: 2_000 }, log)
      },
      60_000
    )

    test("by KIP-848 is lost by a process that stands still for longer than the brokers' session", async () => {
      const prefix = freshPrefix()
      const { brokers } = await sharedKafka()
      const admin = new Admin({ clientId: "test", bootstrapBrokers: brokers })
      opened.push(admin)
      const set = (name: string, value: string) => ({
        name,
        value,
        configOperation: IncrementalAlterConfigOperationTypes.SET
      })
      await admin.incrementalAlterConfigs({
        resources: [
          {
            resourceType: ConfigResourceTypes.GROUP,
            resourceName: `${prefix}one`,
            configs: [
              set("consumer.heartbeat.interval.ms", "500"),
              set("consumer.session.timeout.ms", "2000")
            ]
          }
        ]
      })
      const log = await logOf("platformatic", prefix, { groupProtocol: "consumer" })
      await standStill({ brokers, prefix, groupProtocol: "consumer" }, log)
    }, 60_000)

    test("by KIP-848 is held by one, and goes to the next at once", async () => {
      const prefix = freshPrefix()
      const logs = [
        await logOf("platformatic", prefix, { groupProtocol: "consumer" }),
        await logOf("platformatic", prefix, { groupProtocol: "consumer" })
      ] as const
      const first = await logs[0].lease("one")
      const onWait = vi.fn()
      const waiting = logs[1].lease("one", { onWait })
      await vi.waitFor(() => expect(onWait).toHaveBeenCalledOnce(), 20_000)
      expect(first.lost.aborted).toBe(false)
      await first.release()
      const began = performance.now()
      const second = await waiting
      expect(performance.now() - began).toBeLessThan(10_000)
      expect(onWait).toHaveBeenCalledOnce()
      await second.release()
    }, 60_000)

    test("with a session shorter than the brokers take is refused", async () => {
      for (const client of clients) {
        const log = await logOf(client, freshPrefix(), { sessionTimeout: 100 })
        await expect(log.lease("one")).rejects.toMatchObject({ code: "log-failed" })
      }
    })
  })

  test.each(clients)("%s says nothing on the console", async (client) => {
    const { brokers } = await sharedKafka()
    const options: KafkaLogOptions = { brokers, prefix: freshPrefix(), client }
    const module = new URL("./kafka-opener.ts", import.meta.url).href
    const opener = { module, argument: JSON.stringify(options) }
    await run(opener, { do: "make", topics: ["t"] })
    const task = { do: "append", writer: "w", topics: ["t"], transactions: 3, records: 5 } as const
    const child = start(opener, task, { stderr: "pipe" })
    let said = ""
    child.stdout!.on("data", (text) => (said += String(text)))
    child.stderr!.on("data", (text) => (said += String(text)))
    expect(((await once(child, "close")) as [number])[0]).toBe(0)
    expect(said).toBe("")
  })
})
