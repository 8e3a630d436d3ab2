import { canonicalJson } from "@plimsoll/log"
import { columnsOf, duckColumns, snakeCase, type Column, type StreamContract } from "@plimsoll/schema"
import type { Database } from "./duckdb/database.ts"
import { readMeta, writeMeta } from "./store.ts"
import { quoted } from "./text.ts"

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

/**
 * The columns that every landed row has beside its own. Partition and offset lead back to the record on the log,
 * which has the rest: who read it, in which run, under which id.
 */
const ownColumns = [
  "_partition INTEGER NOT NULL",
  "_offset BIGINT NOT NULL",
  "_deleted BOOLEAN NOT NULL",
  "_recorded_at TIMESTAMPTZ NOT NULL",
  "_generation INTEGER",
  "_row BIGINT",
  "_missing VARCHAR[]"
]

const ownNames = ownColumns.map((column) => column.slice(0, column.indexOf(" ")))

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

const tableOf = (stream: LandedStream): string =>
  `${stream.table} (${[...nullable(stream.columns), ...ownColumns].join(", ")})`

/** Whether a record gives the same row under both contracts. */
export const sameRows = (one: LandedStream, other: LandedStream): boolean => {
  const [a, b] = [one, other].map(({ contract, columns }) =>
    canonicalJson([
      columns.map((column) => ({ ...column, description: undefined })),
      contract.key,
      contract.occurredAt,
      contract.covers
    ])
  )
  return a === b
}

/** Forgets what has landed of a stream, so that all of it lands again, under another contract. */
export const emptyLanding = async (database: Database, stream: LandedStream): Promise<void> => {
  await database.run(`CREATE OR REPLACE TABLE ${tableOf(stream)}`)
  for (const table of ["landed_offset", "generation", "watermark"]) {
    await database.run(`DELETE FROM store.${table} WHERE topic = ${quoted(stream.contract.topic)}`)
  }
  await database.run(
    `DELETE FROM store.dead_letter WHERE topic = ${quoted(stream.contract.topic)} AND found_by = 'core'`
  )
}

/** Gives the table of a stream the columns of another contract, and keeps its rows. */
export const widenLanding = (database: Database, stream: LandedStream): Promise<void> =>
  database.run(
    `CREATE OR REPLACE TEMP TABLE kept_row AS FROM ${stream.table};
     CREATE OR REPLACE TABLE ${tableOf(stream)};
     INSERT INTO ${stream.table} BY NAME SELECT COLUMNS(c -> c IN (${[...stream.columns.flatMap((column) => (column.type.kind === "instant" ? [column.name, `${column.name}_zone`] : [column.name])), ...ownNames].map(quoted).join(", ")})) FROM kept_row;
     DROP TABLE kept_row`
  )

/** Makes the table of a stream, and its view in `current`. */
export const prepareLanding = async (database: Database, stream: LandedStream): Promise<void> => {
  const { contract } = stream
  await database.run(`CREATE TABLE IF NOT EXISTS ${tableOf(stream)}`)
  await database.run(`CREATE OR REPLACE VIEW current."${snakeCase(contract.name)}" AS ${currentRows(stream)}`)
  await database.again(
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
  const visible = "(r._generation IS NULL OR r._generation IN (SELECT id FROM store.visible_generation))"
  const keys = keyColumns(stream)
  if (keys === undefined) {
    return `SELECT r.* FROM ${stream.table} r WHERE NOT r._deleted AND ${visible}${only === undefined ? "" : ` AND (${only})`}`
  }
  return `SELECT * FROM (
    SELECT r.* FROM ${stream.table} r ${only === undefined ? "" : `SEMI JOIN ${sameKey(stream, only)}`}
    LEFT JOIN store.generation g ON g.id = r._generation
    WHERE ${visible}
    QUALIFY row_number() OVER (PARTITION BY ${keys.map((key) => `r.${key}`).join(", ")}
      ORDER BY r._recorded_at DESC, g.source_partition DESC, g.generation DESC, r._row DESC, r._partition DESC, r._offset DESC) = 1
  ) WHERE NOT _deleted`
}

/**
 * Makes the view of rows whose key stands again further down in the same file: the later row counts, and the earlier
 * must not vanish without a word. Where no stream or key is new it stands already: making it takes long where streams are many.
 */
export const prepareDuplicates = async (database: Database): Promise<void> => {
  const parts = (await knownStreams(database)).flatMap((stream) => {
    const keys = keyColumns(stream)
    if (keys === undefined) return []
    const reason = `a later row of the same file has the same key (${stream.contract.key!.join(", ")}), and counts instead`
    return `SELECT ${quoted(stream.contract.topic)} AS topic, r._partition AS part, r._offset AS record_offset, 'core' AS found_by,
        'duplicate-key' AS code, ${quoted(reason)} AS reason, g.source, g.source_partition, g.generation, r._row AS source_row,
        NULL::VARCHAR AS run, r._recorded_at AS recorded_at
      FROM ${stream.table} r JOIN store.generation g ON g.id = r._generation
      WHERE NOT r._deleted AND g.id IN (SELECT id FROM store.visible_generation)
      QUALIFY row_number() OVER (PARTITION BY r._generation, ${keys.map((key) => `r.${key}`).join(", ")} ORDER BY r._row DESC, r._offset DESC) > 1`
  })
  const query = parts.join(" UNION ALL ")
  if ((await readMeta(database, "duplicate-key")) === query) return
  await database.run(`CREATE OR REPLACE VIEW store.duplicate_key AS ${query}`)
  await writeMeta(database, "duplicate-key", query)
}

/** The columns of a stream's key, quoted; undefined where it has none. */
const keyColumns = (stream: LandedStream): ReadonlyArray<string> | undefined => {
  const { key } = stream.contract
  return key === null
    ? undefined
    : stream.columns
        .filter((column) => key.includes(column.field))
        .flatMap((column) =>
          column.type.kind === "instant"
            ? [`"${column.name}"`, `"${column.name}_zone"`]
            : [`"${column.name}"`]
        )
}

/** What to join the rows of `r` with to keep those that have the key of a row for which `only` holds; they may be that row. */
export const sameKey = (stream: LandedStream, only: string): string => {
  const keys = keyColumns(stream) ?? ["_partition", "_offset"]
  return `(SELECT DISTINCT ${keys.join(", ")} FROM ${stream.table} r WHERE ${only}) k ON ${keys.map((key) => `k.${key} = r.${key}`).join(" AND ")}`
}

/** The streams that the store has tables for. */
export const knownStreams = async (database: Database): Promise<ReadonlyArray<LandedStream>> =>
  (
    await database.rowsAgain<{ contract: string; schema_id: string }>(
      "SELECT contract, schema_id FROM store.contract ORDER BY topic"
    )
  ).map((row) => landedStream(JSON.parse(row.contract) as StreamContract, row.schema_id))
