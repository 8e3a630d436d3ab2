import { charts, parametersOf, spcCharts } from "./charts.ts"
import { explain } from "./explain.ts"
import { delaySql, everSql, lastPointSql } from "./false-alarms.ts"
import { funnelMacros } from "./funnel.ts"
import { multiplicity, multiplicityByChart } from "./multiplicity.ts"
import { profilesSql } from "./profile-sql.ts"
import { proposeRebase } from "./rebase.ts"
import { textsSql } from "./texts.ts"
import { versionSql } from "./version.ts"

/** One macro of the pack: its parameters, its body, and the words shown by `duckdb_functions()`. */
export interface Macro {
  readonly name: string
  readonly parameters: string
  readonly body: string
  readonly comment: string
}

const tables: ReadonlyArray<Macro> = [
  ...charts.map((chart) => ({ ...chart, parameters: parametersOf(chart), body: chart.body("points") })),
  ...funnelMacros,
  {
    name: "profiles",
    parameters: "",
    body: profilesSql,
    comment: "The built-in profiles: which rules and constants each has."
  },
  {
    name: "false_alarms",
    parameters: "",
    body: lastPointSql,
    comment:
      "How often a chart of a steady process is flagged, now and ever: simulated, by points and autocorrelation."
  },
  {
    name: "false_alarms_by_rule",
    parameters: "",
    body: everSql,
    comment: "How often a chart of a steady process ever shows a rule: simulated, by points."
  },
  {
    name: "detection_delays",
    parameters: "",
    body: delaySql,
    comment: "How many points pass from a lasting step to its signal: simulated, by the size of the step."
  },
  {
    name: "explain",
    parameters: "t, lang := 'en', texts := '_none'",
    body: explain,
    comment:
      "Plain sentences for the output of a chart: what was found, how often luck does that, what to mind."
  },
  {
    name: "texts",
    parameters: "",
    body: textsSql,
    comment: "The sentences of spc.explain and spc.propose_rebase by code, to be translated or replaced."
  },
  {
    name: "multiplicity",
    parameters: "t",
    body: multiplicity,
    comment: "Over many charts: how many have a signal now, and how many would if all were steady."
  },
  {
    name: "multiplicity_by_chart",
    parameters: "t",
    body: multiplicityByChart,
    comment: "Which of many charts stand out: p-value and q-value (Benjamini and Hochberg) of each, now."
  },
  {
    name: "propose_rebase",
    parameters: "t, minimum := 13, lang := 'en', texts := '_none'",
    body: proposeRebase,
    comment:
      "Where a level has moved and stayed: the point from which new limits could be drawn, before and after."
  }
]

const scalars: ReadonlyArray<Macro> = [
  {
    name: "version",
    parameters: "",
    body: versionSql,
    comment: "The version of the pack, and the number of its contract, as a struct."
  }
]

const created = (kind: "TABLE" | "", { name, parameters, body, comment }: Macro): ReadonlyArray<string> => [
  `CREATE OR REPLACE MACRO spc.${name}(${parameters}) AS ${kind} ${body}`,
  `COMMENT ON MACRO ${kind} spc.${name} IS '${comment.replaceAll("'", "''")}'`
]

const statementsOf = (wanted: (macro: Macro) => boolean): ReadonlyArray<string> => [
  "CREATE SCHEMA IF NOT EXISTS spc",
  ...tables.filter(wanted).flatMap((macro) => created("TABLE", macro)),
  ...scalars.filter(wanted).flatMap((macro) => created("", macro))
]

const scriptOf = (statements: ReadonlyArray<string>): string => `${statements.join(";\n\n")};\n`

/**
 * The pack as single statements, in order. The first creates the schema `spc` in the database where the session
 * stands; run again, they replace the macros of an older pack and touch nothing else.
 */
export const spcStatements: ReadonlyArray<string> = statementsOf(() => true)

/**
 * The statement that makes a macro of a connection's own, beside the pack, for who judges many series and draws none of them:
 * `xmr_phases('t')` takes what `spc.xmr` takes, and gives one row per series and phase. `period`, `value`, `centre`, `lcl3`, `ucl3`
 * are those of the last point that counts; `rules` are all runs (`rule`, `side`, `first`, `completed`, `last`, `points`), empty
 * where the phase has too few points to be judged; the other columns are those of the chart. The pack need not be there.
 *
 * @example await connection.run(phaseMacro("xmr"))
 */
export const phaseMacro = (chart: string): string => {
  const found = charts.find((one) => one.name === chart)
  if (found === undefined) throw new TypeError(`there is no chart ${chart}: ${spcCharts.join(", ")}`)
  return `CREATE OR REPLACE TEMP MACRO ${chart}_phases(${parametersOf(found)}) AS TABLE ${found.body("phases")}`
}

/**
 * What takes the pack away again, in order: every macro of this version, then the schema `spc`. The last statement
 * fails, and changes nothing, where the schema holds anything that is not of the pack.
 */
export const uninstallStatements: ReadonlyArray<string> = [
  ...tables.map(({ name }) => `DROP MACRO TABLE IF EXISTS spc.${name}`),
  ...scalars.map(({ name }) => `DROP MACRO IF EXISTS spc.${name}`),
  "DROP SCHEMA IF EXISTS spc"
]

/**
 * The script that makes only those macros of the pack that a text calls, `spc.xmr(…)`: for a file in which nothing else is called.
 * With all of them, DuckDB 1.5.5 takes some ten times as long to open a small file, and to make a checkpoint of it (measured).
 *
 * @example await connection.run(spcSqlFor("FROM spc.xmr('falls')"))
 */
export const spcSqlFor = (text: string): string => {
  const called = new Set(
    [...text.matchAll(/\bspc\s*"?\s*\.\s*"?(\w+)/gi)].map(([, name]) => name!.toLowerCase())
  )
  return scriptOf(statementsOf(({ name }) => called.has(name)))
}

/** The pack as one script that any DuckDB from 1.5 on runs by itself: the contents of `dist/spc.sql`. */
export const spcSql: string = scriptOf(spcStatements)
