import { randomUUID } from "node:crypto"
import type { Note } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { knownOrRefused } from "../known.ts"
import type { Project } from "../project.ts"
import { withPublished } from "../published-file.ts"
import type { Terminal } from "../terminal.ts"
import { append, momentOf, noteStreamOf, said } from "./signal-append.ts"

/** The flags of `plimsoll note`. */
export interface NoteFlags {
  readonly kind: string
  readonly role?: string
  readonly json?: boolean
}

/** `plimsoll note`: a team's own words, sealed unless the project has declared its notes open. */
export const note = async (
  project: Project,
  terminal: Terminal,
  microsystem: string,
  text: string,
  flags: NoteFlags
): Promise<ExitCode> => {
  const stream = await noteStreamOf(project)
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
  await append(project, [said(stream, row)])
  const sealed = stream.access === "sealed"
  terminal.out(
    flags.json === true
      ? JSON.stringify({ format: 1, id: row.id, sealed })
      : `noted for ${microsystem}${sealed ? ", and sealed: only the vault of this project opens it" : ""}`
  )
  if (!sealed) terminal.note("the next `plimsoll run` computes with it")
  return exitCodes.fine
}
