import type { Estimate } from "./estimate.ts"
import { ofClusters, ofPeople, varianceOf, wilson } from "./intervals.ts"
import { type Family, firstFrom, type Pieces } from "./pieces.ts"

/** A figure of an item or scale with its pieces. */
export interface Told {
  readonly family: Family
  readonly pieces: Pieces
}

/** A figure that is made of others, each with its share. */
export interface Composite<Part> {
  readonly id: string
  readonly figure: "percent-positive" | "mean"
  readonly of: ReadonlyArray<Part>
  /** As many as parts; together 1. */
  readonly shares: ReadonlyArray<number>
  readonly range: Range
}

/** The range onto which the means of items are put; percentages need none. */
export interface Range {
  readonly min: number
  readonly max: number
}

/** Room for the residuals of all pieces, used again for every composite. */
export interface Room {
  readonly residuals: Float64Array
  readonly seen: Uint8Array
  readonly touched: Int32Array
}

/** Room for `keys` different pieces. */
export const roomFor = (keys: number): Room => ({
  residuals: new Float64Array(keys),
  seen: new Uint8Array(keys),
  touched: new Int32Array(keys)
})

/**
 * The mean of the published figures of items or scales over the pieces that stand at units `first` to `last`: nothing that
 * these do not tell already. Null where an item has none. The interval linearises the mean of ratios, with all pieces of
 * all items as clusters; a single cell counts its people as if all its items went up and down together.
 */
export const compositeOf = (
  { of, figure, shares, range }: Composite<Told>,
  first: number,
  last: number,
  { residuals, seen, touched }: Room
): Estimate | null => {
  let clusters = 0
  const none = of.some(({ pieces }) => firstFrom(pieces, first) === firstFrom(pieces, last + 1))
  if (none) {
    return null
  }
  const mean = figure === "mean"
  const width = range.max - range.min
  let people = Number.POSITIVE_INFINITY
  let total = 0
  let spread = 0
  for (const [part, { family, pieces }] of of.entries()) {
    const share = shares[part]!
    const from = firstFrom(pieces, first)
    const to = firstFrom(pieces, last + 1)
    let n = 0
    let x = 0
    let squares = 0
    for (let piece = from; piece < to; piece++) {
      n += pieces.n[piece]!
      x += pieces.x[piece]!
      squares += pieces.squares[piece]!
    }
    const factor = mean ? width / (family.max - family.min) : 1
    people = Math.min(people, n)
    total += (x / n - (mean ? family.min : 0)) * factor * share
    spread += mean ? varianceOf(n, x, squares) * factor * factor * share : 0
    for (let piece = from; piece < to; piece++) {
      const key = pieces.key[piece]!
      if (seen[key] === 0) {
        seen[key] = 1
        touched[clusters++] = key
      }
      residuals[key]! += ((pieces.x[piece]! - (x / n) * pieces.n[piece]!) * factor * share) / n
    }
  }
  let squared = 0
  for (let index = 0; index < clusters; index++) {
    const key = touched[index]!
    squared += residuals[key]! ** 2
    residuals[key] = 0
    seen[key] = 0
  }
  const value = total + (mean ? range.min : 0)
  const variance = clusters > 1 ? (clusters / (clusters - 1)) * squared : 0
  if (Math.sqrt(variance) <= 1e-12) {
    return mean
      ? {
          n: people,
          value,
          ...ofPeople(value, spread, people, range.min, range.max, 1)
        }
      : { n: people, value: 100 * value, ...wilson(Math.min(1, Math.max(0, value)), people) }
  }
  return mean
    ? { n: people, value, ...ofClusters(value, variance, clusters, range.min, range.max) }
    : { n: people, value: 100 * value, ...ofClusters(100 * value, 1e4 * variance, clusters, 0, 100) }
}
