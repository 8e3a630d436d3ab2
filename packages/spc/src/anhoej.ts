const reach = 500

/** Smallest x for which at least 5 % of the fair binomial distribution of `n` tosses is at or below x; exact. */
const fivePercentPoint = (n: number): number => {
  let term = 1n
  let below = 1n
  const whole = 1n << BigInt(n)
  let x = 0
  while (below * 20n < whole) {
    term = (term * BigInt(n - x)) / BigInt(x + 1)
    below += term
    x += 1
  }
  return x
}

/** Fewest crossings of the centre that are still usual, by useful points 1 to 500 (Chen 2010; Anhøj 2014). */
export const fewestCrossings: ReadonlyArray<number> = Array.from({ length: reach }, (_, i) =>
  fivePercentPoint(i)
)

/** SQL for the longest run that is still usual among `useful` points: log2(n) rounded, plus 3 (Schilling 2012). */
export const longestRunSql = (useful: string): string =>
  `CASE WHEN ${useful} > 0 THEN (round(log2(${useful})) + 3)::INTEGER END`

/** SQL for the fewest crossings still usual: the table to 500 useful points, the normal approximation beyond. */
export const fewestCrossingsSql = (useful: string): string =>
  `CASE WHEN ${useful} BETWEEN 1 AND ${reach} THEN ([${fewestCrossings.join(",")}])[${useful}] WHEN ${useful} > ${reach} THEN ceil((${useful} - 1) / 2 - 1.6448536269514722 * sqrt(${useful} - 1) / 2 - 0.5)::INTEGER END`
