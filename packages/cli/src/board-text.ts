import type { BoardRow } from "@plimsoll/core"
import type { StatusReport } from "./board.ts"
import { counted } from "./figure-text.ts"
import { ageText } from "./published-file.ts"
import { caveatText, seriesLine, seriesText, silentLine, type RowMeasure } from "./row-text.ts"

type Measure = StatusReport["measures"][number]

/** How many series of a section are shown unless more is asked for. */
const most = 10

/** Where no simulated table fits (a p chart, a run chart) or nothing is judged: what can be said, and why not more. */
const withoutLuck = (measure: Measure, rows: ReadonlyArray<BoardRow>): string => {
  const count = (...status: ReadonlyArray<BoardRow["status"]>) =>
    rows.filter((row) => status.includes(row.status)).length
  const unjudged = count("unjudged")
  const judged = rows.length - unjudged - count("not-judged")
  const caveats = [...new Set(rows.flatMap((row) => row.caveat ?? []))]
  const drawn = `drawn, not judged: ${caveats.map(caveatText).join("; ")}`
  if (judged > 0) {
    const rest = unjudged === 0 ? "" : `; ${unjudged} more ${drawn}`
    return `${movingText(measure, count("slipping", "changed"), judged)}; what luck alone gives is known of XmR charts only${rest}`
  }
  if (unjudged > 0) return drawn
  return rows.length === 0 ? "no figures here" : "no chart can be judged yet: too few points"
}

const movingText = ({ direction }: Measure, moving: number, judged: number): string =>
  `${moving} of ${counted(judged, "chart")} ${
    direction === "neutral"
      ? moving === 1
        ? "has changed"
        : "have changed"
      : moving === 1
        ? "is slipping"
        : "are slipping"
  }`

/** "N of M are slipping; about L would be by luck alone", for one measure; `rows` are its series. */
export const expectationText = (measure: Measure, rows: ReadonlyArray<BoardRow>): string => {
  const { title, id, unjudged, expectation, direction, period } = measure
  const name = `  ${title} (${id})`
  if (unjudged !== null) return `${name}: drawn, never judged: ${unjudged}`
  if (expectation === null) return `${name}: ${withoutLuck(measure, rows)}`
  const { judged, slipping, byLuck, autocorrelated } = expectation
  // Told apart from nothing: one slipping where 1.4 are expected is no news.
  const luck =
    byLuck < 0.1 ? "fewer than 0.1" : `about ${byLuck < 10 ? byLuck.toFixed(1) : Math.round(byLuck)}`
  const would = direction === "neutral" ? "would" : "would be"
  const wave =
    autocorrelated === 0
      ? ""
      : `; in ${autocorrelated} of the ${judged} each ${period} resembles the one before, so luck alone gives more than that`
  return `${name}: ${movingText(measure, slipping, judged)}; ${luck} ${would} by luck alone${wave}`
}

const measureOf = (report: StatusReport): ((row: BoardRow) => RowMeasure) => {
  const measures = new Map(report.measures.map((measure) => [measure.id, measure]))
  // The board joins each series to its measure, so there is one.
  return (row) => measures.get(row.measure)!
}

const section = (
  title: string,
  count: number,
  lines: ReadonlyArray<ReadonlyArray<string>>,
  hint: string
): ReadonlyArray<string> =>
  count === 0
    ? []
    : [
        "",
        title,
        ...lines.flat(),
        ...(count > lines.length ? [`  … and ${count - lines.length} more (${hint})`] : [])
      ]

/** What is slipping, as a section of text, at most ten series unless `all`; used by `run` too. */
export const slippingText = (
  report: StatusReport,
  options: { readonly all: boolean; readonly hint: string }
): ReadonlyArray<string> => {
  const about = measureOf(report)
  const rows = report.series.filter((row) => row.status === "slipping")
  return section(
    `Slipping (${rows.length})`,
    rows.length,
    rows.slice(0, options.all ? undefined : most).map((row) => seriesText(row, about(row))),
    options.hint
  )
}

/**
 * The board as text: ten slipping series in full, of the other sections ten lines each. `full`: every series that the
 * board has news of, in full. `all`: that, and the steady and unjudged series too.
 */
export const boardText = (
  report: StatusReport,
  options: { readonly now: Date; readonly all?: boolean | undefined; readonly full?: boolean | undefined }
): string => {
  const { counts, series } = report
  const all = options.all === true
  const full = all || options.full === true
  const about = measureOf(report)
  const hint = "--all"
  const moved = (title: string, ...status: ReadonlyArray<BoardRow["status"]>) => {
    const rows = series.filter((row) => status.includes(row.status))
    const lines = full
      ? rows.map((row) => seriesText(row, about(row)))
      : rows.slice(0, most).map((row) => [seriesLine(row, about(row))])
    return section(`${title} (${rows.length})`, rows.length, lines, hint)
  }
  const shown = <A>(rows: ReadonlyArray<A>, line: (row: A) => string) =>
    rows.slice(0, full ? undefined : most).map((row) => [line(row)])
  const age = ageText(options.now.getTime() - Date.parse(report.published.writtenAt))
  const silent = series.filter((row) => row.silent)
  const waiting = report.unplaced.reduce((sum, row) => sum + row.observations, 0)
  const strangers = new Set(report.unplaced.map((row) => row.microsystem)).size
  const letters = report.deadLetters.reduce((sum, row) => sum + row.count, 0)
  return [
    `${report.organisation ?? "Plimsoll"}${report.clock === null ? "" : `, as of ${report.clock}`} (published ${age} ago)`,
    ...(series.length === 0 ? ["", "No figures yet."] : []),
    ...slippingText(report, { all: full, hint }),
    ...(series.length > 0 && counts.slipping === 0 ? ["", "Nothing is slipping."] : []),
    ...moved("Changed", "changed"),
    ...moved("Improving", "improving"),
    ...section(
      `Silent (${silent.length}): no figures for longer than twice the usual gap`,
      silent.length,
      shown(silent, (row) => silentLine(row, about(row))),
      hint
    ),
    ...(all
      ? [
          ...moved("Steady", "steady"),
          ...moved("Not judged: too few points", "not-judged"),
          ...moved("Drawn, never judged", "unjudged")
        ]
      : []),
    "",
    `${counts.steady} steady, ${counts.notJudged} with too few points to judge, ${counts.unjudged} drawn but never judged${all || counts.steady + counts.notJudged + counts.unjudged === 0 ? "" : " (--all shows them)"}`,
    ...(report.measures.length === 0
      ? []
      : [
          "",
          "Slipping beside luck",
          ...report.measures.map((measure) =>
            expectationText(
              measure,
              series.filter((row) => row.measure === measure.id)
            )
          )
        ]),
    ...section(
      `Unplaced: ${counted(waiting, "row")} about ${counted(strangers, "microsystem")} that the config does not name; they count when it does`,
      report.unplaced.length,
      shown(
        report.unplaced,
        (row) => `  ${row.microsystem} · ${row.measure} · ${counted(row.observations, "row")}`
      ),
      hint
    ),
    ...(letters === 0
      ? []
      : ["", `Dead letters: ${counted(letters, "row")} could not be read: plimsoll dead-letters list`])
  ].join("\n")
}
