import type * as PlotModule from "@observablehq/plot"

import { INK } from "./appearance.ts"

type Plot = typeof PlotModule

// Plot's own type for this comes from d3's typings, which are not installed.
interface Pen {
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
  closePath(): void
}

/** A mark of these corners as Plot draws symbols; no corners: Plot's own circle. */
export const symbolOf = (corners: ReadonlyArray<readonly [number, number]>, r: number) =>
  corners.length === 0
    ? {}
    : {
        symbol: {
          draw: (context: Pen) => {
            corners.forEach(([dx, dy], i) => context[i === 0 ? "moveTo" : "lineTo"](dx * r, dy * r))
            context.closePath()
          }
        }
      }

/** The grid, the axis of values at the left, and the line at the bottom. */
export const valueMarks = (
  Plot: Plot,
  axis: { readonly ticks: ReadonlyArray<number>; readonly low: number },
  write: (tick: number) => string
) => [
  Plot.gridY(axis.ticks, { stroke: INK.grid, strokeOpacity: 1, strokeWidth: 0.75 }),
  Plot.axisY(axis.ticks, {
    tickFormat: (tick: number) => write(tick),
    tickSize: 0,
    fontSize: 11,
    label: null,
    color: INK.quiet
  }),
  Plot.ruleY([axis.low], { stroke: INK.line })
]

/** The unit of the values, above their axis. */
export const unitMark = (Plot: Plot, unit: string, dx: number, dy: number) =>
  Plot.text(unit === "" ? [] : [unit], {
    frameAnchor: "top-left",
    text: (words: string) => words,
    textAnchor: "start",
    lineAnchor: "bottom",
    dx,
    dy,
    fontSize: 11,
    fill: INK.quiet,
    ariaDescription: "unit"
  })

/** What a line is, at its right end. */
export const lineLabel = (
  Plot: Plot,
  label: { readonly value: number; readonly text: string },
  dy: number,
  fill: string
) =>
  Plot.text([label], {
    y: "value",
    frameAnchor: "right",
    text: "text",
    textAnchor: "start",
    dx: 8,
    dy,
    fontSize: 11,
    fill,
    ariaDescription: "line label"
  })

/** Plot writes positions in full; a hundredth of a pixel is enough and the same on every machine. */
const rounded = (markup: string): string =>
  markup.replace(/ (?:transform|x|y|x1|x2|y1|y2|width|height|cx|cy|r|d)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(2))))
  )

/** What Plot made, as the content of a group. */
export const markupOf = (element: unknown): string =>
  rounded((element as { readonly innerHTML: string }).innerHTML.replace(/<style>[^<]*<\/style>/, ""))
