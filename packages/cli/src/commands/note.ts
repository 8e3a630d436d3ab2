import { randomUUID } from "node:crypto"
import { type Note, openNotes } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { knownOrRefused } from "../known.ts"
import type { Project } from "../project.ts"
import { withPublished } from "../published-file.ts"
import type { Terminal } from "../terminal.ts"
import { append, momentOf, requireOpenNotes, said } from "./signal-append.ts"

/** The flags of `plimsoll note`. */
export interface NoteFlags {
  readonly kind: string
  readonly role?: string
  readonly json?: boolean
}

/** `plimsoll note`: a team's own words, where the project has declared them open. */
export const note = async (
  project: Project,
  terminal: Terminal,
  microsystem: string,
  text: string,
  flags: NoteFlags
): Promise<ExitCode> => {
  await requireOpenNotes(project)
  await withPublished(project, (published) => knownOrRefused(published, { microsystem }))
  const row = {
    id: randomUUID(),
    microsystem,
    // The choices are held by the command line, and the schema holds them again.
    kind: flags.kind as Note["kind"],
    at: momentOf(project),
    role: flags.role ?? null,
    text
  }
  await append(project, [said(openNotes, row)])
  terminal.out(flags.json === true ? JSON.stringify({ format: 1, id: row.id }) : `noted for ${microsystem}`)
  terminal.note("the next `plimsoll run` computes with it")
  return exitCodes.fine
}
