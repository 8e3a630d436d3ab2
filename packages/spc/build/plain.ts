/**
 * Individual values under each built-in profile, as plain loops over typed arrays: the oracle of the property test
 * and the engine of the simulation. It shares nothing with the SQL, so that a mistake has to be made twice to pass.
 */

/** The rules and constants of one profile, written down a second time. */
export interface PlainProfile {
  readonly name: string
  /** Distance from the centre to a 3-sigma limit, in average moving ranges. */
  readonly factor: number
  /** Whether moving ranges of 3.267 times their average or more are left out once. */
  readonly screened: boolean
  /** Fewer points than this are not judged. */
  readonly minimum: number
  /** Points in a row on one side of the centre, and points in a row rising or falling. */
  readonly shift: number | null
  readonly trend: number | null
  readonly twoOfThree: "beyond" | "between" | "pbi" | "current" | null
  readonly fourOfFive: boolean
  /** Points in a row within 1 sigma; alternating; beyond 1 sigma with both sides among them. */
  readonly stratification: number | null
  readonly alternation: number | null
  readonly mixture: number | null
  /** Longest run and crossings of the whole phase. */
  readonly runs: boolean
  /** Marks the point that completes a rule and those after, not the whole run. */
  readonly completing: boolean
}

const none = {
  screened: false,
  minimum: 1,
  shift: null,
  trend: null,
  twoOfThree: null,
  fourOfFive: false,
  stratification: null,
  alternation: null,
  mixture: null,
  runs: false,
  completing: false
} as const

// d2 of two values to three decimals, as qcc 3.0 has it.
const d2 = 1.128

/** Making Data Count, November 2023. */
export const plainMdc: PlainProfile = {
  ...none,
  name: "mdc-2023",
  factor: 2.66,
  minimum: 13,
  shift: 7,
  trend: 7,
  twoOfThree: "beyond"
}

/** The six built-in profiles. */
export const plainProfiles: ReadonlyArray<PlainProfile> = [
  plainMdc,
  {
    ...none,
    name: "ptd-0.2",
    factor: 2.66,
    screened: true,
    shift: 7,
    trend: 7,
    twoOfThree: "between"
  },
  { ...none, name: "anhoej", factor: 3 / 1.128, screened: true, runs: true },
  {
    ...none,
    name: "western-electric",
    factor: 3 / d2,
    shift: 8,
    twoOfThree: "current",
    fourOfFive: true,
    completing: true
  },
  {
    ...none,
    name: "nelson",
    factor: 3 / d2,
    shift: 9,
    trend: 6,
    twoOfThree: "current",
    fourOfFive: true,
    stratification: 15,
    alternation: 14,
    mixture: 8,
    completing: true
  },
  { ...none, name: "pbi", factor: 3 / 1.128, screened: true, shift: 7, trend: 5, twoOfThree: "pbi" }
]

/** Marks of one phase, for each rule in turn: bit 0 high, bit 1 low, bit 2 for a rule without a side. */
export interface Flags {
  readonly outside: Uint8Array
  readonly shift: Uint8Array
  readonly trend: Uint8Array
  readonly twoOfThree: Uint8Array
  readonly fourOfFive: Uint8Array
  readonly stratification: Uint8Array
  readonly alternation: Uint8Array
  readonly mixture: Uint8Array
  readonly runs: Uint8Array
  /** Room to work in: ±4 beyond 3 sigma, ±3 beyond 2, ±2 beyond 1, ±1 off the centre, 0 on it. */
  readonly zone: Int8Array
}

/** Room for phases of up to `size` points, to be used again and again. */
export const makeFlags = (size: number): Flags => ({
  outside: new Uint8Array(size),
  shift: new Uint8Array(size),
  trend: new Uint8Array(size),
  twoOfThree: new Uint8Array(size),
  fourOfFive: new Uint8Array(size),
  stratification: new Uint8Array(size),
  alternation: new Uint8Array(size),
  mixture: new Uint8Array(size),
  runs: new Uint8Array(size),
  zone: new Int8Array(size)
})

/** Mean and average moving range of the first `count` values. */
export const limitsOf = (
  y: Float64Array,
  count: number,
  screened = false
): { readonly mean: number; readonly range: number } => {
  let total = 0
  let ranges = 0
  for (let i = 0; i < count; i++) total += y[i]!
  for (let i = 1; i < count; i++) ranges += Math.abs(y[i]! - y[i - 1]!)
  const range = ranges / (count - 1)
  if (!screened) return { mean: total / count, range }
  const most = 3.267 * range
  let kept = 0
  let keptRanges = 0
  for (let i = 1; i < count; i++) {
    const step = Math.abs(y[i]! - y[i - 1]!)
    if (step >= most) continue
    kept++
    keptRanges += step
  }
  return { mean: total / count, range: kept === 0 ? range : keptRanges / kept }
}

const fewest: number[] = [0]
/** Smallest x with P(X <= x) >= 5 % for the crossings X of `useful` points: tosses of a fair coin, one fewer. */
const fewestCrossings = (useful: number): number => {
  for (let n = fewest.length; n <= useful; n++) {
    let chance = 0.5 ** (n - 1)
    let below = chance
    let x = 0
    for (; below < 0.05; x++) {
      chance *= (n - 1 - x) / (x + 1)
      below += chance
    }
    fewest.push(x)
  }
  return fewest[useful]!
}

const unusualRuns = (zone: Int8Array, n: number): boolean => {
  let useful = 0
  let crossings = 0
  let longest = 0
  let length = 0
  let side = 0
  for (let i = 0; i < n; i++) {
    const here = Math.sign(zone[i]!)
    if (here === 0) continue
    useful++
    if (here === side) length++
    else {
      if (side !== 0) crossings++
      length = 1
    }
    side = here
    if (length > longest) longest = length
  }
  if (useful === 0) return false
  return longest > Math.round(Math.log2(useful)) + 3 || crossings < fewestCrossings(useful)
}

/** Marks the points of `y[0..n)` by the rules of `profile`, given the mean and average moving range. */
export const mark = (
  y: Float64Array,
  n: number,
  mean: number,
  range: number,
  profile: PlainProfile,
  into: Flags
): void => {
  const { outside, zone, shift, trend, twoOfThree, fourOfFive } = into
  const { stratification, alternation, mixture, runs } = into
  for (const marks of [outside, shift, trend, twoOfThree]) marks.fill(0, 0, n)
  if (profile.fourOfFive) fourOfFive.fill(0, 0, n)
  if (profile.stratification !== null) stratification.fill(0, 0, n)
  if (profile.alternation !== null) alternation.fill(0, 0, n)
  if (profile.mixture !== null) mixture.fill(0, 0, n)
  if (profile.runs) runs.fill(0, 0, n)
  if (n < profile.minimum) return

  const three = profile.factor * range
  const two = (three * 2) / 3
  const one = three / 3
  const reach = (limit: number): number => 1e-9 * Math.max(Math.abs(limit), one)
  const high = mean + three + reach(mean + three)
  const low = mean - three - reach(mean - three)
  const fairlyHigh = mean + two + reach(mean + two)
  const fairlyLow = mean - two - reach(mean - two)
  const ratherHigh = mean + one + reach(mean + one)
  const ratherLow = mean - one - reach(mean - one)
  const above = mean + reach(mean)
  const below = mean - reach(mean)

  const { completing } = profile
  // PowerBI-SPC also looks at the first two points of a phase, before there are three.
  const firstWindow = profile.twoOfThree === "pbi" ? 1 : 2
  let side = 0
  let onSide = 0
  let way = 0
  let steps = 0
  let turns = 0
  let far = -3
  let farBefore = -3
  let near = 0
  let off = 0
  let sinceHigh = 0
  let sinceLow = 0
  for (let i = 0; i < n; i++) {
    const v = y[i]!
    let z = 0
    if (v > above) z = v > high ? 4 : v > fairlyHigh ? 3 : v > ratherHigh ? 2 : 1
    else if (v < below) z = v < low ? -4 : v < fairlyLow ? -3 : v < ratherLow ? -2 : -1
    zone[i] = z
    const here = z > 0 ? 1 : z < 0 ? 2 : 0
    if (z === 4 || z === -4) outside[i] = here

    if (profile.shift !== null) {
      onSide = here === 0 ? 0 : here === side ? onSide + 1 : 1
      side = here
      if (onSide === profile.shift && !completing) shift.fill(here, i - onSide + 1, i + 1)
      else if (onSide >= profile.shift) shift[i] = here
    }

    if (i > 0 && (profile.trend !== null || profile.alternation !== null)) {
      const before = y[i - 1]!
      const same = Math.abs(v - before) <= 1e-9 * Math.max(Math.abs(v), Math.abs(before))
      const step = same ? 0 : v > before ? 1 : 2
      turns = step === 0 ? 0 : step + way === 3 && turns > 0 ? turns + 1 : 1
      steps = step === 0 ? 0 : step === way ? steps + 1 : 1
      way = step
      if (profile.trend !== null && steps >= profile.trend - 1)
        for (let j = completing ? i : i - steps; j <= i; j++) trend[j] = trend[j]! | step
      if (profile.alternation !== null && turns >= profile.alternation - 1)
        alternation.fill(4, completing ? i : i - turns, i + 1)
    }

    if (z >= 3 || z <= -3) {
      farBefore = far
      far = i
    }
    if (i >= firstWindow && farBefore >= i - 2 && profile.twoOfThree !== null)
      for (let s = 1; s <= 2; s++) {
        const sign = s === 1 ? 1 : -1
        let sameSide = 0
        let counted = 0
        let opposite = 0
        for (let j = Math.max(0, i - 2); j <= i; j++) {
          const at = sign * zone[j]!
          if (at > 0) sameSide++
          if (at === 3 || (at === 4 && profile.twoOfThree !== "between")) counted++
          if (at <= -3) opposite++
        }
        const found =
          profile.twoOfThree === "pbi"
            ? counted - opposite >= 2
            : profile.twoOfThree === "current"
              ? counted >= 2 && sign * z >= 3
              : counted >= 2 && sameSide === 3
        if (!found) continue
        for (let j = completing ? i : Math.max(0, i - 2); j <= i; j++) {
          const at = sign * zone[j]!
          if (at === 3 || (at === 4 && profile.twoOfThree !== "between")) twoOfThree[j] = s
        }
      }

    if (i > 3 && profile.fourOfFive && (z >= 2 || z <= -2)) {
      const sign = z > 0 ? 1 : -1
      let counted = 0
      for (let j = i - 4; j <= i; j++) if (sign * zone[j]! >= 2) counted++
      if (counted >= 4)
        for (let j = completing ? i : i - 4; j <= i; j++) if (sign * zone[j]! >= 2) fourOfFive[j] = here
    }

    const within = z <= 1 && z >= -1
    near = within ? near + 1 : 0
    off = within ? 0 : off + 1
    if (profile.stratification !== null && near >= profile.stratification)
      stratification.fill(4, completing ? i : i - near + 1, i + 1)
    if (profile.mixture !== null) {
      sinceHigh = z >= 2 ? 0 : sinceHigh + 1
      sinceLow = z <= -2 ? 0 : sinceLow + 1
      // Eight on one side are a shift in the making; qcc asks for both sides among the eight, as Nelson does.
      if (off >= profile.mixture && sinceHigh < profile.mixture && sinceLow < profile.mixture)
        mixture.fill(4, completing ? i : i - profile.mixture + 1, i + 1)
    }
  }
  if (profile.runs && unusualRuns(zone, n)) runs.fill(4, 0, n)
}

/** Marks the points of `y[0..n)` by `mdc-2023`. `shift` and `trend` are points in a row. */
export const flag = (
  y: Float64Array,
  n: number,
  mean: number,
  range: number,
  into: Flags,
  shift = 7,
  trend = 7
): void => mark(y, n, mean, range, { ...plainMdc, shift, trend }, into)
