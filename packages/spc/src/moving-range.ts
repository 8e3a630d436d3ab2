import { c4 } from "./c4.ts"
import { steps } from "./fragment.ts"

/**
 * The moving ranges of the baseline and the sigma they give, as common table expressions from `_from` to
 * `_spread`: `_mr` the ranges, `_sg` sigma (null where there is no range).
 *
 * `values` and `gaps` are lists over the baseline; `factor` and `medianFactor` are 3-sigma distances in average
 * and median ranges. Where screening leaves nothing but zeros, the unscreened ranges count: a chart that is
 * constant but for one point must not flag every point. `spread := 'sd'` takes the standard deviation over c4 instead,
 * as qcc can; it counts a shift as noise.
 */
export const movingRanges = (from: string, values: string, scale: string, medianScale: string): string => `
_range AS (
  SELECT *, CASE WHEN _bgap IS NULL THEN list_transform(${values === "_by" ? "CASE WHEN _pre THEN _diff[:_nb - 1] ELSE " + steps(values) + " END" : steps(values)}, lambda d: abs(d))
      ELSE list_filter(list_transform(${values}[2:], lambda x, i: CASE WHEN NOT _bgap[i] THEN abs(x - ${values}[i]) END), lambda r: r IS NOT NULL) END AS _mr,
    CASE WHEN coalesce(spread, 'average') IN ('average', 'median', 'sd') THEN coalesce(spread, 'average') = 'median' ELSE error('spc: spread must be average, median or sd') END AS _med
  FROM ${from}
),
_typical AS (
  SELECT *, CASE WHEN _med THEN list_median(_mr) ELSE list_sum(_mr) / nullif(len(_mr), 0) END AS _amr0 FROM _range
),
_screen AS (
  SELECT *, CASE WHEN coalesce(screened, _p.screened) THEN list_filter(_mr, lambda r: r < 3.267 * _amr0) END AS _mrs FROM _typical
),
_ranged AS (
  SELECT *, coalesce(nullif(CASE WHEN _mrs IS NULL THEN NULL WHEN _med THEN list_median(_mrs) ELSE list_sum(_mrs) / nullif(len(_mrs), 0) END, 0), _amr0)
    * CASE WHEN _med THEN ${medianScale} ELSE ${scale} END AS _sg0,
    CASE WHEN spread = 'sd' THEN list_sum(${values}) / nullif(len(${values}), 0) END AS _middle0
  FROM _screen
),
_spread AS (
  SELECT * EXCLUDE (_sg0), CASE WHEN spread = 'sd' THEN sqrt(list_sum(list_transform(${values}, lambda v: (v - _middle0) * (v - _middle0))) / CASE WHEN _nb > 1 THEN _nb - 1 END) / (${c4("_nb")}) ELSE _sg0 END AS _sg
  FROM _ranged
)`

/** Whether most moving ranges are zero, so that a chart shows every change as if it were special. */
export const tooLittleVariation =
  "NOT _const AND len(_mr) > 0 AND 2 * len(list_filter(_mr, lambda r: r = 0)) > len(_mr)"

/**
 * The average size of a list of steps over the baseline, as σ_z: `_sz` (screened where the profile or the argument
 * says so), `_sz0` (never screened), from `from` to `_scatter`. Null where there is no step.
 */
export const averageStep = (from: string, taken: string): string => `
_zrange AS (
  SELECT *, list_filter(list_transform(${taken}, lambda d, i: CASE WHEN _bgap[i] THEN NULL ELSE abs(d) END), lambda r: r IS NOT NULL) AS _zr FROM ${from}
),
_zmean AS (
  SELECT *, list_sum(_zr) / nullif(len(_zr), 0) AS _zr0 FROM _zrange
),
_zscreen AS (
  SELECT *, CASE WHEN coalesce(screened, _p.screened) THEN list_filter(_zr, lambda r: r < 3.267 * _zr0) END AS _zrs FROM _zmean
),
_scatter AS (
  SELECT *, coalesce(nullif(list_sum(_zrs) / nullif(len(_zrs), 0), 0), _zr0) / 1.128 AS _sz, _zr0 / 1.128 AS _sz0 FROM _zscreen
)`
