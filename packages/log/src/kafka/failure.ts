import { PlimsollError } from "@plimsoll/schema"

import type { LogErrorCode } from "../log.ts"
import { type FaultKind, KafkaFault } from "./client.ts"

interface Words {
  readonly code: LogErrorCode
  readonly message: string
  readonly configPath?: string
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

type Closer = Pick<Words, "message" | "suggestion" | "configPath">

const user = (reason: string): Closer => ({
  message: `the brokers do not take this user (${reason})`,
  configPath: "kafka.sasl",
  suggestion: "check kafka.sasl: the mechanism, and the user and password, or whether the token has run out"
})
const untrusted = (reason: string): Closer => ({
  message: `the certificate of the brokers is not trusted (${reason})`,
  configPath: "kafka.tls",
  suggestion: 'give the authority that signed it: kafka.tls: { ca: readFileSync("ca.pem", "utf8") }'
})
const right =
  (what: string) =>
  (reason: string): Closer => ({
    message: `this user lacks a right on ${what} (${reason})`,
    suggestion: "`plimsoll doctor` names the rights that are missing, and the commands that give them"
  })
const away = (message: string, suggestion: string) => (): Closer => ({
  message,
  configPath: "kafka.brokers",
  suggestion
})

/** What is known more closely by its reason. */
const closer: { readonly [reason: string]: (reason: string) => Closer } = {
  SASL_AUTHENTICATION_FAILED: user,
  UNSUPPORTED_SASL_MECHANISM: user,
  ILLEGAL_SASL_STATE: user,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  CERT_HAS_EXPIRED: untrusted,
  CERT_NOT_YET_VALID: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: (reason) => ({
    message: `the certificate of a broker is for another name (${reason})`,
    configPath: "kafka.brokers",
    suggestion: "name the brokers as their certificates do"
  }),
  TLS_REQUIRED: () => ({
    message: "the brokers speak TLS only at this port",
    configPath: "kafka.tls",
    suggestion: "set kafka.tls, to true or to whom to trust, or name the port without TLS"
  }),
  TLS_HANDSHAKE_FAILED: () => ({
    message: "the brokers do not speak TLS at this port, or want another certificate",
    configPath: "kafka.tls",
    suggestion:
      "name the port with TLS, or take kafka.tls out; where they ask for a certificate, give cert and key"
  }),
  CERTIFICATE_REFUSED: () => ({
    message: "the brokers do not take our certificate, or ask for one",
    configPath: "kafka.tls",
    suggestion: "give cert and key in kafka.tls, signed by an authority that the brokers trust"
  }),
  CLOSED_AT_ONCE: () => ({
    message:
      "the brokers close the connection before they answer: they want to know who asks, or to be asked by TLS",
    configPath: "kafka",
    suggestion:
      "set kafka.sasl as the brokers ask for it; kafka.tls where the port speaks TLS, with cert and key where they ask for a certificate"
  }),
  TOPIC_AUTHORIZATION_FAILED: right("a topic"),
  GROUP_AUTHORIZATION_FAILED: right("a group"),
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: right("a transactional id"),
  CLUSTER_AUTHORIZATION_FAILED: right("the cluster, such as making topics"),
  TRANSACTION_OPEN: () => ({
    message: "a transaction of another writer is open, and hides what comes after it (TRANSACTION_OPEN)",
    suggestion:
      "the brokers end it when its timeout has passed; one that stays is found and ended by Kafka's kafka-transactions.sh find-hanging and abort"
  }),
  ENOTFOUND: away(
    "no address is known for the name of a broker (ENOTFOUND)",
    "check the names in kafka.brokers, and the name service of this machine"
  ),
  ECONNREFUSED: away(
    "nothing listens where the brokers should (ECONNREFUSED)",
    "check host and port in kafka.brokers, and that the cluster is up; what was acknowledged is kept"
  )
}

/** What went wrong, as an error of the log. */
export const failure = (error: unknown, what?: string): PlimsollError => {
  if (error instanceof PlimsollError) return error
  const fault =
    error instanceof KafkaFault
      ? error
      : new KafkaFault("unreachable", error instanceof Error ? error.name : "unknown", error)
  const told = { ...words[fault.kind](fault.reason), ...closer[fault.reason]?.(fault.reason) }
  return new PlimsollError(what === undefined ? told : { ...told, message: `${what}: ${told.message}` }, {
    cause: error
  })
}

/** The answer of a log, or a writer, that was closed. */
export const closed = (what: string): PlimsollError =>
  new PlimsollError({ code: "log-closed", message: `${what} is closed`, suggestion: "open it again" })
