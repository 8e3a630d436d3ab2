import type { Found, Redaction, SealedText } from "@plimsoll/quality"
import { PlimsollError, type StreamDefinition } from "@plimsoll/schema"
import { complaintsOf } from "../complaints.ts"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import type { Project } from "../project.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"
import { append } from "./signal-append.ts"
import {
  findText,
  freeTextOf,
  knownTexts,
  openTexts,
  refuseToShow,
  shown,
  spansOf,
  withTexts
} from "./text-open.ts"

/** The flags of `plimsoll text redact`. */
export interface RedactFlags {
  readonly accept?: "all" | ReadonlyArray<number>
  readonly reject?: "all" | ReadonlyArray<number>
  readonly mark?: ReadonlyArray<Found>
  readonly coder?: string
  readonly limit?: number
  readonly show?: boolean
  readonly json?: boolean
}

const wrong = (message: string, suggestion: string): PlimsollError =>
  new PlimsollError({ code: "usage-text-decision", message, suggestion })

const waiting = (project: Project, terminal: Terminal, flags: RedactFlags): Promise<ExitCode> =>
  withTexts(project, async (log) => {
    const { scans, redactions } = await knownTexts(project, log)
    const rows: Array<{
      readonly text: string
      readonly microsystem: string
      readonly day: string
      readonly spans: number | null
    }> = []
    for await (const { id, seal, microsystem, day } of openTexts(project, terminal, log)) {
      if (redactions.get(id)?.seal === seal) continue
      const scan = scans.get(id)
      rows.push({ text: id, microsystem, day, spans: scan?.seal === seal ? scan.patterns.length : null })
    }
    rows.sort(
      (a, b) =>
        (b.spans ?? 0) - (a.spans ?? 0) || (a.day < b.day ? -1 : a.day > b.day ? 1 : a.text < b.text ? -1 : 1)
    )
    const first = rows.slice(0, flags.limit ?? 20)
    if (flags.json === true) terminal.out(JSON.stringify({ format: 1, waiting: rows.length, texts: first }))
    else if (rows.length === 0) terminal.out("every text has been checked")
    else {
      terminal.out(
        tableText(
          ["text", "microsystem", "day", "spans"],
          first.map((one) => [one.text, one.microsystem, one.day, one.spans ?? "not looked through"])
        )
      )
      terminal.note(
        `${counted(rows.length, "text")} that nobody has checked. A pattern finds no name that stands alone: read them all`
      )
    }
    return exitCodes.fine
  })

/** The text with each proposed span between brackets and its number. */
const numbered = (text: string, spans: ReadonlyArray<Found>): string => {
  let out = ""
  let at = 0
  for (const [n, { start, end }] of spans.entries()) {
    out += `${shown(text.slice(at, start))}⟦${n + 1} ${shown(text.slice(start, end))}⟧`
    at = end
  }
  return out + shown(text.slice(at))
}

const look = (
  terminal: Terminal,
  found: SealedText,
  spans: ReadonlyArray<Found>,
  flags: RedactFlags
): ExitCode => {
  if (flags.json === true) {
    const { id, microsystem, day, text } = found
    const rest = flags.show === true ? { words: text } : {}
    terminal.out(
      JSON.stringify({ format: 1, text: id, microsystem, day, length: text.length, spans, ...rest })
    )
    return exitCodes.fine
  }
  if (spans.length === 0) terminal.out("no pattern finds anything in this text")
  else {
    terminal.out(
      tableText(
        ["span", "may be", "from", "to"],
        spans.map((one, at) => [at + 1, one.pattern, one.start, one.end])
      )
    )
  }
  if (flags.show === true) terminal.out(`\n${numbered(found.text, spans)}`)
  else terminal.note("see the words on this terminal: --show")
  return exitCodes.fine
}

const decisionsOf = (
  spans: ReadonlyArray<Found>,
  flags: RedactFlags
): ReadonlyArray<"accepted" | "rejected"> => {
  for (const list of [flags.accept, flags.reject]) {
    const strange = list === undefined || list === "all" ? undefined : list.find((n) => n > spans.length)
    if (strange !== undefined) {
      throw wrong(
        `the text has no proposed span ${strange}`,
        `it has ${counted(spans.length, "span")}: plimsoll text redact TEXT`
      )
    }
  }
  return spans.map((_, at) => {
    const named = (list: RedactFlags["accept"]): boolean =>
      list !== undefined && list !== "all" && list.includes(at + 1)
    const [accepted, rejected] = [named(flags.accept), named(flags.reject)]
    if (accepted && rejected)
      throw wrong(`span ${at + 1} is both accepted and rejected`, "say one of the two")
    if (accepted || (!rejected && flags.accept === "all" && flags.reject !== "all")) return "accepted"
    if (rejected || (flags.reject === "all" && flags.accept !== "all")) return "rejected"
    throw wrong(
      `span ${at + 1} is not decided: a check is of the whole text`,
      "say --accept or --reject for it; all stands for those that the other does not name"
    )
  })
}

/** Spans that do not fit the text are a fault of the command line. */
const redacted = (work: () => string): string => {
  try {
    return work()
  } catch (cause) {
    const [{ code, message, suggestion }] = complaintsOf(cause)
    throw code === "redaction-invalid" ? wrong(message, suggestion ?? "see the spans: --show") : cause
  }
}

/** `plimsoll text redact`: what waits for a check; one text with its proposed spans; or a person's decision on all of them. */
export const textRedact = async (
  project: Project,
  terminal: Terminal,
  id: string | undefined,
  flags: RedactFlags
): Promise<ExitCode> => {
  refuseToShow(flags.show)
  await freeTextOf(project)
  if (id === undefined) return waiting(project, terminal, flags)
  const { proposeRedactions, redactedTexts, redactions, redactText } = await import("@plimsoll/quality")
  const { found, scan } = await withTexts(project, async (log) => ({
    found: await findText(project, terminal, log, id),
    scan: (await knownTexts(project, log)).scans.get(id)
  }))
  // A decision is on what the log says was proposed; a text that nobody has looked through gets its scan with it.
  const scanned = scan?.seal === found.seal
  const spans = scanned ? spansOf(scan) : proposeRedactions(found.text)
  if (flags.accept === undefined && flags.reject === undefined && flags.mark === undefined) {
    return look(terminal, found, spans, flags)
  }
  if (flags.coder === undefined) {
    throw wrong("it is not said who decides", "say --coder with a name that stands for you and is not yours")
  }
  const decisions = decisionsOf(spans, flags)
  const marks = flags.mark ?? []
  const all = [
    ...spans.map((span, at) => ({ span, decision: decisions[at]! as Redaction["decisions"][number] })),
    ...marks.map((span) => ({ span, decision: "marked" as const }))
  ].sort((a, b) => a.span.start - b.span.start)
  const text = redacted(() =>
    redactText(
      found.text,
      all.filter(({ decision }) => decision !== "rejected").map(({ span }) => span)
    )
  )
  const { seal, source, microsystem, day } = found
  const check: Redaction = {
    text: id,
    seal,
    microsystem,
    day,
    checked: project.today(),
    coder: flags.coder,
    patterns: all.map(({ span }) => span.pattern),
    starts: all.map(({ span }) => span.start),
    ends: all.map(({ span }) => span.end),
    decisions: all.map(({ decision }) => decision)
  }
  const { scanText, textScans } = await import("@plimsoll/quality")
  await append(project, [
    ...(scanned ? [] : [{ stream: textScans as unknown as StreamDefinition, rows: [scanText(found)] }]),
    { stream: redactions as unknown as StreamDefinition, rows: [check] },
    {
      stream: redactedTexts as unknown as StreamDefinition,
      rows: [{ id, seal, source, microsystem, day, text }]
    }
  ])
  const gone = all.filter(({ decision }) => decision !== "rejected").length
  terminal.out(
    flags.json === true
      ? JSON.stringify({ format: 1, text: id, redacted: gone, stands: all.length - gone })
      : `checked: ${counted(gone, "span")} redacted, ${all.length - gone} let stand; the redacted text is sealed`
  )
  return exitCodes.fine
}
