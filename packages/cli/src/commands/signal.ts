import { randomUUID } from "node:crypto"
import { PlimsollError } from "@plimsoll/schema"
import type { SignalResponse } from "@plimsoll/quality"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { knownOrRefused } from "../known.ts"
import type { Project } from "../project.ts"
import { noteAge, withPublished } from "../published-file.ts"
import { literal } from "../sql-text.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"
import { append, momentOf, noteStreamOf, said } from "./signal-append.ts"
import { findSignal, requireControl, rowsOf } from "./signal-find.ts"

/** The flags of `plimsoll signal list`. */
export interface SignalListFlags {
  readonly microsystem?: string
  readonly all?: boolean
  readonly json?: boolean
}

interface ListedSignal {
  readonly signal: string
  readonly microsystem: string
  readonly measure: string
  readonly rule: string
  readonly since: string
  readonly state: string
  readonly days: number | null
  readonly answeredBy: string | null
  readonly words: string
}

/** `plimsoll signal list`: the signals that are open, with who answered. */
export const signalList = (project: Project, terminal: Terminal, flags: SignalListFlags): Promise<ExitCode> =>
  withPublished(project, async (published) => {
    await requireControl(published)
    await knownOrRefused(published, { microsystem: flags.microsystem })
    const only = [
      ...(flags.all === true ? [] : ["l.state IN ('opened', 'acknowledged', 'explained')"]),
      ...(flags.microsystem === undefined ? [] : [`l.microsystem = ${literal(flags.microsystem)}`])
    ]
    const rows = await rowsOf<ListedSignal>(
      published,
      `SELECT l.signal, l.microsystem, l.measure, l.rule, s.first_period AS since, l.state, l.days_open AS days, l.answered_by AS "answeredBy", s.words
       FROM control.signal_life l JOIN plimsoll.signal s USING (signal) ${only.length === 0 ? "" : `WHERE ${only.join(" AND ")}`}
       ORDER BY l.microsystem, since, l.signal`
    )
    if (flags.json === true) terminal.out(JSON.stringify({ format: 1, signals: rows }))
    else if (rows.length === 0) terminal.out(flags.all === true ? "No signals." : "No open signals.")
    else {
      terminal.out(
        tableText(
          ["id", "microsystem", "measure", "rule", "since", "state", "days", "answered by", "words"],
          rows.map((one) => [
            one.signal.slice(0, 8),
            one.microsystem,
            one.measure,
            one.rule,
            one.since,
            one.state,
            one.days,
            one.answeredBy,
            one.words
          ])
        )
      )
      noteAge(published)
    }
    return exitCodes.fine
  })

/** The flags of the other commands of `plimsoll signal`. */
export interface SignalFlags {
  readonly team?: string
  readonly text?: string
  readonly cause?: string
  readonly class?: string
  readonly aim?: string
  readonly outcome?: string
  readonly json?: boolean
}

const over = new Set(["ended", "closed", "withdrawn"])

/** `plimsoll signal acknowledge`, `explain`, `act`, `check`, `close`: what a team answers to a signal. */
export const signalAnswer = async (
  project: Project,
  terminal: Terminal,
  kind: SignalResponse["kind"],
  id: string,
  flags: SignalFlags
): Promise<ExitCode> => {
  const stream = await noteStreamOf(project)
  const signal = await withPublished(project, async (published) => {
    await requireControl(published)
    await knownOrRefused(published, { microsystem: flags.team })
    return findSignal(published, id)
  })
  if (over.has(signal.state) && ["acknowledge", "explain", "close"].includes(kind)) {
    throw new PlimsollError({
      code: "usage-signal-over",
      message: `signal ${signal.signal.slice(0, 8)} is ${signal.state}: its state changes no more`,
      suggestion: "what was done about it can still be told, with `plimsoll signal act` and `check`"
    })
  }
  const { signalResponses } = await import("@plimsoll/quality")
  const at = momentOf(project)
  const note = flags.text === undefined ? null : randomUUID()
  const response = {
    id: randomUUID(),
    signal: signal.signal,
    microsystem: signal.microsystem,
    team: flags.team ?? signal.microsystem,
    kind,
    at,
    // The choices are held by the command line, and the schema holds them again.
    cause: (flags.cause ?? null) as SignalResponse["cause"],
    actionClass: (flags.class ?? null) as SignalResponse["actionClass"],
    actionAim: (flags.aim ?? null) as SignalResponse["actionAim"],
    outcome: (flags.outcome ?? null) as SignalResponse["outcome"],
    note
  }
  await append(project, [
    said(signalResponses, response),
    ...(note === null
      ? []
      : [
          said(stream, {
            id: note,
            microsystem: response.team,
            kind: "huddle" as const,
            at,
            role: null,
            text: flags.text!
          })
        ])
  ])
  if (flags.json === true) {
    terminal.out(JSON.stringify({ format: 1, id: response.id, signal: signal.signal, kind, note }))
  } else terminal.out(`${kind}: ${signal.measure} of ${signal.microsystem}, by ${response.team}`)
  terminal.note("the next `plimsoll run` computes with it")
  return exitCodes.fine
}
