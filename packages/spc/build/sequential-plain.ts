/** The statistics of `spc.ewma` and `spc.cusum` as plain loops: the oracle of their SQL, and what run lengths are simulated with. */

/** The weighted average of the values so far, started at the centre. */
export const makeAverage = (weight: number, centre = 0): ((value: number) => number) => {
  let average = centre
  return (value) => (average = average + weight * (value - average))
}

/** The standard deviation of that average after `count` values, in sigma; in the long run for a count of Infinity. */
export const averageSigma = (weight: number, count: number): number =>
  Math.sqrt((weight / (2 - weight)) * (1 - (1 - weight) ** (2 * count)))

/** The upper and the lower sum after each standardised value. */
export const makeSums = (allowance: number): ((z: number) => readonly [up: number, down: number]) => {
  let up = 0
  let down = 0
  return (z) => {
    up = Math.max(0, up + (z - allowance))
    down = Math.min(0, down + (z + allowance))
    return [up, down]
  }
}

/** How many values of a series it takes until the average lies beyond its limits of the long run. */
export const averageRunLength = (next: () => number, weight: number, width: number): number => {
  const add = makeAverage(weight)
  const limit = width * averageSigma(weight, Number.POSITIVE_INFINITY)
  for (let n = 1; ; n++) if (Math.abs(add(next())) > limit) return n
}

/** How many values it takes until one of the two sums lies beyond the decision interval. */
export const sumRunLength = (next: () => number, allowance: number, interval: number): number => {
  const add = makeSums(allowance)
  for (let n = 1; ; n++) {
    const [up, down] = add(next())
    if (up > interval || down < -interval) return n
  }
}
