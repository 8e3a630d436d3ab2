/** How often each profile flags a process that is steady, and how soon it flags one that has moved. */
import { createHash } from "node:crypto"

import type { Flags, PlainProfile } from "./plain.ts"
import { limitsOf, makeFlags, mark, plainMdc, plainProfiles } from "./plain.ts"
import { makeSeries } from "./random.ts"

/** `all`: limits from all points of the chart. `frozen`: the same up to 24 points, then from the first 24. */
export const baselines = ["all", "frozen"] as const
export type Baseline = (typeof baselines)[number]

/** Points after which the limits of the scheme `frozen` no longer move. */
export const frozenAt = 24

/** Lag-one autocorrelations of the simulated series. */
export const phis = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7] as const

/** Points of the simulated charts; finer for the default profile, whose rates are looked up point by point. */
export const lengthsOf = (profile: PlainProfile): ReadonlyArray<number> =>
  profile === plainMdc
    ? [...Array.from({ length: 25 }, (_, i) => 12 + i), 42, 48, 54, 60, 120]
    : [12, 24, 36, 60, 120]

const longest = 120
const seedOfRates = 20231101
const seedOfDelays = 20240229

const baselineCount = (baseline: Baseline, n: number): number =>
  baseline === "frozen" ? Math.min(n, frozenAt) : n

/** Every mark of one point together: bit 0 high, bit 1 low, bit 2 without a side. */
const anyMark = (f: Flags, p: PlainProfile, i: number): number =>
  f.outside[i]! |
  f.shift[i]! |
  f.trend[i]! |
  f.twoOfThree[i]! |
  (p.fourOfFive ? f.fourOfFive[i]! : 0) |
  (p.stratification === null ? 0 : f.stratification[i]!) |
  (p.alternation === null ? 0 : f.alternation[i]!) |
  (p.mixture === null ? 0 : f.mixture[i]!) |
  (p.runs ? f.runs[i]! : 0)

/** Counts of charts with a mark at the latest point, at any point; `sided` counts high and low marks of the latest. */
export interface RateCounts {
  last: number
  sided: number
  ever: number
}

/** Charts of one profile and length among the simulated ones, for both schemes of limits. */
export interface RateRow {
  readonly profile: string
  readonly phi: number
  readonly n: number
  readonly all: RateCounts
  readonly frozen: RateCounts
}

/** Steady charts with autocorrelation `phi`, each profile over the same `series`. */
export const simulateRates = (
  phi: number,
  series: number,
  profiles: ReadonlyArray<PlainProfile> = plainProfiles
): ReadonlyArray<RateRow> => {
  const fill = makeSeries(seedOfRates + Math.round(1000 * phi), phi)
  const y = new Float64Array(longest)
  const flags = makeFlags(longest)
  const cells = profiles.flatMap((profile) =>
    lengthsOf(profile).map((n) => ({
      profile,
      n,
      all: { last: 0, sided: 0, ever: 0 },
      frozen: { last: 0, sided: 0, ever: 0 }
    }))
  )
  const judge = (profile: PlainProfile, n: number, count: number, into: RateCounts): void => {
    const { mean, range } = limitsOf(y, count, profile.screened)
    mark(y, n, mean, range, profile, flags)
    const now = anyMark(flags, profile, n - 1)
    if (now !== 0) into.last++
    into.sided += (now & 1) + ((now >> 1) & 1)
    for (let i = n - 1; i >= 0; i--)
      if (anyMark(flags, profile, i) !== 0) {
        into.ever++
        return
      }
  }
  for (let s = 0; s < series; s++) {
    fill(y)
    for (const { profile, n, all, frozen } of cells) {
      judge(profile, n, n, all)
      if (n > frozenAt) judge(profile, n, frozenAt, frozen)
    }
  }
  return cells.map(({ profile, n, all, frozen }) => ({
    profile: profile.name,
    phi,
    n,
    all,
    frozen: n > frozenAt ? frozen : all
  }))
}

/** A rule of one profile and the charts, by length, that ever show it; in the order of {@link lengthsOf}. */
export interface RuleRow {
  readonly profile: string
  readonly rule: string
  /** Points in a row, for a rule that is about such. */
  readonly length: number | null
  readonly all: ReadonlyArray<number>
  readonly frozen: ReadonlyArray<number>
}

const rulesOf = (p: PlainProfile): ReadonlyArray<readonly [string, number | null, keyof Flags]> => {
  const rules: ReadonlyArray<readonly [string, number | null, keyof Flags, boolean]> = [
    ["beyond-limits", null, "outside", true],
    ["shift", p.shift, "shift", p.shift !== null],
    ["trend", p.trend, "trend", p.trend !== null],
    ["two-of-three", null, "twoOfThree", p.twoOfThree !== null],
    ["four-of-five", null, "fourOfFive", p.fourOfFive],
    ["stratification", p.stratification, "stratification", p.stratification !== null],
    ["alternation", p.alternation, "alternation", p.alternation !== null],
    ["mixture", p.mixture, "mixture", p.mixture !== null],
    ["runs", null, "runs", p.runs]
  ]
  return rules.flatMap(([rule, length, marks, has]) => (has ? [[rule, length, marks] as const] : []))
}

/** Lengths of shift and trend that the default profile is tried with: a run may go on past seven. */
const runLengths = [5, 6, 7, 8, 9, 10, 11, 12] as const

/** Longest row of points on one side of `mean`, and longest row rising or falling, of continuous values. */
const longestRows = (y: Float64Array, n: number, mean: number): readonly [number, number] => {
  let side = false
  let onSide = 0
  let most = 0
  let way = false
  let rising = 1
  let mostRising = 1
  for (let i = 0; i < n; i++) {
    const above = y[i]! > mean
    onSide = i > 0 && above === side ? onSide + 1 : 1
    side = above
    if (onSide > most) most = onSide
    if (i === 0) continue
    const up = y[i]! > y[i - 1]!
    rising = up === way ? rising + 1 : 2
    way = up
    if (rising > mostRising) mostRising = rising
  }
  return [most, mostRising]
}

/** Steady charts of independent values, by the rule they ever show; the series are those of {@link simulateRates}. */
export const simulateRules = (series: number): ReadonlyArray<RuleRow> => {
  const fill = makeSeries(seedOfRates)
  const y = new Float64Array(longest)
  const flags = makeFlags(longest)
  const tables = plainProfiles.map((profile) => {
    const ownRules = rulesOf(profile)
    const rules: ReadonlyArray<readonly [string, number | null, keyof Flags | null]> =
      profile === plainMdc
        ? [
            ["beyond-limits", null, "outside"],
            ["two-of-three", null, "twoOfThree"],
            ...runLengths.map((k) => ["shift", k, null] as const),
            ...runLengths.map((k) => ["trend", k, null] as const)
          ]
        : ownRules
    const lengths = lengthsOf(profile)
    const counts = {
      all: rules.map(() => lengths.map(() => 0)),
      frozen: rules.map(() => lengths.map(() => 0))
    }
    return { profile, rules, lengths, counts }
  })
  const shows = (marks: Uint8Array | Int8Array, n: number): boolean => {
    for (let i = 0; i < n; i++) if (marks[i] !== 0) return true
    return false
  }
  for (let s = 0; s < series; s++) {
    fill(y)
    for (const { profile, rules, lengths, counts } of tables)
      for (let at = 0; at < lengths.length; at++) {
        const n = lengths[at]!
        if (n < profile.minimum) continue
        for (const baseline of baselines) {
          if (baseline === "frozen" && n <= frozenAt) continue
          const { mean, range } = limitsOf(y, baselineCount(baseline, n), profile.screened)
          mark(y, n, mean, range, profile, flags)
          const [onSide, rising] = profile === plainMdc ? longestRows(y, n, mean) : [0, 0]
          for (let r = 0; r < rules.length; r++) {
            const [rule, length, marks] = rules[r]!
            const shown =
              marks === null ? (rule === "shift" ? onSide : rising) >= length! : shows(flags[marks], n)
            if (shown) counts[baseline][r]![at]!++
          }
        }
      }
  }
  return tables.flatMap(({ profile, rules, lengths, counts }) =>
    rules.map(([rule, length], r) => ({
      profile: profile.name,
      rule,
      length,
      all: counts.all[r]!,
      frozen: lengths.map((n, at) => counts[n > frozenAt ? "frozen" : "all"][r]![at]!)
    }))
  )
}

/** Steady points before the step. */
export const pointsBefore = 24

/** Points after the step at which the watch ends; a later flag counts as one at this point. */
export const watched = 120

/** Sizes of the step, in standard deviations. */
export const steps = [0.5, 1, 1.5, 2] as const

/** Delays of one profile, scheme and step: whole numbers, so that the table is exact. */
export interface DelayRow {
  readonly profile: string
  readonly baseline: Baseline
  readonly step: number
  /** Points until half of the charts are flagged; null where fewer than half ever are. */
  readonly median: number | null
  /** Sum, and sum of squares, of the delays, a chart not flagged in 120 points counting 120. */
  readonly sum: number
  readonly squares: number
  /** Charts flagged within 12, 24 and 120 points. */
  readonly within: readonly [number, number, number]
}

// The latest point's own marks never depend on more than the 14 points before it, but for the whole-phase runs.
const tail = 16

/**
 * Points from a lasting upward step to the first chart whose latest point is marked high (or, where the profile
 * tests the runs of a phase, whose phase has unusual runs). A signal already there by chance counts as found.
 */
export const simulateDelays = (
  profile: PlainProfile,
  baseline: Baseline,
  step: number,
  series: number
): DelayRow => {
  const fill = makeSeries(seedOfDelays)
  const y = new Float64Array(pointsBefore + watched)
  const flags = makeFlags(y.length)
  const delays = new Float64Array(watched + 1)
  for (let s = 0; s < series; s++) {
    fill(y)
    for (let i = pointsBefore; i < y.length; i++) y[i]! += step
    const frozen = limitsOf(y, frozenAt, profile.screened)
    let delay = 0
    for (let after = 1; after <= watched && delay === 0; after++) {
      const n = pointsBefore + after
      const { mean, range } = baseline === "frozen" ? frozen : limitsOf(y, n, profile.screened)
      const from = profile.runs ? 0 : n - tail
      mark(y.subarray(from, n), n - from, mean, range, profile, flags)
      const now = anyMark(flags, profile, n - from - 1)
      if ((now & 1) !== 0 || (profile.runs && (now & 4) !== 0)) delay = after
    }
    delays[delay]!++
  }
  const missed = delays[0]!
  let sum = missed * watched
  let squares = missed * watched * watched
  let found = 0
  let median: number | null = null
  const within = { 12: 0, 24: 0 }
  for (let d = 1; d <= watched; d++) {
    sum += delays[d]! * d
    squares += delays[d]! * d * d
    found += delays[d]!
    if (median === null && 2 * found >= series) median = d
    if (d === 12 || d === 24) within[d] = found
  }
  return {
    profile: profile.name,
    baseline,
    step,
    median,
    sum,
    squares,
    within: [within[12], within[24], found]
  }
}

/** Tells one simulation from another: a digest of all that few series give. It changes with any rule or constant. */
export const fingerprint = (): string => {
  const delays = plainProfiles.flatMap((profile) =>
    baselines.flatMap((baseline) => steps.map((step) => simulateDelays(profile, baseline, step, 50)))
  )
  const few = [simulateRates(0, 300), simulateRates(0.4, 100), simulateRules(300), delays]
  return createHash("sha256").update(JSON.stringify(few)).digest("hex").slice(0, 16)
}
