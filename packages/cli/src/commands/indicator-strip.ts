const heights = "▁▂▃▄▅▆▇█"

/** What {@link strip} draws. */
export interface StripOptions {
  /** The figure of the whole. */
  readonly whole: number
  /** Between which a unit of middle size lies by chance alone, if that is known. */
  readonly chance?: { readonly low: number; readonly high: number } | undefined
  readonly columns: number
  readonly figure: (value: number) => string
}

/**
 * The units on one line: the higher a column, the more units have that figure. Under it the scale, with the whole (┼) and
 * how far chance alone reaches (the thick part). Two systems with the same mean and another spread look different.
 */
export const strip = (values: ReadonlyArray<number>, options: StripOptions): ReadonlyArray<string> => {
  if (values.length === 0) return []
  const { whole, chance, figure } = options
  const ends = [...values, whole, ...(chance === undefined ? [] : [chance.low, chance.high])]
  const [from, to] = [ends.reduce((a, b) => Math.min(a, b)), ends.reduce((a, b) => Math.max(a, b))]
  const width = Math.max(20, options.columns)
  const span = to - from
  const at = (value: number): number =>
    span === 0 ? Math.floor(width / 2) : Math.min(width - 1, Math.floor(((value - from) / span) * width))
  const counts = Array.from({ length: width }, () => 0)
  for (const value of values) counts[at(value)]!++
  const most = Math.max(...counts)
  const bars = counts
    .map((count) => (count === 0 ? " " : heights[Math.ceil((count / most) * 8) - 1]!))
    .join("")
  const scale = Array.from({ length: width }, (_, i) =>
    i === at(whole) ? "┼" : chance !== undefined && i >= at(chance.low) && i <= at(chance.high) ? "━" : "─"
  ).join("")
  const middle = figure(whole)
  const [left, right] = [figure(from), figure(to)]
  const start = Math.max(
    left.length + 1,
    Math.min(width - right.length - middle.length - 1, at(whole) - Math.floor(middle.length / 2))
  )
  const words =
    span === 0
      ? middle.padStart(at(whole) + Math.ceil(middle.length / 2))
      : `${left.padEnd(start)}${middle}`.padEnd(width - right.length) + right
  return [bars.trimEnd(), scale, words]
}
