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

/** One output row as the macros give it. */
export interface OutputRow {
  readonly series: string
  readonly phase: number | null
  readonly period: number
  readonly value: number | null
  readonly denominator: number | null
  readonly excluded: boolean
  readonly baseline: boolean
  readonly n: number
  readonly judged: boolean
  readonly centre: number | null
  readonly sigma: number | null
  readonly lcl: number | null
  readonly ucl: number | null
  readonly lcl_2s: number | null
  readonly ucl_2s: number | null
  readonly moving_range: number | null
  readonly outside: string | null
  readonly shift: string | null
  readonly trend: string | null
  readonly two_of_three: string | null
  readonly rules: ReadonlyArray<{
    readonly rule: string
    readonly side: string | null
    readonly first: number
    readonly completed: number
    readonly last: number
    readonly points: number
  }>
  readonly variation: string
  readonly variation_side: string | null
  readonly assurance: string
  readonly useful: number | null
  readonly longest_run: number | null
  readonly longest_run_max: number | null
  readonly crossings: number | null
  readonly crossings_min: number | null
  readonly signal: boolean | null
  readonly r1: number | null
  readonly sigma_z: number | null
  readonly warnings: ReadonlyArray<string>
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
