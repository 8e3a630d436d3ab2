import { shownIn } from "./figure.ts"
import { list, markup, type Markup, paragraph, table } from "./markup.ts"
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

/** Part three: what comes of it, and for whom. */
export const impact = async (writer: PartWriter): Promise<Markup> => markup`<section aria-labelledby="impact">
<h2 id="impact">Impact</h2>
${paragraph(markup`<span class="lead">What comes of it, and for whom.</span>`)}
<h3>What standards ask of Impact</h3>
${writer.source.has("assurance.criterion") ? await criteriaOf(writer, "impact") : list([absent("assurance", "no standard or assessment is held here")])}
${await claims(writer)}${await notKnown(writer, "impact", [])}</section>
`
