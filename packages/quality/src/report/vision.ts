import { dayOf } from "./day.ts"
import { shownNumber, shownShare } from "./figure.ts"
import { markup, type Markup, paragraph, table } from "./markup.ts"
import { absent, most, type PartWriter, rest } from "./part.ts"
import { labelled } from "./source.ts"

const coverage = async ({ source, figures }: PartWriter): Promise<Markup> => {
  const [row] = await source.rows(
    `SELECT works::INTEGER AS works, with_path::INTEGER AS with_path, share, without_hours::INTEGER AS without_hours, share_of_hours
     FROM vision.coverage WHERE scope = 'whole'`
  )
  if (row === undefined || row["works"] === 0)
    return paragraph("No piece of work has been put on the map yet, so it cannot be said what it serves.")
  const of = (column: string, shown = shownNumber(row[column])) =>
    figures.cell("vision.coverage", column, ["whole"], row[column], shown)
  const hours =
    row["share_of_hours"] === null
      ? " How many hours are planned for it is not known."
      : markup` Of the hours planned, ${of("share_of_hours", shownShare(row["share_of_hours"]))} serve it${row["without_hours"] === 0 ? "" : markup` (of ${of("without_hours")} pieces the hours are not known)`}.`
  return paragraph(
    markup`Of ${of("works")} pieces of work, ${of("with_path")} (${of("share", shownShare(row["share"]))}) can be followed all the way up to what the service is for.${hours}`
  )
}

const orphans = async ({ source, figures }: PartWriter): Promise<Markup> => {
  const rows = await source.rows(
    `SELECT node, kind, title, owner, side, words FROM vision.orphan ORDER BY side, kind, node, reason`
  )
  if (rows.length === 0) return markup``
  const count = (side: string) =>
    figures.of(`direction:orphans:${side}`, rows.filter((row) => row["side"] === side).length)
  return markup`${paragraph(markup`What serves nothing that leads to the top: ${count("above")}. What nothing serves: ${count("below")}.`)}${table(
    "What hangs loose",
    ["What", "Kind", "Whose", "Why"],
    rows
      .slice(0, most)
      .map((row) => [
        labelled(String(row["title"])),
        String(row["kind"]),
        row["owner"] === null ? "nobody's yet" : source.unit(row["owner"]),
        labelled(String(row["words"]))
      ])
  )}${rest(most, rows.length)}`
}

const balance = async ({ source, figures }: PartWriter): Promise<Markup> => {
  const rows = await source.rows(
    `SELECT aim, title, outcome::INTEGER AS outcome, process::INTEGER AS process, balancing::INTEGER AS balancing, missing, without_data
     FROM vision.balance ORDER BY aim`
  )
  if (rows.length === 0) return markup``
  return markup`${table(
    "Aims, and whether they are measured all round: by outcome, by process, and by the harm that may be done elsewhere",
    ["Aim", "Outcome", "Process", "Balancing", "What is missing"],
    rows.slice(0, most).map((row) => {
      const lacking = row["missing"] as ReadonlyArray<string> | null
      const empty = row["without_data"] as ReadonlyArray<string> | null
      return [
        labelled(String(row["title"])),
        ...["outcome", "process", "balancing"].map((column) =>
          figures.cell("vision.balance", column, [row["aim"]], row[column])
        ),
        markup`${lacking === null || lacking.length === 0 ? "nothing" : `no measure of ${lacking.join(", ")}`}${empty === null || empty.length === 0 ? "" : `; ${empty.length} without figures yet`}`
      ]
    })
  )}${rest(most, rows.length)}`
}

const beneath = async ({ source, figures }: PartWriter): Promise<Markup> => {
  const needs = await source.rows(
    `SELECT count(DISTINCT need)::INTEGER AS needs, count(DISTINCT need) FILTER (answer = 'answered')::INTEGER AS answered,
       count(DISTINCT need) FILTER (answer = 'presenting-only')::INTEGER AS presenting,
       count(DISTINCT need) FILTER (answer = 'underlying-unknown')::INTEGER AS unknown, count(DISTINCT need) FILTER (answer = 'unanswered')::INTEGER AS unanswered
     FROM vision.need`
  )
  const again = await source.rows(
    `SELECT measure, microsystem, stratum, over_on, again_on, days::INTEGER AS days, again_signal FROM vision.recurrence ORDER BY again_on DESC, microsystem, measure, again_signal`
  )
  const [need] = needs
  const told =
    need === undefined || need["needs"] === 0
      ? ""
      : paragraph(
          markup`Of ${figures.of("direction:needs", need["needs"])} needs, ${figures.of("direction:needs:answered", need["answered"])} are answered in what lies beneath; of ${figures.of("direction:needs:presenting-only", need["presenting"])} only what people come with is answered; of ${figures.of("direction:needs:underlying-unknown", need["unknown"])} nobody has asked what lies beneath; ${figures.of("direction:needs:unanswered", need["unanswered"])} have no answer.`
        )
  const back =
    again.length === 0
      ? ""
      : markup`${table(
          "The same again within six months of an end: perhaps only the presenting problem was dealt with",
          ["Measure", "Where", "Was over", "Again", "Days between"],
          again
            .slice(0, most)
            .map((row) => [
              source.measure(row["measure"]),
              markup`${source.unit(row["microsystem"])}${row["stratum"] === null ? "" : ` (${String(row["stratum"])})`}`,
              dayOf(row["over_on"]),
              dayOf(row["again_on"]),
              figures.cell("vision.recurrence", "days", [row["again_signal"]], row["days"])
            ])
        )}${rest(most, again.length)}`
  return markup`${told}${back}`
}

/** Whether work leads back to what the service is for, and whether it answers what lies beneath. */
export const visionOf = async (writer: PartWriter): Promise<Markup> => {
  if (!writer.source.has("vision.coverage"))
    return paragraph(absent("vision", "it cannot be said which work serves which aim"))
  return markup`${await coverage(writer)}${await orphans(writer)}${await balance(writer)}${await beneath(writer)}`
}

/** What is not known of it. */
export const visionGaps = async ({ source, figures }: PartWriter): Promise<ReadonlyArray<Markup>> => {
  const [row] = await source.rows(
    `SELECT (SELECT count(*)::INTEGER FROM vision.coverage WHERE unplaced) AS unplaced,
       (SELECT count(*)::INTEGER FROM vision.failure_demand WHERE hidden) AS hidden`
  )
  return [
    ["unplaced", "units that are said to own work, and that nobody has told of."],
    [
      "hidden",
      "monthly figures of people who had to come again or chase are hidden, since the numbers are small."
    ]
  ].flatMap(([name, words]) =>
    Number(row?.[name!] ?? 0) === 0 ? [] : [markup`${figures.of(`direction:${name}`, row![name!])} ${words}`]
  )
}
