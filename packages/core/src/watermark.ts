import { snakeCase } from "@plimsoll/schema"
import type { Database } from "./duckdb/database.ts"
import type { LandedStream } from "./landing-table.ts"
import { periodLength } from "./period.ts"
import { quoted, rowsIn, type Stretches } from "./text.ts"

/** The wall-clock time of a stream's field in the project's zone, as SQL. */
export const wallTime = (stream: LandedStream, field: string, zone: string): string => {
  const column = stream.columns.find((one) => one.field === field)
  return column?.type.kind === "instant"
    ? `("${snakeCase(field)}" AT TIME ZONE ${quoted(zone)})`
    : `"${snakeCase(field)}"::TIMESTAMP`
}

/** Moves a stream's watermark to the end of what its newest row covers. It never goes back. */
export const raiseWatermark = async (
  database: Database,
  stream: LandedStream,
  stretches: Stretches,
  zone: string
): Promise<void> => {
  if (stretches.size === 0) return
  const { contract } = stream
  await database.run(
    `INSERT INTO store.watermark
     SELECT ${quoted(contract.topic)}, max(${wallTime(stream, contract.occurredAt, zone)}${contract.covers === "instant" ? "" : ` + ${periodLength[contract.covers]}`}) AS until
     FROM ${stream.table} r WHERE NOT _deleted AND ${rowsIn(stretches)} HAVING until IS NOT NULL
     ON CONFLICT DO UPDATE SET until = greatest(watermark.until, excluded.until)`
  )
}
