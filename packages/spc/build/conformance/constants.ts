/** Mean standard deviation of `n` normal values in their own, by the recurrence of the gamma function at halves. */
export const c4 = (n: number): number => {
  let ratio = 1 / Math.sqrt(Math.PI)
  for (let k = 2; k < n; k++) ratio = (k - 1) / 2 / ratio
  return ratio * Math.sqrt(2 / (n - 1))
}

const step = 0.005
const reach = 9
const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)

/** The normal distribution function on a grid, by Simpson's rule from the left. */
const below: Float64Array = (() => {
  const out = new Float64Array((2 * reach) / step + 1)
  for (let i = 1; i < out.length; i++) {
    const x = -reach + (i - 1) * step
    out[i] = out[i - 1]! + (step / 6) * (density(x) + 4 * density(x + step / 2) + density(x + step))
  }
  return out
})()

const found = new Map<number, readonly [d2: number, d3: number]>()

/**
 * Mean and standard deviation of the range of `n` normal values: E R = ∫ 1 − Φⁿ − (1 − Φ)ⁿ, and
 * E R² = 2 ∫∫ over x < y of 1 − Φ(y)ⁿ − (1 − Φ(x))ⁿ + (Φ(y) − Φ(x))ⁿ (David and Nagaraja 2003).
 */
export const rangeMoments = (n: number): readonly [d2: number, d3: number] => {
  const known = found.get(n)
  if (known !== undefined) return known
  const last = below.length - 1
  let mean = 0
  for (const p of below) mean += (1 - p ** n - (1 - p) ** n) * step
  let square = 0
  const stride = 40
  for (let v = 0; v <= last; v++) {
    const weight = v === 0 || v === last ? 1 : v % 2 === 1 ? 4 : 2
    let inner = 0
    for (let i = -last; i <= last; i += stride) {
      const lower = i < 0 ? 0 : below[i]!
      const upper = i + v < 0 ? 0 : i + v > last ? 1 : below[i + v]!
      inner += 1 - upper ** n - (1 - lower) ** n + (upper - lower) ** n
    }
    square += ((weight * step) / 3) * inner * stride * step
  }
  square *= 2
  const moments = [mean, Math.sqrt(square - mean * mean)] as const
  found.set(n, moments)
  return moments
}
