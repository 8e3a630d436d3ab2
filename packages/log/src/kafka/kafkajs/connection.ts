import type { KafkaConfig, SASLOptions } from "kafkajs"

import type { KafkaLogOptions, KafkaSasl } from "../options.ts"

const saslOf = (sasl: KafkaSasl): SASLOptions => {
  if (sasl.mechanism === "OAUTHBEARER") {
    const { token } = sasl
    return {
      mechanism: "oauthbearer",
      oauthBearerProvider: async () => ({ value: typeof token === "string" ? token : await token() })
    }
  }
  const { username, password } = sasl
  if (sasl.mechanism === "PLAIN") return { mechanism: "plain", username, password }
  return sasl.mechanism === "SCRAM-SHA-256"
    ? { mechanism: "scram-sha-256", username, password }
    : { mechanism: "scram-sha-512", username, password }
}

/** How the library reaches the brokers. `patience`: milliseconds that a request takes at the most. */
export const connectionConfig = (options: KafkaLogOptions, patience: number): KafkaConfig => {
  const { brokers, tls, sasl } = options
  return {
    clientId: "plimsoll",
    brokers: [...brokers],
    connectionTimeout: Math.min(5_000, patience),
    authenticationTimeout: Math.min(10_000, patience),
    requestTimeout: patience,
    ...(tls === undefined || tls === false ? {} : { ssl: tls === true ? true : { ...tls } }),
    ...(sasl === undefined ? {} : { sasl: saslOf(sasl) })
  }
}
