/** What the latest point of a steady chart shows: which rule, and with how many points in a row. */
import type { Flags, PlainProfile } from "./plain.ts"
import { limitsOf, makeFlags, mark } from "./plain.ts"
import { makeSeries } from "./random.ts"
import { frozenAt, lengthsOf } from "./simulate.ts"

/** Points in a row that are told apart; more count as so many. */
export const longestTold = 30

const ruleFlags: ReadonlyArray<readonly [rule: string, flags: keyof Flags]> = [
  ["beyond-limits", "outside"],
  ["shift", "shift"],
  ["trend", "trend"],
  ["two-of-three", "twoOfThree"],
  ["four-of-five", "fourOfFive"],
  ["stratification", "stratification"],
  ["alternation", "alternation"],
  ["mixture", "mixture"],
  ["runs", "runs"]
]

const rulesOf = (p: PlainProfile): ReadonlyArray<readonly [string, keyof Flags]> => {
  const has: Readonly<Record<string, boolean>> = {
    "beyond-limits": true,
    shift: p.shift !== null,
    trend: p.trend !== null,
    "two-of-three": p.twoOfThree !== null,
    "four-of-five": p.fourOfFive,
    stratification: p.stratification !== null,
    alternation: p.alternation !== null,
    mixture: p.mixture !== null,
    runs: p.runs
  }
  return ruleFlags.filter(([rule]) => has[rule])
}

/** Points in a row, the latest among them, that are beyond a limit, on one side, or rising or falling; else 1. */
const inARow = (rule: string, y: Float64Array, zone: Int8Array, n: number): number => {
  let i = n - 1
  if (rule === "beyond-limits") while (i > 0 && zone[i - 1] === zone[n - 1]) i--
  else if (rule === "shift") while (i > 0 && zone[i - 1]! * zone[n - 1]! > 0) i--
  else if (rule === "trend") while (i > 0 && (y[i]! - y[i - 1]!) * (y[n - 1]! - y[n - 2]!) > 0) i--
  return Math.min(n - i, longestTold)
}

/** Charts whose latest point shows a rule with at least 1, 2, 3 … points in a row, on either side, by length. */
export interface LatestRow {
  readonly profile: string
  readonly rule: string
  readonly lengths: ReadonlyArray<number>
  readonly all: ReadonlyArray<ReadonlyArray<number>>
  readonly frozen: ReadonlyArray<ReadonlyArray<number>>
}

/** Lengths of chart that are told apart: those of the other simulations, fewer between 24 and 48. */
export const lengthsOfLatest = (profile: PlainProfile): ReadonlyArray<number> =>
  lengthsOf(profile).filter((n) => n >= profile.minimum && (n <= 24 || n % 6 === 0))

/** Steady charts of independent values; the same seed gives the same charts. */
export const simulateLatest = (
  profiles: ReadonlyArray<PlainProfile>,
  series: number,
  seed: number
): ReadonlyArray<LatestRow> => {
  const fill = makeSeries(seed)
  const y = new Float64Array(120)
  const flags = makeFlags(120)
  const zeros = (lengths: ReadonlyArray<number>): Uint32Array[] =>
    lengths.map(() => new Uint32Array(longestTold))
  const tables = profiles.map((profile) => {
    const lengths = lengthsOfLatest(profile)
    const rules = rulesOf(profile).map(([rule, marks]) => ({
      rule,
      marks,
      all: zeros(lengths),
      frozen: zeros(lengths)
    }))
    return { profile, lengths, rules }
  })
  for (let s = 0; s < series; s++) {
    fill(y)
    for (const { profile, lengths, rules } of tables)
      for (const [at, n] of lengths.entries())
        for (const baseline of n > frozenAt ? (["all", "frozen"] as const) : (["all"] as const)) {
          const { mean, range } = limitsOf(y, baseline === "all" ? n : frozenAt, profile.screened)
          mark(y, n, mean, range, profile, flags)
          for (const { rule, marks, [baseline]: counts } of rules) {
            if (flags[marks][n - 1] === 0) continue
            const most = inARow(rule, y, flags.zone, n)
            for (let k = 0; k < most; k++) counts[at]![k]!++
          }
        }
  }
  const trimmed = (counts: Uint32Array): ReadonlyArray<number> => {
    const seen = Array.from(counts).filter((c) => c > 0)
    return seen.length < longestTold ? [...seen, 0] : seen
  }
  return tables.flatMap(({ profile, lengths, rules }) =>
    rules.map(({ rule, all, frozen }) => ({
      profile: profile.name,
      rule,
      lengths,
      all: all.map(trimmed),
      frozen: frozen.map((c, at) => trimmed(lengths[at]! > frozenAt ? c : all[at]!))
    }))
  )
}
