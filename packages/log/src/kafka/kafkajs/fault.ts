import { faultOf, KafkaFault } from "../client.ts"

/** Kafka's names of errors, where the library has its own or an older one. */
const names: { readonly [name: string]: string } = {
  NOT_LEADER_FOR_PARTITION: "NOT_LEADER_OR_FOLLOWER",
  GROUP_COORDINATOR_NOT_AVAILABLE: "COORDINATOR_NOT_AVAILABLE",
  NOT_COORDINATOR_FOR_GROUP: "NOT_COORDINATOR",
  GROUP_LOAD_IN_PROGRESS: "COORDINATOR_LOAD_IN_PROGRESS",
  KafkaJSSASLAuthenticationError: "SASL_AUTHENTICATION_FAILED",
  KafkaJSServerDoesNotSupportApiKey: "UNSUPPORTED_VERSION"
}

/** Errors that came after the library: it tells their number only. */
const later: { readonly [code: string]: string } = {
  "89": "THROTTLING_QUOTA_EXCEEDED",
  "90": "PRODUCER_FENCED",
  "120": "TRANSACTION_ABORTABLE"
}

const nameOf = (error: unknown): string => {
  if (!(error instanceof Error)) return "UNKNOWN"
  if ("type" in error && typeof error.type === "string") {
    const code = /^Unknown error code (-?\d+)$/.exec(error.message)?.[1]
    return code === undefined ? error.type : (later[code] ?? `ERROR_${code}`)
  }
  if (error.cause instanceof Error) return nameOf(error.cause)
  return "code" in error && typeof error.code === "string" ? error.code : error.name
}

const leaves = (error: unknown): ReadonlyArray<unknown> =>
  error instanceof Error && "errors" in error && Array.isArray(error.errors)
    ? error.errors.flatMap(leaves)
    : [error]

/** What went wrong, by kind. */
export const toFault = (error: unknown): KafkaFault => {
  if (error instanceof KafkaFault) return error
  const faults = leaves(error).map((leaf) => {
    const name = nameOf(leaf)
    return faultOf(names[name] ?? name, leaf)
  })
  return faults.findLast(({ kind }) => kind !== "unreachable") ?? faults.at(-1) ?? faultOf("UNKNOWN", error)
}

/** Names of errors after which another broker may be the one to ask. */
const moved = new Set([
  "NOT_LEADER_OR_FOLLOWER",
  "LEADER_NOT_AVAILABLE",
  "FENCED_LEADER_EPOCH",
  "UNKNOWN_LEADER_EPOCH",
  "UNKNOWN_TOPIC_OR_PARTITION"
])

/** Names of errors that the next try would meet as well. */
const lasting = new Set([
  "INVALID_TXN_STATE",
  "INVALID_PRODUCER_ID_MAPPING",
  "UNKNOWN_PRODUCER_ID",
  "OUT_OF_ORDER_SEQUENCE_NUMBER",
  "TRANSACTION_ABORTABLE"
])

/** Whether to try again, after a look for who is the one to ask. */
export const passes = ({ kind, reason }: KafkaFault): boolean =>
  moved.has(reason) || (kind === "unreachable" && !lasting.has(reason))
