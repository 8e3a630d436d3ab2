import { beginsWithBirth, hasCheckDigit } from "./check-digit.ts"
import type { SpanPattern } from "./events.ts"
import { namesIn, otherFiller, nameFiller } from "./names.ts"

/** The version of the patterns: raised with each change of what they find. */
export const patternsVersion = 1

/** A span of a text, in UTF-16 code units. */
export interface Found {
  readonly pattern: SpanPattern
  readonly start: number
  readonly end: number
}

/** One way of finding spans. */
interface Pattern {
  readonly pattern: SpanPattern
  readonly expression: RegExp
  /** Whether what was matched holds. */
  readonly holds?: (matched: string) => boolean
}

const before = String.raw`(?<![\p{L}\p{N}])`
const after = String.raw`(?![\p{L}\p{N}])`
const months =
  "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
const date = [
  String.raw`\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:\d{4}|\d{2})`,
  String.raw`\d{4}-\d{2}-\d{2}`,
  String.raw`\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:${months})[\s,]+(?:19|20)\d{2}`
].join("|")
const streets =
  "street|st|road|rd|avenue|ave|lane|ln|close|drive|crescent|gardens|grove|terrace|way|court|place|square"

const digitsOf = (text: string): string => text.replaceAll(/\D/g, "")

/** In the order in which the first names a span that two find. */
const patterns: ReadonlyArray<Pattern> = [
  {
    pattern: "email",
    expression: /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu
  },
  {
    pattern: "web",
    expression: new RegExp(
      `(?<![\\p{L}\\p{N}])(?:https?://|www\\.)[^\\s${nameFiller}${otherFiller}\\[\\]]+`,
      "giu"
    )
  },
  { pattern: "handle", expression: /(?<![\p{L}\p{N}.@])@[\p{L}_][\p{L}\p{N}_]{2,}/gu },
  {
    pattern: "nhs-number",
    expression: /(?<![\p{L}\p{N}])\d(?:[ -]?\d){9}(?![\p{L}\p{N}])/gu,
    holds: (text) => hasCheckDigit(digitsOf(text)) && !beginsWithBirth(digitsOf(text))
  },
  {
    pattern: "chi-number",
    expression: /(?<![\p{L}\p{N}])\d(?:[ -]?\d){9}(?![\p{L}\p{N}])/gu,
    holds: (text) => hasCheckDigit(digitsOf(text)) && beginsWithBirth(digitsOf(text))
  },
  {
    pattern: "national-insurance-number",
    expression: new RegExp(
      String.raw`${before}[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]${after}`,
      "giu"
    )
  },
  {
    pattern: "date-of-birth",
    expression: new RegExp(
      String.raw`(?<=${before}(?:d\.?o\.?b\.?|date of birth|born(?: on)?)(?:\s+is)?[\s:.,-]{0,4})(?:${date})${after}`,
      "giu"
    )
  },
  { pattern: "date", expression: new RegExp(`${before}(?:${date})${after}`, "giu") },
  {
    pattern: "address",
    expression: new RegExp(
      String.raw`${before}\d{1,4}[A-Za-z]?,?\s+(?:\p{Lu}\p{Ll}+\s+){1,3}(?:${streets
        .split("|")
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join("|")})${after}`,
      "gu"
    )
  },
  {
    pattern: "postcode",
    expression: new RegExp(
      String.raw`${before}(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d{1,2}|\d[A-HJKPSTUW]|[A-HK-Y]\d[ABEHMNPRVWXY])\s?\d[ABD-HJLNP-UW-Z]{2})${after}`,
      "giu"
    )
  },
  {
    pattern: "vehicle",
    expression: new RegExp(
      String.raw`${before}(?:[A-HJ-PR-Y]{2}\d{2}\s?[A-HJ-PR-Z]{3}|[A-HJ-NPR-TV-Y]\d{1,3}\s?[A-Z]{3}|[A-Z]{3}\s?\d{1,3}[A-HJ-NPR-TV-Y])${after}`,
      "gu"
    )
  },
  {
    pattern: "phone",
    expression:
      /(?<![\p{L}\p{N}])(?:\+\s?44[ ()-]*(?:\(?0\)?)?|\(?0)(?:[ ()-]{0,3}\d){9,10}(?![\p{L}\p{N}])/gu
  },
  { pattern: "long-number", expression: /(?<![\p{L}\p{N}])\d{7,}(?![\p{L}\p{N}])/gu }
]

/** Every span that any pattern finds, the first named first. They may overlap. */
export const findAll = (text: string): ReadonlyArray<Found> => [
  ...patterns.flatMap(({ pattern, expression, holds }) =>
    Array.from(text.matchAll(expression))
      .filter((match) => holds === undefined || holds(match[0]))
      .map((match) => ({ pattern, start: match.index, end: match.index + match[0].length }))
  ),
  ...namesIn(text).map((span) => ({ pattern: "name" as const, ...span }))
]
