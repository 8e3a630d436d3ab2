import { ofBaseline } from "./fragment.ts"
import { pointsFrom } from "./points.ts"
import { limitsBySize, processByRange, rangeConstants, subgroups, warningsOf } from "./subgroup.ts"
import { type Form, judge } from "./verdict.ts"

/** The body of `spc.r`: ranges of subgroups about what is usual for their sizes (Tippett 1925). */
export const r = (form: Form): string => `WITH ${pointsFrom("member", subgroups("range"))},${rangeConstants},
_size AS (
  SELECT *, ${ofBaseline("_ds")} AS _bd FROM _base, _constant
),
_process AS (
  SELECT *, ${processByRange("_by", "_bd")} AS _sg FROM _size
),
_centre AS (
  SELECT *, coalesce(_k, _sg) AS _c FROM _process
),${limitsBySize(
  "_centre",
  "coalesce(_k, _d2[CASE WHEN n > 1 THEN n WHEN list_min(_bd) = list_max(_bd) THEN _bd[1] END::INTEGER - 1] * _sg)",
  "CASE WHEN n > 1 THEN coalesce(_k / _d2[n::INTEGER - 1], _sg) * _d3[n::INTEGER - 1] END",
  "0"
)},${judge(form, {
  chart: "r",
  limits: "varying",
  warnings: warningsOf("_by", "true")
})}`
