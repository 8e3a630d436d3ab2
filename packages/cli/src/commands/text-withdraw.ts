import type { StoryConsent } from "@plimsoll/quality"
import { PlimsollError } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import { nearest } from "../nearest.ts"
import type { Project } from "../project.ts"
import type { Terminal } from "../terminal.ts"
import { append, said } from "./signal-append.ts"
import { knownStories, openTexts, withTexts } from "./text-open.ts"

/** The streams that hold the words of a story, as the vault calls them. */
const storyLabels = ["codesign.story.v1", "free-text.redacted-text.v1"]

/** Destroys the keys of a story, of what was redacted of it, too. How many there were. */
const eraseStory = async (project: Project, id: string): Promise<number> => {
  const { openVaultKeys } = await import("@plimsoll/log")
  const keys = openVaultKeys(project.vault)
  return storyLabels.filter((stream) => keys.erase(stream, id)).length
}

const unitOf = (project: Project, terminal: Terminal, id: string): Promise<string> =>
  withTexts(project, async (log) => {
    const { facts, consents } = await knownStories(project, log)
    const known = [...facts, ...consents].find((one) => one.id === id)
    if (known !== undefined) return known.microsystem
    const ids = new Set([...facts, ...consents].map((one) => one.id))
    for await (const text of openTexts(project, terminal, log)) {
      if (text.source !== "story") continue
      if (text.id === id) return text.microsystem
      ids.add(text.id)
    }
    const meant = nearest(id, ids)
    throw new PlimsollError({
      code: "usage-unknown-story",
      message: `nobody has told of a story "${id}"`,
      suggestion: meant === undefined ? "check its id with whoever took it in" : `did you mean "${meant}"?`
    })
  })

/** `plimsoll story withdraw`: destroys the keys of one story and says on the log that its consent is withdrawn, as one act. */
export const storyWithdraw = async (
  project: Project,
  terminal: Terminal,
  id: string,
  flags: { readonly yes?: boolean; readonly json?: boolean }
): Promise<ExitCode> => {
  const microsystem = await unitOf(project, terminal, id)
  if (flags.yes !== true) {
    throw new PlimsollError({
      code: "usage-story-sure",
      message: `the words of the story "${id}" could never be read again, by anybody`,
      suggestion: "say it again with --yes if that is what you want"
    })
  }
  // The keys go first: should the rest fail, no word can be read, and doing it again says what was not said.
  const keys = await eraseStory(project, id)
  const { storyConsents } = await import("@plimsoll/quality")
  const row: StoryConsent = { id, microsystem, state: "withdrawn", day: project.today() }
  await append(project, [said(storyConsents, row)])
  terminal.out(
    flags.json === true
      ? JSON.stringify({ format: 1, story: id, keys })
      : `the story ${id} is withdrawn, and its words are gone: ${keys === 0 ? "there was no key any more" : `${counted(keys, "key")} destroyed`}`
  )
  terminal.note(
    "the next `plimsoll run` publishes it no more; a file that it was imported from still has it: delete it there"
  )
  return exitCodes.fine
}

/** `plimsoll story erase-withdrawn`: destroys the keys of every story whose consent the log says is withdrawn. */
export const storyEraseWithdrawn = async (
  project: Project,
  terminal: Terminal,
  flags: { readonly json?: boolean }
): Promise<ExitCode> => {
  const { consents } = await withTexts(project, (log) => knownStories(project, log))
  const ids = [...new Set(consents.filter((one) => one.state === "withdrawn").map((one) => one.id))]
  let [stories, keys] = [0, 0]
  for (const id of ids) {
    const gone = await eraseStory(project, id)
    keys += gone
    if (gone > 0) stories += 1
  }
  terminal.out(
    flags.json === true
      ? JSON.stringify({ format: 1, withdrawn: ids.length, erased: stories, keys })
      : `${counted(ids.length, "story", "stories")} withdrawn, ${counted(keys, "key")} of ${stories} destroyed now`
  )
  return exitCodes.fine
}
