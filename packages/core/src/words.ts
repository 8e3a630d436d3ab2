import { everRate } from "@plimsoll/spc"

/** What {@link signalWords} needs to know of a run. */
export interface RunWords {
  /** The kind of chart. What luck gives was simulated for charts of individual values, `xmr`, only. */
  readonly chart: string
  /** The set of rules, by name. */
  readonly profile: string
  /** Whether the limits come from all points; otherwise they are frozen. */
  readonly allBaseline: boolean
  readonly rule: string
  readonly side: "high" | "low" | null
  readonly points: number
  readonly validPoints: number
  readonly firstPeriod: string
  readonly asOf: string
  readonly period: string
}

const several: { readonly [period: string]: string } = {
  day: "days",
  week: "weeks",
  month: "months",
  quarter: "quarters"
}

/** A rule and its run in plain words, as a team reads them. Says how often luck alone does this, never how likely luck is. */
export const signalWords = (run: RunWords): string => {
  const periods = several[run.period] ?? "points"
  const words = ofPoints(run)
  return run.chart === "mr" && run.rule !== "silence"
    ? `Steps between ${periods}: ${words[0]!.toLowerCase()}${words.slice(1)}`
    : words
}

const ofPoints = (run: RunWords): string => {
  const periods = several[run.period] ?? "points"
  const where = run.side === "high" ? "above" : "below"
  switch (run.rule) {
    case "beyond-limits":
      if (run.chart === "ewma")
        return `The weighted average is ${where} the ${run.side === "high" ? "upper" : "lower"} limit.`
      if (run.chart === "cusum") return `Deviations ${where} the average add up to more than 5 sigma.`
      return `${run.points === 1 ? `The latest ${run.period} is` : `${run.points} ${periods} in a row are`} ${where} the ${run.side === "high" ? "upper" : "lower"} limit.${luck(run)}`
    case "shift":
      return `${run.points} ${periods} in a row ${where} the average.${luck(run)}`
    case "trend":
      return `${run.points} ${periods} in a row, each ${run.side === "high" ? "higher" : "lower"} than the one before.${luck(run)}`
    case "two-of-three":
      return `Two of three ${periods} in a row far ${where} the average (beyond 2 sigma).${luck(run)}`
    case "silence":
      return `No figures since ${run.firstPeriod}: longer than twice the usual gap.`
    default:
      return "The line stays unusually long on one side of the median, or crosses it unusually seldom."
  }
}

const isSimulated = (rule: string): rule is "beyond-limits" | "shift" | "trend" | "two-of-three" =>
  ["beyond-limits", "shift", "trend", "two-of-three"].includes(rule)

const luck = (run: RunWords): string => {
  if (run.chart !== "xmr" || !isSimulated(run.rule)) return ""
  // How often several in a row lie beyond a limit was not counted.
  if (run.rule === "beyond-limits" && run.points > 1) return ""
  const baseline = run.allBaseline ? "all" : "frozen"
  const share = everRate(run.rule, run.validPoints, run.points, run.profile, baseline)?.rate
  if (share === undefined || share === 0) return ""
  return ` On a steady chart of ${run.validPoints} points this happens by luck on about 1 chart in ${Math.max(2, Math.round(1 / share)).toLocaleString("en")}.`
}
