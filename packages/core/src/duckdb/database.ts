import {
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBTimestampTZValue,
  BIGINT,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  INTEGER,
  LIST,
  TIMESTAMPTZ,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
  type Json
} from "@duckdb/node-api"
import { PlimsollError } from "@plimsoll/schema"
import { Plans } from "./plans.ts"

/** A value as a table holds it. */
export type Value = DuckDBValue
export {
  BIGINT,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  INTEGER,
  LIST,
  TIMESTAMPTZ,
  VARCHAR,
  DuckDBDateValue as DateValue,
  DuckDBDecimalValue as DecimalValue,
  DuckDBListValue as ListValue,
  DuckDBTimestampTZValue as InstantValue,
  type DuckDBType as Type
}

/** How {@link Database.open} opens a file. */
export interface OpenOptions {
  /** Default: as many as the machine has cores. The tables do not depend on it. */
  readonly threads?: number | undefined
  /** `512MB`, `4GB`. Default: DuckDB's own, 80 % of the machine's memory. */
  readonly memoryLimit?: string | undefined
  readonly readOnly?: boolean | undefined
}

const rowsAChunk = 2048

/**
 * Optimisations by the values that a table had when a statement was planned. A plan that is kept would go on leaving out
 * what was not there then: seen in DuckDB 1.5.5, where a prepared `WHERE x > 5000` stayed empty for ever.
 */
const byValues = "statistics_propagation,compressed_materialization"

/**
 * One DuckDB file and one connection to it, with what the core needs of them: statements, plain rows, typed
 * appends, transactions. The time zone is UTC, so that nothing depends on where the process runs.
 */
export class Database {
  readonly path: string
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection
  readonly #plans: Plans
  /** The temporary tables, views and macros that are there. */
  readonly #temporary = new Set<string>()

  private constructor(path: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.path = path
    this.#instance = instance
    this.#connection = connection
    this.#plans = new Plans(connection)
  }

  static async open(path: string, options: OpenOptions = {}): Promise<Database> {
    let instance: DuckDBInstance
    try {
      instance = await DuckDBInstance.create(path, {
        disabled_optimizers: byValues,
        ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
        ...(options.memoryLimit === undefined ? {} : { memory_limit: options.memoryLimit }),
        ...(options.readOnly === true ? { access_mode: "READ_ONLY" } : {})
      })
    } catch (cause) {
      throw storeError(path, cause)
    }
    const connection = await instance.connect()
    await connection.run("SET TimeZone = 'UTC'")
    return new Database(path, instance, connection)
  }

  /** A second connection to the same file, closed by its own `close`. */
  async another(): Promise<Database> {
    const connection = await this.#instance.connect()
    await connection.run("SET TimeZone = 'UTC'")
    return new Database(this.path, this.#instance, connection)
  }

  /** Runs one or more statements. */
  async run(statements: string, values?: Record<string, DuckDBValue>): Promise<void> {
    try {
      await this.#connection.run(statements, values)
    } catch (cause) {
      throw storeError(this.path, cause)
    }
  }

  /** The rows of a query as plain objects: numbers, strings, booleans, null; dates, decimals and int64 as text. */
  async rows<Row = Record<string, Json>>(
    query: string,
    values?: Record<string, DuckDBValue>
  ): Promise<Row[]> {
    try {
      return (await this.#connection.runAndReadAll(query, values)).getRowObjectsJson() as Row[]
    } catch (cause) {
      throw storeError(this.path, cause)
    }
  }

  /** Runs statements that come again and again with the same text: they are planned once. No statement that makes a table. */
  async again(statements: string, values: Record<string, DuckDBValue> = {}): Promise<void> {
    try {
      for (const statement of await this.#plans.of(statements)) {
        if (statement.parameterCount > 0) statement.bind(values)
        await statement.run()
      }
    } catch (cause) {
      throw storeError(this.path, cause)
    }
  }

  /** The rows of a query that comes again and again, as {@link rows} gives them: it is planned once. */
  async rowsAgain<Row = Record<string, Json>>(
    query: string,
    values: Record<string, DuckDBValue> = {}
  ): Promise<Row[]> {
    try {
      const [statement] = await this.#plans.of(query)
      if (statement!.parameterCount > 0) statement!.bind(values)
      return (await statement!.runAndReadAll()).getRowObjectsJson() as Row[]
    } catch (cause) {
      throw storeError(this.path, cause)
    }
  }

  /**
   * Fills a temporary table with the rows of a query that comes again and again: made at first, later emptied and filled, so
   * that the plans of what reads it stay. What it held takes memory until {@link discard}.
   */
  async fill(table: string, query: string): Promise<void> {
    if (this.#temporary.has(table)) {
      await this.again(`DELETE FROM temp.main.${table}; INSERT INTO temp.main.${table} ${query}`)
    } else {
      await this.run(`CREATE OR REPLACE TEMP TABLE ${table} AS ${query}`)
      this.#temporary.add(table)
    }
  }

  /** Runs the statement that makes a temporary view or macro, unless it is there. */
  async once(name: string, statement: () => string): Promise<void> {
    if (this.#temporary.has(name)) return
    await this.run(statement())
    this.#temporary.add(name)
  }

  /** Drops temporary tables that were filled with much. */
  async discard(...tables: ReadonlyArray<string>): Promise<void> {
    for (const table of tables) {
      await this.run(`DROP TABLE IF EXISTS temp.main.${table}`)
      this.#temporary.delete(table)
    }
  }

  /** The names of the columns of a query and its rows, as arrays. */
  async table(
    query: string
  ): Promise<{ readonly columns: ReadonlyArray<string>; readonly rows: ReadonlyArray<ReadonlyArray<Json>> }> {
    try {
      const reader = await this.#connection.runAndReadAll(query)
      return { columns: reader.deduplicatedColumnNames(), rows: reader.getRowsJson() }
    } catch (cause) {
      throw storeError(this.path, cause)
    }
  }

  /**
   * Appends columns of equal length to a table, of this file or of the catalog named. Part of the transaction that is
   * open.
   */
  async append(
    schema: string,
    table: string,
    types: ReadonlyArray<DuckDBType>,
    columns: ReadonlyArray<ReadonlyArray<DuckDBValue>>,
    catalog?: "temp"
  ): Promise<void> {
    const length = columns[0]?.length ?? 0
    if (length === 0) return
    try {
      const appender = await this.#connection.createAppender(table, schema, catalog)
      for (let from = 0; from < length; from += rowsAChunk) {
        const chunk = DuckDBDataChunk.create(types, Math.min(rowsAChunk, length - from))
        chunk.setColumns(columns.map((column) => column.slice(from, from + rowsAChunk)))
        appender.appendDataChunk(chunk)
      }
      appender.closeSync()
    } catch (cause) {
      throw storeError(this.path, cause)
    }
  }

  /** All of the work or none of it. */
  async transaction<A>(work: () => Promise<A>): Promise<A> {
    await this.run("BEGIN TRANSACTION")
    try {
      const result = await work()
      await this.run("COMMIT")
      return result
    } catch (cause) {
      // What was made in it is gone with it.
      this.#temporary.clear()
      // After a failed COMMIT the engine has rolled back by itself, and says so.
      await this.#connection.run("ROLLBACK").catch(() => undefined)
      throw cause
    }
  }

  /** Closes this connection; the file is released with its last connection. */
  close(): void {
    this.#plans.end()
    this.#connection.closeSync()
  }

  /** Closes the file. */
  end(): void {
    this.#plans.end()
    this.#connection.closeSync()
    this.#instance.closeSync()
  }
}

/** An engine's error in our form. The engine's text is kept where it cannot hold a value of a row. */
export const storeError = (path: string, cause: unknown): PlimsollError => {
  if (cause instanceof PlimsollError) return cause
  const text = cause instanceof Error ? cause.message : String(cause)
  if (/No space left|disk quota|Could not write (all|file)|ENOSPC/i.test(text)) {
    return new PlimsollError(
      {
        code: "disk-full",
        message: `no space left to write ${path}`,
        suggestion: "free some space and run again: nothing that was committed is lost",
        transient: true
      },
      { cause }
    )
  }
  if (/lock on file|Conflicting lock/i.test(text)) {
    const pid = /PID (\d+)/.exec(text)?.[1]
    return new PlimsollError(
      {
        code: "store-locked",
        message: `${path} is open in another process${pid === undefined ? "" : ` (pid ${pid})`}`,
        suggestion: "close it there, or read plimsoll.duckdb, which is never locked for long"
      },
      { cause }
    )
  }
  if (/not a valid DuckDB database|newer version of DuckDB|different version/i.test(text)) {
    return new PlimsollError(
      {
        code: "store-unreadable",
        message: `${path} is not a file that this version can open`,
        suggestion: "move it away and run `plimsoll rebuild`: everything in it comes from the log"
      },
      { cause }
    )
  }
  return new PlimsollError(
    { code: "query-failed", message: (text.split("\n")[0] ?? "").replaceAll(/'(?:[^']|'')*'/g, "'…'") },
    { cause }
  )
}
