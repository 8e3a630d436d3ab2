import { createHash } from "node:crypto"
import { PlimsollError } from "@plimsoll/schema"
import type { Database } from "./duckdb/database.ts"
import type { ModuleRelation } from "./module-sql.ts"
import type { QualityModule } from "./module.ts"
import { readMeta, writeMeta } from "./store.ts"
import { quoted } from "./text.ts"

/** A relation with its place: `control.board`. */
export interface PlacedRelation extends ModuleRelation {
  readonly module: QualityModule
  /** With its schema. */
  readonly path: string
  /** What its query reads, by path: relations of modules, `plimsoll.x`, `current.x`. */
  readonly reads: ReadonlyArray<string>
  /** When it is computed: `kept` at each update, `shown` at each publishing. */
  readonly stage: Stage
}

/** When a relation is computed. */
export type Stage = "kept" | "shown"

type Node = { readonly [key: string]: unknown }

/** Every relation that a parsed query names with its schema; a table macro takes the name of one as a text. */
const pathsIn = (node: unknown, found: Set<string>): void => {
  if (typeof node !== "object" || node === null) return
  if (Array.isArray(node)) {
    for (const one of node) pathsIn(one, found)
    return
  }
  const { type, schema_name: schema, table_name: table, value } = node as Node
  if (type === "BASE_TABLE" && typeof schema === "string" && schema !== "")
    found.add(`${schema}.${String(table)}`)
  if (type === "VALUE_CONSTANT") {
    const text = (value as Node | undefined)?.["value"]
    if (typeof text === "string" && /^\w+\.\w+$/.test(text)) found.add(text)
  }
  for (const one of Object.values(node)) pathsIn(one, found)
}

interface Parsed {
  readonly error: boolean
  readonly error_message?: string
}

const readsOf = (module: string, name: string, text: string): ReadonlySet<string> => {
  const tree = JSON.parse(text) as Parsed
  if (tree.error) {
    throw new PlimsollError({
      code: "module-invalid",
      message: `module "${module}": ${name} cannot be read: ${tree.error_message ?? "no query"}`,
      suggestion: "write it as one SELECT, without PIVOT"
    })
  }
  const found = new Set<string>()
  pathsIn(tree, found)
  return found
}

/** What each relation reads. Parsing takes a moment, so the store remembers it for as long as no query changes. */
const allReads = async (
  database: Database,
  modules: ReadonlyArray<QualityModule>
): Promise<ReadonlyMap<string, ReadonlyArray<string>>> => {
  const queries = modules.flatMap(({ name, schema, relations }) =>
    relations.map((one) => ({ module: name, path: `${schema}.${one.name}`, query: one.query }))
  )
  const print = createHash("sha256").update(JSON.stringify(queries)).digest("hex")
  const known = await readMeta(database, "module-reads")
  if (known?.startsWith(print) === true)
    return new Map(JSON.parse(known.slice(print.length)) as [string, string[]][])
  const trees =
    queries.length === 0
      ? []
      : await database.rows<{ tree: string }>(
          `SELECT json_serialize_sql(query)::VARCHAR AS tree FROM (VALUES ${queries.map(({ query }, place) => `(${place}, ${quoted(query)})`).join(", ")}) q(place, query) ORDER BY place`
        )
  const found = queries.map(({ module, path }, at): [string, ReadonlyArray<string>] => [
    path,
    [...readsOf(module, path, trees[at]!.tree)]
  ])
  await writeMeta(database, "module-reads", print + JSON.stringify(found))
  return new Map(found)
}

/** The relations of all modules, each after those that it reads. Errors: `module-invalid`, `module-circle`. */
export const orderedRelations = async (
  database: Database,
  modules: ReadonlyArray<QualityModule>
): Promise<ReadonlyArray<PlacedRelation>> => {
  const reads = await allReads(database, modules)
  const placed = new Map<string, PlacedRelation>()
  for (const module of modules) {
    for (const relation of module.relations) {
      const path = `${module.schema}.${relation.name}`
      placed.set(path, {
        ...relation,
        stage: relation.kind === "table" ? "kept" : "shown",
        module,
        path,
        reads: reads.get(path)!
      })
    }
  }
  const ordered = new Set<PlacedRelation>()
  const visit = (relation: PlacedRelation, way: ReadonlyArray<string>): void => {
    if (ordered.has(relation)) return
    if (way.includes(relation.path)) {
      throw new PlimsollError({
        code: "module-circle",
        message: `relations of modules read each other in a circle: ${[...way.slice(way.indexOf(relation.path)), relation.path].join(" → ")}`,
        suggestion: "break the circle: one of them must do without the others"
      })
    }
    for (const path of relation.reads) {
      const read = placed.get(path)
      if (read !== undefined) visit(read, [...way, relation.path])
    }
    ordered.add(relation)
  }
  for (const relation of placed.values()) visit(relation, [])
  // From the end: what a kept relation reads is kept.
  const kept = new Set<string>()
  return [...ordered]
    .toReversed()
    .map((relation) => {
      const stage: Stage = relation.stage === "kept" || kept.has(relation.path) ? "kept" : "shown"
      if (stage === "kept") for (const path of relation.reads) kept.add(path)
      return { ...relation, stage }
    })
    .toReversed()
}
