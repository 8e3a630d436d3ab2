import { afterAll, beforeAll, expect, test } from "vitest"

import { type Kafka, startKafka } from "../../../scripts/kafka/cluster.ts"
import { coordinatorSeenBy, partitionsSeenBy } from "../../../scripts/kafka/wire.ts"
import { describeKafka } from "../../../test/kafka-broker.ts"
import { openKafkaLog } from "../src/index.ts"

const roles = ["leads the partition", "keeps the writer's transactions"] as const

describeKafka("a broker of three that dies", () => {
  let kafka: Kafka
  beforeAll(async () => {
    kafka = await startKafka({ brokers: 3, heap: "512m" })
  }, 120_000)
  afterAll(() => kafka.stop())

  for (const client of ["platformatic", "kafkajs"] as const) {
    test.each(roles)(
      `and %s holds an append by ${client} up for as long as another takes its place, no longer`,
      async (role) => {
        const asked = { port: Number(kafka.brokers[0]!.split(":")[1]) }
        const prefix = `${client}-${roles.indexOf(role)}.`
        const log = await openKafkaLog({ brokers: kafka.brokers, prefix, client })
        await log.ensureTopics([{ topic: "t", partitions: 1, cleanup: "keep" }])
        let writer = await log.writer("w")
        const record = { key: null, value: "1", partitionKey: "a", headers: {} }
        const append = () => writer.append([{ topic: "t", headers: {}, records: [record] }])
        await append()
        const node =
          role === "leads the partition"
            ? (await partitionsSeenBy(asked)).find(({ topic }) => topic === `${prefix}t`)!.leader
            : await coordinatorSeenBy(asked, "transaction", `${prefix}w`)
        await kafka.kill9(node)
        const killed = performance.now()
        const again = async (): Promise<void> => {
          try {
            await append()
          } catch (error) {
            expect(error).toMatchObject({ code: "log-unreachable" })
            writer = await log.writer("w").catch(() => writer)
            await again()
          }
        }
        await again()
        // A broker is given up after 3 s here; the client's own patience with a dead one would be 12 s more.
        expect(performance.now() - killed).toBeLessThan(10_000)
        await log.close()
        await kafka.restart(node)
        await expect
          .poll(
            async () =>
              (await partitionsSeenBy(asked)).every((one) => one.inSync.length === one.replicas.length),
            { timeout: 60_000 }
          )
          .toBe(true)
      },
      120_000
    )
  }
})
