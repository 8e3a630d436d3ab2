import { DuckDBInstance } from "@duckdb/node-api"
import type { DuckDBConnection } from "@duckdb/node-api"

import { spcStatements } from "../src/index.ts"

/** One input row; a column that is absent from every row is absent from the table. */
export interface InputRow {
  readonly series: string
  readonly phase?: number
  readonly period: number
  readonly value?: number | null
  readonly numerator?: number | null
  readonly denominator?: number | null
  readonly baseline?: boolean
  readonly excluded?: boolean
  readonly target?: number
  readonly direction?: "up" | "down" | "neutral"
  readonly centre?: number
}

/** A maximal run that marks a point. */
export interface FoundRun {
  readonly rule: string
  readonly side: "high" | "low" | null
  readonly first: number
  readonly completed: number
  readonly last: number
  readonly points: number
}

/** One output row as the macros give it: the columns of docs/spc-contract.md. */
export interface OutputRow {
  readonly series: string
  readonly period: number
  readonly phase: number | null
  readonly value: number | null
  readonly numerator: number | null
  readonly denominator: number | null
  readonly centre: number | null
  readonly lcl3: number | null
  readonly lcl2: number | null
  readonly lcl1: number | null
  readonly ucl1: number | null
  readonly ucl2: number | null
  readonly ucl3: number | null
  readonly sigma: number | null
  readonly excluded: boolean
  readonly in_baseline: boolean
  readonly beyond_limits: boolean | null
  readonly shift: boolean | null
  readonly trend: boolean | null
  readonly two_of_three: boolean | null
  readonly runs_signal: boolean | null
  readonly longest_run: number | null
  readonly longest_run_limit: number | null
  readonly crossings: number | null
  readonly crossings_limit: number | null
  readonly n_useful: number | null
  readonly signal: boolean | null
  readonly direction_of_signal: "high" | "low" | "both" | null
  readonly variation: string
  readonly assurance: string
  readonly warning: ReadonlyArray<string>
  readonly ewma?: number | null
  readonly cusum_pos?: number | null
  readonly cusum_neg?: number | null
  readonly chart: string
  readonly profile: string
  readonly judged: boolean
  readonly n: number
  readonly target: number | null
  readonly direction: string | null
  readonly sigma_z: number | null
  readonly r1: number | null
  readonly rules: ReadonlyArray<FoundRun>
}

const types: Record<keyof InputRow, string> = {
  series: "VARCHAR",
  phase: "INTEGER",
  period: "INTEGER",
  value: "DOUBLE",
  numerator: "DOUBLE",
  denominator: "DOUBLE",
  baseline: "BOOLEAN",
  excluded: "BOOLEAN",
  target: "DOUBLE",
  direction: "VARCHAR",
  centre: "DOUBLE"
}

/** A DuckDB in memory that knows the pack. */
export const openDatabase = async (threads = 2): Promise<DuckDBConnection> => {
  const connection = await (await DuckDBInstance.create(":memory:", { threads: String(threads) })).connect()
  for (const statement of spcStatements) await connection.run(statement)
  return connection
}

/** Creates or replaces `name` with these rows, in this order. */
export const fill = async (
  connection: DuckDBConnection,
  name: string,
  rows: ReadonlyArray<InputRow>
): Promise<void> => {
  const columns = (Object.keys(types) as Array<keyof InputRow>).filter((c) =>
    rows.some((r) => r[c] !== undefined)
  )
  const cell = (x: unknown): string =>
    x === undefined || x === null
      ? "NULL"
      : typeof x === "string"
        ? `'${x}'`
        : typeof x === "number"
          ? `'${x}'`
          : String(x)
  await connection.run(
    `CREATE OR REPLACE TABLE ${name} (${columns.map((c) => `${c} ${types[c]}`).join(", ")})`
  )
  for (let i = 0; i < rows.length; i += 2000)
    await connection.run(
      `INSERT INTO ${name} VALUES ${rows
        .slice(i, i + 2000)
        .map((r) => `(${columns.map((c) => cell(r[c])).join(", ")})`)
        .join(", ")}`
    )
}

/** Rows of a query, with plain JavaScript values. */
export const rowsOf = async (connection: DuckDBConnection, sql: string): Promise<ReadonlyArray<OutputRow>> =>
  (await connection.runAndReadAll(sql)).getRowObjectsJS() as unknown as ReadonlyArray<OutputRow>

/** Runs a macro over rows and gives the result by series, in order of period. */
export const judge = async (
  connection: DuckDBConnection,
  call: string,
  rows: ReadonlyArray<InputRow>
): Promise<ReadonlyMap<string, ReadonlyArray<OutputRow>>> => {
  await fill(connection, "points", rows)
  const out = await rowsOf(connection, `FROM spc.${call} ORDER BY series, period`)
  return Map.groupBy(out, (r) => r.series)
}
