import { PlimsollError } from "./plimsoll-error.ts"
import { snakeCase } from "./name.ts"

/** A JSON Schema (2020-12) as this package reads it: plain data. */
export type JsonSchema = { readonly [key: string]: unknown }

/** How a field travels and is stored. */
export type ColumnType =
  | { readonly kind: "text" | "boolean" | "integer" | "number" | "int64" | "date" | "instant" | "json" }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }

/** One field of a stream as a column. */
export interface Column {
  /** camelCase: in TypeScript and JSON. */
  readonly field: string
  /** snake_case: in SQL. An instant `x` has a second column `x_zone`. */
  readonly name: string
  readonly type: ColumnType
  readonly nullable: boolean
  /** The key may be missing. Told from null by the column `_missing`. */
  readonly optional: boolean
  readonly description: string | undefined
}

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const resolve = (schema: JsonSchema, root: JsonSchema): JsonSchema => {
  const parts = Array.isArray(schema["allOf"]) ? schema["allOf"].filter(isObject) : []
  const merged = Object.assign({}, ...parts.map((part) => resolve(part, root)), schema)
  const name = typeof schema["$ref"] === "string" ? schema["$ref"].split("/").at(-1)! : undefined
  const target = name === undefined ? undefined : (root["$defs"] as JsonSchema | undefined)?.[name]
  return isObject(target) ? { ...resolve(target, root), ...merged } : merged
}

const typeOf = (schema: JsonSchema): ColumnType => {
  switch (schema["type"]) {
    case "boolean":
      return { kind: "boolean" }
    case "integer":
      return { kind: "integer" }
    case "number":
      return { kind: "number" }
    case "string":
      switch (schema["format"]) {
        case "int64":
          return { kind: "int64" }
        case "date":
          return { kind: "date" }
        case "instant":
          return { kind: "instant" }
        case "decimal":
          return {
            kind: "decimal",
            precision: Number(schema["x-precision"]),
            scale: Number(schema["x-scale"])
          }
        default:
          return { kind: "text" }
      }
    default:
      return { kind: "json" }
  }
}

/**
 * The columns of a stream from its JSON Schema alone, which is all that the analytic core ever sees of a
 * stream. Unions other than with null, arrays and objects become one JSON column.
 */
export const columnsOf = (schema: JsonSchema): ReadonlyArray<Column> => {
  const properties = schema["properties"]
  if (schema["type"] !== "object" || !isObject(properties)) {
    throw new PlimsollError({
      code: "schema-not-a-struct",
      message: "a stream's schema must be a Struct",
      suggestion: "define the stream with Schema.Struct({ … })"
    })
  }
  const required = new Set(Array.isArray(schema["required"]) ? schema["required"] : [])
  return Object.entries(properties).map(([field, raw]) => {
    const property = resolve(raw as JsonSchema, schema)
    const options = Array.isArray(property["anyOf"]) ? property["anyOf"].filter(isObject) : [property]
    const some = options.filter((option) => option["type"] !== "null")
    return {
      field,
      name: snakeCase(field),
      type: some.length === 1 ? typeOf(resolve(some[0]!, schema)) : { kind: "json" },
      nullable: some.length < options.length,
      optional: !required.has(field),
      description: typeof property["description"] === "string" ? property["description"] : undefined
    }
  })
}

const sqlTypes = {
  text: "VARCHAR",
  boolean: "BOOLEAN",
  integer: "BIGINT",
  number: "DOUBLE",
  int64: "BIGINT",
  date: "DATE",
  instant: "TIMESTAMPTZ",
  json: "JSON"
} as const

/** The DuckDB type of a column. */
export const duckType = (type: ColumnType): string =>
  type.kind === "decimal" ? `DECIMAL(${type.precision}, ${type.scale})` : sqlTypes[type.kind]

/** The column definitions of a DuckDB table: `"org_code" VARCHAR NOT NULL, …`. */
export const duckColumns = (columns: ReadonlyArray<Column>): ReadonlyArray<string> =>
  columns.flatMap((column) => {
    const rest = column.nullable || column.optional ? "" : " NOT NULL"
    const own = `"${column.name}" ${duckType(column.type)}${rest}`
    return column.type.kind === "instant" ? [own, `"${column.name}_zone" VARCHAR${rest}`] : [own]
  })
