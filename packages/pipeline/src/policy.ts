import {
  columnsOf,
  type Column,
  type JsonSchema,
  PlimsollError,
  type StreamContract,
  type StreamDefinition
} from "@plimsoll/schema"
import { Redacted } from "effect"
import { createHmac } from "node:crypto"

/**
 * How coarse a value becomes. `year`, `month`: a day or instant becomes the first of its year or month (in UTC).
 * `outward-postcode`: the first half of a British postcode. `{ characters: n }`: the first n characters of a text.
 */
export type Generalisation = "year" | "month" | "outward-postcode" | { readonly characters: number }

/**
 * What happens to an identifiable field before the log. `drop`: it is left out. `hmac`: HMAC-SHA-256 in hex, a
 * pseudonym and not anonymity; the key is at least 32 bytes. `generalise`: it becomes coarser.
 */
export type Policy =
  | { readonly policy: "drop" }
  | { readonly policy: "hmac"; readonly key: string | Redacted.Redacted<string> }
  | { readonly policy: "generalise"; readonly to: Generalisation }

/** The policies of one stream, by field. */
export type Policies = { readonly [field: string]: Policy }

/** What a protected field becomes. Undefined: the value does not fit the policy. */
type Apply = (value: unknown) => unknown

/** A field with its policy, ready to be applied. */
export interface ProtectedField {
  readonly field: string
  readonly policy: Policy["policy"]
  /** On a row of the wire: undefined leaves the field out, {@link misfit} refuses the row. */
  readonly apply: Apply
  readonly expected: string
}

/** What a policy gives for a value that it cannot be applied to. */
export const misfit = Symbol("misfit")

/** The protection of one stream. */
export interface Protection {
  readonly fields: ReadonlyArray<ProtectedField>
  /** The key of the first `hmac` policy, which also keeps the digests of what cannot be taken apart from being guessed. */
  readonly digestKey: string | undefined
}

const outward = /^([A-Z]{1,2}\d[A-Z\d]?)(?:\d[A-Z]{2})?$/

const coarse = (to: Generalisation): Apply => {
  if (typeof to === "object") {
    return (value) => (typeof value === "string" ? [...value].slice(0, to.characters).join("") : misfit)
  }
  if (to === "outward-postcode") {
    return (value) => {
      const found = typeof value === "string" ? outward.exec(value.replaceAll(" ", "").toUpperCase()) : null
      return found === null ? misfit : found[1]
    }
  }
  const kept = to === "year" ? 4 : 7
  return (value) => {
    if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}/.test(value)) return misfit
    const day = `${value.slice(0, kept)}-01-01`.slice(0, 10)
    return value.length === 10 ? day : `${day}T00:00:00.000000Z`
  }
}

const unfit = (path: string, message: string, suggestion: string) =>
  new PlimsollError({ code: "policy-unfit", message, configPath: path, suggestion })

const keyOf = (policy: Extract<Policy, { readonly policy: "hmac" }>): string =>
  typeof policy.key === "string" ? policy.key : Redacted.value(policy.key)

const protect = (path: string, column: Column, policy: Policy, isKey: boolean): ProtectedField => {
  const { field } = column
  if (isKey && policy.policy !== "hmac") {
    throw unfit(
      path,
      `field "${field}" is part of the key, so it cannot be dropped or generalised`,
      'use { policy: "hmac", key }'
    )
  }
  const orNull =
    (apply: Apply): Apply =>
    (value) =>
      value === null || value === undefined ? value : apply(value)
  switch (policy.policy) {
    case "drop": {
      if (!column.nullable && !column.optional) {
        throw unfit(
          path,
          `field "${field}" must always be there, so it cannot be dropped`,
          "make it optional or nullable in the schema, or choose another policy"
        )
      }
      const left = column.optional ? undefined : null
      return { field, policy: "drop", apply: () => left, expected: "" }
    }
    case "hmac": {
      if (column.type.kind !== "text") {
        throw unfit(
          path,
          `field "${field}" is not a text, so it cannot become an HMAC`,
          "drop or generalise it"
        )
      }
      const key = keyOf(policy)
      if (Buffer.byteLength(key) < 32) {
        throw unfit(
          `${path}.key`,
          "the key of an HMAC must have at least 32 bytes",
          "make one with `openssl rand -hex 32`"
        )
      }
      const apply: Apply = (value) =>
        createHmac("sha256", key)
          .update(typeof value === "string" ? value : JSON.stringify(value))
          .digest("hex")
      return { field, policy: "hmac", apply: orNull(apply), expected: "" }
    }
    case "generalise": {
      const { to } = policy
      const timely = to === "year" || to === "month"
      const fits = timely ? ["date", "instant"].includes(column.type.kind) : column.type.kind === "text"
      const counted = typeof to !== "object" || (Number.isInteger(to.characters) && to.characters > 0)
      if (!fits || !counted) {
        throw unfit(
          `${path}.to`,
          `field "${field}" cannot be generalised like that`,
          'a day or instant to "year" or "month", a text to "outward-postcode" or { characters: 1, 2, … }'
        )
      }
      const expected = to === "outward-postcode" ? "Expected a British postcode" : ""
      return { field, policy: "generalise", apply: orNull(coarse(to)), expected }
    }
  }
}

/**
 * Joins a stream with its policies. Throws `policy-missing` where an identifiable field has none, `policy-unfit`
 * where one cannot be applied, `policy-unknown` where the stream has no such field.
 */
export const protectionOf = (
  stream: StreamDefinition,
  contract: StreamContract,
  policies: Policies
): Protection => {
  const base = `policies.${stream.name}`
  const columns = columnsOf(contract.jsonSchema)
  for (const field of Object.keys(policies)) {
    if (columns.some((column) => column.field === field)) continue
    throw new PlimsollError({
      code: "policy-unknown",
      message: `stream "${stream.name}" has no field "${field}"`,
      configPath: `${base}.${field}`,
      suggestion: `its fields are ${columns.map((column) => column.field).join(", ")}`
    })
  }
  const fields = columns.flatMap((column): ReadonlyArray<ProtectedField> => {
    const policy = policies[column.field]
    const path = `${base}.${column.field}`
    if (policy !== undefined) {
      return [protect(path, column, policy, stream.key?.includes(column.field) === true)]
    }
    if (stream.sensitivity[column.field] !== "identifiable") return []
    throw new PlimsollError({
      code: "policy-missing",
      message: `field "${column.field}" of stream "${stream.name}" is identifiable and has no policy`,
      configPath: path,
      suggestion: 'choose { policy: "drop" }, { policy: "hmac", key } or { policy: "generalise", to }'
    })
  })
  const hmac = Object.values(policies).find((policy) => policy.policy === "hmac")
  return { fields, digestKey: hmac === undefined ? undefined : keyOf(hmac) }
}

/** The contract of what is really on the log: a text under a policy is any text, whatever its schema asked of the source. */
export const protectedContract = (contract: StreamContract, protection: Protection): StreamContract => {
  const columns = new Map(columnsOf(contract.jsonSchema).map((column) => [column.field, column]))
  const properties: { [field: string]: unknown } = { ...(contract.jsonSchema["properties"] as JsonSchema) }
  for (const { field, policy } of protection.fields) {
    const column = columns.get(field)!
    if (policy === "drop" || column.type.kind !== "text") continue
    const description = column.description === undefined ? {} : { description: column.description }
    properties[field] = column.nullable
      ? { anyOf: [{ type: "string" }, { type: "null" }], ...description }
      : { type: "string", ...description }
  }
  return protection.fields.length === 0
    ? contract
    : { ...contract, jsonSchema: { ...contract.jsonSchema, properties } }
}
