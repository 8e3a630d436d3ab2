const step = 0.1
const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)

/** The normal distribution function by its series about 0 (Marsaglia 2004), to 1e-15 of the whole. */
const below = (x: number): number => {
  if (Math.abs(x) > 9) return x > 0 ? 1 : 0
  let term = x
  let sum = x
  for (let k = 3; sum + term !== sum; k += 2) {
    term *= (x * x) / k
    sum += term
  }
  return 0.5 + density(x) * sum
}

/** Mean and standard deviation of the range of `n` standard normal values, for n = 2 … `largest`. */
export interface RangeMoments {
  readonly d2: ReadonlyArray<number>
  readonly d3: ReadonlyArray<number>
}

/**
 * By the distribution of the range (Tippett 1925): F(r) = n ∫ φ(x) (Φ(x + r) − Φ(x))^(n − 1) dx, the mean ∫ 1 − F dr
 * and the mean square ∫ 2r (1 − F) dr. Both integrals by the trapezium rule, r on a logarithmic scale: for functions
 * as smooth as these, which vanish at both ends, it is exact to rounding.
 */
export const rangeMoments = (largest: number): RangeMoments => {
  const sizes = Array.from({ length: largest - 1 }, (_, i) => i + 2)
  const means = sizes.map(() => 0)
  const squares = sizes.map(() => 0)
  const places = Array.from({ length: 181 }, (_, i) => (i - 90) * step)
  const belows = places.map(below)
  for (let t = -34; t < 3; t += step) {
    const r = Math.exp(t)
    const shares = sizes.map(() => 0)
    for (const [i, x] of places.entries()) {
      const between = below(x + r) - belows[i]!
      let power = density(x) * step
      for (const k of shares.keys()) {
        power *= between
        shares[k]! += power
      }
    }
    for (const [k, n] of sizes.entries()) {
      const beyond = (1 - n * shares[k]!) * r * step
      means[k]! += beyond
      squares[k]! += 2 * r * beyond
    }
  }
  return { d2: means, d3: means.map((mean, k) => Math.sqrt(squares[k]! - mean * mean)) }
}
