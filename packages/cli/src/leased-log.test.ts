import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Log, openEmbeddedLog, type RecordGroup } from "@plimsoll/log"
import { afterEach, beforeEach, expect, it } from "vitest"
import { leasedLog } from "./leased-log.ts"

let directory = ""
let log: Log
const never = new AbortController().signal
const topic = "test.leased.v1"

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "plimsoll-leased-"))
  log = await openEmbeddedLog(join(directory, "log.sqlite"), { thread: false })
  await log.ensureTopics([{ topic, partitions: 1, cleanup: "keep" }])
})
afterEach(async () => {
  await log.close()
  rmSync(directory, { recursive: true, force: true })
})

const one: ReadonlyArray<RecordGroup> = [
  { topic, headers: {}, records: [{ key: null, value: "1", partitionKey: "a", headers: {} }] }
]
const count = async (): Promise<number> => (await log.read(topic, 0, 0)).records.length

it("is the log while the lease is held, and no writer of it is opened twice", async () => {
  const leased = leasedLog(log, { lost: never })
  for (let time = 0; time < 3; time++) {
    const writer = await leased.writer("w")
    await writer.append(one)
    await writer.close()
    expect(writer.epoch).toBe(1)
  }
  expect((await leased.read(topic, 0, 0)).records).toHaveLength(3)
  await leased.close()
  expect((await log.writer("w")).epoch).toBe(2)
})

it("does nothing more once the lease is lost", async () => {
  const lost = new AbortController()
  const leased = leasedLog(log, { lost: lost.signal })
  const writer = await leased.writer("w")
  lost.abort()
  await expect(writer.append(one)).rejects.toMatchObject({ code: "run-lost" })
  await expect(leased.writer("w")).rejects.toMatchObject({ code: "run-lost" })
  await expect(leased.read(topic, 0, 0)).rejects.toMatchObject({ code: "run-lost" })
  await expect(leased.topics()).rejects.toMatchObject({ code: "run-lost" })
  expect(await count()).toBe(0)
})

it("is fenced by the next holder though it has not heard that the lease is lost, and never fences it", async () => {
  const old = leasedLog(log, { lost: never })
  await old.writer("w")
  const next = leasedLog(log, { lost: never })
  const writer = await next.writer("w")
  for (let time = 0; time < 2; time++) {
    const late = await old.writer("w")
    await expect(late.append(one)).rejects.toMatchObject({ code: "log-fenced" })
  }
  await writer.append(one)
  expect(await count()).toBe(1)
})

it("takes the lease again, where it can, before it opens a writer in place of one that failed", async () => {
  let renewed = 0
  const leased = leasedLog(log, {
    lost: never,
    renew: async () => {
      if (++renewed === 2) throw new Error("another has it")
    }
  })
  await leased.writer("w")
  await leased.writer("w")
  expect(renewed).toBe(1)
  await expect(leased.writer("v")).rejects.toThrow("another has it")
  await leased.writer("v")
  expect(renewed).toBe(3)
})
