import type { BoardRow } from "@plimsoll/core"
import type { StatusReport } from "./board.ts"
import { counted, figureText, periodText } from "./figure-text.ts"
import { ageText } from "./published-file.ts"

type Measure = StatusReport["measures"][number]

const nameOf = (row: BoardRow): string => {
  const named = row.microsystemName === null || row.microsystemName === row.microsystem
  const unit = named ? row.microsystem : `${row.microsystemName} (${row.microsystem})`
  return row.stratum === null ? unit : `${unit}, ${row.stratum}`
}

const figuresOf = (row: BoardRow, period: string): string => {
  const figure = (value: number | null) => figureText(value, row.unit === "%" ? "%" : "")
  const parts = [
    row.period === null ? figure(row.value) : `${figure(row.value)} in ${periodText(row.period, period)}`,
    ...(row.centre === null ? [] : [`average ${figure(row.centre)}`]),
    ...(row.lcl === null || row.ucl === null ? [] : [`limits ${figure(row.lcl)} to ${figure(row.ucl)}`]),
    ...(row.target === null
      ? []
      : [
          `target ${figure(row.target)}${row.assurance === null || row.assurance === "not-judged" || row.assurance === "no-target" ? "" : ` (${row.assurance})`}`
        ])
  ]
  return `${parts.join(" · ")}${row.unit === "" || row.unit === "%" ? "" : ` (${row.unit})`}`
}

const seriesText = (row: BoardRow, period: string): ReadonlyArray<string> => [
  `  ${nameOf(row)} · ${row.measureTitle}${row.since === null ? "" : ` · since ${periodText(row.since, period)}`}`,
  ...row.words.map((words) => `      ${words}`),
  `      ${figuresOf(row, period)}`,
  ...(row.warnings.length === 0 ? [] : [`      keep in mind: ${row.warnings.join(", ")}`])
]

/** "N of M are slipping; about L would by luck alone", for one measure. */
export const expectationText = (measure: Measure): string => {
  const { title, id, unjudged, expectation } = measure
  if (unjudged !== null) return `  ${title} (${id}): drawn, never judged: ${unjudged}`
  if (expectation === null) return `  ${title} (${id}): no chart can be judged yet`
  const { judged, slipping, byLuck, autocorrelated } = expectation
  // Told apart from nothing: one slipping where 1.4 are expected is no news.
  const luck =
    byLuck < 0.1 ? "fewer than 0.1" : `about ${byLuck < 10 ? byLuck.toFixed(1) : Math.round(byLuck)}`
  const wave =
    autocorrelated === 0
      ? ""
      : `; ${autocorrelated} of them ${autocorrelated === 1 ? "is" : "are"} autocorrelated, so luck alone gives more than that`
  const word = measure.direction === "neutral" ? "changed" : "slipping"
  return `  ${title} (${id}): ${slipping} of ${counted(judged, "chart")} ${slipping === 1 ? "is" : "are"} ${word}; ${luck} would be by luck alone${wave}`
}

const section = (
  title: string,
  rows: ReadonlyArray<BoardRow>,
  periods: ReadonlyMap<string, string>,
  most: number
): ReadonlyArray<string> =>
  rows.length === 0
    ? []
    : [
        "",
        `${title} (${rows.length})`,
        ...rows.slice(0, most).flatMap((row) => seriesText(row, periods.get(row.measure) ?? "day")),
        ...(rows.length > most ? [`  … and ${rows.length - most} more`] : [])
      ]

/** What is slipping, as a section of text; used by `run` too. */
export const slippingText = (report: StatusReport, most: number): ReadonlyArray<string> =>
  section(
    "Slipping",
    report.series.filter((row) => row.status === "slipping"),
    periodsOf(report),
    most
  )

const periodsOf = (report: StatusReport): ReadonlyMap<string, string> =>
  new Map(report.measures.map((measure) => [measure.id, measure.period]))

/** The board as text. `all`: steady and unjudged series too. */
export const boardText = (
  report: StatusReport,
  options: { readonly now: Date; readonly all?: boolean | undefined }
): string => {
  const { counts, series } = report
  const periods = periodsOf(report)
  const of = (...status: ReadonlyArray<BoardRow["status"]>) =>
    series.filter((row) => status.includes(row.status))
  const age = ageText(options.now.getTime() - Date.parse(report.published.writtenAt))
  const silent = series.filter((row) => row.silent)
  const waiting = report.unplaced.reduce((sum, row) => sum + row.observations, 0)
  const strangers = new Set(report.unplaced.map((row) => row.microsystem)).size
  const letters = report.deadLetters.reduce((sum, row) => sum + row.count, 0)
  return [
    `${report.organisation ?? "Plimsoll"}${report.clock === null ? "" : `, as of ${report.clock}`} (published ${age} ago)`,
    ...(series.length === 0 ? ["", "No figures yet."] : []),
    ...slippingText(report, Infinity),
    ...(series.length > 0 && counts.slipping === 0 ? ["", "Nothing is slipping."] : []),
    ...section("Changed", of("changed"), periods, Infinity),
    ...section("Improving", of("improving"), periods, Infinity),
    ...(silent.length === 0
      ? []
      : [
          "",
          `Silent (${silent.length}): no figures for longer than twice the usual gap`,
          ...silent.map(
            (row) =>
              `  ${nameOf(row)} · ${row.measureTitle}${row.period === null ? "" : ` · last figure ${periodText(row.period, periods.get(row.measure) ?? "day")}`}`
          )
        ]),
    ...(options.all === true
      ? [
          ...section("Steady", of("steady"), periods, Infinity),
          ...section("Not judged: too few points", of("not-judged"), periods, Infinity),
          ...section("Drawn, never judged", of("unjudged"), periods, Infinity)
        ]
      : []),
    "",
    `${counts.steady} steady, ${counts.notJudged} with too few points to judge, ${counts.unjudged} drawn but never judged${options.all === true || counts.steady + counts.notJudged + counts.unjudged === 0 ? "" : " (--all shows them)"}`,
    ...(report.measures.length === 0
      ? []
      : ["", "Slipping beside luck", ...report.measures.map(expectationText)]),
    ...(waiting === 0
      ? []
      : [
          "",
          `Unplaced: ${counted(waiting, "row")} about ${counted(strangers, "microsystem")} that the config does not name; they count when it does`,
          ...report.unplaced
            .slice(0, 5)
            .map((row) => `  ${row.microsystem} · ${row.measure} · ${counted(row.observations, "row")}`),
          ...(report.unplaced.length > 5
            ? [`  … and ${report.unplaced.length - 5} more: plimsoll sql "FROM plimsoll.unplaced"`]
            : [])
        ]),
    ...(letters === 0
      ? []
      : ["", `Dead letters: ${counted(letters, "row")} could not be read: plimsoll log dead-letters`])
  ].join("\n")
}
