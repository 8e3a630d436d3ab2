import { randomUUID } from "node:crypto"
import type { Annotation } from "@plimsoll/quality"
import { isPlainDate, PlimsollError } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { knownOrRefused } from "../known.ts"
import type { Project } from "../project.ts"
import { withPublished } from "../published-file.ts"
import type { Terminal } from "../terminal.ts"
import { append, controlOf, said } from "./signal-append.ts"

/** `plimsoll annotate`: a mark on the chart of a measure and unit. */
export const annotate = async (
  project: Project,
  terminal: Terminal,
  mark: {
    readonly measure: string
    readonly microsystem: string
    readonly day: string
    readonly label: string
  },
  flags: { readonly kind: string; readonly json?: boolean }
): Promise<ExitCode> => {
  await controlOf(project)
  if (!isPlainDate(mark.day)) {
    throw new PlimsollError({
      code: "usage-day",
      message: "the day of a mark is no day",
      suggestion: `write it as YYYY-MM-DD: plimsoll annotate ${mark.measure} ${mark.microsystem} 2026-03-01 "new rota"`
    })
  }
  await withPublished(project, (published) => knownOrRefused(published, mark))
  const { annotations } = await import("@plimsoll/quality")
  const row = { id: randomUUID(), ...mark, kind: flags.kind as Annotation["kind"] }
  await append(project, [said(annotations, row)])
  terminal.out(
    flags.json === true
      ? JSON.stringify({ format: 1, id: row.id })
      : `marked ${mark.measure} of ${mark.microsystem} on ${mark.day}`
  )
  terminal.note("the next `plimsoll run` puts it on the chart")
  return exitCodes.fine
}
