import type { BoardRow, PublishedMeasure } from "@plimsoll/core"
import { figureText, periodText } from "./figure-text.ts"

/** What of a measure the words about one of its series need. */
export type RowMeasure = Pick<PublishedMeasure, "chart" | "direction" | "period">

/** The warning that belongs to the assurance, and is told beside it. */
const notStable = "not-stable"

/** The target, and what the control limits say of it; a chart that is not judged says nothing of it. */
const targetText = (row: BoardRow, target: string, period: string): string => {
  const met = {
    pass: `met in every ordinary ${period}`,
    fail: `not met in an ordinary ${period}`,
    "hit-or-miss": "hit or miss"
  }[row.status === "unjudged" ? "" : (row.assurance ?? "")]
  if (met === undefined) return `target ${target}`
  const joint = row.assurance === "pass" ? "but" : "and"
  return `target ${target}: ${met}${row.warning.includes(notStable) ? `, ${joint} not stable` : ""}`
}

const shareText = (share: number): string =>
  share < 0.01 ? "fewer than 1 %" : `about ${Math.round(share * 100)} %`

const carryOver = (row: BoardRow, { direction, period }: RowMeasure): string => {
  const alarms = `each ${period} resembles the one before, so more false alarms are likely`
  if (row.falseAlarmRate === null) return alarms
  const seen = direction === "neutral" ? "a change" : "a concern"
  return `${alarms}: ${shareText(row.falseAlarmRate)} of steady charts like this one show ${seen} at their latest point`
}

const spread = "the figures vary more than their denominators explain"

const tooNarrow = `${spread}, so the limits of a plain p or u chart are too narrow`

/** A warning of a chart as a clause; a code that is not known here is shown as it is. */
const warningText = (code: string, row: BoardRow, measure: RowMeasure): string => {
  switch (code) {
    case "autocorrelated":
      return carryOver(row, measure)
    case "overdispersed":
      return tooNarrow
    case "laney-chosen":
      return `${spread}, so the limits are widened for it (Laney)`
    case "dominant-denominator":
      return `one ${measure.period} has more than half of the denominator, so the average is mostly that ${measure.period}`
    case "missing":
      return `a ${measure.period} without a figure is a gap in the chart`
    case "small-counts":
      return `the counts are small, so only large changes show: a period longer than a ${measure.period} would show more`
    case "can-only-show-worse":
      return "the limits leave no room on the better side, so a single point can only show worse"
    case "can-only-show-better":
      return "the limits leave no room on the worse side, so a single point can only show better"
    case "few-points":
      return row.status === "not-judged"
        ? "too few points to judge"
        : "few points yet, so a change may go unseen"
    case "constant":
      return "all figures are equal, so there is no variation to judge by"
    case "too-little-variation":
      return "most figures equal the one before, so the limits are rough"
    case "zero-denominator":
      return `a ${measure.period} with a denominator of zero has no figure`
    default:
      return code
  }
}

/** Why a chart is drawn and not judged: `overdispersed` explained, a measure's own reason as it is. */
export const caveatText = (caveat: string): string =>
  caveat === "overdispersed" ? `${caveat} (${tooNarrow})` : caveat

/** The microsystem by name and id, and the stratum. */
const nameOf = (row: BoardRow): string => {
  const isNameless = row.microsystemName === null || row.microsystemName === row.microsystem
  const unit = isNameless ? row.microsystem : `${row.microsystemName} (${row.microsystem})`
  return row.stratum === null ? unit : `${unit}, ${row.stratum}`
}

const figureOf = (row: BoardRow, value: number | null): string =>
  figureText(value, row.unit === "%" ? "%" : "")

const latestText = (row: BoardRow, period: string): ReadonlyArray<string> => [
  row.period === null
    ? figureOf(row, row.value)
    : `${figureOf(row, row.value)} in ${periodText(row.period, period)}`,
  ...(row.centre === null ? [] : [`average ${figureOf(row, row.centre)}`])
]

const unitText = (row: BoardRow): string => (row.unit === "" || row.unit === "%" ? "" : ` (${row.unit})`)

const titleText = (row: BoardRow, period: string): string =>
  `  ${nameOf(row)} · ${row.measureTitle}${row.since === null ? "" : ` · since ${periodText(row.since, period)}`}`

/** A series in full: its signals, its latest figure beside limits and target, and what to keep in mind. */
export const seriesText = (row: BoardRow, measure: RowMeasure): ReadonlyArray<string> => {
  const { period } = measure
  const parts = [
    ...latestText(row, period),
    ...(row.lcl3 === null || row.ucl3 === null
      ? []
      : [
          `limits ${measure.chart === "ewma" ? "of the weighted average " : ""}${figureOf(row, row.lcl3)} to ${figureOf(row, row.ucl3)}`
        ]),
    ...(row.target === null ? [] : [targetText(row, figureOf(row, row.target), period)])
  ]
  // A chart that opens no signal gives no false alarm, and its caveat tells of limits too narrow already.
  const warnings = row.warning.filter(
    (code) =>
      code !== notStable &&
      (row.status !== "unjudged" || (code !== "autocorrelated" && code !== "overdispersed"))
  )
  return [
    titleText(row, period),
    ...row.words.map((words) => `      ${words}`),
    `      ${parts.join(" · ")}${unitText(row)}`,
    ...(row.caveat === null ? [] : [`      not judged: ${caveatText(row.caveat)}`]),
    ...(warnings.length === 0
      ? []
      : [`      keep in mind: ${warnings.map((code) => warningText(code, row, measure)).join("; ")}`])
  ]
}

/** A series in one line: since when, and its latest figure beside the average. */
export const seriesLine = (row: BoardRow, { period }: RowMeasure): string =>
  [titleText(row, period), ...latestText(row, period)].join(" · ") + unitText(row)

/** A series without new figures, in one line. */
export const silentLine = (row: BoardRow, { period }: RowMeasure): string =>
  `  ${nameOf(row)} · ${row.measureTitle}${row.period === null ? "" : ` · last figure ${periodText(row.period, period)}`}`
