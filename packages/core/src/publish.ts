import { createHash } from "node:crypto"
import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { type MeasureChart, PlimsollError } from "@plimsoll/schema"
import { Database, storeError } from "./duckdb/database.ts"
import { usedCharts } from "./judge.ts"
import { macroFile } from "./macro-file.ts"
import { computeModules } from "./module-compute.ts"
import type { Modules } from "./module-store.ts"
import { publishedLayout } from "./published-layout.ts"
import type { PublishedRelation } from "./published-point.ts"
import { quoted } from "./text.ts"

/**
 * Writes the published file anew from its allow-list, beside the old one, and puts it in its place: a reader
 * sees the old file or the new one, whole. Gives the path written.
 */
export const publish = async (database: Database, path: string, modules: Modules): Promise<string> => {
  const fresh = `${path}.new`
  rmSync(fresh, { force: true })
  rmSync(`${fresh}.wal`, { force: true })
  const connection = await database.another()
  try {
    await computeModules(connection, modules.relations, "shown")
    copyFileSync(await macroFile(connection, modules), fresh)
    await connection.run(`ATTACH ${quoted(fresh)} AS published`)
    try {
      await write(connection, modules)
      await connection.run("CHECKPOINT published")
    } finally {
      await connection.run("DETACH published")
    }
  } catch (cause) {
    rmSync(fresh, { force: true })
    rmSync(`${fresh}.wal`, { force: true })
    throw storeError(path, cause)
  } finally {
    connection.close()
  }
  sync(fresh)
  const put = replace(fresh, path)
  if (process.platform !== "win32") sync(dirname(path))
  return put
}

const write = async (connection: Database, modules: Modules): Promise<void> => {
  const charts = usedCharts(
    (await connection.rows<{ chart: string }>("SELECT DISTINCT chart FROM store.active_measure")).map(
      (one) => one.chart
    )
  )
  for (const relation of publishedLayout) {
    if (relation.kind === "table")
      await connection.run(
        `CREATE TABLE published.${relation.name} AS ${sorted(relation, queryOf(relation, charts))}`
      )
  }
  const shown = modules.relations.filter((one) => one.comment !== undefined)
  for (const { schema } of modules.all)
    await connection.run(`CREATE SCHEMA IF NOT EXISTS published.${schema}`)
  for (const { path } of shown) await connection.run(`CREATE TABLE published.${path} AS FROM ${path}`)
  const [home] = await connection.rows<{ name: string }>("SELECT current_database() AS name")
  await connection.run("USE published")
  try {
    for (const { path, comment, columns } of shown)
      await connection.run(comments({ name: path, kind: "table", comment: comment!, columns }))
    for (const relation of publishedLayout) {
      if (relation.kind === "view")
        await connection.run(`CREATE VIEW ${relation.name} AS ${queryOf(relation, charts)}`)
      await connection.run(comments(relation))
    }
  } finally {
    await connection.run(`USE "${home!.name}"`)
  }
}

const queryOf = (relation: PublishedRelation, charts: ReadonlyArray<MeasureChart>): string =>
  typeof relation.query === "string" ? relation.query : relation.query(charts)

const sorted = ({ order }: PublishedRelation, query: string): string =>
  order === undefined ? query : `FROM (${query}) ORDER BY ${order}`

const comments = (relation: Omit<PublishedRelation, "query">): string =>
  [
    `COMMENT ON ${relation.kind.toUpperCase()} ${relation.name} IS ${quoted(relation.comment)}`,
    ...Object.entries(relation.columns).map(
      ([column, text]) => `COMMENT ON COLUMN ${relation.name}."${column}" IS ${quoted(text)}`
    )
  ].join(";\n")

const sync = (path: string): void => {
  const file = openSync(path, "r")
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

// Some systems do not rename over a file that a reader holds open; then the file gets a number, and its name is told.
const replace = (fresh: string, path: string): string => {
  try {
    renameSync(fresh, path)
    return path
  } catch {
    for (let number = 1; number < 1000; number++) {
      const other = join(
        dirname(path),
        `${path.slice(dirname(path).length + 1).replace(/\.duckdb$/, "")}.${number}.duckdb`
      )
      if (existsSync(other)) continue
      renameSync(fresh, other)
      return other
    }
    throw new PlimsollError({
      code: "publish-blocked",
      message: `${path} cannot be replaced while a reader holds it open`,
      suggestion: "close the programs that read it, and run again"
    })
  }
}

/**
 * A checksum of everything published, over 12 significant digits: equal for two files exactly when a reader would
 * see the same figures, whatever the number of threads, the zone of the session or the batches they came from.
 */
export const publishedChecksum = async (path: string): Promise<string> => {
  const database = await Database.open(path, { readOnly: true })
  try {
    const hash = createHash("sha256")
    const others = await database.rows<{ name: string }>(
      "SELECT schema_name || '.' || table_name AS name FROM duckdb_tables() WHERE schema_name <> 'main' ORDER BY name"
    )
    for (const { name } of [...publishedLayout, ...others]) {
      const { columns, rows } = await database.table(`FROM ${name}`)
      hash.update(JSON.stringify([name, columns]))
      const lines = rows.map((row) =>
        JSON.stringify(row, (_, value: unknown) => (typeof value === "number" ? digits(value) : value))
      )
      for (const line of lines.sort()) hash.update(line)
    }
    return hash.digest("hex")
  } finally {
    database.end()
  }
}

const digits = (value: number): number => Number(value.toPrecision(12)) + 0
