import { expect, it } from "vitest"
import { kafkaProblems } from "./kafka-config.ts"

const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
const key = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"
const scram = { mechanism: "SCRAM-SHA-512", username: "plimsoll", password: "canary-secret" }
const good = {
  brokers: ["kafka-1.example.org:9092", "127.0.0.1:1", "[::1]:65535"],
  client: "platformatic",
  prefix: "test.",
  replication: 3,
  compression: "zstd",
  tls: { ca: certificate, cert: certificate, key },
  sasl: scram,
  groupProtocol: "consumer",
  sessionTimeout: 10_000,
  transactionTimeout: 10_000,
  requestTimeout: 30_000
}

it("passes what fits", () => {
  expect(kafkaProblems(good)).toEqual([])
  expect(kafkaProblems({ brokers: ["localhost:9092"], tls: true, compression: undefined })).toEqual([])
  expect(
    kafkaProblems({ ...good, sasl: { mechanism: "OAUTHBEARER", token: () => "canary-secret" } })
  ).toEqual([])
})

it.each([
  ["kafka.brokers", { brokers: undefined }],
  ["kafka.brokers", { brokers: [] }],
  ["kafka.brokers", { brokers: "localhost:9092" }],
  ["kafka.brokers[1]", { brokers: ["a:1", "localhost"] }],
  ["kafka.brokers[0]", { brokers: ["localhost:70000"] }],
  ["kafka.brokers[0]", { brokers: ["canary-secret:canary-secret@host:9092"] }],
  ["kafka.brokers[0]", { brokers: ["kafka://localhost:9092"] }],
  ["kafka.client", { client: "kafka-js" }],
  ["kafka.prefix", { prefix: "my prefix" }],
  ["kafka.prefix", { prefix: "" }],
  ["kafka.replication", { replication: 0 }],
  ["kafka.replication", { replication: 1.5 }],
  ["kafka.compression", { compression: "brotli" }],
  ["kafka.compression", { client: "kafkajs" }],
  ["kafka.groupProtocol", { client: "kafkajs", compression: "none" }],
  ["kafka.tls", { tls: "yes" }],
  ["kafka.tls", { tls: { cert: certificate } }],
  ["kafka.tls.ca", { tls: { ca: "/etc/ssl/canary-secret.pem" } }],
  ["kafka.tls.ca", { tls: { ca: key } }],
  ["kafka.tls.ca", { tls: { ca: Buffer.from(certificate) } }],
  ["kafka.tls.key", { tls: { cert: certificate, key: key.replaceAll("PRIVATE", "ENCRYPTED PRIVATE") } }],
  ["kafka.tls.pem", { tls: { pem: certificate } }],
  ["kafka.sasl", { sasl: "canary-secret" }],
  ["kafka.sasl.mechanism", { sasl: { ...scram, mechanism: "scram-sha-512" } }],
  ["kafka.sasl.password", { sasl: { ...scram, password: undefined } }],
  ["kafka.sasl.password", { sasl: { ...scram, password: 12 } }],
  ["kafka.sasl.username", { sasl: { mechanism: "PLAIN", password: "canary-secret" } }],
  ["kafka.sasl.token", { sasl: { mechanism: "OAUTHBEARER" } }],
  ["kafka.sasl.token", { sasl: { ...scram, token: "canary-secret" } }],
  ["kafka.sessionTimeout", { sessionTimeout: "10s" }],
  ["kafka.transactionTimeout", { transactionTimeout: 0 }],
  ["kafka.requestTimeout", { requestTimeout: 1e9 }],
  ["kafka.broker", { broker: ["a:1"] }]
])("tells what is wrong at %s, and no value", (path, wrong) => {
  const problems = kafkaProblems({ ...good, ...wrong })
  expect(problems.map((one) => one.configPath)).toEqual(
    "client" in wrong && path === "kafka.compression" ? [path, "kafka.groupProtocol"] : [path]
  )
  expect(problems[0]!.suggestion).not.toBe("mend the value at this place of the config")
  expect(JSON.stringify(problems)).not.toContain("canary-secret")
})

it.each([
  [{ tls: { ca: "ca.pem" } }, 'read the file: ca: readFileSync("ca.pem", "utf8")'],
  [{ compresion: "gzip" }, "did you mean compression?"],
  [{ client: "kafkjs" }, 'did you mean "kafkajs"?'],
  [{ sasl: { ...scram, pasword: "canary-secret" } }, "did you mean password?"],
  [{ sasl: { ...scram, password: undefined } }, "process.env.KAFKA_PASSWORD"],
  [{ brokers: ["kafka://localhost:9092"] }, "leave the scheme out"]
])("tells the cure of %j", (wrong, cure) => {
  expect(kafkaProblems({ ...good, ...wrong })[0]!.suggestion).toContain(cure)
})
