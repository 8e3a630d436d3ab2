import fc from "fast-check"
import { expect, test } from "vitest"
import { textReader, unreadable } from "./text-value.ts"

const integer = textReader({ kind: "integer" })!
const number = textReader({ kind: "number" })!
const boolean = textReader({ kind: "boolean" })!
const read = textReader({ kind: "json" })!

test("a whole number is read from exactly the texts that print it", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(integer(String(value))).toBe(value + 0)
    })
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      const value = integer(text)
      if (value !== unreadable) expect(String(value)).toBe(text === "-0" ? "0" : text)
    })
  )
})

test("a double is read from its own text, and from no text that holds more", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(number(String(value))).toBe(value + 0)
    })
  )
  for (const [text, value] of [
    ["2.60", 2.6],
    ["0.10", 0.1],
    ["100", 100],
    ["1e2", 100],
    ["-0.0", 0],
    ["1E-3", 0.001],
    ["1e+21", 1e21]
  ] as const) {
    expect(number(text)).toBe(value)
  }
  for (const text of [
    "0.1000000000000000055",
    "9007199254740993",
    "1e400",
    "1e-400",
    "1_000",
    "1,5",
    "+1",
    ".5",
    "5.",
    "NaN",
    "Infinity",
    "007",
    ""
  ]) {
    expect([text, number(text)]).toEqual([text, unreadable])
  }
})

test("booleans have two texts, and JSON loses no digit", () => {
  expect([boolean("true"), boolean("false")]).toEqual([true, false])
  for (const text of ["TRUE", "1", "yes", ""]) expect(boolean(text)).toBe(unreadable)
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(read(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)))
    })
  )
  expect(read('{"a":[9007199254740993]}')).toBe(unreadable)
  expect(read("{")).toBe(unreadable)
})
