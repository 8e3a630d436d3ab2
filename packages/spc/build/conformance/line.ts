import type { Phase, Row } from "./phase.ts"

/** Centre, sigma and limits at 1, 2 and 3 sigma of one point. */
export interface Line {
  readonly centre: number | null
  readonly sigma: number | null
  readonly lower: readonly [number | null, number | null, number | null]
  readonly upper: readonly [number | null, number | null, number | null]
}

/** What a kind of chart makes of a phase. */
export interface Drawn {
  readonly line: (row: Row) => Line
  /** Null: there is nothing to judge by. */
  readonly centre: number | null
  readonly warnings: ReadonlyArray<string>
  readonly sigmaZ?: number | null
  readonly chart?: string
  /** The factor of sigma, where it is not that of the values. */
  readonly sigmaFactor?: number
}

/** No limits. */
export const lineOf = (centre: number | null): Line => ({
  centre,
  sigma: null,
  lower: [null, null, null],
  upper: [null, null, null]
})

/** Limits at whole sigmas about a middle, cut at the least and the greatest value there can be. */
export const sigmaLine = (
  centre: number | null,
  sigma: number | null,
  {
    about = centre,
    least = -Infinity,
    most = Infinity
  }: { about?: number | null; least?: number; most?: number } = {}
): Line => {
  const at = (k: number): number | null =>
    about === null || sigma === null ? null : Math.min(most, Math.max(least, about + k * sigma))
  return { centre, sigma, lower: [at(-1), at(-2), at(-3)], upper: [at(1), at(2), at(3)] }
}

/** The warning of a chart on which nothing can lie beyond one of the limits. */
export const oneSided = (phase: Phase, line: (row: Row) => Line, full: boolean): ReadonlyArray<string> => {
  const direction = directionOf(phase)
  if (phase.points.length === 0) return []
  const lower = phase.rows.map((r) => line(r).lower[2]).filter((l) => l !== null)
  const empty = lower.length > 0 && Math.max(...lower) <= 0
  const worse = direction === "down" ? empty : direction === "up" && full
  const better = direction === "up" ? empty : direction === "down" && full
  return [...(worse ? ["can-only-show-worse"] : []), ...(better ? ["can-only-show-better"] : [])]
}

/** The direction of a phase: mixed counts as neutral. */
export const directionOf = (phase: Phase): Row["direction"] => {
  const said = new Set(phase.rows.map((r) => r.direction).filter((d) => d !== null))
  return said.size === 0 ? null : said.size > 1 ? "neutral" : [...said][0]!
}

/** The baseline's values. */
export const valuesOf = (phase: Phase): ReadonlyArray<number> => phase.baseline.map((r) => r.y!)
