import { hash } from "node:crypto"
import { isCommon, type Word, wordsOf } from "./words.ts"

/** A theme that a text may be about, and the place of the term that says so. */
export interface Suggested {
  readonly theme: string
  readonly start: number
  readonly end: number
}

/** A term that speaks for a theme: words joined by one space, each with a `*` at its end where any ending fits. */
export interface DeclaredTerm {
  readonly theme: string
  readonly term: string
}

/** A term of the own coded texts, and how it was coded. */
export interface LearnedTerm extends DeclaredTerm {
  /** Coded texts that have the term and the theme. */
  readonly coded: number
  /** Coded texts that have the term. */
  readonly texts: number
  /** The lower end of Wilson's 95 % interval of coded / texts. */
  readonly low: number
}

/** The first place of each theme, in the order in which the terms stand. */
const firstOf = (found: Iterable<Suggested>): ReadonlyArray<Suggested> => {
  const themes = new Map<string, Suggested>()
  for (const one of found) if (!themes.has(one.theme)) themes.set(one.theme, one)
  return [...themes.values()].sort((a, b) => (a.theme < b.theme ? -1 : 1))
}

const fits = (part: string, { word }: Word): boolean =>
  part.endsWith("*") ? word.startsWith(part.slice(0, -1)) : word === part

/**
 * The themes that a text may be about by terms that are declared, each with its first evidence in the text.
 *
 * ```ts test
 * import { suggestByTerms } from "@plimsoll/quality"
 *
 * const terms = [{ theme: "waiting", term: "wait*" }]
 * suggestByTerms("We were waiting.", terms) // => [{ theme: "waiting", start: 8, end: 15 }]
 * ```
 */
export const suggestByTerms = (
  text: string,
  terms: ReadonlyArray<DeclaredTerm>
): ReadonlyArray<Suggested> => {
  const words = wordsOf(text)
  const found = terms.flatMap(({ theme, term }): ReadonlyArray<Suggested> => {
    const parts = term.split(" ")
    const at = words.findIndex((_, from) => parts.every((part, n) => fits(part, words[from + n] ?? none)))
    return at < 0 ? [] : [{ theme, start: words[at]!.start, end: words[at + parts.length - 1]!.end }]
  })
  return firstOf(found.sort((a, b) => a.start - b.start))
}

const none: Word = { word: "", start: 0, end: 0 }

/** What a suggestion by declared terms rests on: tells whether they are the same terms. */
export const digestOfTerms = (terms: ReadonlyArray<DeclaredTerm>): string => {
  const lines = terms.map(({ theme, term }) => JSON.stringify([theme, term])).sort()
  return `terms:${hash("sha256", lines.join("\n"), "hex").slice(0, 16)}`
}

/** Single words that say something, and pairs of words that stand together. */
const termsOf = (words: ReadonlyArray<Word>): ReadonlyMap<string, Omit<Suggested, "theme">> => {
  const terms = new Map<string, Omit<Suggested, "theme">>()
  for (const [at, { word, start, end }] of words.entries()) {
    if (!isCommon(word) && !terms.has(word)) terms.set(word, { start, end })
    const next = words[at + 1]
    if (next === undefined || (isCommon(word) && isCommon(next.word))) continue
    const pair = `${word} ${next.word}`
    if (!terms.has(pair)) terms.set(pair, { start, end: next.end })
  }
  return terms
}

/** The lower end of Wilson's 95 % score interval. */
const wilsonLow = (x: number, n: number): number => {
  const z = 1.959963984540054
  return (2 * x + z * z - z * Math.sqrt(z * z + (4 * x * (n - x)) / n)) / (2 * (n + z * z))
}

/**
 * Learns from texts that people have coded which terms speak for which theme: a list of rules, each of which can be read
 * (a decision list, Rivest 1987; Yarowsky 1994). A term speaks for a theme if at least `least` coded texts have both and
 * the lower end of the 95 % interval of coded / texts is `precision` or more. It holds words in memory: they are those of
 * sealed texts, and go nowhere.
 *
 * ```ts test
 * import { CodedTexts } from "@plimsoll/quality"
 *
 * const coded = new CodedTexts()
 * for (let n = 0; n < 20; n += 1) coded.add(`cold soup ${n}`, ["food"])
 * coded.suggest("The soup again.") // => [{ theme: "food", start: 4, end: 8 }]
 * ```
 */
export class CodedTexts {
  readonly #least: number
  readonly #precision: number
  readonly #terms = new Map<string, { texts: number; readonly themes: Map<string, number> }>()
  #rules: ReadonlyMap<string, ReadonlyArray<LearnedTerm>> | undefined
  #texts = 0

  constructor(options: { readonly least?: number; readonly precision?: number } = {}) {
    this.#least = options.least ?? 5
    this.#precision = options.precision ?? 0.5
  }

  /** How many texts it has learned from. */
  get texts(): number {
    return this.#texts
  }

  /** A text, and the themes that a person has coded it to. */
  add(text: string, themes: ReadonlyArray<string>): void {
    this.#rules = undefined
    this.#texts += 1
    for (const term of termsOf(wordsOf(text)).keys()) {
      const own = this.#terms.get(term) ?? { texts: 0, themes: new Map<string, number>() }
      own.texts += 1
      for (const theme of themes) own.themes.set(theme, (own.themes.get(theme) ?? 0) + 1)
      this.#terms.set(term, own)
    }
  }

  /** The rules, by term. */
  rules(): ReadonlyMap<string, ReadonlyArray<LearnedTerm>> {
    this.#rules ??= new Map(
      Array.from(this.#terms, ([term, { texts, themes }]) => {
        const own = Array.from(themes, ([theme, coded]) => {
          return { theme, term, coded, texts, low: wilsonLow(coded, texts) }
        }).filter(({ coded, low }) => coded >= this.#least && low >= this.#precision)
        return [term, own] as const
      }).filter(([, own]) => own.length > 0)
    )
    return this.#rules
  }

  /** The themes that a text may be about, each with the place of the term that is most surely right. */
  suggest(text: string): ReadonlyArray<Suggested> {
    const rules = this.rules()
    const found = Array.from(termsOf(wordsOf(text)), ([term, place]) =>
      (rules.get(term) ?? []).map(({ theme, low }) => ({ low, suggested: { theme, ...place } }))
    ).flat()
    return firstOf(
      found.sort((a, b) => b.low - a.low || a.suggested.start - b.suggested.start).map((one) => one.suggested)
    )
  }
}
