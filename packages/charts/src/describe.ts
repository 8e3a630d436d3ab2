import { dateWords, isoDay, periodOf } from "./calendar.ts"
import { clean } from "./lettering.ts"
import type { ChartOptions, ChartPeriod } from "./options.ts"
import { placed } from "./point.ts"
import type { ChartPoint, ChartRule, ChartSide, PlacedPoint } from "./point.ts"

const isValid = (point: PlacedPoint): boolean => point.value !== null && !point.excluded

const isJudged = (point: PlacedPoint): boolean => isValid(point) && point.variation !== "not-judged"

/** What the centre line is. */
export const centreWord = (options: Pick<ChartOptions, "chart">): string =>
  ["run", "g", "t"].includes(options.chart ?? "") ? "median" : options.chart === "cusum" ? "zero" : "average"

interface Wording {
  readonly centre: string
  readonly period: ChartPeriod
  readonly chart: string
}

const when = (iso: string, words: Wording): string => dateWords(isoDay(iso, "rules[].first"), words.period)

const reason = (run: ChartRule, words: Wording): string => {
  const low = run.side === "low"
  const where = low ? "below" : "above"
  const limit = low ? "lower limit" : "upper limit"
  switch (run.rule) {
    case "beyond-limits":
      if (words.chart === "ewma") return `the weighted average is ${where} its ${limit}`
      if (words.chart === "cusum")
        return `small moves ${low ? "downwards" : "upwards"} have added up to more than the limit`
      return run.points > 1
        ? `${run.points} points in a row ${where} the ${limit}`
        : `the point of ${when(run.last, words)} is ${where} the ${limit}`
    case "shift":
      return `${run.points} points in a row ${where} the ${words.centre}`
    case "trend":
      return `${run.points} points in a row ${low ? "falling" : "rising"}`
    case "two-of-three":
      return `2 of 3 points in a row near or beyond the ${limit}`
    case "four-of-five":
      return `4 of 5 points in a row well ${where} the ${words.centre}`
    case "stratification":
      return `${run.points} points in a row unusually close to the ${words.centre}`
    case "alternation":
      return `${run.points} points in a row going up and down in turn`
    case "mixture":
      return `${run.points} points in a row away from the ${words.centre}, on both sides`
    case "runs":
      return `unusually long runs or few crossings of the ${words.centre}`
    default:
      return `rule ${clean(run.rule)}, ${run.points} ${run.points === 1 ? "point" : "points"}`
  }
}

const byFirst = (a: ChartRule, b: ChartRule): number =>
  a.first < b.first ? -1 : a.first > b.first ? 1 : a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0

const clause = (word: string, runs: ReadonlyArray<ChartRule>, at: PlacedPoint, words: Wording): string => {
  const ordered = [...runs].sort(byFirst)
  const first = ordered[0]
  if (first === undefined) return `${word} at ${dateWords(at.time, words.period)}`
  const since = first.first < at.period ? ` since ${when(first.first, words)}` : ""
  const reasons = ordered.map((run) => reason(run, words))
  return `${word}${since}: ${reasons.join("; also ")}`
}

const verdict = (at: PlacedPoint, options: ChartOptions, words: Wording): ReadonlyArray<string> => {
  const onSide = (side: ChartSide) => at.rules.filter((run) => run.side === side || run.side === "both")
  const direction = options.direction ?? "neutral"
  if (at.variation === "common") return []
  if (direction === "neutral" || at.variation === "changed") return [clause("Changed", at.rules, at, words)]
  const [worse, better]: readonly [ChartSide, ChartSide] =
    direction === "up" ? ["low", "high"] : ["high", "low"]
  const clauses: Array<string> = []
  if (at.variation !== "improvement") clauses.push(clause("Slipping", onSide(worse), at, words))
  if (at.variation === "improvement") clauses.push(clause("Improving", onSide(better), at, words))
  if (at.variation === "both") clauses.push(clause("At the same time improving", onSide(better), at, words))
  return clauses
}

const flagged = (point: PlacedPoint): boolean => isJudged(point) && point.variation !== "common"

const counted = (n: number, one: string, many: string): string => (n === 1 ? `1 ${one}` : `${n} ${many}`)

/**
 * What a chart says, in plain words and without a value, for a subtitle, a screen reader or a message.
 *
 * "Slipping" only where a run of concern holds at the latest judged point; flags on earlier points are counted, not
 * called slipping. Without a `direction`, or with a neutral one, the word is "changed". The latest judged point is
 * looked for in the latest phase that has a value: what held before a change of phase says nothing about now.
 *
 * @example
 * describe(points, { direction: "up" })
 * // "Slipping since Oct 2018: 7 points in a row below the average"
 */
export const describe = (points: ReadonlyArray<ChartPoint>, options: ChartOptions = {}): string => {
  const series = placed(points)
  if (series.every((point) => point.value === null)) return "No data"
  if (options.unjudged !== undefined) return `Not judged: ${clean(options.unjudged)}`
  const latest = series.findLast(isValid)
  if (latest === undefined) return "Not judged: every point is excluded"
  const phase = series.filter((point) => point.phase === latest.phase)
  const at = phase.findLast(isJudged)
  if (at === undefined) {
    const n = phase.filter(isValid).length
    return series.some(isJudged)
      ? `Not judged since the latest change of limits: ${counted(n, "point", "points")} so far`
      : `Not judged: ${counted(n, "point", "points")}`
  }
  const words: Wording = {
    centre: centreWord(options),
    chart: options.chart ?? "xmr",
    period: periodOf(
      series.map((point) => point.time),
      options.period
    )
  }
  const clauses = verdict(at, options, words)
  if (clauses.length > 0) {
    const later = series.filter((point) => point.time > at.time && point.value !== null).length
    const unjudged = later === 0 ? [] : [`${counted(later, "later point is", "later points are")} not judged`]
    return [...clauses, ...unjudged].join(". ")
  }
  const earlier = series.filter(flagged).length
  const calm = `No sign of change at the latest judged point, ${dateWords(at.time, words.period)}`
  return earlier === 0
    ? calm
    : `${calm}. ${counted(earlier, "earlier point is", "earlier points are")} flagged`
}
