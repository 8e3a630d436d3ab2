// Appends until the disk is full, frees space if there is a file to remove, and appends again.
import { rmSync } from "node:fs"

import { PlimsollError } from "@plimsoll/schema"

import { openEmbeddedLog } from "../src/embedded/open.ts"

const [path, ballast] = process.argv.slice(2)
const log = await openEmbeddedLog(path!)
await log.ensureTopics([
  { topic: "a", partitions: 1, cleanup: "keep" },
  { topic: "b", partitions: 1, cleanup: "keep" }
])
const writer = await log.writer("w")
const append = (number: number) =>
  writer.append(
    ["a", "b"].map((topic) => ({
      topic,
      headers: {},
      records: Array.from({ length: 100 }, () => ({
        key: null,
        value: `${number} ${"x".repeat(500)}`,
        partitionKey: "",
        headers: {}
      }))
    }))
  )
let acknowledged = 0
let failure: unknown
while (failure === undefined && acknowledged < 1000) {
  try {
    await append(acknowledged)
    acknowledged++
  } catch (error) {
    failure = error
  }
}
const count = async (): Promise<ReadonlyArray<number>> =>
  (await log.topics()).map(({ offsets }) => offsets[0]!.end / 100)
const whileFull = await count()
const readable = (await log.read("b", 0, 0, { limit: 1_000_000 })).records.length / 100
let afterwards: ReadonlyArray<number> | undefined
if (ballast !== undefined) {
  rmSync(ballast)
  await append(acknowledged)
  afterwards = await count()
}
const { code, suggestion } =
  failure instanceof PlimsollError ? failure : { code: String(failure), suggestion: undefined }
console.log(JSON.stringify({ code, suggestion, acknowledged, whileFull, readable, afterwards }))
await log.close()
