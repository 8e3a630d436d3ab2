import type { CodedTexts, SealedText, Suggested, ThemeSuggestion } from "@plimsoll/quality"
import { PlimsollError, type StreamDefinition } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import type { Project } from "../project.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"
import { append } from "./signal-append.ts"
import {
  findText,
  type FreeTextConfig,
  freeTextOf,
  hiddenSpans,
  type KnownTexts,
  knownTexts,
  openTexts,
  refuseToShow,
  shown,
  withTexts
} from "./text-open.ts"

/** The flags of `plimsoll text suggest`. */
export interface SuggestFlags {
  readonly method?: ThemeSuggestion["method"]
  readonly show?: boolean
  readonly json?: boolean
}

/** How many suggestions go to the log in one transaction. */
const suggestionsAtOnce = 1_000

/** A way to suggest: what it rests on, and what it says of a text. */
interface Suggesting {
  readonly method: ThemeSuggestion["method"]
  readonly basis: string
  readonly of: (text: string) => ReadonlyArray<Suggested>
}

const suggesting = async (
  method: ThemeSuggestion["method"],
  config: FreeTextConfig,
  coded: () => Promise<CodedTexts>
): Promise<Suggesting> => {
  const { digestOfTerms, suggestByTerms } = await import("@plimsoll/quality")
  if (method === "terms") {
    if (config.terms.length > 0) {
      return { method, basis: digestOfTerms(config.terms), of: (text) => suggestByTerms(text, config.terms) }
    }
    throw new PlimsollError({
      code: "usage-text-terms",
      message: "the config declares no terms",
      configPath: "modules",
      suggestion:
        'declare some, freeText({ terms: { waiting: ["wait*"] } }), or learn from your own coded texts: --method coded-texts'
    })
  }
  const learned = await coded()
  return { method, basis: `coded:${learned.texts}`, of: (text) => learned.suggest(text) }
}

/** `plimsoll text suggest`: suggests themes for texts that nobody has coded, or tells those of one text with the evidence. */
export const textSuggest = async (
  project: Project,
  terminal: Terminal,
  id: string | undefined,
  flags: SuggestFlags
): Promise<ExitCode> => {
  refuseToShow(flags.show)
  const config = await freeTextOf(project)
  const { CodedTexts, hideSpans, proposeRedactions, themeSuggestions } = await import("@plimsoll/quality")
  const method = flags.method ?? (config.terms.length > 0 ? "terms" : "coded-texts")
  // What is hidden of a text is no evidence, and nothing is learned from it.
  const seen = (known: KnownTexts, text: SealedText): string =>
    hideSpans(text.text, hiddenSpans(known, text, proposeRedactions))
  const rows = await withTexts(project, async (log) => {
    const known = await knownTexts(project, log)
    const way = await suggesting(method, config, async () => {
      const learned = new CodedTexts({
        least: config.setting("least"),
        precision: config.setting("precision")
      })
      for await (const text of openTexts(project, terminal, log)) {
        const coding = known.first.get(text.id)
        if (coding !== undefined && !coding.cannotBeCoded) learned.add(seen(known, text), coding.themes)
      }
      return learned
    })
    const said = new Map(
      known.suggestions.filter((one) => one.method === method).map((one) => [one.text, one])
    )
    const fresh: ThemeSuggestion[] = []
    for await (const text of id === undefined
      ? openTexts(project, terminal, log)
      : [await findText(project, terminal, log, id)]) {
      const before = said.get(text.id)
      // Once a text is coded nothing more is suggested: it would be held against what it was learned from.
      if (known.first.has(text.id) || (before?.seal === text.seal && before.basis === way.basis)) continue
      const found = way.of(seen(known, text))
      fresh.push({
        text: text.id,
        method,
        seal: text.seal,
        microsystem: text.microsystem,
        day: text.day,
        basis: way.basis,
        themes: found.map(({ theme }) => theme),
        starts: found.map(({ start }) => start),
        ends: found.map(({ end }) => end)
      })
      terminal.progress(`suggesting for ${counted(fresh.length, "text")}`)
    }
    return fresh
  })
  for (let from = 0; from < rows.length; from += suggestionsAtOnce) {
    await append(project, [
      {
        stream: themeSuggestions as unknown as StreamDefinition,
        rows: rows.slice(from, from + suggestionsAtOnce)
      }
    ])
  }
  return id === undefined
    ? tellAll(terminal, rows, method, flags)
    : tellOne(project, terminal, id, method, flags)
}

const tellAll = (
  terminal: Terminal,
  rows: ReadonlyArray<ThemeSuggestion>,
  method: ThemeSuggestion["method"],
  flags: SuggestFlags
): ExitCode => {
  const themes = new Map<string, number>()
  for (const theme of rows.flatMap((one) => one.themes)) themes.set(theme, (themes.get(theme) ?? 0) + 1)
  const none = rows.filter((one) => one.themes.length === 0).length
  if (flags.json === true) {
    terminal.out(
      JSON.stringify({
        format: 1,
        method,
        texts: rows.length,
        nothing: none,
        themes: Object.fromEntries(themes)
      })
    )
    return exitCodes.fine
  }
  if (rows.length === 0) terminal.out("nothing new to suggest")
  else {
    terminal.out(
      tableText(
        ["theme", "texts"],
        [...themes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      )
    )
    terminal.note(`looked at ${counted(rows.length, "text")}; for ${none} there is nothing to suggest`)
  }
  terminal.note("a suggestion is no code: a person codes, plimsoll text code")
  return exitCodes.fine
}

const tellOne = (
  project: Project,
  terminal: Terminal,
  id: string,
  method: ThemeSuggestion["method"],
  flags: SuggestFlags
): Promise<ExitCode> =>
  withTexts(project, async (log) => {
    const found = await findText(project, terminal, log, id)
    const { suggestions } = await knownTexts(project, log)
    const own = suggestions.find((one) => one.text === id && one.method === method && one.seal === found.seal)
    const rows = (own?.themes ?? []).map((theme, at) => ({
      theme,
      start: own!.starts[at]!,
      end: own!.ends[at]!,
      ...(flags.show === true ? { evidence: shown(found.text.slice(own!.starts[at], own!.ends[at])) } : {})
    }))
    if (flags.json === true) terminal.out(JSON.stringify({ format: 1, text: id, method, suggestions: rows }))
    else if (rows.length === 0) terminal.out("nothing to suggest for this text")
    else {
      const evidence = flags.show === true ? ["evidence"] : []
      terminal.out(
        tableText(
          ["theme", "from", "to", ...evidence],
          rows.map((one) => [one.theme, one.start, one.end, ...("evidence" in one ? [one.evidence] : [])])
        )
      )
    }
    return exitCodes.fine
  })
