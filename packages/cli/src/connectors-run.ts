import { complaintText } from "./complaints.ts"
import { type ExitCode, exitCodes } from "./exit-code.ts"
import { counted } from "./figure-text.ts"
import { failureText, sourcesJson, sourceText } from "./run-report.ts"
import type { Session } from "./session.ts"
import { readSource, type SourceResult, sourcesExitCode } from "./sources.ts"

/** What reading sources needs of a {@link Session}. */
export type Reading = Pick<
  Session,
  "project" | "terminal" | "log" | "stop" | "signal" | "flags" | "metrics" | "connectors"
>

/** Reads all sources to their end, one after the other. */
export const readSources = async (reading: Reading): Promise<ReadonlyArray<SourceResult>> => {
  const { project, log, signal, terminal, metrics, connectors, flags } = reading
  const results: SourceResult[] = []
  for (const [at, connector] of connectors.entries()) {
    if (signal.aborted) break
    const result = await readSource(connector, at, { project, log, watch: false, signal, terminal, metrics })
    if (result.error !== undefined && flags.debug === true) console.error(result.error)
    results.push(result)
  }
  return results
}

const watchSources = async (reading: Reading): Promise<ReadonlyArray<SourceResult>> => {
  const { project, log, signal, terminal, metrics, connectors } = reading
  terminal.note(`watching ${counted(connectors.length, "source")} (Ctrl-C ends it)`)
  return Promise.all(
    connectors.map(async (connector, at) => {
      const result = await readSource(connector, at, { project, log, watch: true, signal, terminal, metrics })
      if (result.failure !== undefined) console.error(complaintText(result.failure))
      return result
    })
  )
}

/** `plimsoll run --only connectors`: the sources are read into the log, and nothing is computed here. */
export const runConnectors = async (reading: Reading): Promise<ExitCode> => {
  const { terminal, stop, flags } = reading
  const sources = flags.watch === true ? await watchSources(reading) : await readSources(reading)
  const stopped = stop.code()
  if (stopped !== undefined && flags.watch !== true) {
    terminal.note("stopped: what was read is kept, and the next run goes on from there")
    return stopped
  }
  const code = sourcesExitCode(sources)
  if (flags.json === true) {
    terminal.out(JSON.stringify({ format: 1, exitCode: code, sources: sourcesJson(sources) }))
  } else if (flags.quiet !== true) terminal.out(sources.flatMap(sourceText).join("\n"))
  // A watched source has said so when it failed.
  if (flags.watch !== true) for (const text of failureText(sources)) console.error(text)
  return sources.length === 0 ? exitCodes.fine : code
}
