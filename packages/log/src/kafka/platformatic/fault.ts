import { findErrorBy, GenericError, MultipleErrors } from "@platformatic/kafka"

import { faultOf, KafkaFault } from "../client.ts"

const names: { readonly [code: string]: string } = {
  PLT_KFK_AUTHENTICATION: "SASL_AUTHENTICATION_FAILED",
  PLT_KFK_UNSUPPORTED: "UNSUPPORTED_VERSION",
  PLT_KFK_UNSUPPORTED_API: "UNSUPPORTED_VERSION",
  PLT_KFK_UNSUPPORTED_COMPRESSION: "UNSUPPORTED_COMPRESSION_TYPE"
}

const leaves = (error: unknown): ReadonlyArray<unknown> =>
  error instanceof MultipleErrors || error instanceof AggregateError ? error.errors.flatMap(leaves) : [error]

/** The name of an error: Kafka's, where the broker gave one. */
const nameOf = (error: unknown): string => {
  if (!(error instanceof Error)) return "UNKNOWN"
  if ("apiId" in error && typeof error.apiId === "string") return error.apiId
  if (error.message.startsWith("Unknown topic ")) return "UNKNOWN_TOPIC_OR_PARTITION"
  const code = "code" in error ? String(error.code) : error.name
  const known = names[code]
  if (known !== undefined) return known
  return error.cause === undefined ? code : nameOf(error.cause)
}

/** What went wrong, by kind. Of several errors (a broker asked again and again) a definite one counts, else the last. */
export const toFault = (error: unknown): KafkaFault => {
  if (error instanceof KafkaFault) return error
  const faults = leaves(error).map((leaf) => faultOf(nameOf(leaf), leaf))
  return faults.findLast(({ kind }) => kind !== "unreachable") ?? faults.at(-1) ?? faultOf("UNKNOWN", error)
}

/** Whether the broker said this, by Kafka's name of it. */
export const said = (error: unknown, name: string): boolean =>
  error instanceof Error && GenericError.isGenericError(error as GenericError)
    ? findErrorBy(error, "apiId", name) !== null
    : false

/** Names of errors after which another broker may be the one to ask. */
const moved = new Set([
  "NOT_LEADER_OR_FOLLOWER",
  "LEADER_NOT_AVAILABLE",
  "FENCED_LEADER_EPOCH",
  "UNKNOWN_LEADER_EPOCH",
  "UNKNOWN_TOPIC_ID",
  "UNKNOWN_TOPIC_OR_PARTITION"
])

/** Whether to try again, after a look for who is the one to ask. */
export const passes = ({ kind, reason }: KafkaFault): boolean => moved.has(reason) || kind === "unreachable"
