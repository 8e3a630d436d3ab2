import { columnsOf, Decimal, duckColumns, Instant, Int64, jsonSchemaOf, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Database } from "./duckdb/database.ts"
import { rowColumns } from "./wire.ts"

const Row = Schema.Struct({
  text: Schema.String,
  whole: Schema.Int,
  real: Schema.Finite,
  flag: Schema.Boolean,
  big: Int64,
  money: Decimal(20, 4),
  day: PlainDate,
  at: Instant,
  list: Schema.Array(Schema.String),
  perhaps: Schema.NullOr(Schema.String),
  sometimes: Schema.optionalKey(Schema.Int),
  either: Schema.optionalKey(Schema.NullOr(Schema.String))
})
const columns = columnsOf(jsonSchemaOf(Row))
let database: Database

beforeAll(async () => {
  database = await Database.open(":memory:")
})
afterAll(() => database.end())

const day = fc
  .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const unicode = fc.string({ unit: "grapheme", maxLength: 12 })
const rows = fc.record(
  {
    text: unicode,
    whole: fc.maxSafeInteger(),
    real: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    flag: fc.boolean(),
    big: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    money: fc.tuple(fc.bigInt(-(10n ** 20n) + 1n, 10n ** 20n - 1n)).map(([units]) => {
      const digits = (units < 0n ? -units : units).toString().padStart(5, "0")
      return `${units < 0n ? "-" : ""}${digits.slice(0, -4)}.${digits.slice(-4)}`
    }),
    day,
    at: fc.record({
      micros: fc.bigInt(BigInt(Date.parse("0001-01-02")) * 1000n, BigInt(Date.parse("9999-12-30")) * 1000n),
      zone: fc.constantFrom("UTC", "Europe/London", "Asia/Kolkata", "+05:45", "America/St_Johns")
    }),
    list: fc.array(unicode, { maxLength: 3 }),
    perhaps: fc.option(unicode),
    sometimes: fc.integer(),
    either: fc.option(unicode)
  },
  { requiredKeys: ["text", "whole", "real", "flag", "big", "money", "day", "at", "list", "perhaps"] }
)

describe("a row on the wire", () => {
  test("encode then decode is identity through JSON", () => {
    const encode = Schema.encodeSync(Row)
    const decode = Schema.decodeUnknownSync(Row)
    fc.assert(
      fc.property(rows, (row) => {
        expect(decode(JSON.parse(JSON.stringify(encode(row))))).toEqual(row)
      }),
      { numRuns: 300 }
    )
  })

  test("goes through DuckDB and comes back the same, a missing key told from a null", async () => {
    await database.run(
      `CREATE TABLE t (${duckColumns(columns.map((column) => ({ ...column, nullable: true }))).join(", ")})`
    )
    const encode = Schema.encodeSync(Row)
    const decode = Schema.decodeUnknownSync(Row)
    await fc.assert(
      fc.asyncProperty(fc.array(rows, { minLength: 1, maxLength: 40 }), async (some) => {
        await database.run("DELETE FROM t")
        const into = rowColumns(columns)
        const missing = some.map((row) => {
          const added = into.add(encode(row) as { readonly [field: string]: unknown })
          if ("path" in added) throw new Error(added.path)
          return new Set(added.missing)
        })
        await database.append("main", "t", into.types, into.columns)
        const found = await database.rows<{ [column: string]: unknown }>(
          `SELECT * REPLACE (epoch_us("at")::VARCHAR AS "at", day::VARCHAR AS day, money::VARCHAR AS money, big::VARCHAR AS big, whole::DOUBLE AS whole, sometimes::DOUBLE AS sometimes) FROM t`
        )
        found.forEach((row, at) => {
          const back: { [field: string]: unknown } = {}
          for (const column of columns) {
            if (missing[at]!.has(column.name)) continue
            back[column.field] =
              column.name === "at"
                ? Schema.encodeSync(Instant)({
                    micros: BigInt(row["at"] as string),
                    zone: row["at_zone"] as string
                  })
                : column.type.kind === "json"
                  ? JSON.parse(row[column.name] as string)
                  : row[column.name]
          }
          expect(decode(back)).toEqual(some[at])
        })
      }),
      { numRuns: 60 }
    )
  })

  test("is refused whole where one value is of another type", () => {
    const good = {
      text: "a",
      whole: 1,
      real: 1.5,
      flag: true,
      big: "1",
      money: "1.0000",
      day: "2026-01-01",
      at: "2026-01-01T00:00:00.000000Z",
      list: [],
      perhaps: null
    }
    for (const [field, value] of Object.entries({
      text: 1,
      whole: 1.5,
      real: "1",
      flag: "true",
      big: "007",
      money: "1.00001",
      day: "2026-02-30",
      at: "2026-01-01",
      perhaps: undefined
    })) {
      const into = rowColumns(columns)
      expect(into.add({ ...good, [field]: value })).toEqual({ path: field })
      expect(into.columns.every((column) => column.length === 0)).toBe(true)
      expect(into.add(good)).toEqual({ missing: ["sometimes", "either"] })
    }
  })
})
