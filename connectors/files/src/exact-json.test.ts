import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseExact } from "./exact-json.ts"

describe("parseExact", () => {
  it.each([
    ["9007199254740993", "9007199254740993"],
    ["9223372036854775807", "9223372036854775807"],
    ["-12345678901234567890", "-12345678901234567890"],
    ["0.12345678901234567891", "0.12345678901234567891"],
    ["1e400", "1e400"],
    ["1e-400", "1e-400"],
    ["9007199254740991", 9007199254740991],
    ["1000000000000000000000", 1e21],
    ["1.50000000000000000000", 1.5],
    ["1e100", 1e100],
    ["0.1", 0.1]
  ])("%s", (source, value) => {
    expect(parseExact(`{"a":[${source}],"b":"${source}"}`)).toEqual({ a: [value], b: source })
  })

  it("never changes a number: what it gives stands for the same decimal", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: 25 })
    fc.assert(
      fc.property(digits, digits, (whole, fraction) => {
        const source = `${BigInt(whole)}.${fraction}`
        const value = parseExact(source)
        if (typeof value === "string") expect(value).toBe(source)
        else {
          const shown = value as number
          const plain = /e/.test(String(shown)) ? shown.toFixed(20) : String(shown)
          const [a, b = ""] = plain.split(".")
          expect(`${a}.${b.padEnd(25, "0")}`.slice(0, 21)).toBe(
            `${BigInt(whole)}.${fraction.padEnd(25, "0")}`.slice(0, 21)
          )
        }
      })
    )
  })
})
