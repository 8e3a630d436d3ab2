import type { Log, LogRecord } from "@plimsoll/log"
import { PlimsollError } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { type Letter, coreLetters, letterTopics, runtimeLetters, streamOf } from "../letters.ts"
import type { Project } from "../project.ts"
import { withSealedLetters } from "../sealed-streams.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"
import { withLog } from "./log.ts"

/** The flags of `plimsoll dead-letters list`. */
export interface DeadLetterFlags {
  readonly stream?: string
  readonly code?: string
  readonly limit?: number
  readonly json?: boolean
}

/** So much of an id is told in a table; `show` and `replay` take it. */
const idLength = 12

const shortId = ({ id }: Letter): string => (/^[0-9a-f]{32}$/.test(id) ? id.slice(0, idLength) : id)

/** Every letter: what the runtime wrote, as it is read, and what the core found. */
const allLetters = async function* (project: Project, log: Log): AsyncGenerator<Letter> {
  for (const topic of await letterTopics(log)) yield* runtimeLetters(log, topic)
  yield* await coreLetters(project)
}

/** Fails with `usage-unknown-stream` where the log knows no stream of that name. */
export const requireStream = async (log: Log, stream: string): Promise<void> => {
  const names = [...new Set((await letterTopics(log)).map(({ topic }) => streamOf(topic)))]
  if (names.includes(stream)) return
  throw new PlimsollError({
    code: "usage-unknown-stream",
    message: `the log has no dead letters of a stream "${stream}"`,
    suggestion: names.length === 0 ? "nothing has been read yet" : `there are ${names.join(", ")}`
  })
}

/** `plimsoll dead-letters list`: the rows that could not be read, where they stand and why. */
export const deadLetters = (
  project: Project,
  terminal: Terminal,
  flags: DeadLetterFlags
): Promise<ExitCode> =>
  withLog(project, async (log) => {
    if (flags.stream !== undefined) await requireStream(log, flags.stream)
    const limit = flags.limit ?? (flags.json === true ? Infinity : 100)
    const rows: Array<ReadonlyArray<string>> = []
    let [total, told] = [0, 0]
    for await (const letter of allLetters(project, log)) {
      if (flags.stream !== undefined && letter.stream !== flags.stream) continue
      if (flags.code !== undefined && letter.code !== flags.code) continue
      total++
      if (told >= limit) continue
      told++
      if (flags.json === true) {
        terminal.out(JSON.stringify(letter))
        continue
      }
      rows.push([
        shortId(letter),
        letter.stream,
        letter.sourcePartition ?? letter.source ?? "",
        letter.place ?? "",
        letter.code,
        letter.reason,
        letter.recordedAt.slice(0, 16).replace("T", " "),
        letter.replayedAt === null ? "" : letter.replayedAt.slice(0, 16).replace("T", " ")
      ])
    }
    if (flags.json === true) return exitCodes.fine
    const filtered = flags.stream !== undefined || flags.code !== undefined
    const sealed = (await withSealedLetters(log)).map(({ name }) => name)
    if (total === 0 && sealed.length === 0)
      terminal.out(filtered ? "No such dead letters." : "No dead letters: every row could be read.")
    else if (total === 0) terminal.out("None but sealed ones.")
    else {
      const columns = ["id", "stream", "source", "place", "code", "reason", "when (UTC)", "replayed"]
      terminal.out(tableText(columns, rows, { widest: 90 }))
    }
    if (sealed.length > 0) {
      terminal.note(
        `sealed, for the holder of the vault alone: ${sealed.join(", ")} (plimsoll vault letters)`
      )
    }
    if (total > told) terminal.note(`… and ${total - told} more (--limit ${total})`)
    return exitCodes.fine
  })

/** The letter that an id, or the first characters of one, stands for. */
export const findLetter = async (project: Project, log: Log, id: string): Promise<Letter> => {
  const found: Letter[] = []
  for await (const letter of allLetters(project, log)) {
    if (letter.id === id || `${letter.topic}/${letter.partition}/${letter.offset}` === id) return letter
    if (id.length >= 4 && letter.id.startsWith(id)) found.push(letter)
  }
  const [one, another] = found
  if (one !== undefined && another === undefined) return one
  throw new PlimsollError({
    code: "usage-unknown-letter",
    message:
      one === undefined
        ? `there is no dead letter ${id}`
        : `${found.length} dead letters have ids that begin with ${id}`,
    suggestion:
      one === undefined
        ? "`plimsoll dead-letters list` lists them"
        : "give more of the id: list --json has all of it"
  })
}

const recordOf = async (log: Log, { topic, partition, offset }: Letter): Promise<LogRecord> => {
  const { records } = await log.read(topic, partition, offset, { limit: 1, until: offset + 1 })
  if (records[0] !== undefined) return records[0]
  throw new PlimsollError({
    code: "log-record-gone",
    message: `the record ${topic}/${partition}/${offset} is not on the log any more`,
    suggestion: "the log lets go of records of that topic: `plimsoll doctor` says which, and the cure"
  })
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

// What would move the cursor is shown by its number, as JavaScript writes it.
const escaped = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) =>
    character === "\n" || character === "\t" ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`
  )

/** So many bytes are shown. */
const mostBytes = 4096

const hexOf = (bytes: Uint8Array): string => {
  const lines: string[] = []
  for (let at = 0; at < Math.min(bytes.length, mostBytes); at += 16) {
    const part = bytes.subarray(at, Math.min(at + 16, mostBytes))
    const hex = [...part].map((byte) => byte.toString(16).padStart(2, "0")).join(" ")
    const text = [...part]
      .map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "."))
      .join("")
    lines.push(`${at.toString(16).padStart(6, "0")}  ${hex.padEnd(47)}  ${text}`)
  }
  return [...lines, ...(bytes.length > mostBytes ? [`… ${bytes.length - mostBytes} bytes more`] : [])].join(
    "\n"
  )
}

const indented = (text: string): string => text.replaceAll(/^/gm, "  ")

/** `plimsoll dead-letters show`: all that is on the log of one letter. */
export const deadLetter = (
  project: Project,
  terminal: Terminal,
  id: string,
  flags: { readonly json?: boolean }
): Promise<ExitCode> =>
  withLog(project, async (log) => {
    const letter = await findLetter(project, log, id)
    const record = await recordOf(log, letter)
    const { headers, key, value, bytes } = record
    const content = value === null || bytes !== undefined ? undefined : parsed(value)
    if (flags.json === true) {
      const kept =
        bytes === undefined ? { value: content ?? value } : { bytes: Buffer.from(bytes).toString("hex") }
      terminal.out(JSON.stringify({ format: 1, ...letter, headers, key, ...kept }))
      return exitCodes.fine
    }
    const facts = Object.entries({
      id: letter.id,
      stream: letter.stream,
      record: `${letter.topic}/${letter.partition}/${letter.offset}`,
      "found by": letter.foundBy,
      source: letter.source,
      "part of the source": letter.sourcePartition,
      place: letter.place,
      code: letter.code,
      reason: letter.reason,
      "recorded at": letter.recordedAt,
      "replayed at": letter.replayedAt
    }).flatMap(([name, fact]) => (fact === null ? [] : [`${`${name}:`.padEnd(20)}${escaped(fact)}`]))
    const kept =
      bytes === undefined
        ? escaped(content === undefined ? (value ?? "(no value)") : JSON.stringify(content, null, 2))
        : hexOf(bytes)
    terminal.out(
      [
        ...facts,
        ...(key === null ? [] : [`${"key:".padEnd(20)}${escaped(key)}`]),
        "headers:",
        ...Object.entries(headers).map(([name, header]) => `  ${escaped(name)}: ${escaped(header)}`),
        letter.foundBy === "runtime" ? "what was kept:" : "the record:",
        indented(kept)
      ].join("\n")
    )
    return exitCodes.fine
  })
