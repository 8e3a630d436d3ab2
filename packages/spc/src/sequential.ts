import { movingRanges, tooLittleVariation } from "./moving-range.ts"
import { points } from "./points.ts"

/** Points that are worked through one by one before the next stretch is begun. */
const stretch = 64

/** From `_base` to `_level`: the centre `_c` and sigma `_sg` that `spc.ewma` and `spc.cusum` share with `spc.xmr`. */
export const sequential = `WITH ${points("value")},${movingRanges("_base", "_by", "_p.moving_range_factor / 3", "_p.median_range_factor / 3")},
_level AS (
  SELECT *, CASE WHEN _k IS NOT NULL THEN _k WHEN _middle = 'median' THEN list_median(_by) ELSE _mean END AS _c FROM _spread
)`

/** SQL for a list in stretches of 64. */
export const stretches = (list: string): string =>
  `list_transform(range(0, _n, ${stretch}), lambda o: ${list}[o + 1:o + ${stretch}])`

/** The next value of a running statistic, from the one before and x alone: DuckDB 1.5 mixes up columns named in it. */
export type Step = (before: string, x: string) => string

/** SQL for where each stretch of a running statistic starts. */
export const startsOf = (blocks: string, start: string, step: Step): string =>
  `list_reduce(${blocks}[:len(${blocks}) - 1], lambda a, b: list_append(a, list_reduce(b, lambda e, x: ${step("e", "x")}, a[-1])), [${start}])`

/**
 * SQL for every value of a running statistic, from the starts of its stretches. Each list grows by one at each step,
 * and is copied: in stretches the work stays in proportion to the points, and the steps are those of one plain loop.
 */
export const runningFrom = (blocks: string, starts: string, step: Step): string =>
  `flatten(list_transform(${blocks}, lambda b, j: list_reduce(list_transform(b, lambda v: [v]), lambda a, x: list_append(a, ${step("a[-1]", "x[1]")}), [${starts}[j]])[2:]))`

/** SQL for an argument that must meet a condition, as a DOUBLE. */
export const argument = (name: string, condition: string, cure: string): string =>
  `CASE WHEN ${condition} THEN ${name}::DOUBLE ELSE error('spc: ${name} must ${cure}') END`

/** The warnings of both charts. */
export const sequentialWarnings = [["too-little-variation", tooLittleVariation]] as const
