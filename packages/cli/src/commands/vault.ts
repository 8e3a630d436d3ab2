import type { WireRow } from "@plimsoll/log"
import type { DeadLetter } from "@plimsoll/pipeline"
import { columnsOf, PlimsollError, type StreamContract } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import type { Project } from "../project.ts"
import { withSealedLetters } from "../sealed-streams.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"
import { passOverWithNote } from "../unopened.ts"
import { withLog } from "./log.ts"

const keysOf = async (project: Project) => (await import("@plimsoll/log")).openVaultKeys(project.vault)

/** `plimsoll vault list`. */
export const vaultList = async (
  project: Project,
  terminal: Terminal,
  flags: { readonly json?: boolean }
): Promise<ExitCode> => {
  const scopes = (await keysOf(project)).scopes()
  if (flags.json === true) terminal.out(JSON.stringify({ format: 1, scopes }))
  else if (scopes.length === 0) terminal.out("the vault is empty")
  else {
    terminal.out(
      tableText(
        ["stream", "scope", "state"],
        scopes.map(({ stream, scope, erased }) => [stream, scope, erased ? "erased" : "sealed"])
      )
    )
  }
  return exitCodes.fine
}

/** What of a sealed dead letter may leave the vault: where in the source it stands, and of which fields it is. */
interface SealedLetter {
  readonly stream: string
  readonly place: string | null
  readonly code: string
  /** Fields of the stream that do not fit; what does not fit in them, and how, could be somebody's words. */
  readonly fields: ReadonlyArray<string>
}

const letterOf = ({ name, jsonSchema }: StreamContract, row: WireRow): SealedLetter => {
  const { code, place, issues } = row as Pick<DeadLetter, "code" | "place" | "issues">
  const known = new Set(columnsOf(jsonSchema).map((column) => column.field))
  const fields = issues.map((issue) => String(issue.path[0])).filter((field) => known.has(field))
  return { stream: name, place: place ?? null, code, fields: [...new Set(fields)].sort() }
}

/** `plimsoll vault letters`: the rows of sealed streams that could not be read, and nothing of what is in them. */
export const vaultLetters = (
  project: Project,
  terminal: Terminal,
  flags: { readonly json?: boolean }
): Promise<ExitCode> =>
  withLog(project, async (log) => {
    const { readSealedLetters } = await import("@plimsoll/log")
    const keys = await keysOf(project)
    const letters: SealedLetter[] = []
    let erased = 0
    const passOver = passOverWithNote(terminal)
    for (const stream of await withSealedLetters(log)) {
      for await (const opened of readSealedLetters(log, keys, stream, { passOver })) {
        if (opened === undefined) erased++
        else letters.push(...opened.map((row) => letterOf(stream, row)))
      }
    }
    if (flags.json === true) terminal.out(JSON.stringify({ format: 1, letters, unopened: erased }))
    else if (letters.length === 0) terminal.out("no sealed dead letters that open with this vault")
    else {
      terminal.out(
        tableText(
          ["stream", "place", "code", "fields"],
          letters.map(({ stream, place, code, fields }) => [stream, place ?? "", code, fields.join(", ")])
        )
      )
    }
    return exitCodes.fine
  })

/** `plimsoll vault erase`: destroys a key, so that nobody can ever read what it sealed. */
export const vaultErase = async (
  project: Project,
  terminal: Terminal,
  stream: string,
  scope: string,
  flags: { readonly yes?: boolean }
): Promise<ExitCode> => {
  const keys = await keysOf(project)
  const state = keys.stateOf(stream, scope)
  if (state === "erased") {
    terminal.out(`${stream} ${scope} was erased before`)
    return exitCodes.fine
  }
  if (state === undefined) {
    throw new PlimsollError({
      code: "usage-vault-scope",
      message: `the vault has no key for "${scope}" of stream "${stream}"`,
      suggestion: "see what there is: plimsoll vault list"
    })
  }
  if (flags.yes !== true) {
    throw new PlimsollError({
      code: "usage-vault-sure",
      message: `what is sealed of "${scope}" could never be read again, by anybody`,
      suggestion: "say it again with --yes if that is what you want"
    })
  }
  keys.erase(stream, scope)
  // What was redacted of a text is the same words: it goes with them.
  if (stream === "plimsoll.note.v1" || stream === "codesign.story.v1") {
    keys.erase("free-text.redacted-text.v1", scope)
  }
  terminal.out(`${stream} ${scope} is erased: its key is destroyed`)
  return exitCodes.fine
}
