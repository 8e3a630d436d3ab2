/** Who we are to the brokers: a user and password, or a token of an identity provider. */
export type KafkaSasl =
  | {
      readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512"
      readonly username: string
      readonly password: string
    }
  | {
      readonly mechanism: "OAUTHBEARER"
      /** The token, or what gives a fresh one: it is asked for with every connection. */
      readonly token: string | (() => string | Promise<string>)
    }

/** How to know the brokers, and be known to them. Each is PEM text. */
export interface KafkaTls {
  /** Certificates of the authorities to trust. Default: those that Node trusts. */
  readonly ca?: string
  /** Our own certificate and its key, where the brokers ask for one. */
  readonly cert?: string
  readonly key?: string
}

/** The compressions that Kafka knows. */
export type KafkaCompression = "none" | "gzip" | "snappy" | "lz4" | "zstd"

/** How an event log on Kafka is reached, and how it is written. */
export interface KafkaLogOptions {
  /** Brokers to ask first, `host:port`. */
  readonly brokers: ReadonlyArray<string>
  /**
   * The library that speaks to them: `platformatic` (`@platformatic/kafka`) or `kafkajs` (2.2.4 and no other). Neither
   * comes with this package: add the one you name to your project. Default: `platformatic`.
   */
  readonly client?: "platformatic" | "kafkajs"
  /** Put before the name of every topic, group and transaction: two logs may so live on one cluster. Default: none. */
  readonly prefix?: string
  /** Replicas of each topic that is made. Default: 3, or as many as there are brokers. */
  readonly replication?: number
  /** Of what is written. `kafkajs` knows `none` and `gzip` only. Default: `none`. */
  readonly compression?: KafkaCompression
  /** `true`, or whom to trust. Default: no encryption. */
  readonly tls?: boolean | KafkaTls
  readonly sasl?: KafkaSasl
  /**
   * Of the group that holds a lease: `consumer` is KIP-848, which `kafkajs` does not know; all who want the same lease
   * must use the same. Default: `classic`.
   */
  readonly groupProtocol?: "classic" | "consumer"
  /**
   * Milliseconds after which the holder of a lease that gives no sign of life loses it. Brokers take 6,000 to 1,800,000
   * where nothing else is set (`group.min.session.timeout.ms`, `group.max.session.timeout.ms`). Of no effect with
   * `groupProtocol: "consumer"`: there it is the brokers' `group.consumer.session.timeout.ms`, or the setting
   * `consumer.session.timeout.ms` of the group: 45,000 where nothing else is set. Default: 10,000.
   */
  readonly sessionTimeout?: number
  /** Milliseconds after which the brokers abort a transaction that nobody ends. Default: 10,000. */
  readonly transactionTimeout?: number
  /** Milliseconds to wait for an answer before `log-unreachable`. Default: 30,000. */
  readonly requestTimeout?: number
}
