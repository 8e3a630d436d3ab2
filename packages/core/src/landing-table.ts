import { columnsOf, duckColumns, snakeCase, type Column, type StreamContract } from "@plimsoll/schema"
import type { Database } from "./duckdb/database.ts"

/** A stream as the store knows it. */
export interface LandedStream {
  readonly contract: StreamContract
  readonly schemaId: string
  readonly columns: ReadonlyArray<Column>
  /** `land."ae_attendances_v1"`, quoted. */
  readonly table: string
  /** The bare name of that table. */
  readonly tableName: string
}

/** The columns that every landed row has beside its own. */
const ownColumns = [
  "_partition INTEGER NOT NULL",
  "_offset BIGINT NOT NULL",
  "_id VARCHAR",
  "_key VARCHAR",
  "_kind VARCHAR NOT NULL",
  "_recorded_at TIMESTAMPTZ NOT NULL",
  "_source VARCHAR",
  "_source_partition VARCHAR",
  "_generation BIGINT",
  "_row BIGINT",
  "_run VARCHAR",
  "_missing VARCHAR[]"
]

/** The stream of a contract, before anything is made for it. */
export const landedStream = (contract: StreamContract, schemaId: string): LandedStream => {
  const tableName = `${snakeCase(contract.domain)}_${snakeCase(contract.name)}_v${contract.version}`
  return {
    contract,
    schemaId,
    columns: columnsOf(contract.jsonSchema),
    tableName,
    table: `land."${tableName}"`
  }
}

// A deleted row has its key alone, so no column of the table can be NOT NULL; the landing holds rows to their schema.
const nullable = (columns: ReadonlyArray<Column>): ReadonlyArray<string> =>
  duckColumns(columns.map((column) => ({ ...column, nullable: true })))

/** Makes or widens the table of a stream, and its view in `current`. */
export const prepareLanding = async (database: Database, stream: LandedStream): Promise<void> => {
  const { contract } = stream
  await database.run(
    `CREATE TABLE IF NOT EXISTS ${stream.table} (${[...nullable(stream.columns), ...ownColumns].join(", ")})`
  )
  for (const column of nullable(stream.columns)) {
    await database.run(`ALTER TABLE ${stream.table} ADD COLUMN IF NOT EXISTS ${column}`)
  }
  await database.run(`CREATE OR REPLACE VIEW current."${snakeCase(contract.name)}" AS ${currentRows(stream)}`)
  await database.run(
    "INSERT OR REPLACE INTO store.contract VALUES ($topic, $name, $version, $table, $id, $contract)",
    {
      topic: contract.topic,
      name: contract.name,
      version: contract.version,
      table: stream.tableName,
      id: stream.schemaId,
      contract: JSON.stringify(contract)
    }
  )
}

/**
 * The rows of a stream that hold now: of each source partition its newest whole generation, of each key the
 * latest row, and none that was deleted. `only`: a condition on the keys (or rows) to look at.
 */
export const currentRows = (stream: LandedStream, only?: string): string => {
  const topic = `'${stream.contract.topic.replaceAll("'", "''")}'`
  const visible = `SELECT r.* FROM ${stream.table} r
    LEFT JOIN store.visible_generation g
      ON g.topic = ${topic} AND g.source = r._source AND g.source_partition = r._source_partition
    WHERE (r._generation IS NULL OR r._generation = g.generation)`
  if (stream.contract.key === null) {
    return `SELECT r.* FROM (${visible} AND r._kind = 'upserted') r${only === undefined ? "" : ` WHERE ${only}`}`
  }
  const among = only === undefined ? "" : ` AND r._key IN (SELECT _key FROM ${stream.table} r WHERE ${only})`
  return `SELECT * FROM (${visible}${among}
    QUALIFY row_number() OVER (PARTITION BY r._key
      ORDER BY r._recorded_at DESC, r._source_partition DESC, r._generation DESC, r._row DESC, r._partition DESC, r._offset DESC) = 1
  ) WHERE _kind = 'upserted'`
}

/** The streams that the store has tables for. */
export const knownStreams = async (database: Database): Promise<ReadonlyArray<LandedStream>> =>
  (
    await database.rows<{ contract: string; schema_id: string }>(
      "SELECT contract, schema_id FROM store.contract ORDER BY topic"
    )
  ).map((row) => landedStream(JSON.parse(row.contract) as StreamContract, row.schema_id))
