import { ofBaseline } from "./fragment.ts"
import { pointsFrom } from "./points.ts"
import { c4 } from "./c4.ts"
import {
  deviations,
  limitsBySize,
  processByRange,
  rangeConstants,
  spread,
  subgroups,
  warningsOf
} from "./subgroup.ts"
import { type Form, judge } from "./verdict.ts"

/**
 * The body of `spc.xbar`: means of subgroups about the mean of all their members. Each row of `_base` brings the
 * subgroups' ranges or standard deviations in the place of numerators.
 */
export const xbar = (
  form: Form
): string => `WITH ${pointsFrom("member", subgroups("mean"))},${rangeConstants},
_within AS (
  SELECT *, ${spread} AS _how, ${ofBaseline("_ds")} AS _bn, list_filter(list_zip(${ofBaseline("_as")}, ${ofBaseline("_ds")}), lambda e: e[1] IS NOT NULL) AS _pairs
  FROM _base
),
_pair AS (
  SELECT * REPLACE (list_transform(_as, lambda x: NULL::DOUBLE) AS _as), list_transform(_pairs, lambda e: e[1]) AS _bq, list_transform(_pairs, lambda e: e[2]) AS _bd,
    coalesce(_k, _by[1] + list_sum(list_transform(_by, lambda y, i: _bn[i] * (y - _by[1]))) / nullif(list_sum(_bn), 0)) AS _c
  FROM _within
),${deviations("_pair")},
_process AS (
  SELECT *, CASE WHEN _how = 'mean-range' THEN ${processByRange("_bq", "_bd")} ELSE _process END AS _sg FROM _deviation, _constant
),${limitsBySize(
  "_process",
  "_c",
  `CASE WHEN _how IN ('mean-s', 'pooled') AND n > 1 THEN _typical / (${c4("n")}) ELSE _sg END / sqrt(n)`
)},${judge(form, {
  chart: "xbar",
  limits: "varying",
  warnings: warningsOf("_bq", "_how = 'mean-range'")
})}`
