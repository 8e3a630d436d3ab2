import { expect, test } from "vitest"
import { startKafka } from "../../scripts/kafka/cluster.ts"
import { logs } from "../logs.ts"
import { broughtBack, outageText } from "./away.ts"

const away = 12_000
const rows = 150_000

// By kafkajs it is in the long tests.
for (const log of logs.filter(({ client }) => client === "platformatic")) {
  log.describe(`the broker gone for longer than a transaction may take, ${log.name}`, () => {
    test(`${rows} rows, gone for ${away / 1000} s after the first commit: no more memory meanwhile, and every row once`, async () => {
      const kafka = await startKafka({ heap: "512m" })
      try {
        const own = await log.make({ brokers: kafka.brokers, transactionTimeout: 5_000 })
        const outage = await broughtBack(own, kafka, { rows, away, seed: 4 })
        console.log(outageText(log.name, rows, away, outage))
        // What is in hand when it goes is two batches of 4 MB; the rest is what the runtime had not given back yet.
        if (outage.during !== undefined) expect(outage.during - outage.before!).toBeLessThan(100)
      } finally {
        await kafka.stop()
      }
    }, 240_000)
  })
}
