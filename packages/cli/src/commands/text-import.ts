import { dirname } from "node:path"
import type { Log } from "@plimsoll/log"
import type { TextScan } from "@plimsoll/quality"
import { PlimsollError, type StreamDefinition } from "@plimsoll/schema"
import { complaintText } from "../complaints.ts"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import { openLogOf } from "../project-log.ts"
import type { Project } from "../project.ts"
import { sourceText } from "../run-report.ts"
import { readSource, type SourceResult, sourcesExitCode } from "../sources.ts"
import type { Terminal } from "../terminal.ts"
import { append } from "./signal-append.ts"
import { freeTextOf, knownTexts, openTexts } from "./text-open.ts"

/** How many scans go to the log in one transaction. */
const scansAtOnce = 1_000

const readTexts = async (
  project: Project,
  terminal: Terminal,
  log: Log,
  instance: string | undefined
): Promise<ReadonlyArray<SourceResult>> => {
  const sources = project.config.connectors
    .map((connector, at) => ({ connector, at }))
    .filter(({ connector: { streams } }) =>
      streams.some(({ definition }) => definition.name === "note" || definition.name === "story")
    )
  const wanted = sources.filter(({ connector }) => instance === undefined || connector.instance === instance)
  if (instance !== undefined && wanted.length === 0) {
    const known = sources.map(({ connector }) => connector.instance)
    throw new PlimsollError({
      code: "usage-text-source",
      message: `the config has no source "${instance}" of notes or stories`,
      configPath: "connectors",
      suggestion:
        known.length > 0
          ? `it has ${known.join(", ")}`
          : "add one: files({ instance: …, stream: notes, path: … }) of @plimsoll/connector-files"
    })
  }
  const { signal } = new AbortController()
  const results: SourceResult[] = []
  for (const { connector, at } of wanted) {
    results.push(
      await readSource(connector, at, { project, log, watch: false, signal, terminal, metrics: undefined })
    )
  }
  return results
}

/** Looks through the texts that nobody has looked through as they are now, and says on the log what it saw. */
const lookThrough = async (project: Project, terminal: Terminal, log: Log) => {
  const { patternsVersion, scanText, textScans } = await import("@plimsoll/quality")
  const { scans } = await knownTexts(project, log)
  const fresh: TextScan[] = []
  for await (const text of openTexts(project, terminal, log)) {
    const known = scans.get(text.id)
    if (known?.seal === text.seal && known.rules === patternsVersion) continue
    fresh.push(scanText(text))
    terminal.progress(`looking through ${counted(fresh.length, "text")}`)
  }
  for (let from = 0; from < fresh.length; from += scansAtOnce) {
    const rows = fresh.slice(from, from + scansAtOnce)
    await append(project, [{ stream: textScans as unknown as StreamDefinition, rows }])
  }
  const count = (holds: (scan: TextScan) => boolean): number => fresh.filter(holds).length
  return {
    texts: fresh.length,
    flagged: count((one) => one.patterns.length > 0),
    blank: count((one) => one.length === "blank"),
    short: count((one) => one.length === "short"),
    long: count((one) => one.length === "long"),
    otherLanguage: count((one) => one.language === "other")
  }
}

/** `plimsoll text import`: reads the sources of notes and stories, and looks through every text that is new. Needs the vault. */
export const textImport = async (
  project: Project,
  terminal: Terminal,
  instance: string | undefined,
  flags: { readonly json?: boolean }
): Promise<ExitCode> => {
  await freeTextOf(project)
  process.chdir(dirname(project.configFile))
  const log = await openLogOf(project)
  try {
    const sources = await readTexts(project, terminal, log, instance)
    const found = await lookThrough(project, terminal, log)
    if (flags.json === true) {
      const read = sources.map(({ instance: name, streams }) => ({ instance: name, streams }))
      terminal.out(JSON.stringify({ format: 1, sources: read, ...found }))
    } else {
      for (const source of sources) for (const line of sourceText(source)) terminal.out(line)
      terminal.out(
        found.texts === 0
          ? "every text has been looked through"
          : `looked through ${counted(found.texts, "text")}: ${found.flagged} with what may tell who somebody is, ${found.blank} without a word, ${found.short} short, ${found.long} long, ${found.otherLanguage} perhaps not in English`
      )
      if (found.flagged > 0) terminal.note("see what a person has to check: plimsoll text redact")
    }
    for (const { failure } of sources) if (failure !== undefined) console.error(complaintText(failure))
    const code = sourcesExitCode(sources)
    return code === exitCodes.fine ? exitCodes.fine : code
  } finally {
    await log.close()
  }
}
