import type { Estimate } from "./estimate.ts"
import type { Figure, Reason, ReleaseRow } from "./result.ts"

/** Where a row belongs. */
export interface Place {
  readonly cell: string
  readonly unit: string
  readonly rest: boolean
}

/** A row without a figure; `n` where the number of people itself is not hidden. */
export const blank = (
  { cell, unit, rest }: Place,
  figure: Figure,
  of: string | null,
  reason: Reason | null,
  n: number | null = null,
  breakdown: string | null = null
): ReleaseRow => ({
  cell,
  unit,
  rest,
  breakdown,
  figure,
  of,
  n,
  value: null,
  low: null,
  high: null,
  bound: null,
  reason
})

/** A row with a figure and its limits. */
export const told = (
  { cell, unit, rest }: Place,
  figure: Figure,
  of: string | null,
  { n, value, low, high }: Estimate,
  breakdown: string | null = null
): ReleaseRow => ({
  cell,
  unit,
  rest,
  breakdown,
  figure,
  of,
  n,
  value,
  low,
  high,
  bound: "exact",
  reason: null
})

/** A row that says no more than that nearly all agree: fewer than three people on one side. */
export const bounded = (place: Place, of: string, n: number, positive: number): ReleaseRow => {
  const x = Math.min(100, 300 / n)
  const few = positive < n - positive
  return {
    ...blank(place, "percent-positive", of, "too-alike", n),
    value: few ? x : 100 - x,
    bound: few ? "at-most" : "at-least"
  }
}
