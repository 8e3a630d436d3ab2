import { APPEARANCE, INK, LOOKS } from "./appearance.ts"
import { dateTicks, isoDay } from "./calendar.ts"
import { centreWord } from "./describe.ts"
import { axisSize, figure, valueAxis } from "./figures.ts"
import { clean, pixelsOf } from "./lettering.ts"
import { baselineSpans, halfStep, spread, stepped } from "./lines.ts"
import type { LineKey, ZoneKey } from "./lines.ts"
import type { ChartOptions, ChartPeriod } from "./options.ts"
import { lineLabel, markupOf, symbolOf, unitMark, valueMarks } from "./plot-parts.ts"
import type { ChartDocument } from "./stage.ts"
import type { Mark, Spot, Traces } from "./traces.ts"

interface LineStyle {
  readonly key: LineKey
  readonly stroke: string
  readonly dash?: string
  readonly width: number
  readonly words: (options: ChartOptions) => string
}

const LINES: ReadonlyArray<LineStyle> = [
  { key: "ucl3", stroke: INK.line, dash: "6,4", width: 1.25, words: () => "upper limit" },
  { key: "lcl3", stroke: INK.line, dash: "6,4", width: 1.25, words: () => "lower limit" },
  { key: "target", stroke: INK.target, dash: "10,3,2,3", width: 1.5, words: () => "target" },
  { key: "centre", stroke: INK.centre, width: 1.5, words: centreWord }
]

const ZONES: ReadonlyArray<ZoneKey> = ["ucl2", "ucl1", "lcl1", "lcl2"]

// From top to bottom, where several lines are one.
const LABEL_ORDER: ReadonlyArray<LineKey> = ["ucl3", "target", "centre", "lcl3"]

/** What the plot is drawn from and how big it is. */
export interface PlotInput {
  readonly traces: Traces
  readonly options: ChartOptions
  readonly period: ChartPeriod
  readonly width: number
  readonly height: number
  readonly document: ChartDocument
}

/** The part between heading and footing, as the content of a group. */
export const plotMarkup = async (input: PlotInput): Promise<string> => {
  const Plot = await import("@observablehq/plot")
  const { traces, options, period, width, height, document } = input
  const { points, marks, behind } = traces
  const percent = options.percent === true
  const values = valueAxis(
    points,
    Math.max(2, Math.round(height / 55)),
    percent,
    [...marks, ...behind].flatMap(({ value }) => (value === null ? [] : [value]))
  )
  const size = axisSize(values)
  const write = (value: number, step = values.step): string => figure(value, step, size, options)

  const half = halfStep(points, period)
  const from = (points[0]?.time ?? 0) - half
  const to = (points.at(-1)?.time ?? 0) + half

  const ends = LABEL_ORDER.flatMap((key) => {
    const line = LINES.find((found) => found.key === key)!
    const last = points.findLast((point) => point[line.key] !== null)?.[line.key]
    if (last === undefined || last === null) return []
    const words = line.words(options)
    // That zero is 0 goes without saying.
    const text = traces.sums && key === "centre" ? words : `${words} ${write(last, values.step / 20)}`
    return [{ line, value: last, text }]
  })
  const widest = (texts: ReadonlyArray<string>): number =>
    Math.max(0, ...texts.map((text) => pixelsOf(text, 11)))
  const marginRight = Math.ceil(ends.length === 0 ? 24 : 18 + widest(ends.map((end) => end.text)))
  const marginLeft = Math.ceil(24 + widest(values.ticks.map((tick) => write(tick))))
  const spans = baselineSpans(points, half)
  const unit = options.unit === "%" ? "" : clean(options.unit ?? "")
  const notes = (options.notes ?? [])
    .map((note, i) => ({ time: isoDay(note.period, `notes[${i}].period`), text: String(i + 1) }))
    .filter((note) => note.time >= from && note.time <= to)
  const rowAt = { unit: 12, baseline: unit === "" ? 12 : 27 }
  const notesAt = rowAt.baseline + (spans.length === 0 ? 0 : 15)
  const marginTop = (notes.length === 0 ? notesAt - 15 : notesAt) + 8
  const marginBottom = 40

  const x = (time: number): number =>
    marginLeft + ((time - from) / (to - from)) * (width - marginLeft - marginRight)
  const y = (value: number): number =>
    marginTop + (1 - (value - values.low) / (values.high - values.low)) * (height - marginTop - marginBottom)
  const date = (time: number): Date => new Date(time)

  const labelAt = spread(
    ends.map((end) => y(end.value)),
    14,
    marginTop + 4,
    height - marginBottom - 4
  )
  const labels = ends.map((end, i) => ({ ...end, dy: labelAt[i]! - y(end.value) }))

  const room = Math.floor(
    (width - marginLeft - marginRight) / (period === "month" || period === "quarter" ? 46 : 56)
  )
  const first = points[0]?.time ?? 0
  const ticks = dateTicks(first, points.at(-1)?.time ?? 0, period, room)

  const numberRight = spread(
    notes.map((note) => x(note.time)),
    12,
    marginLeft,
    width - marginRight
  )

  let taken = Number.NEGATIVE_INFINITY
  const named = spans.filter((span) => {
    const start = x(span.from)
    if (start < taken) return false
    taken = start + pixelsOf("baseline", 11) + 6
    return taken <= width - 4
  })

  const radius = Math.min(4, Math.max(1.6, ((x(to) - x(from)) / Math.max(1, points.length)) * 0.4))
  const dots = LOOKS.flatMap((look) => {
    const seen = marks.filter((mark) => mark.look === look)
    if (seen.length === 0) return []
    const { colour, corners, hollow } = APPEARANCE[look]
    const r = look === "common" || hollow ? radius : Math.max(radius * 1.2, 2.6)
    return [
      Plot.dot(seen, {
        x: (mark: Mark) => date(mark.time),
        y: "value",
        r,
        ...symbolOf(corners, r),
        ...(hollow ? { fill: INK.paper, stroke: colour, strokeWidth: 1.5 } : { fill: colour }),
        ariaDescription: look
      })
    ]
  })

  const figureElement = Plot.plot({
    document: document as never,
    width,
    height,
    marginLeft,
    marginRight,
    marginTop,
    marginBottom,
    style: { fontFamily: "inherit" },
    x: { type: "utc", domain: [date(from), date(to)], axis: null },
    y: { type: "linear", domain: [values.low, values.high], axis: null },
    marks: [
      Plot.rect(spans, {
        x1: (span: { from: number }) => date(span.from),
        x2: (span: { to: number }) => date(span.to),
        y1: values.low,
        y2: values.high,
        fill: INK.shade,
        ariaDescription: "baseline"
      }),
      ...valueMarks(Plot, values, write),
      Plot.tickX(ticks, {
        x: (tick: { time: number }) => date(tick.time),
        insetTop: height - marginTop - marginBottom,
        insetBottom: -5,
        stroke: INK.line
      }),
      Plot.text(ticks, {
        x: (tick: { time: number }) => date(tick.time),
        text: (tick: { label: string; year: string }) =>
          tick.year === "" ? tick.label : `${tick.label}\n${tick.year}`,
        frameAnchor: "bottom",
        lineAnchor: "top",
        dy: 9,
        fontSize: 11,
        fill: INK.quiet,
        ariaDescription: "dates"
      }),
      unitMark(Plot, unit, 16 - marginLeft, rowAt.unit - marginTop),
      Plot.text(named, {
        x: (span: { from: number }) => date(span.from),
        frameAnchor: "top",
        text: () => "baseline",
        textAnchor: "start",
        lineAnchor: "bottom",
        dx: 2,
        dy: rowAt.baseline - marginTop,
        fontSize: 11,
        fill: INK.quiet,
        ariaDescription: "baseline label"
      }),
      Plot.ruleX(notes, {
        x: (note: { time: number }) => date(note.time),
        stroke: INK.quiet,
        strokeDasharray: "1,3",
        ariaDescription: "notes"
      }),
      ...notes.map((note, i) =>
        Plot.text([note], {
          x: () => date(note.time),
          frameAnchor: "top",
          text: "text",
          lineAnchor: "bottom",
          dx: numberRight[i]! - x(note.time),
          dy: notesAt - marginTop,
          fontSize: 11,
          fontWeight: 600,
          fill: INK.text,
          ariaDescription: "note number"
        })
      ),
      ...ZONES.filter((key) => points.some((point) => point[key] !== null)).map((key) =>
        Plot.lineY(stepped(points, key, half), {
          x: (corner: { time: number }) => date(corner.time),
          y: "value",
          stroke: INK.line,
          strokeWidth: 0.75,
          strokeDasharray: "1,3",
          ariaDescription: `${key.slice(3)} sigma`
        })
      ),
      ...LINES.map((line) =>
        Plot.lineY(stepped(points, line.key, half), {
          x: (corner: { time: number }) => date(corner.time),
          y: "value",
          stroke: line.stroke,
          strokeWidth: line.width,
          ...(line.dash === undefined ? {} : { strokeDasharray: line.dash }),
          ariaDescription: line.words(options)
        })
      ),
      ...(behind.length === 0
        ? []
        : [
            Plot.dot(behind, {
              x: (spot: Spot) => date(spot.time),
              y: "value",
              r: 2.4,
              fill: INK.line,
              ariaDescription: "single values"
            })
          ]),
      ...traces.lines.map((line) =>
        Plot.lineY(line, {
          x: (spot: Spot) => date(spot.time),
          y: "value",
          stroke: INK.line,
          strokeWidth: 1,
          ariaDescription: "values"
        })
      ),
      ...dots,
      ...labels.map((label) => lineLabel(Plot, label, label.dy, label.line.stroke))
    ]
  })
  return markupOf(figureElement)
}
