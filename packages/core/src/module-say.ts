import { createHash } from "node:crypto"
import {
  columnsOf,
  jsonSchemaOf,
  PlimsollError,
  sqlName,
  type SignalEvent,
  type StreamDefinition
} from "@plimsoll/schema"
import { Schema } from "effect"
import type { Database } from "./duckdb/database.ts"
import type { QualityModule } from "./module.ts"
import { signalView } from "./signal-difference.ts"
import { quoted } from "./text.ts"
import { wireObject } from "./wire-object.ts"

interface Row {
  readonly signal: string | null
  readonly subject: string
  readonly microsystem: string
  readonly rule: string
  readonly variation: SignalEvent["variation"]
  readonly first_period: string
  readonly completed_period: string
  readonly as_of: string
  readonly words: string
  readonly version: number
  readonly n: string
}

const open = "('opened', 'acknowledged', 'explained')"

/** The signals of modules, folded from their events. */
const told = signalView("(FROM land.plimsoll_signal_v1 WHERE contains(rule, '/'))")

const event = (
  module: string,
  row: Row,
  signal: string,
  state: SignalEvent["state"],
  reason: string | null
): SignalEvent => ({
  signal,
  state,
  measure: row.subject,
  measureVersion: row.version,
  microsystem: row.microsystem,
  stratum: null,
  phase: "1",
  profile: `${module}@${row.version}`,
  rule: row.rule,
  side: null,
  variation: row.variation,
  firstPeriod: row.first_period,
  completedPeriod: row.completed_period,
  asOf: row.as_of,
  value: null,
  centre: null,
  words: row.words,
  reason
})

const identity = (module: string, row: Row): string =>
  createHash("sha256")
    .update(
      JSON.stringify([
        module,
        row.version,
        row.rule,
        row.subject,
        row.microsystem,
        row.first_period,
        Number(row.n)
      ])
    )
    .digest("hex")
    .slice(0, 24)

const ofModule = async (database: Database, module: QualityModule): Promise<ReadonlyArray<SignalEvent>> => {
  const { name, schema, version, signals } = module
  const now = signals
    .map(
      (table) =>
        `SELECT subject, microsystem, ${quoted(`${name}/`)} || rule AS rule, variation, first_period, completed_period, as_of, words FROM ${schema}.${table}`
    )
    .join(" UNION ALL ")
  const same = `s.measure = n.subject AND s.microsystem = n.microsystem AND s.rule = n.rule AND s.first_period = n.first_period AND s.measure_version = ${version}`
  const opening = await database.rowsAgain<Row>(
    `WITH n AS (${now}), s AS (
       SELECT measure, microsystem, rule, first_period, measure_version, count(*) AS n, arg_max(state, last_offset) AS state
       FROM (${told}) GROUP BY ALL)
     SELECT NULL AS signal, n.* REPLACE (n.first_period::VARCHAR AS first_period, n.completed_period::VARCHAR AS completed_period, coalesce(n.as_of, n.completed_period)::VARCHAR AS as_of),
       ${version} AS version, coalesce(s.n, 0) AS n
     FROM (SELECT DISTINCT * FROM n) n LEFT JOIN s ON ${same} WHERE s.n IS NULL OR s.state IN ('ended', 'withdrawn')
     ORDER BY n.rule, n.subject, n.microsystem, n.first_period`
  )
  const ending = await database.rowsAgain<Row>(
    `WITH n AS (${now})
     SELECT s.signal, s.measure AS subject, s.microsystem, s.rule, s.variation, s.first_period::VARCHAR AS first_period,
       s.completed_period::VARCHAR AS completed_period, coalesce((SELECT max(day) FROM current.tick), s.changed_as_of)::VARCHAR AS as_of, s.words,
       s.measure_version::INTEGER AS version, 0 AS n
     FROM (${told}) s WHERE s.state IN ${open} AND starts_with(s.rule, ${quoted(`${name}/`)}) AND NOT EXISTS (FROM n WHERE ${same})
     ORDER BY s.signal`
  )
  return [
    ...ending.map((row) =>
      row.version === version
        ? event(name, row, row.signal!, "ended", null)
        : event(name, row, row.signal!, "withdrawn", "the rules of the module have changed")
    ),
    ...opening.map((row) => event(name, row, identity(name, row), "opened", null))
  ]
}

/** What has to be said for the landed signals of modules to agree with the tables that they name. Empty where they agree. */
export const moduleSignals = async (
  database: Database,
  modules: ReadonlyArray<QualityModule>
): Promise<ReadonlyArray<SignalEvent>> => {
  const speaking = modules.filter((one) => one.signals.length > 0)
  const found: SignalEvent[] = []
  for (const module of speaking) found.push(...(await ofModule(database, module)))
  const names = speaking.map((one) => quoted(one.name)).join(", ")
  const left = await database.rowsAgain<Row>(
    `SELECT signal, measure AS subject, microsystem, rule, variation, first_period::VARCHAR AS first_period, completed_period::VARCHAR AS completed_period,
       changed_as_of::VARCHAR AS as_of, words, measure_version::INTEGER AS version, 0 AS n
     FROM (${told}) WHERE state IN ${open} ${names === "" ? "" : `AND split_part(rule, '/', 1) NOT IN (${names})`} ORDER BY signal`
  )
  const gone = "the module is no longer in use"
  return [...found, ...left.map((row) => event(row.rule.split("/")[0]!, row, row.signal!, "withdrawn", gone))]
}

/** Rows that a module has to say on the log. */
export interface Emitted {
  readonly stream: StreamDefinition
  readonly rows: ReadonlyArray<{ readonly [field: string]: unknown }>
}

/** What modules have to emit: the rows of their tables whose key their stream does not have yet. */
export const emissions = async (
  database: Database,
  modules: ReadonlyArray<QualityModule>
): Promise<ReadonlyArray<Emitted>> => {
  const found: Emitted[] = []
  for (const module of modules) {
    for (const { stream, from } of module.emits) {
      const columns = columnsOf(jsonSchemaOf(stream.schema))
      const keys = columns
        .filter((column) => stream.key!.includes(column.field))
        .map((column) => `"${column.name}"`)
      const rows = await database.rowsAgain<{ row: string }>(
        `SELECT ${wireObject(columns, "n")} AS row FROM ${module.schema}.${from} n
         ANTI JOIN current."${sqlName(stream)}" c ON ${keys.map((key) => `c.${key} = n.${key}`).join(" AND ")}
         ORDER BY ${keys.map((key) => `n.${key}`).join(", ")}`
      )
      if (rows.length === 0) continue
      const decode = Schema.decodeUnknownResult(stream.schema)
      found.push({
        stream,
        rows: rows.map(({ row }) => {
          const decoded = decode(JSON.parse(row))
          if (decoded._tag === "Success") return decoded.success
          throw new PlimsollError({
            code: "module-unfit",
            message: `module "${module.name}": a row of ${module.schema}.${from} is none of stream ${stream.name}: ${decoded.failure.message}`,
            suggestion: "give it a column for every field, with values as they stand on the wire"
          })
        })
      })
    }
  }
  return found
}

/** Takes over which measures modules keep from being judged; those for which that is new are judged again. Gives whether there are any. */
export const settleUnjudged = async (
  database: Database,
  modules: ReadonlyArray<QualityModule>
): Promise<boolean> => {
  const parts = modules.flatMap(({ name, schema, unjudged }) =>
    unjudged === undefined
      ? []
      : [
          `SELECT measure::VARCHAR AS measure, reason::VARCHAR AS reason, ${quoted(name)} AS module FROM ${schema}.${unjudged}`
        ]
  )
  if (parts.length === 0) {
    const [held] = await database.rowsAgain<{ some: boolean }>(
      "SELECT EXISTS (FROM store.unjudged_measure) AS some"
    )
    if (!held!.some) return false
  }
  const wanted =
    parts.length === 0
      ? "SELECT NULL::VARCHAR AS measure, NULL::VARCHAR AS reason, NULL::VARCHAR AS module WHERE false"
      : parts.join(" UNION ")
  return database.transaction(async () => {
    await database.fill("unjudged_now", wanted)
    await database.again(
      `INSERT INTO store.rejudged SELECT DISTINCT measure FROM (
         (FROM unjudged_now EXCEPT FROM store.unjudged_measure) UNION ALL (FROM store.unjudged_measure EXCEPT FROM unjudged_now));
       DELETE FROM store.unjudged_measure; INSERT INTO store.unjudged_measure FROM unjudged_now`
    )
    const [some] = await database.rowsAgain<{ some: boolean }>("SELECT EXISTS (FROM store.rejudged) AS some")
    return some!.some
  })
}
