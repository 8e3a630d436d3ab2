import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import { holderOf, takeLock } from "./lock.ts"

let directory = ""
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "plimsoll-lock-"))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const holdElsewhere = async () => {
  const child = spawn(
    process.execPath,
    [
      "--conditions=@plimsoll/source",
      "--input-type=module",
      "-e",
      `import { takeLock } from ${JSON.stringify(new URL("./lock.ts", import.meta.url).href)}
       await takeLock(${JSON.stringify(directory)}, "run --watch")
       console.log("held")
       setInterval(() => undefined, 1000)`
    ],
    { stdio: ["ignore", "pipe", "inherit"], cwd: import.meta.dirname }
  )
  await once(child.stdout, "data")
  return child
}

it("is refused with the pid while another process has it, and taken when that was killed", async () => {
  const child = await holdElsewhere()
  await expect(takeLock(directory, "run")).rejects.toMatchObject({
    code: "run-locked",
    message: expect.stringContaining(`pid ${child.pid}, \`plimsoll run --watch\``) as string
  })
  expect(await holderOf(directory)).toMatchObject({ pid: child.pid, command: "run --watch" })
  const gone = once(child, "close")
  child.kill("SIGKILL")
  await gone
  // The words of the dead are still there, and count for nothing.
  expect(existsSync(join(directory, "lock"))).toBe(true)
  expect(await holderOf(directory)).toBeUndefined()
  const lock = await takeLock(directory, "run")
  expect(await holderOf(directory)).toMatchObject({ pid: process.pid })
  lock.release()
  expect(existsSync(join(directory, "lock"))).toBe(false)
})

it("is not held by a pid that another process has by now", async () => {
  writeFileSync(join(directory, "lock"), JSON.stringify({ pid: process.ppid, startedAt: "", command: "run" }))
  const lock = await takeLock(directory, "run")
  lock.release()
  lock.release()
  expect(await holderOf(directory)).toBeUndefined()
})

it("is given to one of many that ask at once", async () => {
  const asked = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(directory, "run")))
  expect(asked.filter((one) => one.status === "fulfilled")).toHaveLength(1)
  for (const one of asked) if (one.status === "fulfilled") one.value.release()
})
