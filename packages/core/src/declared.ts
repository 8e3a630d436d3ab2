import { canonicalJson, canonicalKey, type WireRow } from "@plimsoll/log"
import { columnsOf, jsonSchemaOf, PlimsollError, sqlName, type StreamDefinition } from "@plimsoll/schema"
import { Schema } from "effect"
import type { Database } from "./duckdb/database.ts"
import type { Declaration } from "./module.ts"
import { wireObject } from "./wire-object.ts"

/** What a config declares that the log does not say yet. */
export interface DeclaredChange {
  readonly stream: StreamDefinition
  readonly rows: ReadonlyArray<{ readonly [field: string]: unknown }>
  /** Keys of rows that the config no longer has. */
  readonly retired: ReadonlyArray<WireRow>
}

/** The rows that hold now of a stream and did not come from a connector's file, as they stand on the wire. */
const saidRows = async (
  database: Database,
  stream: StreamDefinition
): Promise<ReadonlyMap<string, WireRow>> => {
  const columns = columnsOf(jsonSchemaOf(stream.schema))
  const rows = await database.rows<{ row: string }>(
    `SELECT ${wireObject(columns, "r")} AS row FROM current."${sqlName(stream)}" r WHERE _generation IS NULL`
  )
  return new Map(
    rows.map(({ row }) => {
      const wire = JSON.parse(row) as WireRow
      return [canonicalKey(stream.key, wire)!, wire]
    })
  )
}

/** Compares what a config declares of one stream with what has landed. Errors: `declaration-invalid`. */
export const declaredChange = async (
  database: Database,
  { stream, rows }: Declaration
): Promise<DeclaredChange> => {
  const wrong = (message: string) =>
    new PlimsollError({
      code: "declaration-invalid",
      message: `what the config declares of "${stream.name}": ${message}`,
      configPath: "modules",
      suggestion: "correct the row in the options of its module; nothing was written"
    })
  const columns = columnsOf(jsonSchemaOf(stream.schema))
  const instant = columns.find(({ type }) => type.kind === "instant")
  if (instant !== undefined) throw wrong(`its field ${instant.field} is an instant; bring it by a connector`)
  // A key that may be missing comes back as null.
  const comparable = (row: WireRow): string => canonicalJson(columns.map(({ field }) => row[field] ?? null))
  const said = await saidRows(database, stream)
  const encode = Schema.encodeUnknownResult(stream.schema, { errors: "all", onExcessProperty: "error" })
  const seen = new Set<string>()
  const changed = rows.filter((row, at) => {
    const encoded = encode(row)
    if (encoded._tag === "Failure") throw wrong(`row ${at} does not fit: ${encoded.failure.message}`)
    const wire = encoded.success as WireRow
    const key = canonicalKey(stream.key, wire)!
    if (seen.has(key)) throw wrong(`row ${at} has the same ${stream.key!.join(", ")} as one before it`)
    seen.add(key)
    const before = said.get(key)
    return before === undefined || comparable(before) !== comparable(wire)
  })
  const retired = [...said]
    .filter(([key]) => !seen.has(key))
    .map(([, wire]) => Object.fromEntries(stream.key!.map((field) => [field, wire[field]])))
  return { stream, rows: changed, retired }
}
