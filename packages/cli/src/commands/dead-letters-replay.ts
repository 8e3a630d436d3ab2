import type { ReplayReport } from "@plimsoll/pipeline"
import { PlimsollError } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import { coreLetters } from "../letters.ts"
import type { Project } from "../project.ts"
import { withLog } from "../session.ts"
import { listenForStop } from "../stop.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"
import { findLetter, requireStream } from "./dead-letters.ts"

/** The flags of `plimsoll dead-letters replay`. */
export interface ReplayFlags {
  readonly stream?: string
  readonly id?: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

const cures: { readonly [code: string]: string } = {
  "decode-failed": "mend the stream's schema, or correct the source and read it again",
  "in-the-future": "wait until that day has come, or correct the source and read it again",
  unreadable: "correct the source and read it again: the row cannot be taken apart",
  withheld: "read the source again (a file: write it anew): the log does not hold all of the row",
  "unknown-source": "put the connector that read it back into the config, with its instance and stream"
}

const reportText = (reports: ReadonlyArray<ReplayReport>, dryRun: boolean): string => {
  const rows = reports.map((one) => [
    one.stream,
    one.letters,
    one.replayed,
    one.superseded,
    one.letters - one.replayed - one.superseded,
    one.before
  ])
  const columns = [
    "stream",
    "letters",
    dryRun ? "would fit" : "replayed",
    "superseded",
    "stay",
    "replayed before"
  ]
  const left = reports.flatMap(({ stream, left: reasons }) =>
    reasons.map(({ code, reason, count }) => [stream, count, code, reason, cures[code] ?? ""])
  )
  return [
    tableText(columns, rows),
    ...(left.length === 0
      ? []
      : ["", tableText(["stream", "stay", "code", "reason", "do"], left, { widest: 90 })])
  ].join("\n")
}

/** `plimsoll dead-letters replay`: decodes them again by the config as it is now, and appends what fits. */
export const replay = (project: Project, terminal: Terminal, flags: ReplayFlags): Promise<ExitCode> =>
  withLog(project, "dead-letters replay", async (log) => {
    const { organisation, project: name, policies, connectors } = project.config
    if (flags.stream !== undefined) await requireStream(log, flags.stream)
    const letter = flags.id === undefined ? undefined : await findLetter(project, log, flags.id)
    if (letter?.foundBy === "core") {
      throw new PlimsollError({
        code: "usage-letter-of-core",
        message: `dead letter ${letter.id} is a record on the stream's own topic`,
        suggestion: "the core reads it again by itself when the stream's schema changes: `plimsoll run`"
      })
    }
    const stop = listenForStop(() => terminal.note("stopping: the transaction under way is finished first"))
    try {
      const { replayDeadLetters } = await import("@plimsoll/pipeline")
      const dryRun = flags.dryRun === true
      const reports = await replayDeadLetters(connectors, {
        log,
        organisation,
        project: name,
        dryRun,
        signal: stop.signal,
        ...(policies === undefined ? {} : { policies }),
        ...(flags.stream === undefined ? {} : { stream: flags.stream }),
        ...(letter === undefined ? {} : { id: letter.id }),
        onProgress: ({ stream, letters }) =>
          terminal.progress(`replaying ${stream}: ${counted(letters, "row")}`)
      })
      const ofCore = (await coreLetters(project)).filter(
        ({ code, stream }) => code !== "duplicate-key" && (flags.stream ?? stream) === stream
      ).length
      const replayed = reports.reduce((sum, one) => sum + one.replayed, 0)
      if (flags.json === true) {
        terminal.out(JSON.stringify({ format: 1, dryRun, streams: reports, foundByCore: ofCore }))
      } else {
        const looked = reports.filter(({ letters, before }) => letters + before > 0)
        if (looked.length === 0) terminal.out("No dead letters of the streams of this config.")
        else terminal.out(reportText(looked, dryRun))
        if (ofCore > 0 && letter === undefined) {
          terminal.note(
            `${counted(ofCore, "record")} on the streams' own topics did not fit either: the core reads them again by itself when the schema changes`
          )
        }
        if (replayed > 0 && !dryRun) terminal.note("next: `plimsoll run` computes with the rows that arrived")
      }
      const stopped = stop.code()
      if (stopped !== undefined) terminal.note("stopped: the same command goes on from there")
      return stopped ?? exitCodes.fine
    } finally {
      stop.forget()
    }
  })
