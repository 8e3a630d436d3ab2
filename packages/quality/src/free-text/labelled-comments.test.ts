import { DuckDBInstance } from "@duckdb/node-api"
import { hash } from "node:crypto"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { beforeAll, describe, expect, test } from "vitest"
import { wilson } from "../../test/wilson.ts"
import { CodedTexts, type DeclaredTerm, proposeRedactions, Repeats, suggestByTerms } from "./index.ts"
import { languageOf, lengthOf, wordsOf } from "./words.ts"

const source = fileURLToPath(
  new URL("../../../../../shared/data/culture/fft_comments_labelled.csv", import.meta.url)
)
const there = existsSync(source)

interface Comment {
  readonly id: string
  readonly answer: string
  /** 1 (very positive) to 5 (very negative); null: not labelled. */
  readonly sentiment: string | null
  readonly status: string
  readonly themes: ReadonlyArray<string>
  readonly text: string
}

/** Terms as a team may declare them, written before the comments were looked at, and not tuned to them. */
const declared: ReadonlyArray<DeclaredTerm> = Object.entries({
  "Timeliness of care": "wait* late delay* hour hours prompt* quick* time",
  "Food & drink provision & facilities": "food meal* drink* menu breakfast dinner lunch",
  "Staff manner & personal attributes": "kind* friendly rude polite caring helpful pleasant attitude",
  "Appointment arrangements": "appointment*",
  "Contacting services": "phone* telephone answer* hold",
  "Cleanliness, tidiness & infection control": "clean* dirty mess*",
  "Transport to/ from services": "transport driver* taxi ambulance"
}).flatMap(([theme, terms]) => terms.split(" ").map((term) => ({ theme, term })))

/** Suggestions held against what people coded. */
const held = (
  comments: ReadonlyArray<Comment>,
  suggest: (comment: Comment) => ReadonlyArray<string>,
  themes?: ReadonlySet<string>
) => {
  let [suggested, right, coded] = [0, 0, 0]
  for (const comment of comments) {
    const own = comment.themes.filter((theme) => themes === undefined || themes.has(theme))
    const said = suggest(comment)
    suggested += said.length
    right += said.filter((theme) => own.includes(theme)).length
    coded += own.length
  }
  return { suggested, right, coded }
}

/** Five parts by a hash of the id: what is learned from four is held against the fifth. No comment is printed or written. */
describe.skipIf(!there)(
  "comments that people have coded (../shared/data, skipped where it is not there)",
  () => {
    let comments: ReadonlyArray<Comment> = []
    let labelled: ReadonlyArray<Comment> = []
    beforeAll(async () => {
      const instance = await DuckDBInstance.create(":memory:")
      const connection = await instance.connect()
      const rows = await connection.runAndReadAll(
        `SELECT id, fft_answer AS answer, sentiment, label_status AS status, coalesce(comment, '') AS text,
         CASE WHEN themes IS NULL THEN [] ELSE string_split(themes, '|') END AS themes
       FROM read_csv('${source.replaceAll("'", "''")}', all_varchar = true, header = true)`
      )
      comments = rows.getRowObjectsJson() as unknown as ReadonlyArray<Comment>
      connection.closeSync()
      instance.closeSync()
      labelled = comments.filter((one) => one.status === "labelled")
    })

    test("a comment beside a very good rating is negative in one of ten: no feeling is measured here", () => {
      const veryGood = comments.filter((one) => one.answer === "1" && one.sentiment !== null)
      const negative = veryGood.filter((one) => Number(one.sentiment) >= 4)
      expect([negative.length, veryGood.length]).toEqual([400, 3_884])
      const { low, high } = wilson(negative.length, veryGood.length)
      expect([400 / 3_884, low, high].map((share) => (100 * share).toFixed(1))).toEqual([
        "10.3",
        "9.4",
        "11.3"
      ])
    })

    test("a fifth cannot be coded at all, and every one of those has fewer than five words", () => {
      const not = comments.filter((one) => one.status === "not_possible")
      expect([not.length, comments.length]).toEqual([1_684, 7_902])
      const lengths = not.map((one) => lengthOf(wordsOf(one.text)))
      expect([
        lengths.filter((one) => one === "blank").length,
        lengths.filter((one) => one === "short").length
      ]).toEqual([495, 1_189])
    })

    test("the flag of the language is wrong on few of them, which are all in English", () => {
      const flags = comments.map((one) => languageOf(wordsOf(one.text)))
      const count = (flag: string) => flags.filter((one) => one === flag).length
      expect([count("english"), count("other"), count("unknown")]).toEqual([4_335, 75, 3_492])
    })

    test("patterns propose little where names were taken out before", () => {
      const spans = comments.map((one) => proposeRedactions(one.text))
      const kinds = spans.flat().map((one) => one.pattern)
      expect([spans.filter((one) => one.length > 0).length, kinds.length]).toEqual([15, 17])
      expect(new Set(kinds)).toEqual(new Set(["name", "date", "long-number"]))
    })

    test("few repeat another, and nothing is said of those too short to tell", () => {
      const repeats = new Repeats()
      for (const one of comments) repeats.add(one.id, one.text)
      const pairs = repeats.pairs(0.8)
      expect([pairs.length, pairs.filter((one) => one.same).length, repeats.tooShort]).toEqual([
        62, 61, 3_492
      ])
    })

    test("terms learned from coded comments are right on three of four that they were not learned from", () => {
      const foldOf = (id: string): number => Number.parseInt(hash("sha256", id, "hex").slice(0, 8), 16) % 5
      let [suggested, right, coded] = [0, 0, 0]
      for (let fold = 0; fold < 5; fold += 1) {
        const learned = new CodedTexts()
        for (const one of labelled) if (foldOf(one.id) !== fold) learned.add(one.text, one.themes)
        const found = held(
          labelled.filter((one) => foldOf(one.id) === fold),
          (one) => learned.suggest(one.text).map(({ theme }) => theme)
        )
        suggested += found.suggested
        right += found.right
        coded += found.coded
      }
      expect({ texts: labelled.length, suggested, right, coded }).toEqual({
        texts: 5_860,
        suggested: 5_551,
        right: 4_092,
        coded: 8_245
      })
      expect([right / suggested, right / coded].map((share) => share.toFixed(3))).toEqual(["0.737", "0.496"])
    })

    test("declared terms are right on fewer, and find more of what they are declared for", () => {
      const themes = new Set(declared.map((one) => one.theme))
      const { suggested, right, coded } = held(
        labelled,
        (one) => suggestByTerms(one.text, declared).map(({ theme }) => theme),
        themes
      )
      expect([right / suggested, right / coded].map((share) => share.toFixed(3))).toEqual(["0.635", "0.702"])
    })

    test("every suggestion has its evidence: a span of whole words of the text", () => {
      const learned = new CodedTexts()
      for (const one of labelled) learned.add(one.text, one.themes)
      for (const { text } of labelled.slice(0, 1_000)) {
        const words = wordsOf(text)
        for (const { start, end, theme } of learned.suggest(text)) {
          const term = words
            .filter((word) => word.start >= start && word.end <= end)
            .map(({ word }) => word)
            .join(" ")
          expect(words.some((word) => word.start === start) && words.some((word) => word.end === end)).toBe(
            true
          )
          expect(
            learned
              .rules()
              .get(term)
              ?.some((rule) => rule.theme === theme)
          ).toBe(true)
        }
      }
    })
  }
)
