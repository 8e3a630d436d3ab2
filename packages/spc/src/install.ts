import { spcStatements, uninstallStatements } from "./pack.ts"

/** Whatever runs a statement of SQL in a DuckDB, such as a connection of `@duckdb/node-api`. */
export interface Connection {
  /** Runs one statement; rejects if it fails. */
  readonly run: (sql: string) => PromiseLike<unknown>
}

/**
 * Puts the macros into the schema `spc` of the database where the connection stands (`USE other` first for another
 * one). Again is no harm: the macros are replaced, and nothing else is touched.
 *
 * @example await install(await (await DuckDBInstance.create("mine.duckdb")).connect())
 */
export const install = async (connection: Connection): Promise<void> => {
  for (const statement of spcStatements) await connection.run(statement)
}

const isInUse = (cause: unknown): boolean => cause instanceof Error && cause.message.includes("depend on it")

/**
 * Takes the macros away again, and the schema `spc` unless something else stands in it. Not within a transaction
 * of your own: where the schema is kept, DuckDB would abort it.
 *
 * @example await uninstall(connection)
 */
export const uninstall = async (connection: Connection): Promise<void> => {
  const dropSchema = uninstallStatements.at(-1)!
  for (const statement of uninstallStatements.slice(0, -1)) await connection.run(statement)
  try {
    await connection.run(dropSchema)
  } catch (cause) {
    // Views and macros of the user's own may stand in the schema: they are not ours to drop.
    if (!isInUse(cause)) throw cause
  }
}
