import { rowsOf } from "./input.ts"
import { exactSum, type Macro } from "./macro.ts"
import { inTurn, tables } from "./stages.ts"
import { studentScore } from "./student.ts"

const body = `WITH _in AS (${rowsOf({ cluster: null, numerator: "DOUBLE", denominator: "DOUBLE" }, { grp: null })}),
_cluster AS (
  SELECT _grp, _cluster, ${exactSum("_numerator")} AS _x, ${exactSum("_denominator")} AS _n
  FROM _in WHERE isfinite(_numerator) AND isfinite(_denominator) AND _denominator > 0 GROUP BY _grp, _cluster
),
_list AS (SELECT _grp, count(*) AS _k, list_sort(list({'n': _n, 'x': _x})) AS _l FROM _cluster GROUP BY _grp),
_sum AS (
  SELECT *, list_sum(list_transform(_l, lambda _r: _r.x)) AS _x, list_sum(list_transform(_l, lambda _r: _r.n)) AS _n FROM _list
),
_ratio AS (SELECT *, _x / _n AS _e FROM _sum),
_residual AS (SELECT *, list_sum(list_transform(_l, lambda _r: pow(_r.x - _e * _r.n, 2))) AS _rr FROM _ratio),
_deviation AS (
  SELECT *, CASE WHEN _k > 1 THEN sqrt(_k / (_k - 1) * _rr) / _n END AS _se, level::DOUBLE AS _level FROM _residual
),
${tables(
  "_deviation",
  "_scored",
  inTurn(
    studentScore(
      (at) => at("level"),
      (at) => `nullif(${at("k")} - 1, 0)::DOUBLE`,
      "t"
    )
  )
)}
SELECT _grp AS grp, _e AS estimate, _se AS se, _e - _t * _se AS low, _e + _t * _se AS high, _k AS clusters, _x AS numerator, _n AS denominator
FROM _scored`

/** A ratio of two sums over periods, or over units, with an interval that knows how far these vary. */
export const ratioOfSumsMacros: ReadonlyArray<Macro> = [
  {
    name: "ratio_of_sums",
    kind: "table",
    parameters: "t, level := 0.95",
    body,
    comment:
      "A ratio of sums by group with a linearised standard error by cluster and a Student interval (clusters - 1)."
  }
]
