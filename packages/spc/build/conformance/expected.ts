import type { Arguments, Cell, Data, Run } from "./case.ts"
import { cases, casesBetween, counts, ratio } from "./counted.ts"
import { meanOf, sumOf } from "./exact.ts"
import { findRuns, wholePhase } from "./find.ts"
import type { FoundRun } from "./find.ts"
import { deviations, means, ranges } from "./grouped.ts"
import { directionOf } from "./line.ts"
import type { Drawn, Line } from "./line.ts"
import { individuals, movingRanges, run, timesBetween } from "./moving.ts"
import { phasesOf } from "./phase.ts"
import type { Phase, Row } from "./phase.ts"
import { rulebook } from "./rulebook.ts"
import type { Rulebook } from "./rulebook.ts"
import { sequence } from "./sequence.ts"

const models: Readonly<Record<string, (phase: Phase, book: Rulebook, given: Arguments) => Drawn>> = {
  run,
  xmr: individuals,
  mr: movingRanges,
  xbar: means,
  r: ranges,
  s: deviations,
  p: ratio("p", "plain"),
  pp: ratio("p", "laney"),
  p_auto: ratio("p", "auto"),
  u: ratio("u", "plain"),
  up: ratio("u", "laney"),
  u_auto: ratio("u", "auto"),
  np: cases,
  c: counts,
  g: casesBetween,
  t: timesBetween,
  ewma: individuals,
  cusum: individuals
}

/** How far beyond a limit still counts as on it. */
const slack = (limit: number, sigma: number | null): number => 1e-9 * Math.max(Math.abs(limit), sigma ?? 0)

const zoneOf = (y: number, { centre, sigma, lower, upper }: Line): number => {
  const above = (x: number | null | undefined): boolean => typeof x === "number" && y > x + slack(x, sigma)
  const below = (x: number | null | undefined): boolean => typeof x === "number" && y < x - slack(x, sigma)
  for (const k of [3, 2, 1]) {
    if (above(upper[k - 1])) return k + 1
    if (below(lower[k - 1])) return -k - 1
  }
  return above(centre) ? 1 : below(centre) ? -1 : 0
}

const autocorrelation = (phase: Phase): number | null => {
  const values = phase.baseline.map((r) => r.y!)
  const mean = meanOf(values)
  if (mean === null || values.length < 24) return null
  const off = values.map((y) => y - mean)
  const square = sumOf(off.map((x) => x * x))
  const next = sumOf(off.slice(1).flatMap((x, i) => (phase.gaps[i] === true ? [] : [x * off[i]!])))
  return square === 0 ? null : next / square
}

const assuranceOf = (
  last: Row | undefined,
  line: Line,
  judged: boolean,
  better: Row["direction"],
  by: number
): string => {
  if (last === undefined || last.target === null) return "no-target"
  const [low, high] = [line.lower[2], line.upper[2]]
  if (!judged || better === null || better === "neutral" || low === null || high === null) return "not-judged"
  const target = last.target / by
  const up = better === "up"
  if (line.sigma === 0) return (up ? last.y! >= target : last.y! <= target) ? "pass" : "fail"
  if (target > high + slack(high, line.sigma)) return up ? "fail" : "pass"
  if (target < low - slack(low, line.sigma)) return up ? "pass" : "fail"
  return "hit-or-miss"
}

const ruleOrder = [
  "beyond-limits",
  "shift",
  "trend",
  "two-of-three",
  "four-of-five",
  "stratification",
  "alternation",
  "mixture",
  "runs"
]

/** Each distinct run that marks a point, in the order of the rules. */
const told = (found: ReadonlyArray<FoundRun>, i: number): ReadonlyArray<Run> =>
  [
    ...new Map(found.filter((f) => f.marks.includes(i)).map((f) => [JSON.stringify(f.run), f.run])).values()
  ].toSorted((a, b) => ruleOrder.indexOf(a.rule) - ruleOrder.indexOf(b.rule))

const wordOf = (
  runs: ReadonlyArray<Run>,
  better: Row["direction"]
): readonly [way: string | null, word: string] => {
  const sides = new Set(runs.map((r) => r.side).filter((s) => s !== null))
  if (runs.length === 0) return [null, "common"]
  const way = sides.size === 2 ? "both" : ([...sides][0] ?? null)
  if (way === null || better === null || better === "neutral") return [way, "changed"]
  if (way === "both") return [way, "both"]
  return [way, (way === "high") === (better === "up") ? "improvement" : "concern"]
}

/** Every output row of a case, in order of phase and period. */
export const expectedRows = (
  chart: string,
  profile: string,
  given: Arguments,
  data: Data
): ReadonlyArray<Record<string, Cell>> => {
  const book = rulebook(profile, given)
  const by = given.multiply ?? 1
  const own = chart === "ewma" || chart === "cusum"
  const skewed = chart === "g" || chart === "t"
  return phasesOf(chart, data).flatMap(([name, phase]) => {
    const drawn = models[chart]!(phase, book, given)
    const sequential = own ? sequence(chart, phase, drawn, given) : null
    const line = sequential?.line ?? drawn.line
    const { points, rows } = phase
    const judged =
      points.length >= book.minimum && drawn.centre !== null && (sequential === null || sequential.canJudge)
    const placed = points.map((p) => ({ period: p.period, y: p.y!, zone: zoneOf(p.y!, line(p)) }))
    const whole = judged && book.runs && !own ? wholePhase(placed) : null
    const found: FoundRun[] = judged ? [...(sequential?.find() ?? findRuns(placed, book, skewed))] : []
    if (whole?.unusual === true) {
      const [first, last] = [points[0]!.period, points.at(-1)!.period]
      found.push({
        run: { rule: "runs", side: null, first, completed: last, last, points: points.length },
        marks: points.map((_, i) => i)
      })
    }
    const better = directionOf(phase)
    const r1 = chart === "mr" ? null : autocorrelation(phase)
    const last = points.at(-1)
    const warning = [
      ...(points.length < Math.max(13, book.minimum) ? ["few-points"] : []),
      ...(rows.some((r) => r.kind === "missing") ? ["missing"] : []),
      ...(rows.some((r) => r.denominator === 0) ? ["zero-denominator"] : []),
      ...(points.length > 1 && new Set(points.map((p) => p.y)).size === 1 ? ["constant"] : []),
      ...(r1 !== null && r1 > 2 / Math.sqrt(phase.baseline.length) ? ["autocorrelated"] : []),
      ...(found.some((f) => f.marks.includes(points.length - 1)) ? ["not-stable"] : []),
      ...drawn.warnings
    ]
    const assurance = own
      ? last === undefined || last.target === null
        ? "no-target"
        : "not-judged"
      : assuranceOf(last, last === undefined ? drawn.line(rows[0]!) : line(last), judged, better, by)
    return rows.map((row): Record<string, Cell> => {
      const here = line(row)
      const i = points.indexOf(row)
      const runs = judged && i >= 0 ? told(found, i) : null
      const times = (x: number | null): number | null => (x === null ? null : x * by)
      const has = (rule: string): boolean | null => (runs === null ? null : runs.some((r) => r.rule === rule))
      const limited = (k: 1 | 2): boolean => here.lower[k] !== null || here.upper[k] !== null
      const [way, word] = runs === null ? [null, "not-judged"] : wordOf(runs, better)
      return {
        period: row.period,
        phase: name,
        value: times(row.y),
        centre: times(here.centre),
        lcl3: times(here.lower[2]),
        lcl2: times(here.lower[1]),
        lcl1: times(here.lower[0]),
        ucl1: times(here.upper[0]),
        ucl2: times(here.upper[1]),
        ucl3: times(here.upper[2]),
        sigma: here.sigma === null ? null : here.sigma * (drawn.sigmaFactor ?? by),
        in_baseline: phase.isBaseline(row),
        beyond_limits: chart === "cusum" || limited(2) ? has("beyond-limits") : null,
        shift: book.shift === null || own ? null : has("shift"),
        trend: book.trend === null || own ? null : has("trend"),
        ...(skewed
          ? {}
          : { two_of_three: book.twoOfThree === null || own || !limited(1) ? null : has("two-of-three") }),
        runs_signal: whole?.unusual ?? null,
        longest_run: whole?.longest ?? null,
        longest_run_limit: whole?.longestLimit ?? null,
        crossings: whole?.crossings ?? null,
        crossings_limit: whole?.crossingsLimit ?? null,
        n_useful: whole?.useful ?? null,
        signal: runs === null ? null : runs.length > 0,
        direction_of_signal: way,
        variation: word,
        assurance,
        warning,
        ...sequential?.columns(i, by),
        chart: drawn.chart ?? chart,
        judged,
        n: points.length,
        sigma_z: drawn.sigmaZ ?? null,
        r1,
        rules: runs ?? []
      }
    })
  })
}
