import { createHash } from "node:crypto"
import { PlimsollError } from "@plimsoll/schema"
import type { Database } from "./duckdb/database.ts"
import { prepareGround } from "./ground.ts"
import { orderedRelations, type PlacedRelation } from "./module-inputs.ts"
import type { QualityModule } from "./module.ts"
import { publishedLayout } from "./published-layout.ts"
import { readMeta, writeMeta } from "./store.ts"

const fits = (modules: ReadonlyArray<QualityModule>): void => {
  const names = new Set<string>()
  for (const { name, schema } of modules) {
    for (const word of new Set([name, schema])) {
      if (names.has(word)) {
        throw new PlimsollError({
          code: "module-invalid",
          message: `two modules are called "${word}"`,
          configPath: "modules",
          suggestion: "leave one of them out, or rename it"
        })
      }
      names.add(word)
    }
  }
}

const unfit = (relation: PlacedRelation, cause: unknown): PlimsollError =>
  new PlimsollError(
    {
      code: "module-unfit",
      message: `module "${relation.module.name}": ${relation.path} cannot be made: ${(cause as Error).message}`,
      suggestion:
        "it may read current.<stream> of the streams that its module lists, other modules, and plimsoll.<relation>"
    },
    { cause }
  )

const create = async (database: Database, relation: PlacedRelation): Promise<void> => {
  const { kind, path, query } = relation
  try {
    await database.run(
      kind === "view"
        ? `CREATE OR REPLACE VIEW ${path} AS ${query}`
        : `CREATE TABLE IF NOT EXISTS ${path} AS FROM (${query}) LIMIT 0`
    )
  } catch (cause) {
    throw unfit(relation, cause)
  }
}

const checkComments = async (database: Database, relation: PlacedRelation): Promise<void> => {
  if (relation.comment === undefined) return
  const columns = (await database.rows<{ column_name: string }>(`DESCRIBE ${relation.path}`)).map(
    (one) => one.column_name
  )
  const bare = columns.filter((column) => relation.columns[column] === undefined)
  const idle = Object.keys(relation.columns).filter((column) => !columns.includes(column))
  if (bare.length + idle.length === 0) return
  throw new PlimsollError({
    code: "module-invalid",
    message: `module "${relation.module.name}": ${relation.path} is published, but ${bare.length > 0 ? `${bare.join(", ")} has no comment` : `there is no ${idle.join(", ")}`}`,
    suggestion: "write COMMENT ON COLUMN … IS '…' for each column that it has"
  })
}

/** The contracts of the streams that the store has now, in one text. */
const contracts = async (database: Database): Promise<string> => {
  const [row] = await database.rows<{ text: string | null }>(
    "SELECT string_agg(topic || schema_id, ' ' ORDER BY topic) AS text FROM store.contract"
  )
  return row!.text ?? ""
}

/**
 * Makes macros, views and tables of all modules in the store. What an earlier set of modules had is dropped, and every kept
 * table begins empty, to be computed by the next update. Gives the relations in the order in which they build on each other.
 */
export const prepareModules = async (
  database: Database,
  modules: ReadonlyArray<QualityModule>
): Promise<ReadonlyArray<PlacedRelation>> => {
  fits(modules)
  const relations = await orderedRelations(database, modules)
  const print = createHash("sha256")
    .update(
      JSON.stringify([
        await contracts(database),
        publishedLayout.map(({ query }) => (typeof query === "string" ? query : "")),
        modules.map(({ schema, macros }) => [schema, macros]),
        relations.map(({ path, kind, query, comment, columns }) => [path, kind, query, comment, columns])
      ])
    )
    .digest("hex")
  if ((await readMeta(database, "modules")) === print) return relations
  await database.transaction(async () => {
    const before = JSON.parse((await readMeta(database, "module-schemas")) ?? "[]") as ReadonlyArray<string>
    for (const schema of before) await database.run(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
    await prepareGround(database)
    for (const { schema, macros } of modules) {
      await database.run(`CREATE SCHEMA IF NOT EXISTS ${schema}`)
      if (macros !== "") await database.run(macros)
    }
    for (const relation of relations) {
      await create(database, relation)
      await checkComments(database, relation)
    }
    await database.run("DELETE FROM store.module_seen")
    await writeMeta(database, "module-schemas", JSON.stringify(modules.map((one) => one.schema)))
    await writeMeta(database, "modules", print)
    await writeMeta(database, "modules-computed", "no")
  })
  return relations
}
