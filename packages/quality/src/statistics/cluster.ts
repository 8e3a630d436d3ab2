import { wilson } from "./intervals.ts"
import { rowsOf } from "./input.ts"
import { exactSum, type Macro } from "./macro.ts"
import { scoreOf } from "./normal.ts"
import { inTurn, tables } from "./stages.ts"
import { studentScore } from "./student.ts"

const body = `WITH _in AS (${rowsOf({ cluster: null, numerator: "DOUBLE", denominator: "DOUBLE" }, { grp: null })}),
_cluster AS (
  SELECT _grp, _cluster, ${exactSum("_numerator")} AS _x, ${exactSum("_denominator")} AS _n
  FROM _in WHERE isfinite(_numerator) AND isfinite(_denominator) AND _denominator > 0 AND _numerator >= 0 AND _numerator <= _denominator
  GROUP BY _grp, _cluster
),
_list AS (SELECT _grp, count(*) AS _k, list_sort(list({'n': _n, 'x': _x})) AS _l FROM _cluster GROUP BY _grp),
_sum AS (
  SELECT *, list_sum(list_transform(_l, lambda _r: _r.x)) AS _x, list_sum(list_transform(_l, lambda _r: _r.n)) AS _n FROM _list
),
_share AS (SELECT *, _x / _n AS _e FROM _sum),
_residual AS (SELECT *, list_sum(list_transform(_l, lambda _r: pow(_r.x - _e * _r.n, 2))) AS _rr FROM _share),
_deviation AS (
  SELECT *, CASE WHEN _k > 1 THEN sqrt(_k / (_k - 1) * _rr) / _n END AS _se, level::DOUBLE AS _level FROM _residual
),
${tables(
  "_deviation",
  "_scored",
  inTurn(
    scoreOf((at) => at("level"), "z"),
    studentScore(
      (at) => at("level"),
      (at) => `nullif(${at("k")} - 1, 0)::DOUBLE`,
      "t"
    ),
    wilson(
      (at) => at("x"),
      (at) => at("n"),
      (at) => at("z"),
      "w"
    ),
    // Clusters that agree to the last digit leave nothing but rounding.
    () => [{ spread: "_se > 1e-12" }]
  )
)}
SELECT _grp AS grp, _e AS estimate, _se AS se,
  CASE WHEN _k > 1 THEN CASE WHEN _spread THEN greatest(0, _e - _t * _se) ELSE _w_low END END AS low,
  CASE WHEN _k > 1 THEN CASE WHEN _spread THEN least(1, _e + _t * _se) ELSE _w_high END END AS high,
  CASE WHEN _k > 1 THEN CASE WHEN _spread THEN 'cluster' ELSE 'wilson' END END AS "interval",
  _k AS clusters, _x AS numerator, _n AS denominator,
  CASE WHEN _n > 1 AND _e > 0 AND _e < 1 THEN _se * _se * (_n - 1) / (_e * (1 - _e)) END AS design_effect
FROM _scored`

/** The share of a system with an interval that knows that people of one unit are alike. */
export const clusterMacros: ReadonlyArray<Macro> = [
  {
    name: "cluster_proportion",
    kind: "table",
    parameters: "t, level := 0.95",
    body,
    comment:
      "A proportion by group with a cluster-robust standard error, Student interval (clusters - 1) and design effect."
  }
]
