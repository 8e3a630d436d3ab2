import type { JsonSchema } from "@plimsoll/schema"
import type { KafkaLogOptions, KafkaSasl } from "./kafka/options.ts"

/** What a document says of the brokers. It has no place for a password, a token or a key. */
export interface AsyncApiServer {
  /** Brokers to ask first, `host:port`. */
  readonly brokers: ReadonlyArray<string>
  /** Whether they speak TLS. Default: false. */
  readonly tls?: boolean
  /** Whether they ask for a certificate of ours. Default: false. */
  readonly certificate?: boolean
  /** How they ask who we are. Default: they do not. */
  readonly mechanism?: KafkaSasl["mechanism"]
  /** What stands before the name of every topic. */
  readonly prefix?: string
  /** Replicas that each topic was made with, where the project says. */
  readonly replication?: number
}

/** What a document may say of how a project reaches its brokers: all but what is secret. */
export const serverOf = (options: KafkaLogOptions): AsyncApiServer => {
  const { brokers, tls, sasl, prefix, replication } = options
  return {
    brokers,
    tls: tls !== undefined && tls !== false,
    certificate: typeof tls === "object" && tls.cert !== undefined,
    ...(sasl === undefined ? {} : { mechanism: sasl.mechanism }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(replication === undefined ? {} : { replication })
  }
}

const schemes: { readonly [mechanism in KafkaSasl["mechanism"]]: JsonSchema } = {
  PLAIN: { type: "plain", description: "SASL PLAIN: a user and password." },
  "SCRAM-SHA-256": { type: "scramSha256", description: "SASL SCRAM-SHA-256: a user and password." },
  "SCRAM-SHA-512": { type: "scramSha512", description: "SASL SCRAM-SHA-512: a user and password." },
  // AsyncAPI's own scheme for it wants the addresses of the identity provider, which a client's settings do not hold.
  OAUTHBEARER: {
    type: "http",
    scheme: "bearer",
    description: "SASL OAUTHBEARER: a token of the organisation's identity provider."
  }
}

/** The security schemes of the brokers, by name. */
export const securityOf = ({
  mechanism,
  certificate
}: AsyncApiServer): { readonly [name: string]: JsonSchema } => ({
  ...(mechanism === undefined ? {} : { sasl: schemes[mechanism] }),
  ...(certificate === true
    ? { certificate: { type: "X509", description: "A certificate that the brokers trust." } }
    : {})
})

/** The brokers, as servers. */
export const serversOf = (server: AsyncApiServer): { readonly [name: string]: JsonSchema } => {
  const { brokers, tls } = server
  const security = Object.keys(securityOf(server)).map((name) => ({
    $ref: `#/components/securitySchemes/${name}`
  }))
  return Object.fromEntries(
    brokers.map((host, at) => [
      `broker-${at + 1}`,
      {
        host,
        protocol: tls === true ? "kafka-secure" : "kafka",
        description:
          brokers.length === 1
            ? "The broker to ask first."
            : `One of ${brokers.length} brokers of one cluster to ask first.`,
        ...(security.length === 0 ? {} : { security })
      }
    ])
  )
}
