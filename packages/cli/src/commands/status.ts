import { readBoard } from "../board.ts"
import { boardText } from "../board-text.ts"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { knownOrRefused } from "../known.ts"
import type { Project } from "../project.ts"
import { withPublished } from "../published-file.ts"
import type { Terminal } from "../terminal.ts"

/** The flags of `plimsoll status`. */
export interface StatusFlags {
  readonly json?: boolean
  readonly all?: boolean
  readonly measure?: string
  readonly microsystem?: string
}

/** `plimsoll status`: what is slipping, from the published file alone. */
export const status = (project: Project, terminal: Terminal, flags: StatusFlags): Promise<ExitCode> =>
  withPublished(project, async (published) => {
    await knownOrRefused(published, flags)
    const report = await readBoard(published, flags)
    // Who asks for one measure or microsystem wants all of it.
    const full = flags.measure !== undefined || flags.microsystem !== undefined
    terminal.out(
      flags.json === true
        ? JSON.stringify(report)
        : boardText(report, { now: new Date(), all: flags.all, full })
    )
    return exitCodes.fine
  })
