/** A whole number over a power of two, which every finite double is. */
interface Dyadic {
  readonly whole: bigint
  readonly halvings: number
}

const bits = new DataView(new ArrayBuffer(8))

const dyadic = (x: number): Dyadic => {
  bits.setFloat64(0, x)
  const raw = bits.getBigUint64(0)
  const exponent = Number((raw >> 52n) & 0x7ffn)
  const fraction = raw & ((1n << 52n) - 1n)
  const size = exponent === 0 ? fraction : fraction | (1n << 52n)
  return { whole: raw >> 63n === 1n ? -size : size, halvings: 1075 - Math.max(exponent, 1) }
}

/** A fraction of two whole numbers; the lower one is above 0. */
export interface Fraction {
  readonly over: bigint
  readonly under: bigint
}

/** The exact sum of doubles. */
export const exactSum = (xs: ReadonlyArray<number>): Fraction => {
  const parts = xs.map(dyadic)
  const most = Math.max(0, ...parts.map((p) => p.halvings))
  return {
    over: parts.reduce((sum, p) => sum + (p.whole << BigInt(most - p.halvings)), 0n),
    under: 1n << BigInt(most)
  }
}

const common = (a: bigint, b: bigint): bigint => (b === 0n ? a : common(b, a % b))

/** One fraction over another that is above 0, in its lowest terms. */
export const quotient = (a: Fraction, b: Fraction): Fraction => {
  const [over, under] = [a.over * b.under, a.under * b.over]
  const by = common(under, over < 0n ? -over : over)
  return { over: over / by, under: under / by }
}

/** A fraction as a double, good to the last bit or the one before. */
export const toNumber = ({ over, under }: Fraction): number => {
  if (over === 0n) return 0
  const size = over < 0n ? -over : over
  const shift = 64 - (size.toString(2).length - under.toString(2).length)
  const scaled = shift >= 0 ? (size << BigInt(shift)) / under : size / (under << BigInt(-shift))
  return (over < 0n ? -1 : 1) * Number(scaled) * 2 ** -shift
}

/** The sum of doubles, rounded once. */
export const sumOf = (xs: ReadonlyArray<number>): number => toNumber(exactSum(xs))

/** Their mean, rounded once; null of none. */
export const meanOf = (xs: ReadonlyArray<number>): number | null => {
  const { over, under } = exactSum(xs)
  return xs.length === 0 ? null : toNumber({ over, under: under * BigInt(xs.length) })
}

/** The middle value, or the mean of the two in the middle; null of none. */
export const medianOf = (xs: ReadonlyArray<number>): number | null => {
  const sorted = xs.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return meanOf(sorted.length % 2 === 1 ? [sorted[half]!] : sorted.slice(Math.max(0, half - 1), half + 1))
}
