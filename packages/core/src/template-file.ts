import { createHash } from "node:crypto"
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { spcSql } from "@plimsoll/spc"
import type { Database } from "./duckdb/database.ts"
import type { Modules } from "./module-store.ts"
import { quoted } from "./text.ts"

/** A relation as it is made in the published file. */
export interface TemplateRelation {
  /** `name`, or `schema.name` of a module. */
  readonly name: string
  readonly kind: "table" | "view"
  readonly comment: string
  readonly columns: { readonly [column: string]: string }
  /** Of a table over the working store, of a view over the published file. */
  readonly query: string
}

const stem = "template-"

/** What a file depends on. A table of a module is named with the types of its columns, which follow from the data that made it. */
const printOf = async (
  connection: Database,
  macros: ReadonlyArray<string>,
  relations: ReadonlyArray<TemplateRelation>
): Promise<string> => {
  const types = await connection.rows<{ name: string; types: string }>(
    `SELECT schema_name || '.' || table_name AS name, string_agg(column_name || ' ' || data_type, ', ' ORDER BY column_index) AS types
     FROM duckdb_columns() WHERE database_name = current_database() AND schema_name || '.' || table_name IN (${relations.map((one) => quoted(one.name)).join(", ")})
     GROUP BY ALL ORDER BY ALL`
  )
  return createHash("sha256")
    .update(JSON.stringify([macros, relations, types]))
    .digest("hex")
    .slice(0, 16)
}

/**
 * A file beside the store that has all that a published file has but rows: the macros of `spc` and of all modules, and every
 * relation with its comments. Every published file begins as a copy of it, since making that takes longer than all the rows of a
 * small project: DuckDB makes a table anew for each comment on one of its columns.
 */
export const templateFile = async (
  connection: Database,
  modules: Modules,
  relations: ReadonlyArray<TemplateRelation>
): Promise<string> => {
  const texts = [
    spcSql,
    ...modules.all.map(({ schema, macros }) => `CREATE SCHEMA IF NOT EXISTS ${schema}; ${macros}`)
  ]
  const folder = dirname(connection.path)
  const path = join(folder, `${stem}${await printOf(connection, texts, relations)}.duckdb`)
  if (existsSync(path)) return path
  for (const name of readdirSync(folder)) if (name.startsWith(stem)) rmSync(join(folder, name))
  const fresh = `${path}.new`
  const [home] = await connection.rows<{ name: string }>("SELECT current_database() AS name")
  await connection.run(`ATTACH ${quoted(fresh)} AS template`)
  try {
    await connection.transaction(() => fill(connection, texts, relations, home!.name))
    await connection.run("CHECKPOINT template")
  } finally {
    await connection.run(`USE "${home!.name}"; DETACH template`)
  }
  renameSync(fresh, path)
  return path
}

const fill = async (
  connection: Database,
  macros: ReadonlyArray<string>,
  relations: ReadonlyArray<TemplateRelation>,
  home: string
): Promise<void> => {
  await connection.run("USE template")
  for (const text of macros) await connection.run(text)
  await connection.run(`USE "${home}"`)
  for (const { kind, name, query } of relations) {
    if (kind === "table") await connection.run(`CREATE TABLE template.${name} AS FROM (${query}) LIMIT 0`)
  }
  await connection.run("USE template")
  for (const { kind, name, query } of relations) {
    if (kind === "view") await connection.run(`CREATE VIEW ${name} AS ${query}`)
  }
  for (const relation of relations) await connection.run(comments(relation))
}

const comments = ({ kind, name, comment, columns }: TemplateRelation): string =>
  [
    `COMMENT ON ${kind.toUpperCase()} ${name} IS ${quoted(comment)}`,
    ...Object.entries(columns).map(
      ([column, text]) => `COMMENT ON COLUMN ${name}."${column}" IS ${quoted(text)}`
    )
  ].join(";\n")
