import { APPEARANCE, INK } from "./appearance.ts"
import { axisSize, figure, valueAxis } from "./figures.ts"
import { EDGE, footing, framed, heading, outline } from "./frame.ts"
import type { KeyItem } from "./frame.ts"
import { clean, pixelsOf } from "./lettering.ts"
import { spread } from "./lines.ts"
import type { ChartOptions } from "./options.ts"
import { lineLabel, markupOf, symbolOf, unitMark, valueMarks } from "./plot-parts.ts"
import { documentFor } from "./stage.ts"
import type { ChartDocument } from "./stage.ts"

/** One unit of a funnel, as plain JSON; the columns of `spc.funnel_pr`, `funnel_rc` and `funnel_sr`. */
export interface FunnelUnit {
  readonly unit: string
  /** How big the unit is; where it lies from left to right. */
  readonly denominator: number | null
  /** Null where there is no ratio: the unit is not drawn. */
  readonly value: number | null
  readonly target: number | null
  readonly lcl95: number | null
  readonly ucl95: number | null
  readonly lcl998: number | null
  readonly ucl998: number | null
  /** Limits with the adjustment for overdispersion, drawn with `adjusted: true`. */
  readonly odLcl95?: number | null
  readonly odUcl95?: number | null
  readonly odLcl998?: number | null
  readonly odUcl998?: number | null
  readonly outlier: "high" | "low" | null
}

/** Options of a funnel as SVG. */
export interface FunnelSvgOptions extends Pick<
  ChartOptions,
  "title" | "subtitle" | "caption" | "source" | "unit" | "percent" | "width" | "height"
> {
  /** What the denominator counts, written under the axis. Default: `denominator`. */
  readonly denominator?: string
  /** Whether to draw the limits with the adjustment for overdispersion. Default: false. */
  readonly adjusted?: boolean
  /** Where Plot makes its elements. Default: the browser's document, in Node a stand-in. */
  readonly document?: ChartDocument
}

interface Drawn {
  readonly unit: string
  readonly size: number
  readonly value: number
  readonly outlier: "high" | "low" | null
  readonly target: number | null
  readonly limits: Readonly<Record<Edge, number | null>>
}

const EDGES = ["ucl998", "ucl95", "lcl95", "lcl998"] as const
type Edge = (typeof EDGES)[number]

/** Neither side is called good or bad: a triangle says which side, and purple that it is a question. */
const MARKS = [
  { outlier: null, words: "within the 99.8% limits", look: APPEARANCE.common },
  {
    outlier: "high",
    words: "above them",
    look: { ...APPEARANCE["concern-high"], colour: APPEARANCE.changed.colour }
  },
  {
    outlier: "low",
    words: "below them",
    look: { ...APPEARANCE["concern-low"], colour: APPEARANCE.changed.colour }
  }
] as const

const drawnOf = (units: ReadonlyArray<FunnelUnit>, adjusted: boolean): ReadonlyArray<Drawn> =>
  units
    .flatMap((one) => {
      const { value, denominator } = one
      if (value === null || denominator === null || !Number.isFinite(value) || !Number.isFinite(denominator))
        return []
      const limits = adjusted
        ? {
            ucl998: one.odUcl998 ?? null,
            ucl95: one.odUcl95 ?? null,
            lcl95: one.odLcl95 ?? null,
            lcl998: one.odLcl998 ?? null
          }
        : { ucl998: one.ucl998, ucl95: one.ucl95, lcl95: one.lcl95, lcl998: one.lcl998 }
      return [{ unit: one.unit, size: denominator, value, outlier: one.outlier, target: one.target, limits }]
    })
    .sort((a, b) => a.size - b.size || a.value - b.value)

/**
 * What a funnel says, in plain words and without a value, for a subtitle or a screen reader.
 *
 * @example
 * describeFunnel(units) // "1 of 30 units lies above the 99.8% limits, none below"
 */
export const describeFunnel = (units: ReadonlyArray<FunnelUnit>): string => {
  const drawn = drawnOf(units, false)
  if (drawn.length === 0) return "No data"
  const count = (side: "high" | "low"): number => drawn.filter((one) => one.outlier === side).length
  const [high, low] = [count("high"), count("low")]
  if (high + low === 0) return `No sign of a difference among ${drawn.length} units`
  const below = low === 0 ? "none below" : `${low} below`
  return high === 0
    ? `${low} of ${drawn.length} units ${low === 1 ? "lies" : "lie"} below the 99.8% limits, none above`
    : `${high} of ${drawn.length} units ${high === 1 ? "lies" : "lie"} above the 99.8% limits, ${below}`
}

const plotOf = async (
  drawn: ReadonlyArray<Drawn>,
  options: FunnelSvgOptions,
  width: number,
  height: number
): Promise<string> => {
  const Plot = await import("@observablehq/plot")
  const document = await documentFor(options.document)
  const numbers = drawn.flatMap((one) => [
    one.value,
    ...[one.target, ...EDGES.map((edge) => one.limits[edge])].filter((x) => x !== null)
  ])
  const axis = valueAxis([], Math.max(2, Math.round(height / 55)), options.percent === true, numbers)
  const write = (value: number, step = axis.step): string => figure(value, step, axisSize(axis), options)
  const sizes = valueAxis([], Math.max(2, Math.round(width / 120)), false, [0, drawn.at(-1)!.size])
  const sizeTicks = sizes.ticks.filter((tick) => tick >= 0)
  const last = drawn.at(-1)!
  const target = drawn.find((one) => one.target !== null)?.target ?? null
  const ends = [
    ...(["ucl998", "ucl95"] as const).map((edge) => ({ value: last.limits[edge], words: edge.slice(3) })),
    { value: target, words: "target" },
    ...(["lcl95", "lcl998"] as const).map((edge) => ({ value: last.limits[edge], words: edge.slice(3) }))
  ].flatMap(({ value, words }) => {
    if (value === null) return []
    const text =
      words === "target" ? `all units ${write(value, axis.step / 20)}` : words === "95" ? "95%" : "99.8%"
    return [{ value, text }]
  })
  const marginLeft = Math.ceil(24 + Math.max(0, ...axis.ticks.map((tick) => pixelsOf(write(tick), 11))))
  const marginRight = Math.ceil(18 + Math.max(0, ...ends.map((end) => pixelsOf(end.text, 11))))
  const unit = options.unit === "%" ? "" : clean(options.unit ?? "")
  const marginTop = unit === "" ? 10 : 26
  const marginBottom = 42
  const y = (value: number): number =>
    marginTop + (1 - (value - axis.low) / (axis.high - axis.low)) * (height - marginTop - marginBottom)
  const labelAt = spread(
    ends.map((end) => y(end.value)),
    13,
    marginTop + 4,
    height - marginBottom - 4
  )
  const along = (pick: (one: Drawn) => number | null) =>
    drawn.flatMap((one) => {
      const value = pick(one)
      return value === null ? [] : [{ size: one.size, value }]
    })
  const element = Plot.plot({
    document: document as never,
    width,
    height,
    marginLeft,
    marginRight,
    marginTop,
    marginBottom,
    style: { fontFamily: "inherit" },
    x: { type: "linear", domain: [0, sizes.high], axis: null },
    y: { type: "linear", domain: [axis.low, axis.high], axis: null },
    marks: [
      ...valueMarks(Plot, axis, (tick) => write(tick)),
      Plot.axisX(sizeTicks, {
        tickFormat: (tick: number) => figure(tick, sizes.step, axisSize(sizes), {}),
        tickSize: 5,
        fontSize: 11,
        label: null,
        color: INK.quiet
      }),
      Plot.text([clean(options.denominator ?? "") || "denominator"], {
        frameAnchor: "bottom",
        text: (words: string) => words,
        lineAnchor: "top",
        dy: 24,
        fontSize: 11,
        fill: INK.quiet,
        ariaDescription: "denominator"
      }),
      unitMark(Plot, unit, EDGE - marginLeft, -10),
      ...EDGES.map((edge) =>
        Plot.lineY(
          along((one) => one.limits[edge]),
          {
            x: "size",
            y: "value",
            curve: "monotone-x",
            stroke: INK.line,
            strokeWidth: 1.25,
            ...(edge.endsWith("95") ? { strokeDasharray: "2,3" } : { strokeDasharray: "6,4" }),
            ariaDescription: edge.endsWith("95") ? "95% limit" : "99.8% limit"
          }
        )
      ),
      Plot.ruleY(target === null ? [] : [target], {
        stroke: INK.centre,
        strokeWidth: 1.5,
        ariaDescription: "target"
      }),
      ...MARKS.map(({ outlier, words, look }) =>
        Plot.dot(
          drawn.filter((one) => one.outlier === outlier),
          {
            x: "size",
            y: "value",
            r: outlier === null ? 3.2 : 4.5,
            fill: look.colour,
            ...symbolOf(look.corners, 4.5),
            ariaDescription: words
          }
        )
      ),
      Plot.text(
        drawn.filter((one) => one.outlier !== null),
        {
          x: "size",
          y: "value",
          text: (one: Drawn) => clean(one.unit),
          textAnchor: "end",
          dx: -9,
          fontSize: 11,
          fill: INK.text,
          stroke: INK.paper,
          strokeWidth: 3,
          ariaDescription: "unit outside"
        }
      ),
      ...ends.map((end, i) => lineLabel(Plot, end, labelAt[i]! - y(end.value), INK.line))
    ]
  })
  return markupOf(element)
}

/**
 * A funnel of units at one time as a standalone SVG: each unit at its denominator, the target, and the 95% and 99.8%
 * limits, joined from unit to unit. Units outside the outer limits are triangles with their names; no unit has a rank.
 *
 * @example
 * const svg = await funnelSvg(units, { title: "Falls", percent: true, denominator: "patients" })
 */
export const funnelSvg = async (
  units: ReadonlyArray<FunnelUnit>,
  options: FunnelSvgOptions = {}
): Promise<string> => {
  const drawn = drawnOf(units, options.adjusted === true)
  const title = clean(options.title ?? "") || "Funnel"
  const sentence = describeFunnel(units)
  const width = Math.max(320, Math.round(options.width ?? 820))
  const top = heading({ ...options, title }, sentence, width)
  const used = new Set(drawn.map((one) => one.outlier))
  const key = MARKS.filter(({ outlier }) => used.has(outlier)).map(({ words, look }): KeyItem => ({
    words,
    symbol: (x, y) =>
      look.corners.length === 0
        ? `<circle cx="${x}" cy="${y}" r="3.2" fill="${look.colour}"/>`
        : `<path d="${outline(look, 4)}" transform="translate(${x},${y})" fill="${look.colour}"/>`
  }))
  const bottom = footing(key, options, "month", width)
  const plotHeight = Math.max(170, Math.round(options.height ?? 440) - top.height - bottom.height)
  const plot =
    drawn.length === 0
      ? `<text x="${width / 2}" y="${plotHeight / 2}" font-size="14" text-anchor="middle" fill="${INK.quiet}">No data</text>`
      : await plotOf(drawn, options, width, plotHeight)
  return framed({
    title,
    sentence,
    width,
    height: top.height + plotHeight + bottom.height,
    body:
      `<g>${top.markup}</g>` +
      `<g transform="translate(0,${top.height})" font-size="10" text-anchor="middle" fill="currentColor">${plot}</g>` +
      `<g transform="translate(0,${top.height + plotHeight})">${bottom.markup}</g>`
  })
}
