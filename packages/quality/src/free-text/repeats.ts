import { wordsOf } from "./words.ts"

/** Two texts that look alike. */
export interface Alike {
  readonly one: string
  readonly other: string
  /** From the threshold to 1: shingles of three words that both have / shingles that either has (Jaccard). */
  readonly similarity: number
  /** Whether they have the same words in the same order. */
  readonly same: boolean
}

/** The fewest words of a text that can be told to be a repeat: many people write "very good". */
export const fewestWords = 5

/** A text as its words alone: no case, no punctuation, no spaces but one. */
export const normalised = (text: string): string =>
  wordsOf(text)
    .map(({ word }) => word)
    .join(" ")

const shinglesOf = (words: ReadonlyArray<string>): ReadonlySet<string> =>
  new Set(
    words.length < 3
      ? [words.join(" ")]
      : words.slice(2).map((word, at) => `${words[at]} ${words[at + 1]} ${word}`)
  )

const jaccard = <A>(one: ReadonlySet<A>, other: ReadonlySet<A>): number => {
  let both = 0
  for (const shingle of one) if (other.has(shingle)) both += 1
  return both / (one.size + other.size - both)
}

/** How alike two texts are, from 0 to 1: Jaccard's index of their shingles of three words (Broder 1997). */
export const similarityOf = (one: string, other: string): number =>
  jaccard(shinglesOf(normalised(one).split(" ")), shinglesOf(normalised(other).split(" ")))

interface Kept {
  readonly id: string
  readonly words: string
  readonly shingles: ReadonlySet<number>
}

/**
 * Finds texts that look alike: every pair at or above the threshold, none missed. Two texts can only be that alike if they
 * share one of their few rarest shingles, so only those are looked up (Bayardo, Ma and Srikant 2007). It holds words in
 * memory, and gives none.
 *
 * ```ts test
 * import { Repeats } from "@plimsoll/quality"
 *
 * const repeats = new Repeats()
 * repeats.add("a", "We waited four hours, and nobody told us why.")
 * repeats.add("b", "we waited four hours and nobody told us why")
 * repeats.add("c", "Very good.")
 * repeats.add("d", "Very good.")
 * repeats.pairs(0.8) // => [{ one: "a", other: "b", similarity: 1, same: true }]
 * repeats.tooShort // => 2
 * ```
 */
export class Repeats {
  readonly #ids = new Map<string, number>()
  readonly #times: number[] = []
  readonly #kept: Kept[] = []
  #short = 0

  /** How many texts were too short to be told to be a repeat. */
  get tooShort(): number {
    return this.#short
  }

  add(id: string, text: string): void {
    const words = wordsOf(text).map(({ word }) => word)
    if (words.length < fewestWords) {
      this.#short += 1
      return
    }
    const shingles = new Set<number>()
    for (const shingle of shinglesOf(words)) {
      const number = this.#ids.get(shingle) ?? this.#ids.size
      this.#ids.set(shingle, number)
      this.#times[number] = (this.#times[number] ?? 0) + 1
      shingles.add(number)
    }
    this.#kept.push({ id, words: words.join(" "), shingles })
  }

  /** Every pair that is at least so alike (above 0, up to 1), the most alike first; `one` came before `other`. */
  pairs(threshold: number): ReadonlyArray<Alike> {
    const index = new Map<number, number[]>()
    const found: Alike[] = []
    for (const [at, { id, words, shingles }] of this.#kept.entries()) {
      const rarest = [...shingles].sort((a, b) => this.#times[a]! - this.#times[b]! || a - b)
      // Of s shingles, at least ⌈t·s⌉ must be shared: one of the first s − ⌈t·s⌉ + 1 in one order for all.
      const prefix = rarest.slice(0, rarest.length - Math.ceil(threshold * rarest.length - 1e-9) + 1)
      const candidates = new Set(prefix.flatMap((shingle) => index.get(shingle) ?? []))
      for (const earlier of candidates) {
        const before = this.#kept[earlier]!
        const similarity = jaccard(before.shingles, shingles)
        if (similarity + 1e-9 >= threshold) {
          found.push({ one: before.id, other: id, similarity, same: before.words === words })
        }
      }
      for (const shingle of prefix) {
        const own = index.get(shingle)
        if (own === undefined) index.set(shingle, [at])
        else own.push(at)
      }
    }
    const order = new Map(this.#kept.map(({ id }, at) => [id, at]))
    return found.sort(
      (a, b) =>
        b.similarity - a.similarity ||
        order.get(a.one)! - order.get(b.one)! ||
        order.get(a.other)! - order.get(b.other)!
    )
  }
}
