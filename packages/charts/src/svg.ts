import { INK } from "./appearance.ts"
import { periodOf } from "./calendar.ts"
import { describe } from "./describe.ts"
import { footing, framed, heading, keyOf } from "./frame.ts"
import { clean } from "./lettering.ts"
import type { ChartOptions } from "./options.ts"
import { plotMarkup } from "./plot.ts"
import { placed } from "./point.ts"
import type { ChartPoint } from "./point.ts"
import { documentFor } from "./stage.ts"
import type { ChartDocument } from "./stage.ts"
import { smallDot, traced } from "./traces.ts"

/** Options of a chart as SVG. */
export interface ChartSvgOptions extends ChartOptions {
  /** Where Plot makes its elements. Default: the browser's document, in Node a stand-in. */
  readonly document?: ChartDocument
}

/**
 * A control chart as a standalone SVG: no script, no style sheet, no font or picture from elsewhere, the same bytes
 * for the same input. For a page, a report or a mail; `chartText` is the same for a terminal.
 *
 * Limits are dashed and stepped per phase, the baseline is shaded, a target has a line of its own. What the rules say
 * about a point is told by shape and by colour. A screen reader hears the title and the sentence of `describe`.
 *
 * @throws ChartError `chart-period` (as a rejection) if a period is not a day of the calendar.
 *
 * @example
 * const svg = await chartSvg(points, { title: "Seen within 4 hours", percent: true, direction: "up" })
 */
export const chartSvg = async (
  points: ReadonlyArray<ChartPoint>,
  options: ChartSvgOptions = {}
): Promise<string> => {
  const traces = traced(placed(points, options.unjudged), options)
  const series = traces.points
  const title = clean(options.title ?? "") || "Control chart"
  const sentence = describe(points, options)
  const period = periodOf(
    series.map((point) => point.time),
    options.period
  )
  const width = Math.max(320, Math.round(options.width ?? 820))
  const top = heading({ ...options, title }, sentence, width)
  const bottom = footing(
    [
      ...keyOf(new Set(traces.marks.map((mark) => mark.look))),
      ...(traces.behind.length === 0 ? [] : [smallDot])
    ],
    options,
    period,
    width
  )
  const plotHeight = Math.max(170, Math.round(options.height ?? 440) - top.height - bottom.height)
  const height = top.height + plotHeight + bottom.height
  const plot =
    traces.marks.length === 0
      ? `<text x="${width / 2}" y="${plotHeight / 2}" font-size="14" text-anchor="middle" fill="${INK.quiet}">No data</text>`
      : await plotMarkup({
          traces,
          options,
          period,
          width,
          height: plotHeight,
          document: await documentFor(options.document)
        })
  return framed({
    title,
    sentence,
    width,
    height,
    body:
      `<g>${top.markup}</g>` +
      `<g transform="translate(0,${top.height})" font-size="10" text-anchor="middle" fill="currentColor">${plot}</g>` +
      `<g transform="translate(0,${top.height + plotHeight})">${bottom.markup}</g>`
  })
}
