import { PlimsollError } from "@plimsoll/schema"

import type { LogErrorCode } from "../log.ts"
import { type FaultKind, KafkaFault } from "./client.ts"

interface Words {
  readonly code: LogErrorCode
  readonly message: string
  readonly suggestion: string
  readonly transient?: true
}

const words: { readonly [kind in FaultKind]: (reason: string) => Words } = {
  fenced: (reason) => ({
    code: "log-fenced",
    message: `another writer has taken over (${reason})`,
    suggestion:
      "only one process may run this project's instance: stop one of the two, or give it its own instance name"
  }),
  "topic-missing": (reason) => ({
    code: "log-topic-missing",
    message: `the cluster has no such topic (${reason})`,
    suggestion: "make it with ensureTopics before the first append or read, or allow this user to see it"
  }),
  "out-of-range": (reason) => ({
    code: "log-offset-out-of-range",
    message: `the partition has no such offset (${reason})`,
    suggestion: "read from an offset between its first and its end"
  }),
  refused: (reason) => ({
    code: "log-refused",
    message: `the brokers refuse what this user asks for (${reason})`,
    suggestion:
      "check kafka.sasl (mechanism, user, password or token) and kafka.tls, and the rights of the user on topics, groups and transactional ids with the project's prefix"
  }),
  invalid: (reason) => ({
    code: "log-failed",
    message: `the brokers do not take this (${reason})`,
    suggestion:
      reason === "MESSAGE_TOO_LARGE" || reason === "RECORD_LIST_TOO_LARGE"
        ? "raise max.message.bytes of the topic; nothing of this append was written"
        : "look up the reason in Kafka's list of errors; nothing was written"
  }),
  unsupported: (reason) => ({
    code: "log-unsupported",
    message: `the client or the brokers cannot do this (${reason})`,
    suggestion: 'take client: "platformatic", which knows every compression, and brokers from Kafka 3.6 on'
  }),
  unreachable: (reason) => ({
    code: "log-unreachable",
    message: `the brokers do not answer as they should (${reason})`,
    suggestion: "check kafka.brokers and that the cluster is up; what was acknowledged is kept",
    transient: true
  })
}

/** What went wrong, as an error of the log. */
export const failure = (error: unknown, what?: string): PlimsollError => {
  if (error instanceof PlimsollError) return error
  const fault =
    error instanceof KafkaFault
      ? error
      : new KafkaFault("unreachable", error instanceof Error ? error.name : "unknown", error)
  const told = words[fault.kind](fault.reason)
  return new PlimsollError(what === undefined ? told : { ...told, message: `${what}: ${told.message}` }, {
    cause: error
  })
}

/** The answer of a log, or a writer, that was closed. */
export const closed = (what: string): PlimsollError =>
  new PlimsollError({ code: "log-closed", message: `${what} is closed`, suggestion: "open it again" })
