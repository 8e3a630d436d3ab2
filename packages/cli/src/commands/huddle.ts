import { randomUUID } from "node:crypto"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { knownOrRefused } from "../known.ts"
import type { Project } from "../project.ts"
import { noteAge, withPublished } from "../published-file.ts"
import { literal } from "../sql-text.ts"
import type { Terminal } from "../terminal.ts"
import { type BoardSignal, huddleText } from "./huddle-text.ts"
import { append, controlOf, said } from "./signal-append.ts"
import { requireControl, rowsOf } from "./signal-find.ts"

/** The flags of `plimsoll huddle`. */
export interface HuddleFlags {
  readonly held?: boolean
  readonly roles?: number
  readonly json?: boolean
}

/** `plimsoll huddle`: the board that a team stands before; with `held`, that it did. */
export const huddle = async (
  project: Project,
  terminal: Terminal,
  microsystem: string,
  flags: HuddleFlags
): Promise<ExitCode> => {
  await controlOf(project)
  await withPublished(project, async (published) => {
    await requireControl(published)
    await knownOrRefused(published, { microsystem })
    const unitId = literal(microsystem)
    const rows = await rowsOf<BoardSignal>(
      published,
      `SELECT * EXCLUDE (microsystem, events), (SELECT period FROM plimsoll.measure m WHERE m.id = b.measure) AS period
       FROM control.board b WHERE microsystem = ${unitId} ORDER BY since, signal`
    )
    const [unit] = await rowsOf<{ readonly name: string; readonly day: string }>(
      published,
      `SELECT name, (SELECT day FROM plimsoll.clock) AS day FROM plimsoll.microsystem WHERE id = ${unitId}`
    )
    terminal.out(
      flags.json === true
        ? JSON.stringify({ format: 1, microsystem, ...unit!, board: rows })
        : huddleText(unit!.name, unit!.day, rows)
    )
    noteAge(published)
  })
  if (flags.held === true) {
    const { huddles } = await import("@plimsoll/quality")
    const row = { id: randomUUID(), microsystem, day: project.today(), roles: flags.roles ?? null }
    await append(project, [said(huddles, row)])
    terminal.note(`huddle of ${row.day} noted`)
  }
  return exitCodes.fine
}
