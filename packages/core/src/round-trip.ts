import type { Column } from "@plimsoll/schema"
import type { LandedStream } from "./landing-table.ts"
import { quoted } from "./text.ts"

/**
 * How the rows of a stream are decoded by DuckDB: the type that their JSON is read as, the value of every column of
 * the table, and whether the row is what it was.
 */
export interface RoundTrip {
  /** For `from_json`. */
  readonly shape: string
  /** Expressions over the struct `_fields` and the text `_text`, in the order of the table's own columns. */
  readonly columns: ReadonlyArray<{ readonly name: string; readonly sql: string }>
  /** The names of the missing columns of a row, NULL where none is; over the same. */
  readonly missing: string
  /**
   * True where the values, written as JSON again, are the text that they were read from: then nothing was cast,
   * nothing lost, no key stood twice and none was left over.
   */
  readonly holds: string
}

/** What the value of a column is read as, its JSON as text, what else has to hold, and what the table gets of it. */
interface Part {
  readonly shape: string
  readonly text: string
  readonly within?: string
  readonly columns: ReadonlyArray<string>
}

const partOf = (column: Column, zone: string): Part | undefined => {
  const own = `_fields.${identifier(column.field)}`
  switch (column.type.kind) {
    case "text":
      return { shape: "VARCHAR", text: `to_json(${own})`, columns: [own] }
    case "boolean":
      return { shape: "BOOLEAN", text: `${own}::VARCHAR`, columns: [own] }
    case "integer":
      return {
        shape: "BIGINT",
        text: `${own}::VARCHAR`,
        within: `${own} BETWEEN -9007199254740991 AND 9007199254740991`,
        columns: [own]
      }
    case "int64":
      return { shape: "BIGINT", text: `'"' || ${own} || '"'`, columns: [own] }
    case "number":
      return {
        shape: "DOUBLE",
        text: `CASE WHEN ${own} = trunc(${own}) AND abs(${own}) < 1e15 THEN ${own}::BIGINT::VARCHAR ELSE ${own}::VARCHAR END`,
        within: `isfinite(${own})`,
        columns: [own]
      }
    case "decimal":
      return {
        shape: `DECIMAL(${column.type.precision},${column.type.scale})`,
        text: `'"' || ${own} || '"'`,
        columns: [own]
      }
    case "date":
      return {
        shape: "DATE",
        text: `'"' || ${own} || '"'`,
        // DuckDB also reads 'infinity' and the year 10000.
        within: `${own} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'`,
        columns: [own]
      }
    case "instant": {
      // The form in which an instant is written, in UTC or in the project's zone; other zones are looked up elsewhere.
      const at = `TRY_CAST(${own}[1:27] AS TIMESTAMPTZ)`
      return {
        shape: "VARCHAR",
        text: `'"' || strftime(${at}, '%Y-%m-%dT%H:%M:%S.%fZ') || CASE WHEN length(${own}) > 27 THEN ${quoted(`[${zone}]`)} ELSE '' END || '"'`,
        within: `${at} BETWEEN TIMESTAMPTZ '0001-01-01 00:00:00+00' AND TIMESTAMPTZ '9999-12-31 23:59:59.999999+00'`,
        columns: [
          at,
          `CASE WHEN ${own} IS NULL THEN NULL WHEN length(${own}) > 27 THEN ${quoted(zone)} ELSE 'UTC' END`
        ]
      }
    }
    case "json":
      // A nested value may stand in more than one form.
      return undefined
  }
}

/**
 * Undefined where a stream has to be decoded by JavaScript: nested values, no field that is always there, names that
 * differ in case alone.
 */
export const roundTrip = (stream: LandedStream, zone: string): RoundTrip | undefined => {
  const first = stream.columns.findIndex((column) => !column.optional)
  const names = new Set(stream.columns.map((column) => column.field.toLowerCase()))
  // The names of a struct do not tell upper from lower case.
  if (first === -1 || names.size < stream.columns.length) return undefined
  const texts: string[] = []
  const within: string[] = []
  const shape: { [field: string]: string } = {}
  const columns: Array<{ name: string; sql: string }> = []
  const missing: string[] = []
  for (const [at, column] of stream.columns.entries()) {
    const part = partOf(column, zone)
    if (part === undefined) return undefined
    const own = `_fields.${identifier(column.field)}`
    shape[column.field] = part.shape
    part.columns.forEach((sql, nth) =>
      columns.push({ name: nth === 0 ? column.name : `${column.name}_zone`, sql })
    )
    const key = `${JSON.stringify(column.field)}:`
    const named = (value: string) =>
      at < first
        ? `${quoted(key)} || ${value} || ','`
        : `${quoted(at === first ? key : `,${key}`)} || ${value}`
    const there = named(column.nullable ? `coalesce(${part.text}, 'null')` : part.text)
    if (column.optional) {
      // A key never stands in a text: its quotation marks would be escaped there.
      const absent = column.nullable ? `NOT contains(_text, ${quoted(key)})` : `${own} IS NULL`
      texts.push(`CASE WHEN ${absent} THEN '' ELSE ${there} END`)
      missing.push(`CASE WHEN ${absent} THEN ${quoted(column.name)} END`)
    } else texts.push(there)
    if (part.within !== undefined) within.push(`coalesce(${part.within}, ${own} IS NULL)`)
  }
  const found = `list_filter([${missing.join(", ")}]::VARCHAR[], lambda name: name IS NOT NULL)`
  return {
    shape: quoted(JSON.stringify(shape)),
    columns,
    missing: missing.length === 0 ? "NULL" : `CASE WHEN len(${found}) > 0 THEN ${found} END`,
    holds: [`'{' || ${texts.join(" || ")} || '}' = _text`, ...within].join(" AND ")
  }
}

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`
