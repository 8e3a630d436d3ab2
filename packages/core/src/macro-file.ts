import { createHash } from "node:crypto"
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { spcSql } from "@plimsoll/spc"
import type { Database } from "./duckdb/database.ts"
import type { Modules } from "./module-store.ts"
import { quoted } from "./text.ts"

const stem = "macros-"

/**
 * A file beside the store that holds the macros of `spc` and of all modules and nothing else. Every published file begins as
 * a copy of it, since making the macros takes longer than all that is published of a small project.
 */
export const macroFile = async (connection: Database, modules: Modules): Promise<string> => {
  const texts = [
    spcSql,
    ...modules.all.flatMap(({ schema, macros }) =>
      macros === "" ? [] : [`CREATE SCHEMA IF NOT EXISTS ${schema}; ${macros}`]
    )
  ]
  const print = createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 16)
  const folder = dirname(connection.path)
  const path = join(folder, `${stem}${print}.duckdb`)
  if (existsSync(path)) return path
  for (const name of readdirSync(folder)) if (name.startsWith(stem)) rmSync(join(folder, name))
  const fresh = `${path}.new`
  rmSync(fresh, { force: true })
  const [home] = await connection.rows<{ name: string }>("SELECT current_database() AS name")
  await connection.run(`ATTACH ${quoted(fresh)} AS macros; USE macros`)
  try {
    for (const text of texts) await connection.run(text)
    await connection.run("CHECKPOINT macros")
  } finally {
    await connection.run(`USE "${home!.name}"; DETACH macros`)
  }
  renameSync(fresh, path)
  return path
}
