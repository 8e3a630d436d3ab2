import { writeFileSync } from "node:fs"
import { publishedLayout } from "@plimsoll/core"
import { components } from "@plimsoll/quality"
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

const ofTheCore = [microsystems, observations, notes, measureDefinitions, signals, runs, ticks]
const core = ofTheCore.map((one) => one.name)

const streams = (): string => referencePage(ofTheCore.map((stream) => contractOf("<organisation>", stream)))

const cell = (text: string): string => text.replaceAll("|", "\\|")

interface Told {
  readonly title: string
  readonly comment: string
  readonly columns: { readonly [column: string]: string }
}

const relation = ({ title, comment, columns }: Told): ReadonlyArray<string> => [
  "",
  `## ${title}`,
  "",
  comment,
  "",
  "| column | |",
  "| --- | --- |",
  ...Object.entries(columns).map(([name, text]) => `| \`${name}\` | ${cell(text)} |`)
]

/** What each component publishes, and the streams that it takes in. */
const quality = (): string =>
  [
    "# The components",
    "",
    "What the components of the quality management system publish in `plimsoll.duckdb`, each under a schema of its own.",
    "A project that names other `modules` in its config has theirs.",
    ...components().flatMap((module) =>
      module.relations.flatMap(({ name, comment, columns }) =>
        comment === undefined ? [] : relation({ title: `${module.schema}.${name}`, comment, columns })
      )
    ),
    "",
    "# The streams that they take in",
    ...referencePage(
      [
        ...new Map(
          components()
            .flatMap((module) => module.streams)
            .map((one) => [one.name, one])
        ).values()
      ]
        .filter((one) => one.domain !== "plimsoll" || !core.includes(one.name))
        .map((stream) => contractOf("<organisation>", stream))
    )
      .split("\n")
      .slice(1),
    ""
  ].join("\n")

const published = (): string =>
  [
    "# The published file",
    "",
    "What stands in `plimsoll.duckdb`, relation by relation. Read it as `plimsoll.<name>`; the macros of the schema",
    "`spc` come with it. What is not on this page is not in the file.",
    ...publishedLayout.flatMap(({ name, kind, comment, columns }) =>
      relation({ title: name, comment: `${comment} (${kind})`, columns })
    ),
    ""
  ].join("\n")

/** The pages of docs/reference, by file name. */
export const referencePages = (): ReadonlyMap<string, string> =>
  new Map(
    [
      ["streams.md", streams()],
      ["published.md", published()],
      ["quality.md", quality()]
    ].map(([name = "", text = ""]) => [name, `${made}\n\n${text}`])
  )

if (import.meta.main) {
  for (const [name, text] of referencePages()) {
    writeFileSync(new URL(`../docs/reference/${name}`, import.meta.url), text)
  }
}
