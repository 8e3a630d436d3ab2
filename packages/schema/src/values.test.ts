import { Schema } from "effect"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { Decimal } from "./decimal.ts"
import { formatInstant, Instant, parseInstant } from "./instant.ts"
import { Int64 } from "./int64.ts"
import { PlainDate } from "./plain-date.ts"

const fails = (schema: Schema.Codec<unknown, unknown>, value: unknown) =>
  Schema.decodeUnknownResult(schema)(value)._tag === "Failure"

describe("Int64", () => {
  test("keeps every digit up to the ends of its range", () => {
    for (const text of ["0", "-1", "9007199254740993", "9223372036854775807", "-9223372036854775808"]) {
      const value = Schema.decodeUnknownSync(Int64)(text)
      expect(Schema.encodeSync(Int64)(value)).toBe(text)
    }
  })
  test("refuses what is no canonical whole number of 64 bits", () => {
    for (const text of [
      "007",
      "2.6",
      "1_000",
      "+5",
      " 5",
      "",
      "1e3",
      "-0",
      "9223372036854775808",
      "-9223372036854775809",
      5
    ]) {
      expect(fails(Int64, text), String(text)).toBe(true)
    }
  })
})

describe("Decimal", () => {
  test("pads to its scale and never rounds", () => {
    const money = Decimal(5, 2)
    expect(Schema.decodeUnknownSync(money)("2.6")).toBe("2.60")
    expect(Schema.decodeUnknownSync(money)("-0")).toBe("0.00")
    expect(Schema.decodeUnknownSync(money)("999.990")).toBe("999.99")
    for (const text of ["2.605", "1000", "007", "1e2", ".5", "5.", "", "NaN"])
      expect(fails(money, text), text).toBe(true)
  })
  test("decoding what was encoded is identity", () => {
    fc.assert(
      fc.property(fc.bigInt(-99999n, 99999n), (units) => {
        const digits = (units < 0n ? -units : units).toString().padStart(3, "0")
        const text = `${units < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`
        expect(Schema.decodeUnknownSync(Decimal(5, 2))(Schema.encodeSync(Decimal(5, 2))(text))).toBe(text)
      })
    )
  })
})

describe("PlainDate", () => {
  test("takes real days only", () => {
    for (const text of ["2024-02-29", "0001-01-01", "9999-12-31"])
      expect(Schema.decodeUnknownSync(PlainDate)(text)).toBe(text)
    for (const text of [
      "2023-02-29",
      "2100-02-29",
      "2026-13-01",
      "2026-00-10",
      "0000-01-01",
      "2026-1-1",
      "01/02/2026",
      "2026-01-02 13:45"
    ]) {
      expect(fails(PlainDate, text), text).toBe(true)
    }
  })
})

describe("Instant", () => {
  test("reads offsets, zones and six decimals, and writes UTC with the zone", () => {
    expect(formatInstant(parseInstant("2026-03-29T01:30:00+01:00[Europe/London]")!)).toBe(
      "2026-03-29T00:30:00.000000Z[Europe/London]"
    )
    expect(formatInstant(parseInstant("1969-12-31T23:59:59.999999Z")!)).toBe("1969-12-31T23:59:59.999999Z")
    expect(parseInstant("2026-01-01T00:00:00.1234560Z")!.micros % 1_000_000n).toBe(123456n)
  })
  test("refuses what it would have to change or guess", () => {
    for (const text of [
      "2026-01-01T00:00:00",
      "2026-01-01",
      "2026-01-01T24:00:00Z",
      "2026-02-30T00:00:00Z",
      "2026-01-01T00:00:00.1234567Z",
      "2026-01-01T00:00:00Z[Mars/Base]",
      "2026-01-01 00:00:00Z"
    ]) {
      expect(fails(Instant, text), text).toBe(true)
    }
  })
  test("decoding what was encoded is identity, whatever the zone of the machine", () => {
    const instants = fc.record({
      micros: fc.bigInt(BigInt(Date.parse("0001-01-02")) * 1000n, BigInt(Date.parse("9999-12-30")) * 1000n),
      zone: fc.constantFrom("UTC", "Europe/London", "Asia/Kolkata", "-03:30")
    })
    const zone = process.env["TZ"]
    try {
      for (const place of ["UTC", "Europe/London", "Asia/Kolkata"]) {
        process.env["TZ"] = place
        fc.assert(
          fc.property(instants, (instant) => {
            expect(Schema.decodeUnknownSync(Instant)(Schema.encodeSync(Instant)(instant))).toEqual(instant)
          })
        )
      }
    } finally {
      if (zone === undefined) delete process.env["TZ"]
      else process.env["TZ"] = zone
    }
  })
})
