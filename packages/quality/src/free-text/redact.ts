import { PlimsollError } from "@plimsoll/schema"
import { SpanPattern } from "./events.ts"
import { nameFiller, otherFiller } from "./names.ts"
import { findAll, type Found } from "./patterns.ts"

const placeholders = new RegExp(`\\[(${SpanPattern.literals.join("|")})\\]`, "gu")

const fillerOf = (pattern: SpanPattern): string => (pattern === "name" ? nameFiller : otherFiller)

/** The text with each span as signs of which none is part of a word: every other place stays where it was. */
export const hideSpans = (text: string, spans: ReadonlyArray<Found>): string => {
  let out = text
  for (const { pattern, start, end } of spans) {
    out = out.slice(0, start) + fillerOf(pattern).repeat(end - start) + out.slice(end)
  }
  return out
}

/** Spans that overlap become one, called by what was named first. */
const merged = (found: ReadonlyArray<Found>): ReadonlyArray<Found> => {
  const order = new Map(found.map((one, at) => [one, at]))
  const out: Found[] = []
  for (const span of [...found].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = out.at(-1)
    if (last === undefined || span.start >= last.end) {
      out.push(span)
      continue
    }
    const first = order.get(last)! <= order.get(span)! ? last : span
    const both = { pattern: first.pattern, start: last.start, end: Math.max(last.end, span.end) }
    order.set(both, order.get(first)!)
    out[out.length - 1] = both
  }
  return out
}

/**
 * The spans of a text that may tell who somebody is, in order, none over another: proposals for a person to check. It
 * looks again after each find, as if that were gone, until there is nothing more; what an earlier redaction left as `[name]`
 * counts as gone. A name that stands alone, with no title or calling before it, is not found.
 *
 * ```ts test
 * import { proposeRedactions, redactText } from "@plimsoll/quality"
 *
 * const text = "Nurse Ann rang me on 01632 960 983."
 * const spans = proposeRedactions(text)
 * spans.map((one) => one.pattern) // => ["name", "phone"]
 * redactText(text, spans) // => "Nurse [name] rang me on [phone]."
 * ```
 */
export const proposeRedactions = (text: string): ReadonlyArray<Found> => {
  let rest = text.replaceAll(placeholders, (all, pattern: SpanPattern) =>
    fillerOf(pattern).repeat(all.length)
  )
  const spans: Found[] = []
  for (;;) {
    const found = merged(findAll(rest))
    if (found.length === 0) return spans.sort((a, b) => a.start - b.start)
    spans.push(...found)
    rest = hideSpans(rest, found)
  }
}

/**
 * The text with each span as `[pattern]`, everything else as it was. Errors: `redaction-invalid`, which names no word, where
 * spans overlap, are not within the text, or cut a character in two.
 */
export const redactText = (text: string, spans: ReadonlyArray<Found>): string => {
  let out = ""
  let at = 0
  for (const { pattern, start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    if (start < at || end <= start || end > text.length || cuts(text, start) || cuts(text, end)) {
      throw new PlimsollError({
        code: "redaction-invalid",
        message: `the span ${start}-${end} is empty, not within the text, over another span, or cuts a character in two`,
        suggestion: "give spans as start-end, counted in UTF-16 code units from 0, of which none overlap"
      })
    }
    out += `${text.slice(at, start)}[${pattern}]`
    at = end
  }
  return out + text.slice(at)
}

const cuts = (text: string, at: number): boolean =>
  /[\uD800-\uDBFF]/.test(text.charAt(at - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(at))
