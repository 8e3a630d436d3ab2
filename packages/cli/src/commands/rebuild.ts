import { existsSync, renameSync } from "node:fs"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import type { Project } from "../project.ts"
import { asCore, openProjectCore } from "../session.ts"
import type { Terminal } from "../terminal.ts"

const moveAway = (store: string): string | undefined => {
  if (!existsSync(store)) return undefined
  const stamp = new Date().toISOString().replaceAll(/[-:]|\..*/g, "")
  const away = store.replace(/\.duckdb$/, `.${stamp}.duckdb`)
  // The write-ahead log goes first: left behind, it would be played into the new store.
  if (existsSync(`${store}.wal`)) renameSync(`${store}.wal`, `${away}.wal`)
  renameSync(store, away)
  return away
}

/** `plimsoll rebuild`: makes the working store again from the log alone. */
export const rebuild = (project: Project, terminal: Terminal): Promise<ExitCode> =>
  asCore(project, "rebuild", terminal, async (log) => {
    const away = moveAway(project.store)
    if (away !== undefined) terminal.note(`the old store is kept as ${away}`)
    const core = await openProjectCore(project, log, terminal)
    try {
      const update = await core.update({ everything: true })
      const path = await core.publish(project.published)
      const said = update.signals.length === 0 ? "no signal" : counted(update.signals.length, "signal")
      terminal.out(`rebuilt from the log; ${said} emitted; published: ${path}`)
      if (away !== undefined) terminal.note(`delete ${away} when you are content`)
      return exitCodes.fine
    } finally {
      await core.close()
    }
  })
