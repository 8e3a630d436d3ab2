import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Log, openEmbeddedLog } from "@plimsoll/log"
import { afterEach, beforeEach, expect, it } from "vitest"
import { SignalDelivery } from "./on-signal.ts"

const topic = "trust.plimsoll.signal.v1"
let directory = ""
let log: Log

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "plimsoll-on-signal-"))
  log = await openEmbeddedLog(join(directory, "log.sqlite"), { thread: false })
})

afterEach(async () => {
  await log.close()
  rmSync(directory, { recursive: true, force: true })
})

const say = async (...ids: ReadonlyArray<string>): Promise<void> => {
  await log.ensureTopics([{ topic, partitions: 2, cleanup: "keep" }])
  const writer = await log.writer("plimsoll.test.core")
  await writer.append([
    {
      topic,
      headers: {},
      records: ids.map((id) => ({
        key: null,
        value: JSON.stringify({ state: "opened", words: id }),
        partitionKey: id,
        headers: { ce_id: id }
      }))
    }
  ])
  await writer.close()
}

const open = (command: string, timeout?: number) =>
  SignalDelivery.open({
    log,
    organisation: "trust",
    directory,
    command,
    ...(timeout === undefined ? {} : { timeout })
  })

const got = (): ReadonlyArray<string> => {
  const file = join(directory, "told")
  if (!existsSync(file)) return []
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { readonly id: string }).id)
}
const command = (code: string): string => {
  writeFileSync(
    join(directory, "tell.mjs"),
    `import { appendFileSync, readFileSync } from "node:fs"
     const text = readFileSync(0, "utf8")
     appendFileSync(${JSON.stringify(join(directory, "told"))}, text)
     const { id } = JSON.parse(text)
     ${code}`
  )
  return `"${process.execPath}" "${join(directory, "tell.mjs")}"`
}

it("begins with what is said after its first use, and delivers each signal once while all goes well", async () => {
  await say("old")
  const delivery = await open(command(""))
  await say("a", "b", "c")
  expect(await delivery.deliver()).toEqual({ delivered: 3, failure: undefined })
  expect([...got()].sort()).toEqual(["a", "b", "c"])
  expect(await (await open(command(""))).deliver()).toEqual({ delivered: 0, failure: undefined })
})

it("stops at a signal that the command refuses, and delivers it again next time", async () => {
  const delivery = await open(command("process.exit(id === 'b' ? 3 : 0)"))
  await say("a", "b")
  const first = await delivery.deliver()
  expect(first.failure).toMatchObject({
    code: "on-signal-failed",
    message: "the command of --on-signal ended with exit code 3"
  })
  expect(got().filter((id) => id === "b")).toEqual(["b"])
  const second = await (await open(command(""))).deliver()
  expect(second.failure).toBeUndefined()
  expect(got().filter((id) => id === "b")).toEqual(["b", "b"])
  expect(new Set(got())).toEqual(new Set(["a", "b"]))
})

it("gives a command that hangs an end", async () => {
  const delivery = await open(command("setInterval(() => undefined, 1000)"), 1500)
  await say("a")
  expect((await delivery.deliver()).failure?.message).toContain("did not end within 1.5 s")
})

it("begins anew on another log, where no offset means what it meant", async () => {
  await open(command(""))
  await say("a")
  const other = await openEmbeddedLog(join(directory, "other.sqlite"), { thread: false })
  await log.close()
  log = other
  const delivery = await open(command(""))
  await say("b")
  expect((await delivery.deliver()).delivered).toBe(1)
  expect(got()).toEqual(["b"])
})

it.skipIf(process.platform === "win32")(
  "delivers again what a crash left between the command's end and the note of it",
  async () => {
    await open("true")
    await say("a")
    // The command takes the signal, then kills the process that delivers it.
    const killer = `cat >> "${join(directory, "told")}"; kill -9 $PPID`
    const script = `
      import { openEmbeddedLog } from "@plimsoll/log"
      import { SignalDelivery } from ${JSON.stringify(new URL("./on-signal.ts", import.meta.url).href)}
      const log = await openEmbeddedLog(${JSON.stringify(join(directory, "log.sqlite"))}, { thread: false })
      const delivery = await SignalDelivery.open({ log, organisation: "trust", directory: ${JSON.stringify(directory)}, command: ${JSON.stringify(killer)} })
      await delivery.deliver()`
    const died = spawnSync(
      process.execPath,
      ["--conditions=@plimsoll/source", "--input-type=module", "-e", script],
      { cwd: import.meta.dirname, encoding: "utf8" }
    )
    expect(died.signal, died.stderr).toBe("SIGKILL")
    expect(got()).toEqual(["a"])
    expect(await (await open(command(""))).deliver()).toEqual({ delivered: 1, failure: undefined })
    expect(got()).toEqual(["a", "a"])
  }
)
