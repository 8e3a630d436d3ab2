import { APPEARANCE, LOOKS, lookOf } from "./appearance.ts"
import { dateLabel, isoDay, periodOf } from "./calendar.ts"
import { centreWord, describe } from "./describe.ts"
import { axisSize, figure, valueAxis } from "./figures.ts"
import { clean, wrapped } from "./lettering.ts"
import { spread } from "./lines.ts"
import type { LineKey } from "./lines.ts"
import type { ChartOptions, ChartPeriod } from "./options.ts"
import { placed } from "./point.ts"
import type { ChartPoint, PlacedPoint } from "./point.ts"
import { traced } from "./traces.ts"

/** Options of a chart in a terminal. */
export interface ChartTextOptions extends ChartOptions {
  /** Width in characters; no line is longer. Default: 80, at least 32. */
  readonly columns?: number
  /** Lines of the plot itself, without words and dates. Default: 16, at least 6. */
  readonly rows?: number
  /** Whether to write ANSI colours. Default: false. */
  readonly color?: boolean
}

interface Cell {
  readonly glyph: string
  readonly ansi: number | null
}

const BLANK: Cell = { glyph: " ", ansi: null }

// Later lines are drawn over earlier ones.
const LINES: ReadonlyArray<{ readonly key: LineKey; readonly glyph: string; readonly ansi: number | null }> =
  [
    { key: "target", glyph: "=", ansi: 161 },
    { key: "ucl3", glyph: "╌", ansi: 245 },
    { key: "lcl3", glyph: "╌", ansi: 245 },
    { key: "centre", glyph: "─", ansi: null }
  ]

const painted = (cells: ReadonlyArray<Cell>, color: boolean): string => {
  let text = ""
  let now: number | null = null
  for (const cell of cells) {
    if (color && cell.ansi !== now) text += cell.ansi === null ? "\u001b[0m" : `\u001b[38;5;${cell.ansi}m`
    if (color) now = cell.ansi
    text += cell.glyph
  }
  return now === null ? text.trimEnd() : `${text}\u001b[0m`
}

const wordsOf = (text: string): ReadonlyArray<Cell> => [...text].map((glyph) => ({ glyph, ansi: null }))

const dateRow = (
  points: ReadonlyArray<PlacedPoint>,
  pitch: number,
  width: number,
  period: ChartPeriod
): string => {
  let row = ""
  points.forEach((point, i) => {
    const label = dateLabel(point.time, period)
    const at = i * pitch
    const isFree = row === "" || at >= row.length + 2
    if (isFree && at + label.length <= width) row = row.padEnd(at) + label
  })
  return row
}

const baselineRow = (points: ReadonlyArray<PlacedPoint>, pitch: number): string => {
  const cells = points.map((point) => (point.inBaseline ? "‾" : " ").repeat(pitch)).join("")
  const first = cells.indexOf("‾")
  if (first < 0) return ""
  const word = " baseline "
  const length = /^‾+/.exec(cells.slice(first))![0].length
  // A short baseline has no room for its name; the name then follows it.
  return length >= word.length + 2
    ? cells.slice(0, first + 1) + word + cells.slice(first + 1 + word.length).trimEnd()
    : cells.trimEnd() + word.trimEnd()
}

interface PlotText {
  readonly lines: ReadonlyArray<string>
  /** How many of the points had room. */
  readonly shown: ReadonlyArray<PlacedPoint>
}

const plotText = (
  all: ReadonlyArray<PlacedPoint>,
  options: ChartTextOptions,
  columns: number,
  period: ChartPeriod
): PlotText => {
  const rows = Math.max(6, Math.floor(options.rows ?? 16))
  const measure = (points: ReadonlyArray<PlacedPoint>) => {
    const axis = valueAxis(points, Math.max(2, Math.floor(rows / 4)), options.percent === true)
    const write = (value: number, step: number): string => figure(value, step, axisSize(axis), options)
    const names: Readonly<Record<LineKey, string>> = {
      ucl3: "upper",
      lcl3: "lower",
      centre: centreWord(options),
      target: "target"
    }
    const labels = (["ucl3", "target", "centre", "lcl3"] as const).flatMap((key) => {
      const last = points.findLast((point) => point[key] !== null)?.[key] ?? null
      return last === null ? [] : [{ value: last, text: `${names[key]} ${write(last, axis.step / 20)}` }]
    })
    const left = Math.max(0, ...axis.ticks.map((tick) => write(tick, axis.step).length)) + 2
    const right = columns < 56 ? 0 : Math.max(0, ...labels.map((label) => label.text.length + 1))
    return { axis, write, labels, left, right, width: Math.max(4, columns - left - right) }
  }
  // The newest points matter most, so the oldest give way; the room is measured again with those that stay.
  const points = all.slice(-measure(all).width)
  const { axis, write, labels, left, right, width } = measure(points)
  const shown = points.slice(-width)
  const pitch = Math.max(1, Math.min(4, Math.floor(width / Math.max(1, shown.length))))
  const rowOf = (value: number): number =>
    Math.min(
      rows - 1,
      Math.max(0, Math.round((1 - (value - axis.low) / (axis.high - axis.low)) * (rows - 1)))
    )

  const grid: Array<Array<Cell>> = Array.from({ length: rows }, () =>
    Array.from({ length: shown.length * pitch }, () => BLANK)
  )
  for (const line of LINES)
    shown.forEach((point, i) => {
      const value = point[line.key]
      if (value === null) return
      for (let k = 0; k < pitch; k++) grid[rowOf(value)]![i * pitch + k] = line
    })
  shown.forEach((point, i) => {
    if (point.value !== null)
      grid[rowOf(point.value)]![i * pitch] = APPEARANCE[lookOf(point, options.direction)]
  })

  const ticks = new Map(axis.ticks.map((tick) => [rowOf(tick), write(tick, axis.step)]))
  const labelRows = spread(
    labels.map((label) => rowOf(label.value)),
    1,
    0,
    rows - 1
  )
  const lines = grid.map((cells, row) => {
    const tick = ticks.get(row)
    const head = `${(tick ?? "").padStart(left - 2)} ${tick === undefined ? "│" : "┤"}`
    const at = labelRows.indexOf(row)
    const tail = right === 0 || at < 0 ? "" : ` ${labels[at]!.text}`
    return painted([...wordsOf(head), ...cells, ...wordsOf(tail)], options.color === true)
  })
  const indent = " ".repeat(left - 1)
  const below = [
    `${indent}└${"─".repeat(shown.length * pitch)}`,
    `${indent} ${dateRow(shown, pitch, width + right, period)}`
  ]
  const baseline = baselineRow(shown, pitch)
  if (baseline !== "") below.push(`${indent} ${baseline}`)
  return { lines: [...lines, ...below].map((line) => line.trimEnd()), shown }
}

const keyLines = (
  points: ReadonlyArray<PlacedPoint>,
  options: ChartTextOptions,
  columns: number
): ReadonlyArray<string> => {
  const used = new Set(points.filter((p) => p.value !== null).map((p) => lookOf(p, options.direction)))
  const lines: Array<string> = []
  for (const look of LOOKS.filter((key) => used.has(key)).toReversed()) {
    const item = `${APPEARANCE[look].glyph} ${APPEARANCE[look].words}`
    const joined = lines.length === 0 ? item : `${lines.at(-1)}   ${item}`
    if (lines.length > 0 && joined.length <= columns) lines[lines.length - 1] = joined
    else lines.push(item)
  }
  return lines
}

/**
 * A control chart for a terminal, in plain Unicode, without a line break at its end.
 *
 * Each point has one column or more, evenly, so a period that is not in the data takes no room; a missing value
 * leaves its column empty. Where there are more points than columns, the latest are shown and this is said.
 *
 * @throws ChartError `chart-period` if a period is not a day of the calendar.
 *
 * @example
 * console.log(chartText(points, { title: "Falls", direction: "down", columns: process.stdout.columns }))
 */
export const chartText = (points: ReadonlyArray<ChartPoint>, options: ChartTextOptions = {}): string => {
  const series = traced(placed(points, options.unjudged), options).points
  const columns = Math.max(32, Math.floor(options.columns ?? 80))
  const period = periodOf(
    series.map((point) => point.time),
    options.period
  )
  const paragraph = (text: string | undefined): ReadonlyArray<string> => wrapped(text ?? "", columns)
  const lines: Array<string> = [
    ...paragraph(clean(options.title ?? "") || "Control chart"),
    ...paragraph(options.subtitle),
    ...paragraph(describe(points, options)),
    ...paragraph(options.caption)
  ]
  if (series.some((point) => point.value !== null)) {
    const plot = plotText(series, options, columns, period)
    if (plot.shown.length < series.length)
      lines.push(...paragraph(`The latest ${plot.shown.length} of ${series.length} points`))
    lines.push("", ...paragraph(options.unit === "%" ? "" : options.unit), ...plot.lines, "")
    lines.push(...keyLines(plot.shown, options, columns))
  }
  for (const [i, note] of (options.notes ?? []).entries())
    lines.push(...paragraph(`${dateLabel(isoDay(note.period, `notes[${i}].period`), period)}: ${note.text}`))
  lines.push(...paragraph(options.source))
  return lines.join("\n")
}
