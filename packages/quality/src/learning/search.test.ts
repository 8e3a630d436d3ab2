import fc from "fast-check"
import { expect, test } from "vitest"
import { type OpenText, searchOpenText } from "./search.ts"

const text = (id: string, title: string, rest: Partial<OpenText> = {}): OpenText => ({
  kind: "lesson",
  id,
  title,
  microsystem: "oak",
  day: "2026-01-20",
  grade: "partial",
  ...rest
})

const shelf = [
  text("lights", "Night lights beside the bed halve falls at night"),
  text("forms", "Fewer forms at discharge"),
  text("cafe", "A café for families", { kind: "insight" }),
  text("lights-too", "Lights in the corridor", { day: "2026-03-01" }),
  text("lights-old", "Lights in the corridor", { day: "2025-03-01" })
]
const ids = (words: string, most?: number) =>
  searchOpenText(shelf, words, most === undefined ? {} : { most }).map((one) => one.id)

test("words are found whole, by their beginning, with a slip of the pen, and whatever their case and accents", () => {
  expect(ids("forms")).toEqual(["forms"])
  expect(ids("disch")).toEqual(["forms"])
  expect(ids("dischage")).toEqual(["forms"])
  expect(ids("dxschxgx")).toEqual([])
  expect(ids("nighx")).toEqual([])
  expect(ids("CAFE")).toEqual(["cafe"])
  expect(ids("xyzzy")).toEqual([])
  expect(ids("")).toEqual([])
})

test("the best comes first, of those alike the newest, and no more than asked for", () => {
  expect(ids("lights night falls")[0]).toBe("lights")
  expect(ids("corridor")).toEqual(["lights-too", "lights-old"])
  expect(ids("corridor", 1)).toEqual(["lights-too"])
})

test("whatever the order of the texts, the same are found in the same order; each has a word that fits", () => {
  const word = fc.constantFrom("bed", "nurse", "ward", "light", "family", "drug", "oxygen")
  const title = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(" "))
  fc.assert(
    fc.property(fc.array(title, { maxLength: 30 }), word, (titles, asked) => {
      const texts = titles.map((one, at) => text(String(at).padStart(2, "0"), one))
      const found = searchOpenText(texts, asked, { most: 100 })
      const rounded = (all: typeof found) => all.map((one) => one.id)
      expect(rounded(searchOpenText(texts.toReversed(), asked, { most: 100 }))).toEqual(rounded(found))
      // None of these words begins another, or differs from it by a letter in five.
      expect(rounded(found).sort()).toEqual(
        texts.filter((one) => one.title.split(" ").includes(asked)).map((one) => one.id)
      )
    }),
    { numRuns: 50 }
  )
})
