import type { Connector, Emit } from "@plimsoll/connector"
import { canonicalJson, type Log, streamLabel } from "@plimsoll/log"
import {
  contractOf,
  deadLetterTopic,
  defineStream,
  type RunRecord,
  runs,
  stateTopic,
  topicOf
} from "@plimsoll/schema"
import { Stream } from "effect"
import assert from "node:assert/strict"
import { fork } from "node:child_process"
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { runConnector } from "../run-connector.ts"
import { RunStates } from "../run-state.ts"
import {
  given,
  type ConformanceLogs,
  type ConformanceModule,
  type ConformanceSource,
  type LogsModule
} from "./subject.ts"

/** One thing that every connector must do. */
export interface ConformanceCheck {
  /** The number of the check, `D01`. */
  readonly id: string
  readonly title: string
  /** Rejects where the connector does not. */
  readonly run: () => Promise<void>
}

/** What {@link connectorConformance} takes beside the module. */
export interface ConformanceOptions {
  /** How many runs are killed at random points. Default: 8. */
  readonly kills?: number
  /** How many checkpoints are resumed from, one emit at a time, before the rest is read at once. Default: 25. */
  readonly checkpoints?: number
  /** The logs to run on. Default: the embedded log. */
  readonly logs?: ConformanceLogs
}

/** A log that can be opened here and in another process. */
interface LogPlace {
  readonly module: string
  readonly argument: string
}

interface Place {
  readonly folder: string
  readonly log: LogPlace
  readonly source: ConformanceSource
  readonly connector: Connector
}

/** The records of all streams and their dead letters, by id, with how often each is there. */
type Found = { readonly ids: ReadonlyMap<string, number>; readonly rows: number; readonly rejected: number }

const readAll = async (log: Log, topic: string) => {
  const info = (await log.topics()).find((one) => one.topic === topic)
  const records = []
  for (const { partition, first, end } of info?.offsets ?? []) {
    for (let from = first; from < end;) {
      const batch = await log.read(topic, partition, from, { until: end })
      records.push(...batch.records)
      from = batch.next
    }
  }
  return records
}

const find = async (log: Log, connector: Connector): Promise<Found> => {
  const ids = new Map<string, number>()
  const counts = { rows: 0, rejected: 0 }
  for (const { definition } of connector.streams) {
    const topic = topicOf(given.organisation, definition)
    for (const [name, of] of [
      ["rows", topic],
      ["rejected", deadLetterTopic(topic)]
    ] as const) {
      for (const record of await readAll(log, of)) {
        const id = `${of} ${record.headers["ce_id"]}`
        ids.set(id, (ids.get(id) ?? 0) + 1)
        if (record.headers["plimsoll_row"] !== undefined) counts[name]++
      }
    }
  }
  return { ids, ...counts }
}

const here = (name: string): URL =>
  new URL(`./${name}.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url)

const newLog = async (folder: string, logs: ConformanceLogs | undefined): Promise<LogPlace> =>
  logs === undefined
    ? { module: here("embedded-log").href, argument: join(await mkdtemp(`${folder}-log-`), "log.sqlite") }
    : { module: logs.module.href, argument: await logs.argument() }

const sourceFolder = async <A>(
  module: ConformanceModule,
  logs: ConformanceLogs | undefined,
  use: (place: Place) => Promise<A>
): Promise<A> => {
  const outer = await mkdtemp(join(tmpdir(), "plimsoll-conformance-"))
  const folder = join(outer, "source")
  try {
    await mkdir(folder)
    const source = await module.prepare(folder)
    return await use({
      folder,
      log: await newLog(folder, logs),
      source,
      connector: await module.make(folder)
    })
  } finally {
    await rm(outer, { recursive: true, force: true })
  }
}

const withLog = async <A>({ module, argument }: LogPlace, use: (log: Log) => Promise<A>): Promise<A> => {
  const { openLog } = (await import(module)) as LogsModule
  const log = await openLog(argument)
  try {
    return await use(log)
  } finally {
    await log.close()
  }
}

const optionsOf = (module: ConformanceModule, log: Log) => ({
  ...given,
  log,
  ...(module.policies === undefined ? {} : { policies: module.policies })
})

const emitsOf = (source: ReturnType<Connector["streams"][number]["read"]>): AsyncIterable<Emit> =>
  Symbol.asyncIterator in source ? source : Stream.toAsyncIterable(source)

/** The connector, ending after one emit that moves a cursor. */
const oneAtATime = (connector: Connector): Connector => ({
  ...connector,
  streams: connector.streams.map((stream) => ({
    ...stream,
    read: async function* (from, context) {
      for await (const emit of emitsOf(stream.read(from, context))) {
        yield emit
        if (emit._tag !== "Notice") return
      }
    }
  }))
})

const undisturbed = (
  module: ConformanceModule,
  logs: ConformanceLogs | undefined
): Promise<Found & { readonly milliseconds: number }> =>
  sourceFolder(module, logs, ({ connector, log: place }) =>
    withLog(place, async (log) => {
      const start = performance.now()
      await runConnector(connector, optionsOf(module, log))
      return { ...(await find(log, connector)), milliseconds: performance.now() - start }
    })
  )

const assertSame = (found: Found, expected: Found) => {
  const twice = [...found.ids.values()].filter((times) => times > 1).length
  const lost = [...expected.ids.keys()].filter((id) => !found.ids.has(id)).length
  const strange = [...found.ids.keys()].filter((id) => !expected.ids.has(id)).length
  assert.deepEqual({ twice, lost, strange }, { twice: 0, lost: 0, strange: 0 })
}

/** The counts of all runs, those left unfinished included, are of what is on the log at this moment. */
const assertCounts = async (log: Log, connector: Connector) => {
  const counted = new Map<string, Pick<RunRecord, "in" | "out" | "rejected" | "unchanged">>()
  for (const { value } of await readAll(log, topicOf(given.organisation, runs))) {
    const run = JSON.parse(value!) as RunRecord
    counted.set(run.run, run)
  }
  const latest = await log.latest(stateTopic)
  for (const { definition } of connector.streams) {
    const state = new RunStates(connector.instance, streamLabel(definition)).find(latest)
    if (state !== undefined) counted.set(state.run, state.counts)
  }
  const all = [...counted.values()]
  for (const one of all) assert.equal(one.in, one.out + one.rejected + one.unchanged)
  const sum = (of: "out" | "rejected") => all.reduce((total, one) => total + one[of], 0)
  const { rows, rejected } = await find(log, connector)
  assert.deepEqual({ rows: sum("out"), rejected: sum("rejected") }, { rows, rejected })
}

/** Every run has said how it ended. */
const assertEnded = async (log: Log) => {
  const states = new Map<string, string>()
  for (const { value } of await readAll(log, topicOf(given.organisation, runs))) {
    const { run, state } = JSON.parse(value!) as RunRecord
    states.set(run, state)
  }
  assert.deepEqual(
    [...states.values()].filter((state) => state === "started"),
    []
  )
}

const child = here("run-main")

/** Runs the connector in a process of its own; kills it after so many milliseconds, unless it was done before. */
const runApart = (module: URL, place: Place, killAfter: number | undefined): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const source = child.pathname.endsWith(".ts") ? ["--conditions=@plimsoll/source"] : []
    const process = fork(
      fileURLToPath(child),
      [module.href, place.folder, place.log.module, place.log.argument],
      {
        execArgv: source,
        stdio: ["ignore", "ignore", "pipe", "ipc"]
      }
    )
    let complaint = ""
    let timer: NodeJS.Timeout | undefined
    process.stderr?.on("data", (text: Buffer) => (complaint += text.toString()))
    process.on("message", () => {
      if (killAfter !== undefined) timer = setTimeout(() => process.kill("SIGKILL"), killAfter)
    })
    process.on("exit", (code, signal) => {
      clearTimeout(timer)
      if (signal === "SIGKILL") resolve(false)
      else if (code === 0) resolve(true)
      else reject(new Error(`the run ended with ${code}: ${complaint}`))
    })
  })

/**
 * The checks that every connector must pass, against a real log in a temporary folder, for any test runner. The
 * start of the kit: more will be added, under numbers of their own.
 *
 * ```ts
 * for (const check of connectorConformance(new URL("./conformance-source.ts", import.meta.url))) {
 *   test(`${check.id} ${check.title}`, check.run, 120_000)
 * }
 * ```
 *
 * @param url of a {@link ConformanceModule}
 */
export const connectorConformance = (
  url: URL,
  options: ConformanceOptions = {}
): ReadonlyArray<ConformanceCheck> => {
  const load = async () => (await import(url.href)) as ConformanceModule
  let baseline: ReturnType<typeof undisturbed> | undefined
  const expected = async () => (baseline ??= undisturbed(await load(), options.logs))
  return [
    {
      id: "C06",
      title: "says the same of its streams each time it is made, and its source can be read",
      run: async () => {
        const module = await load()
        await sourceFolder(module, options.logs, async ({ connector, folder }) => {
          const contracts = (of: Connector) =>
            of.streams.map(({ definition }) => contractOf(given.organisation, definition))
          for (const { definition } of connector.streams) defineStream(definition as never)
          const again = await module.make(folder)
          assert.equal(canonicalJson(contracts(again)), canonicalJson(contracts(connector)))
          assert.equal(again.instance, connector.instance)
          assert.equal(
            new Set(connector.streams.map(({ definition }) => definition.name)).size,
            connector.streams.length
          )
          const signal = new AbortController().signal
          const reports = await connector.check({ watch: false, signal, configPath: given.configPath })
          assert.deepEqual(
            reports.filter((report) => !report.ok),
            []
          )
        })
      }
    },
    {
      id: "T01",
      title: "brings every row that fits, and every one that does not as a dead letter; the counts add up",
      run: async () => {
        const module = await load()
        await sourceFolder(module, options.logs, ({ connector, log: place, source }) =>
          withLog(place, async (log) => {
            const reports = await runConnector(connector, optionsOf(module, log))
            const sum = (of: (report: (typeof reports)[number]) => number) =>
              reports.reduce((total, one) => total + of(one), 0)
            for (const one of reports) assert.equal(one.in, one.out + one.rejected + one.unchanged)
            assert.ok(source.poison > 0, "the source holds no row that does not fit")
            assert.deepEqual(
              { out: sum((one) => one.out), rejected: sum((one) => one.rejected) },
              { out: source.rows, rejected: source.poison }
            )
            const found = await find(log, connector)
            assert.deepEqual(
              { rows: found.rows, rejected: found.rejected },
              { rows: source.rows, rejected: source.poison }
            )
          })
        )
      }
    },
    {
      id: "D05",
      title: "goes on from each of its checkpoints",
      run: async () => {
        const module = await load()
        const whole = await expected()
        await sourceFolder(module, options.logs, ({ connector, folder, log: place }) =>
          withLog(place, async (log) => {
            for (let at = 0; at < (options.checkpoints ?? 25); at++) {
              await runConnector(oneAtATime(await module.make(folder)), optionsOf(module, log))
            }
            await runConnector(await module.make(folder), optionsOf(module, log))
            assertSame(await find(log, connector), whole)
            await assertCounts(log, connector)
          })
        )
      }
    },
    {
      id: "D01",
      title: "brings every row exactly once, wherever it is killed; the counts of every run are exact",
      run: async () => {
        const module = await load()
        const whole = await expected()
        await sourceFolder(module, options.logs, async (fresh) => {
          let kills = 0
          let place = fresh
          // How long an undisturbed run takes is a guess at how long the next one will: one that was done before its
          // kill begins anew, with less time.
          for (let share = 0.8; ; share /= 2) {
            place = { ...fresh, log: await newLog(fresh.folder, options.logs) }
            while (kills < (options.kills ?? 8)) {
              if (await runApart(url, place, Math.random() * share * whole.milliseconds)) break
              kills++
              await withLog(place.log, (log) => assertCounts(log, place.connector))
            }
            if (kills > 0 || share < 0.01) break
          }
          await runApart(url, place, undefined)
          assert.ok(kills > 0, "no run was killed before it was done: make the source larger")
          await withLog(place.log, async (log) => {
            assertSame(await find(log, place.connector), whole)
            await assertCounts(log, place.connector)
            await assertEnded(log)
          })
        })
      }
    },
    {
      id: "D06",
      title: "refuses a checkpoint that it did not write",
      run: async () => {
        const module = await load()
        await sourceFolder(module, options.logs, ({ connector, log: place }) =>
          withLog(place, async (log) => {
            await log.ensureTopics([{ topic: stateTopic, partitions: 1, cleanup: "compact" }])
            const writer = await log.writer("foreign")
            const label = streamLabel(connector.streams[0]!.definition)
            const key = canonicalJson([connector.instance, label, "foreign"])
            const value = JSON.stringify({
              format: 1,
              cursor: { foreign: true },
              generation: 1,
              row: 1,
              accepted: 1
            })
            await writer.append([
              { topic: stateTopic, headers: {}, records: [{ key, value, partitionKey: key, headers: {} }] }
            ])
            await writer.close()
            await assert.rejects(runConnector(connector, optionsOf(module, log)), { code: "cursor-invalid" })
          })
        )
      }
    }
  ]
}
