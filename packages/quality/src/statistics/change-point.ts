import { rowsOf } from "./input.ts"
import { exactSum, type Macro } from "./macro.ts"
import { tables } from "./stages.ts"
import { studentScore, studentTail } from "./student.ts"

const rows = `_in AS (${rowsOf({ period: null, value: "DOUBLE" }, { grp: null })}),
_row AS (SELECT _grp, _period, _value FROM _in WHERE isfinite(_value) AND _period IS NOT NULL),
_mean AS (SELECT _grp AS _of, count(*) AS _n, ${exactSum("_value")} / count(*) AS _m FROM _row GROUP BY _grp),
_far AS (SELECT _grp, _period, _value, _n, _m, _value - _m AS _d FROM _row JOIN _mean ON _of IS NOT DISTINCT FROM _grp)`

// With z the distances from the mean, of which the squares add up to 1, what is left after a step before row k + 1 is
// 1 - S² n / (k (n - k)), where S is the sum of the first k. Sums run along whole numbers of a tiny unit, so that no order of adding can change them.
const changePoint = `WITH ${rows},
_spread AS (SELECT _grp AS _of, ${exactSum("_d * _d")} AS _t FROM _far GROUP BY _grp),
_along AS (
  SELECT _grp, _period, _n, _m, sqrt(_t) AS _root, row_number() OVER _before - 1 AS _k,
    (sum((_d / sqrt(_t) * 1e18)::HUGEINT) OVER (_before ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))::DOUBLE / 1e18 AS _s
  FROM _far JOIN _spread ON _of IS NOT DISTINCT FROM _grp WHERE _t > 0 WINDOW _before AS (PARTITION BY _grp ORDER BY _period, _value)
),
_split AS (SELECT *, 1 - _s * _s * _n / (_k * (_n - _k)::DOUBLE) AS _left FROM _along WHERE _k >= least AND _n - _k >= least),
_best AS (SELECT *, min(_left) OVER (PARTITION BY _grp) AS _least FROM _split),
_ratio AS (
  SELECT *, CASE WHEN _left - _least < 1e-9 THEN 0 WHEN _least < 1e-12 THEN 'Infinity'::DOUBLE ELSE _n * ln(_left / _least) END AS _lr FROM _best
)
SELECT _grp AS grp, any_value(_n) AS n, min(_period) FILTER (_left - _least < 1e-9) AS period,
  min(_period) FILTER (_lr < -2 * ln(1 - sqrt(level::DOUBLE)) + 1e-9) AS low, max(_period) FILTER (_lr < -2 * ln(1 - sqrt(level::DOUBLE)) + 1e-9) AS high,
  count(*) FILTER (_lr < -2 * ln(1 - sqrt(level::DOUBLE)) + 1e-9) AS periods,
  min_by(_m + _s * _root / _k, _period) FILTER (_left - _least < 1e-9) AS before,
  min_by(_m - _s * _root / (_n - _k), _period) FILTER (_left - _least < 1e-9) AS after,
  greatest(min(_least), 0) AS unexplained
FROM _ratio GROUP BY _grp`

const trend = `WITH ${rows},
_along AS (
  SELECT *, row_number() OVER (PARTITION BY _grp ORDER BY _period, _value) - (_n + 1) / 2e0 AS _x FROM _far
),
_slope AS (SELECT _grp, any_value(_n) AS _n, ${exactSum("_x * _d")} / nullif(${exactSum("_x * _x")}, 0) AS _b, ${exactSum("_x * _x")} AS _xx FROM _along GROUP BY _grp),
_rest AS (
  SELECT a._grp AS _of, ${exactSum("pow(a._d - s._b * a._x, 2)")} AS _rr FROM _along a JOIN _slope s ON s._grp IS NOT DISTINCT FROM a._grp GROUP BY a._grp
),
_error AS (
  SELECT *, CASE WHEN _n > 2 THEN sqrt(_rr / (_n - 2) / _xx) END AS _se, nullif(greatest(_n - 2, 0), 0)::DOUBLE AS _df, level::DOUBLE AS _level
  FROM _slope JOIN _rest ON _of IS NOT DISTINCT FROM _grp
),
_scaled AS (SELECT *, _b / nullif(_se, 0) AS _stat FROM _error),
${tables("_scaled", "_scored", (at) => [
  ...studentScore(
    (of) => of("level"),
    (of) => of("df"),
    "q"
  )(at),
  ...studentTail(
    (of) => of("stat"),
    (of) => of("df"),
    "p"
  )(at)
])}
SELECT _grp AS grp, _n AS n, _b AS slope, _se AS se, _b - _q * _se AS low, _b + _q * _se AS high, _p AS p FROM _scored`

/** When a level moved, and whether it was moving already. */
export const changePointMacros: ReadonlyArray<Macro> = [
  {
    name: "change_point",
    kind: "table",
    parameters: "t, level := 0.95, least := 2",
    body: changePoint,
    comment:
      "The period from which a series has another level, by least squares over every date, with the likelihood-ratio set of dates (Hansen 2000), by group."
  },
  {
    name: "linear_trend",
    kind: "table",
    parameters: "t, level := 0.95",
    body: trend,
    comment:
      "The slope of a series from one row to the next by least squares, with its Student interval, by group."
  }
]
