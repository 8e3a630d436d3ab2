import { chiSquareTail } from "./gamma.ts"
import { rowsOf } from "./input.ts"
import { exactSum, required } from "./macro.ts"
import { inTurn, tables } from "./stages.ts"
import { studentScore } from "./student.ts"

/** What a unit says: a share, on the logit, or a mean with its standard error. */
export type Scale = "share" | "mean"

/** How often the search for τ² may step before it is given up. */
const most = 100

const units: Readonly<Record<Scale, string>> = {
  share: `_in AS (${rowsOf({ unit: null, numerator: "DOUBLE", denominator: "DOUBLE" }, { grp: null })}),
_sum AS (
  SELECT _grp, _unit, ${exactSum("_numerator")} AS _given1, ${exactSum("_denominator")} AS _given2
  FROM (SELECT _grp, _unit, CASE WHEN _denominator IS NOT NULL THEN _numerator END AS _numerator,
    CASE WHEN _numerator IS NOT NULL THEN _denominator END AS _denominator FROM _in)
  GROUP BY _grp, _unit
),
_half AS (
  SELECT *, CASE WHEN _given1 = 0 OR _given1 = _given2 THEN 0.5e0 ELSE 0e0 END AS _more,
    coalesce(_given2 > 0 AND _given1 >= 0 AND _given1 <= _given2 AND isfinite(_given2), false) AS _ok FROM _sum
),
_unit AS (
  SELECT *, CASE WHEN _ok THEN ln((_given1 + _more) / (_given2 - _given1 + _more)) END AS _y,
    CASE WHEN _ok THEN 1 / (_given1 + _more) + 1 / (_given2 - _given1 + _more) END AS _v
  FROM _half
)`,
  // Two rows for a unit would be two estimates of it: they are put together by the inverse of their variance.
  mean: `_in AS (${rowsOf({ unit: null, value: "DOUBLE", sigma: "DOUBLE" }, { grp: null })}),
_weigh AS (
  SELECT _grp, _unit, CASE WHEN _ok THEN 1 / (_sigma * _sigma) END AS _w, CASE WHEN _ok THEN _value / (_sigma * _sigma) END AS _wy, _value, _sigma, _ok
  FROM (SELECT *, coalesce(isfinite(_value) AND isfinite(_sigma) AND _sigma > 0, false) AS _ok FROM _in)
),
_sum AS (
  SELECT _grp, _unit, bool_or(_ok) AS _ok, count(*) FILTER (_ok) AS _rows, ${exactSum("_w")} AS _w, ${exactSum("_wy")} AS _wy,
    max(_value) FILTER (_ok) AS _value, max(_sigma) FILTER (_ok) AS _sigma
  FROM _weigh GROUP BY _grp, _unit
),
_one AS (
  SELECT *, CASE WHEN _rows > 1 THEN _wy / _w ELSE _value END AS _given1, CASE WHEN _rows > 1 THEN 1 / sqrt(_w) ELSE _sigma END AS _given2 FROM _sum
),
_unit AS (SELECT *, _given1 AS _y, _given2 * _given2 AS _v FROM _one)`
}

const sum = (f: string, list = "_m"): string => `list_sum(list_transform(${list}, lambda _r: ${f}))`

/** The sums that everything rests on, of the weights 1 / (v + τ²); `y` is measured from the fixed-effect mean, so that squares lose no digits. */
const sums = (tau2: string, from: string): string => `
  SELECT *, ${sum("_r.w")} AS _s1, ${sum("_r.w * _r.w")} AS _s2, ${sum("_r.w * _r.w * _r.w")} AS _s3, ${sum("_r.w * _r.y")} AS _s1y,
    ${sum("_r.w * _r.w * _r.y")} AS _s2y, ${sum("_r.w * _r.w * _r.y * _r.y")} AS _s2yy
  FROM (SELECT *, list_transform(_l, lambda _r: {'w': 1 / (_r.v + ${tau2}), 'y': _r.y}) AS _m FROM ${from})`

/**
 * Common table expressions: `_unit` (a row per unit: _grp, _unit, _given1, _given2, _ok, _y, _v) and `_effect` (a row per
 * group: _k, _left_out, _tau2, _used, _mu, _se, _q, _p, _i2, _reliability, _score). τ² by DerSimonian and Laird (1986), or by
 * restricted maximum likelihood with Fisher's scoring (Viechtbauer 2005) from there.
 */
export const effects = (scale: Scale): string => `${units[scale]},
_list AS (
  SELECT _grp, row_number() OVER () AS _id, count(*) FILTER (_ok) AS _k, count(*) FILTER (NOT _ok) AS _left_out,
    list_sort(list({'v': _v, 'y': _y}) FILTER (_ok)) AS _raw
  FROM _unit WHERE ${required("method IN ('reml', 'dl')", "method must be reml or dl")} GROUP BY _grp
),
_fixed AS (
  SELECT *, ${sum("_r.y / _r.v", "_raw")} / ${sum("1 / _r.v", "_raw")} AS _mu0 FROM _list WHERE _k > 0
),
_centred AS (
  SELECT * EXCLUDE (_raw), list_transform(_raw, lambda _r: {'v': _r.v, 'y': _r.y - _mu0}) AS _l FROM _fixed
),
_plain AS (
  SELECT *, ${sum("_r.y * _r.y / _r.v", "_l")} AS _qq, ${sum("1 / _r.v", "_l")} AS _w1, ${sum("1 / (_r.v * _r.v)", "_l")} AS _w2 FROM _centred
),
_dl AS (
  SELECT *, CASE WHEN _k > 1 THEN greatest(0, (_qq - (_k - 1)) / nullif(_w1 - _w2 / _w1, 0)) END AS _dl2 FROM _plain
),
_search AS (
  SELECT _id, _dl2 AS _t2, 0 AS _i, false AS _settled FROM _dl WHERE method = 'reml' AND _dl2 IS NOT NULL
  UNION ALL
  SELECT _id, greatest(0, _t2 + _step), _i + 1, abs(greatest(0, _t2 + _step) - _t2) <= 1e-12 + 1e-10 * _t2
  FROM (
    SELECT *, (_s2yy - 2 * _c * _s2y + _c * _c * _s2 - (_s1 - _s2 / _s1)) / (_s2 - 2 * _s3 / _s1 + _s2 / _s1 * (_s2 / _s1)) AS _step
    FROM (SELECT *, _s1y / _s1 AS _c FROM (${sums(
      "_t2",
      "(SELECT _search._id, _t2, _i, _l FROM _search JOIN _dl ON _dl._id = _search._id WHERE NOT _settled AND _i < " +
        most +
        ")"
    )}))
  )
),
_found AS (SELECT _id, max(_t2) AS _t2 FROM _search WHERE _settled GROUP BY _id),
_between AS (
  SELECT _dl.*, coalesce(_t2, _dl2) AS _tau2, CASE WHEN _dl2 IS NULL THEN NULL WHEN _t2 IS NOT NULL THEN 'reml' ELSE 'dl' END AS _used
  FROM _dl LEFT JOIN _found ON _found._id = _dl._id
),
_weighed AS (SELECT *, coalesce(_tau2, 0) AS _t0 FROM _between),
_mean AS (
  SELECT * EXCLUDE (_m), _mu0 + _s1y / _s1 AS _mu, 1 / sqrt(_s1) AS _se, CASE WHEN _k > 1 THEN _qq END AS _q,
    CASE WHEN _k > 1 THEN greatest(0, 1 - (_k - 1) / nullif(_qq, 0)) END AS _i2,
    ${sum("_r.w * _t0", "_m")} / _k AS _reliability0, level::DOUBLE AS _level
  FROM (${sums("_t0", "_weighed")})
),
${tables(
  "_mean",
  "_effect",
  inTurn(
    chiSquareTail(
      (at) => at("q"),
      (at) => `nullif(${at("k")} - 1, 0)`,
      "p"
    ),
    studentScore(
      (at) => at("level"),
      (at) => `nullif(${at("k")} - 1, 0)::DOUBLE`,
      "score"
    ),
    () => [{ reliability: "CASE WHEN _k > 1 THEN _reliability0 END" }]
  )
)}`

/** From the scale on which is computed back to that of the value. */
export const back = (scale: Scale, x: string): string => (scale === "share" ? `1 / (1 + exp(-(${x})))` : x)
