import { DuckDBInstance } from "@duckdb/node-api"
import type { DuckDBConnection } from "@duckdb/node-api"

import { funnelMacros } from "../src/funnel.ts"

/** One input row of a funnel. */
export interface Unit {
  readonly unit: string
  readonly numerator: number | null
  readonly denominator: number | null
}

/** One output row of a funnel. */
export interface FunnelRow {
  readonly unit: string
  readonly numerator: number | null
  readonly denominator: number | null
  readonly value: number | null
  readonly target: number
  readonly z: number | null
  readonly phi: number | null
  readonly tau2: number | null
  readonly lcl95: number | null
  readonly ucl95: number | null
  readonly lcl998: number | null
  readonly ucl998: number | null
  readonly od_lcl95: number | null
  readonly od_ucl95: number | null
  readonly od_lcl998: number | null
  readonly od_ucl998: number | null
  readonly outlier: "high" | "low" | null
  readonly warning: ReadonlyArray<string>
}

/** A DuckDB in memory that knows the three funnels. */
export const openFunnels = async (threads = 2): Promise<DuckDBConnection> => {
  const connection = await (await DuckDBInstance.create(":memory:", { threads: String(threads) })).connect()
  await connection.run("CREATE SCHEMA spc")
  for (const m of funnelMacros)
    await connection.run(`CREATE OR REPLACE MACRO spc.${m.name}(${m.parameters}) AS TABLE ${m.body}`)
  return connection
}

/** Rows of a query as plain JavaScript values. */
export const read = async (connection: DuckDBConnection, sql: string): Promise<ReadonlyArray<FunnelRow>> =>
  (await connection.runAndReadAll(sql)).getRowObjectsJS() as unknown as ReadonlyArray<FunnelRow>

/** Runs a funnel over units, in this order, and gives its rows in order of unit. */
export const funnel = async (
  connection: DuckDBConnection,
  kind: "pr" | "rc" | "sr",
  units: ReadonlyArray<Unit>,
  named = ""
): Promise<ReadonlyArray<FunnelRow>> => {
  await connection.run("CREATE OR REPLACE TABLE units (unit VARCHAR, numerator DOUBLE, denominator DOUBLE)")
  const cell = (x: number | null): string => (x === null ? "NULL" : `'${x}'`)
  if (units.length > 0)
    await connection.run(
      `INSERT INTO units VALUES ${units.map((u) => `('${u.unit}', ${cell(u.numerator)}, ${cell(u.denominator)})`).join(", ")}`
    )
  return read(connection, `FROM spc.funnel_${kind}('units'${named === "" ? "" : `, ${named}`}) ORDER BY unit`)
}
