import { microsystems, type MeasureDefinition } from "@plimsoll/schema"
import type { Database } from "./duckdb/database.ts"
import { type LandedStream, sameKey } from "./landing-table.ts"
import { quoted, rowsIn, type Stretches } from "./text.ts"

/** The measures that have been computed before, as they were then. */
export const activeMeasures = async (database: Database): Promise<ReadonlyArray<MeasureDefinition>> =>
  (
    await database.rowsAgain<{ definition: string }>(
      "SELECT definition FROM store.active_measure ORDER BY id"
    )
  ).map((row) => JSON.parse(row.definition) as MeasureDefinition)

/** Stands for every microsystem of a measure. */
export const everyMicrosystem = "*"

/**
 * Marks the series that the rows can have changed: those of the rows themselves, and those of every older or
 * newer row with the same key, since a row that moves changes two. A measure that was never computed is computed
 * as a whole anyway, and needs no mark.
 */
export const touchRows = async (
  database: Database,
  stream: LandedStream,
  stretches: Stretches,
  flipped: ReadonlyArray<number>
): Promise<void> => {
  if (stretches.size === 0) return
  const measures = await activeMeasures(database)
  const some = [
    rowsIn(stretches),
    ...(flipped.length === 0 ? [] : [`r._generation IN (${flipped.join(", ")})`])
  ].join(" OR ")
  if (stream.contract.name === microsystems.name) {
    await database.run(
      `INSERT OR IGNORE INTO store.touched SELECT DISTINCT m.id, r.id FROM store.active_measure m, ${stream.table} r WHERE ${some}`
    )
  }
  const fed = Map.groupBy(
    measures.filter((measure) => measure.stream === stream.contract.name),
    (measure) => measure.microsystem
  )
  for (const [microsystem, own] of fed) {
    await database.run(
      `INSERT OR IGNORE INTO store.touched
       SELECT measure, microsystem FROM (
         SELECT DISTINCT (${microsystem})::VARCHAR AS microsystem FROM (SELECT r.* FROM ${stream.table} r SEMI JOIN ${sameKey(stream, some)})),
         (SELECT unnest([${own.map((measure) => quoted(measure.id)).join(", ")}]) AS measure)
       WHERE microsystem IS NOT NULL`
    )
  }
}

/** Marks every series of every measure of a stream. */
export const touchEverything = async (database: Database, stream: LandedStream): Promise<void> => {
  await database.run(
    `INSERT OR IGNORE INTO store.touched
     SELECT id, '${everyMicrosystem}' FROM store.active_measure
     WHERE definition::JSON->>'stream' = $name OR $name = '${microsystems.name}'`,
    { name: stream.contract.name }
  )
}
