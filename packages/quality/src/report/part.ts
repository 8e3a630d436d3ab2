import type { Figures } from "./figure.ts"
import { list, type Markup, markup, type MarkupPart, paragraph } from "./markup.ts"
import { labelled, type ReportSource, type SourceRow } from "./source.ts"

/** What a part of the page is written with. */
export interface PartWriter {
  readonly source: ReportSource
  readonly figures: Figures
}

/** The three parts of the report. */
export type PartName = "direction" | "execution" | "impact"

/** Rows that the page shows of a long list; the pack has all. */
export const most = 15

/** How many rows a list leaves out, in words. */
export const rest = (shown: number, all: number): Markup =>
  all > shown
    ? paragraph(`Shown are ${shown} of ${all.toLocaleString("en")}; the regulator's pack has all of them.`)
    : markup``

const kinds: { readonly [kind: string]: string } = {
  "no-evidence": "Nobody has shown evidence",
  "evidence-expired": "The evidence has run out",
  "not-assessed": "Not assessed by ourselves",
  "not-assessed-externally": "Not assessed by anybody else",
  "weights-withheld": "The table of weights does not add up",
  "unit-without-data": "Units that send no figures",
  "figures-hidden": "Figures hidden because the numbers are small",
  "not-judged": "Too little data to judge",
  "kept-by-team": "Figures that a team keeps to itself",
  "unknown-criterion": "Evidence or assessments against a criterion that nobody has told of",
  "unknown-unit": "Evidence, assessments or findings about a unit that nobody has told of",
  "not-asked": "Evidence or assessments of units of which the criterion is not asked",
  "unknown-measure": "Evidence drawn from a measure that does not exist",
  "unknown-source": "Evidence drawn from a source that does not exist",
  "unknown-finding": "Actions for a finding that nobody has told of",
  "claim-not-confirmed": "Public claims that the figures do not confirm"
}

const number = (value: unknown): number => Number(value ?? 0)

const ofKind = (
  { figures }: PartWriter,
  scope: string,
  kind: string,
  rows: ReadonlyArray<SourceRow>
): Markup => {
  const amount = rows.reduce((sum, row) => sum + number(row["amount"] ?? 1), 0)
  const words = [...new Set(rows.map((row) => String(row["words"])))]
  const shown = words.slice(0, 5).map((one) => labelled(one))
  const left = words.length - shown.length
  return markup`<strong>${kinds[kind] ?? kind.replaceAll("-", " ")}</strong> (${figures.of(`${scope}:not-known:${kind}`, amount)})${list([...shown, ...(left > 0 ? [`and ${left.toLocaleString("en")} more, which the pack names`] : [])])}`
}

/** What is not known, as the assurance module has it for a part; null: what belongs to none. */
const recorded = async (writer: PartWriter, part: PartName | null): Promise<ReadonlyArray<Markup>> => {
  const rows = await writer.source.rows(
    `SELECT kind, amount::DOUBLE AS amount, words, subject, microsystem FROM assurance.not_known
     WHERE part IS NOT DISTINCT FROM ${part === null ? "NULL" : `'${part}'`} ORDER BY kind, subject, microsystem, words`
  )
  const scope = part ?? "whole"
  return [...Map.groupBy(rows, (row) => String(row["kind"]))].map(([kind, found]) =>
    ofKind(writer, scope, kind, found)
  )
}

/** The box "What is not known" of a part. */
export const notKnown = async (
  writer: PartWriter,
  part: PartName | null,
  own: ReadonlyArray<MarkupPart>
): Promise<Markup> => {
  const items = [...(await recorded(writer, part)), ...own]
  const name = part ?? "whole"
  return markup`<section class="unknown" aria-labelledby="${name}-not-known">
<h3 id="${name}-not-known">What is not known</h3>
${items.length === 0 ? paragraph("Nothing that this report looks for is missing here. That does not mean that all is known.") : list(items)}</section>
`
}

/** Says that a component gives nothing here. */
export const absent = (component: string, what: string): Markup =>
  markup`The component “${component}” is not in use here, so ${what}.`
