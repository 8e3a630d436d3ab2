import { DuckDBInstance } from "@duckdb/node-api"
import type { DuckDBConnection } from "@duckdb/node-api"
import { spcSql } from "@plimsoll/spc"
import { compare, timed } from "./comparison.ts"
import { judgeByLoops } from "./spc-loops.ts"
import type { Columns } from "./spc-loops.ts"
import { windowsSql } from "./spc-windows.ts"

const number = async (connection: DuckDBConnection, sql: string): Promise<number> =>
  Number((await connection.runAndReadAll(sql)).getRows()[0]![0])

const readColumns = async (connection: DuckDBConnection): Promise<Columns> => {
  const rows = (
    await connection.runAndReadAll(
      "SELECT series, period::INTEGER, value, baseline FROM charts ORDER BY period, hash(series)"
    )
  ).getRows()
  return {
    series: rows.map((r) => String(r[0])),
    period: Int32Array.from(rows, (r) => Number(r[1])),
    value: Float64Array.from(rows, (r) => Number(r[2])),
    baseline: Uint8Array.from(rows, (r) => (r[3] === true ? 1 : 0))
  }
}

/** A steady process, normal, the first 24 points the baseline, each period of all series after the one before. */
const fill = (connection: DuckDBConnection, table: string, series: number, points: number) =>
  connection.run(
    `CREATE OR REPLACE TABLE ${table} AS SELECT 'unit ' || s AS series, p AS period, p < 24 AS baseline,
       50 + sqrt(-2 * ln((hash(s, p, 'a') % 1000003 + 1) / 1000004)) * cos(2 * pi() * (hash(s, p, 'b') % 1000003) / 1000003) AS value
     FROM range(${points}) b(p), range(${series}) a(s)`
  )

/** `spc.xmr` with all rules of mdc-2023 over many series: beside plain loops, window functions, and itself. */
export const spc = async (series: number, points: number): Promise<void> => {
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" })
  const connection = await instance.connect()
  await connection.run(spcSql)
  await fill(connection, "charts", series, points)
  const columns = (await connection.runAndReadAll("DESCRIBE FROM spc.xmr('charts')"))
    .getRows()
    .map((r) => r[0])
  // Counting every column makes DuckDB compute each of them, as the loops do, without writing a table of them.
  const every = (relation: string): string =>
    `SELECT ${columns.map((name) => `count("${String(name)}")`).join(", ")} FROM ${relation}`
  const held = await readColumns(connection)
  const flagged = judgeByLoops(held).marks.reduce((sum, mark) => sum + (mark === 0 ? 0 : 1), 0)
  const sqlFlagged = await number(connection, "SELECT count(*) FILTER (signal) FROM spc.xmr('charts')")
  const windowFlagged = await number(
    connection,
    `SELECT count(*) FILTER (beyond_limits OR "shift" OR trend OR two_of_three) FROM (${windowsSql("charts")})`
  )
  if (flagged !== sqlFlagged || flagged !== windowFlagged)
    throw new Error(`not the same work: loops ${flagged}, SQL ${sqlFlagged}, windows ${windowFlagged} points`)
  const what = `spc.xmr, ${series.toLocaleString("en")} series × ${points} points, all rules, every column`
  // Prepared, as who asks again and again does: planning takes a tenth of a second whatever the number of series.
  await connection.run(`PREPARE by_period AS ${every("spc.xmr('charts')")}`)
  const ours = () => timed(series * points, () => connection.run("EXECUTE by_period"))
  await compare({
    what,
    unit: "points",
    beside: "plain TypeScript loops, the same columns",
    goal: "≥ 2,000,000 points/s and ratio ≥ 0.5",
    runs: 7,
    ours,
    peer: () => timed(series * points, async () => judgeByLoops(held))
  })
  await compare({
    what,
    unit: "points",
    beside: "window functions, limits and flags alone",
    goal: "faster than windows",
    runs: 5,
    ours,
    peer: () =>
      timed(series * points, () =>
        connection.run(
          `SELECT count(centre), count(sigma), count(*) FILTER (beyond_limits), count(*) FILTER ("shift"), count(*) FILTER (trend), count(*) FILTER (two_of_three) FROM (${windowsSql("charts")})`
        )
      )
  })
  await connection.run("CREATE TABLE sorted AS FROM charts ORDER BY series, period")
  await connection.run(`PREPARE by_series AS ${every("spc.xmr('sorted')")}`)
  await compare({
    what: `${what}, rows series by series`,
    unit: "points",
    beside: "rows period by period",
    goal: "≥ 2,000,000 points/s",
    runs: 7,
    ours: () => timed(series * points, () => connection.run("EXECUTE by_series")),
    peer: ours
  })
  await fill(connection, "one", 1, points)
  await connection.run("PREPARE one AS FROM spc.xmr('one')")
  await compare({
    what: "one series alone, the statement prepared",
    unit: "calls",
    beside: "the statement as text",
    goal: "≥ 100 calls/s, 10 ms",
    runs: 15,
    ours: () => timed(1, () => connection.runAndReadAll("EXECUTE one")),
    peer: () => timed(1, () => connection.runAndReadAll("FROM spc.xmr('one')"))
  })
  connection.closeSync()
  instance.closeSync()
}
