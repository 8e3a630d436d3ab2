import { student975, z975 } from "./student-quantile.ts"

/** Two limits of 95 %. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** Wilson's interval of a share, in percent; `n` may be an effective number. */
export const wilson = (share: number, n: number): Interval => {
  const zz = z975 * z975
  const middle = (share + zz / (2 * n)) / (1 + zz / n)
  const half = (z975 / (1 + zz / n)) * Math.sqrt((share * (1 - share)) / n + zz / (4 * n * n))
  return { low: 100 * Math.max(0, middle - half), high: 100 * Math.min(1, middle + half) }
}

/** Estimate ± Student's factor for `clusters` - 1 degrees of freedom, kept within the range of the figure. */
export const ofClusters = (
  estimate: number,
  variance: number,
  clusters: number,
  min: number,
  max: number
): Interval => {
  const half = student975(clusters - 1) * Math.sqrt(variance)
  return { low: Math.max(min, estimate - half), high: Math.min(max, estimate + half) }
}

/** The variance of answers about their mean, with n - 1. */
export const varianceOf = (n: number, sum: number, squares: number): number =>
  n > 1 ? Math.max(0, (squares - (sum * sum) / n) / (n - 1)) : 0

const steps = 20

/**
 * The interval of the mean of people who are one cell, rounded outward to a twentieth of the range: exact limits would
 * give the variance away, and with it the agreement that is told in bands only.
 */
export const ofPeople = (
  mean: number,
  variance: number,
  n: number,
  min: number,
  max: number,
  effect: number
): Interval => {
  const half = student975(Math.max(1, Math.round(n) - 1)) * Math.sqrt((variance / n) * effect)
  const step = (max - min) / steps
  return {
    low: Math.max(min, min + Math.floor((mean - half - min) / step) * step),
    high: Math.min(max, min + Math.ceil((mean + half - min) / step) * step)
  }
}

/** The correlation of people of one cluster that a variance tells, from 0 to 1, by Kish's design effect. */
export const likeness = (variance: number, ofIndependent: number, n: number, clusters: number): number => {
  const size = n / clusters
  return clusters > 1 && size > 1 && ofIndependent > 0
    ? Math.min(1, Math.max(0, (variance / ofIndependent - 1) / (size - 1)))
    : 0
}

/** Kish's design effect of `n` people in `clusters` clusters that are alike by `correlation`. */
export const designEffect = (correlation: number, n: number, clusters: number): number =>
  1 + Math.max(0, n / clusters - 1) * correlation
