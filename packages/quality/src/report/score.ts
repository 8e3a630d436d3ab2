import { markup, type Markup, paragraph, table } from "./markup.ts"
import { scoreBars } from "./drawing.ts"
import { shownNumber } from "./figure.ts"
import type { PartName, PartWriter } from "./part.ts"
import { labelled, type SourceRow } from "./source.ts"

const attributes: { readonly [attribute: string]: string } = {
  reasoned: "is there a reason for it",
  "carried-out": "is it done",
  checked: "does anybody look whether it works",
  improved: "has what was learnt changed it",
  relevant: "does it matter to those served",
  steady: "is its variation understood",
  "on-target": "does it meet its target",
  compared: "is it compared with others and between groups"
}

/** How a kind of assessment is told. */
const assessors: { readonly [kind: string]: string } = { self: "By ourselves", external: "By others" }

const rowsOfPart = ({ source }: PartWriter, part: PartName | null): Promise<ReadonlyArray<SourceRow>> =>
  source.rows(
    `SELECT s.standard, t.title, s.kind, s."of", s.points, s.claimed_points, s.share, s.criteria::INTEGER AS criteria,
       s.assessed::INTEGER AS assessed, s.without_evidence::INTEGER AS without_evidence, s.withheld
     FROM assurance.score s JOIN assurance.standard t USING (standard)
     WHERE s.part IS NOT DISTINCT FROM ${part === null ? "NULL" : `'${part}'`} AND s.microsystem IS NULL
     ORDER BY s.standard, s.kind = 'external', s.kind`
  )

/** One line for each standard and kind of assessment: the points of a part, or of the whole. */
export const scoreLines = async (
  writer: PartWriter,
  part: PartName | null
): Promise<ReadonlyArray<Markup>> => {
  const rows = await rowsOfPart(writer, part)
  const { figures } = writer
  const many = new Set(rows.map((row) => row["standard"])).size > 1
  return rows.map((row) => {
    const key = [row["standard"], part, row["kind"]]
    const who = assessors[String(row["kind"])] ?? String(row["kind"])
    const which = many ? markup` (${labelled(String(row["title"]))})` : ""
    if (row["points"] === null)
      return markup`${who}${which}: no score, since ${String(row["withheld"] ?? "nobody has assessed it")}.`
    const claimed =
      row["claimed_points"] === row["points"] || row["claimed_points"] === null
        ? ""
        : markup`; ${figures.cell("assurance.score", "claimed_points", key, row["claimed_points"])} were claimed, and what has no valid evidence counts nothing`
    return markup`${who}${which}: <span class="big">${figures.cell("assurance.score", "points", key, row["points"])}</span> of ${figures.cell("assurance.score", "of", key, row["of"])} points${claimed}.`
  })
}

/** The three parts beside each other, as bars, for the first standard that has a score. */
export const scoreDrawing = async (writer: PartWriter): Promise<Markup> => {
  const parts = ["direction", "execution", "impact"] as const
  const rows = (
    await Promise.all(
      parts.map(async (part) => (await rowsOfPart(writer, part)).map((row) => ({ part, row })))
    )
  ).flat()
  const [standard] = [...new Set(rows.map(({ row }) => String(row["standard"])))]
  const bars = rows
    .filter(({ row }) => row["standard"] === standard && typeof row["share"] === "number")
    .map(({ part, row }) => ({
      group: `${part[0]!.toUpperCase()}${part.slice(1)}`,
      label: (assessors[String(row["kind"])] ?? String(row["kind"])).toLowerCase(),
      share: row["share"] as number,
      shown: `${shownNumber(row["points"])} of ${shownNumber(row["of"])}`
    }))
  return bars.length === 0 ? markup`` : scoreBars("Points of each part, by who assessed", bars)
}

/** The criteria of a part: what is asked, of how many there is evidence, and how far we and others say it is done. */
export const criteriaOf = async (writer: PartWriter, part: PartName): Promise<Markup> => {
  const { source, figures } = writer
  const rows = await source.rows(
    `SELECT c.criterion, c.standard, c.title, c.attribute, c.weight, c.asked::INTEGER AS asked, c.answered::INTEGER AS answered,
       s.score AS self, s.claimed AS self_claimed, e.score AS external
     FROM assurance.criterion c
     LEFT JOIN assurance.criterion_score s ON s.criterion = c.criterion AND s.microsystem IS NULL AND s.kind = 'self'
     LEFT JOIN assurance.criterion_score e ON e.criterion = c.criterion AND e.microsystem IS NULL AND e.kind = 'external'
     WHERE c.part = '${part}' ORDER BY c.standard, c.criterion`
  )
  if (rows.length === 0) return paragraph("No standard asks anything about this part yet.")
  return table(
    "What is asked, whether there is valid evidence, and how far it is done (0 nothing to show, 100 everywhere for years)",
    ["What is asked", "Looked at", "Valid evidence", "Score by ourselves", "Score by others"],
    rows.map((row) => {
      const key = [row["criterion"]]
      const score = (kind: "self" | "external") =>
        row[kind] === null
          ? "not assessed"
          : markup`${figures.cell("assurance.criterion_score", "score", [...key, kind], row[kind])}${kind === "self" && row["self_claimed"] !== null && row["self_claimed"] !== row["self"] ? markup` (claimed ${figures.cell("assurance.criterion_score", "claimed", [...key, kind], row["self_claimed"])})` : ""}`
      return [
        labelled(String(row["title"])),
        attributes[String(row["attribute"])] ?? String(row["attribute"]),
        markup`in ${figures.cell("assurance.criterion", "answered", key, row["answered"])} of ${figures.cell("assurance.criterion", "asked", key, row["asked"])} places`,
        score("self"),
        score("external")
      ]
    })
  )
}
