import { movingRanges, tooLittleVariation } from "./moving-range.ts"
import { points } from "./points.ts"
import { type Form, judge } from "./verdict.ts"

/** The body of `spc.xmr`: individual values about their mean or median, with limits from the moving ranges. */
export const xmr = (
  form: Form
): string => `WITH ${points("value")},${movingRanges("_base", "_by", "_p.moving_range_factor / 3", "_p.median_range_factor / 3")},
_centre AS (
  SELECT *, CASE WHEN _k IS NOT NULL THEN _k WHEN _middle = 'median' THEN list_median(_by) ELSE _mean END AS _c FROM _spread
),
_limit AS (
  SELECT *, _c - 3 * _sg AS _l3, _c - 2 * _sg AS _l2, _c - _sg AS _l1, _c + _sg AS _u1, _c + 2 * _sg AS _u2, _c + 3 * _sg AS _u3
  FROM _centre
),${judge(form, {
  chart: "xmr",
  limits: "level",
  warnings: [["too-little-variation", tooLittleVariation]]
})}`
