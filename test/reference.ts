import { writeFileSync } from "node:fs"
import { publishedLayout } from "@plimsoll/core"
import {
  contractOf,
  measureDefinitions,
  microsystems,
  notes,
  observations,
  referencePage,
  runs,
  signals,
  ticks
} from "@plimsoll/schema"

const made = "<!-- Made by test/reference.ts from the source; a change here is lost. -->"

const streams = (): string =>
  referencePage(
    [microsystems, observations, notes, measureDefinitions, signals, runs, ticks].map((stream) =>
      contractOf("<organisation>", stream)
    )
  )

const cell = (text: string): string => text.replaceAll("|", "\\|")

const published = (): string =>
  [
    "# The published file",
    "",
    "What stands in `plimsoll.duckdb`, relation by relation. Read it as `plimsoll.<name>`; the macros of the schema",
    "`spc` come with it. What is not on this page is not in the file.",
    ...publishedLayout.flatMap((relation) => [
      "",
      `## ${relation.name}`,
      "",
      `${relation.comment} (${relation.kind})`,
      "",
      "| column | |",
      "| --- | --- |",
      ...Object.entries(relation.columns).map(([name, text]) => `| \`${name}\` | ${cell(text)} |`)
    ]),
    ""
  ].join("\n")

/** The pages of docs/reference, by file name. */
export const referencePages = (): ReadonlyMap<string, string> =>
  new Map(
    [
      ["streams.md", streams()],
      ["published.md", published()]
    ].map(([name = "", text = ""]) => [name, `${made}\n\n${text}`])
  )

if (import.meta.main) {
  for (const [name, text] of referencePages()) {
    writeFileSync(new URL(`../docs/reference/${name}`, import.meta.url), text)
  }
}
