import type { Fraction } from "./exact.ts"

/** The counts at either end of what is usual: a count below `low` or above `high` is beyond the limit. */
export interface Usual {
  readonly low: number
  readonly high: number
}

// What a normal distribution has beyond 3, 2 and 1 sigma on one side, in hundred thousandths (RULES 1.6: 0.00135).
const shares = { 1: 15866n, 2: 2275n, 3: 135n } as const
const hundredThousand = 100_000n

/** Walks through masses, given as whole numbers of which `whole` make 1. */
const walk = (mass: (k: number) => bigint, whole: bigint, share: bigint): Usual => {
  let below = 0n
  let low: number | undefined
  for (let k = 0; ; k++) {
    below += mass(k)
    if (low === undefined && below * hundredThousand > share * whole) low = k
    if (low !== undefined && (whole - below) * hundredThousand <= share * whole) return { low, high: k }
  }
}

/** Usual counts of a binomial of `n` at `sigmas` sigma; in whole numbers, so that nothing is rounded. */
export const usualBinomial = (n: number, p: Fraction, sigmas: 1 | 2 | 3): Usual => {
  const others = p.under - p.over
  let choose = 1n
  const mass = (k: number): bigint => {
    const here = choose * p.over ** BigInt(k) * others ** BigInt(n - k)
    choose = (choose * BigInt(n - k)) / BigInt(k + 1)
    return here
  }
  return walk(mass, p.under ** BigInt(n), shares[sigmas])
}

const digits = 10n ** 60n

/** Usual counts of a Poisson of this mean, with sixty decimals. */
export const usualPoisson = (mean: Fraction, sigmas: 1 | 2 | 3): Usual => {
  let term = digits
  let exponential = 0n
  for (let k = 1n; term > 0n; k++) {
    exponential += term
    term = (term * mean.over) / (mean.under * k)
  }
  let next = (digits * digits) / exponential
  const mass = (k: number): bigint => {
    const here = next
    next = (next * mean.over) / (mean.under * BigInt(k + 1))
    return here
  }
  return walk(mass, digits, shares[sigmas])
}
