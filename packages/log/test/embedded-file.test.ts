import { execFile, spawnSync } from "node:child_process"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

import { afterEach, beforeEach, describe, expect, test } from "vitest"

import { AppendThread } from "../src/embedded/append-thread.ts"
import { EmbeddedWriter } from "../src/embedded/embedded-writer.ts"
import { openEmbeddedLog, type Log, type NewRecord } from "../src/index.ts"

const execute = promisify(execFile)
const conditions = ["--conditions=@plimsoll/source", "--disable-warning=ExperimentalWarning"]
const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

let folder: string
let path: string
const opened: Array<Log> = []

const open = async (): Promise<Log> => {
  const log = await openEmbeddedLog(path, { thread: false, busyTimeout: 300 })
  opened.push(log)
  return log
}

const inFile = <A>(look: (database: DatabaseSync) => A): A => {
  const database = new DatabaseSync(path)
  try {
    return look(database)
  } finally {
    database.close()
  }
}

const row = (rest: Partial<NewRecord>): NewRecord => ({
  key: null,
  value: "",
  partitionKey: "",
  headers: {},
  ...rest
})

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-log-"))
  path = join(folder, "log.sqlite")
})

afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()))
  await rm(folder, { recursive: true, force: true })
})

describe("a file that is no log of ours", () => {
  test("is refused when a newer version wrote it, with the cure", async () => {
    await (await open()).close()
    inFile((database) => database.exec("PRAGMA user_version = 2"))
    await expect(open()).rejects.toMatchObject({
      code: "log-newer",
      suggestion: expect.stringContaining("upgrade")
    })
  })

  test("is refused and left alone when it is another database", async () => {
    inFile((database) => database.exec("CREATE TABLE mine (x)"))
    await expect(open()).rejects.toMatchObject({
      code: "log-not-a-log",
      suggestion: expect.stringMatching(/./)
    })
    expect(inFile((database) => database.prepare("PRAGMA journal_mode").get())).toEqual({
      journal_mode: "delete"
    })
  })

  test("is refused when it is no database at all, or a folder", async () => {
    await writeFile(path, "subject,ward\n1,2\n".repeat(100))
    await expect(open()).rejects.toMatchObject({ code: "log-not-a-log" })
    await rm(path)
    await mkdir(path)
    await expect(open()).rejects.toMatchObject({ code: "log-failed", suggestion: expect.stringMatching(/./) })
  })

  test("is made into one when it is empty, or in a folder that is not there yet", async () => {
    await writeFile(path, "")
    expect((await open()).id).not.toBe("")
    path = join(folder, "a", "b", "log.sqlite")
    expect((await open()).id).not.toBe("")
  })
})

test("another process that keeps the lock is log-busy, which may pass", async () => {
  const log = await open()
  const writer = await log.writer("w")
  const other = new DatabaseSync(path)
  other.exec("BEGIN IMMEDIATE")
  await expect(writer.append([])).rejects.toMatchObject({ code: "log-busy", transient: true })
  other.exec("ROLLBACK")
  other.close()
  expect(await writer.append([])).toEqual([])
})

test("headers in common are kept once, a superseded record not at all", async () => {
  const log = await open()
  await log.ensureTopics([
    { topic: "facts", partitions: 1, cleanup: "keep" },
    { topic: "states", partitions: 1, cleanup: "compact" }
  ])
  const writer = await log.writer("w")
  for (let batch = 0; batch < 3; batch++) {
    const headers = { common: "secret-common-value" }
    const records = Array.from({ length: 50 }, (_, index) =>
      row({ key: "k", headers: { id: String(index) } })
    )
    await writer.append([
      { topic: "facts", headers, records },
      { topic: "states", headers, records }
    ])
  }
  expect(inFile((database) => database.prepare("SELECT count(*) AS sets FROM header_set").get())).toEqual({
    sets: 1
  })
  const states = await log.read("states", 0, 0)
  expect(states.records).toHaveLength(1)
  expect(states).toMatchObject({
    next: 150,
    records: [{ offset: 149, headers: { common: "secret-common-value", id: "49" } }]
  })
  expect((await log.topics())[1]!.offsets).toEqual([{ partition: 0, first: 149, end: 150 }])
})

test("a read stops early where records are large", async () => {
  const log = await open()
  await log.ensureTopics([{ topic: "large", partitions: 1, cleanup: "keep" }])
  const writer = await log.writer("w")
  const records = Array.from({ length: 20 }, () => row({ value: "x".repeat(1_000_000) }))
  for (let batch = 0; batch < 5; batch++) await writer.append([{ topic: "large", headers: {}, records }])
  const offsets: Array<number> = []
  let reads = 0
  for (let from = 0; from < 100; reads++) {
    const batch = await log.read("large", 0, from)
    offsets.push(...batch.records.map(({ offset }) => offset))
    from = batch.next
  }
  expect(offsets).toEqual(Array.from({ length: 100 }, (_, index) => index))
  expect(reads).toBeGreaterThan(1)
})

test("what is no append wakes nobody", async () => {
  const log = await open()
  const began = performance.now()
  const waiting = log.changed(150)
  const other = await open()
  await other.ensureTopics([{ topic: "t", partitions: 1, cleanup: "keep" }])
  await (await other.writer("w")).append([])
  await waiting
  expect(performance.now() - began).toBeGreaterThanOrEqual(145)
})

describe("the append thread", () => {
  test.each(["./failing-worker.ts", "./ending-worker.ts"])(
    "that dies rejects what is pending (%s)",
    async (name) => {
      const owner = { writer: "w", epoch: 1 }
      const writer = new EmbeddedWriter(
        owner,
        (receiver) =>
          new AppendThread(new URL(name, import.meta.url)).open({ ...owner, path, busyTimeout: 1 }, receiver),
        () => undefined
      )
      const pending = [writer.append([]), writer.append([])]
      for (const each of pending) await expect(each).rejects.toMatchObject({ code: "log-failed" })
      await expect(writer.append([])).rejects.toMatchObject({ code: "log-failed" })
      await writer.close()
    }
  )

  test("keeps the process until what is pending is done, and no longer", async () => {
    await execute(process.execPath, [...conditions, script("./leave-open-main.ts"), path], {
      timeout: 20_000
    })
    expect((await (await open()).read("t", 0, 0)).records).toHaveLength(1)
  })
})

describe("a full disk", () => {
  const node = [process.execPath, ...conditions, script("./full-disk-main.ts")]
  const parse = (stdout: string): Record<string, unknown> => JSON.parse(stdout.trim().split("\n").at(-1)!)
  const mayMount = spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", tmpdir()]).status === 0

  test.skipIf(!mayMount)(
    "is log-disk-full, tears nothing, and needs no repair (skipped where no small disk can be mounted)",
    async () => {
      const steps = `mount -t tmpfs -o size=5m tmpfs "$0" && head -c 2000000 /dev/zero > "$0/ballast" && exec "$@" "$0/log.sqlite" "$0/ballast"`
      const { stdout } = await execute("unshare", ["-rm", "sh", "-c", steps, folder, ...node])
      const found = parse(stdout)
      const acknowledged = Number(found["acknowledged"])
      expect(found).toMatchObject({
        code: "log-disk-full",
        suggestion: expect.stringContaining("free space"),
        whileFull: [acknowledged, acknowledged],
        readable: acknowledged,
        afterwards: [acknowledged + 1, acknowledged + 1]
      })
      expect(acknowledged).toBeGreaterThan(3)
    }
  )

  test.skipIf(process.platform === "win32")(
    "or one that refuses to write is log-disk-full too (a limit on file size)",
    async () => {
      const { stdout } = await execute("sh", ["-c", `ulimit -f 4000 && exec "$@"`, "sh", ...node, path])
      const found = parse(stdout)
      const acknowledged = Number(found["acknowledged"])
      expect(found).toMatchObject({
        code: "log-disk-full",
        whileFull: [acknowledged, acknowledged],
        readable: acknowledged
      })
      expect(acknowledged).toBeGreaterThan(3)
      const log = await open()
      const record = row({ value: "after" })
      await (await log.writer("w")).append([{ topic: "a", headers: {}, records: [record] }])
      expect((await log.read("a", 0, acknowledged * 100)).records.map(({ value }) => value)).toEqual([
        "after"
      ])
    }
  )
})
