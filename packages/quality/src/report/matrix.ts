import { markup, type Markup, paragraph, table } from "./markup.ts"
import type { PartWriter } from "./part.ts"
import type { SourceRow } from "./source.ts"

const variations: ReadonlyArray<readonly [string, string]> = [
  ["concern", "Getting worse"],
  ["improvement", "Getting better"],
  ["changed", "Changed"],
  ["steady", "Steady"],
  ["not-judged", "Not judged"]
]

const capabilities: ReadonlyArray<readonly [string, string]> = [
  ["pass", "Meets its target by itself"],
  ["hit-or-miss", "Meets it by luck: hit or miss"],
  ["fail", "Will miss it as things are"],
  ["no-target", "Has no target"],
  ["not-judged", "Not judged"]
]

const queries = [
  [
    "whole_system.matrix",
    `SELECT CASE x.variation WHEN 'common' THEN 'steady' ELSE x.variation END AS variation, x.assurance AS capability,
       sum(x.units)::INTEGER AS charts
     FROM whole_system.matrix x WHERE x.parent IS NULL OR x.parent IN (SELECT id FROM plimsoll.microsystem WHERE parent IS NULL) GROUP BY ALL`
  ],
  [
    "assurance.variation_and_capability",
    `SELECT variation, capability, sum(series)::INTEGER AS charts FROM assurance.variation_and_capability GROUP BY ALL`
  ]
] as const

/** Variation by capability: two questions, never one number. */
export const matrixOf = async ({ source, figures }: PartWriter): Promise<Markup> => {
  const found = queries.find(([relation]) => source.has(relation))
  if (found === undefined) return markup``
  const rows: ReadonlyArray<SourceRow> = await source.rows(found[1])
  if (rows.every((row) => Number(row["charts"]) === 0))
    return paragraph("No chart is part of a figure of the whole yet.")
  const count = (variation: string, capability: string): number =>
    Number(
      rows.find((row) => row["variation"] === variation && row["capability"] === capability)?.["charts"] ?? 0
    )
  return table(
    "Charts of units: does each change, and does it meet its target by itself? Two questions, never one number",
    ["Change", ...capabilities.map(([, words]) => words)],
    variations.map(([variation, words]) => [
      words,
      ...capabilities.map(([capability]) =>
        figures.of(`impact:matrix:${variation}:${capability}`, count(variation, capability))
      )
    ])
  )
}
