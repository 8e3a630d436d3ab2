import { Schema } from "effect"
import { describe, expect, test } from "vitest"
import { columnsOf, duckColumns } from "./column.ts"
import { contractOf } from "./contract.ts"
import { Decimal } from "./decimal.ts"
import { Instant } from "./instant.ts"
import { Int64 } from "./int64.ts"
import { measure, type MeasureOptions } from "./measure.ts"
import { camelCase, snakeCase } from "./name.ts"
import { PlainDate } from "./plain-date.ts"
import { PlimsollError } from "./plimsoll-error.ts"
import { checkExpression, sql } from "./sql.ts"
import { defineStream } from "./stream.ts"

const options = {
  name: "falls",
  domain: "inpatient",
  version: 1,
  title: "Falls",
  schema: Schema.Struct({
    ward: Schema.String,
    day: PlainDate,
    falls: Schema.Int,
    note: Schema.NullOr(Schema.String)
  }),
  key: ["ward", "day"],
  microsystem: "ward",
  occurredAt: "day",
  sensitivity: { ward: "open", day: "open", falls: "open", note: "confidential" }
} as const
const falls = defineStream(options)

const code = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof PlimsollError) return error.code
    throw error
  }
  return "none"
}

describe("defineStream", () => {
  test("refuses parts that do not fit together", () => {
    expect(code(() => defineStream({ ...options, name: "Falls On Ward" }))).toBe("stream-invalid")
    expect(code(() => defineStream({ ...options, version: 0 }))).toBe("stream-invalid")
    expect(code(() => defineStream({ ...options, occurredAt: "falls" }))).toBe("stream-invalid")
    expect(code(() => defineStream({ ...options, key: ["note"] }))).toBe("stream-invalid")
    expect(code(() => defineStream({ ...options, sensitivity: { ward: "open" } as never }))).toBe(
      "stream-invalid"
    )
  })
  test("gives JSON Schema and DuckDB columns from the one schema", () => {
    const schema = contractOf("hospital", falls).jsonSchema
    expect(schema["$schema"]).toBe("https://json-schema.org/draft/2020-12/schema")
    expect(duckColumns(columnsOf(schema))).toEqual([
      '"ward" VARCHAR NOT NULL',
      '"day" DATE NOT NULL',
      '"falls" BIGINT NOT NULL',
      '"note" VARCHAR'
    ])
  })
  test("knows every kind of value, in a null, an option or a check", () => {
    const kinds = columnsOf(
      contractOf(
        "hospital",
        defineStream({
          ...options,
          schema: Schema.Struct({
            ward: Schema.Literals(["a", "b"]),
            day: PlainDate,
            big: Schema.NullOr(Int64),
            money: Schema.optionalKey(Decimal(12, 3)),
            at: Schema.optionalKey(Schema.NullOr(Instant)),
            share: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
            tags: Schema.Array(Schema.String),
            either: Schema.Union([Schema.String, Schema.Int])
          }),
          sensitivity: {
            ward: "open",
            day: "open",
            big: "open",
            money: "open",
            at: "open",
            share: "open",
            tags: "open",
            either: "open"
          }
        })
      ).jsonSchema
    ).map((column) => [column.name, column.type.kind, column.nullable, column.optional])
    expect(kinds).toEqual([
      ["ward", "text", false, false],
      ["day", "date", false, false],
      ["big", "int64", true, false],
      ["money", "decimal", false, true],
      ["at", "instant", true, true],
      ["share", "number", false, false],
      ["tags", "json", false, false],
      ["either", "json", false, false]
    ])
  })
  test("names go from SQL to TypeScript and back", () => {
    for (const name of ["org_code", "day", "bed_days_open"]) expect(snakeCase(camelCase(name))).toBe(name)
  })
})

describe("sql", () => {
  test("takes one expression over the row", () => {
    for (const text of [
      "falls",
      "coalesce(falls, 0) * 2",
      "ward = 'x; drop'",
      '"from" > 1',
      "list_contains(['a'], ward)",
      "date_part('year', day)"
    ]) {
      expect(checkExpression(text)).toBe(text)
    }
    expect(sql`ward = ${"O'Neill"} AND falls > ${3}`).toBe("ward = 'O''Neill' AND falls > 3")
  })
  test("refuses statements, subqueries, clocks, chance and broken text", () => {
    for (const text of [
      "",
      "1; DROP TABLE x",
      "(SELECT 1)",
      "now()",
      "random() > 0.5",
      "a -- b",
      "a /* b */",
      "(a",
      "a)",
      "'a",
      "current_date",
      "read_csv('x')",
      "getenv('HOME')",
      "?"
    ]) {
      expect(
        code(() => checkExpression(text)),
        text
      ).toBe("sql-invalid")
    }
  })
})

describe("measure", () => {
  const given: MeasureOptions<typeof falls> = {
    id: "falls",
    version: 1,
    title: "Falls",
    from: falls,
    at: "day",
    period: "month",
    microsystem: sql`ward`,
    numerator: sql`falls`,
    empty: "zero",
    chart: "xmr",
    direction: "down",
    kind: "outcome",
    class: "open"
  }
  test("fills in what is usual", () => {
    expect(measure(given).definition).toMatchObject({
      stream: "falls",
      baseline: "first-24",
      grace: 0,
      multiplier: 1,
      denominator: null
    })
  })
  test("a chart takes the parts that it is made from, and no others", () => {
    const denominator = sql`bed_days`
    for (const chart of ["p", "pp", "p_auto", "np", "u", "up", "u_auto"] as const) {
      expect(code(() => measure({ ...given, chart }))).toBe("measure-invalid")
      expect(measure({ ...given, chart, denominator }).definition.chart).toBe(chart)
    }
    for (const chart of ["p", "pp", "p_auto", "np", "c"] as const)
      expect(code(() => measure({ ...given, chart, denominator, multiplier: 1000 }))).toBe("measure-invalid")
    for (const chart of ["u", "up", "u_auto", "xmr", "run", "mr", "ewma", "cusum"] as const)
      expect(measure({ ...given, chart, denominator, multiplier: 1000 }).definition.multiplier).toBe(1000)
    expect(code(() => measure({ ...given, chart: "c", denominator }))).toBe("measure-invalid")
    expect(measure({ ...given, chart: "c" }).definition.denominator).toBeNull()
  })
  test("a share is in per cent, a number of cases and a rate are not", () => {
    const unit = (chart: MeasureOptions<typeof falls>["chart"]) =>
      measure({ ...given, chart, denominator: sql`bed_days` }).definition.unit
    expect([unit("p"), unit("xmr"), unit("np"), unit("u")]).toEqual(["%", "%", "", ""])
  })
  test("refuses what does not fit, with the place", () => {
    expect(code(() => measure({ ...given, chart: "p" }))).toBe("measure-invalid")
    expect(code(() => measure({ ...given, at: "nothing" as never }))).toBe("measure-invalid")
    expect(code(() => measure({ ...given, id: "Falls!" }))).toBe("measure-invalid")
    expect(code(() => measure({ ...given, numerator: "sum(x); drop table y" as never }))).toBe(
      "measure-invalid"
    )
    expect(code(() => measure({ ...given, multiplier: 0 }))).toBe("measure-invalid")
    expect(code(() => measure({ ...given, chart: "g" as never }))).toBe("measure-invalid")
  })
})
