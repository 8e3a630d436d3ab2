import { expect, test } from "vitest"
import { startKafka } from "../../scripts/kafka/cluster.ts"
import { logs } from "../logs.ts"
import { broughtBack, outageText } from "./away.ts"
import { loseEachBroker } from "./three-brokers.ts"
import { killInTurn, turnsText } from "./turns.ts"

const say = (line: string): void => console.log(line)

for (const log of logs.filter(({ client }) => client !== undefined)) {
  log.describe(`the real log, ${log.name}`, () => {
    test("killed -9 in turn (connector, core, command, broker) at 50 points, every row exactly once", async () => {
      const rows = log.client === "platformatic" ? 20_000 : 12_000
      const kafka = await startKafka({ heap: "1g" })
      try {
        const own = await log.make({ brokers: kafka.brokers })
        const turns = await killInTurn({ log: own, broker: kafka, seed: 50, rows, points: 50 })
        say(turnsText(log.name, turns))
        expect(turns.all).toBeGreaterThan(40)
        expect(turns.whileReading).toBeGreaterThan(5)
      } finally {
        await kafka.stop()
      }
    }, 3_600_000)

    test("the broker gone for 60 s in the middle of a run: bounded memory, and every row exactly once", async () => {
      const kafka = await startKafka({ heap: "1g" })
      try {
        const own = await log.make({ brokers: kafka.brokers })
        const [rows, away] = [500_000, 60_000]
        const outage = await broughtBack(own, kafka, { rows, away, seed: 60 })
        say(outageText(log.name, rows, away, outage))
        if (outage.during !== undefined) expect(outage.during - outage.before!).toBeLessThan(100)
      } finally {
        await kafka.stop()
      }
    }, 900_000)

    test("three brokers, each killed under load for what it does: nothing lost, nothing twice", async () => {
      const kafka = await startKafka({ brokers: 3, heap: "512m" })
      try {
        const own = await log.make({ brokers: kafka.brokers, replication: 3 })
        await loseEachBroker(own, kafka, { rows: 400_000, rounds: 2, seed: 3 }, (line) =>
          say(`${log.name}: ${line}`)
        )
      } finally {
        await kafka.stop()
      }
    }, 1_800_000)
  })
}
