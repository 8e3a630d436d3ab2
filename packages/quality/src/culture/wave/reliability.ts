import type { Products, Sums } from "./sums.ts"

/** How a scale hangs together over the whole organisation. */
export interface ScaleReliability {
  /** People who answered all of its items. */
  readonly n: number
  /** Cronbach's alpha (1951), of covariances; null where it cannot be had. */
  readonly alpha: number | null
  /** By item, its correlation with the sum of the others. */
  readonly itemTotal: ReadonlyArray<number | null>
}

/** Alpha and corrected item-total correlations of one scale, from exact sums over people without a gap. */
export const reliabilityOf = (products: Products, scale: number): ScaleReliability => {
  const n = products.n[scale]!
  const sums = products.sums[scale]!
  const count = sums.length
  // n² times each covariance, a whole number: what is small beside its parts is not lost.
  const spread = (a: number, b: number): number =>
    n * products.products[scale]![Math.min(a, b) * count + Math.max(a, b)]! - sums[a]! * sums[b]!
  const every = [...sums.keys()]
  const own = every.map((a) => spread(a, a))
  const rows = every.map((a) => every.reduce((sum, b) => sum + spread(a, b), 0))
  const whole = rows.reduce((sum, row) => sum + row, 0)
  const parts = own.reduce((sum, one) => sum + one, 0)
  const alpha = count < 2 || n < 2 || whole === 0 ? null : (count / (count - 1)) * (1 - parts / whole)
  const itemTotal = every.map((a) => {
    const others = whole - 2 * rows[a]! + own[a]!
    const scaled = Math.sqrt(own[a]! * others)
    return n < 2 || scaled === 0 ? null : (rows[a]! - own[a]!) / scaled
  })
  return { n, alpha, itemTotal }
}

/** How far teams differ in a scale. */
export interface TeamVariance {
  readonly n: number
  readonly teams: number
  /** The share of the variance that lies between teams. */
  readonly icc1: number | null
  /** How reliable the mean of a team is. */
  readonly icc2: number | null
}

/** ICC(1) and ICC(2) of one scale by one-way analysis of variance, with the mean group size (Bliese 2000). */
export const teamVarianceOf = (sums: Sums, scale: number): TeamVariance => {
  let [n, teams, total, squares, between] = [0, 0, 0, 0, 0]
  for (let unit = 0; unit < sums.units; unit++) {
    const own = sums.scale(unit, scale)
    if (own.n === 0) continue
    n += own.n
    teams++
    total += own.sum
    squares += own.squares
    between += (own.sum * own.sum) / own.n
  }
  if (teams < 2 || n <= teams) return { n, teams, icc1: null, icc2: null }
  const msb = (between - (total * total) / n) / (teams - 1)
  const msw = (squares - between) / (n - teams)
  const size = n / teams
  const all = msb + (size - 1) * msw
  return { n, teams, icc1: all === 0 ? null : (msb - msw) / all, icc2: msb === 0 ? null : (msb - msw) / msb }
}
