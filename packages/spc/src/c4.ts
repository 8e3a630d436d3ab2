/**
 * SQL for c4, the mean standard deviation of `n` normal values in their own: by gamma functions, and beyond 300 by
 * its series, because the difference of large logarithms loses what 1 − c4² needs.
 */
export const c4 = (n: string): string => {
  const v = `(${n} - 1)`
  return `CASE WHEN ${n} > 300 THEN 1 + (-0.25 + (0.03125 + (0.0390625 - 0.01025390625 / ${v}) / ${v}) / ${v}) / ${v}
      WHEN ${n} > 1 THEN sqrt(2 / ${v}) * exp(lgamma(${n} / 2) - lgamma(${v} / 2)) END`
}
