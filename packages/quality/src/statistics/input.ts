/**
 * SQL: the rows of the relation that an argument of the macro names, as `_` and the name of each column. Columns listed
 * with a type of `NULL` keep the type that they have; optional columns may be missing, and are then null.
 */
export const rowsOf = (
  columns: Readonly<Record<string, string | null>>,
  optional: Readonly<Record<string, string | null>> = {},
  argument = "t"
): string => {
  const casts = Object.entries({ ...columns, ...optional })
  const read = casts.map(([name, type]) => `${name}${type === null ? "" : `::${type}`} AS _${name}`)
  const empty = Object.entries(optional).map(
    ([name, type]) => `NULL${type === null ? "" : `::${type}`} AS ${name}`
  )
  return `SELECT ${read.join(", ")} FROM (FROM query_table(${argument}) UNION ALL BY NAME SELECT ${empty.join(", ")} WHERE false)`
}
