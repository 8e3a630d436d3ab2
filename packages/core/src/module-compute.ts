import { PlimsollError, snakeCase } from "@plimsoll/schema"
import type { Database } from "./duckdb/database.ts"
import { groundInputs } from "./ground.ts"
import { knownStreams, type LandedStream, sameKey } from "./landing-table.ts"
import type { PlacedRelation, Stage } from "./module-inputs.ts"
import { readMeta, writeMeta } from "./store.ts"
import { quoted, rowsIn, type Stretches } from "./text.ts"

/** The units whose rows can have changed; undefined: any. */
type Units = ReadonlySet<string> | undefined

/** Above so many units a table is computed as a whole. */
const unitsAtMost = 200

/** All units of several changes; null where nothing has changed. */
const together = (each: ReadonlyArray<Units | null>): Units | null => {
  const changed = each.filter((units) => units !== null)
  if (changed.length === 0) return null
  return changed.includes(undefined) ? undefined : new Set(changed.flatMap((units) => [...(units ?? [])]))
}

/** What has changed since the modules last looked: by stream or relation, the units. Nothing stands for what has not. */
class Changes {
  readonly #database: Database
  readonly #streams: ReadonlyMap<string, LandedStream>
  readonly #moved: ReadonlyMap<string, Stretches>
  readonly #judged: Units | null
  readonly #units = new Map<string, Units>()

  private constructor(
    database: Database,
    streams: ReadonlyMap<string, LandedStream>,
    moved: ReadonlyMap<string, Stretches>,
    judged: Units | null
  ) {
    this.#database = database
    this.#streams = streams
    this.#moved = moved
    this.#judged = judged
  }

  static async find(database: Database, stage: Stage): Promise<Changes> {
    const streams = await knownStreams(database)
    const rows = await database.rowsAgain<{ topic: string; part: number; first: string; last: string }>(
      `SELECT l.topic, l.part, coalesce(s.next, 0) AS first, l.next - 1 AS last FROM store.landed_offset l
       LEFT JOIN store.module_seen s ON s.stage = '${stage}' AND s.topic = l.topic AND s.part = l.part WHERE l.next IS DISTINCT FROM s.next`
    )
    const moved = new Map<string, Stretches>()
    for (const { topic, part, first, last } of rows) {
      const own = moved.get(topic) ?? new Map()
      moved.set(topic, own.set(part, [Number(first), Number(last)]))
    }
    const judged = await database.rowsAgain<{ microsystem: string }>(
      `SELECT DISTINCT microsystem FROM store.judged_unit WHERE stage = '${stage}' LIMIT ${unitsAtMost + 1}`
    )
    const units = judged.length > unitsAtMost ? undefined : new Set(judged.map((one) => one.microsystem))
    return new Changes(
      database,
      new Map(streams.map((stream) => [snakeCase(stream.contract.name), stream])),
      moved,
      judged.length === 0 ? null : units
    )
  }

  get some(): boolean {
    return this.#moved.size > 0 || this.#judged !== null
  }

  /** A relation of a module has changed. */
  set(path: string, units: Units): void {
    this.#units.set(path, units)
  }

  /** Null: nothing that a relation reads has changed. */
  async of(relation: PlacedRelation): Promise<Units | null> {
    const each: Array<Units | null> = []
    for (const path of relation.reads) each.push(await this.#ofPath(path))
    return together(each)
  }

  async #ofPath(path: string): Promise<Units | null> {
    if (this.#units.has(path)) return this.#units.get(path)
    const [schema, name] = path.split(".") as [string, string]
    if (schema === "current") return this.#ofStream(name)
    if (schema !== "plimsoll") return null
    const each: Array<Units | null> = []
    for (const input of groundInputs(name)) {
      if (input === "judged") each.push(this.#judged)
      else if (input === "anything") each.push(this.some ? undefined : null)
      else each.push(await this.#ofStream(snakeCase(input.slice("stream ".length))))
    }
    return together(each)
  }

  async #ofStream(name: string): Promise<Units | null> {
    const path = `current.${name}`
    if (this.#units.has(path)) return this.#units.get(path)
    const stream = this.#streams.get(name)
    const stretches = stream === undefined ? undefined : this.#moved.get(stream.contract.topic)
    if (stream === undefined || stretches === undefined) return null
    const { microsystem } = stream.contract
    let units: Units
    // A row that moves to another unit changes both.
    if (microsystem !== null) {
      const found = await this.#database.rows<{ unit: string | null }>(
        `SELECT DISTINCT "${snakeCase(microsystem)}" AS unit FROM (SELECT r.* FROM ${stream.table} r SEMI JOIN ${sameKey(stream, rowsIn(stretches))})
         UNION SELECT DISTINCT "${snakeCase(microsystem)}" FROM ${stream.table} r WHERE ${rowsIn(stretches)} LIMIT ${unitsAtMost + 1}`
      )
      const known = found.flatMap(({ unit }) => unit ?? [])
      // A deletion names its unit only where that is part of the key.
      if (known.length === found.length && found.length <= unitsAtMost) units = new Set(known)
    }
    this.#units.set(path, units)
    return units
  }
}

const recomputeTable = async (database: Database, relation: PlacedRelation, units: Units): Promise<void> => {
  const { path, query } = relation
  if (units === undefined) {
    await database.again(`DELETE FROM ${path}; INSERT INTO ${path} ${query}`)
    return
  }
  const [unit] = units
  if (units.size === 1) {
    await database.again(
      `DELETE FROM ${path} WHERE microsystem = $unit; INSERT INTO ${path} FROM (${query}) WHERE microsystem = $unit`,
      { unit: unit! }
    )
    return
  }
  const among = `microsystem IN (${[...units].map(quoted).join(", ")})`
  await database.run(`DELETE FROM ${path} WHERE ${among}; INSERT INTO ${path} FROM (${query}) WHERE ${among}`)
}

/** Views, too, become tables: views on views on views take longer to plan than to compute. */
const makeTable = async (database: Database, relation: PlacedRelation): Promise<void> => {
  const { module, path, query } = relation
  try {
    await database.run(`CREATE OR REPLACE TABLE ${path} AS ${query}`)
  } catch (cause) {
    throw new PlimsollError(
      {
        code: "module-unfit",
        message: `module "${module.name}": ${path} cannot be computed: ${(cause as Error).message}`,
        suggestion:
          "it may read current.<stream> of the streams that its module lists, other modules, and plimsoll.<relation>"
      },
      { cause }
    )
  }
  if (relation.comment === undefined) return
  const columns = (await database.rows<{ column_name: string }>(`DESCRIBE ${path}`)).map(
    (one) => one.column_name
  )
  const bare = columns.filter((column) => relation.columns[column] === undefined)
  const idle = Object.keys(relation.columns).filter((column) => !columns.includes(column))
  if (bare.length + idle.length === 0) return
  throw new PlimsollError({
    code: "module-invalid",
    message: `module "${module.name}": ${path} is published, but ${bare.length > 0 ? `${bare.join(", ")} has no comment` : `there is no ${idle.join(", ")}`}`,
    suggestion: "write COMMENT ON COLUMN … IS '…' for each column that it has"
  })
}

/**
 * Computes again the relations of a stage of which something that they read has changed, in the order in which they build on
 * each other; of those by microsystem only the rows of the units touched. One transaction.
 */
export const computeModules = async (
  database: Database,
  relations: ReadonlyArray<PlacedRelation>,
  stage: Stage,
  options: { readonly everything?: boolean | undefined } = {}
): Promise<void> => {
  if (relations.length === 0) {
    await database.again(`DELETE FROM store.judged_unit WHERE stage = '${stage}'`)
    return
  }
  const everything = options.everything === true || (await readMeta(database, `modules-${stage}`)) !== "yes"
  await database.transaction(async () => {
    const changes = await Changes.find(database, stage)
    if (!everything && !changes.some) return
    for (const relation of relations) {
      const units = everything ? undefined : await changes.of(relation)
      if (units === null) continue
      const those = relation.module.byMicrosystem.includes(relation.name) ? units : undefined
      if (relation.stage === stage) {
        await (everything ? makeTable(database, relation) : recomputeTable(database, relation, those))
      }
      changes.set(relation.path, those)
    }
    await database.again(
      `DELETE FROM store.judged_unit WHERE stage = '${stage}'; DELETE FROM store.module_seen WHERE stage = '${stage}';
       INSERT INTO store.module_seen SELECT '${stage}', topic, part, next FROM store.landed_offset`
    )
    await writeMeta(database, `modules-${stage}`, "yes")
  })
}
