import { afterAll, expect, test } from "vitest"
import { type Kafka, startKafka } from "../../scripts/kafka/cluster.ts"
import { logs } from "../logs.ts"
import { killInTurn, turnsText } from "./turns.ts"

// Of its own, since it is killed.
let broker: Promise<Kafka> | undefined
const mortal = (): Promise<Kafka> => (broker ??= startKafka({ heap: "512m" }))
afterAll(async () => (await broker)?.stop())

for (const log of logs) {
  const points = log.client === "platformatic" ? 5 : log.client === "kafkajs" ? 4 : 3
  const rows = 15_000
  log.describe(`killed -9 in turn on ${log.name}`, () => {
    test(`a connector, the core, the command${log.client === undefined ? "" : ", the broker"}: ${points} points, files of ${rows} rows, every row once`, async () => {
      const kafka = log.client === undefined ? undefined : await mortal()
      const own = await log.make(kafka === undefined ? {} : { brokers: kafka.brokers })
      const turns = await killInTurn({
        log: own,
        ...(kafka === undefined ? {} : { broker: kafka }),
        seed: points,
        rows,
        points
      })
      console.log(turnsText(log.name, turns))
      expect(turns.all).toBeGreaterThanOrEqual(points - 1)
      expect(turns.whileReading).toBeGreaterThan(0)
      // A watcher beside a full machine has taken 267 s to find its broker again.
    }, 600_000)
  })
}
