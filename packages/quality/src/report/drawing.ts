import { attribute } from "./figure.ts"
import { Markup, markup } from "./markup.ts"

const width = 640

const sea = "#0b4f6c"
const pale = "#7fa3b5"
const line = "#c3cad1"
const ink = "#1a1f24"

const font = `font-family="system-ui, sans-serif" font-size="13" fill="${ink}"`

// Two digits are finer than any screen, and the same everywhere.
const at = (value: number): string => String(Number(value.toFixed(2)))

const drawing = (title: string, description: string, height: number, body: ReadonlyArray<Markup>): Markup =>
  markup`<figure>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${attribute(`${title}. ${description}`)}" ${new Markup(font)}>
${body}</svg>
<figcaption>${title}</figcaption>
</figure>
`

/** A bar from 0 to 1. */
export interface ScoreBar {
  readonly group: string
  readonly label: string
  readonly share: number
  readonly shown: string
}

/** Bars in groups, from 0 to all of the points. */
export const scoreBars = (title: string, bars: ReadonlyArray<ScoreBar>): Markup => {
  const row = 26
  const [left, right] = [190, 110]
  const long = width - left - right
  const body = bars.map((bar, index) => {
    const y = 8 + index * row
    const first = index === 0 || bars[index - 1]!.group !== bar.group
    return markup`${first ? markup`<text x="0" y="${y + 14}" font-weight="600">${bar.group}</text>` : ""}<text x="${left - 10}" y="${y + 14}" text-anchor="end">${bar.label}</text><rect x="${left}" y="${y + 2}" width="${long}" height="16" fill="none" stroke="${line}"/><rect x="${left}" y="${y + 2}" width="${at(long * Math.min(1, Math.max(0, bar.share)))}" height="16" fill="${bar.label.includes("others") ? pale : sea}"/><text x="${left + long + 8}" y="${y + 14}">${bar.shown}</text>
`
  })
  const told = bars.map((bar) => `${bar.group}, ${bar.label}: ${bar.shown} points`).join("; ")
  return drawing(title, `${told}.`, bars.length * row + 16, body)
}

/** An indicator: its value with its interval, and the units behind it. */
export interface Spread {
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  readonly target: number | null
  readonly units: ReadonlyArray<number>
  readonly shown: (value: number) => string
}

/** One strip: each unit a ring, the whole system a bar with its interval. Two systems of one mean and another spread look different. */
export const spreadStrip = (title: string, spread: Spread): Markup => {
  const all = [spread.value, spread.low, spread.high, spread.target, ...spread.units].filter(
    (one): one is number => one !== null && Number.isFinite(one)
  )
  if (all.length === 0) return markup``
  const [least, greatest] = [Math.min(...all), Math.max(...all)]
  const room = greatest === least ? Math.abs(greatest) * 0.1 || 1 : (greatest - least) * 0.04
  const [from, to] = [least - room, greatest + room]
  const x = (value: number): string => at(16 + ((value - from) / (to - from)) * (width - 32))
  // Rings that would lie over each other are stacked.
  const stacked = new Map<number, number>()
  const rings = [...spread.units]
    .sort((a, b) => a - b)
    .map((value) => {
      const slot = Math.round(Number(x(value)) / 6)
      const height = stacked.get(slot) ?? 0
      stacked.set(slot, height + 1)
      return { value, height: Math.min(height, 9) }
    })
  const tallest = Math.max(0, ...rings.map(({ height }) => height))
  const base = 20 + tallest * 6
  const body = [
    markup`<line x1="16" y1="${base + 8}" x2="${width - 16}" y2="${base + 8}" stroke="${line}"/>
`,
    ...rings.map(
      ({ value, height }) =>
        markup`<circle cx="${x(value)}" cy="${base - height * 6}" r="3.4" fill="#fff" fill-opacity=".6" stroke="${sea}"/>`
    ),
    spread.target === null
      ? markup``
      : markup`<line x1="${x(spread.target)}" y1="4" x2="${x(spread.target)}" y2="${base + 30}" stroke="${ink}" stroke-dasharray="2 3"/><text x="${x(spread.target)}" y="${base + 42}" text-anchor="middle" font-size="11">target</text>
`,
    spread.low === null || spread.high === null
      ? markup``
      : markup`<line x1="${x(spread.low)}" y1="${base + 22}" x2="${x(spread.high)}" y2="${base + 22}" stroke="${ink}" stroke-width="3"/>
`,
    spread.value === null
      ? markup``
      : markup`<rect x="${at(Number(x(spread.value)) - 4)}" y="${base + 16}" width="8" height="12" fill="${ink}"/>
`,
    markup`<text x="16" y="${base + 54}" font-size="11">${spread.shown(least)}</text><text x="${width - 16}" y="${base + 54}" text-anchor="end" font-size="11">${spread.shown(greatest)}</text>
`
  ]
  const whole =
    spread.value === null
      ? "No value of the whole"
      : `The whole: ${spread.shown(spread.value)}${spread.low === null || spread.high === null ? "" : `, between ${spread.shown(spread.low)} and ${spread.shown(spread.high)}`}`
  const units =
    spread.units.length === 0
      ? "no unit is shown"
      : `${spread.units.length} units from ${spread.shown(Math.min(...spread.units))} to ${spread.shown(Math.max(...spread.units))}`
  return drawing(title, `${whole}; ${units}.`, base + 60, body)
}
