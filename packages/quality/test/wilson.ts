/** Wilson's 95 % score interval of x / n, in plain arithmetic. */
export const wilson = (x: number, n: number): { readonly low: number; readonly high: number } => {
  const z = 1.959963984540054
  const middle = x / n + (z * z) / (2 * n)
  const half = z * Math.sqrt(((x / n) * (1 - x / n)) / n + (z * z) / (4 * n * n))
  return { low: (middle - half) / (1 + (z * z) / n), high: (middle + half) / (1 + (z * z) / n) }
}
