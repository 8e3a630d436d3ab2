import type { Chunk } from "./chunk.ts"
import { type Database, DOUBLE, INTEGER, VARCHAR } from "./duckdb/database.ts"
import type { LandedStream } from "./landing-table.ts"
import type { RoundTrip } from "./round-trip.ts"

const types = [VARCHAR, DOUBLE, DOUBLE, INTEGER, DOUBLE]

/** Makes the room in which rows wait for being decoded. */
export const prepareTextRows = (database: Database): Promise<void> =>
  database.run(
    `CREATE OR REPLACE TEMP TABLE text_row (_text VARCHAR, _at DOUBLE, _recorded DOUBLE, _of INTEGER, _nth DOUBLE)`
  )

/** Hands the text of rows over to DuckDB. */
export const appendTextRows = (database: Database, { text }: Chunk): Promise<void> =>
  database.append(
    "main",
    "text_row",
    types,
    [text.values, text.offsets, text.recordedAt, text.generations, text.rows],
    "temp"
  )

/**
 * Decodes the rows that wait, lands those that came through unchanged, and gives the offsets of all others. Its
 * statements are one piece of work for DuckDB's own threads: the log can be read meanwhile.
 */
export const landTextRows = async (
  database: Database,
  stream: LandedStream,
  partition: number,
  trip: RoundTrip
): Promise<ReadonlySet<number>> => {
  const columns = trip.columns.map(({ name, sql }) => `${sql} AS "${name}"`).join(", ")
  // Two steps, since one statement with a filter decodes a row once for each of its columns.
  await database.run(
    `CREATE OR REPLACE TEMP TABLE decoded_row AS
       SELECT ${columns}, ${partition} AS _partition, _at::BIGINT AS _offset, false AS _deleted,
         make_timestamptz(_recorded::BIGINT) AS _recorded_at, _of AS _generation, _nth::BIGINT AS _row,
         ${trip.missing} AS _missing, coalesce(${trip.holds}, false) AS _holds
       FROM (SELECT *, TRY(from_json(_text, ${trip.shape})) AS _fields FROM text_row);
     INSERT INTO ${stream.table} BY NAME SELECT * EXCLUDE (_holds) FROM decoded_row WHERE _holds;
     TRUNCATE text_row`
  )
  const others = await database.rows<{ record_offset: string }>(
    "SELECT _offset AS record_offset FROM decoded_row WHERE NOT _holds"
  )
  return new Set(others.map((row) => Number(row.record_offset)))
}
