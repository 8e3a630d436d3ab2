import type { Emit, RawRow } from "@plimsoll/connector"
import { defineStream, notes, PlainDate } from "@plimsoll/schema"
import { Redacted, Schema } from "effect"
import { createHash, createHmac } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { type Policies, runConnector } from "../src/index.ts"
import { connectorOf, given, json, readRows, recordsOf, temporaryLog } from "./source.ts"

const visits = defineStream({
  name: "visits",
  domain: "community",
  version: 1,
  title: "Visits",
  schema: Schema.Struct({
    person: Schema.String.check(Schema.isPattern(/^\d{10}$/)),
    born: PlainDate,
    postcode: Schema.NullOr(Schema.String),
    name: Schema.optionalKey(Schema.NullOr(Schema.String)),
    day: PlainDate,
    minutes: Schema.Int
  }),
  key: ["person", "day"],
  microsystem: null,
  occurredAt: "day",
  sensitivity: {
    person: "identifiable",
    born: "identifiable",
    postcode: "identifiable",
    name: "identifiable",
    day: "open",
    minutes: "open"
  }
})
const topic = "trust.community.visits.v1"
const key = "0123456789abcdef0123456789abcdef"
const policies: Policies = {
  person: { policy: "hmac", key: Redacted.make(key) },
  born: { policy: "generalise", to: "year" },
  postcode: { policy: "generalise", to: "outward-postcode" },
  name: { policy: "drop" }
}
const canary = { person: "9434765919", born: "1948-07-05", postcode: "EH1 3EG", name: "Zebedee Quillfeather" }
const fields = { ...canary, day: "2026-03-01", minutes: "30" }
const row = (at: number, change: object = {}): RawRow => ({
  fields: { ...fields, ...change },
  at: { generation: 1, row: at, place: `line ${at + 1}` }
})

test("an identifiable field without a policy stops the run before anything is read or written", async () => {
  await using on = await temporaryLog()
  let read = false
  const connector = connectorOf(
    () => {
      read = true
      return readRows([])(new Map(), {} as never)
    },
    { definition: visits }
  )
  const { born: _, ...less } = policies
  await expect(
    runConnector(connector, { ...given, log: on.log, policies: { visits: less } })
  ).rejects.toMatchObject({
    code: "policy-missing",
    configPath: "policies.visits.born",
    suggestion: expect.stringContaining("drop")
  })
  expect(read).toBe(false)
  expect(await on.log.topics()).toEqual([])
})

test.each([
  [
    "a field that must be there is dropped",
    { born: { policy: "drop" } },
    "policy-unfit",
    "policies.visits.born"
  ],
  ["a key is dropped", { person: { policy: "drop" } }, "policy-unfit", "policies.visits.person"],
  [
    "a key is generalised",
    { person: { policy: "generalise", to: { characters: 3 } } },
    "policy-unfit",
    "policies.visits.person"
  ],
  ["a day becomes an HMAC", { born: { policy: "hmac", key } }, "policy-unfit", "policies.visits.born"],
  [
    "a key is short",
    { person: { policy: "hmac", key: "short" } },
    "policy-unfit",
    "policies.visits.person.key"
  ],
  [
    "a text is cut to its year",
    { name: { policy: "generalise", to: "year" } },
    "policy-unfit",
    "policies.visits.name.to"
  ],
  [
    "nothing is left of a text",
    { name: { policy: "generalise", to: { characters: 0 } } },
    "policy-unfit",
    "policies.visits.name.to"
  ],
  ["a field is not there", { nmae: { policy: "drop" } }, "policy-unknown", "policies.visits.nmae"]
] as ReadonlyArray<[string, Policies, string, string]>)(
  "refused: %s",
  async (_, change, code, configPath) => {
    await using on = await temporaryLog()
    const run = runConnector(connectorOf(readRows([]), { definition: visits }), {
      ...given,
      log: on.log,
      policies: { visits: { ...policies, ...change } }
    })
    await expect(run).rejects.toMatchObject({ code, configPath })
  }
)

test("each policy does what it says, and the contract speaks of what is on the log", async () => {
  await using on = await temporaryLog()
  const [report] = await runConnector(
    connectorOf(readRows([row(1), row(2, { postcode: null, name: null, day: "2026-03-02" })]), {
      definition: visits
    }),
    { ...given, log: on.log, policies: { visits: policies } }
  )
  expect(report).toMatchObject({ in: 2, out: 2 })
  const person = createHmac("sha256", key).update(canary.person).digest("hex")
  const records = await recordsOf(on.log, topic)
  expect(records.map(json).sort((a, b) => (String(a["day"]) < String(b["day"]) ? -1 : 1))).toEqual([
    { person, born: "1948-01-01", postcode: "EH1", day: "2026-03-01", minutes: 30 },
    { person, born: "1948-01-01", postcode: null, day: "2026-03-02", minutes: 30 }
  ])
  expect(records.map((record) => record.key).sort()).toEqual([
    JSON.stringify([person, "2026-03-01"]),
    JSON.stringify([person, "2026-03-02"])
  ])
  const contract = json((await on.log.latest("plimsoll._schemas")).get(topic)!) as {
    jsonSchema: { properties: Record<string, unknown> }
  }
  expect(contract.jsonSchema.properties["person"]).toEqual({ type: "string" })
})

test("no identifier reaches a file, plain or as SHA-256, whatever is wrong with the row", async () => {
  await using on = await temporaryLog()
  const { person, name } = canary
  const slipped = {
    person: name,
    born: person,
    postcode: canary.born,
    name: canary.postcode,
    minutes: person
  }
  const rows = [
    row(1, { minutes: "2.6" }),
    row(2, slipped),
    row(3, { person: `${person}x` }),
    row(4, { postcode: name }),
    row(5, { day: "2199-01-01" }),
    row(6, { minutes: name, extra: name })
  ]
  const reject: Emit = {
    _tag: "Reject",
    partition: "a.csv",
    reason: `a quote is not closed after ${person}`,
    raw: `${person},"${name}`,
    at: { generation: 1, row: 7 },
    cursor: { row: 7 }
  }
  const remove: Emit = {
    _tag: "Delete",
    partition: "a.csv",
    key: { person, day: person },
    at: { generation: 1, row: 8 },
    cursor: { row: 8 }
  }
  const connector = connectorOf(
    async function* (from, context) {
      yield* readRows(rows)(from, context)
      yield reject
      yield remove
    },
    { definition: visits }
  )
  const [report] = await runConnector(connector, { ...given, log: on.log, policies: { visits: policies } })
  expect(report).toMatchObject({ in: 8, out: 0, rejected: 8 })
  const letters = (await recordsOf(on.log, `${topic}.dlq`)).map(json)
  expect(letters[0]).toEqual({
    code: "decode-failed",
    issues: [{ path: ["minutes"], message: expect.any(String) }],
    place: "line 2",
    raw: {
      person: createHmac("sha256", key).update(person).digest("hex"),
      born: "1948-01-01",
      postcode: "EH1",
      day: "2026-03-01"
    },
    withheld: ["name", "minutes"]
  })
  await on.log.close()
  const files = readdirSync(on.folder).map((file) => readFileSync(join(on.folder, file), "latin1"))
  expect(files.join("")).toContain("decode-failed")
  for (const word of [...Object.values(canary), ...name.split(" "), reject.raw]) {
    const digest = createHash("sha256").update(word).digest("hex")
    for (const file of files)
      expect([word, file.includes(word) || file.includes(digest)]).toEqual([word, false])
  }
})

test("a message never repeats a value, whatever a stream's own checks say", async () => {
  await using on = await temporaryLog()
  const definition = defineStream({
    name: "talk",
    domain: "test",
    version: 1,
    title: "Talkative",
    schema: Schema.Struct({
      day: PlainDate,
      kind: Schema.Literals(["red", "blue"]),
      word: Schema.String.check(Schema.makeFilter((text: string) => `${text} is no word`)),
      count: Schema.Int,
      parts: Schema.Record(Schema.String, Schema.Int)
    }),
    key: null,
    microsystem: null,
    occurredAt: "day",
    sensitivity: { day: "open", kind: "open", word: "open", count: "open", parts: "open" }
  })
  const secret = "canary5591"
  const bad = {
    day: secret,
    kind: secret,
    word: secret,
    count: secret,
    parts: { [secret]: secret },
    [secret]: secret
  }
  const connector = connectorOf(readRows([{ fields: bad, at: { generation: 1, row: 1 } }]), {
    definition,
    encoding: "json"
  })
  await runConnector(connector, { ...given, log: on.log })
  const [letter] = (await recordsOf(on.log, "trust.test.talk.v1.dlq")).map(json)
  const paths = (letter!["issues"] as ReadonlyArray<{ path: unknown }>).map((issue) => issue.path)
  expect(paths).toEqual(
    expect.arrayContaining([["day"], ["kind"], ["word"], ["count"], ["parts", "*"], ["*"]])
  )
  expect(JSON.stringify(letter!["issues"])).not.toContain(secret)
})

test("without a vault a sealed stream is refused, and nothing is written", async () => {
  await using on = await temporaryLog()
  const run = runConnector(connectorOf(readRows([]), { definition: notes }), { ...given, log: on.log })
  await expect(run).rejects.toMatchObject({ code: "sealed-without-vault" })
  expect(await on.log.topics()).toEqual([])
})
