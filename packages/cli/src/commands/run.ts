import { dirname } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { PlimsollError } from "@plimsoll/schema"
import { readBoard } from "../board.ts"
import { complaintsOf, complaintText } from "../complaints.ts"
import { readSources, runConnectors } from "../connectors-run.ts"
import { type ExitCode, exitCodes } from "../exit-code.ts"
import { coreOf, type Hold, type HoldOptions, takeHold } from "../hold.ts"
import { leaseLost } from "../leased-log.ts"
import { patiently, settling } from "../log-wait.ts"
import type { RunMetrics } from "../metrics-run.ts"
import { type MetricsAddress, parseAddress } from "../metrics-server.ts"
import { refuseNetworkDrive } from "../network-drive.ts"
import { SignalDelivery } from "../on-signal.ts"
import { logKindOf, openLogOf } from "../project-log.ts"
import type { Project } from "../project.ts"
import { failureText, runJson, runText } from "../run-report.ts"
import { sourcesExitCode } from "../sources.ts"
import { openProjectCore, type RunFlags, type Session } from "../session.ts"
import { listenForStop } from "../stop.ts"
import type { Terminal } from "../terminal.ts"
import { watchProject } from "../watch.ts"

const once = async (session: Session, began: number): Promise<ExitCode> => {
  const { project, terminal, core, delivery, stop, flags, metrics, patient, lost } = session
  const sources = await readSources(session)
  if (lost.aborted) throw leaseLost()
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

/** What is there before the hold on the project. */
type Start = Omit<Session, "core" | "delivery" | "lost">

/** Works as the core of the project, for as long as it is held. */
const lead = async (start: Start, hold: Hold, began: number): Promise<ExitCode> => {
  const { project, terminal, stop, flags } = start
  const { log, lost } = hold
  const patient = settling(start.patient, async () => {
    await log.writer(coreOf(project))
  })
  const signal = AbortSignal.any([stop.signal, lost])
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
    const session: Session = { ...start, log, lost, signal, core, delivery, patient }
    const code = await once(session, began)
    return flags.watch === true ? await watchProject(session, code) : code
  } finally {
    await core.close()
  }
}

const runCore = async (start: Start, began: number): Promise<ExitCode> => {
  const { project, terminal, log, stop, flags, patient } = start
  const watch = flags.watch === true
  const options: HoldOptions = {
    log,
    command: watch ? "run --watch" : "run",
    wait: watch || flags.wait === true,
    renew: !watch,
    signal: stop.signal,
    terminal
  }
  for (;;) {
    let hold: Hold | undefined
    try {
      hold = await patient(() => takeHold(project, options))
      return await lead(start, hold, began)
    } catch (error) {
      if (stop.signal.aborted && hold === undefined) {
        terminal.note("ended while standing by")
        return watch ? exitCodes.fine : (stop.code() ?? exitCodes.fine)
      }
      const { code } = complaintsOf(error)[0]
      const lost = hold?.lost.aborted === true || code === "run-lost" || code === "log-fenced"
      // Another program may have the store open for a moment: whoever stands by waits for that too.
      const taken = options.wait && code === "store-locked"
      if (!taken && !(lost && watch)) throw error
      if (lost) terminal.note("this process is no longer the core of the project: it publishes nothing more")
      else await sleep(storePause, undefined, { signal: stop.signal }).catch(() => undefined)
    } finally {
      await hold?.release()
    }
  }
}

const storePause = 500

/**
 * `plimsoll run`: reads all sources to their end, computes, publishes; with `--watch` it goes on. One process is the
 * core of a project at a time: with `--watch` or `--wait` the others stand by.
 */
export const run = async (project: Project, terminal: Terminal, flags: RunFlags): Promise<ExitCode> => {
  const began = performance.now()
  const address = flags.metrics === undefined ? undefined : metricsAddress(flags.metrics, flags.watch)
  if (flags.only === "connectors" && flags.onSignal !== undefined) {
    throw new PlimsollError({
      code: "usage-on-signal",
      message: "--on-signal is for a run with the core, which says the signals",
      suggestion: "give it to the process that runs the core: plimsoll run --only core --on-signal …"
    })
  }
  const isConnectors = flags.only === "connectors"
  // Of connectors alone the folder is needed by no one but a log that is a file in it.
  if (!isConnectors || logKindOf(project) === "embedded") refuseNetworkDrive(project.directory)
  // Sources and the command of --on-signal name files relative to the folder of the config.
  process.chdir(dirname(project.configFile))
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
      const start: Start = {
        project,
        terminal,
        log: metrics?.log ?? opened,
        connectors: flags.only === "core" ? [] : project.config.connectors,
        stop,
        signal: stop.signal,
        flags,
        metrics,
        patient
      }
      return isConnectors ? await runConnectors(start) : await runCore(start, began)
    } finally {
      await metrics?.close()
      await opened.close()
    }
  } finally {
    stop.forget()
  }
}
