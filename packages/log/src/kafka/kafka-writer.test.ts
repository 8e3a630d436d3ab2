import { expect, test } from "vitest"

import type { KafkaProducer, Places } from "./client.ts"
import { KafkaWriter } from "./kafka-writer.ts"

const home = {
  topic: () => Promise.resolve({ partitions: 1, compact: false }),
  lastTime: () => Promise.resolve(0),
  full: (topic: string) => topic,
  unmarked: () => Promise.resolve(new Map()),
  seen: () => Promise.resolve(),
  holds: () => Promise.resolve(true)
}
const producerOf = (answer: <A>(call: string, value: A) => Promise<A>): KafkaProducer => ({
  id: 1n,
  epoch: 1,
  begin: () => answer("begin", undefined),
  send: () => answer("send", [0]),
  commit: () => answer("commit", undefined),
  abort: () => answer("abort", undefined),
  mark: () => answer("mark", undefined),
  close: () => Promise.resolve()
})
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
    const producer = producerOf(answer)
    const writer = new KafkaWriter("w", producer, home, 50)
    await expect(writer.append(rows)).rejects.toMatchObject({ code: "log-unreachable" })
    letThrough()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(calls).toEqual(late === "begin" ? ["begin"] : ["begin", "send"])
    await expect(writer.append(rows)).rejects.toMatchObject({ code: "log-unreachable" })
  }
)

test("a transaction whose marks do not come is not known to be there, and nothing follows it", async () => {
  const calls: string[] = []
  const call = async <A>(name: string, value: A): Promise<A> => {
    calls.push(name)
    return value
  }
  const producer = producerOf(call)
  const unmarked = (partitions: Places) => Promise.resolve(partitions)
  const writer = new KafkaWriter("w", producer, { ...home, unmarked }, 50)
  const both = [writer.append(rows), writer.append(rows)]
  for (const appended of both) await expect(appended).rejects.toMatchObject({ code: "log-unreachable" })
  expect(calls).toEqual(["begin", "send", "commit"])
})
