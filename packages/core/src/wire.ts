import { isPlainDate, parseInstant, type Column } from "@plimsoll/schema"
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DateValue,
  DECIMAL,
  DecimalValue,
  DOUBLE,
  InstantValue,
  TIMESTAMPTZ,
  VARCHAR,
  type Type,
  type Value
} from "./duckdb/database.ts"

const day = 86_400_000
const dates = new Map<string, DateValue>()

/** Days repeat: a year of them is read once. */
const dateOf = (text: string): DateValue | undefined => {
  const known = dates.get(text)
  if (known !== undefined || !isPlainDate(text)) return known
  if (dates.size > 20_000) dates.clear()
  const date = new DateValue(Date.parse(`${text}T00:00:00Z`) / day)
  dates.set(text, date)
  return date
}

/** Puts a value of the wire into its columns; false where it is not of the column's type. */
type Put = (value: unknown, into: ReadonlyArray<Value[]>) => boolean

const maximum = 2n ** 63n - 1n

const putters: { readonly [kind in Exclude<Column["type"]["kind"], "decimal">]: Put } = {
  text: (value, [own]) => typeof value === "string" && value.isWellFormed() && own!.push(value) > 0,
  boolean: (value, [own]) => typeof value === "boolean" && own!.push(value) > 0,
  integer: (value, [own]) => Number.isSafeInteger(value) && own!.push(BigInt(value as number)) > 0,
  number: (value, [own]) => Number.isFinite(value) && own!.push(value as number) > 0,
  int64: (value, [own]) => {
    if (typeof value !== "string" || !/^(0|-?[1-9]\d{0,18})$/.test(value)) return false
    const number = BigInt(value)
    return number <= maximum && number >= -maximum - 1n && own!.push(number) > 0
  },
  date: (value, [own]) => {
    const date = typeof value === "string" ? dateOf(value) : undefined
    return date !== undefined && own!.push(date) > 0
  },
  instant: (value, [own, zone]) => {
    const instant = typeof value === "string" ? parseInstant(value) : undefined
    if (instant === undefined) return false
    zone!.push(instant.zone)
    return own!.push(new InstantValue(instant.micros)) > 0
  },
  json: (value, [own]) => {
    const text = jsonOf(value)
    return text !== undefined && own!.push(text) > 0
  }
}

/** Undefined where DuckDB could not read it, or a digit would be lost. */
const jsonOf = (value: unknown): string | undefined => {
  try {
    const text = JSON.stringify(value) as string | undefined
    // JSON escapes half a pair of UTF-16 where it stands alone; DuckDB refuses to read it.
    return text === undefined || /(?:^|[^\\])(?:\\\\)*\\ud[89a-f]/.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

const putDecimal =
  (precision: number, scale: number): Put =>
  (value, [own]) => {
    if (typeof value !== "string") return false
    const found = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/.exec(value)
    if (found === null) return false
    const fraction = found[3] ?? ""
    const digits = `${found[2]}${fraction.slice(0, scale).padEnd(scale, "0")}`
    if (/[1-9]/.test(fraction.slice(scale)) || BigInt(digits) >= 10n ** BigInt(precision)) return false
    return own!.push(new DecimalValue(BigInt(`${found[1]}${digits}`), precision, scale)) > 0
  }

const typeOf = (column: Column): Type => {
  switch (column.type.kind) {
    case "boolean":
      return BOOLEAN
    case "integer":
    case "int64":
      return BIGINT
    case "number":
      return DOUBLE
    case "date":
      return DATE
    case "instant":
      return TIMESTAMPTZ
    case "decimal":
      return DECIMAL(column.type.precision, column.type.scale)
    default:
      return VARCHAR
  }
}

/** Rows of the wire on their way into the columns of a table. */
export interface RowColumns {
  readonly types: ReadonlyArray<Type>
  readonly columns: ReadonlyArray<Value[]>
  /**
   * Adds one row, or nothing. Gives the fields whose key was missing, or the path of the value that does not
   * fit: no value is ever cast.
   */
  add(
    row: { readonly [field: string]: unknown },
    only?: ReadonlySet<string>
  ): { readonly missing: ReadonlyArray<string> } | { readonly path: string }
}

/** Empty columns for a stream. */
export const rowColumns = (columns: ReadonlyArray<Column>): RowColumns => {
  const parts = columns.map((column) => ({
    column,
    put:
      column.type.kind === "decimal"
        ? putDecimal(column.type.precision, column.type.scale)
        : putters[column.type.kind],
    into: column.type.kind === "instant" ? [[] as Value[], [] as Value[]] : [[] as Value[]]
  }))
  const all = parts.flatMap((part) => part.into)
  return {
    types: parts.flatMap((part) =>
      part.into.length === 2 ? [typeOf(part.column), VARCHAR] : [typeOf(part.column)]
    ),
    columns: all,
    add(row, only) {
      const length = all[0]?.length ?? 0
      const missing: string[] = []
      for (const { column, put, into } of parts) {
        const value = row[column.field]
        const absent =
          value === undefined && (column.optional || (only !== undefined && !only.has(column.field)))
        if (absent || (value === null && column.nullable)) {
          if (absent && column.optional) missing.push(column.name)
          for (const one of into) one.push(null)
        } else if (!put(value, into)) {
          for (const one of all) one.length = length
          return { path: column.field }
        }
      }
      return { missing }
    }
  }
}
