import { expect, test } from "vitest"

import type { KafkaProducer } from "./client.ts"
import { KafkaWriter } from "./kafka-writer.ts"

const home = {
  topic: () => Promise.resolve({ partitions: 1, compact: false }),
  lastTime: () => Promise.resolve(0),
  full: (topic: string) => topic,
  seen: () => Promise.resolve(),
  holds: () => Promise.resolve(true)
}
const rows = [
  { topic: "t", headers: {}, records: [{ key: "k", value: "v", partitionKey: "k", headers: {} }] }
]

// A real broker answers late only by chance: here each call in turn is held until the writer has given it up.
test.each(["begin", "send"] as const)(
  "nothing follows a %s that gets through after the deadline",
  async (late) => {
    const calls: string[] = []
    let letThrough = (): void => undefined
    const held = new Promise<void>((resolve) => (letThrough = resolve))
    const answer = async <A>(call: string, value: A): Promise<A> => {
      calls.push(call)
      if (call === late) await held
      return value
    }
    const producer: KafkaProducer = {
      epoch: 1,
      begin: () => answer("begin", undefined),
      send: () => answer("send", [0]),
      commit: () => answer("commit", undefined),
      abort: () => answer("abort", undefined),
      close: () => Promise.resolve()
    }
    const writer = new KafkaWriter("w", producer, home, 50)
    await expect(writer.append(rows)).rejects.toMatchObject({ code: "log-unreachable" })
    letThrough()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(calls).toEqual(late === "begin" ? ["begin"] : ["begin", "send"])
    await expect(writer.append(rows)).rejects.toMatchObject({ code: "log-unreachable" })
  }
)
