import { dirname } from "node:path"
import { PlimsollError } from "@plimsoll/schema"
import { readBoard } from "../board.ts"
import { complaintText } from "../complaints.ts"
import { type ExitCode, exitCodes } from "../exit-code.ts"
import { takeLock } from "../lock.ts"
import { patiently } from "../log-wait.ts"
import type { RunMetrics } from "../metrics-run.ts"
import { type MetricsAddress, parseAddress } from "../metrics-server.ts"
import { refuseNetworkDrive } from "../network-drive.ts"
import { SignalDelivery } from "../on-signal.ts"
import { logKindOf, openLogOf } from "../project-log.ts"
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
    const { project, log, stop, terminal, metrics } = session
    const result = await readSource(connector, at, {
      project,
      log,
      watch: false,
      signal: stop.signal,
      terminal,
      metrics
    })
    if (result.error !== undefined && session.flags.debug === true) console.error(result.error)
    results.push(result)
  }
  return results
}

const once = async (session: Session, began: number): Promise<ExitCode> => {
  const { project, terminal, core, delivery, stop, flags, metrics, patient } = session
  const sources = await readSources(session)
  const failed = sourcesExitCode(sources)
  const stopped = stop.code()
  if (stopped !== undefined && flags.watch !== true) {
    terminal.note("stopped: what was read is kept, and the next run goes on from there")
    return stopped
  }
  terminal.progress("computing")
  const update = await patient(() => core.update())
  await metrics?.landed(core)
  terminal.progress("publishing")
  const published = await core.publish(project.published)
  await metrics?.published(published)
  const delivered = await patient(async () => delivery?.deliver(() => stop.signal.aborted))
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

const metricsAddress = (text: string, watch: boolean | undefined): MetricsAddress => {
  if (watch === true) return parseAddress(text)
  throw new PlimsollError({
    code: "usage-metrics",
    message: "--metrics is for a run that goes on",
    suggestion: "say --watch too, or ask once: plimsoll metrics"
  })
}

/** `plimsoll run`: reads all sources to their end, computes, publishes; with `--watch` it goes on. */
export const run = async (project: Project, terminal: Terminal, flags: RunFlags): Promise<ExitCode> => {
  const began = performance.now()
  const address = flags.metrics === undefined ? undefined : metricsAddress(flags.metrics, flags.watch)
  refuseNetworkDrive(project.directory)
  // Sources and the command of --on-signal name files relative to the folder of the config.
  process.chdir(dirname(project.configFile))
  const lock = await takeLock(project.directory, flags.watch === true ? "run --watch" : "run")
  const stop = listenForStop(() =>
    terminal.note("stopping: the work in hand is finished first (once more ends at once)")
  )
  try {
    let metrics: RunMetrics | undefined
    let meter: ReturnType<RunMetrics["listener"]> | undefined
    const patient = patiently({
      terminal,
      watch: flags.watch === true,
      signal: stop.signal,
      onProgress: (progress) => meter?.(progress)
    })
    const open = () => openLogOf(project)
    // Who goes on may be started before the log is; who does not is told at once that it is not there.
    const opened = flags.watch === true ? await patient(open) : await open()
    try {
      if (address !== undefined) {
        const { RunMetrics } = await import("../metrics-run.ts")
        metrics = new RunMetrics(opened, logKindOf(project))
        meter = metrics.listener("core")
        terminal.note(`metrics: ${await metrics.serve(address)}`)
      }
      const log = metrics?.log ?? opened
      const delivery =
        flags.onSignal === undefined
          ? undefined
          : await SignalDelivery.open({
              log,
              organisation: project.config.organisation,
              directory: project.directory,
              command: flags.onSignal
            })
      const core = await patient(() => openProjectCore(project, log, terminal))
      try {
        const session: Session = {
          project,
          terminal,
          log,
          core,
          delivery,
          stop,
          flags,
          metrics,
          patient
        }
        const code = await once(session, began)
        return flags.watch === true ? await watchProject(session, code) : code
      } finally {
        core.close()
      }
    } finally {
      await metrics?.close()
      await opened.close()
    }
  } finally {
    stop.forget()
    lock.release()
  }
}
