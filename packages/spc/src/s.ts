import { ofBaseline } from "./fragment.ts"
import { pointsFrom } from "./points.ts"
import { c4 } from "./c4.ts"
import { deviations, limitsBySize, spread, subgroups, warningsOf } from "./subgroup.ts"
import { type Form, judge } from "./verdict.ts"

/** The body of `spc.s`: standard deviations of subgroups about their mean or pooled one. */
export const s = (form: Form): string => `WITH ${pointsFrom("member", subgroups("deviation"))},
_size AS (
  SELECT *, CASE ${spread} WHEN 'mean-range' THEN 'mean-s' ELSE ${spread} END AS _how, _by AS _bq, ${ofBaseline("_ds")} AS _bd FROM _base
),${deviations("_size")},
_centre AS (
  SELECT *, coalesce(_k, _typical) AS _c FROM _deviation
),${limitsBySize(
  "_centre",
  `CASE WHEN _k IS NULL AND _how = 'rmsdf' THEN _process * (${c4("CASE WHEN n > 1 THEN n WHEN list_min(_bd) = list_max(_bd) THEN _bd[1] END")}) ELSE _c END`,
  `CASE WHEN n > 1 THEN CASE WHEN _k IS NULL AND _how = 'rmsdf' THEN _process * sqrt(1 - (${c4("n")}) * (${c4("n")})) ELSE _c * sqrt(1 / ((${c4("n")}) * (${c4("n")})) - 1) END END`,
  "CASE WHEN _p.uncut_s THEN '-infinity'::DOUBLE ELSE 0 END"
)},${judge(form, {
  chart: "s",
  limits: "varying",
  warnings: warningsOf("_bq", "false")
})}`
