/**
 * XmR with the rules of mdc-2023 as plain loops over typed arrays: the oracle of the property test and the engine
 * of the simulation. It shares nothing with the SQL, so that a mistake has to be made twice to pass.
 */

/** Flags of one phase: bit 0 high, bit 1 low, for each rule in turn. */
export interface Flags {
  readonly outside: Uint8Array
  readonly shift: Uint8Array
  readonly trend: Uint8Array
  readonly twoOfThree: Uint8Array
}

/** Room for phases of up to `size` points, to be used again and again. */
export const makeFlags = (size: number): Flags => ({
  outside: new Uint8Array(size),
  shift: new Uint8Array(size),
  trend: new Uint8Array(size),
  twoOfThree: new Uint8Array(size)
})

/** Mean and average moving range of the first `count` values. */
export const limitsOf = (
  y: Float64Array,
  count: number
): { readonly mean: number; readonly range: number } => {
  let total = 0
  let ranges = 0
  for (let i = 0; i < count; i++) total += y[i]!
  for (let i = 1; i < count; i++) ranges += Math.abs(y[i]! - y[i - 1]!)
  return { mean: total / count, range: ranges / (count - 1) }
}

/** Marks every point of `y[0..n)` that belongs to a run, given the limits. `shift` and `trend` are run lengths. */
export const flag = (
  y: Float64Array,
  n: number,
  mean: number,
  range: number,
  into: Flags,
  shift = 7,
  trend = 7
): void => {
  const { outside, shift: shifts, trend: trends, twoOfThree } = into
  outside.fill(0, 0, n)
  shifts.fill(0, 0, n)
  trends.fill(0, 0, n)
  twoOfThree.fill(0, 0, n)
  const three = 2.66 * range
  const two = (2.66 * range * 2) / 3
  const reach = (limit: number): number => 1e-9 * Math.max(Math.abs(limit), three / 3)
  const high = mean + three + reach(mean + three)
  const low = mean - three - reach(mean - three)
  const fairlyHigh = mean + two + reach(mean + two)
  const fairlyLow = mean - two - reach(mean - two)
  const above = mean + reach(mean)
  const below = mean - reach(mean)
  let runSide = 0
  let runLength = 0
  let way = 0
  let steps = 0
  for (let i = 0; i < n; i++) {
    const v = y[i]!
    if (v > high) outside[i] = 1
    else if (v < low) outside[i] = 2
    const side = v > above ? 1 : v < below ? 2 : 0
    runLength = side !== 0 && side === runSide ? runLength + 1 : side === 0 ? 0 : 1
    runSide = side
    if (runLength === shift) shifts.fill(side, i - shift + 1, i + 1)
    else if (runLength > shift) shifts[i] = side
    if (i > 0) {
      const before = y[i - 1]!
      const same = Math.abs(v - before) <= 1e-9 * Math.max(Math.abs(v), Math.abs(before))
      const step = same ? 0 : v > before ? 1 : 2
      steps = step !== 0 && step === way ? steps + 1 : step === 0 ? 0 : 1
      way = step
      if (steps >= trend - 1) for (let j = i - steps; j <= i; j++) trends[j] = trends[j]! | step
    }
    if (i > 1)
      for (const s of [1, 2]) {
        let far = 0
        let sameSide = 0
        for (let j = i - 2; j <= i; j++) {
          if (s === 1 ? y[j]! > above : y[j]! < below) sameSide++
          if (s === 1 ? y[j]! > fairlyHigh : y[j]! < fairlyLow) far++
        }
        if (sameSide === 3 && far >= 2)
          for (let j = i - 2; j <= i; j++)
            if (s === 1 ? y[j]! > fairlyHigh : y[j]! < fairlyLow) twoOfThree[j] = s
      }
  }
}
