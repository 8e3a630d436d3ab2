import { charts, parametersOf } from "./charts.ts"
import { everSql, lastPointSql } from "./false-alarms.ts"
import { profilesSql } from "./profile-sql.ts"

/** One macro of the pack: its parameters, its body, and the words shown by `duckdb_functions()`. */
interface Macro {
  readonly name: string
  readonly parameters: string
  readonly body: string
  readonly comment: string
}

const macros: ReadonlyArray<Macro> = [
  ...charts.map((chart) => ({ ...chart, parameters: parametersOf(chart) })),
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
      "How often the latest point of a chart in control is flagged: simulated, by points and autocorrelation."
  },
  {
    name: "false_alarms_ever",
    parameters: "",
    body: everSql,
    comment:
      "How often a chart in control ever shows a pattern: simulated, by points, rule and points in a row."
  }
]

/** The pack as single statements, in order. The first creates the schema `spc` where the session stands. */
export const spcStatements: ReadonlyArray<string> = [
  "CREATE SCHEMA IF NOT EXISTS spc",
  ...macros.flatMap((m) => [
    `CREATE OR REPLACE MACRO spc.${m.name}(${m.parameters}) AS TABLE ${m.body}`,
    `COMMENT ON MACRO TABLE spc.${m.name} IS '${m.comment.replaceAll("'", "''")}'`
  ])
]

/** The pack as one script that any DuckDB from 1.5 on runs by itself. */
export const spcSql: string = `${spcStatements.join(";\n\n")};\n`
