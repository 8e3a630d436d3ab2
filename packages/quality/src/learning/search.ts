import MiniSearch from "minisearch"

/** A text that can be found: a row of `learning.open_text`. */
export interface OpenText {
  readonly kind: string
  readonly id: string
  readonly title: string
  readonly microsystem: string | null
  readonly day: string | null
  readonly grade: string | null
}

/** A text that was found. */
export interface FoundText extends OpenText {
  /** How well it fits: Okapi BM25, as MiniSearch has it; only its order means something. */
  readonly score: number
  /** The words of the text that fit. */
  readonly terms: ReadonlyArray<string>
}

/** What {@link searchOpenText} takes beside texts and words. */
export interface SearchOptions {
  /** How many are found at most. Default: 20. */
  readonly most?: number
}

/**
 * Searches texts for words, the best first; of those that fit alike the newest, then by kind and id. A word fits where the text
 * has it, a word that begins with it (from three letters on), or (from six letters on) one that differs by a
 * letter in five; a text fits where any of its words does. Case and accents make no difference. The index is made for each search, so that it can never be older than
 * the texts. Full text by MiniSearch.
 *
 * ```ts test
 * import { searchOpenText } from "@plimsoll/quality"
 *
 * const text = (id: string, title: string) => ({ kind: "lesson", id, title, microsystem: "oak", day: "2026-01-20", grade: "partial" })
 * const found = searchOpenText([text("a", "Night lights by the bed"), text("b", "Fewer forms at discharge")], "light")
 * found.map((one) => one.id) // => ["a"]
 * found[0]!.terms // => ["lights"]
 * ```
 */
export const searchOpenText = (
  texts: ReadonlyArray<OpenText>,
  words: string,
  options: SearchOptions = {}
): ReadonlyArray<FoundText> => {
  const plain = (term: string): string =>
    term
      .normalize("NFD")
      .replaceAll(/\p{Mn}+/gu, "")
      .toLowerCase()
  const index = new MiniSearch<{ readonly at: number; readonly title: string }>({
    idField: "at",
    fields: ["title"],
    processTerm: plain,
    searchOptions: {
      prefix: (term) => term.length >= 3,
      // Among shorter words too many differ by one letter: light and night.
      fuzzy: (term) => (term.length >= 6 ? 0.2 : false)
    }
  })
  index.addAll(texts.map(({ title }, at) => ({ at, title })))
  return index
    .search(words)
    .map(({ id, score, terms }) => ({ ...texts[id as number]!, score, terms: [...terms].sort() }))
    .sort(
      (a, b) =>
        b.score - a.score ||
        compare(b.day ?? "", a.day ?? "") ||
        compare(a.kind, b.kind) ||
        compare(a.id, b.id)
    )
    .slice(0, options.most ?? 20)
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
