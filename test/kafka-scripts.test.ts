import { expect, test } from "vitest"
import { describeKafka, sharedKafka } from "./kafka-broker.ts"
import { answers } from "../scripts/kafka/wire.ts"

describeKafka("the broker of the test run", () => {
  test("answers, and is one for all", async () => {
    const [first, second] = await Promise.all([sharedKafka(), sharedKafka()])
    expect(first).toEqual(second)
    expect(await answers({ port: Number(first.brokers[0]!.split(":")[1]) })).toBe(true)
  })
})
