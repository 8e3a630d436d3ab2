import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"
import { statisticsStatements } from "../src/statistics/module.ts"

/** A DuckDB in memory that knows the schema `stats`. */
export const openStatistics = async (threads = 2): Promise<DuckDBConnection> => {
  const connection = await (await DuckDBInstance.create(":memory:", { threads: String(threads) })).connect()
  for (const statement of statisticsStatements) await connection.run(statement)
  return connection
}

type Cell = string | number | boolean | null

const literal = (x: Cell): string =>
  x === null ? "NULL" : typeof x === "string" ? `'${x}'` : typeof x === "number" ? `'${x}'` : String(x)

/** Creates or replaces `name` with these rows, in this order. `columns` says the types: `"unit VARCHAR, numerator DOUBLE"`. */
export const fill = async (
  connection: DuckDBConnection,
  name: string,
  columns: string,
  rows: ReadonlyArray<ReadonlyArray<Cell>>
): Promise<void> => {
  await connection.run(`CREATE OR REPLACE TABLE ${name} (${columns})`)
  for (let i = 0; i < rows.length; i += 2000)
    await connection.run(
      `INSERT INTO ${name} VALUES ${rows
        .slice(i, i + 2000)
        .map((row) => `(${row.map(literal).join(", ")})`)
        .join(", ")}`
    )
}

const plain = (x: unknown): unknown => (typeof x === "bigint" ? Number(x) : x)

/** The rows of a query; whole numbers as numbers. */
export const ask = async <Row = Readonly<Record<string, number>>>(
  connection: DuckDBConnection,
  sql: string
): Promise<ReadonlyArray<Row>> =>
  (await connection.runAndReadAll(sql))
    .getRowObjectsJS()
    .map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, plain(v)])) as Row)

const folder = new URL("../../../../shared/reference/culture/", import.meta.url)

/** True where the shared reference values are at hand; in CI they must be. */
export const haveReference = existsSync(folder) || process.env["CI"] === "true"

/** What the name of a skipped test says. */
export const whySkipped = haveReference ? "" : " (skipped: no ../shared/reference/culture)"

/** The text of a file of reference values. */
export const referenceText = (name: string): string => readFileSync(new URL(name, folder), "utf8")

/** Creates or replaces `answers` (person, unit, item, answer) from a file of answers among the reference values. */
export const fillAnswers = async (
  connection: DuckDBConnection,
  name: string,
  items: ReadonlyArray<string>,
  unit: string | null = null
): Promise<void> => {
  const path = fileURLToPath(new URL(name, folder))
  await connection.run(
    `CREATE OR REPLACE TABLE answers AS FROM (
       SELECT row_number() OVER () AS person, ${unit ?? "NULL"} AS unit, ${items.join(", ")} FROM read_csv('${path}')
     ) UNPIVOT INCLUDE NULLS (answer FOR item IN (${items.join(", ")}))`
  )
}

/** The cases of a file of reference values; none where the folder is absent. */
export const referenceCases = <Case>(name: string): ReadonlyArray<Case> =>
  haveReference ? (JSON.parse(referenceText(name)) as { cases: ReadonlyArray<Case> }).cases : []

/** The greatest distance between what came and what ought to; infinite where one is a null or missing and the other not. */
export const distance = (
  actual: ReadonlyArray<number | null | undefined>,
  expected: ReadonlyArray<number | null>
): number =>
  actual.length === expected.length
    ? Math.max(
        0,
        ...expected.map((e, i) => {
          const a = actual[i] ?? null
          return a === null || e === null ? (a === e ? 0 : Infinity) : Math.abs(a - e)
        })
      )
    : Infinity
