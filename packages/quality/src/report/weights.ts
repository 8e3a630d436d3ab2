import { list, markup, type Markup, paragraph, table } from "./markup.ts"
import { absent, type PartWriter } from "./part.ts"
import { labelled } from "./source.ts"

const name = (part: unknown): string => {
  const text = String(part)
  return `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}`
}

const weights = async ({ source, figures }: PartWriter): Promise<Markup> => {
  const rows = await source.rows(
    `SELECT w.standard, t.title, w.part, w.points, w.points_of_1000, w.adds_up, w.problem
     FROM assurance.score_weight w JOIN assurance.standard t USING (standard)
     ORDER BY w.standard, list_position(['direction', 'execution', 'impact'], w.part)`
  )
  if (rows.length === 0) return paragraph("No standard has weights, so there is no score.")
  const problems = [
    ...new Set(rows.flatMap((row) => (row["problem"] === null ? [] : [String(row["problem"])])))
  ]
  return markup`${table(
    "The weights of the parts",
    ["Standard", "Part", "Points"],
    rows.map((row) => [
      labelled(String(row["title"])),
      name(row["part"]),
      figures.cell(
        "assurance.score_weight",
        row["points_of_1000"] === null ? "points" : "points_of_1000",
        [row["standard"], row["part"]],
        row["points_of_1000"] ?? row["points"]
      )
    ])
  )}${list(problems)}`
}

const selfAgainstExternal = async ({ source, figures }: PartWriter): Promise<Markup> => {
  const rows = await source.rows(
    `SELECT s.standard, t.title, s.part, s.pairs::INTEGER AS pairs, s.mean_gap, s.kappa, s.kappa_reason
     FROM assurance.self_against_external s JOIN assurance.standard t USING (standard)
     WHERE s.year IS NULL ORDER BY s.standard, s.part IS NOT NULL, list_position(['direction', 'execution', 'impact'], s.part)`
  )
  if (rows.length === 0)
    return paragraph(
      "Nobody from outside has assessed anything yet, so it is not known how well we know ourselves."
    )
  return table(
    "How we see ourselves, against how others see us (gap: ours − theirs, in points of 100; agreement: weighted κ, 1 is complete, 0 is what chance gives)",
    ["Standard", "Part", "Compared", "Mean gap", "Agreement (κ)"],
    rows.map((row) => {
      const key = [row["standard"], row["part"]]
      return [
        labelled(String(row["title"])),
        row["part"] === null ? "All parts" : name(row["part"]),
        figures.cell("assurance.self_against_external", "pairs", key, row["pairs"]),
        row["mean_gap"] === null
          ? "not known"
          : figures.cell("assurance.self_against_external", "mean_gap", key, row["mean_gap"]),
        row["kappa"] === null
          ? String(row["kappa_reason"] ?? "not known")
          : figures.cell("assurance.self_against_external", "kappa", key, row["kappa"])
      ]
    })
  )
}

/** How the score is made, and how well we know ourselves. */
export const scoring = async (
  writer: PartWriter
): Promise<Markup> => markup`<section aria-labelledby="scoring">
<h2 id="scoring">How the score is made</h2>
${
  writer.source.has("assurance.score_weight")
    ? markup`${paragraph("Each criterion gets a score from 0 (nothing to show) to 100 (done everywhere, checked and improved for years); a criterion without valid evidence counts 0. The score of a part is the mean of its criteria by their weight, and its points are that share of the points below. How many points a part is worth is a judgement, not a fact: it is written here so that anybody can make another.")}
${await weights(writer)}<h3>Do we see ourselves as others see us?</h3>
${await selfAgainstExternal(writer)}`
    : paragraph(absent("assurance", "there is no score"))
}</section>
`
