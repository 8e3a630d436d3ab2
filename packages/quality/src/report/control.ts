import { dayOf } from "./day.ts"
import { shownNumber, shownShare } from "./figure.ts"
import { list, markup, type Markup, paragraph } from "./markup.ts"
import { absent, type PartWriter } from "./part.ts"

const embedded = async ({ source, figures }: PartWriter): Promise<Markup> => {
  const [row] = await source.rows(
    `SELECT since, until, units::INTEGER AS units, data_met::INTEGER AS data_met, note_met::INTEGER AS note_met,
       huddle_met::INTEGER AS huddle_met, embedded::INTEGER AS embedded
     FROM control.embedded WHERE microsystem IS NULL`
  )
  if (row === undefined || row["units"] === 0) return paragraph("No unit is known yet.")
  const of = (column: string) => figures.cell("control.embedded", column, ["all"], row[column])
  return paragraph(
    markup`In the 13 weeks from ${dayOf(row["since"])} to ${dayOf(row["until"])}, ${of("embedded")} of ${of("units")} units had quality control as part of their daily work: ${of("data_met")} had figures of their own, ${of("note_met")} wrote down what they noticed, and ${of("huddle_met")} met about it, in enough of those weeks.`
  )
}

const eyes = async ({ source, figures }: PartWriter): Promise<Markup> => {
  const [row] = await source.rows(
    `SELECT signals::INTEGER AS signals, own_team_first::INTEGER AS own_team_first, others_first::INTEGER AS others_first,
       unanswered::INTEGER AS unanswered, share, low, high, median_days
     FROM control.self_detection WHERE microsystem IS NULL`
  )
  if (row === undefined || row["signals"] === 0) return markup``
  const of = (column: string, shown = shownNumber(row[column])) =>
    figures.cell("control.self_detection", column, ["all"], row[column], shown)
  const share = (column: string) => of(column, shownShare(row[column]))
  return paragraph(
    markup`Of ${of("signals")} signals, the team itself was the first to see ${of("own_team_first")} (${share("share")}; 95 % interval ${share("low")} to ${share("high")}), others were first with ${of("others_first")}, and ${of("unanswered")} nobody has answered.${row["median_days"] === null ? "" : markup` Where the team was first, it took ${of("median_days")} days in the middle.`}`
  )
}

const verdicts: ReadonlyArray<readonly [string, string]> = [
  ["agree", "what people say and what the figures show moved together"],
  ["words only", "people say that something changed, and no figure shows it yet"],
  ["numbers only", "a figure changed, and nobody has said a word about it"]
]

const words = async ({ source, figures }: PartWriter): Promise<Markup> => {
  const rows = await source.rows(
    `SELECT verdict, count(*)::INTEGER AS times FROM control.words_and_numbers WHERE active GROUP BY verdict ORDER BY verdict`
  )
  if (rows.length === 0) return markup``
  return markup`${paragraph("Words beside numbers, now:")}${list(
    verdicts.flatMap(([verdict, told]) => {
      const row = rows.find((one) => one["verdict"] === verdict)
      return row === undefined
        ? []
        : [markup`${figures.of(`execution:words:${verdict.replace(" ", "-")}`, row["times"])} times ${told}.`]
    })
  )}`
}

/** Whether teams keep control of quality themselves. */
export const controlOf = async (writer: PartWriter): Promise<Markup> => {
  if (!writer.source.has("control.embedded", "control.self_detection"))
    return paragraph(
      absent("control", "it cannot be said who looks at the figures, and who saw a change first")
    )
  return markup`${await embedded(writer)}${await eyes(writer)}${await words(writer)}`
}

/** What is not known of it. */
export const controlGaps = async ({ source, figures }: PartWriter): Promise<ReadonlyArray<Markup>> => {
  const [row] = await source.rows(
    `SELECT (SELECT coalesce(sum("rows"), 0)::INTEGER FROM control.unplaced_note) AS unplaced_notes,
       (SELECT count(*)::INTEGER FROM control.unplaced_response) AS unplaced_responses,
       (SELECT count(*)::INTEGER FROM control.agreement WHERE verdict IN ('too few', 'no trend')) AS uncertain_themes,
       (SELECT count(*)::INTEGER FROM control.theme_share WHERE hidden) AS hidden_shares`
  )
  return [
    ["unplaced_notes", "notes, codings and huddles are of units that nobody has told of."],
    ["unplaced_responses", "answers fit no signal, or come from a team that nobody has told of."],
    [
      "uncertain_themes",
      "themes of notes are not judged: two readers agree too seldom, or too few notes were read by two."
    ],
    ["hidden_shares", "shares of themes in notes are hidden, since the numbers are small."]
  ].flatMap(([name, told]) =>
    Number(row?.[name!] ?? 0) === 0
      ? []
      : [markup`${figures.of(`execution:${name!.replace("_", "-")}`, row![name!])} ${told}`]
  )
}
