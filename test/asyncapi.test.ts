import { spawn } from "node:child_process"
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import {
  asyncApi,
  type AsyncApiDocument,
  type AsyncApiServer,
  contractId,
  contractRecords,
  encodeRecord,
  isOwnStream,
  type KafkaLogOptions,
  type LogRecord,
  openEmbeddedLog,
  serverOf,
  streamTopics,
  type TopicInfo
} from "@plimsoll/log"
import {
  contractOf,
  Decimal,
  deadLetterTopic,
  defineStream,
  Instant,
  Int64,
  isPlainDate,
  notes,
  observations,
  parseInstant,
  PlainDate,
  schemasTopic,
  signals,
  stateTopic,
  type StreamDefinition
} from "@plimsoll/schema"
import { Ajv } from "ajv"
import { Schema } from "effect"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { Hospital } from "./hospital.ts"
import { root } from "./workspace.ts"

const minutes = 60_000
// The parser takes a second for each document, and more where others work beside it.
vi.setConfig({ testTimeout: 2 * minutes })

interface Verdict {
  readonly errors: ReadonlyArray<string>
  readonly warnings: ReadonlyArray<string>
  /** The codes of what else the parser remarks on. */
  readonly rest: ReadonlyArray<string>
}

/** What the official parser says of each document. */
const judged = async (...documents: ReadonlyArray<unknown>): Promise<ReadonlyArray<Verdict>> => {
  const child = spawn(process.execPath, [join(root, "test/asyncapi-judge.ts")], {
    stdio: ["pipe", "pipe", "inherit"]
  })
  child.stdin.end(JSON.stringify(documents))
  const all = JSON.parse(await text(child.stdout)) as ReadonlyArray<
    ReadonlyArray<{
      readonly severity: number
      readonly code: string
      readonly path: ReadonlyArray<string>
      readonly message: string
    }>
  >
  return all.map((found) => {
    const told = (wanted: number) =>
      found.flatMap(({ severity, code, path, message }) =>
        severity === wanted ? [`${code} at ${path.join("/")}: ${message}`] : []
      )
    return {
      errors: told(0),
      warnings: told(1),
      rest: found.flatMap(({ severity, code }) => (severity > 1 ? [code] : []))
    }
  })
}

/** A document that is taken apart by hand, where no type would let it be wrong. */
interface Node {
  [key: string]: Node & (string | object)
}

/** A copy of a document with one thing in it changed. */
const broken = (document: unknown, breakIt: (copy: Node) => void): unknown => {
  const copy = structuredClone(document) as Node
  breakIt(copy)
  return copy
}

const isTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))

/** Judges a record by the message of the document that its topic and `ce_type` name: the complaints, or none. */
const recordJudge = (document: AsyncApiDocument) => {
  const ajv = new Ajv({ strict: false, allErrors: true })
  ajv.addFormat("date", isPlainDate)
  ajv.addFormat("instant", (text: string) => parseInstant(text) !== undefined)
  ajv.addFormat("int64", Schema.is(Schema.toEncoded(Int64)))
  ajv.addFormat("decimal", /^-?(0|[1-9]\d*)(\.\d+)?$/)
  ajv.addFormat("date-time", isTime)
  ajv.addFormat("uri-reference", (text: string) => URL.canParse(text, "plimsoll://log"))
  ajv.addSchema({ ...document, $id: "log" }, "log")
  const check = (path: string, value: unknown): ReadonlyArray<string> => {
    const validate = ajv.getSchema(`log#${path}`)
    if (validate === undefined) return [`the document has no ${path}`]
    return validate(value) === true
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${path}${instancePath}: ${message}`)
  }
  return (record: LogRecord): ReadonlyArray<string> => {
    const kind = record.headers["ce_type"]?.split(".").at(-1) ?? (record.value === null ? "tombstone" : "row")
    const path = `/channels/${record.topic}/messages/${kind}`
    return [
      ...check(`${path}/payload`, record.value === null ? null : JSON.parse(record.value)),
      ...check(`${path}/headers`, record.headers),
      ...check(`${path}/bindings/kafka/key`, record.key)
    ]
  }
}

const recordsOf = async (file: string): Promise<ReadonlyArray<LogRecord>> => {
  const log = await openEmbeddedLog(file)
  try {
    const all: LogRecord[] = []
    for (const { topic, offsets } of await log.topics()) {
      for (const { partition, first, end } of offsets) {
        for (let from = first; from < end;) {
          const { records, next } = await log.read(topic, partition, from, { until: end })
          all.push(...records)
          from = next
        }
      }
    }
    return all
  } finally {
    await log.close()
  }
}

interface Documented extends AsyncApiDocument {
  readonly channels: { readonly [topic: string]: { readonly messages: object; readonly address: string } }
  readonly operations: { readonly [id: string]: { readonly action: string } }
  readonly components: {
    readonly schemas: { readonly [name: string]: { readonly properties: object } }
    readonly securitySchemes?: { readonly [name: string]: { readonly type: string } }
  }
  readonly servers: {
    readonly [name: string]: {
      readonly host: string
      readonly protocol: string
      readonly security?: ReadonlyArray<{ readonly $ref: string }>
    }
  }
}

describe("the log of the hospital", () => {
  const hospital = new Hospital()
  let document: Documented
  let records: ReadonlyArray<LogRecord>
  beforeAll(async () => {
    await hospital.run()
    // A file replaced, rows that do not fit, and a measure given up; then one row fits a mended schema: so every
    // kind of record is there.
    const deaths = join(hospital.folder, "data/weekly_deaths.csv")
    const [header, first, ...rest] = readFileSync(deaths, "utf8").trim().split("\n")
    writeFileSync(deaths, [header, ...rest, first, "2019-04-05,many", ""].join("\n"))
    appendFileSync(hospital.attendances, "2019-03-01,RXN,3,8,0,0\n")
    const config = join(hospital.folder, "plimsoll.config.ts")
    const mend = (before: string, after: string) =>
      writeFileSync(config, readFileSync(config, "utf8").replace(before, after))
    mend('id: "four-hour-p"', 'id: "four-hour-again"')
    await hospital.run()
    mend('Schema.Literals(["1", "2", "other"])', 'Schema.Literals(["1", "2", "3", "other"])')
    await hospital.node(join(root, "test/asyncapi-replay.ts"))
    document = JSON.parse(await hospital.plimsoll("log", "describe", "--asyncapi")) as Documented
    records = await recordsOf(join(hospital.folder, ".plimsoll/log.sqlite"))
  }, 3 * minutes)
  afterAll(() => hospital.remove())

  test(
    "is described by a document that the official parser accepts",
    async () => {
      // 3.1.0 knows no more of Kafka, and fewer tools know it.
      expect(await judged(document)).toEqual([
        { errors: [], warnings: [], rest: ["asyncapi-latest-version"] }
      ])
    },
    minutes
  )

  test("every record fits what the document says of it: value, headers and key", () => {
    const judge = recordJudge(document)
    const wrong = new Map<string, string>()
    for (const record of records) {
      for (const complaint of judge(record)) wrong.set(complaint, `${record.partition}/${record.offset}`)
    }
    expect([...wrong]).toEqual([])
    const kinds = new Set(records.map(({ headers }) => headers["ce_type"]?.split(".").at(-1)))
    expect([...kinds].toSorted()).toEqual(["deleted", "generation", "rejected", "replayed", "upserted"])
    expect(new Set(records.map(({ topic }) => topic)).size).toBe(11)
    expect(records.length).toBeGreaterThan(13_000)
  })

  test("a record that does not fit is found", () => {
    const judge = recordJudge(document)
    const found = records.find(({ topic }) => topic === "england.population.weekly-deaths.v1")!
    const row = JSON.parse(found.value!) as object
    const value = (changed: object) => JSON.stringify({ ...row, ...changed })
    expect(judge(found)).toEqual([])
    for (const bad of [
      { ...found, value: value({ counts: "11599" }) },
      { ...found, value: value({ counts: -1 }) },
      { ...found, value: value({ date: "2019-02-30" }) },
      { ...found, value: "{}" },
      { ...found, key: null },
      { ...found, headers: { ...found.headers, ce_time: "yesterday" } },
      { ...found, headers: { ...found.headers, plimsoll_schema: "1" } },
      { ...found, headers: { ...found.headers, ce_type: "population.weekly-deaths.mended" } }
    ]) {
      expect(judge(bad)).not.toEqual([])
    }
  })

  test("keys are those that the document names, and partitions hold what it says", () => {
    for (const { topic, key, value, headers } of records) {
      const contract = (document.channels[topic] as { "x-plimsoll-contract"?: { key: string[] } })?.[
        "x-plimsoll-contract"
      ]
      if (contract === undefined || headers["ce_type"]?.endsWith(".generation") === true) continue
      const row = JSON.parse(value!) as { readonly [field: string]: unknown }
      expect(key).toBe(JSON.stringify(contract.key.map((field) => row[field])))
    }
  })

  test("has a channel for every topic but the dead letters of what only the system writes", async () => {
    const topics = Object.keys(await hospital.records())
    const left = topics.filter((topic) => !(topic in document.channels))
    expect(left.toSorted()).toEqual(
      ["measure-definition", "run", "signal", "tick"].map((name) => `england.plimsoll.${name}.v1.dlq`)
    )
    expect(Object.keys(document.channels)).toContain(schemasTopic)
    expect(Object.keys(document.channels)).toContain(stateTopic)
    expect(document["servers"]).toBeUndefined()
  })

  test("lets others send to streams of sources, and to no other topic", () => {
    const sends = Object.entries(document.operations).flatMap(([id, { action }]) =>
      action === "send" ? [id] : []
    )
    expect(sends.toSorted()).toEqual([
      "send.england.plimsoll.microsystem.v1",
      "send.england.population.weekly-deaths.v1",
      "send.england.urgent-care.ae-attendances.v1"
    ])
  })

  test("the table names every topic with its key, partitioning and records", async () => {
    const text = await hospital.plimsoll("log", "describe")
    const counts = await hospital.records()
    for (const [topic, count] of Object.entries(counts)) {
      // Of a compacted topic the log no longer has all that was ever on it.
      const shown = topic === stateTopic || topic === schemasTopic ? "\\d+" : count
      expect(text).toMatch(new RegExp(`^${topic.replaceAll(".", "\\.")} .*for ever +${shown}$`, "m"))
    }
    expect(text).toMatch(/^england\.urgent-care\.ae-attendances\.v1 .* period, orgCode, type +orgCode/m)
    const json = JSON.parse(await hospital.plimsoll("log", "describe", "--json")) as {
      readonly topics: ReadonlyArray<{ readonly topic: string; readonly cleanup: string }>
    }
    expect(json.topics.map(({ topic }) => topic)).toEqual(Object.keys(counts).toSorted())
    expect(json.topics.find(({ topic }) => topic === schemasTopic)?.cleanup).toBe("compact")
  })
})

const Part = Schema.Struct({ code: Schema.String, share: Decimal(5, 2) }).annotate({ identifier: "Part" })
const stays = defineStream({
  name: "stays",
  domain: "inpatient",
  version: 2,
  title: "Stays",
  schema: Schema.Struct({
    stay: Int64,
    patient: Schema.optionalKey(Schema.String),
    ward: Schema.String,
    from: Instant,
    cost: Schema.NullOr(Decimal(12, 2)),
    parts: Schema.Array(Part),
    main: Part.annotateKey({ description: "The largest part." })
  }),
  key: ["stay"],
  microsystem: "ward",
  occurredAt: "from",
  sensitivity: {
    stay: "confidential",
    patient: "identifiable",
    ward: "open",
    from: "confidential",
    cost: "confidential",
    parts: "confidential",
    main: "open"
  }
})
const visits = defineStream({
  name: "visits",
  domain: "community",
  version: 1,
  title: "Visits",
  schema: Schema.Struct({ team: Schema.String, day: PlainDate }),
  key: null,
  microsystem: "team",
  occurredAt: "day",
  sensitivity: { team: "open", day: "open" }
})

const stored = (stream: unknown) => {
  const contract = contractOf("hospital", stream as StreamDefinition)
  return { ...contract, id: contractId(contract) }
}
const topicsOf = (...streams: ReadonlyArray<unknown>): ReadonlyArray<TopicInfo> => [
  ...new Map(
    streams
      .flatMap((stream) => streamTopics(stored(stream)))
      .map((topic) => [topic.topic, { ...topic, offsets: [] }])
  ).values()
]
const describeLog = (server?: AsyncApiServer, topics = topicsOf(stays, visits, signals)) =>
  asyncApi({
    title: "A log",
    contracts: [stays, visits, signals].map(stored),
    topics,
    ...(server === undefined ? {} : { server })
  }) as Documented

describe("a log on Kafka", () => {
  test(
    "names its brokers, their protocol and how they ask who one is, and tells no secret",
    async () => {
      const secret = "canary-0d1f"
      const scram = (mechanism: "SCRAM-SHA-256" | "SCRAM-SHA-512") =>
        ({ mechanism, username: secret, password: secret }) as const
      const cases: ReadonlyArray<readonly [KafkaLogOptions, protocol: string, ...schemes: string[]]> = [
        [{ brokers: ["kafka:9092"] }, "kafka"],
        [
          {
            brokers: ["a:9092"],
            tls: true,
            sasl: { mechanism: "PLAIN", username: secret, password: secret }
          },
          "kafka-secure",
          "plain"
        ],
        [{ brokers: ["a:9092"], tls: false, sasl: scram("SCRAM-SHA-256") }, "kafka", "scramSha256"],
        [
          { brokers: ["a:9092"], tls: { ca: secret }, sasl: scram("SCRAM-SHA-512") },
          "kafka-secure",
          "scramSha512"
        ],
        [
          { brokers: ["a:9092"], tls: true, sasl: { mechanism: "OAUTHBEARER", token: secret } },
          "kafka-secure",
          "http"
        ],
        [{ brokers: ["a:9092"], tls: { cert: secret, key: secret } }, "kafka-secure", "X509"]
      ]
      const documents = cases.map(([options]) => describeLog(serverOf(options), topicsOf(visits)))
      for (const verdict of await judged(...documents)) {
        expect(verdict).toEqual({ errors: [], warnings: [], rest: ["asyncapi-latest-version"] })
      }
      for (const [at, [options, protocol, ...schemes]] of cases.entries()) {
        const { servers, components } = documents[at]!
        expect(Object.values(servers).map((one) => [one.host, one.protocol])).toEqual(
          options.brokers.map((host) => [host, protocol])
        )
        const names = (servers["broker-1"]!.security ?? []).map(({ $ref }) => $ref.split("/").at(-1)!)
        expect(names.map((name) => components.securitySchemes![name]!.type)).toEqual(schemes)
        expect(JSON.stringify(documents[at])).not.toContain(secret)
      }
    },
    minutes
  )

  test("replicas are said where the project says them", () => {
    const replicas = (server: AsyncApiServer) =>
      (describeLog(server).channels["hospital.inpatient.stays.v2"] as unknown as Node)["bindings"]!["kafka"]![
        "replicas"
      ]
    expect(replicas(serverOf({ brokers: ["a:9092"], replication: 3 }))).toBe(3)
    expect(replicas(serverOf({ brokers: ["a:9092"] }))).toBeUndefined()
  })

  test("a prefix stands before every address", () => {
    const { channels } = describeLog({ brokers: ["a:9092"], prefix: "trial-" })
    for (const [topic, { address }] of Object.entries(channels)) expect(address).toBe(`trial-${topic}`)
  })

  test(
    "a document that is wrong in one place is refused",
    async () => {
      const document = describeLog({ brokers: ["kafka:9092"] }, topicsOf(stays, visits))
      expect((await judged(document))[0]!.errors).toEqual([])
      const own = "hospital.inpatient.stays.v2"
      const other = "hospital.community.visits.v1"
      const set = (path: ReadonlyArray<string>, value: unknown) =>
        broken(document, (copy) => {
          const parent = path.slice(0, -1).reduce<Node>((node, key) => node[key]!, copy)
          Object.assign(parent, { [path.at(-1)!]: value })
        })
      const wrong = [
        set(["info", "title"], undefined),
        set(["channels", own, "bindings", "kafka", "partitions"], "4"),
        set(["channels", own, "messages", "upserted", "payload"], { type: "text" }),
        set(
          ["operations", `receive.${own}`, "messages"],
          [{ $ref: `#/channels/${other}/messages/upserted` }]
        ),
        set(["channels", own], undefined),
        set(["channels", own, "retention"], "for ever")
      ]
      const verdicts = await judged(...wrong)
      expect(verdicts.length).toBe(wrong.length)
      for (const [at, { errors }] of verdicts.entries()) expect(errors, `change ${at}`).not.toEqual([])
    },
    minutes
  )

  test("what the brokers let go of is said", () => {
    const topics = topicsOf(stays).map((topic) =>
      topic.cleanup === "keep" ? { ...topic, expires: { milliseconds: 7 * 86_400_000, bytes: 1000 } } : topic
    )
    const channel = describeLog({ brokers: ["a:9092"] }, topics).channels["hospital.inpatient.stays.v2"]
    expect(channel).toMatchObject({
      bindings: {
        kafka: {
          partitions: 4,
          topicConfiguration: {
            "cleanup.policy": ["delete"],
            "retention.ms": 604_800_000,
            "retention.bytes": 1000
          }
        }
      }
    })
    expect(JSON.stringify(channel)).toContain("Kept for 7 days, up to 1000 bytes a partition.")
  })
})

describe("streams of every kind", () => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-asyncapi-"))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test(
    "texts for numbers and instants, nested schemas and missing fields are said as they are written",
    async () => {
      const file = join(folder, "log.sqlite")
      const log = await openEmbeddedLog(file)
      const author = { organisation: "hospital", name: "test", instance: "test" }
      const row = {
        stay: 2n ** 60n,
        ward: "elm",
        from: parseInstant("2026-03-29T02:30:00.5+02:00[Europe/Paris]")!,
        cost: null,
        parts: [],
        main: { code: "a", share: "2.60" }
      }
      const contracts = [stored(stays), stored(visits)]
      await log.ensureTopics(contracts.flatMap((contract) => streamTopics(contract)))
      const writer = await log.writer("plimsoll.test.test")
      await writer.append([
        ...(await contractRecords(log, contracts, "/plimsoll/test/test")),
        encodeRecord(author, stays, [
          row,
          { ...row, stay: 1n, patient: "p", cost: "12.50", parts: [row.main, row.main] }
        ]),
        encodeRecord(author, visits, [{ team: "north", day: "2026-03-01" }])
      ])
      const topics = await log.topics()
      await log.close()
      const document = asyncApi({ title: "A log", contracts, topics }) as Documented
      expect((await judged(document))[0]!.errors).toEqual([])
      const records = await recordsOf(file)
      const judge = recordJudge(document)
      expect(records.flatMap(judge)).toEqual([])
      const rows = records.filter(({ topic }) => topic === "hospital.inpatient.stays.v2")
      expect(rows.length).toBe(2)
      for (const [right, wrong] of [
        ['"1152921504606846976"', "1152921504606846976"],
        ['"2.60"', "2.60"],
        ["2026-03-29T00:30:00.500000Z[Europe/Paris]", "2026-03-29"]
      ] as const) {
        const found = rows.find(({ value }) => value!.includes(right))!
        expect(judge({ ...found, value: found.value!.replace(right, wrong) })).not.toEqual([])
      }
      const { properties } = document.components.schemas["hospital.inpatient.stays.v2"]!
      expect(properties).toMatchObject({
        patient: { "x-plimsoll-sensitivity": "identifiable" },
        ward: { "x-plimsoll-sensitivity": "open" },
        cost: { description: expect.stringContaining("at most 12 digits, 2 of them after the point") },
        main: { description: expect.stringContaining("The largest part.") }
      })
    },
    minutes
  )

  test("sealed streams, and topics that no contract speaks of, are left out", () => {
    const topics = [...topicsOf(notes, observations), ...topicsOf(visits)]
    const { channels } = asyncApi({
      title: "A log",
      contracts: [notes, observations].map(stored),
      topics
    }) as Documented
    const names = Object.keys(channels)
    expect(names).toContain(stored(observations).topic)
    expect(names).toContain(deadLetterTopic(stored(observations).topic))
    expect(names.filter((name) => name.includes(".note.") || name.includes(".visits."))).toEqual([])
  })

  test("rows without a key cannot be deleted", () => {
    const { messages } = describeLog().channels["hospital.community.visits.v1"]!
    expect(Object.keys(messages)).toEqual(["upserted", "generation", "row"])
  })

  test("signals are the system's own, observations are not", () => {
    expect([stored(signals), stored(observations)].map(isOwnStream)).toEqual([true, false])
  })

  test("the same log gives the same document, in whatever order it is told", () => {
    const contracts = [stays, visits, signals].map(stored)
    const topics = topicsOf(stays, visits, signals)
    const one = asyncApi({ title: "A log", contracts, topics })
    const other = asyncApi({
      title: "A log",
      contracts: contracts.toReversed(),
      topics: topics.toReversed()
    })
    expect(JSON.stringify(other)).toBe(JSON.stringify(one))
  })
})

test("the page on topics names them as they are", () => {
  const page = readFileSync(join(root, "docs/topics.md"), "utf8")
  for (const topic of [schemasTopic, stateTopic]) expect(page).toContain(`| \`${topic}\` |`)
})
