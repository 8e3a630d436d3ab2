import type { Connector } from "@plimsoll/connector"
import type { Log } from "@plimsoll/log"
import type { Counts, Notice } from "@plimsoll/pipeline"
import type { Complaint } from "@plimsoll/schema"
import { complaintsOf } from "./complaints.ts"
import { type ExitCode, exitCodeOf, exitCodes } from "./exit-code.ts"
import { counted } from "./figure-text.ts"
import { sayLog } from "./log-wait.ts"
import type { RunMetrics } from "./metrics-run.ts"
import type { Project } from "./project.ts"
import type { Terminal } from "./terminal.ts"

/** What one stream of a source gave. */
export interface StreamResult extends Counts {
  readonly stream: string
}

/** What came of reading one source. */
export interface SourceResult {
  readonly connector: string
  readonly instance: string
  readonly streams: ReadonlyArray<StreamResult>
  readonly notices: ReadonlyArray<Notice>
  /** Why it stopped before its end; what was read before is kept. */
  readonly failure: Complaint | undefined
  readonly error: unknown
}

/** What {@link readSource} needs. */
export interface SourceOptions {
  readonly project: Project
  readonly log: Log
  readonly watch: boolean
  readonly signal: AbortSignal
  readonly terminal: Terminal
  readonly metrics: RunMetrics | undefined
}

const none: Counts = { in: 0, out: 0, rejected: 0, unchanged: 0, deleted: 0 }

/** Word by word: what is spread of an error is without its message. */
const located = ({ code, message, suggestion, configPath }: Complaint, at: string): Complaint => ({
  code,
  message,
  configPath: configPath ?? at,
  ...(suggestion === undefined ? {} : { suggestion })
})

/** Checks one connector and reads it to the end of its source, or until the signal. Never rejects. */
export const readSource = async (
  connector: Connector,
  at: number,
  options: SourceOptions
): Promise<SourceResult> => {
  const { project, log, watch, signal, terminal, metrics } = options
  const { config } = project
  const configPath = `connectors[${at}]`
  const streams = new Map<string, Counts>()
  const notices: Notice[] = []
  const result = (failure?: Complaint, error?: unknown): SourceResult => ({
    connector: connector.name,
    instance: connector.instance,
    streams: [...streams].map(([stream, counts]) => ({ stream, ...counts })),
    notices,
    failure: failure === undefined ? undefined : located(failure, configPath),
    error
  })
  try {
    const checks = await connector.check({ watch, signal, configPath })
    const bad = checks.find((check) => !check.ok)
    if (bad !== undefined) {
      const { message, suggestion = "mend it, and run again" } = bad
      return result({ code: "source-check-failed", message: `${connector.instance}: ${message}`, suggestion })
    }
    const { runConnector } = await import("@plimsoll/pipeline")
    const { openVaultKeys, Sealer } = await import("@plimsoll/log")
    const meter = metrics?.listener(connector.instance)
    await runConnector(connector, {
      log,
      organisation: config.organisation,
      project: config.project,
      ...(config.partitions === undefined ? {} : { partitions: config.partitions }),
      ...(config.policies === undefined ? {} : { policies: config.policies }),
      sealer: new Sealer(openVaultKeys(project.vault)),
      watch,
      signal,
      configPath,
      onProgress: (progress) => {
        meter?.(progress)
        if (progress._tag === "Notice") {
          if (notices.length < 100) notices.push({ code: progress.code, message: progress.message })
        } else if (progress._tag === "Retry") {
          terminal.note(
            `${connector.instance}: ${progress.code}, trying again in ${(progress.milliseconds / 1000).toFixed(1)} s`
          )
        } else if (progress._tag === "LogAway" || progress._tag === "LogBack") {
          sayLog(terminal, connector.instance, progress)
        } else {
          streams.set(progress.stream, progress.counts)
          terminal.progress(`reading ${connector.instance}: ${counted(progress.counts.in, "row")}`)
        }
      }
    }).then((reports) => {
      streams.clear()
      for (const { stream, in: taken, out, rejected, unchanged, deleted } of reports) {
        streams.set(stream, { ...none, in: taken, out, rejected, unchanged, deleted })
      }
    })
    return result()
  } catch (error) {
    return result(complaintsOf(error)[0], error)
  }
}

/** The exit code that failed sources call for, the gravest first; 0 where none failed. */
export const sourcesExitCode = (results: ReadonlyArray<SourceResult>): ExitCode => {
  const codes = results.flatMap(({ failure }) => {
    if (failure === undefined) return []
    const code = exitCodeOf(failure)
    return [code === exitCodes.unexpected ? exitCodes.source : code]
  })
  const gravest = [exitCodes.diskFull, exitCodes.locked, exitCodes.store, exitCodes.usage, exitCodes.source]
  return gravest.find((code) => codes.includes(code)) ?? exitCodes.fine
}
