import type { Coding, SealedText } from "@plimsoll/quality"
import { PlimsollError } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import { nearest } from "../nearest.ts"
import type { Project } from "../project.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"
import { append, said } from "./signal-append.ts"
import {
  findText,
  freeTextOf,
  hiddenSpans,
  type KnownTexts,
  knownTexts,
  openTexts,
  refuseToShow,
  shown,
  withTexts
} from "./text-open.ts"

/** The flags of `plimsoll text code`. */
export interface CodeFlags {
  readonly theme?: ReadonlyArray<string>
  readonly none?: boolean
  readonly cannot?: boolean
  readonly second?: boolean
  readonly coder?: string
  readonly limit?: number
  readonly suggestions?: boolean
  readonly show?: boolean
  readonly json?: boolean
}

const wrong = (code: string, message: string, suggestion: string): PlimsollError =>
  new PlimsollError({ code, message, suggestion })

const waiting = async (project: Project, terminal: Terminal, flags: CodeFlags): Promise<ExitCode> => {
  const { setting } = await freeTextOf(project)
  const { inSample } = await import("@plimsoll/quality")
  return withTexts(project, async (log) => {
    const known = await knownTexts(project, log)
    const repeated = new Set(known.repeats.filter((one) => one.verdict === "same").map((one) => one.text))
    const waits = (id: string): boolean => {
      const first = known.first.get(id)
      if (flags.second !== true) return first === undefined && !repeated.has(id)
      return (
        first !== undefined &&
        first.coder !== flags.coder &&
        !known.second.has(id) &&
        inSample(id, setting("sample"))
      )
    }
    const rows: Array<{ readonly text: string; readonly microsystem: string; readonly day: string }> = []
    for await (const { id, microsystem, day } of openTexts(project, terminal, log)) {
      if (waits(id)) rows.push({ text: id, microsystem, day })
    }
    rows.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.text < b.text ? -1 : 1))
    const next = rows.slice(0, flags.limit ?? 20)
    if (flags.json === true) terminal.out(JSON.stringify({ format: 1, waiting: rows.length, texts: next }))
    else if (rows.length === 0) terminal.out("no text waits to be coded")
    else {
      terminal.out(
        tableText(
          ["text", "microsystem", "day"],
          next.map((one) => [one.text, one.microsystem, one.day])
        )
      )
      terminal.note(`${counted(rows.length, "text")} to code`)
    }
    return exitCodes.fine
  })
}

const look = async (
  terminal: Terminal,
  found: SealedText,
  known: KnownTexts,
  flags: CodeFlags
): Promise<ExitCode> => {
  const { proposeRedactions, redactText } = await import("@plimsoll/quality")
  const { id, microsystem, day, text } = found
  const words = redactText(text, hiddenSpans(known, found, proposeRedactions))
  const suggested =
    flags.suggestions === true
      ? [...new Set(known.suggestions.filter((one) => one.text === id).flatMap((one) => one.themes))].sort()
      : undefined
  if (flags.json === true) {
    terminal.out(
      JSON.stringify({
        format: 1,
        text: id,
        microsystem,
        day,
        ...(suggested === undefined ? {} : { suggested }),
        ...(flags.show === true ? { words } : {})
      })
    )
    return exitCodes.fine
  }
  if (flags.show === true) terminal.out(shown(words))
  else terminal.out(`${id}, ${microsystem}, ${day}`)
  if (suggested !== undefined)
    terminal.out(`suggested: ${suggested.length === 0 ? "nothing" : suggested.join(", ")}`)
  terminal.note(
    `themes: ${known.themes
      .map((one) => one.id)
      .sort()
      .join(", ")}`
  )
  return exitCodes.fine
}

const codingOf = (found: SealedText, known: KnownTexts, flags: CodeFlags, sampled: boolean): Coding => {
  const { theme: themes = [], none, cannot, coder, second } = flags
  const ways = [themes.length > 0, none === true, cannot === true].filter(Boolean).length
  if (ways !== 1) {
    throw wrong(
      "usage-text-code",
      "it must be one of: themes, none that fits, or that the words do not say enough",
      "say --theme (again for each), --none or --cannot"
    )
  }
  if (coder === undefined) {
    throw wrong(
      "usage-text-code",
      "it is not said who codes",
      "say --coder with a name that stands for you and is not yours"
    )
  }
  const ids = known.themes.map((one) => one.id)
  const strange = themes.find((theme) => !ids.includes(theme))
  if (strange !== undefined) {
    const meant = nearest(strange, ids)
    throw wrong(
      "usage-unknown-theme",
      `nobody has declared the theme "${strange}"`,
      meant === undefined
        ? ids.length === 0
          ? "declare themes, control({ themes: […] }), and run: plimsoll run"
          : `there are ${ids.sort().join(", ")}`
        : `did you mean "${meant}"?`
    )
  }
  if (second === true) {
    const first = known.first.get(found.id)
    if (first === undefined) {
      throw wrong("usage-text-second", "nobody has coded this text yet", "code it first, without --second")
    }
    if (first.coder === coder) {
      throw wrong(
        "usage-text-second",
        "this coder has coded the text before, and who codes a text twice agrees with himself",
        "let another coder do it: plimsoll text code --second --coder NAME lists what there is"
      )
    }
    if (!sampled) {
      throw wrong(
        "usage-text-second",
        "this text is not of the sample that is coded twice, which a hash of the id chooses and nobody else",
        "see what is: plimsoll text code --second --coder NAME"
      )
    }
  }
  return {
    note: found.id,
    pass: second === true ? "second" : "first",
    coder,
    microsystem: found.microsystem,
    day: found.day,
    themes: [...new Set(themes)].sort(),
    cannotBeCoded: cannot === true
  }
}

/** `plimsoll text code`: what waits to be coded, one text, or how a person codes it. */
export const textCode = async (
  project: Project,
  terminal: Terminal,
  id: string | undefined,
  flags: CodeFlags
): Promise<ExitCode> => {
  refuseToShow(flags.show)
  if (flags.second === true && flags.suggestions === true) {
    throw wrong(
      "usage-text-second",
      "a second coder sees no suggestion: else both would agree with it, and not with each other",
      "leave --suggestions out"
    )
  }
  if (id === undefined) return waiting(project, terminal, flags)
  const { setting } = await freeTextOf(project)
  const { codings, inSample } = await import("@plimsoll/quality")
  const { found, known } = await withTexts(project, async (log) => ({
    found: await findText(project, terminal, log, id),
    known: await knownTexts(project, log)
  }))
  if (flags.theme === undefined && flags.none !== true && flags.cannot !== true) {
    return look(terminal, found, known, flags)
  }
  const row = codingOf(found, known, flags, inSample(id, setting("sample")))
  await append(project, [said(codings, row)])
  terminal.out(
    flags.json === true
      ? JSON.stringify({
          format: 1,
          text: id,
          pass: row.pass,
          themes: row.themes,
          cannotBeCoded: row.cannotBeCoded
        })
      : `coded: ${row.cannotBeCoded ? "cannot be coded" : row.themes.length === 0 ? "no theme fits" : row.themes.join(", ")}`
  )
  if (known[row.pass].has(id)) terminal.note("it had been coded before: this counts from now on")
  return exitCodes.fine
}
