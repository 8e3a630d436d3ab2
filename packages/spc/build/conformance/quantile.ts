/** ln Γ by Stirling's series after moving the argument up to 20 and beyond. */
const logGamma = (x: number): number => {
  let shift = 0
  let z = x
  for (; z < 20; z++) shift += Math.log(z)
  const w = 1 / (z * z)
  const series = (1 / 12 + w * (-1 / 360 + w * (1 / 1260 + w * (-1 / 1680 + w / 1188)))) / z
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift
}

/** The share of a gamma distribution of this shape at or below `x`, by its power series. */
const gammaBelow = (shape: number, x: number): number => {
  let term = 1
  let sum = 1
  for (let k = 1; term > sum * 1e-18; k++) {
    term *= x / (shape + k)
    sum += term
  }
  return Math.exp(shape * Math.log(x) - x - logGamma(shape + 1)) * sum
}

/** The share of a beta distribution at or below `x`, by its hypergeometric series. */
const betaBelow = (a: number, b: number, x: number): number => {
  if (x > (a + 1) / (a + b + 2)) return 1 - betaBelow(b, a, 1 - x)
  let term = 1
  let sum = 1
  for (let k = 0; term > sum * 1e-18; k++) {
    term *= ((a + b + k) * x) / (a + 1 + k)
    sum += term
  }
  const front = logGamma(a + b) - logGamma(a + 1) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)
  return Math.exp(front) * sum
}

/** Where an increasing share reaches `share`, by halving. */
const solve = (below: (x: number) => number, share: number, low: number, high: number): number => {
  let [from, to] = [low, high]
  for (let i = 0; i < 200; i++) {
    const middle = (from + to) / 2
    if (below(middle) < share) from = middle
    else to = middle
  }
  return (from + to) / 2
}

/** A quantile of a gamma distribution with rate 1. */
export const gammaQuantile = (shape: number, share: number): number =>
  solve((x) => gammaBelow(shape, x), share, 0, shape + 20 * Math.sqrt(shape) + 40)

/** A quantile of a beta distribution. */
export const betaQuantile = (a: number, b: number, share: number): number =>
  solve((x) => betaBelow(a, b, x), share, 0, 1)
