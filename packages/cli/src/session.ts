import { dirname } from "node:path"
import type { Core } from "@plimsoll/core"
import type { Log } from "@plimsoll/log"
import { counted } from "./figure-text.ts"
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
  readonly core: Core
  readonly delivery: SignalDelivery | undefined
  readonly stop: Stop
  readonly flags: RunFlags
  readonly metrics: RunMetrics | undefined
  /** For what the core does with the log. */
  readonly patient: Patient
}

/**
 * Work on a project's log and store by a command other than `run`: alone, in the folder of the config, with the log
 * open.
 */
export const withLog = async <A>(
  project: Project,
  command: string,
  work: (log: Log) => Promise<A>
): Promise<A> => {
  refuseNetworkDrive(project.directory)
  // Before the lock, which makes the folder.
  requireLogFile(project)
  process.chdir(dirname(project.configFile))
  const lock = await takeLock(project.directory, command)
  try {
    const log = await openLogThatIsThere(project)
    try {
      return await work(log)
    } finally {
      await log.close()
    }
  } finally {
    lock.release()
  }
}

/** Opens the core and tells it of the config and the day. */
export const openProjectCore = async (project: Project, log: Log, terminal: Terminal): Promise<Core> => {
  const core = await openCoreAsItIs(project, log, terminal)
  try {
    await core.define({ measures: project.config.measures ?? [], microsystems: project.microsystems })
    await core.tick(project.today())
  } catch (cause) {
    core.close()
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
    partitions: config.partitions,
    threads: config.core?.threads,
    memoryLimit: config.core?.memoryLimit,
    onProgress: ({ topic, landed, total }) =>
      terminal.progress(`landing ${topic}: ${landed.toLocaleString("en")} of ${counted(total, "record")}`)
  })
}
