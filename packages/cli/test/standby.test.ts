import type { ChildProcess } from "node:child_process"
import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Published } from "@plimsoll/core"
import type { KafkaLogOptions } from "@plimsoll/log"
import { afterEach, describe, expect, it } from "vitest"
import { describeKafka, sharedKafka } from "../../../test/kafka-broker.ts"
import { newFolder, outcome, plimsoll, start, withoutModules } from "./project.ts"

// As short as the brokers allow without being told otherwise.
const sessionTimeout = 6_000
const patience = 240_000

const folders: string[] = []
const children: ChildProcess[] = []
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill("SIGKILL")
    // A process that stands still is ended too.
    child.kill("SIGCONT")
  }
  await sleep(100)
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** What a process says, as it says it. */
class Running {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  #said = ""
  readonly #heard = new Set<() => void>()

  constructor(folder: string, ...args: ReadonlyArray<string>) {
    this.child = start(folder, ...args)
    children.push(this.child)
    this.ended = outcome(this.child).then(({ code }) => code)
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.on("data", (chunk) => {
        this.#said += String(chunk)
        for (const hear of this.#heard) hear()
      })
    }
  }

  get said(): string {
    return this.#said
  }

  /** Waits until it has said this so often; gives the milliseconds that it took. */
  async says(words: string, times = 1): Promise<number> {
    const began = performance.now()
    const late = AbortSignal.timeout(60_000)
    while (this.times(words) < times) {
      await new Promise<void>((resolve, reject) => {
        this.#heard.add(resolve)
        late.addEventListener("abort", () =>
          reject(new Error(`it did not say "${words}" ${times} times: ${this.#said}`))
        )
      })
      this.#heard.clear()
    }
    return performance.now() - began
  }

  times(words: string): number {
    return this.#said.split(words).length - 1
  }
}

const makeProject = async (kafka: KafkaLogOptions | undefined): Promise<string> => {
  const folder = newFolder()
  folders.push(folder)
  expect((await plimsoll(folder, "init", ".")).code).toBe(0)
  withoutModules(folder)
  const config = join(folder, "plimsoll.config.ts")
  writeFileSync(
    config,
    readFileSync(config, "utf8")
      .replace(
        'clock: "2026-07-15",',
        `clock: "2026-08-15",${kafka === undefined ? "" : ` kafka: ${JSON.stringify(kafka)},`}`
      )
      .replace('path: "data/falls.csv"', 'path: "data/falls.csv", pollMs: 50')
  )
  return folder
}

const july = (folder: string, ward: string, falls: number): void =>
  appendFileSync(join(folder, "data/falls.csv"), `${ward},2026-07-01,${falls},640\n`)

/** Every row of the file stands in the published file once, and every signal was said once. */
const everythingOnce = async (folder: string, rows: number): Promise<void> => {
  const file = await Published.open(join(folder, "plimsoll.duckdb"))
  try {
    const found = await file.query(
      "SELECT sum(observations)::INTEGER, max(observations)::INTEGER FROM plimsoll.measure_value"
    )
    expect(found.rows).toEqual([[rows, 1]])
  } finally {
    file.close()
  }
  const { out } = await plimsoll(
    folder,
    "log",
    "read",
    "my-hospital.plimsoll.signal.v1",
    "--json",
    "--limit",
    "1000"
  )
  const said = out
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { readonly value: string }).value)
    .map((value) => JSON.parse(value) as { readonly signal: string; readonly state: string })
    .map(({ signal, state }) => `${signal} ${state}`)
  expect(said.length).toBeGreaterThan(1)
  expect(new Set(said).size).toBe(said.length)
  const topic = await plimsoll(
    folder,
    "log",
    "read",
    "my-hospital.inpatient.falls.v1",
    "--json",
    "--limit",
    "1000"
  )
  expect(topic.out.trim().split("\n")).toHaveLength(rows)
}

const end = async (running: Running): Promise<void> => {
  running.child.kill("SIGINT")
  expect(await running.ended, running.said).toBe(0)
}

const killed = async (kafka: KafkaLogOptions | undefined): Promise<number> => {
  const folder = await makeProject(kafka)
  const first = new Running(folder, "run", "--watch")
  await first.says("watching 1 source")
  const second = new Running(folder, "run", "--watch")
  await second.says("standing by")
  expect(second.times("published:")).toBe(0)

  const opened = first.says("opened: falls-rate · elm")
  july(folder, "elm", 60)
  await opened
  first.child.kill("SIGKILL")
  const took = await second.says("watching 1 source")

  const changed = second.says("falls-rate · oak")
  july(folder, "oak", 0)
  await changed
  expect(second.times("falls-rate · elm:")).toBe(0)
  await end(second)
  await everythingOnce(folder, 62)
  return took
}

describe("a standby on the embedded log", () => {
  it("takes over the store when the first is killed", { timeout: patience }, async () => {
    expect(await killed(undefined)).toBeLessThan(sessionTimeout * 5)
  })

  it("waits on while the first stands still", { timeout: patience }, async () => {
    const folder = await makeProject(undefined)
    const first = new Running(folder, "run", "--watch")
    await first.says("watching 1 source")
    const second = new Running(folder, "run", "--watch")
    await second.says("standing by")
    first.child.kill("SIGSTOP")
    await sleep(sessionTimeout)
    expect(second.times("watching")).toBe(0)
    first.child.kill("SIGCONT")
    const opened = first.says("opened: falls-rate · elm")
    july(folder, "elm", 60)
    await opened
    await end(first)
    await second.says("watching 1 source")
    await end(second)
    await everythingOnce(folder, 61)
  })
})

describeKafka("a standby on Kafka", () => {
  const clients = ["platformatic", "kafkajs"] as const
  const options = async (client: (typeof clients)[number], test: string): Promise<KafkaLogOptions> => ({
    brokers: (await sharedKafka()).brokers,
    client,
    sessionTimeout,
    prefix: `standby-${test}-${client}-${process.pid}.`
  })

  it.each(clients)(
    "takes over the store when the first is killed, by %s",
    { timeout: patience },
    async (client) => {
      const took = await killed(await options(client, "kill"))
      console.log(`${client}: the standby was at work ${Math.round(took)} ms after the kill`)
    }
  )

  it.each(clients)(
    "takes over when the first stands still, which then stands by itself, by %s",
    { timeout: 2 * patience },
    async (client) => {
      const kafka = await options(client, "stop")
      // Two machines: each has its own folder and so its own store, and the same log.
      const [here, there] = [await makeProject(kafka), await makeProject(kafka)]
      const first = new Running(here, "run", "--watch")
      await first.says("watching 1 source")
      const second = new Running(there, "run", "--watch")
      await second.says("standing by")

      first.child.kill("SIGSTOP")
      const took = await second.says("watching 1 source")
      console.log(`${client}: the standby was at work ${Math.round(took)} ms after the stop`)
      const before = statSync(join(here, "plimsoll.duckdb")).mtimeMs
      // What the first would say and publish, were it still the core.
      july(here, "elm", 60)
      first.child.kill("SIGCONT")
      await first.says("this process is no longer the core")
      await first.says("standing by")
      expect(first.times("opened: ")).toBe(0)

      const opened = second.says("opened: falls-rate · elm")
      july(there, "elm", 60)
      await opened
      expect(first.times("opened: ")).toBe(0)
      expect(statSync(join(here, "plimsoll.duckdb")).mtimeMs).toBe(before)
      second.child.kill("SIGKILL")
      await first.says("watching 1 source", 2)
      await end(first)
      expect(first.times("opened: ")).toBe(0)
      await everythingOnce(here, 61)
    }
  )

  it(
    "waits for the store of a first that stands still, and takes it over when that wakes",
    { timeout: patience },
    async () => {
      const folder = await makeProject(await options("platformatic", "store"))
      const first = new Running(folder, "run", "--watch")
      await first.says("watching 1 source")
      const second = new Running(folder, "run", "--watch")
      await second.says("standing by")
      first.child.kill("SIGSTOP")
      // The lease is the second's by now, the store still the first's.
      await sleep(3 * sessionTimeout)
      expect(second.times("watching")).toBe(0)
      first.child.kill("SIGCONT")
      await first.says("this process is no longer the core")
      await second.says("watching 1 source")
      const opened = second.says("opened: falls-rate · elm")
      july(folder, "elm", 60)
      await opened
      expect(first.times("opened: ")).toBe(0)
      await end(second)
      await first.says("watching 1 source", 2)
      await end(first)
      await everythingOnce(folder, 61)
    }
  )

  it("refuses a run that does not wait, and lets one with --wait wait", { timeout: patience }, async () => {
    const kafka = await options("platformatic", "wait")
    const [here, there] = [await makeProject(kafka), await makeProject(kafka)]
    const first = new Running(here, "run", "--watch")
    await first.says("watching 1 source")
    const refused = await plimsoll(there, "run")
    expect(refused.code).toBe(4)
    expect(refused.err).toContain("plimsoll.my-falls.core")
    const waiting = new Running(there, "run", "--wait")
    await waiting.says("standing by")
    await end(first)
    expect(await waiting.ended, waiting.said).toBe(0)
  })

  it("is for the core alone: connectors run elsewhere without a lease", { timeout: patience }, async () => {
    const kafka = await options("platformatic", "apart")
    const [here, there] = [await makeProject(kafka), await makeProject(kafka)]
    const core = new Running(here, "run", "--watch", "--only", "core")
    await core.says("watching the log")
    const read = await plimsoll(there, "run", "--only", "connectors")
    expect(read).toMatchObject({ code: 0, out: "falls: falls: 60 rows taken\n" })
    await core.says("opened: falls-rate · oak")
    const watching = new Running(there, "run", "--watch", "--only", "connectors")
    await watching.says("watching 1 source")
    const opened = core.says("opened: falls-rate · elm")
    july(there, "elm", 60)
    await opened
    await end(watching)
    await end(core)
    await everythingOnce(here, 61)
  })
})
