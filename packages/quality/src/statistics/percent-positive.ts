import { rowsOf } from "./input.ts"
import { wilson } from "./intervals.ts"
import { exactSum, type Macro } from "./macro.ts"
import { scoreOf } from "./normal.ts"
import { inTurn, tables } from "./stages.ts"
import { studentScore } from "./student.ts"

const composite = `WITH _in AS (${rowsOf({ unit: null, item: null, positive: "BIGINT", answered: "BIGINT" }, { grp: null })}),
_count AS (
  SELECT _grp, _unit, _item, sum(_positive)::BIGINT AS _x, sum(_answered)::BIGINT AS _n FROM _in
  WHERE _answered > 0 AND _positive BETWEEN 0 AND _answered GROUP BY _grp, _unit, _item
),
_item1 AS (
  SELECT _grp AS _of, _item AS _name, sum(_n)::DOUBLE AS _all, sum(_x)::DOUBLE / sum(_n)::DOUBLE AS _p FROM _count GROUP BY _grp, _item
),
_whole AS (
  SELECT _of AS _grp, count(*) AS _j, ${exactSum("_p")} / count(*) AS _e, min(_all) AS _least FROM _item1 GROUP BY _of
),
_unit1 AS (
  SELECT _grp, _unit, ${exactSum("(_x - _p * _n) / _all")} AS _u
  FROM _count JOIN _item1 ON _of IS NOT DISTINCT FROM _grp AND _name = _item GROUP BY _grp, _unit
),
_square AS (SELECT _grp AS _of, count(*) AS _k, ${exactSum("_u * _u")} AS _uu FROM _unit1 GROUP BY _grp),
_deviation AS (
  SELECT *, CASE WHEN _k > 1 THEN sqrt(_k / (_k - 1) * _uu) / _j END AS _se, level::DOUBLE AS _level, _e * _least AS _x
  FROM _whole JOIN _square ON _of IS NOT DISTINCT FROM _grp
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
      (at) => at("least"),
      (at) => at("z"),
      "w"
    ),
    // Units that agree to the last digit leave nothing but rounding.
    () => [{ spread: "_se > 1e-12" }]
  )
)}
SELECT _grp AS grp, _j AS items, _k AS units, _least::BIGINT AS answered, _e AS share, _se AS se,
  CASE WHEN _k > 1 THEN CASE WHEN _spread THEN greatest(0, _e - _t * _se) ELSE _w_low END END AS low,
  CASE WHEN _k > 1 THEN CASE WHEN _spread THEN least(1, _e + _t * _se) ELSE _w_high END END AS high,
  CASE WHEN _k > 1 THEN CASE WHEN _spread THEN 'cluster' ELSE 'wilson' END END AS "interval",
  CASE WHEN _spread AND _e > 0 AND _e < 1 THEN _e * (1 - _e) / (_se * _se) END AS effective_n
FROM _scored`

// Σ over people of the square of what each adds to the mean of item shares, multiplied out to sums by pairs of items.
const independent = `WITH _in AS (${rowsOf(
  {
    item: null,
    other: null,
    n: "HUGEINT",
    total: "HUGEINT",
    other_total: "HUGEINT",
    products: "HUGEINT"
  },
  { grp: null }
)}),
_pair AS (
  SELECT _grp, _item, _other, sum(_n)::DOUBLE AS _n, sum(_total)::DOUBLE AS _x, sum(_other_total)::DOUBLE AS _y, sum(_products)::DOUBLE AS _xy
  FROM _in WHERE _item <= _other GROUP BY _grp, _item, _other
),
_own AS (SELECT _grp AS _of, _item AS _name, _n AS _all, _x / _n AS _p FROM _pair WHERE _item = _other AND _n > 1),
_cell AS (
  SELECT _grp, CASE WHEN _item = _other THEN 1 ELSE 2 END
    * (_xy - _b._p * _x - _a._p * _y + _a._p * _b._p * _n) / (_a._all * _b._all) AS _c
  FROM _pair JOIN _own AS _a ON _a._of IS NOT DISTINCT FROM _grp AND _a._name = _item
    JOIN _own AS _b ON _b._of IS NOT DISTINCT FROM _grp AND _b._name = _other
),
_square AS (SELECT _grp, ${exactSum("_c")} AS _uu FROM _cell GROUP BY _grp),
_whole AS (SELECT _of, count(*) AS _j, max(_all) AS _n, ${exactSum("_p")} / count(*) AS _e FROM _own GROUP BY _of)
SELECT _of AS grp, _j AS items, _n::BIGINT AS people, _e AS share, sqrt(greatest(0, _n / (_n - 1) * _uu)) / _j AS se
FROM _whole JOIN _square ON _of IS NOT DISTINCT FROM _grp`

/** Composite percent positive: the plain mean of the shares of its items, with an interval that knows of teams. */
export const percentPositiveMacros: ReadonlyArray<Macro> = [
  {
    name: "percent_positive",
    kind: "table",
    parameters: "t, level := 0.95",
    body: composite,
    comment:
      "The mean of the items' positive shares by group, with a cluster-robust standard error and interval, from each unit's counts."
  },
  {
    name: "percent_positive_independent",
    kind: "table",
    parameters: "t",
    body: independent,
    comment:
      "The same share with the standard error that it would have if people of one team were not alike, from sums of positive answers by pairs of items."
  }
]
