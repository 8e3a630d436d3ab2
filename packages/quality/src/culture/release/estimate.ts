import {
  designEffect,
  type Interval,
  likeness,
  ofClusters,
  ofPeople,
  varianceOf,
  wilson
} from "./intervals.ts"
import type { Family, Pieces } from "./pieces.ts"

/** A figure of some pieces with what it rests on. */
export interface Estimate extends Interval {
  readonly n: number
  readonly value: number
}

/** A share or a mean of people who are one cell, or of a pool of `parts` that are alike by `correlation`. */
export const estimateOfOne = (
  family: Pick<Family, "figure" | "min" | "max">,
  n: number,
  x: number,
  squares: number,
  parts: number,
  correlation: number
): Estimate => {
  const effect = parts > 1 ? designEffect(correlation, n, parts) : 1
  const interval =
    family.figure === "mean"
      ? ofPeople(x / n, varianceOf(n, x, squares), n, family.min, family.max, effect)
      : wilson(x / n, n / effect)
  return { n, value: family.figure === "mean" ? x / n : (100 * x) / n, ...interval }
}

const robustVariance = ({ n, x }: Pieces, from: number, to: number, all: number, mean: number): number => {
  let residuals = 0
  for (let piece = from; piece < to; piece++) {
    residuals += (x[piece]! - mean * n[piece]!) ** 2
  }
  const clusters = to - from
  return ((clusters / (clusters - 1)) * residuals) / (all * all)
}

const totalOf = (values: Float64Array, from: number, to: number): number => {
  let sum = 0
  for (let piece = from; piece < to; piece++) {
    sum += values[piece]!
  }
  return sum
}

/** How alike the people of one piece are, over the whole organisation: all of it from what is published. */
export const correlationOf = (family: Family, pieces: Pieces): number => {
  const clusters = pieces.at.length
  if (clusters < 2) {
    return 0
  }
  const n = totalOf(pieces.n, 0, clusters)
  const x = totalOf(pieces.x, 0, clusters)
  const share = x / n
  const ofOne =
    family.figure === "mean" ? varianceOf(n, x, totalOf(pieces.squares, 0, clusters)) : share * (1 - share)
  return likeness(robustVariance(pieces, 0, clusters, n, share), ofOne / n, n, clusters)
}

/**
 * The figure of the pieces from `from` up to but not with `to`: Taylor linearisation of a ratio over the pieces as
 * clusters. A pool is one cluster: its teams would be the better ones, but their spread would tell of hidden figures.
 */
export const estimateOf = (
  family: Family,
  pieces: Pieces,
  from: number,
  to: number,
  correlation: number
): Estimate => {
  const clusters = to - from
  const n = totalOf(pieces.n, from, to)
  const x = totalOf(pieces.x, from, to)
  const variance = clusters > 1 ? robustVariance(pieces, from, to, n, x / n) : 0
  // Clusters that agree to the last digit leave nothing but rounding.
  if (Math.sqrt(variance) <= 1e-12) {
    const parts = clusters === 1 ? pieces.parts[from]! : 1
    return estimateOfOne(family, n, x, totalOf(pieces.squares, from, to), parts, correlation)
  }
  return family.figure === "mean"
    ? { n, value: x / n, ...ofClusters(x / n, variance, clusters, family.min, family.max) }
    : { n, value: (100 * x) / n, ...ofClusters((100 * x) / n, 1e4 * variance, clusters, 0, 100) }
}
