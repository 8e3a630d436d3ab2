import { rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import type { Log, LogRecord } from "@plimsoll/log"
import { stateTopic } from "@plimsoll/schema"
import { expect } from "vitest"
import { type OwnLog, putOnLog, recordsOf } from "../logs.ts"
import { start, type Started } from "./command.ts"
import { everythingOnce, landed, saidSignals, topics } from "./exactly-once.ts"
import { bring, generator, makeProject, rowsOfFile, type Source } from "./project.ts"

/** Who is killed. `watching`: the broker, while the command is to go on for ever. */
type Victim = "connector" | "core" | "command" | "broker" | "watching"

/** A broker that may be killed. */
export interface Mortal {
  readonly kill9: () => Promise<void>
  readonly restart: () => Promise<void>
}

/** What {@link killInTurn} takes. */
export interface TurnsOptions {
  readonly log: OwnLog
  /** Absent: there is none to be killed. */
  readonly broker?: Mortal
  readonly seed: number
  /** Of each file. More than a batch of 5,000, or no kill finds one half read. */
  readonly rows: number
  readonly points: number
}

/** So many files more than points: while too few kills have hit, or none a run that reads, a connector is killed once more. */
const spare = 5

/** What a round of kills was like. */
export interface Turns {
  /** Of all files. */
  readonly rows: number
  /** By victim, the kills that hit. */
  readonly kills: { readonly [victim in Victim]: number }
  readonly all: number
  /** Kills of a connector or the command before its run had ended. */
  readonly whileReading: number
  /** Commands that said that the log was away, and went on. */
  readonly waited: number
  /** Kills of the core before all that was on the log had landed. */
  readonly whileLanding: number
  readonly signals: number
  /** By victim, what its turns took. */
  readonly took: { readonly [victim in Victim]: number }
  readonly seconds: number
}

/** As one line. */
export const turnsText = (name: string, turns: Turns): string => {
  const kills = Object.entries(turns.kills).map(
    ([victim, times]) => `${victim} ${times} in ${Math.round(turns.took[victim as Victim])} s`
  )
  return `${name}, ${turns.rows.toLocaleString("en")} rows: ${turns.all} kills (${kills.join(", ")}; ${turns.whileReading} while reading, ${turns.whileLanding} while landing; ${turns.waited} commands waited for the broker), ${turns.signals} signal events, ${turns.seconds} s; every row exactly once`
}

/** How far the rows have come on the log, as a number that only grows; undefined while it does not answer. */
const committed = (log: Log): Promise<number | undefined> =>
  log.topics([topics.visits]).then(
    ([info]) => info?.offsets.reduce((sum, { end }) => sum + end, 0) ?? 0,
    () => undefined
  )

/** Whether the nth file is on the log to its last row, by its checkpoint. */
export const isRead = async (log: Log, source: Source, file: number): Promise<boolean> => {
  const states = await log.latest(stateTopic).catch(() => new Map<string, LogRecord>())
  const key = JSON.stringify(["visits", "clinic.visits.v1", `part-${file}.csv`])
  const value = states.get(key)?.value
  if (value === undefined || value === null) return false
  return (JSON.parse(value) as { readonly row: number }).row === rowsOfFile(source, file)
}

const visitsOn = async (log: Log): Promise<number> =>
  (await recordsOf(log, topics.visits)).filter(({ headers }) => headers["plimsoll_row"] !== undefined).length

/** How the last run that said anything stands. */
const lastRun = async (log: Log): Promise<string> => {
  const all = await recordsOf(log, topics.runs)
  const last = all.reduce((one, other) => (other.recordedAt >= one.recordedAt ? other : one))
  return (JSON.parse(last.value!) as { readonly state: string }).state
}

/** What changes with every commit of the working store. */
const storeStamp = (folder: string): string =>
  ["core.duckdb", "core.duckdb.wal"]
    .map((name) => statSync(join(folder, ".plimsoll", name), { throwIfNoEntry: false }))
    .map((stat) => `${stat?.size} ${stat?.mtimeMs}`)
    .join()

/** Looks again and again, until it is so or the command has ended; says whether it is so. */
export const until = async (started: Started, done: () => boolean | Promise<boolean>): Promise<boolean> => {
  while (!started.isOver()) {
    if (await done()) return true
    await wait(5)
  }
  return false
}

/** Waits for the first rows that are committed from now on. */
export const firstCommit = async (log: Log, started: Started): Promise<boolean> => {
  const before = (await committed(log)) ?? 0
  return until(started, async () => ((await committed(log)) ?? 0) > before)
}

/**
 * A project whose source grows by a file before each kill; in turn a connector's process, the core's, the whole command
 * and the broker are killed, each at a random moment after its first commit. What was left undone is left to the next.
 * In the end one undisturbed run, and everything is there once; the store is then made again from the log, with the
 * same figures and no word more.
 */
export const killInTurn = async ({ log: own, broker, seed, rows, points }: TurnsOptions): Promise<Turns> => {
  const began = performance.now()
  const files = points + 1 + spare
  const source = makeProject(rows * files, seed, { files, held: true })
  const { folder } = source
  const random = generator(seed * 7919)
  const kills = { connector: 0, core: 0, command: 0, broker: 0, watching: 0 }
  const victims: ReadonlyArray<Victim> = [
    "connector",
    "core",
    "command",
    ...(broker === undefined ? [] : (["broker", "watching"] as const))
  ]
  const took = { connector: 0, core: 0, command: 0, broker: 0, watching: 0 }
  let whileReading = 0
  let whileLanding = 0
  let waited = 0
  putOnLog(folder, own)
  // Before the first look, so that the folder of the embedded log is there.
  let next = 0
  bring(source, next++)
  const first = start(folder, "run", "--only", "connectors")
  expect(await first.ended, first.said()).toBe(0)
  const log = await own.open(folder)
  const fine = async (started: Started) => {
    const late = wait(240_000, "not ended after four minutes", { ref: false })
    expect(await Promise.race([started.ended, late]), started.said()).toBe(0)
  }

  /** All the rows of the source that the project can see are on the log, when nothing is killed. */
  const caughtUp = async () => {
    const connectors = start(folder, "run", "--only", "connectors")
    await fine(connectors)
  }
  const killProcess = async (victim: Victim, started: Started, most: number): Promise<void> => {
    await wait(random() * most)
    if (started.isOver()) return
    started.kill("SIGKILL")
    await started.ended
    kills[victim]++
    if (victim === "core") {
      if ((await landed(folder)) < (await visitsOn(log))) whileLanding++
    } else if ((await lastRun(log)) === "started") whileReading++
  }

  const turns: { readonly [victim in Victim]: () => Promise<void> } = {
    connector: async () => {
      bring(source, next++)
      const started = start(folder, "run", "--only", "connectors")
      // At once where there is not much to read: a machine may be through with a file in a tenth of a second.
      if (await firstCommit(log, started))
        await killProcess("connector", started, whileReading === 0 ? 0 : 150)
    },
    core: async () => {
      bring(source, next++)
      await caughtUp()
      const before = storeStamp(folder)
      const started = start(folder, "run", "--only", "core")
      if (await until(started, () => storeStamp(folder) !== before)) await killProcess("core", started, 1_500)
    },
    command: async () => {
      bring(source, next++)
      const started = start(folder, "run")
      if (await firstCommit(log, started)) await killProcess("command", started, random() < 0.5 ? 150 : 2_500)
    },
    broker: async () => {
      bring(source, next++)
      const started = start(folder, "run")
      if (await firstCommit(log, started)) await killBroker("broker", started)
      await fine(started)
      if (started.said().includes("log-unreachable")) waited++
    },
    watching: async () => {
      const started = start(folder, "run", "--watch")
      const watches = () => started.said().includes("watching 1 source")
      expect(await until(started, watches), started.said()).toBe(true)
      bring(source, next++)
      if (await firstCommit(log, started)) await killBroker("watching", started)
      // It is asked to end when the last file it can see is on the log to its end; then it computes and publishes.
      expect(await until(started, () => isRead(log, source, next - 1)), started.said()).toBe(true)
      started.kill("SIGINT")
      await fine(started)
      if (started.said().includes("log-unreachable")) waited++
    }
  }
  const killBroker = async (victim: Victim, started: Started): Promise<void> => {
    await wait(random() * 150)
    if (started.isOver()) return
    await broker!.kill9()
    kills[victim]++
    await wait(500 + random() * 2_500)
    await broker!.restart()
  }

  try {
    for (let point = 0; point < points; point++) {
      const victim = victims[point % victims.length]!
      const from = performance.now()
      await turns[victim]()
      took[victim] += (performance.now() - from) / 1000
    }
    const hits = () => Object.values(kills).reduce((sum, one) => sum + one, 0)
    const isEnough = () => whileReading > 0 && hits() >= points - 1
    while (!isEnough() && next < source.files) await turns.connector()
    while (next < source.files) bring(source, next++)
    const last = start(folder, "run")
    await fine(last)
    const signals = await everythingOnce(source, log)

    for (const end of ["", ".wal"]) rmSync(join(folder, `.plimsoll/core.duckdb${end}`), { force: true })
    const rebuilt = start(folder, "run", "--only", "core")
    await fine(rebuilt)
    expect(await landed(folder)).toBe(source.rows - source.rejected)
    expect((await saidSignals(log)).length).toBe(signals)
    return {
      rows: source.rows,
      kills,
      all: hits(),
      whileReading,
      whileLanding,
      waited,
      signals,
      took,
      seconds: Math.round((performance.now() - began) / 100) / 10
    }
  } finally {
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
