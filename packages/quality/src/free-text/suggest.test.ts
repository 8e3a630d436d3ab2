import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { CodedTexts, digestOfTerms, freeText, hideSpans, suggestByTerms } from "./index.ts"

const evidence = (text: string, terms: ReadonlyArray<{ readonly theme: string; readonly term: string }>) =>
  suggestByTerms(text, terms).map(({ theme, start, end }) => [theme, text.slice(start, end)])

describe("themes by terms that are declared", () => {
  test("are suggested by whole words, by beginnings where a star stands, and by words that follow each other", () => {
    const terms = [
      { theme: "bell", term: "call bell*" },
      { theme: "food", term: "tea" },
      { theme: "waiting", term: "wait*" }
    ]
    expect(evidence("Waiting. The call-bell, no: the CALL  bells rang; steam.", terms)).toEqual([
      ["bell", "CALL  bells"],
      ["waiting", "Waiting"]
    ])
    expect(evidence("Tea, after a long wait: tea!", terms)).toEqual([
      ["food", "Tea"],
      ["waiting", "wait"]
    ])
    expect(evidence("", terms)).toEqual([])
  })

  test("rest on a digest that tells other terms, and not another order", () => {
    const one = { theme: "a", term: "b" }
    const other = { theme: "a", term: "c" }
    expect(digestOfTerms([one, other])).toBe(digestOfTerms([other, one]))
    expect(digestOfTerms([one, other])).not.toBe(digestOfTerms([one]))
  })

  test("find nothing in what is hidden, and all else where it was", () => {
    const text = "Dr Waiters was late, and we had to wait."
    const hidden = hideSpans(text, [{ pattern: "name", start: 3, end: 10 }])
    expect(hidden).toHaveLength(text.length)
    const [found] = suggestByTerms(hidden, [{ theme: "waiting", term: "wait*" }])
    expect(text.slice(found!.start, found!.end)).toBe("wait")
  })

  test("are refused in the config where they are no terms, with the cure", () => {
    const refused = (terms: { readonly [theme: string]: ReadonlyArray<string> }) => () => freeText({ terms })
    expect(refused({ waiting: ["Wait"] })).toThrow('the term "Wait" of the theme "waiting" is no term')
    expect(refused({ waiting: ["wa*it"] })).toThrow("is no term")
    expect(refused({ waiting: ["two  spaces"] })).toThrow("is no term")
    expect(refused({ waiting: ["wait*", "wait*"] })).toThrow("twice")
    expect(() => freeText({ thresholds: { sample: 20 } })).toThrow("thresholds.sample is no share")
    expect(() => freeText({ thresholds: { least: 0 } })).toThrow("thresholds.least is no number")
  })
})

describe("themes by terms that coded texts show", () => {
  const words = fc.array(fc.constantFrom("cold", "soup", "rude", "night", "bell", "late"), { maxLength: 4 })
  const coded = fc.array(
    fc.record({
      text: words.map((all) => all.join(" ")),
      themes: fc.subarray(["food", "manner", "waiting"])
    }),
    { maxLength: 40 }
  )

  test("are the same in whatever order the texts come, and each rule is what was counted", () => {
    fc.assert(
      fc.property(coded, words, (all, text) => {
        const [one, other] = [
          new CodedTexts({ least: 2, precision: 0.3 }),
          new CodedTexts({ least: 2, precision: 0.3 })
        ]
        for (const { text: own, themes } of all) one.add(own, themes)
        for (const { text: own, themes } of all.toReversed()) other.add(own, themes)
        expect(one.suggest(text.join(" "))).toEqual(other.suggest(text.join(" ")))
        for (const [term, rules] of one.rules()) {
          const has = all.filter((row) => ` ${row.text} `.includes(` ${term} `))
          for (const { theme, coded: both, texts, low } of rules) {
            expect(texts).toBe(has.length)
            expect(both).toBe(has.filter((row) => row.themes.includes(theme as never)).length)
            expect(both).toBeGreaterThanOrEqual(2)
            expect(low).toBeGreaterThanOrEqual(0.3)
            expect(low).toBeLessThanOrEqual(both / texts)
          }
        }
      }),
      { numRuns: 100 }
    )
  })

  test("need enough of them: 4 of 4 are too few, 5 of 5 are enough, 5 of 7 are not sure", () => {
    const coded = new CodedTexts()
    for (let n = 0; n < 4; n += 1) coded.add("soup", ["food"])
    expect(coded.suggest("soup")).toEqual([])
    coded.add("soup", ["food"])
    // Wilson's lower end of 5 / 5 is .566.
    expect(coded.suggest("soup")).toEqual([{ theme: "food", start: 0, end: 4 }])
    for (let n = 0; n < 2; n += 1) coded.add("soup", [])
    // Of 5 / 7 it is .359.
    expect(coded.suggest("soup")).toEqual([])
  })
})
