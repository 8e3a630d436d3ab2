import { afterAll } from "vitest"

import { describeKafka } from "../../../test/kafka-broker.ts"
import { makeKafka, removeTopics } from "./kafka-under-test.ts"
import { logContract } from "./log-contract.ts"

describeKafka("Kafka", () => {
  afterAll(removeTopics)

  logContract("the log on Kafka by platformatic", makeKafka({}), { kills: 3, runs: 6 })
})
