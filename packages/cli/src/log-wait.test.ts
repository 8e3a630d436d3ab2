import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openCore } from "@plimsoll/core"
import { type Log, openEmbeddedLog } from "@plimsoll/log"
import { PlimsollError } from "@plimsoll/schema"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { patiently, settling } from "./log-wait.ts"

// Pauses take a two-hundredth of what they are.
const real = setTimeout
beforeAll(() => {
  vi.stubGlobal("setTimeout", (work: () => void, milliseconds = 0) => real(work, milliseconds / 200))
})
afterAll(() => vi.unstubAllGlobals())

const unreachable = () =>
  new PlimsollError({ code: "log-unreachable", message: "no answer", suggestion: "wait", transient: true })

/** Every writer of the log appends what it is given only when `late` is called, and says at once that nobody answers. */
const slowLine = (log: Log): { readonly log: Log; readonly late: () => Promise<void>; on: boolean } => {
  const pending: Array<() => Promise<unknown>> = []
  const line = {
    on: false,
    late: async () => {
      for (const append of pending.splice(0)) await append().catch(() => undefined)
    },
    log: new Proxy(log, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target)
        if (name !== "writer") return typeof value === "function" ? (value.bind(target) as unknown) : value
        return async (id: string) => {
          const writer = await target.writer(id)
          return {
            id,
            epoch: writer.epoch,
            append: (groups: Parameters<typeof writer.append>[0]) => {
              if (!line.on) return writer.append(groups)
              pending.push(() => writer.append(groups))
              return Promise.reject(unreachable())
            },
            close: () => Promise.resolve()
          }
        }
      }
    })
  }
  return line
}

test("what the core was saying while the log went away is said once, even where it arrives late", async () => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-wait-"))
  const inner = await openEmbeddedLog(join(folder, "log.sqlite"))
  const line = slowLine(inner)
  const place = { log: line.log, organisation: "city", project: "wait" }
  const core = await openCore({ ...place, zone: "Europe/London", directory: folder })
  const notes: string[] = []
  const waits: string[] = []
  let settled = 0
  const waiting = patiently({
    terminal: { out: () => undefined, progress: () => undefined, note: (text) => notes.push(text) },
    watch: false,
    signal: new AbortController().signal,
    onProgress: ({ _tag }) => {
      waits.push(_tag)
      if (waits.length === 3) line.on = false
    }
  })
  const patient = settling(waiting, async () => {
    settled++
    await (await line.log.writer("plimsoll.wait.core")).close()
  })
  line.on = true
  let tries = 0
  await patient(async () => {
    // The append of the try before comes through only now, after somebody has looked.
    const work = core.tick("2026-02-01")
    if (++tries === 4) await line.late()
    await work
  })
  const found = await inner.topics(["city.plimsoll.tick.v1"])
  expect(found[0]!.offsets.reduce((sum, { end }) => sum + end, 0)).toBe(1)
  expect({ tries, settled, waits }).toEqual({
    tries: 4,
    settled: 3,
    waits: ["LogAway", "LogAway", "LogAway", "LogBack"]
  })
  expect(notes).toEqual([
    "core: log-unreachable, waiting until the log answers again",
    expect.stringMatching(/^core: the log answers again after \d+ s, going on from what it holds$/)
  ])
  await core.close()
  await inner.close()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)
