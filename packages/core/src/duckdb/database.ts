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
 * One DuckDB file and one connection to it, with what the core needs of them: statements, plain rows, typed
 * appends, transactions. The time zone is UTC, so that nothing depends on where the process runs.
 */
export class Database {
  readonly path: string
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection

  private constructor(path: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.path = path
    this.#instance = instance
    this.#connection = connection
  }

  static async open(path: string, options: OpenOptions = {}): Promise<Database> {
    let instance: DuckDBInstance
    try {
      instance = await DuckDBInstance.create(path, {
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
      // After a failed COMMIT the engine has rolled back by itself, and says so.
      await this.#connection.run("ROLLBACK").catch(() => undefined)
      throw cause
    }
  }

  /** Closes this connection; the file is released with its last connection. */
  close(): void {
    this.#connection.closeSync()
  }

  /** Closes the file. */
  end(): void {
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
