import { dirname } from "node:path"
import { readBoard } from "../board.ts"
import { complaintText } from "../complaints.ts"
import { type ExitCode, exitCodes } from "../exit-code.ts"
import { takeLock } from "../lock.ts"
import { refuseNetworkDrive } from "../network-drive.ts"
import { SignalDelivery } from "../on-signal.ts"
import type { Project } from "../project.ts"
import { failureText, runJson, runText } from "../run-report.ts"
import { readSource, type SourceResult, sourcesExitCode } from "../sources.ts"
import { openProjectCore, type RunFlags, type Session } from "../session.ts"
import { listenForStop } from "../stop.ts"
import type { Terminal } from "../terminal.ts"
import { watchProject } from "../watch.ts"

const readSources = async (session: Session): Promise<ReadonlyArray<SourceResult>> => {
  const results: SourceResult[] = []
  for (const [at, connector] of session.project.config.connectors.entries()) {
    if (session.stop.signal.aborted) break
    const { project, log, stop, terminal } = session
    const result = await readSource(connector, at, {
      project,
      log,
      watch: false,
      signal: stop.signal,
      terminal
    })
    if (result.error !== undefined && session.flags.debug === true) console.error(result.error)
    results.push(result)
  }
  return results
}

const once = async (session: Session, began: number): Promise<ExitCode> => {
  const { project, terminal, core, delivery, stop, flags } = session
  const sources = await readSources(session)
  const failed = sourcesExitCode(sources)
  const stopped = stop.code()
  if (stopped !== undefined && flags.watch !== true) {
    terminal.note("stopped: what was read is kept, and the next run goes on from there")
    return stopped
  }
  terminal.progress("computing")
  const update = await core.update()
  terminal.progress("publishing")
  const published = await core.publish(project.published)
  const delivered = await delivery?.deliver(() => stop.signal.aborted)
  const board = await readPublished(published)
  const code = failed === exitCodes.fine && delivered?.failure !== undefined ? exitCodes.onSignal : failed
  const result = {
    sources,
    landed: update.landed,
    signals: update.signals,
    published,
    expected: project.published,
    milliseconds: performance.now() - began,
    board,
    delivered: delivered?.delivered
  }
  if (flags.json === true) terminal.out(JSON.stringify(runJson(result, code)))
  else if (flags.quiet !== true) terminal.out(runText(result))
  // Errors are said even with --quiet, and last, where they are seen.
  for (const text of failureText(sources)) console.error(text)
  if (delivered?.failure !== undefined) console.error(complaintText(delivered.failure))
  return code
}

const readPublished = async (path: string) => {
  const { Published } = await import("@plimsoll/core")
  const published = await Published.open(path)
  try {
    return await readBoard(published)
  } finally {
    published.close()
  }
}

/** `plimsoll run`: reads all sources to their end, computes, publishes; with `--watch` it goes on. */
export const run = async (project: Project, terminal: Terminal, flags: RunFlags): Promise<ExitCode> => {
  const began = performance.now()
  refuseNetworkDrive(project.directory)
  // Sources and the command of --on-signal name files relative to the folder of the config.
  process.chdir(dirname(project.configFile))
  const lock = await takeLock(project.directory, flags.watch === true ? "run --watch" : "run")
  const stop = listenForStop(() =>
    terminal.note("stopping: the work in hand is finished first (once more ends at once)")
  )
  try {
    const { openEmbeddedLog } = await import("@plimsoll/log")
    const log = await openEmbeddedLog(project.log)
    try {
      const delivery =
        flags.onSignal === undefined
          ? undefined
          : await SignalDelivery.open({
              log,
              organisation: project.config.organisation,
              directory: project.directory,
              command: flags.onSignal
            })
      const core = await openProjectCore(project, log, terminal)
      try {
        const session: Session = { project, terminal, log, core, delivery, stop, flags }
        const code = await once(session, began)
        return flags.watch === true ? await watchProject(session, code) : code
      } finally {
        core.close()
      }
    } finally {
      await log.close()
    }
  } finally {
    stop.forget()
    lock.release()
  }
}
