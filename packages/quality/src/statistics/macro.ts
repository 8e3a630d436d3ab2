/** One macro of the schema `stats`. */
export interface Macro {
  readonly name: string
  readonly kind: "scalar" | "table"
  /** As between the brackets of `CREATE MACRO`. */
  readonly parameters: string
  readonly body: string
  /** The words that `duckdb_functions()` shows. */
  readonly comment: string
}

/** The statements that make a macro and say what it is. */
export const statementsOfMacro = ({
  name,
  kind,
  parameters,
  body,
  comment
}: Macro): ReadonlyArray<string> => {
  const table = kind === "table" ? "TABLE " : ""
  return [
    `CREATE OR REPLACE MACRO stats.${name}(${parameters}) AS ${table}${body}`,
    `COMMENT ON MACRO ${table}stats.${name} IS '${comment.replaceAll("'", "''")}'`
  ]
}

/** SQL that holds only if `holds` does; a condition for `WHERE`. */
export const required = (holds: string, message: string): string =>
  `CASE WHEN ${holds} THEN true ELSE error('stats: ${message}') END`

/** SQL: the sum of an expression over the rows of a group, the same for every order of rows and number of threads. */
export const exactSum = (x: string): string => `list_sum(list_sort(list(${x})))`
