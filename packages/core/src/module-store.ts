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
  const { path, query } = relation
  try {
    // A table for a view, too: views on views on views take longer to plan than to compute.
    await database.run(`CREATE TABLE IF NOT EXISTS ${path} AS FROM (${query}) LIMIT 0`)
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

/** The modules of a store: what they compute stands in it, each in a schema of its own. */
export class Modules {
  readonly all: ReadonlyArray<QualityModule>
  /** In the order in which they build on each other. */
  readonly relations: ReadonlyArray<PlacedRelation>
  readonly #database: Database
  /** The contracts for which the store is prepared. */
  #contracts: string | undefined

  private constructor(
    database: Database,
    all: ReadonlyArray<QualityModule>,
    relations: ReadonlyArray<PlacedRelation>
  ) {
    this.#database = database
    this.all = all
    this.relations = relations
  }

  static async open(database: Database, all: ReadonlyArray<QualityModule>): Promise<Modules> {
    fits(all)
    const modules = new Modules(database, all, await orderedRelations(database, all))
    await modules.prepare()
    return modules
  }

  /**
   * Makes macros, views and tables of all modules where they are not as they should be: a view has to be made again when the
   * columns under it have changed. What another set of modules had is dropped, and every kept table begins empty.
   */
  async prepare(): Promise<void> {
    const database = this.#database
    const now = await contracts(database)
    if (now === this.#contracts) return
    const print = createHash("sha256")
      .update(
        JSON.stringify([
          now,
          publishedLayout.map(({ query }) => (typeof query === "string" ? query : "")),
          this.all.map(({ schema, macros }) => [schema, macros]),
          this.relations.map(({ path, kind, query, comment, columns }) => [
            path,
            kind,
            query,
            comment,
            columns
          ])
        ])
      )
      .digest("hex")
    if ((await readMeta(database, "modules")) !== print) {
      await database.transaction(async () => {
        await this.#make()
        await writeMeta(database, "modules", print)
      })
    }
    this.#contracts = now
  }

  async #make(): Promise<void> {
    const database = this.#database
    const before = JSON.parse((await readMeta(database, "module-schemas")) ?? "[]") as ReadonlyArray<string>
    for (const schema of before) await database.run(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
    await prepareGround(database)
    for (const { schema, macros } of this.all) {
      await database.run(`CREATE SCHEMA IF NOT EXISTS ${schema}`)
      if (macros !== "") await database.run(macros)
    }
    for (const relation of this.relations) {
      await create(database, relation)
      await checkComments(database, relation)
    }
    await database.run("DELETE FROM store.module_seen")
    await writeMeta(database, "module-schemas", JSON.stringify(this.all.map((one) => one.schema)))
    for (const stage of ["kept", "shown"]) await writeMeta(database, `modules-${stage}`, "no")
  }
}
