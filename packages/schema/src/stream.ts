import { Schema } from "effect"
import { columnsOf, type JsonSchema } from "./column.ts"
import { snakeCase } from "./name.ts"
import { PlimsollError } from "./plimsoll-error.ts"

/** Who may see a field: everyone, the own organisation, or nobody without a policy (`drop | hmac | generalise`). */
export type Sensitivity = "open" | "confidential" | "identifiable"

/** What stretch of time one row stands for, from the day or moment in its `occurredAt` field on. */
export type Covers = "instant" | "day" | "week" | "month" | "quarter"

type AnyStruct = Schema.Struct<Schema.Struct.Fields> & {
  readonly DecodingServices: never
  readonly EncodingServices: never
}
type FieldOf<S extends AnyStruct> = keyof S["fields"] & string

/** What {@link defineStream} takes. */
export interface StreamOptions<S extends AnyStruct> {
  /** Lower-case words joined by hyphens; no team, tool or producer, since a topic cannot be renamed. */
  readonly name: string
  /** The part of the service it speaks of: `urgent-care`. The middle part of the topic's name. */
  readonly domain: string
  /** The major version, 1 or more. A breaking change of the schema needs a new one. */
  readonly version: number
  readonly title: string
  readonly description?: string
  /** One row. Fields in camelCase; `Schema.String`, `Int`, `Finite`, `Boolean`, `Literals`, `Int64`, `Decimal`, `PlainDate`, `Instant`. */
  readonly schema: S
  /** The business key. Null: rows are facts without a name, told apart by their place in the source. */
  readonly key: readonly [FieldOf<S>, ...FieldOf<S>[]] | null
  /** The field that names the microsystem; rows of one microsystem stay in order. Null: the stream has none. */
  readonly microsystem: FieldOf<S> | null
  /** The field (PlainDate or Instant) that says when it happened. */
  readonly occurredAt: FieldOf<S>
  /** Default: `instant`. A row that sums up March, dated the 1st, covers `month`. */
  readonly covers?: Covers
  /** Every field, so that nobody forgets one. */
  readonly sensitivity: { readonly [F in FieldOf<S>]: Sensitivity }
  /** `sealed`: encrypted before the log (answers, stories, free text). Default: `open`. */
  readonly access?: "open" | "sealed"
  /**
   * Of a sealed stream, the field (a text) that says which key seals a row: the wave of an answer, the id of a story. Rows
   * with one key are erased together, by destroying it; the field itself stays readable on the log.
   */
  readonly sealedBy?: FieldOf<S>
}

/** A stream: one kind of row, its contract and its place on the log. Made by {@link defineStream}. */
export interface StreamDefinition<S extends AnyStruct = AnyStruct> {
  readonly name: string
  readonly domain: string
  readonly version: number
  readonly title: string
  readonly description: string
  readonly schema: S
  readonly key: ReadonlyArray<string> | null
  readonly microsystem: string | null
  readonly occurredAt: string
  readonly covers: Covers
  readonly sensitivity: { readonly [field: string]: Sensitivity }
  readonly access: "open" | "sealed"
  /** Only of a sealed stream. */
  readonly sealedBy?: string
}

const wrong = (name: string, message: string, suggestion: string) =>
  new PlimsollError({ code: "stream-invalid", message: `stream "${name}": ${message}`, suggestion })

/**
 * Declares a stream: the schema of its rows, what tells two rows apart, when they happened, and who may see
 * each field. Throws `stream-invalid` where the parts do not fit together.
 *
 * ```ts test
 * import { defineStream, PlainDate } from "@plimsoll/schema"
 * import { Schema } from "effect"
 *
 * const falls = defineStream({
 *   name: "falls",
 *   domain: "inpatient",
 *   version: 1,
 *   title: "Falls on a ward, one row a day",
 *   schema: Schema.Struct({ ward: Schema.String, day: PlainDate, falls: Schema.Int }),
 *   key: ["ward", "day"],
 *   microsystem: "ward",
 *   occurredAt: "day",
 *   covers: "day",
 *   sensitivity: { ward: "open", day: "open", falls: "open" }
 * })
 * falls.version // => 1
 * ```
 */
export const defineStream = <const S extends AnyStruct>(options: StreamOptions<S>): StreamDefinition<S> => {
  const { name } = options
  for (const [what, value] of [
    ["name", name],
    ["domain", options.domain]
  ] as const) {
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(value)) {
      throw wrong(
        name,
        `its ${what} must be lower-case words joined by hyphens`,
        `try "${snakeCase(value).replaceAll("_", "-")}"`
      )
    }
  }
  if (!Number.isInteger(options.version) || options.version < 1) {
    throw wrong(name, "its version must be a whole number from 1 on", "start with 1")
  }
  const columns = columnsOf(jsonSchemaOf(options.schema))
  const names = new Set<string>()
  for (const column of columns) {
    if (!/^[a-z][A-Za-z0-9]*$/.test(column.field) || names.has(column.name)) {
      throw wrong(
        name,
        `field "${column.field}" is not in camelCase, or two fields have one name in SQL`,
        "rename the field"
      )
    }
    names.add(column.name)
    if (!(column.field in options.sensitivity)) {
      throw wrong(
        name,
        `field "${column.field}" has no sensitivity`,
        'say "open", "confidential" or "identifiable"'
      )
    }
  }
  const at = columns.find((column) => column.field === options.occurredAt)
  if (
    at === undefined ||
    (at.type.kind !== "date" && at.type.kind !== "instant") ||
    at.nullable ||
    at.optional
  ) {
    throw wrong(
      name,
      "occurredAt must name a field of PlainDate or Instant that is always there",
      "add one to the schema"
    )
  }
  for (const field of [
    ...(options.key ?? []),
    ...(options.microsystem === null ? [] : [options.microsystem])
  ]) {
    const column = columns.find((one) => one.field === field)
    if (column === undefined || column.nullable || column.optional) {
      throw wrong(
        name,
        `field "${field}" is part of the key or names the microsystem, so it must always be there`,
        "make it required"
      )
    }
  }
  const sealed = options.access === "sealed"
  const by = columns.find((column) => column.field === options.sealedBy)
  if (sealed !== (options.sealedBy !== undefined)) {
    throw wrong(
      name,
      sealed ? "it is sealed, and does not say by what" : "it is open, and says what seals it",
      sealed
        ? "name in sealedBy the field whose rows share one key"
        : 'leave sealedBy out, or say access: "sealed"'
    )
  }
  if (sealed && (by === undefined || by.type.kind !== "text" || by.nullable || by.optional)) {
    throw wrong(name, "sealedBy must name a field of text that is always there", "add one to the schema")
  }
  return {
    name,
    domain: options.domain,
    version: options.version,
    title: options.title,
    description: options.description ?? "",
    schema: options.schema,
    key: options.key,
    microsystem: options.microsystem,
    occurredAt: options.occurredAt,
    covers: options.covers ?? "instant",
    sensitivity: options.sensitivity,
    access: options.access ?? "open",
    ...(options.sealedBy === undefined ? {} : { sealedBy: options.sealedBy })
  }
}

/** The JSON Schema (2020-12) of the wire form of a schema, definitions included under `$defs`. */
export const jsonSchemaOf = (schema: Schema.Constraint): JsonSchema => {
  const document = Schema.toJsonSchemaDocument(schema)
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...(document.schema as JsonSchema),
    ...(Object.keys(document.definitions).length === 0 ? {} : { $defs: document.definitions })
  }
}
