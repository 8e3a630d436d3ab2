import type { Published } from "@plimsoll/core"
import { PlimsollError } from "@plimsoll/schema"

/** A signal as the published file has it. */
export interface FoundSignal {
  readonly signal: string
  readonly state: string
  readonly measure: string
  readonly microsystem: string
}

/** Rows of a query over the published file, lists and structs included. */
export const rowsOf = async <Row>(published: Published, query: string): Promise<ReadonlyArray<Row>> =>
  (await published.query(`SELECT to_json(r)::VARCHAR FROM (${query}) r`)).rows.map(
    ([row]) => JSON.parse(String(row)) as Row
  )

/** Fails with `usage-not-computed` where the published file was written before the project had the component. */
export const requireControl = async (published: Published): Promise<void> => {
  const { rows } = await published.query(
    "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'control' AND table_name = 'board'"
  )
  if (rows.length > 0) return
  throw new PlimsollError({
    code: "usage-not-computed",
    message: "the published file has no huddle board",
    suggestion: "run `plimsoll run` once; modules in the config must have control()"
  })
}

/** The signal that an id, or the first characters of one, stands for. Errors: `usage-unknown-signal`. */
export const findSignal = async (published: Published, id: string): Promise<FoundSignal> => {
  if (!/^[0-9a-f]{4,24}$/.test(id)) {
    throw new PlimsollError({
      code: "usage-unknown-signal",
      message: "a signal is named by its id, or by the first four characters of it or more",
      suggestion: "`plimsoll signal list` tells them"
    })
  }
  const found = await rowsOf<FoundSignal>(
    published,
    `SELECT signal, state, measure, microsystem FROM plimsoll.signal WHERE starts_with(signal, '${id}') ORDER BY signal`
  )
  const [one, another] = found
  if (one !== undefined && another === undefined) return one
  throw new PlimsollError({
    code: "usage-unknown-signal",
    message:
      one === undefined
        ? `the published file has no signal ${id}`
        : `${found.length} signals have ids that begin with ${id}`,
    suggestion: one === undefined ? "`plimsoll signal list --all` tells all" : "give more of the id"
  })
}
