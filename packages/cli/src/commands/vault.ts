import { PlimsollError } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import type { Project } from "../project.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"

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

/** `plimsoll vault erase`: destroys a key, so that nobody can ever read what it sealed. */
export const vaultErase = async (
  project: Project,
  terminal: Terminal,
  stream: string,
  scope: string,
  flags: { readonly yes?: boolean }
): Promise<ExitCode> => {
  const keys = await keysOf(project)
  const found = keys.scopes().find((one) => one.stream === stream && one.scope === scope)
  if (found?.erased === true) {
    terminal.out(`${stream} ${scope} was erased before`)
    return exitCodes.fine
  }
  if (found === undefined) {
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
