import { createHash } from "node:crypto"
import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { PlimsollError } from "@plimsoll/schema"
import { Database, storeError } from "./duckdb/database.ts"
import { usedCharts } from "./judge.ts"
import { computeModules } from "./module-compute.ts"
import type { Modules } from "./module-store.ts"
import { publishedLayout } from "./published-layout.ts"
import { templateFile, type TemplateRelation } from "./template-file.ts"
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
    const relations = await relationsOf(connection, modules)
    copyFileSync(await templateFile(connection, modules, relations), fresh)
    await connection.run(`ATTACH ${quoted(fresh)} AS published`)
    try {
      for (const { kind, name, query } of relations) {
        if (kind === "table") await connection.run(`INSERT INTO published.${name} ${query}`)
      }
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

/** The allow-list: what the core publishes, and the relations of modules that have a comment. */
const relationsOf = async (
  connection: Database,
  modules: Modules
): Promise<ReadonlyArray<TemplateRelation>> => {
  const charts = usedCharts(
    (await connection.rows<{ chart: string }>("SELECT DISTINCT chart FROM store.active_measure")).map(
      (one) => one.chart
    )
  )
  return [
    ...publishedLayout.map(({ name, kind, comment, columns, order, query }) => {
      const text = typeof query === "string" ? query : query(charts)
      const sorted = order === undefined ? text : `FROM (${text}) ORDER BY ${order}`
      return { name, kind, comment, columns, query: sorted }
    }),
    ...modules.relations.flatMap(({ path, comment, columns }) =>
      comment === undefined
        ? []
        : [{ name: path, kind: "table" as const, comment, columns, query: `FROM ${path}` }]
    )
  ]
}

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
