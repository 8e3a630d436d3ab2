import type { Published } from "@plimsoll/core"
import { PlimsollError } from "@plimsoll/schema"

/** A row of an answer, by column. */
export type Row = { readonly [column: string]: unknown }

/** The rows of a query over the published file, by column. */
export const rowsOf = async (published: Published, query: string): Promise<ReadonlyArray<Row>> => {
  const { columns, rows } = await published.query(query)
  return rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])))
}

/** Throws `usage-no-vision` where the project has no such module. */
export const visionOrRefused = async (published: Published): Promise<void> => {
  const found = await rowsOf(
    published,
    "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'vision' AND table_name = 'node'"
  )
  if (found.length > 0) return
  throw new PlimsollError({
    code: "usage-no-vision",
    message: "the published file has no vision",
    suggestion:
      "put vision({ … }) of @plimsoll/quality among the modules of the config, and run `plimsoll run`"
  })
}
