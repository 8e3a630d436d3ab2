import type { TextScan, TextSource } from "./events.ts"
import { patternsVersion } from "./patterns.ts"
import { proposeRedactions } from "./redact.ts"
import { languageOf, lengthOf, wordsOf } from "./words.ts"

/** A free text as the holder of the vault opens it. */
export interface SealedText {
  readonly id: string
  /** The tag of the sealed record. */
  readonly seal: string
  readonly source: TextSource
  readonly microsystem: string
  /** YYYY-MM-DD. */
  readonly day: string
  readonly text: string
}

/** What may be said of a text on the open log: its flags, and where patterns found something; no word of it. */
export const scanText = ({ id, seal, source, microsystem, day, text }: SealedText): TextScan => {
  const words = wordsOf(text)
  const spans = proposeRedactions(text)
  return {
    text: id,
    seal,
    source,
    microsystem,
    day,
    length: lengthOf(words),
    language: languageOf(words),
    rules: patternsVersion,
    patterns: spans.map((one) => one.pattern),
    starts: spans.map((one) => one.start),
    ends: spans.map((one) => one.end)
  }
}
