import { dirname } from "node:path"
import type { Log } from "@plimsoll/log"
import type {
  Coding,
  DeclaredTerm,
  Found,
  Redaction,
  RepeatedText,
  SealedText,
  StoryConsent,
  StoryFact,
  TextScan,
  TextSource,
  Theme,
  ThemeSuggestion
} from "@plimsoll/quality"
import { contractOf, notes, openNotes, PlimsollError, type StreamDefinition } from "@plimsoll/schema"
import { nearest } from "../nearest.ts"
import { openLogThatIsThere } from "../project-log.ts"
import type { Project } from "../project.ts"
import type { Terminal } from "../terminal.ts"
import { passOverWithNote } from "../unopened.ts"

/** How a project works with free text, as its config says. */
export interface FreeTextConfig {
  readonly terms: ReadonlyArray<DeclaredTerm>
  readonly setting: (id: "sample" | "repeat" | "least" | "precision") => number
}

/** Errors: `usage-no-free-text`, where the project does not work with free text. */
export const freeTextOf = async (project: Project): Promise<FreeTextConfig> => {
  const module = (await project.modules()).find((one) => one.name === "free_text")
  if (module === undefined) {
    throw new PlimsollError({
      code: "usage-no-free-text",
      message: "this project does not work with free text: freeText is not among its modules",
      configPath: "modules",
      suggestion: "add freeText() of @plimsoll/quality to modules, and run again"
    })
  }
  const rowsOf = (name: string) => module.declares.find((one) => one.stream.name === name)?.rows ?? []
  const settings = new Map(rowsOf("free-text-setting").map((row) => [row["id"], Number(row["value"])]))
  return {
    terms: rowsOf("theme-term") as unknown as ReadonlyArray<DeclaredTerm>,
    setting: (id) => settings.get(id)!
  }
}

const sourcesOf = async (
  project: Project
): Promise<ReadonlyArray<readonly [TextSource, StreamDefinition]>> => {
  const control = (await project.modules()).find((one) => one.name === "control")
  const open = control?.streams.some((one) => one.name === "note" && one.access === "open") === true
  const { stories } = await import("@plimsoll/quality")
  return [
    ["note", (open ? openNotes : notes) as unknown as StreamDefinition],
    ["story", stories as unknown as StreamDefinition]
  ]
}

interface Wire {
  readonly [field: string]: unknown
}

/** Of every key of an open stream the latest row that is not gone. */
async function* rowsOn(
  log: Log,
  organisation: string,
  stream: StreamDefinition
): AsyncGenerator<{
  readonly key: string
  readonly place: string
  readonly row: Wire | undefined
}> {
  const contract = contractOf(organisation, stream)
  const [info] = await log.topics([contract.topic])
  for (const { partition, first, end } of info?.offsets ?? []) {
    for (let from = first; from < end;) {
      const { records, next } = await log.read(contract.topic, partition, from, { until: end, limit: 1_000 })
      for (const { key, value, headers, offset } of records) {
        if (key === null) continue
        const gone = value === null || headers["ce_type"]?.endsWith(".deleted") === true
        yield { key, place: `${partition}/${offset}`, row: gone ? undefined : (JSON.parse(value) as Wire) }
      }
      if (next === from) break
      from = next
    }
  }
}

const latestOf = async <Row>(
  log: Log,
  organisation: string,
  stream: unknown
): Promise<ReadonlyArray<Row>> => {
  const latest = new Map<string, Wire>()
  for await (const { key, row } of rowsOn(log, organisation, stream as StreamDefinition)) {
    if (row === undefined) latest.delete(key)
    else latest.set(key, row)
  }
  return [...latest.values()] as unknown as ReadonlyArray<Row>
}

/** The UTC day of an instant as it stands on the wire. */
const dayOf = (wire: string): string => new Date(wire.replace(/\[.*$/, "")).toISOString().slice(0, 10)

/** One text in one of its versions: what tells which, and its row. */
interface Version {
  readonly id: string
  readonly seal: string
  readonly row: Wire | undefined
}

async function* versionsOf(
  project: Project,
  log: Log,
  stream: StreamDefinition,
  id: string | undefined,
  passOver: (place: string, why: Error) => boolean
): AsyncGenerator<Version> {
  const { organisation } = project.config
  if (stream.access === "open") {
    for await (const { place, row, key } of rowsOn(log, organisation, stream)) {
      const own =
        row === undefined ? String((JSON.parse(key) as ReadonlyArray<unknown>)[0]) : String(row["id"])
      if (id === undefined || own === id) yield { id: own, seal: place, row }
    }
    return
  }
  const { openVaultKeys, readSealed } = await import("@plimsoll/log")
  const keys = openVaultKeys(project.vault)
  const records = readSealed(log, keys, contractOf(organisation, stream), {
    ...(id === undefined ? {} : { scope: id }),
    passOver
  })
  for await (const { tag, rows, deleted } of records) {
    for (const row of rows ?? []) yield { id: String(row["id"]), seal: tag, row }
    for (const row of deleted) yield { id: String(row["id"]), seal: tag, row: undefined }
  }
}

/**
 * Opens the free texts of a project, each in its latest version, one after the other: nothing of them is kept, and what was
 * erased is passed over, and so is, with a note, what does not open: one record of a stranger would else stop all work with texts.
 * The log is read twice, first to see which version is the latest. Needs the vault.
 */
export async function* openTexts(
  project: Project,
  terminal: Terminal,
  log: Log,
  id?: string
): AsyncGenerator<SealedText> {
  for (const [source, stream] of await sourcesOf(project)) {
    const latest = new Map<string, string | undefined>()
    for await (const one of versionsOf(project, log, stream, id, passOverWithNote(terminal))) {
      latest.set(one.id, one.row === undefined ? undefined : one.seal)
    }
    for await (const { id: own, seal, row } of versionsOf(project, log, stream, id, () => true)) {
      if (row === undefined || latest.get(own) !== seal) continue
      const day = source === "note" ? dayOf(String(row["at"])) : String(row["day"])
      yield { id: own, seal, source, microsystem: String(row["microsystem"]), day, text: String(row["text"]) }
    }
  }
}

/** What is known on the log of texts, without their words. */
export interface KnownTexts {
  readonly scans: ReadonlyMap<string, TextScan>
  readonly redactions: ReadonlyMap<string, Redaction>
  readonly suggestions: ReadonlyArray<ThemeSuggestion>
  readonly first: ReadonlyMap<string, Coding>
  readonly second: ReadonlyMap<string, Coding>
  readonly repeats: ReadonlyArray<RepeatedText>
  readonly themes: ReadonlyArray<Theme>
}

/** Reads what is known of texts from the log, so that what was said a moment ago counts, too. */
export const knownTexts = async (project: Project, log: Log): Promise<KnownTexts> => {
  const quality = await import("@plimsoll/quality")
  const { organisation } = project.config
  const read = <Row>(stream: unknown) => latestOf<Row>(log, organisation, stream)
  const codings = await read<Coding>(quality.codings)
  const coded = (pass: Coding["pass"]) =>
    new Map(codings.filter((one) => one.pass === pass).map((one) => [one.note, one]))
  return {
    scans: new Map((await read<TextScan>(quality.textScans)).map((one) => [one.text, one])),
    redactions: new Map((await read<Redaction>(quality.redactions)).map((one) => [one.text, one])),
    suggestions: await read<ThemeSuggestion>(quality.themeSuggestions),
    first: coded("first"),
    second: coded("second"),
    repeats: await read<RepeatedText>(quality.repeatedTexts),
    themes: await read<Theme>(quality.themes)
  }
}

/** What is known on the log of stories, without their words. */
export const knownStories = async (project: Project, log: Log) => {
  const { storyConsents, storyFacts } = await import("@plimsoll/quality")
  const { organisation } = project.config
  return {
    facts: await latestOf<StoryFact>(log, organisation, storyFacts),
    consents: await latestOf<StoryConsent>(log, organisation, storyConsents)
  }
}

/**
 * What is not to be seen of a text: what people redacted; and what patterns propose, until somebody has checked it.
 * `propose`: for a text that nobody has looked through as it is.
 */
export const hiddenSpans = (
  { scans, redactions }: Pick<KnownTexts, "scans" | "redactions">,
  { id, seal, text }: Pick<SealedText, "id" | "seal" | "text">,
  propose: (text: string) => ReadonlyArray<Found>
): ReadonlyArray<Found> => {
  const check = redactions.get(id)
  if (check?.seal === seal) {
    return spansOf(check).filter((_, at) => check.decisions[at] !== "rejected")
  }
  const scan = scans.get(id)
  return scan?.seal === seal ? spansOf(scan) : propose(text)
}

/** The spans of a scan or a check. */
export const spansOf = ({
  patterns,
  starts,
  ends
}: Pick<TextScan, "patterns" | "starts" | "ends">): ReadonlyArray<Found> =>
  patterns.map((pattern, at) => ({ pattern, start: starts[at]!, end: ends[at]! }))

/** One text; errors: `usage-unknown-text`. */
export const findText = async (
  project: Project,
  terminal: Terminal,
  log: Log,
  id: string
): Promise<SealedText> => {
  for await (const text of openTexts(project, terminal, log, id)) return text
  const known = [...(await knownTexts(project, log)).scans.keys()]
  const meant = nearest(id, known)
  throw new PlimsollError({
    code: "usage-unknown-text",
    message: `the vault opens no text "${id}": there is none of that id, or it was erased`,
    suggestion: meant === undefined ? "see what there is: plimsoll text list" : `did you mean "${meant}"?`
  })
}

/** Refuses to print words anywhere but on a terminal: neither a file nor another program gets them. Errors: `usage-text-show`. */
export const refuseToShow = (show: boolean | undefined): void => {
  if (show !== true || process.stdout.isTTY) return
  throw new PlimsollError({
    code: "usage-text-show",
    message:
      "--show prints people's own words, and this is no terminal: they would be kept where they are not sealed",
    suggestion: "say it in a terminal, without a pipe or a file behind it"
  })
}

/** Words as a terminal may get them: signs that would move its cursor or turn its writing round are shown as a space. */
export const shown = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\u2028\u2029]+/gu, " ")

/** Work on the log of a project in the folder of its config. */
export const withTexts = async <A>(project: Project, work: (log: Log) => Promise<A>): Promise<A> => {
  process.chdir(dirname(project.configFile))
  const log = await openLogThatIsThere(project)
  try {
    return await work(log)
  } finally {
    await log.close()
  }
}
