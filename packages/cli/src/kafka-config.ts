import type { Complaint } from "@plimsoll/schema"
import { type Path, problem } from "./config-problem.ts"
import { nearest } from "./nearest.ts"

// Written by hand, not as a schema: an error may tell what was expected here, and never what was found.

interface Fault {
  /** Below the setting. */
  readonly at?: Path
  readonly message: string
  readonly suggestion: string
}
type Rule = (value: unknown) => ReadonlyArray<Fault>
type Settings = { readonly [name: string]: unknown }

const isSettings = (value: unknown): value is Settings =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const fault = (message: string, suggestion: string, at?: Path): ReadonlyArray<Fault> => [
  { message, suggestion, ...(at === undefined ? {} : { at }) }
]

const broker = (value: unknown, at: number): ReadonlyArray<Fault> => {
  const found =
    typeof value === "string" ? /^(?:\[[0-9a-f:.%]+\]|[^\s:/@[\]]+):(\d{1,5})$/i.exec(value) : null
  const port = Number(found?.[1])
  if (found !== null && port >= 1 && port <= 65_535) return []
  return fault(
    `brokers[${at}]: expected host:port`,
    typeof value === "string" && value.includes("://")
      ? 'leave the scheme out: brokers: ["kafka.example.org:9092"]; encryption is tls: true'
      : 'write a broker as "kafka.example.org:9092"',
    [at]
  )
}

const brokers: Rule = (value) =>
  !Array.isArray(value) || value.length === 0
    ? fault(
        "brokers: expected a list of at least one broker",
        'name the brokers to ask first: brokers: ["kafka.example.org:9092"]'
      )
    : value.flatMap(broker)

const oneOf =
  (name: string, ...words: ReadonlyArray<string>): Rule =>
  (value) => {
    if (typeof value === "string" && words.includes(value)) return []
    const listed = words.map((word) => `"${word}"`).join(", ")
    const meant = typeof value === "string" ? nearest(value, words) : undefined
    return fault(
      `${name}: expected one of ${listed}`,
      meant === undefined ? `choose one of ${listed}` : `did you mean "${meant}"?`
    )
  }

const whole =
  (name: string, least: number, most: number, example: string): Rule =>
  (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= least && value <= most
      ? []
      : fault(`${name}: expected a whole number from ${least} to ${most}`, example)

const prefix: Rule = (value) =>
  typeof value === "string" && /^[A-Za-z0-9._-]{1,100}$/.test(value)
    ? []
    : fault(
        "prefix: expected 1 to 100 letters, digits, dots, dashes or underscores",
        'write a prefix such as "test.", or leave it out'
      )

const pem =
  (name: string, kind: RegExp, what: string): Rule =>
  (value) => {
    const how = `read the file: ${name}: readFileSync("${name}.pem", "utf8")`
    if (typeof value !== "string") return fault(`tls.${name}: expected ${what} as PEM text`, how)
    if (kind.test(value)) return []
    if (value.includes("-----BEGIN ENCRYPTED PRIVATE KEY"))
      return fault(
        "tls.key: the key is locked by a passphrase",
        "give it without: openssl pkcs8 -in locked.pem -out key.pem"
      )
    if (value.includes("-----BEGIN"))
      return fault(`tls.${name}: the PEM text holds something other than ${what}`, how)
    return value.includes("\n")
      ? fault(`tls.${name}: expected ${what} as PEM text`, how)
      : fault(`tls.${name}: this looks like the name of a file, and the text in it is wanted`, how)
  }

const certificate = /-----BEGIN CERTIFICATE-----/
const tlsRules: { readonly [name: string]: Rule } = {
  ca: pem("ca", certificate, "the certificate of an authority"),
  cert: pem("cert", certificate, "our certificate"),
  key: pem("key", /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----/, "our private key")
}

const within = (
  rules: { readonly [name: string]: Rule },
  settings: Settings,
  what: string
): ReadonlyArray<Fault> =>
  Object.entries(settings).flatMap(([name, value]) => {
    const rule = rules[name]
    if (rule === undefined) {
      const meant = nearest(name, Object.keys(rules))
      return fault(
        `${what} has no setting "${name}"`,
        meant === undefined ? "take it out" : `did you mean ${meant}?`,
        [name]
      )
    }
    // A setting that is there without a value counts as left out.
    if (value === undefined) return []
    return rule(value).map(({ at = [], ...rest }) => ({ ...rest, at: [name, ...at] }))
  })

const tls: Rule = (value) => {
  if (typeof value === "boolean") return []
  if (!isSettings(value))
    return fault(
      "tls: expected true, or whom to trust",
      'write tls: true, or tls: { ca: readFileSync("ca.pem", "utf8") }'
    )
  const faults = within(tlsRules, value, "tls")
  if ((value["cert"] === undefined) !== (value["key"] === undefined)) {
    const [there, missing] = value["cert"] === undefined ? ["key", "cert"] : ["cert", "key"]
    return [...faults, ...fault(`tls.${there} needs tls.${missing}`, `add ${missing}, or take both out`)]
  }
  return faults
}

const mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"]

const text =
  (name: string): Rule =>
  (value) =>
    typeof value === "string" && value !== ""
      ? []
      : fault(
          `sasl.${name}: expected a text that is not empty`,
          `is the variable of the environment set? ${name}: process.env.KAFKA_${name.toUpperCase()}`
        )

const token: Rule = (value) => (typeof value === "function" ? [] : text("token")(value))

const sasl: Rule = (value) => {
  if (!isSettings(value))
    return fault(
      "sasl: expected a mechanism and what it needs",
      'write sasl: { mechanism: "SCRAM-SHA-512", username, password }'
    )
  const bearer = value["mechanism"] === "OAUTHBEARER"
  const rules: { readonly [name: string]: Rule } = {
    mechanism: oneOf("sasl.mechanism", ...mechanisms),
    ...(bearer ? { token } : { username: text("username"), password: text("password") })
  }
  // What is missing is told by the rule of its field, as what is empty is.
  const blank = Object.keys(rules).filter((name) => value[name] === undefined)
  return [
    ...within(rules, value, bearer ? "sasl by OAUTHBEARER" : "sasl by a password"),
    ...blank.flatMap((name) => rules[name]!(undefined).map((one) => ({ ...one, at: [name] })))
  ]
}

const milliseconds = (name: string, least: number, normal: number): Rule =>
  whole(name, least, 900_000, `give milliseconds, such as ${name}: ${normal}, or leave it out`)

const rules: { readonly [name: string]: Rule } = {
  brokers,
  client: oneOf("client", "platformatic", "kafkajs"),
  prefix,
  replication: whole("replication", 1, 100, "give the replicas of each topic, such as 3, or leave it out"),
  compression: oneOf("compression", "none", "gzip", "snappy", "lz4", "zstd"),
  tls,
  sasl,
  groupProtocol: oneOf("groupProtocol", "classic", "consumer"),
  sessionTimeout: milliseconds("sessionTimeout", 1_000, 10_000),
  transactionTimeout: milliseconds("transactionTimeout", 1_000, 10_000),
  requestTimeout: milliseconds("requestTimeout", 1_000, 30_000)
}

const kafkajsProblems = (settings: Settings): ReadonlyArray<Fault> => {
  if (settings["client"] !== "kafkajs") return []
  const { compression, groupProtocol } = settings
  return [
    ...(compression === "snappy" || compression === "lz4" || compression === "zstd"
      ? fault(`kafkajs cannot write ${compression}`, 'take client: "platformatic", or compression: "gzip"', [
          "compression"
        ])
      : []),
    ...(groupProtocol === "consumer"
      ? fault(
          "kafkajs does not know the group protocol of KIP-848",
          'take client: "platformatic", or leave groupProtocol out',
          ["groupProtocol"]
        )
      : [])
  ]
}

/** What does not fit in `kafka` of a config, each with its place and cure. A value is never told. */
export const kafkaProblems = (settings: Settings): ReadonlyArray<Complaint> =>
  [
    ...(settings["brokers"] === undefined
      ? brokers(undefined).map((one) => ({ ...one, at: ["brokers"] }))
      : []),
    ...within(rules, settings, "kafka"),
    ...kafkajsProblems(settings)
  ].map(({ at = [], message, suggestion }) => problem(["kafka", ...at], message, suggestion))
