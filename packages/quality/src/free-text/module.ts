import { readFileSync } from "node:fs"
import { defineModule, type QualityModule } from "@plimsoll/core"
import { PlimsollError } from "@plimsoll/schema"
import { Schema } from "effect"
import { codings, themes } from "../control/events.ts"
import {
  freeTextSettings,
  redactedTexts,
  redactions,
  repeatedTexts,
  textScans,
  themeSuggestions,
  ThemeTerm,
  themeTerms
} from "./events.ts"

/** What {@link freeText} takes. */
export interface FreeTextOptions {
  /**
   * Terms that speak for a theme, by the id of the theme: lower-case words, each with a `*` at its end where any ending fits.
   * Default: none; themes are then suggested from the own coded texts alone.
   */
  readonly terms?: { readonly [theme: string]: ReadonlyArray<string> }
  readonly thresholds?: {
    /** The share of texts that a second coder codes, too. Default: 0.2. */
    readonly sample?: number
    /** How alike two texts are that are shown as repeats: above 0, up to 1. Default: 0.8. */
    readonly repeat?: number
    /** The fewest coded texts that a term must have been in, with its theme, to speak for it. Default: 5. */
    readonly least?: number
    /** How sure such a term must be: the lower end of the 95 % interval of its precision. Default: 0.5. */
    readonly precision?: number
  }
}

const since = "0001-01-01"

const read = (name: string): string => readFileSync(new URL(`./${name}`, import.meta.url), "utf8")

const wrong = (message: string, suggestion: string): PlimsollError =>
  new PlimsollError({
    code: "config-invalid",
    message: `freeText: ${message}`,
    configPath: "modules",
    suggestion
  })

const settingsOf = (options: FreeTextOptions) => {
  const { sample = 0.2, repeat = 0.8, least = 5, precision = 0.5 } = options.thresholds ?? {}
  for (const [name, share] of Object.entries({ sample, repeat, precision })) {
    if (!(share > 0 && share <= 1)) throw wrong(`thresholds.${name} is no share`, "give one above 0, up to 1")
  }
  if (!Number.isInteger(least) || least < 1) {
    throw wrong("thresholds.least is no number of texts", "give a whole number from 1 on")
  }
  const said: ReadonlyArray<readonly [string, number, string]> = [
    ["sample", sample, "The share of texts that a second coder codes, too"],
    ["repeat", repeat, "How alike two texts are that are shown as repeats"],
    ["least", least, "The fewest coded texts that a learned term was in, with its theme"],
    ["precision", precision, "The lower end of the 95 % interval of the precision of a learned term"]
  ]
  return said.map(([id, value, title]) => ({ id, value: String(value), title, since }))
}

const termRows = (terms: NonNullable<FreeTextOptions["terms"]>): ReadonlyArray<ThemeTerm> =>
  Object.entries(terms).flatMap(([theme, all]) => {
    const again = all.find((term, at) => all.indexOf(term) !== at)
    if (again !== undefined)
      throw wrong(`the theme "${theme}" has the term "${again}" twice`, "leave one out")
    return all.map((term) => {
      const found = Schema.decodeUnknownResult(ThemeTerm)({ theme, term, since })
      if (found._tag === "Success") return found.success
      throw wrong(
        `the term "${term}" of the theme "${theme}" is no term`,
        "write lower-case words with one space between, each with a * at its end where any ending fits: wait*"
      )
    })
  })

/**
 * Free text of notes and stories: how much of it was looked through, redacted, suggested for and coded, how far patterns and
 * suggestions are right, and what does not fit. It reads events without words; the words are sealed, and opened by `plimsoll
 * text` alone. Relations, rules and sources are in the README beside this file. Needs the modules `statistics` and
 * `control`. Errors: `config-invalid`.
 *
 * ```ts test
 * import { freeText } from "@plimsoll/quality"
 *
 * const own = freeText({ terms: { waiting: ["wait*", "delay*"] } })
 * own.declares.map((one) => one.rows.length) // => [2, 4]
 * ```
 */
export const freeText = (options: FreeTextOptions = {}): QualityModule =>
  defineModule({
    name: "free_text",
    version: 1,
    title: "Free text: redacted, suggested for, coded",
    streams: [
      textScans,
      redactions,
      redactedTexts,
      themeSuggestions,
      repeatedTexts,
      themeTerms,
      freeTextSettings,
      codings,
      themes
    ],
    declares: [
      { stream: themeTerms, rows: termRows(options.terms ?? {}) },
      { stream: freeTextSettings, rows: settingsOf(options) }
    ],
    views: ["progress.sql", "evidence.sql", "unfit.sql"].map(read).join("\n")
  })
