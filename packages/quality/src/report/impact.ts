import { shownIn } from "./figure.ts"
import { indicatorsOf } from "./indicators.ts"
import { markup, type Markup, paragraph, table } from "./markup.ts"
import { matrixOf } from "./matrix.ts"
import { absent, most, notKnown, type PartWriter, rest } from "./part.ts"
import { criteriaOf } from "./score.ts"
import { labelled } from "./source.ts"

const verdicts: { readonly [state: string]: string } = {
  holds: "holds",
  differs: "does not hold",
  hidden: "cannot be shown: the numbers are small",
  "no-figure": "there is no such figure"
}

const claims = async ({ source, figures }: PartWriter): Promise<Markup> => {
  const rows = await source.rows(
    `SELECT claim, statement, measure, microsystem, period, stated, figure, state FROM assurance.claim ORDER BY state = 'holds', claim`
  )
  if (rows.length === 0) return markup``
  return markup`<h3>What we have said in public</h3>
${table(
  "Public claims, held against the figures as they are now",
  ["Claim", "Where", "Said", "The figure now", "Verdict"],
  rows.slice(0, most).map((row) => {
    const unit = source.unitOf(row["measure"])
    return [
      labelled(String(row["statement"])),
      source.unit(row["microsystem"]),
      figures.cell("assurance.claim", "stated", [row["claim"]], row["stated"], shownIn(unit, row["stated"])),
      figures.cell("assurance.claim", "figure", [row["claim"]], row["figure"], shownIn(unit, row["figure"])),
      markup`<span class="${row["state"] === "holds" ? "improvement" : "concern"}">${verdicts[String(row["state"])] ?? String(row["state"])}</span>`
    ]
  })
)}${rest(most, rows.length)}`
}

/** What the figures of the whole leave out. */
const gaps = async ({ source, figures }: PartWriter): Promise<ReadonlyArray<Markup>> => {
  const missing = await source.rows(
    `SELECT regexp_replace(reason, ' \\(.*| since.*', '') AS reason, count(*)::INTEGER AS units FROM whole_system.missing GROUP BY ALL ORDER BY ALL`
  )
  const refused = await source.rows(`SELECT kind, id, reason FROM whole_system.refused ORDER BY kind, id`)
  return [
    ...missing.map(
      (row, at) =>
        markup`${figures.of(`impact:missing:${at + 1}`, row["units"])} times a unit is missing from a figure of the whole: ${String(row["reason"])}.`
    ),
    ...refused.map(
      (row) =>
        markup`The ${String(row["kind"])} “${String(row["id"])}” is declared and cannot be computed: ${String(row["reason"])}.`
    )
  ]
}

/** Part three: what comes of it, and for whom. */
export const impact = async (writer: PartWriter): Promise<Markup> => markup`<section aria-labelledby="impact">
<h2 id="impact">Impact</h2>
${paragraph(markup`<span class="lead">What comes of it, and for whom.</span>`)}
<h3>How good it is, and how far that differs</h3>
${await indicatorsOf(writer)}<h3>Change, and targets</h3>
${await matrixOf(writer)}<h3>What standards ask of Impact</h3>
${writer.source.has("assurance.criterion") ? await criteriaOf(writer, "impact") : paragraph(absent("assurance", "no standard or assessment is held here"))}
${await claims(writer)}${await notKnown(writer, "impact", await gaps(writer))}</section>
`
