import { existsSync, renameSync } from "node:fs"
import { dirname } from "node:path"
import { PlimsollError } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import { takeLock } from "../lock.ts"
import { refuseNetworkDrive } from "../network-drive.ts"
import type { Project } from "../project.ts"
import { openProjectCore } from "../session.ts"
import type { Terminal } from "../terminal.ts"

/** Fails with `log-missing` where the project has no log yet: opening one would make it. */
export const requireLog = (project: Project): void => {
  if (existsSync(project.log)) return
  throw new PlimsollError({
    code: "log-missing",
    message: `there is no log at ${project.log} yet`,
    suggestion: "run `plimsoll run` first"
  })
}

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
export const rebuild = async (project: Project, terminal: Terminal): Promise<ExitCode> => {
  refuseNetworkDrive(project.directory)
  requireLog(project)
  process.chdir(dirname(project.configFile))
  const lock = await takeLock(project.directory, "rebuild")
  try {
    const { openEmbeddedLog } = await import("@plimsoll/log")
    const log = await openEmbeddedLog(project.log)
    try {
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
        core.close()
      }
    } finally {
      await log.close()
    }
  } finally {
    lock.release()
  }
}
