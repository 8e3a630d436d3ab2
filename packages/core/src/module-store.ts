import { createHash } from "node:crypto"
import { PlimsollError } from "@plimsoll/schema"
import { spcSqlFor } from "@plimsoll/spc"
import type { Database } from "./duckdb/database.ts"
import { prepareGround } from "./ground.ts"
import { orderedRelations, type PlacedRelation } from "./module-inputs.ts"
import type { QualityModule } from "./module.ts"
import { publishedLayout, standingQuery } from "./published-layout.ts"
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

/** Of what the views of the schema `plimsoll` are made. */
const coreQueries: ReadonlyArray<string> = [
  standingQuery,
  ...publishedLayout.map(({ query }) => (typeof query === "string" ? query : ""))
]

/** The contracts of the streams that the store has now, in one text. */
const contracts = async (database: Database): Promise<string> => {
  const [row] = await database.rowsAgain<{ text: string | null }>(
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
   * Makes the schemas and macros of all modules where another set of modules had the store before, and the views of the core
   * again where a stream has another contract than then: its columns may be others. Either way everything is computed anew.
   */
  async prepare(): Promise<void> {
    const database = this.#database
    const now = await contracts(database)
    if (now === this.#contracts) return
    const pack = this.#pack()
    const print = createHash("sha256")
      .update(
        JSON.stringify([
          pack,
          coreQueries,
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
    const others = (await readMeta(database, "modules")) !== print
    if (others || (await readMeta(database, "module-contracts")) !== now) {
      await database.transaction(async () => {
        if (others) await database.run(`DROP SCHEMA IF EXISTS spc CASCADE; ${pack}`)
        await prepareGround(database)
        if (others) await this.#make()
        await writeMeta(database, "modules", print)
        await writeMeta(database, "module-contracts", now)
        for (const stage of ["kept", "shown"]) await writeMeta(database, `modules-${stage}`, "no")
      })
    }
    this.#contracts = now
  }

  /** The macros of the SPC pack that the core and the modules call. */
  #pack(): string {
    const own = this.all.flatMap(({ macros, relations }) => [macros, ...relations.map((one) => one.query)])
    return spcSqlFor([...coreQueries, ...own].join("\n"))
  }

  async #make(): Promise<void> {
    const database = this.#database
    const before = JSON.parse((await readMeta(database, "module-schemas")) ?? "[]") as ReadonlyArray<string>
    for (const schema of before) await database.run(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
    for (const { schema, macros } of this.all) {
      await database.run(`CREATE SCHEMA IF NOT EXISTS ${schema}`)
      if (macros !== "") await database.run(macros)
    }
    await database.run("DELETE FROM store.module_seen")
    await writeMeta(database, "module-schemas", JSON.stringify(this.all.map((one) => one.schema)))
  }
}
