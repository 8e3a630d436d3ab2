import { type OpenText, searchOpenText } from "@plimsoll/quality"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import type { Project } from "../project.ts"
import { noteAge, withPublished } from "../published-file.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"
import { learningOrRefused } from "./learn-file.ts"
import { rowsOf } from "./signal-find.ts"

/** `plimsoll learn search`: titles that everybody may read, by their words. */
export const learnSearch = (
  project: Project,
  terminal: Terminal,
  words: string,
  flags: { readonly most?: number; readonly json?: boolean }
): Promise<ExitCode> =>
  withPublished(project, async (published) => {
    await learningOrRefused(published)
    const texts = await rowsOf<OpenText>(
      published,
      "SELECT kind, id, title, microsystem, day, grade FROM learning.open_text ORDER BY kind, id"
    )
    const found = searchOpenText(texts, words, flags.most === undefined ? {} : { most: flags.most })
    if (flags.json === true) terminal.out(JSON.stringify(found))
    else if (found.length === 0) terminal.out(`Nothing among ${texts.length} titles has these words.`)
    else {
      terminal.out(
        tableText(
          ["kind", "id", "title", "unit", "day", "evidence"],
          found.map((one) => [one.kind, one.id, one.title, one.microsystem, one.day, one.grade])
        )
      )
    }
    noteAge(published)
    return exitCodes.fine
  })
