import { PlimsollError } from "@plimsoll/schema"
import { afterAll, beforeAll, expect, it } from "vitest"
import { describeKafka } from "../../../test/kafka-broker.ts"
import { type Kafka, startKafka } from "../../../scripts/kafka/cluster.ts"
import type { KafkaSecurity } from "../../../scripts/kafka/security.ts"
import { type KafkaLogOptions, openKafkaLog, surveyKafka } from "../src/index.ts"

const clients = ["platformatic", "kafkajs"] as const
type Door = Omit<KafkaLogOptions, "client" | "prefix">

/** The ways in: each with credentials that the brokers take. */
const doors = ({
  listeners,
  ca,
  cert,
  key,
  user,
  token
}: KafkaSecurity): { readonly [name: string]: Door } => ({
  TLS: { brokers: listeners.tls, tls: { ca } },
  "TLS with a certificate of ours": { brokers: listeners.mutualTls, tls: { ca, cert, key } },
  PLAIN: { brokers: listeners.sasl, sasl: { mechanism: "PLAIN", ...user } },
  "SCRAM-SHA-256": { brokers: listeners.sasl, sasl: { mechanism: "SCRAM-SHA-256", ...user } },
  "SCRAM-SHA-512": { brokers: listeners.sasl, sasl: { mechanism: "SCRAM-SHA-512", ...user } },
  OAUTHBEARER: { brokers: listeners.sasl, sasl: { mechanism: "OAUTHBEARER", token: token() } },
  "SCRAM-SHA-512 over TLS": {
    brokers: listeners.saslTls,
    tls: { ca },
    sasl: { mechanism: "SCRAM-SHA-512", ...user }
  },
  "OAUTHBEARER over TLS, with a fresh token each time": {
    brokers: listeners.saslTls,
    tls: { ca },
    sasl: { mechanism: "OAUTHBEARER", token: () => Promise.resolve(token()) }
  }
})

interface Wrong {
  readonly door: Door
  readonly code: string
  readonly configPath: string | undefined
}

/** What a person gets wrong. */
const mistakes = (
  plain: ReadonlyArray<string>,
  { listeners, ca, user, stranger, token }: KafkaSecurity
): { readonly [name: string]: Wrong } => {
  const at = (
    brokers: ReadonlyArray<string>,
    rest: Omit<Door, "brokers">,
    code: string,
    configPath?: string
  ) => ({
    door: { brokers, ...rest },
    code,
    configPath
  })
  const refused = "log-refused"
  const { sasl, saslTls, tls, mutualTls } = listeners
  const wrong = { ...user, password: "canary-secret" }
  return {
    "a wrong password, PLAIN": at(sasl, { sasl: { mechanism: "PLAIN", ...wrong } }, refused, "kafka.sasl"),
    "a wrong password, SCRAM": at(
      saslTls,
      { tls: { ca }, sasl: { mechanism: "SCRAM-SHA-512", ...wrong } },
      refused,
      "kafka.sasl"
    ),
    "a user nobody knows": at(
      sasl,
      { sasl: { mechanism: "SCRAM-SHA-256", username: "nobody", password: "canary-secret" } },
      refused,
      "kafka.sasl"
    ),
    "a token that has run out": at(
      sasl,
      { sasl: { mechanism: "OAUTHBEARER", token: token(undefined, -60) } },
      refused,
      "kafka.sasl"
    ),
    "a user without rights": at(sasl, { sasl: { mechanism: "PLAIN", ...stranger } }, refused),
    "an authority nobody named": at(tls, { tls: true }, refused, "kafka.tls"),
    "no certificate where one is asked for": at(mutualTls, { tls: { ca } }, refused),
    "no TLS where it is spoken": at(tls, {}, refused),
    "TLS where it is not spoken": at(plain, { tls: { ca } }, refused, "kafka.tls"),
    "no credentials where they are asked for": at(sasl, {}, refused),
    "credentials where none are asked for": at(
      plain,
      { sasl: { mechanism: "PLAIN", ...user } },
      refused,
      "kafka.sasl"
    ),
    "a port nobody listens at": at(["127.0.0.1:1"], {}, "log-unreachable", "kafka.brokers"),
    "a name without an address": at(["kafka.invalid:9092"], {}, "log-unreachable", "kafka.brokers")
  }
}

const failureOf = async (work: Promise<unknown>): Promise<PlimsollError> => {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause
  )
  expect(error).toBeInstanceOf(PlimsollError)
  return error as PlimsollError
}

describeKafka("a cluster with TLS, SASL and rights", () => {
  let kafka: Kafka
  beforeAll(async () => {
    kafka = await startKafka({ secure: true })
  }, 120_000)
  afterAll(() => kafka.stop())

  it.each(clients)("is written to and read by every door, by %s", { timeout: 120_000 }, async (client) => {
    const prefix = `${client}.`
    for (const [name, door] of Object.entries(doors(kafka.secure!))) {
      const log = await openKafkaLog({ ...door, client, prefix })
      try {
        await log.ensureTopics([{ topic: "doors", partitions: 1, cleanup: "keep" }])
        const writer = await log.writer("door")
        const record = { key: null, value: JSON.stringify(name), partitionKey: "a", headers: {} }
        const [written] = await writer.append([{ topic: "doors", headers: {}, records: [record] }])
        const { records } = await log.read("doors", 0, written!.first)
        expect(records.map(({ value }) => value)).toEqual([JSON.stringify(name)])
        const lease = await log.lease("door")
        await lease.release()
      } finally {
        await log.close()
      }
    }
  })

  it.each(clients)(
    "tells what is wrong, soon and without a secret, by %s",
    { timeout: 240_000 },
    async (client) => {
      for (const [name, { door, code, configPath }] of Object.entries(
        mistakes(kafka.brokers, kafka.secure!)
      )) {
        const began = performance.now()
        const error = await failureOf(openKafkaLog({ ...door, client, prefix: "wrong." }))
        const seconds = (performance.now() - began) / 1000
        expect({ name, code: error.code }).toEqual({ name, code })
        if (configPath !== undefined) expect({ name, at: error.configPath }).toEqual({ name, at: configPath })
        expect(error.suggestion, name).toBeTruthy()
        expect(seconds, name).toBeLessThan(20)
        const { password } = kafka.secure!.user
        for (let one: unknown = error; one instanceof Error; one = one.cause)
          for (const secret of [password, "canary-secret"]) expect(String(one), name).not.toContain(secret)
      }
    }
  )

  it.each(clients)(
    "tells which rights a user lacks, and writes nothing, by %s",
    { timeout: 60_000 },
    async (client) => {
      const { listeners, user, stranger } = kafka.secure!
      const prefix = `rights-${client}.`
      const log = await openKafkaLog({ brokers: kafka.brokers, client, prefix })
      await log.ensureTopics([{ topic: "facts", partitions: 2, cleanup: "keep" }])
      await log.close()
      const as = (who: typeof user) =>
        surveyKafka(
          { brokers: listeners.sasl, client, prefix, sasl: { mechanism: "PLAIN", ...who } },
          { topics: ["facts", "more"], id: "plimsoll.test.doctor" }
        )
      const all = await as(user)
      expect(all).toMatchObject({ brokers: 1, hasLog: true, lacking: [] })
      expect(all.topics).toEqual([
        { topic: "facts", state: "there", partitions: 2, replication: 1, kept: { cleanup: "keep" } },
        { topic: "more", state: "missing", partitions: 0, replication: 0 }
      ])
      const none = await as(stranger)
      expect(none.topics.map(({ state }) => state)).toEqual(["hidden", "hidden"])
      expect(new Set(none.lacking.map(({ resource }) => resource))).toEqual(
        new Set(["topic", "transactional-id", "group"])
      )
    }
  )
})
