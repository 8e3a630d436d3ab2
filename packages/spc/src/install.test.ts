import { readFileSync } from "node:fs"

import { DuckDBInstance } from "@duckdb/node-api"
import type { DuckDBConnection } from "@duckdb/node-api"
import { expect, test } from "vitest"

import { install, spcSql, spcSqlFor, spcStatements, uninstall, version } from "./index.ts"

const open = async (): Promise<DuckDBConnection> =>
  (await DuckDBInstance.create(":memory:", { threads: "1" })).connect()

const read = async (connection: DuckDBConnection, sql: string): Promise<unknown> =>
  (await connection.runAndReadAll(sql)).getRowsJson()

const inSchema = (connection: DuckDBConnection): Promise<unknown> =>
  read(
    connection,
    "SELECT function_name, parameters, macro_definition FROM duckdb_functions() WHERE schema_name = 'spc' ORDER BY ALL"
  )

const schemas = (connection: DuckDBConnection): Promise<unknown> =>
  read(connection, "SELECT count(*) FROM duckdb_schemas() WHERE schema_name = 'spc'")

test("installed twice is installed once", async () => {
  const connection = await open()
  await install(connection)
  const once = await inSchema(connection)
  expect(once).toHaveLength(spcStatements.filter((s) => s.startsWith("CREATE OR REPLACE MACRO")).length)
  await install(connection)
  await connection.run(spcSql)
  expect(await inSchema(connection)).toEqual(once)
})

test("for a text there are the macros that it calls, however it writes them, and no others", async () => {
  const connection = await open()
  await connection.run(
    spcSqlFor(
      `SELECT spc.version(); FROM SPC.Xmr('t'), "spc"."funnel_pr"('u'), spc . explain('x'), spc.other('y'), myspc.run('z')`
    )
  )
  expect(
    await read(
      connection,
      "SELECT function_name FROM duckdb_functions() WHERE schema_name = 'spc' ORDER BY ALL"
    )
  ).toEqual([["explain"], ["funnel_pr"], ["version"], ["xmr"]])
  const some = await inSchema(connection)
  await install(connection)
  expect(await inSchema(connection)).toEqual(expect.arrayContaining(some as unknown[]))
})

test("every macro says what it is", async () => {
  const connection = await open()
  await install(connection)
  expect(
    await read(
      connection,
      "SELECT function_name FROM duckdb_functions() WHERE schema_name = 'spc' AND (comment IS NULL OR length(comment) < 20)"
    )
  ).toEqual([])
})

test("uninstalled, nothing of the pack is left; again, there is nothing to do", async () => {
  const connection = await open()
  await install(connection)
  await uninstall(connection)
  expect(await inSchema(connection)).toEqual([])
  expect(await schemas(connection)).toEqual([["0"]])
  await uninstall(connection)
  await install(connection)
  expect(await schemas(connection)).toEqual([["1"]])
})

test("what the user put into the schema stays", async () => {
  const connection = await open()
  await install(connection)
  await connection.run("CREATE TABLE spc.mine AS SELECT 42 AS answer")
  await connection.run("CREATE MACRO spc.own(x) AS x + 1")
  await uninstall(connection)
  expect(await read(connection, "SELECT spc.own(answer) FROM spc.mine")).toEqual([[43]])
  expect(await inSchema(connection)).toHaveLength(1)
})

test("a failure that is not about the user's own objects is told", async () => {
  const broken = { run: (sql: string) => Promise.reject(new Error(`no connection for ${sql.slice(0, 4)}`)) }
  await expect(install(broken)).rejects.toThrow("no connection for CREA")
  const late = {
    run: (sql: string) =>
      sql.startsWith("DROP SCHEMA") ? Promise.reject(new Error("read-only")) : Promise.resolve()
  }
  await expect(uninstall(late)).rejects.toThrow("read-only")
})

test("the version is that of the package", async () => {
  const { version: released } = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8")
  ) as { readonly version: string }
  expect(version).toBe(released)
  const connection = await open()
  await install(connection)
  expect(await read(connection, "SELECT spc.version().version, spc.version().contract")).toEqual([
    [released, 1]
  ])
})
