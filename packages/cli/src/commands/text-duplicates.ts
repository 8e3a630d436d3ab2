import type { RepeatedText, SealedText } from "@plimsoll/quality"
import { PlimsollError, type StreamDefinition } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import type { Project } from "../project.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"
import { append } from "./signal-append.ts"
import {
  findText,
  freeTextOf,
  hiddenSpans,
  knownTexts,
  openTexts,
  refuseToShow,
  shown,
  withTexts
} from "./text-open.ts"

/** The flags of `plimsoll text duplicates`. */
export interface DuplicateFlags {
  readonly atLeast?: number
  readonly verdict?: RepeatedText["verdict"]
  readonly coder?: string
  readonly show?: boolean
  readonly json?: boolean
}

const isLater = (one: SealedText, other: SealedText): boolean =>
  one.day === other.day ? one.id > other.id : one.day > other.day

const decide = async (
  project: Project,
  terminal: Terminal,
  [one, other]: readonly [string, string],
  flags: DuplicateFlags
): Promise<ExitCode> => {
  const { verdict, coder } = flags
  if (verdict === undefined || coder === undefined || one === other) {
    throw new PlimsollError({
      code: "usage-text-verdict",
      message: "two texts were named, and not what they are, or who says so; or they are one text",
      suggestion:
        "say --verdict same (one telling that came twice) or --verdict both (two tellings), and --coder"
    })
  }
  const found = await withTexts(project, async (log) => [
    await findText(project, terminal, log, one),
    await findText(project, terminal, log, other)
  ])
  const [first, later] = isLater(found[0]!, found[1]!) ? [found[1]!, found[0]!] : [found[0]!, found[1]!]
  const { repeatedTexts } = await import("@plimsoll/quality")
  const row: RepeatedText = {
    text: later.id,
    other: first.id,
    microsystem: later.microsystem,
    verdict,
    coder,
    decided: project.today()
  }
  await append(project, [{ stream: repeatedTexts as unknown as StreamDefinition, rows: [row] }])
  if (flags.json === true)
    terminal.out(JSON.stringify({ format: 1, text: later.id, other: first.id, verdict }))
  else if (verdict === "both") terminal.out("both stand")
  else terminal.out(`${later.id} is ${first.id} again: it stays, and need not be coded`)
  return exitCodes.fine
}

/** `plimsoll text duplicates`: texts that look alike; or, of two, what a person says they are. Nothing is ever dropped. */
export const textDuplicates = async (
  project: Project,
  terminal: Terminal,
  pair: readonly [string, string] | undefined,
  flags: DuplicateFlags
): Promise<ExitCode> => {
  refuseToShow(flags.show)
  const { setting } = await freeTextOf(project)
  if (pair !== undefined) return decide(project, terminal, pair, flags)
  const { proposeRedactions, redactText, Repeats } = await import("@plimsoll/quality")
  return withTexts(project, async (log) => {
    const known = await knownTexts(project, log)
    const said = new Map(
      known.repeats.map((one) => [JSON.stringify([one.text, one.other].sort()), one.verdict])
    )
    const repeats = new Repeats()
    for await (const { id, text } of openTexts(project, terminal, log)) repeats.add(id, text)
    const pairs = repeats
      .pairs(flags.atLeast ?? setting("repeat"))
      .map(({ one, other, similarity, same }) => ({
        one,
        other,
        similarity: Number(similarity.toFixed(3)),
        same,
        verdict: said.get(JSON.stringify([one, other].sort())) ?? null
      }))
    if (flags.json === true) {
      terminal.out(JSON.stringify({ format: 1, pairs, tooShort: repeats.tooShort }))
      return exitCodes.fine
    }
    if (pairs.length === 0) terminal.out("no two texts look alike")
    else if (flags.show === true) {
      const words = new Map(pairs.flatMap(({ one, other }) => [one, other]).map((id) => [id, ""]))
      for await (const text of openTexts(project, terminal, log)) {
        if (!words.has(text.id)) continue
        words.set(text.id, shown(redactText(text.text, hiddenSpans(known, text, proposeRedactions))))
      }
      for (const { one, other, similarity } of pairs) {
        terminal.out(`${one}  ${other}  ${similarity}\n  ${words.get(one)}\n  ${words.get(other)}`)
      }
    } else {
      terminal.out(
        tableText(
          ["text", "other", "alike", "same words", "verdict"],
          pairs.map((one) => [
            one.one,
            one.other,
            one.similarity,
            one.same ? "yes" : "no",
            one.verdict ?? "not yet"
          ])
        )
      )
    }
    if (repeats.tooShort > 0) {
      terminal.note(
        `${counted(repeats.tooShort, "text")} of fewer than five words: many people write the same few`
      )
    }
    return exitCodes.fine
  })
}
