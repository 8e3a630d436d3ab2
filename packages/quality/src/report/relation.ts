import type { Published } from "@plimsoll/core"

/** A column of a published relation. */
export interface RelationColumn {
  readonly name: string
  /** As DuckDB names it: `VARCHAR`, `DOUBLE`, `DATE`. */
  readonly type: string
  readonly comment: string
}

/** A relation of the published file that goes into the pack. */
export interface Relation {
  /** With its schema: `assurance.score`; the core's own are `plimsoll.…`. */
  readonly name: string
  /** How SQL over the published file names it. */
  readonly sql: string
  readonly comment: string
  readonly columns: ReadonlyArray<RelationColumn>
}

/** Schemas that hold macros, not figures. */
const macros = new Set(["spc", "stats"])

// What is computed on reading, from relations that are in the pack, by macros that are in the published file.
const derived = /^(point|.*_input)$/

// People's own words, which a unit has declared open to its colleagues: a report to everybody does without them.
const words = new Set(["control.said"])

const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** The relations of a published file that go into the pack, in order of name. */
export const relationsOf = async (published: Published): Promise<ReadonlyArray<Relation>> => {
  const { rows } = await published.query(`
    SELECT c.schema_name, c.table_name, c.column_name, c.data_type, coalesce(c.comment, ''),
      coalesce(t.comment, v.comment, '')
    FROM duckdb_columns() c
    LEFT JOIN duckdb_tables() t USING (database_name, schema_name, table_name)
    LEFT JOIN duckdb_views() v ON v.database_name = c.database_name AND v.schema_name = c.schema_name AND v.view_name = c.table_name
    WHERE c.database_name = 'plimsoll' AND NOT c.internal
    ORDER BY c.schema_name, c.table_name, c.column_index`)
  const found = new Map<string, Relation & { readonly columns: RelationColumn[] }>()
  for (const [schema, table, name, type, comment, about] of rows as ReadonlyArray<ReadonlyArray<string>>) {
    if (macros.has(schema!) || (schema === "main" && derived.test(table!))) continue
    const relation = `${schema === "main" ? "plimsoll" : schema}.${table}`
    if (words.has(relation)) continue
    const known = found.get(relation) ?? {
      name: relation,
      sql: `plimsoll.${quotedName(schema!)}.${quotedName(table!)}`,
      comment: about!,
      columns: []
    }
    known.columns.push({ name: name!, type: type!, comment: comment! })
    found.set(relation, known)
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

const cannotName = /^(DOUBLE|FLOAT|STRUCT|MAP|UNION)|\[/

/**
 * The columns that tell the rows of a relation apart: the fewest leading ones that do, floats and lists left out, and of those
 * only what is needed. All of them where even they do not.
 */
export const keyOf = async (published: Published, relation: Relation): Promise<ReadonlyArray<string>> => {
  const candidates = relation.columns.filter(({ type }) => !cannotName.test(type)).map(({ name }) => name)
  const unique = async (columns: ReadonlyArray<string>): Promise<boolean> => {
    if (columns.length === 0) return false
    const { rows } = await published.query(
      `SELECT (SELECT count(*) FROM (SELECT DISTINCT ${columns.map(quotedName).join(", ")} FROM ${relation.sql}))
         = (SELECT count(*) FROM ${relation.sql})`
    )
    return rows[0]?.[0] === true
  }
  let key: ReadonlyArray<string> = []
  for (const column of candidates) {
    key = [...key, column]
    if (await unique(key)) break
  }
  for (const column of [...key].reverse().slice(1)) {
    const fewer = key.filter((one) => one !== column)
    if (await unique(fewer)) key = fewer
  }
  return key
}
