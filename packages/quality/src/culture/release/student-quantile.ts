/** The part of Student's distribution with `df` whole degrees of freedom between -t and t: finite sums, Abramowitz and Stegun 26.7.3 and 26.7.4. */
const within = (t: number, df: number): number => {
  const theta = Math.atan2(t, Math.sqrt(df))
  const cos = Math.cos(theta)
  const odd = df % 2 === 1
  let term = odd ? cos : 1
  let sum = df === 1 ? 0 : term
  for (let j = odd ? 3 : 2; j <= df - 2; j += 2) {
    term *= (cos * cos * (j - 1)) / j
    sum += term
  }
  return odd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum
}

/** ln of the density's constant, Γ((ν+1)/2) / (√(νπ) Γ(ν/2)), from the recurrence Γ(x+1) = xΓ(x). */
const logConstant = (df: number): number => {
  let log = df % 2 === 1 ? -Math.log(Math.PI) : -Math.log(2 * Math.SQRT2)
  const first = df % 2 === 1 ? 1 : 2
  for (let v = first; v < df; v += 2) {
    log += Math.log((v + 1) / v) + 0.5 * Math.log(v / (v + 2))
  }
  return log
}

/** The normal quantile of 0.975. */
export const z975 = 1.959963984540054

const known = new Map<number, number>()

/**
 * The factor of a two-sided 95 % interval by Student's distribution with `df` whole degrees of freedom, at least 1: an
 * asymptotic start (Abramowitz and Stegun 26.7.5), then Newton's method on the finite sums, as statistics/student.ts
 * does with the incomplete beta function. Beyond 2,000 degrees the start itself is right to 12 digits.
 */
export const student975 = (df: number): number => {
  const before = known.get(df)
  if (before !== undefined) {
    return before
  }
  const z = z975
  const s = z * z
  let t =
    z +
    (z * (s + 1)) / (4 * df) +
    (z * ((5 * s + 16) * s + 3)) / (96 * df ** 2) +
    (z * (((3 * s + 19) * s + 17) * s - 15)) / (384 * df ** 3) +
    (z * ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945)) / (92_160 * df ** 4)
  if (df <= 2000) {
    const constant = logConstant(df)
    t = df === 1 ? Math.tan(0.475 * Math.PI) : df === 2 ? 0.95 / Math.sqrt(2 * 0.975 * 0.025) : t
    for (let step = 0; step < 6; step++) {
      const density = Math.exp(constant - ((df + 1) / 2) * Math.log1p((t * t) / df))
      t += (0.95 - within(t, df)) / (2 * density)
    }
  }
  known.set(df, t)
  return t
}
