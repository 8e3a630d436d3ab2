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
