/** Shares of a distribution at or below, and at or above, each count from 0 on. */
export interface Tails {
  readonly atMost: ReadonlyArray<number>
  readonly atLeast: ReadonlyArray<number>
}

/** Exact binomial tails in whole numbers: the probability is a / b, so nothing is rounded before the end. */
export const binomialTails = (n: number, a: bigint, b: bigint): Tails => {
  const whole = b ** BigInt(n)
  const share = (x: bigint): number => Number((x * 10n ** 15n) / whole) / 1e15
  const mass: bigint[] = []
  let choose = 1n
  for (let k = 0; k <= n; k++) {
    mass.push(choose * a ** BigInt(k) * (b - a) ** BigInt(n - k))
    choose = (choose * BigInt(n - k)) / BigInt(k + 1)
  }
  return {
    atMost: mass.map((_, k) => share(mass.slice(0, k + 1).reduce((x, y) => x + y, 0n))),
    atLeast: mass.map((_, k) => share(mass.slice(k).reduce((x, y) => x + y, 0n)))
  }
}

/** Poisson tails for counts 0 to `most`, each mass from the one before it. */
export const poissonTails = (mean: number, most: number): Tails => {
  const mass = [Math.exp(-mean)]
  for (let k = 1; k <= most; k++) mass.push((mass[k - 1]! * mean) / k)
  const atMost = mass.map((_, k) => mass.slice(0, k + 1).reduce((x, y) => x + y, 0))
  return { atMost, atLeast: mass.map((_, k) => (k === 0 ? 1 : 1 - atMost[k - 1]!)) }
}
