import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { beginsWithBirth, hasCheckDigit } from "./check-digit.ts"
import { SpanPattern } from "./events.ts"
import { type Found, proposeRedactions, redactText, scanText } from "./index.ts"

/** A number with its check digit; undefined for the one in eleven that is never given out. */
const numbered = (nine: string): string | undefined =>
  Array.from({ length: 10 }, (_, digit) => `${nine}${digit}`).find(hasCheckDigit)

const kindsOf = (text: string): ReadonlyArray<string> => proposeRedactions(text).map((one) => one.pattern)
const redacted = (text: string): string => redactText(text, proposeRedactions(text))

describe("what patterns propose to redact", () => {
  test.each([
    ["Nurse Ann and Bea were kind.", "Nurse [name] and [name] were kind."],
    ["mr smith was seen by Dr. O'Brien-Jones van Dyke", "mr [name] was seen by Dr. [name]"],
    ["Staff nurse X; my name is Zoë", "Staff nurse [name]; my name is [name]"],
    ["Thanks Mary-Jo & Sue.", "Thanks [name] & [name]."],
    ["write to a.b+c@ward.example.org or www.example.org/me", "write to [email] or [web]"],
    ["I am @somebody_1 there", "I am [handle] there"],
    ["ring 01632 960983, (01632) 960 983 or +44 (0)7700 900123", "ring [phone], [phone] or [phone]"],
    ["DOB: 3/4/1970, seen 12 March 2021", "DOB: [date-of-birth], seen [date]"],
    ["born on 3rd of April 1970", "born on [date-of-birth]"],
    ["at 12 Acacia Avenue, AB10 1XG", "at [address], [postcode]"],
    ["parked AB12 CDE there", "parked [vehicle] there"],
    ["QQ is no prefix; AB 12 34 56 C is one", "QQ is no prefix; [national-insurance-number] is one"],
    ["hospital number 12345678", "hospital number [long-number]"]
  ])("%#: they find what stands in it, and leave the rest", (text, wanted) => {
    expect(redacted(text)).toBe(wanted)
  })

  test.each([
    "THE NURSE WAS GREAT, Dr said no.",
    "The Nurse Practitioner and the nurse I saw, on Ward 5 on Monday at 10.30",
    "Thank you all. Thanks NHS! Thanks to everyone",
    "I waited 4 hours on the 3rd, 2 of 10 days, bed 12, 999 or 111",
    "Miss the old ward. I was born in May"
  ])("%#: they let stand what names nobody", (text) => {
    expect(kindsOf(text)).toEqual([])
  })

  test("a number is of the NHS or a CHI only with its check digit", () => {
    // 943 476 5919 is the example of the NHS Data Dictionary.
    expect(kindsOf("My number is 943 476 5919.")).toEqual(["nhs-number"])
    expect(kindsOf("My number is 943 476 5918.")).toEqual([])
    const chi = numbered("030470123") ?? numbered("030470124")!
    expect(beginsWithBirth(chi)).toBe(true)
    expect(kindsOf(`CHI ${chi.slice(0, 6)} ${chi.slice(6)}`)).toEqual(["chi-number"])
    expect([beginsWithBirth("3102701234"), beginsWithBirth("2902001234")]).toEqual([false, true])
  })

  test("one changed digit, or two neighbours the other way round, is always found by the check digit", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^\d{9}$/),
        fc.nat(9),
        fc.integer({ min: 1, max: 9 }),
        (nine, at, add) => {
          const number = numbered(nine)
          fc.pre(number !== undefined)
          const digits = Array.from(number!, Number)
          const changed = digits.with(at, (digits[at]! + add) % 10)
          expect(hasCheckDigit(changed.join(""))).toBe(false)
          const swapped = digits.with(at, digits[(at + 1) % 10]!).with((at + 1) % 10, digits[at]!)
          fc.pre(at < 9 && digits[at] !== digits[at + 1])
          expect(hasCheckDigit(swapped.join(""))).toBe(false)
        }
      )
    )
  })

  const pieces = fc.oneof(
    { weight: 3, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
    {
      weight: 5,
      arbitrary: fc.constantFrom(
        ..."Nurse |Dr |mr |Ann|Bea|van Dyke| and |, |X|my name is |thanks |DOB |born |01632 960983|3/4/1970|[name]|[phone]|[|]| |\n|@|a@b.uk|AB1 2CD|AB12CDE|12 High Street|9434765919|0|7|\uE000|\uE001|www.a.b|AB123456C".split(
          "|"
        )
      )
    }
  )
  const texts = fc.array(pieces, { maxLength: 14 }).map((all) => all.join(""))

  test("spans are in order, in the text, and never overlap; the text beside them is the same to the byte", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const spans = proposeRedactions(text)
        const out = redactText(text, spans)
        let [at, from] = [0, 0]
        for (const { pattern, start, end } of spans) {
          expect(start).toBeGreaterThanOrEqual(at)
          expect(end).toBeGreaterThan(start)
          expect(end).toBeLessThanOrEqual(text.length)
          const beside = text.slice(at, start)
          const bytes = Buffer.from(beside, "utf8")
          expect(Buffer.from(out.slice(from, from + beside.length), "utf8").equals(bytes)).toBe(true)
          from += beside.length
          expect(out.slice(from, from + pattern.length + 2)).toBe(`[${pattern}]`)
          from += pattern.length + 2
          at = end
        }
        expect(out.slice(from)).toBe(text.slice(at))
      }),
      { numRuns: 500 }
    )
  })

  test("a redacted text has nothing more to redact", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const once = redacted(text)
        expect(proposeRedactions(once)).toEqual([])
        expect(redacted(once)).toBe(once)
      }),
      { numRuns: 1_000 }
    )
  })

  test("spans that do not fit are refused without a word of the text", () => {
    const refused = (text: string, spans: ReadonlyArray<Found>): unknown => {
      try {
        return redactText(text, spans)
      } catch (error) {
        return error
      }
    }
    const span = (start: number, end: number): Found => ({ pattern: "name", start, end })
    for (const spans of [[span(0, 3), span(2, 4)], [span(2, 2)], [span(0, 99)], [span(-1, 2)]]) {
      const error = refused("Annabel", spans) as Error & { readonly code?: string }
      expect(error.code).toBe("redaction-invalid")
      expect(error.message).not.toContain("Anna")
    }
    expect((refused("a😀b", [span(0, 2)]) as { readonly code?: string }).code).toBe("redaction-invalid")
  })

  test("what is said of a text on the open log has no word of it", () => {
    const scan = scanText({
      id: "t1",
      seal: "s",
      source: "story",
      microsystem: "oak",
      day: "2026-01-01",
      text: "Nurse Canary was kind to all of us."
    })
    expect(scan).toMatchObject({
      length: "usual",
      language: "english",
      patterns: ["name"],
      starts: [6],
      ends: [12]
    })
    expect(JSON.stringify(scan)).not.toMatch(/Canary|kind/)
    expect(new Set(SpanPattern.literals).size).toBe(SpanPattern.literals.length)
  })

  // A pattern that goes back over all that it has read would take minutes, and run into the limit of a test.
  test("a long text of one sign again and again is looked through in time", () => {
    const found = ["a", "1", "A ", "a.", "0, ", "Dr ", "@", "and ", "["].map(
      (sign) => kindsOf(sign.repeat(10_000)).length
    )
    expect(found).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0])
  })
})
