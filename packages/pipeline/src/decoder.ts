import type { ConnectorStream } from "@plimsoll/connector"
import { canonicalKey, timeOf, type WireRow } from "@plimsoll/log"
import { columnsOf, type Column, type StreamContract } from "@plimsoll/schema"
import { type Result, Schema, SchemaAST, SchemaIssue } from "effect"
import { misfit, type Protection, type ProtectedField } from "./policy.ts"
import { expectedText, textReader, unreadable } from "./text-value.ts"

/** What is wrong with one field of a row: where and what was expected, never the value. */
export interface Issue {
  readonly path: ReadonlyArray<string | number>
  readonly message: string
}

/** A row on its way to the log. */
export interface DecodedRow {
  readonly key: string | null
  readonly value: string
  /** The microsystem, where the stream has one. */
  readonly microsystem: string | undefined
  /** What seals it, where the stream is sealed. */
  readonly scope: string | undefined
  readonly time: string
  /** The day or instant of `occurredAt`, as on the wire. */
  readonly occurredAt: string
}

/** The key of a row that is gone, on its way to the log. */
export type Deletion = Pick<DecodedRow, "key" | "value" | "microsystem" | "scope">

/** A row that does not fit, and why. */
export class Undecoded {
  readonly issues: ReadonlyArray<Issue>

  constructor(issues: ReadonlyArray<Issue>) {
    this.issues = issues
  }
}

/** A transformation or check of the stream's own threw: what it said may hold the value. */
const broken = new Undecoded([{ path: [], message: "Expected a row that the stream's schema can read" }])

type Fields = { readonly [field: string]: unknown }

interface ReadColumn {
  readonly column: Column
  readonly read: ((text: string) => unknown) | undefined
}

const standard = SchemaIssue.makeFormatterStandardSchemaV1()

/** Every name of a property that a JSON Schema speaks of: only these may stand in the path of an issue. */
const namesIn = (schema: unknown, names = new Set<string>()): ReadonlySet<string> => {
  if (typeof schema !== "object" || schema === null) return names
  for (const [name, value] of Object.entries(schema)) {
    if (name === "properties") for (const property of Object.keys(value as object)) names.add(property)
    namesIn(value, names)
  }
  return names
}

/** Whether a text repeats a word of four letters or more that stands in the source's values. */
const repeats = (message: string, values: ReadonlyArray<unknown>): boolean =>
  values.some((value) =>
    (typeof value === "string" ? value : (JSON.stringify(value) ?? ""))
      .split(/[^\p{L}\p{N}]+/u)
      .some((word) => word.length >= 4 && message.includes(word))
  )

/** The message, unless it repeats what stood in the source. */
export const withoutValues = (message: string, values: ReadonlyArray<unknown>, instead: string): string =>
  repeats(message, values) ? instead : message

/** A schema there and back. */
interface Codec {
  /** Stops at the first issue: most rows have none. */
  readonly decode: (input: unknown) => Result.Result<unknown, Schema.SchemaError>
  /** Tells every issue. */
  readonly explain: (input: unknown) => Result.Result<unknown, Schema.SchemaError>
  /** Undefined where the schema changes nothing on the way in, so that there is no way back. */
  readonly encode: ((value: unknown) => Result.Result<unknown, Schema.SchemaError>) | undefined
}

/** @param exact whether a field that the schema does not know is an issue; fields of text are picked by name before */
const codecOf = (schema: Schema.Struct<Schema.Struct.Fields>, exact: boolean): Codec => {
  const self: Schema.Codec<unknown, unknown> = schema as never
  const excess = exact ? ({ onExcessProperty: "error" } as const) : {}
  const same = SchemaAST.toType(self.ast) === SchemaAST.toEncoded(self.ast)
  return {
    decode: Schema.decodeUnknownResult(self, { errors: "first", ...excess }),
    explain: Schema.decodeUnknownResult(self, { errors: "all", ...excess }),
    encode: same ? undefined : Schema.encodeUnknownResult(self, { errors: "all" })
  }
}

/**
 * Turns what a source gave into rows of the wire: text by the column's kind, then the stream's schema there and
 * back, then the policies. Nothing is cast, trimmed or rounded.
 */
export class Decoder {
  readonly #columns: ReadonlyArray<ReadColumn>
  readonly #isText: boolean
  readonly #contract: StreamContract
  readonly #protected: ReadonlyArray<ProtectedField>
  readonly #names: ReadonlySet<string>
  readonly #whole: Codec
  readonly #keyOnly: Codec | undefined
  readonly #plainKey: boolean

  constructor(stream: ConnectorStream, contract: StreamContract, protection: Protection) {
    const { schema, key } = stream.definition
    this.#columns = columnsOf(contract.jsonSchema).map((column) => ({
      column,
      read: textReader(column.type)
    }))
    this.#isText = stream.encoding === "text"
    this.#contract = contract
    this.#protected = protection.fields
    this.#names = namesIn(contract.jsonSchema)
    this.#whole = codecOf(schema, !this.#isText)
    this.#keyOnly =
      key === null
        ? undefined
        : codecOf(
            Schema.Struct(Object.fromEntries(key.map((field) => [field, schema.fields[field]!]))),
            !this.#isText
          )
    this.#plainKey = this.#columns.every(
      ({ column }) => column.type.kind !== "json" || !key?.includes(column.field)
    )
  }

  /** One row: everything that goes to the log of it, or why it does not fit. */
  row(fields: Fields): DecodedRow | Undecoded {
    try {
      return this.#row(fields)
    } catch {
      return broken
    }
  }

  #row(fields: Fields): DecodedRow | Undecoded {
    const wire = this.#wire(fields, this.#whole, this.#columns)
    if (wire instanceof Undecoded) return wire
    const occurredAt = String(wire[this.#contract.occurredAt])
    const { microsystem } = this.#contract
    return {
      key: this.#key(wire),
      value: JSON.stringify(wire),
      microsystem: microsystem === null ? undefined : String(wire[microsystem]),
      scope: this.#scope(wire),
      time: timeOf(occurredAt),
      occurredAt
    }
  }

  /** The key of a row that is gone. Undefined where the stream has no key. */
  deletion(fields: Fields): Deletion | Undecoded | undefined {
    if (this.#keyOnly === undefined) return undefined
    try {
      return this.#deletion(fields, this.#keyOnly)
    } catch {
      return broken
    }
  }

  #deletion(fields: Fields, codec: Codec): Deletion | Undecoded {
    const { key, microsystem } = this.#contract
    const columns = this.#columns.filter(({ column }) => key!.includes(column.field))
    const wire = this.#wire(fields, codec, columns)
    if (wire instanceof Undecoded) return wire
    const known = microsystem !== null && key!.includes(microsystem)
    return {
      key: this.#key(wire),
      value: JSON.stringify(wire),
      microsystem: known ? String(wire[microsystem]) : undefined,
      scope: this.#scope(wire)
    }
  }

  #scope(wire: WireRow): string | undefined {
    const { sealedBy } = this.#contract
    return sealedBy === undefined || !(sealedBy in wire) ? undefined : String(wire[sealedBy])
  }

  #key(wire: WireRow): string | null {
    const { key } = this.#contract
    if (key === null || !this.#plainKey) return canonicalKey(key, wire)
    return JSON.stringify(key.map((field) => wire[field]))
  }

  #wire(fields: Fields, codec: Codec, columns: ReadonlyArray<ReadColumn>): WireRow | Undecoded {
    let issues: Issue[] | undefined
    let input = fields
    if (this.#isText) {
      const read: { [field: string]: unknown } = {}
      for (const one of columns) {
        const { field } = one.column
        const raw = fields[field]
        if (raw === undefined) continue
        const value = one.read === undefined || typeof raw !== "string" ? raw : one.read(raw)
        if (value === unreadable)
          (issues ??= []).push({ path: [field], message: expectedText(one.column.type) })
        else read[field] = value
      }
      input = read
    }
    const decoded = codec.decode(input)
    if (decoded._tag === "Failure" || issues !== undefined) {
      const all = codec.explain(input)
      const more = all._tag === "Failure" ? this.#issues(all.failure.issue, fields) : []
      const said = new Set((issues ?? []).map((issue) => issue.path[0]))
      return new Undecoded([...(issues ?? []), ...more.filter((issue) => !said.has(issue.path[0]!))])
    }
    const encoded = codec.encode?.(decoded.success) ?? decoded
    if (encoded._tag === "Failure") return new Undecoded(this.#issues(encoded.failure.issue, fields))
    return this.#protected.length === 0
      ? (encoded.success as WireRow)
      : this.#protect(encoded.success as WireRow)
  }

  #protect(wire: WireRow): WireRow | Undecoded {
    const row: { [field: string]: unknown } = { ...wire }
    for (const { field, apply, expected } of this.#protected) {
      if (!(field in row)) continue
      const value = apply(row[field])
      if (value === misfit) return new Undecoded([{ path: [field], message: expected }])
      if (value === undefined) delete row[field]
      else row[field] = value
    }
    return row
  }

  #issues(issue: SchemaIssue.Issue, fields: Fields): ReadonlyArray<Issue> {
    const values = Object.values(fields)
    return standard(issue).issues.map(({ path = [], message }) => {
      const steps = path.map((step) => (typeof step === "object" ? step.key : step))
      const known = steps.map((step) =>
        typeof step === "number" || (typeof step === "string" && this.#names.has(step)) ? step : "*"
      )
      const column = this.#columns.find((one) => one.column.field === known[0])?.column
      const instead = column === undefined ? "Expected another value" : expectedText(column.type)
      const hidden = this.#protected.some((one) => one.field === known[0]) && message !== "Missing key"
      return { path: known, message: hidden ? instead : withoutValues(message, values, instead) }
    })
  }
}
