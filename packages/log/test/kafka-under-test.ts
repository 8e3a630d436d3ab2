import { randomUUID } from "node:crypto"

import { Admin } from "@platformatic/kafka"

import { sharedKafka } from "../../../test/kafka-broker.ts"
import { type KafkaLogOptions, openKafkaLog } from "../src/index.ts"
import type { LogUnderTest } from "./log-contract.ts"

/** Another process that dies holding a lease loses it after this time, in milliseconds, and not before. */
export const sessionTimeout = 6_000

const prefixes: Array<string> = []

/** A prefix that no other test has: its topics are removed at the end. */
export const freshPrefix = (): string => {
  const prefix = `contract-${randomUUID().slice(0, 8)}.`
  prefixes.push(prefix)
  return prefix
}

/** A log on the broker that all tests share. */
export const makeKafka = (rest: Partial<KafkaLogOptions>) => async (): Promise<LogUnderTest> => {
  const { brokers } = await sharedKafka()
  const options: KafkaLogOptions = { brokers, prefix: freshPrefix(), sessionTimeout, ...rest }
  return {
    open: () => openKafkaLog(options),
    opener: { module: new URL("./kafka-opener.ts", import.meta.url).href, argument: JSON.stringify(options) },
    remove: async () => undefined
  }
}

/** Removes what the tests of this file made. */
export const removeTopics = async (): Promise<void> => {
  const admin = new Admin({ clientId: "test", bootstrapBrokers: (await sharedKafka()).brokers })
  const topics = (await admin.listTopics()).filter((topic) =>
    prefixes.some((prefix) => topic.startsWith(prefix))
  )
  if (topics.length > 0) await admin.deleteTopics({ topics })
  await admin.close()
}
