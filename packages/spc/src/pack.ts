import { everSql, lastPointSql } from "./false-alarms.ts"
import { proportion } from "./proportion.ts"
import { run } from "./run.ts"
import { xmr } from "./xmr.ts"

/** One macro of the pack: its parameters, its body, and the words shown by `duckdb_functions()`. */
interface Macro {
  readonly name: string
  readonly parameters: string
  readonly body: string
  readonly comment: string
}

const macros: ReadonlyArray<Macro> = [
  {
    name: "xmr",
    parameters: "t, profile := 'mdc-2023', shift := 7, trend := 7, screened := NULL",
    body: xmr,
    comment:
      "Individual values about their mean, limits from the average moving range, one row per input row."
  },
  {
    name: "p",
    parameters: "t, profile := 'mdc-2023', shift := 7, trend := 7",
    body: proportion,
    comment:
      "Proportions about the pooled proportion, binomial limits (exact where counts are small), one row per input row."
  },
  {
    name: "run",
    parameters: "t, profile := 'anhoej', shift := 7, trend := 7",
    body: run,
    comment:
      "Values about their median; by default the longest run and the crossings of each phase, one row per input row."
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

/** The pack as one script that any DuckDB 1.5 runs by itself. */
export const spcSql: string = `${spcStatements.join(";\n\n")};\n`
