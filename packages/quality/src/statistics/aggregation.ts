import { rowsOf } from "./input.ts"
import { exactSum, type Macro, required } from "./macro.ts"

const icc = `WITH _in AS (${rowsOf({ unit: null, n: "DOUBLE", total: "DOUBLE", squares: "DOUBLE" }, { grp: null })}),
_sum AS (
  SELECT _grp, _unit, ${exactSum("_n")} AS _n, ${exactSum("_total")} AS _x, ${exactSum("_squares")} AS _xx
  FROM _in WHERE isfinite(_n) AND isfinite(_total) AND isfinite(_squares) AND _n > 0 GROUP BY _grp, _unit
),
_unit1 AS (
  SELECT *, _x / _n AS _m, greatest(0, _n * _xx - _x * _x) / _n AS _inside FROM _sum
  WHERE _n * _xx - _x * _x >= -1e-9 * _x * _x
),
_list AS (
  SELECT _grp, count(*) AS _k, list_sort(list({'n': _n, 'm': _m})) AS _l, ${exactSum("_n")} AS _all, ${exactSum("_x")} AS _total,
    ${exactSum("_n * _n")} AS _nn, ${exactSum("_inside")} AS _within
  FROM _unit1 GROUP BY _grp
),
_mean AS (SELECT *, _total / _all AS _mean0 FROM _list),
_square AS (
  SELECT *, list_sum(list_transform(_l, lambda _r: _r.n * pow(_r.m - _mean0, 2))) / nullif(_k - 1, 0) AS _msb,
    _within / nullif(_all - _k, 0) AS _msw, _all / _k AS _size, (_all - _nn / _all) / nullif(_k - 1, 0) AS _n0
  FROM _mean
)
SELECT _grp AS grp, _k AS units, _all AS n, _mean0 AS mean, _size AS mean_size, _n0 AS n0, _msb AS msb, _msw AS msw, _msb / nullif(_msw, 0) AS f,
  (_msb - _msw) / nullif(_msb + (_size - 1) * _msw, 0) AS icc1, (_msb - _msw) / nullif(_msb + (_n0 - 1) * _msw, 0) AS icc1_n0,
  (_msb - _msw) / nullif(_msb, 0) AS icc2
FROM _square`

// Everything inside an item is a whole number, so plain sums are exact.
const agreement = `WITH _in AS (${rowsOf({ unit: null, item: null, options: "INTEGER", answer: "DOUBLE", n: "BIGINT" }, { grp: null })}),
_count AS (
  SELECT _grp, _unit, _item, _options, _answer::BIGINT AS _a, sum(_n)::BIGINT AS _n FROM _in
  WHERE _n > 0 AND _answer IS NOT NULL AND ${required("_answer = round(_answer)", "an answer must be a whole number")}
    AND ${required("_options > 1", "options must be 2 or more")}
  GROUP BY _grp, _unit, _item, _options, _a
),
_total AS (
  SELECT *, sum(_n) OVER _whole AS _all, sum(_n * _a) OVER _whole AS _x FROM _count
  WINDOW _whole AS (PARTITION BY _grp, _unit, _item, _options)
),
_item1 AS (
  SELECT _grp, _unit, _item, _options, any_value(_all) AS _all,
    CASE WHEN any_value(_all) > 1 THEN (any_value(_all) * sum(_n * _a * _a) - any_value(_x) * any_value(_x))::DOUBLE
      / (any_value(_all) * (any_value(_all) - 1))::DOUBLE END AS _variance,
    CASE WHEN any_value(_all) > 1 THEN sum(_n * abs(_a * _all - _x))::DOUBLE / (any_value(_all) * any_value(_all))::DOUBLE END AS _deviation
  FROM _total GROUP BY _grp, _unit, _item, _options
),
_share AS (
  SELECT _grp, _unit, count(*) AS _k, min(_all)::BIGINT AS _n, count(_variance) = count(*) AS _known,
    ${exactSum("_variance / ((_options::DOUBLE * _options - 1) / 12)")} / count(*) AS _s, ${exactSum("_deviation")} / count(*) AS _ad
  FROM _item1 GROUP BY _grp, _unit
),
_truncated AS (SELECT *, least(1e0, _s) AS _t FROM _share)
SELECT _grp AS grp, _unit AS unit, _k AS items, _n AS n, CASE WHEN _known THEN _k * (1 - _t) / (_k * (1 - _t) + _t) END AS rwg_j,
  CASE WHEN _known THEN 1 - _s END AS lindell, CASE WHEN _known THEN _ad END AS ad_mean
FROM _truncated`

/** Whether the people of a team agree, and whether teams differ: what a team's score rests on. */
export const aggregationMacros: ReadonlyArray<Macro> = [
  {
    name: "icc",
    kind: "table",
    parameters: "t",
    body: icc,
    comment:
      "ICC(1) and ICC(2) by one-way analysis of variance, by group, from each unit's n, total and squares."
  },
  {
    name: "agreement_within",
    kind: "table",
    parameters: "t",
    body: agreement,
    comment:
      "How far the people of each unit agree: r_wg(J), Lindell's r*_wg(J) and the mean deviation, from counts of answers."
  }
]
