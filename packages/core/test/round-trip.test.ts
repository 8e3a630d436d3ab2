import { join } from "node:path"
import { contractId } from "@plimsoll/log"
import {
  contractOf,
  Decimal,
  defineStream,
  Instant,
  Int64,
  PlainDate,
  schemasTopic,
  topicOf
} from "@plimsoll/schema"
import { Schema } from "effect"
import fc from "fast-check"
import { expect, test } from "vitest"
import type { Database } from "../src/duckdb/database.ts"
import { land } from "../src/landing.ts"
import { openStore } from "../src/store.ts"
import { World } from "./world.ts"

const fields = {
  text: Schema.String,
  whole: Schema.Int,
  real: Schema.Finite,
  flag: Schema.Boolean,
  big: Int64,
  money: Decimal(20, 4),
  day: PlainDate,
  at: Instant,
  perhaps: Schema.NullOr(Schema.String),
  sometimes: Schema.optionalKey(Schema.Int),
  either: Schema.optionalKey(Schema.NullOr(PlainDate))
}
const stream = defineStream({
  name: "hostile",
  domain: "test",
  version: 1,
  title: "Hostile rows",
  schema: Schema.Struct(fields),
  key: null,
  microsystem: "text",
  occurredAt: "day",
  sensitivity: Object.fromEntries(Object.keys(fields).map((field) => [field, "open"])) as {
    readonly [field in keyof typeof fields]: "open"
  }
})
const topic = topicOf("test", stream)
const contract = contractOf("test", stream)

const unicode = fc.string({ unit: "grapheme", maxLength: 12 })
const json = (arbitrary: fc.Arbitrary<unknown>) => arbitrary.map((value) => JSON.stringify(value))
const digits = fc.bigInt(-(10n ** 20n), 10n ** 20n)
const day = fc
  .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const instant = fc
  .tuple(
    fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }),
    fc.integer({ min: 0, max: 999 }),
    fc.constantFrom(
      "Z",
      "Z[Europe/London]",
      "Z[Asia/Kolkata]",
      "+01:00",
      "+01:00[Europe/Paris]",
      "Z[Nowhere]"
    )
  )
  .map(
    ([date, micros, zone]) => `${date.toISOString().slice(0, -1)}${String(micros).padStart(3, "0")}${zone}`
  )

/** The JSON text of a value that fits, for the most part as our runtime writes it. */
const good: { readonly [field in keyof typeof fields]: fc.Arbitrary<string> } = {
  text: json(unicode),
  whole: json(fc.maxSafeInteger()),
  real: json(
    fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer().map((value) => value / 1000),
      fc.integer()
    )
  ),
  flag: json(fc.boolean()),
  big: json(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String)),
  money: json(
    digits.map(
      (units) => `${units / 10_000n}.${String((units < 0n ? -units : units) % 10_000n).padStart(4, "0")}`
    )
  ),
  day: json(day),
  at: json(instant),
  perhaps: json(fc.option(unicode)),
  sometimes: json(fc.integer()),
  either: json(fc.option(day))
}
/** What strangers write, or who wants to see a value change in silence. */
const bad = fc.constantFrom(
  ..."2.0 1e3 2.6 -0 -0.0 0.1 1E400 9007199254740991 9007199254740992 9007199254740993 -9007199254740993 1e21 1e-7 007 +1 .5 1.".split(
    " "
  ),
  ..."nan NaN inf Infinity -Infinity null true false undefined {} [] [1] 12345678901234567890 0x10".split(
    " "
  ),
  '"007"',
  '"-0"',
  '"0"',
  '"2.6"',
  '"1e3"',
  '" 1"',
  '""',
  '"null"',
  '"true"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\ud83d\\ude00"',
  '"\\u00e9"',
  '"\\/"',
  '"\t"',
  '"\\t"',
  '"it\'s"',
  '"\\",\\"whole\\":1"',
  '"either\\":"',
  '"9223372036854775808"',
  '"-9223372036854775808"',
  '"-0.0000"',
  '"0.50000"',
  '"1.00001"',
  '"99999999999999999.0000"',
  '"12."',
  '"infinity"',
  '"-infinity"',
  '"epoch"',
  '"today"',
  '"10000-01-01"',
  '"0000-01-01"',
  '"2026-02-30"',
  '"2026-2-3"',
  '"2026-01-01 "',
  '"0044-03-15 (BC)"',
  '"2026-01-01T00:00:00Z"',
  '"2026-01-01T00:00:00.123456Z"',
  '"2026-01-01T00:00:00.1234567Z"',
  '"2026-01-01T24:00:00.000000Z"',
  '"2026-06-30T23:59:60.000000Z"',
  '"2026-01-01T00:00:00.123456Z[UTC]"',
  '"2026-01-01T00:00:00.123456Z[Europe/London]"',
  '"2026-01-01T00:00:00.123456Z[Europe/London]]"',
  '{"a":[1,{"b":null}]}',
  "[[]]",
  '"2026-01-01T00:00:00.000000-14:00"',
  '"9999-12-31T23:59:59.999999-14:00"'
)

const seldom = <A>(arbitrary: fc.Arbitrary<A>): fc.Arbitrary<A | null> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary })

const value: fc.Arbitrary<string> = fc
  .tuple(
    fc.record(good, {
      requiredKeys: Object.keys(fields).filter(
        (field) => field !== "sometimes" && field !== "either"
      ) as never
    }),
    seldom(fc.tuple(fc.constantFrom(...Object.keys(fields)), fc.option(bad))),
    seldom(
      fc.tuple(fc.constantFrom(...Object.keys(fields), "extra", "__proto__", "TEXT"), bad, fc.boolean())
    ),
    fc.oneof(
      { weight: 12, arbitrary: fc.constant("as it is") },
      {
        weight: 3,
        arbitrary: fc.constantFrom("spaced", "backwards", "comma", "bom", "cut", "array", "twice", "empty")
      }
    )
  )
  .map(([row, replaced, added, form]) => {
    const entries = Object.keys(fields).flatMap((field): Array<readonly [string, string]> => {
      const own = (row as { readonly [field: string]: string | undefined })[field]
      const text = replaced?.[0] === field ? (replaced[1] ?? undefined) : own
      return text === undefined ? [] : [[field, text]]
    })
    if (added !== null) entries[added[2] ? "push" : "unshift"]([added[0], added[1]])
    if (form === "backwards") entries.reverse()
    const space = form === "spaced" ? " " : ""
    const text = `{${entries.map(([field, one]) => `${space}"${field}":${space}${one}`).join(",")}${form === "comma" ? "," : ""}}`
    switch (form) {
      case "bom":
        return `\ufeff${text}`
      case "cut":
        return text.slice(0, -5)
      case "array":
        return `[${text}]`
      case "twice":
        return `${text}${text}`
      case "empty":
        return ""
      default:
        return text
    }
  })

const headers = fc.record(
  {
    ce_type: fc.constantFrom(
      "test.hostile.upserted",
      "test.hostile.upserted",
      "test.hostile.deleted",
      "else"
    ),
    plimsoll_schema: fc.constantFrom(
      contractId(contract),
      contractId(contract),
      contractId(contract),
      "0123456789abcdef"
    ),
    plimsoll_row: fc.oneof(
      { weight: 9, arbitrary: fc.nat().map(String) },
      { weight: 1, arbitrary: fc.constantFrom("x", "-1", "") }
    ),
    plimsoll_generation: fc.constantFrom("1", "1", "1", "2", "2", "2", "x"),
    plimsoll_partition: fc.constantFrom("a", "b")
  },
  { requiredKeys: ["ce_type", "plimsoll_schema"] }
)

const told = async (store: Database) => ({
  // Generations are numbered as they are met; what counts is which rows are in one.
  rows: await store.rows(
    `SELECT r.* EXCLUDE (_generation) REPLACE (epoch_us(r."at")::VARCHAR AS "at", hex(r.text) AS text, r.real::VARCHAR AS real), g.source_partition, g.generation FROM land.test_hostile_v1 r
     LEFT JOIN store.generation g ON g.id = r._generation ORDER BY _partition, _offset`
  ),
  dead: await store.rows("FROM store.dead_letter ORDER BY ALL"),
  generations: await store.rows("SELECT * EXCLUDE (id) FROM store.generation ORDER BY ALL"),
  watermark: await store.rows("FROM store.watermark ORDER BY ALL"),
  offsets: await store.rows("FROM store.landed_offset ORDER BY ALL")
})

test("rows that DuckDB decodes are those that JavaScript decodes, value by value, and so are the dead letters", async () => {
  const world = await World.make()
  const open = async (name: string) => {
    // A core makes the tables of the system's own streams.
    const core = await world.core({ directory: join(world.folder, name) })
    await core.close()
    return openStore(join(world.folder, name, "core.duckdb"))
  }
  const byText = await open("text")
  const byPlain = await open("plain")
  try {
    const specs = [
      { topic, partitions: 2, cleanup: "keep" as const },
      { topic: schemasTopic, partitions: 1, cleanup: "compact" as const }
    ]
    await world.log.ensureTopics(specs)
    const writer = await world.log.writer("plimsoll.test.hostile")
    const record = { key: topic, value: JSON.stringify({ ...contract, id: contractId(contract) }) }
    await writer.append([
      { topic: schemasTopic, headers: {}, records: [{ ...record, partitionKey: topic, headers: {} }] }
    ])
    const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31))
    // Many rows in one landing tell more than many landings, so they are drawn, not shrunk.
    const some = fc.sample(fc.tuple(value, headers), { numRuns: 4000, seed })
    const records = some.map(([value, own], at) => ({
      key: null,
      value,
      partitionKey: at % 2 === 0 ? "a" : "d",
      headers: own
    }))
    await writer.append([{ topic, headers: { ce_source: "/plimsoll/test/hostile" }, records }])
    await land(byText, world.log, { zone: "Europe/London", textFrom: 1 })
    const [decoded] = await byText.rows<{ n: number }>(
      "SELECT count(*) FILTER (_holds)::INTEGER AS n FROM decoded_row"
    )
    await land(byPlain, world.log, { zone: "Europe/London", textFrom: Infinity })
    const [text, plain] = [await told(byText), await told(byPlain)]
    for (const [at, row] of plain.rows.entries()) expect(text.rows[at], `seed ${seed}`).toEqual(row)
    expect(text, `seed ${seed}`).toEqual(plain)
    expect(decoded!.n).toBeGreaterThan(100)
    expect(plain.rows.length).toBeGreaterThan(1000)
    expect(plain.dead.length).toBeGreaterThan(500)
    await writer.close()
  } finally {
    byText.end()
    byPlain.end()
    await world.remove()
  }
}, 120_000)
