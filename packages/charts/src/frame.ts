import { APPEARANCE, INK, LOOKS } from "./appearance.ts"
import type { Appearance, Look } from "./appearance.ts"
import { dateLabel, isoDay } from "./calendar.ts"
import { escapeXml, pixelsOf, wrapped } from "./lettering.ts"
import type { ChartOptions, ChartPeriod } from "./options.ts"

/** The words above or below the plot: markup that starts at y = 0, and how high it is. */
export interface Band {
  readonly markup: string
  readonly height: number
}

/** Distance of the words from the picture's edge. */
export const EDGE = 16

interface Style {
  readonly size: number
  readonly fill: string
  readonly weight?: number
}

const text = (x: number, y: number, line: string, style: Style): string =>
  `<text x="${x}" y="${y}" font-size="${style.size}" fill="${style.fill}"` +
  `${style.weight === undefined ? "" : ` font-weight="${style.weight}"`}>${escapeXml(line)}</text>`

const paragraph = (words: string, width: number, top: number, style: Style): Band => {
  // Bold letters are wider.
  const size = style.size * (style.weight === undefined ? 1 : 1.06)
  const lines = wrapped(words, width - 2 * EDGE, (line) => pixelsOf(line, size))
  const leading = Math.round(style.size * 1.35)
  return {
    markup: lines.map((line, i) => text(EDGE, top + i * leading + style.size, line, style)).join(""),
    height: lines.length * leading
  }
}

const stacked = (
  items: ReadonlyArray<readonly [string | undefined, Style]>,
  width: number,
  start: number
): Band => {
  let top = start
  let markup = ""
  for (const [words, style] of items) {
    const part = paragraph(words ?? "", width, top, style)
    markup += part.markup
    top += part.height + (part.height > 0 ? 3 : 0)
  }
  return { markup, height: top }
}

/** Title, subtitle, the sentence and the caption. */
export const heading = (
  options: Pick<ChartOptions, "title" | "subtitle" | "caption">,
  sentence: string,
  width: number
): Band =>
  stacked(
    [
      [options.title, { size: 17, fill: INK.text, weight: 600 }],
      [options.subtitle, { size: 13, fill: INK.quiet }],
      [sentence, { size: 14, fill: INK.text }],
      [options.caption, { size: 12, fill: INK.quiet }]
    ],
    width,
    12
  )

/** The outline of a symbol that is not a circle, around (0, 0). */
export const outline = (look: Appearance, radius: number): string =>
  `M${look.corners.map(([x, y]) => `${Number((x * radius).toFixed(2))},${Number((y * radius).toFixed(2))}`).join("L")}Z`

const symbol = (look: Appearance, x: number, y: number): string => {
  const paint = look.hollow
    ? `fill="${INK.paper}" stroke="${look.colour}" stroke-width="1.5"`
    : `fill="${look.colour}"`
  return look.corners.length === 0
    ? `<circle cx="${x}" cy="${y}" r="4" ${paint}/>`
    : `<path d="${outline(look, 4)}" transform="translate(${x},${y})" ${paint}/>`
}

/** One item of the key: its symbol around (x, y), and its words. */
export interface KeyItem {
  readonly words: string
  readonly symbol: (x: number, y: number) => string
}

const legend = (items: ReadonlyArray<KeyItem>, width: number, top: number): Band => {
  let x = EDGE
  let y = top
  let markup = ""
  for (const item of items) {
    const room = 18 + Math.ceil(pixelsOf(item.words, 11)) + 14
    if (x > EDGE && x + room > width - EDGE) {
      x = EDGE
      y += 17
    }
    markup += item.symbol(x + 5, y + 7) + text(x + 15, y + 11, item.words, { size: 11, fill: INK.quiet })
    x += room
  }
  return { markup, height: y - top + 17 }
}

/** The key to the looks in use, what is seldom last. */
export const keyOf = (used: ReadonlySet<Look>): ReadonlyArray<KeyItem> =>
  LOOKS.filter((look) => used.has(look))
    .toReversed()
    .map((look) => ({ words: APPEARANCE[look].words, symbol: (x, y) => symbol(APPEARANCE[look], x, y) }))

/** The key to the symbols in use, the notes and the source. */
export const footing = (
  items: ReadonlyArray<KeyItem>,
  options: Pick<ChartOptions, "notes" | "source">,
  period: ChartPeriod,
  width: number
): Band => {
  const key = items.length === 0 ? { markup: "", height: 0 } : legend(items, width, 4)
  const quiet: Style = { size: 12, fill: INK.quiet }
  const notes = (options.notes ?? []).map((note, i): readonly [string, Style] => {
    const date = dateLabel(isoDay(note.period, `notes[${i}].period`), period)
    return [`${i + 1} · ${date}: ${note.text}`, { size: 12, fill: INK.text }]
  })
  const rest = stacked([...notes, [options.source, quiet]], width, 6 + key.height)
  return { markup: key.markup + rest.markup, height: rest.height + 8 }
}

const FONTS =
  "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif"

/** A whole picture: its size, what a screen reader hears, and its content. */
export interface Picture {
  readonly title: string
  readonly sentence: string
  readonly width: number
  readonly height: number
  readonly body: string
}

/** The standalone SVG of a picture, ending in a line break. */
export const framed = ({ title, sentence, width, height, body }: Picture): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
  `role="img" aria-label="${escapeXml(`${title}. ${sentence}`)}" font-family="${FONTS}" color="${INK.text}">` +
  `<title>${escapeXml(title)}</title><desc>${escapeXml(sentence)}</desc>` +
  `<rect width="${width}" height="${height}" fill="${INK.paper}"/>${body}</svg>\n`
