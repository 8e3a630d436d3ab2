/** A word of a text: as it is compared, and where it stands in the text as it was given, in UTF-16 code units. */
export interface Word {
  readonly word: string
  readonly start: number
  readonly end: number
}

/** The words of a text: letters and digits, with an apostrophe or a hyphen inside, in lower case and one form (NFKC). */
export const wordsOf = (text: string): ReadonlyArray<Word> =>
  Array.from(text.matchAll(/[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*/gu), (match) => ({
    word: match[0].normalize("NFKC").toLowerCase().replaceAll("’", "'"),
    start: match.index,
    end: match.index + match[0].length
  }))

const common = new Set(
  (
    "the be to of and a in that have i it for not on with he as you do at this but his by from they we say her she or an " +
    "will my one all would there their what so up out if about who get which go me when make can like time no just him know " +
    "take people into year your good some could them see other than then now look only come its over think also back after " +
    "use two how our work first well way even new want because any these give day most us is was are were been has had did " +
    "very more always never too being am don't didn't wasn't i'm it's thank thanks staff care"
  ).split(" ")
)

/** The words that any English text has; they speak for no theme. */
export const isCommon = (word: string): boolean => common.has(word)

/** How long a text is. */
export type TextLength = "blank" | "short" | "usual" | "long"

/** `blank`: no word; `short`: fewer than 5; `long`: more than 300; else `usual`. */
export const lengthOf = (words: ReadonlyArray<Word>): TextLength =>
  words.length === 0 ? "blank" : words.length < 5 ? "short" : words.length > 300 ? "long" : "usual"

/** The language of a text, so far as this project can tell. */
export type TextLanguage = "english" | "other" | "unknown"

/** `english` where at least a fifth of the words are common English ones; of fewer than 5 words it is `unknown`. */
export const languageOf = (words: ReadonlyArray<Word>): TextLanguage => {
  if (words.length < 5) return "unknown"
  return words.filter(({ word }) => common.has(word)).length * 5 >= words.length ? "english" : "other"
}
