import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { certificateFiles } from "./certificates.ts"

export interface KafkaUser {
  readonly username: string
  readonly password: string
}

/** The people of a secure cluster, as its folder remembers them. */
export interface Users {
  /** May do everything. */
  readonly user: KafkaUser
  /** Is known, and may do nothing. */
  readonly stranger: KafkaUser
}

export const makeUsers = (): Users => {
  const called = (username: string): KafkaUser => ({
    username,
    password: randomBytes(12).toString("base64url")
  })
  return { user: called("plimsoll"), stranger: called("stranger") }
}

/** The listeners that only a secure cluster has, and how each is spoken to. */
export const secureListeners = {
  tls: { name: "TLS", protocol: "SSL" },
  mutualTls: { name: "MUTUAL", protocol: "SSL" },
  sasl: { name: "SASL", protocol: "SASL_PLAINTEXT" },
  saslTls: { name: "SASLTLS", protocol: "SASL_SSL" }
} as const

export type SecureListener = keyof typeof secureListeners

const bearer = "org.apache.kafka.common.security.oauthbearer"

const saslSettings = (listener: string, { user, stranger }: Users): ReadonlyArray<[string, string]> => {
  const passwords = [user, stranger].map((one) => `user_${one.username}="${one.password}"`).join(" ")
  const scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
  const settings = {
    "plain.sasl.jaas.config": `org.apache.kafka.common.security.plain.PlainLoginModule required ${passwords};`,
    "scram-sha-256.sasl.jaas.config": scram,
    "scram-sha-512.sasl.jaas.config": scram,
    "oauthbearer.sasl.jaas.config": `${bearer}.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
    // Believes every token that nobody signed: good for tests, and for nothing else.
    "oauthbearer.sasl.server.callback.handler.class": `${bearer}.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler`
  }
  return Object.entries(settings).map(([name, value]) => [`listener.name.${listener}.${name}`, value])
}

/** What a secure cluster's brokers are told, beyond their listeners. */
export const securitySettings = (dir: string, users: Users): Readonly<Record<string, string>> => {
  const files = certificateFiles(dir)
  return {
    "ssl.keystore.type": "PEM",
    "ssl.keystore.location": files.broker,
    "ssl.truststore.type": "PEM",
    "ssl.truststore.location": files.ca,
    "listener.name.mutual.ssl.client.auth": "required",
    "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
    ...Object.fromEntries(["sasl", "sasltls"].flatMap((listener) => saslSettings(listener, users))),
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    // The brokers themselves, and whoever comes without credentials, are ANONYMOUS.
    "super.users": ["ANONYMOUS", users.user.username, `CN=${users.user.username}`]
      .map((name) => `User:${name}`)
      .join(";")
  }
}

/** SCRAM keeps its users in the cluster, so they come with the first formatting of its folders. */
export const scramUsers = ({ user, stranger }: Users): ReadonlyArray<string> =>
  ["SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap((mechanism) =>
    [user, stranger].flatMap(({ username, password }) => [
      "--add-scram",
      `${mechanism}=[name=${username},password=${password}]`
    ])
  )

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url")

/** A token that nobody signed, as the brokers here accept it. */
export const bearerToken = (subject: string, seconds: number): string => {
  const now = Math.floor(Date.now() / 1000)
  return `${base64({ alg: "none" })}.${base64({ sub: subject, iat: now, exp: now + seconds })}.`
}

/** How to come in to a secure cluster by another door than the plain one. */
export interface KafkaSecurity extends Users {
  /** `127.0.0.1:port` of each node. `mutualTls` asks for a certificate; the two of SASL know all four mechanisms. */
  readonly listeners: Readonly<Record<SecureListener, ReadonlyArray<string>>>
  /** The authority that signed the brokers' certificates. PEM. */
  readonly ca: string
  /** The certificate of a client that may do everything, and its key. PEM. */
  readonly cert: string
  readonly key: string
  /** A token for OAUTHBEARER. Default: of the user who may do everything, good for an hour; negative: run out. */
  readonly token: (subject?: string, seconds?: number) => string
}

export const securityOf = (
  dir: string,
  users: Users,
  listeners: KafkaSecurity["listeners"]
): KafkaSecurity => {
  const files = certificateFiles(dir)
  return {
    ...users,
    listeners,
    ca: readFileSync(files.ca, "utf8"),
    cert: readFileSync(files.clientCertificate, "utf8"),
    key: readFileSync(files.clientKey, "utf8"),
    token: (subject = users.user.username, seconds = 3600) => bearerToken(subject, seconds)
  }
}
