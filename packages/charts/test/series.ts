import type { ChartPoint, ChartRule, ChartSide } from "../src/index.ts"

/** What a series for a picture is made from. */
export interface Recipe {
  readonly values: ReadonlyArray<number | null>
  /** First month, `YYYY-MM`. */
  readonly start: string
  readonly direction: "up" | "down" | "neutral"
  readonly baseline?: number
  readonly target?: number
  /** Index at which a second phase starts. */
  readonly rebase?: number
  readonly excluded?: ReadonlyArray<number>
  /** Denominators: limits become those of a p chart. */
  readonly denominators?: ReadonlyArray<number>
  readonly judged?: boolean
}

const months = (start: string, n: number): ReadonlyArray<string> => {
  const [year, month] = start.split("-").map(Number)
  return Array.from({ length: n }, (_, i) =>
    new Date(Date.UTC(year!, month! - 1 + i, 1)).toISOString().slice(0, 10)
  )
}

const mean = (xs: ReadonlyArray<number>): number => xs.reduce((a, b) => a + b, 0) / xs.length

/** Limits of one phase: XmR (mean ± 2.66 × average moving range) or p, from its first `baseline` points. */
const limits = (
  recipe: Recipe,
  from: number,
  to: number
): ((i: number) => readonly [number, number, number]) => {
  const used = recipe.values
    .map((value, i) => ({ value, i }))
    .slice(from, Math.min(to, from + (recipe.baseline ?? 24)))
    .filter((p) => p.value !== null && recipe.excluded?.includes(p.i) !== true)
  const weights = recipe.denominators
  if (weights !== undefined) {
    const n = used.reduce((sum, p) => sum + weights[p.i]!, 0)
    const p = used.reduce((sum, x) => sum + x.value! * weights[x.i]!, 0) / n
    return (i) => {
      const sigma = Math.sqrt((p * (1 - p)) / weights[i]!)
      return [p, Math.max(0, p - 3 * sigma), Math.min(1, p + 3 * sigma)]
    }
  }
  const values = used.map((p) => p.value!)
  const centre = mean(values)
  const spread = 2.66 * mean(values.slice(1).map((x, i) => Math.abs(x - values[i]!)))
  return () => [centre, centre - spread, centre + spread]
}

/** Points of a chart with the rules "beyond-limits", "shift" and "trend" (7), for pictures. The package itself judges nothing. */
export const series = (recipe: Recipe): ReadonlyArray<ChartPoint> => {
  const { values, direction } = recipe
  const n = values.length
  const periods = months(recipe.start, n)
  const cut = recipe.rebase ?? n
  const phases = [
    [0, cut],
    [cut, n]
  ].filter(([from, to]) => from! < to!)
  const rules: Array<Array<ChartRule>> = values.map(() => [])
  const drawn = phases.flatMap(([from, to], phase) => {
    const at = limits(recipe, from!, to!)
    const valid = values.map((_, i) => i).slice(from, to)
    const judged = valid.filter((i) => values[i] !== null && recipe.excluded?.includes(i) !== true)
    const mark = (rule: string, side: ChartSide, run: ReadonlyArray<number>, needed: number): void => {
      if (run.length < needed) return
      for (const i of run)
        rules[i]!.push({
          rule,
          side,
          first: periods[run[0]!]!,
          completed: periods[run[needed - 1]!]!,
          last: periods[run.at(-1)!]!,
          points: run.length
        })
    }
    for (const side of ["high", "low"] as const) {
      const sign = side === "high" ? 1 : -1
      let shift: Array<number> = []
      let trend: Array<number> = []
      judged.forEach((i, k) => {
        const [centre, lcl3, ucl3] = at(i)
        const value = values[i]!
        if (side === "high" ? value > ucl3 : value < lcl3) mark("beyond-limits", side, [i], 1)
        if (sign * (value - centre) > 0) shift.push(i)
        else {
          mark("shift", side, shift, 7)
          shift = []
        }
        const before = judged[k - 1]
        if (before !== undefined && sign * (value - values[before]!) > 0) trend.push(i)
        else {
          mark("trend", side, trend, 7)
          trend = [i]
        }
      })
      mark("shift", side, shift, 7)
      mark("trend", side, trend, 7)
    }
    return valid.map((i) => ({ i, phase: phase + 1, from: from!, limits: at(i) }))
  })
  return drawn.map(({ i, phase, from, limits: [centre, lcl3, ucl3] }): ChartPoint => {
    const excluded = recipe.excluded?.includes(i) === true
    const isJudged = recipe.judged !== false && !excluded && values[i] !== null
    const high = isJudged && rules[i]!.some((rule) => rule.side === "high")
    const low = isJudged && rules[i]!.some((rule) => rule.side === "low")
    const concern = direction === "up" ? low : high
    const improvement = direction === "up" ? high : low
    return {
      period: periods[i]!,
      value: values[i]!,
      phase,
      excluded,
      inBaseline: i < from + (recipe.baseline ?? 24),
      centre,
      lcl3,
      ucl3,
      target: recipe.target ?? null,
      variation: !isJudged
        ? "not-judged"
        : !high && !low
          ? "common"
          : direction === "neutral"
            ? "changed"
            : high && low
              ? "both"
              : concern
                ? "concern"
                : improvement
                  ? "improvement"
                  : "common",
      directionOfSignal: high && low ? "both" : high ? "high" : low ? "low" : null,
      rules: isJudged ? rules[i]! : []
    }
  })
}
