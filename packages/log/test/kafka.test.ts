import { Admin } from "@platformatic/kafka"
import { randomUUID } from "node:crypto"
import { afterAll } from "vitest"

import { describeKafka, sharedKafka } from "../../../test/kafka-broker.ts"
import { type KafkaLogOptions, openKafkaLog } from "../src/index.ts"
import { logContract, type LogUnderTest } from "./log-contract.ts"

const prefixes: Array<string> = []

// Another process that dies holding a lease loses it after this time, and not before.
const sessionTimeout = 6_000

const makeKafka = (rest: Partial<KafkaLogOptions>) => async (): Promise<LogUnderTest> => {
  const prefix = `contract-${randomUUID().slice(0, 8)}.`
  prefixes.push(prefix)
  const { brokers } = await sharedKafka()
  const options: KafkaLogOptions = { brokers, prefix, sessionTimeout, ...rest }
  return {
    open: () => openKafkaLog(options),
    opener: { module: new URL("./kafka-opener.ts", import.meta.url).href, argument: JSON.stringify(options) },
    remove: async () => undefined
  }
}

describeKafka("Kafka", () => {
  afterAll(async () => {
    const admin = new Admin({ clientId: "test", bootstrapBrokers: (await sharedKafka()).brokers })
    const topics = (await admin.listTopics()).filter((topic) =>
      prefixes.some((prefix) => topic.startsWith(prefix))
    )
    if (topics.length > 0) await admin.deleteTopics({ topics })
    await admin.close()
  })

  logContract("the log on Kafka by platformatic", makeKafka({}), { kills: 3, runs: 6 })
})
