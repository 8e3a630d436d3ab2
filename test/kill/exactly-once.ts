import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import type { Log } from "@plimsoll/log"
import { expect } from "vitest"
import { recordsOf } from "../logs.ts"
import type { Source } from "./project.ts"

/** The stream of the project, its dead letters, what its runs and its core say. */
export const topics = {
  visits: "test.clinic.visits.v1",
  rejected: "test.clinic.visits.v1.dlq",
  runs: "test.plimsoll.run.v1",
  signals: "test.plimsoll.signal.v1"
}

/** One row of an answer of the working store; nobody else may have it open. */
const ofStore = async (folder: string, query: string): Promise<Record<string, number>> => {
  const instance = await DuckDBInstance.create(join(folder, ".plimsoll/core.duckdb"))
  try {
    const connection = await instance.connect()
    const [row] = await (await connection.runAndReadAll(query)).getRowObjectsJson()
    connection.closeSync()
    return Object.fromEntries(Object.entries(row!).map(([name, value]) => [name, Number(value)]))
  } finally {
    instance.closeSync()
  }
}

/** How many rows of the stream the working store has landed; 0 before there is a table for them. */
export const landed = async (folder: string): Promise<number> => {
  const there = "SELECT count(*) AS n FROM duckdb_tables() WHERE table_name = 'clinic_visits_v1'"
  if ((await ofStore(folder, there))["n"] === 0) return 0
  return (await ofStore(folder, "SELECT count(*) AS n FROM land.clinic_visits_v1 WHERE _row IS NOT NULL"))[
    "n"
  ]!
}

interface Run {
  readonly run: string
  readonly in: number
  readonly out: number
  readonly rejected: number
  readonly unchanged: number
}

/** Every event on the signal topic: which signal, and what became of it. */
export const saidSignals = async (log: Log): Promise<ReadonlyArray<string>> =>
  (await recordsOf(log, topics.signals)).map(({ value }) => {
    const { signal, state } = JSON.parse(value!) as { readonly signal: string; readonly state: string }
    return `${signal} ${state}`
  })

/**
 * Holds what is on the log, in the working store and in the runs' records to what is in the source: each row once, the
 * sums of its figures equal, no signal said twice. Gives the number of signal events.
 */
export const everythingOnce = async (source: Source, log: Log): Promise<number> => {
  const places = new Set<string>()
  const count = { visits: 0, rejected: 0 }
  let late = 0
  for (const topic of ["visits", "rejected"] as const) {
    for (const { headers, value } of await recordsOf(log, topics[topic])) {
      // The end of a file is a record too, and no row of it.
      if (headers["plimsoll_row"] === undefined) continue
      places.add(
        `${headers["plimsoll_partition"]} ${headers["plimsoll_generation"]} ${headers["plimsoll_row"]}`
      )
      count[topic]++
      if (topic === "visits") late += (JSON.parse(value!) as { readonly late: number }).late
    }
  }
  const rows = source.rows - source.rejected
  expect({ ...count, places: places.size, late }).toEqual({
    visits: rows,
    rejected: source.rejected,
    places: source.rows,
    late: source.late
  })

  const stored = await ofStore(
    source.folder,
    `SELECT count(*) AS visits, count(DISTINCT (_partition, _offset)) AS places, sum(late) AS late,
       (SELECT count(*) FROM store.dead_letter) AS rejected
     FROM land.clinic_visits_v1 WHERE _row IS NOT NULL`
  )
  expect(stored).toEqual({ visits: rows, places: rows, late: source.late, rejected: source.rejected })

  const runs = new Map<string, Run>()
  for (const { value } of await recordsOf(log, topics.runs)) {
    const run = JSON.parse(value!) as Run
    runs.set(run.run, run)
  }
  const all = [...runs.values()]
  for (const run of all) expect(run.in).toBe(run.out + run.rejected + run.unchanged)
  const sum = (of: (run: Run) => number) => all.reduce((total, run) => total + of(run), 0)
  expect({
    in: sum((run) => run.in),
    out: sum((run) => run.out),
    rejected: sum((run) => run.rejected)
  }).toEqual({
    in: source.rows,
    out: rows,
    rejected: source.rejected
  })

  const said = await saidSignals(log)
  expect(new Set(said).size).toBe(said.length)
  expect(said.length).toBeGreaterThan(0)
  return said.length
}
