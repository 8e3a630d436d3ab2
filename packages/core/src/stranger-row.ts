import type { StreamContract } from "@plimsoll/schema"
import { type JsonSchema, Schema, SchemaIssue, SchemaRepresentation } from "effect"

type Fields = { readonly [field: string]: unknown }

/** Gives the path of the first thing that does not fit; undefined where all does. */
type Check = (fields: Fields) => ReadonlyArray<PropertyKey> | undefined

const checks = new WeakMap<object, Check>()

const made = (jsonSchema: StreamContract["jsonSchema"]): Check => {
  const { $schema: _, $defs: definitions = {}, ...schema } = jsonSchema as JsonSchema.JsonSchema
  const document = {
    dialect: "draft-2020-12",
    schema,
    definitions: definitions as JsonSchema.Definitions
  } as const
  let decode: (fields: Fields) => ReturnType<ReturnType<typeof Schema.decodeUnknownResult>>
  try {
    const translated = SchemaRepresentation.fromJsonSchemaDocument(document, { patterns: "apply" })
    decode = Schema.decodeUnknownResult(translated as Schema.Codec<unknown>)
  } catch {
    // A schema that says more than can be checked here: its types are checked all the same, column by column.
    return () => undefined
  }
  const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()
  return (fields) => {
    const decoded = decode(fields)
    if (decoded._tag === "Success") return undefined
    const [first] = issuesOf(decoded.failure.issue).issues
    return (first?.path ?? []).map((part) => (typeof part === "object" ? part.key : part))
  }
}

/**
 * Holds a row that our runtime did not decode to all that its stream's schema says: lists of values, ranges and
 * lengths. Its types are checked where it is landed, as those of every row.
 */
export const strangerMisfit = (
  contract: StreamContract,
  fields: Fields
): ReadonlyArray<PropertyKey> | undefined => {
  let check = checks.get(contract)
  if (check === undefined) checks.set(contract, (check = made(contract.jsonSchema)))
  return check(fields)
}
