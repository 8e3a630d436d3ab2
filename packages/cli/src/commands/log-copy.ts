import type { CopyReport, Log } from "@plimsoll/log"
import { PlimsollError, schemasTopic, stateTopic } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import { takeLock } from "../lock.ts"
import { refuseNetworkDrive } from "../network-drive.ts"
import { type LogKind, logKindOf, openLogOf, openLogThatIsThere, requireLogFile } from "../project-log.ts"
import type { Project } from "../project.ts"
import { listenForStop } from "../stop.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"

/** The flags of `plimsoll log copy`. */
export interface LogCopyFlags {
  readonly from: LogKind
  readonly to: LogKind
  readonly leaveOutBytes?: boolean
  readonly json?: boolean
}

/** What is to be done before the project works with the copy. */
const next = (project: Project, to: LogKind): string =>
  [
    ...(logKindOf(project) === to
      ? []
      : [
          to === "kafka"
            ? "name the cluster in the config: kafka: { brokers: [ … ] }"
            : "take kafka out of the config, so that the project works with the log in its folder"
        ]),
    "run `plimsoll rebuild`: the store was made from the other log, and is refused until then"
  ].join("; then ")

const said = (terminal: Terminal, project: Project, flags: LogCopyFlags, report: CopyReport): void => {
  const { copied, leftOut, topics, complete } = report
  if (flags.json === true) {
    const told = complete ? { next: next(project, flags.to) } : {}
    terminal.out(JSON.stringify({ format: 1, ...report, ...told }))
    return
  }
  terminal.out(
    tableText(
      ["topic", "copied"],
      topics.map((one) => [one.topic, one.copied.toLocaleString("en")])
    )
  )
  terminal.out(
    `${counted(copied, "record")} copied from ${flags.from} to ${flags.to}${
      leftOut === 0 ? "" : `; ${leftOut.toLocaleString("en")} left out that are no text`
    }`
  )
  if (complete) terminal.note(`next: ${next(project, flags.to)}`)
}

/** A cluster may have topics of other programs; a file has none. */
const ofProject = (project: Project, from: LogKind): ((topic: string) => boolean) =>
  from === "embedded"
    ? () => true
    : (topic) =>
        topic.startsWith(`${project.config.organisation}.`) || topic === stateTopic || topic === schemasTopic

const copy = async (
  project: Project,
  terminal: Terminal,
  flags: LogCopyFlags,
  from: Log,
  to: Log
): Promise<ExitCode> => {
  const { copyLog } = await import("@plimsoll/log")
  const stop = listenForStop(() => terminal.note("stopping: the transaction under way is finished first"))
  try {
    const report = await copyLog(from, to, {
      id: `plimsoll.${project.config.project}.log-copy`,
      signal: stop.signal,
      topics: ofProject(project, flags.from),
      bytes: flags.leaveOutBytes === true ? "leave-out" : "refuse",
      onProgress: ({ topic, copied, total }) =>
        terminal.progress(`copying ${topic}: ${copied.toLocaleString("en")} of ${counted(total, "record")}`)
    })
    said(terminal, project, flags, report)
    if (report.complete) return exitCodes.fine
    terminal.note("stopped: the same command goes on from there")
    return stop.code() ?? exitCodes.interrupted
  } finally {
    stop.forget()
  }
}

/** `plimsoll log copy`: the project's log, whole, into its log of the other kind. */
export const logCopy = async (
  project: Project,
  terminal: Terminal,
  flags: LogCopyFlags
): Promise<ExitCode> => {
  if (flags.from === flags.to) {
    throw new PlimsollError({
      code: "usage-same-log",
      message: `a log cannot be copied from ${flags.from} to ${flags.to}`,
      suggestion: "say --from embedded --to kafka, or the other way"
    })
  }
  refuseNetworkDrive(project.directory)
  // Before the lock, which makes the folder.
  requireLogFile(project, flags.from)
  const lock = await takeLock(project.directory, "log copy")
  try {
    const from = await openLogThatIsThere(project, flags.from)
    try {
      const to = await openLogOf(project, flags.to)
      try {
        return await copy(project, terminal, flags, from, to)
      } finally {
        await to.close()
      }
    } finally {
      await from.close()
    }
  } finally {
    lock.release()
  }
}
