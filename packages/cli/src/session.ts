import { dirname } from "node:path"
import type { Core } from "@plimsoll/core"
import type { Log } from "@plimsoll/log"
import type { PlimsollConfig } from "./define-config.ts"
import { counted } from "./figure-text.ts"
import { takeHold } from "./hold.ts"
import { takeLock } from "./lock.ts"
import type { Patient } from "./log-wait.ts"
import type { RunMetrics } from "./metrics-run.ts"
import { refuseNetworkDrive } from "./network-drive.ts"
import type { SignalDelivery } from "./on-signal.ts"
import { openLogThatIsThere, requireLogFile } from "./project-log.ts"
import type { Project } from "./project.ts"
import type { Stop } from "./stop.ts"
import type { Terminal } from "./terminal.ts"

/** The flags of `plimsoll run`. */
export interface RunFlags {
  readonly watch?: boolean
  /** Stand by while another process is the core. */
  readonly wait?: boolean
  readonly only?: "connectors" | "core"
  readonly onSignal?: string
  readonly metrics?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly debug?: boolean
}

/** What is open while a run works. */
export interface Session {
  readonly project: Project
  readonly terminal: Terminal
  readonly log: Log
  /** Those whose sources are read here. */
  readonly connectors: PlimsollConfig["connectors"]
  readonly core: Core
  readonly delivery: SignalDelivery | undefined
  readonly stop: Stop
  /** Ends the work: somebody asked to, or the lease is lost. */
  readonly signal: AbortSignal
  /** Aborts when the lease is lost. */
  readonly lost: AbortSignal
  readonly flags: RunFlags
  readonly metrics: RunMetrics | undefined
  /** For what the core does with the log. */
  readonly patient: Patient
}

const inFolder = async <A>(project: Project, work: () => Promise<A>): Promise<A> => {
  refuseNetworkDrive(project.directory)
  // Before the lock, which makes the folder.
  requireLogFile(project)
  process.chdir(dirname(project.configFile))
  return work()
}

const withOpenLog = async <A>(project: Project, work: (log: Log) => Promise<A>): Promise<A> => {
  const log = await openLogThatIsThere(project)
  try {
    return await work(log)
  } finally {
    await log.close()
  }
}

/**
 * Work on a project's log and store by a command other than `run`: alone in the folder of the config, with the log
 * open. It says nothing on the log.
 */
export const withLog = <A>(project: Project, command: string, work: (log: Log) => Promise<A>): Promise<A> =>
  inFolder(project, async () => {
    const lock = await takeLock(project.directory, command)
    try {
      return await withOpenLog(project, work)
    } finally {
      lock.release()
    }
  })

/** As {@link withLog}, for a command that works as the core of the project. */
export const asCore = <A>(
  project: Project,
  command: string,
  terminal: Terminal,
  work: (log: Log) => Promise<A>
): Promise<A> =>
  inFolder(project, () =>
    withOpenLog(project, async (log) => {
      const { signal } = new AbortController()
      const hold = await takeHold(project, { log, command, wait: false, renew: true, signal, terminal })
      try {
        return await work(hold.log)
      } finally {
        await hold.release()
      }
    })
  )

/** Opens the core and tells it of the config and the day. */
export const openProjectCore = async (project: Project, log: Log, terminal: Terminal): Promise<Core> => {
  const core = await openCoreAsItIs(project, log, terminal)
  try {
    await core.define({ measures: project.config.measures ?? [], microsystems: project.microsystems })
    await core.tick(project.today())
  } catch (cause) {
    await core.close()
    throw cause
  }
  return core
}

/** Opens the project's core, and says nothing on the log. */
export const openCoreAsItIs = async (project: Project, log: Log, terminal: Terminal): Promise<Core> => {
  const { openCore } = await import("@plimsoll/core")
  const { config } = project
  return openCore({
    log,
    organisation: config.organisation,
    project: config.project,
    zone: config.zone,
    directory: project.directory,
    modules: await project.modules(),
    partitions: config.partitions,
    threads: config.core?.threads,
    memoryLimit: config.core?.memoryLimit,
    onProgress: ({ topic, landed, total }) =>
      terminal.progress(`landing ${topic}: ${landed.toLocaleString("en")} of ${counted(total, "record")}`)
  })
}
