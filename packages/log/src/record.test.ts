import { defineStream, microsystems, notes, PlainDate, ticks, contractOf } from "@plimsoll/schema"
import { Schema } from "effect"
import fc from "fast-check"
import { expect, test } from "vitest"
import { canonicalJson, canonicalKey, checkCompatible, contractId, encodeRecord, timeOf } from "./record.ts"

const author = { organisation: "trust", name: "cli", instance: "here" }
const ward = { id: "w7", name: "Ward 7", kind: "ward", parent: null, since: "2026-01-01" } as const

test("canonical JSON does not depend on the order in which an object was filled", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const backwards = Object.fromEntries(Object.entries(object).reverse())
      expect(canonicalJson(backwards)).toBe(canonicalJson(object))
      expect(JSON.parse(canonicalJson(object))).toEqual(JSON.parse(JSON.stringify(object)))
    })
  )
})

test("a key is the JSON array of its fields, in the order of the stream", () => {
  expect(canonicalKey(["b", "a"], { a: 1, b: "x", c: true })).toBe('["x",1]')
  expect(canonicalKey(null, { a: 1 })).toBeNull()
})

test("rows of the system's own are records with an envelope", () => {
  const group = encodeRecord(author, microsystems, [ward])
  expect(group.topic).toBe("trust.plimsoll.microsystem.v1")
  expect(group.headers).toEqual({
    ce_specversion: "1.0",
    ce_source: "/plimsoll/cli/here",
    ce_type: "plimsoll.microsystem.upserted",
    "content-type": "application/json",
    plimsoll_schema: contractId(contractOf("trust", microsystems))
  })
  const [record] = group.records
  expect(record).toMatchObject({ key: '["w7"]', value: JSON.stringify(ward), partitionKey: "w7" })
  expect(record!.headers).toMatchObject({ ce_time: "2026-01-01T00:00:00Z", ce_partitionkey: "w7" })
  expect(encodeRecord(author, microsystems, [ward])).toEqual(group)
  const renamed = encodeRecord(author, microsystems, [{ ...ward, name: "Ward Seven" }])
  expect(renamed.records[0]!.headers["ce_id"]).not.toBe(record!.headers["ce_id"])
})

test("a row that does not fit is refused, and the error does not hold its value", () => {
  const call = () => encodeRecord(author, ticks, [{ day: "canary-4479" }])
  expect(call).toThrow(expect.objectContaining({ code: "row-invalid" }))
  expect(call).not.toThrow(/canary/)
})

test("a sealed stream is not written in the clear", () => {
  expect(() => encodeRecord(author, notes, [])).toThrow(
    expect.objectContaining({ code: "sealed-without-vault" })
  )
})

test("the time of a row is RFC 3339, whatever stood in brackets", () => {
  expect(timeOf("2026-03-01")).toBe("2026-03-01T00:00:00Z")
  expect(timeOf("2026-03-01T08:30:00.123456Z[Europe/Paris]")).toBe("2026-03-01T08:30:00.123456Z")
})

const stream = (schema: Schema.Struct<Schema.Struct.Fields>, key: readonly string[] = ["ward"]) =>
  contractOf(
    "trust",
    defineStream({
      name: "falls",
      domain: "inpatient",
      version: 1,
      title: "Falls",
      schema: schema as never,
      key: key as never,
      microsystem: "ward" as never,
      occurredAt: "day" as never,
      sensitivity: Object.fromEntries(Object.keys(schema.fields).map((field) => [field, "open"])) as never
    })
  )
const base = { ward: Schema.String, day: PlainDate, falls: Schema.Int }
const before = stream(Schema.Struct(base))

test.each([
  ["an optional field more", { ...base, note: Schema.optionalKey(Schema.String) }],
  ["a nullable field more", { ...base, note: Schema.NullOr(Schema.String) }],
  ["a field that may now be null", { ...base, falls: Schema.NullOr(Schema.Int) }]
])("%s is compatible", (_, fields) => {
  expect(() => checkCompatible(before, stream(Schema.Struct(fields)))).not.toThrow()
})

test.each([
  ["a field less", { ward: base.ward, day: base.day }, ["ward"]],
  ["another type", { ...base, falls: Schema.String }, ["ward"]],
  ["a required field more", { ...base, note: Schema.String }, ["ward"]],
  ["another key", base, ["ward", "day"]]
])("%s is not compatible, and the error says the cure", (_, fields, key) => {
  const incompatible = expect.objectContaining({
    code: "schema-incompatible",
    suggestion: expect.stringContaining("raise its version to 2")
  })
  expect(() => checkCompatible(before, stream(Schema.Struct(fields), key))).toThrow(incompatible)
})
