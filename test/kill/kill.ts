import { type ChildProcess, spawn } from "node:child_process"
import { rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { Published } from "@plimsoll/core"
import { type Log, openEmbeddedLog } from "@plimsoll/log"
import { expect } from "vitest"
import { command, generator, makeProject, type Source } from "./project.ts"

/** What a round of kills was like. */
export interface Killed {
  readonly seed: number
  readonly rows: number
  /** Kills that hit a running process. */
  readonly kills: number
  /** Of them, kills while rows of the source were still missing on the log. */
  readonly whileReading: number
  readonly seconds: number
}

const start = (
  folder: string
): { readonly child: ChildProcess; readonly ended: Promise<number | null>; readonly said: () => string } => {
  const child = spawn(process.execPath, [...command, "run"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"]
  })
  let said = ""
  child.stdout!.on("data", (text) => (said += String(text)))
  child.stderr!.on("data", (text) => (said += String(text)))
  return {
    child,
    ended: new Promise((resolve) => child.once("exit", (code) => resolve(code))),
    said: () => said
  }
}

const ends = async (log: Log): Promise<ReadonlyMap<string, number>> =>
  new Map(
    (await log.topics()).map((topic) => [topic.topic, topic.offsets.reduce((sum, one) => sum + one.end, 0)])
  )

const noTopics: ReadonlyMap<string, number> = new Map()

const sum = (of: ReadonlyMap<string, number>) => [...of.values()].reduce((all, one) => all + one, 0)

const visits = "test.clinic.visits.v1"

/**
 * Runs the command until it ends by itself, killing it over and over at a random moment after its first commit, and
 * holds what is on the log and in the published file to what is in the source: every row exactly once.
 */
export const killAndResume = async (seed: number, rows: number, most: number): Promise<Killed> => {
  const began = performance.now()
  const source = makeProject(rows, seed)
  const random = generator(seed * 7919)
  const path = join(source.folder, ".plimsoll", "log.sqlite")
  const read = (of: ReadonlyMap<string, number>) => of.get(visits) ?? 0
  const good = source.rows - source.rejected
  let kills = 0
  let whileReading = 0
  try {
    for (let run = 0; ; run++) {
      const before = run === 0 ? noTopics : await withLog(path, ends)
      const missing = read(before) < good
      const { child, ended, said } = start(source.folder)
      let exit: number | null | undefined
      void ended.then((code) => (exit = code))
      if (kills < most) {
        // The clock of a kill starts with the first commit of the run, of rows while some are missing, so that every
        // kill finds work half done. When half of the kills have come while rows were read, the others wait for the
        // last row, however fast the machine is: they find the core landing, judging, saying signals, publishing.
        const later = missing && whileReading >= most / 2
        const begun = (of: ReadonlyMap<string, number>): boolean => {
          if (later) return read(of) >= good
          return missing ? read(of) > read(before) : sum(of) > sum(before)
        }
        for (;;) {
          const now = await committed(path)
          if (exit !== undefined || begun(now)) break
          await wait(5)
        }
        await wait(random() * (missing && !later && kills % 2 === 0 ? 250 : 3000))
        if (exit === undefined) {
          child.kill("SIGKILL")
          await ended
          kills++
          if (missing && read(await withLog(path, ends)) < good) whileReading++
          continue
        }
      }
      expect(await ended, said()).toBe(0)
      break
    }
    await everyRowOnce(source, path)
  } finally {
    rmSync(source.folder, { recursive: true, force: true })
  }
  return { seed, rows, kills, whileReading, seconds: Math.round((performance.now() - began) / 100) / 10 }
}

const withLog = async <A>(path: string, work: (log: Log) => Promise<A>): Promise<A> => {
  const log = await openEmbeddedLog(path)
  try {
    return await work(log)
  } finally {
    await log.close()
  }
}

const committed = async (path: string): Promise<ReadonlyMap<string, number>> => {
  try {
    return await withLog(path, ends)
  } catch {
    // The file is being made.
    return noTopics
  }
}

const everyRowOnce = async (source: Source, path: string): Promise<void> => {
  const places = new Set<string>()
  let count = 0
  let late = 0
  let dead = 0
  await withLog(path, async (log) => {
    for (const topic of await log.topics()) {
      if (topic.topic !== visits && topic.topic !== `${visits}.dlq`) continue
      for (const { partition, end } of topic.offsets) {
        for (let from = 0; from < end;) {
          const batch = await log.read(topic.topic, partition, from, { until: end })
          for (const { headers, value } of batch.records) {
            places.add(
              `${headers["plimsoll_partition"]} ${headers["plimsoll_generation"]} ${headers["plimsoll_row"]}`
            )
            if (topic.topic === visits) {
              count++
              late += (JSON.parse(value!) as { late: number }).late
            } else dead++
          }
          from = batch.records.length === 0 ? end : batch.next
        }
      }
    }
  })
  expect({ rows: count, dead, places: places.size, late }).toEqual({
    rows: source.rows - source.rejected,
    dead: source.rejected,
    places: source.rows,
    late: source.late
  })
  const published = await Published.open(join(source.folder, "plimsoll.duckdb"))
  try {
    const { rows } = await published.query(
      "SELECT sum(observations)::BIGINT::VARCHAR, sum(numerator)::BIGINT::VARCHAR, (SELECT count(*)::VARCHAR FROM plimsoll.dead_letter) FROM plimsoll.measure_value"
    )
    // The last month is not complete, so the figures may lack it; they never hold a row twice.
    expect(Number(rows[0]![0])).toBeLessThanOrEqual(count)
    expect(Number(rows[0]![0])).toBeGreaterThan(count * 0.9)
    expect(Number(rows[0]![2])).toBe(dead)
    const runs = await published.query(
      `SELECT sum(sent_out)::VARCHAR, sum(rejected)::VARCHAR, count(*) FILTER (state = 'started')::VARCHAR,
         count(*) FILTER (taken_in <> sent_out + rejected + unchanged)::VARCHAR FROM plimsoll.run`
    )
    // The runs that were killed have their counts too, to the row, and are said to have failed.
    expect(runs.rows[0]!.map(Number)).toEqual([count, dead, 0, 0])
  } finally {
    published.close()
  }
}
