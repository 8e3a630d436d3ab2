import { rowsOf } from "./input.ts"
import { fisher, katz, newcombe, pearson } from "./intervals.ts"
import { exactSum, type Macro } from "./macro.ts"
import { adjusted } from "./multiplicity.ts"
import { scoreOf } from "./normal.ts"
import { type At, inTurn, tables } from "./stages.ts"
import { studentScore, studentTail } from "./student.ts"

const at =
  (name: string) =>
  (here: At): string =>
    here(name)

const valid = "isfinite(_denominator) AND _denominator > 0 AND _numerator >= 0 AND _numerator <= _denominator"

const sum = (f: string): string => `list_sum(list_transform(_l, lambda _r: ${f}))`

/** Fewer than this many strata have no slope (RULES §2.3). */
const least = 5

const slope = `WITH _in AS (${rowsOf({ stratum: null, position: "DOUBLE", numerator: "DOUBLE", denominator: "DOUBLE" }, { grp: null })}),
_stratum AS (
  SELECT _grp, _position, _stratum, ${exactSum("_numerator")} AS _x, ${exactSum("_denominator")} AS _n
  FROM _in WHERE _position IS NOT NULL AND ${valid} GROUP BY _grp, _position, _stratum
),
_list AS (
  SELECT _grp, count(*) AS _k, list({'n': _n, 'y': _x / _n} ORDER BY _position, _stratum) AS _s FROM _stratum GROUP BY _grp
),
_total AS (SELECT *, list_transform(_s, lambda _r: _r.n) AS _ns, list_sum(list_transform(_s, lambda _r: _r.n)) AS _all FROM _list),
_ridit AS (
  SELECT *, list_transform(_s, lambda _r, _i: {'a': _r.n, 'y': _r.y,
    'r': (coalesce(list_sum(list_slice(_ns, 1, _i - 1)), 0) + _r.n / 2) / _all}) AS _l FROM _total
),
_centre AS (SELECT *, ${sum("_r.a * _r.r")} / _all AS _rm, ${sum("_r.a * _r.y")} / _all AS _ym FROM _ridit),
_square AS (SELECT *, ${sum("_r.a * pow(_r.r - _rm, 2)")} AS _rr, ${sum("_r.a * (_r.r - _rm) * (_r.y - _ym)")} AS _ry FROM _centre),
_line AS (SELECT *, CASE WHEN _k >= ${least} THEN _ry / _rr END AS _b, level::DOUBLE AS _level, (_k - 2)::DOUBLE AS _df FROM _square),
_foot AS (SELECT *, _ym - _b * _rm AS _b0 FROM _line),
_rest AS (SELECT *, ${sum("_r.a * pow(_r.y - _b0 - _b * _r.r, 2)")} / nullif(_k - 2, 0) AS _s2 FROM _foot),
${tables(
  "_rest",
  "_done",
  inTurn(
    () => [
      {
        se: "sqrt(_s2 / _rr)",
        rii: "CASE WHEN _b0 > 0 AND _b0 + _b > 0 THEN (_b0 + _b) / _b0 END"
      },
      {
        // ln RII = ln(b0 + b) − ln b0, by the delta method.
        se_log:
          "CASE WHEN _rii > 0 THEN sqrt(_s2 * (1 / (_rr * pow(_b0 + _b, 2)) + (1 / _all + _rm * _rm / _rr) * pow(1 / (_b0 + _b) - 1 / _b0, 2) - 2 * _rm / _rr * (1 / (_b0 + _b) - 1 / _b0) / (_b0 + _b))) END",
        t: "_b / nullif(_se, 0)"
      }
    ],
    studentTail(at("t"), at("df"), "p"),
    studentScore(at("level"), at("df"), "q")
  )
)}
SELECT _grp AS grp, _k AS strata, _b0 AS intercept, _b AS sii, _b - _q * _se AS sii_low, _b + _q * _se AS sii_high,
  _rii AS rii, _rii * exp(-_q * _se_log) AS rii_low, _rii * exp(_q * _se_log) AS rii_high, CASE WHEN _se = 0 AND _b <> 0 THEN 0 WHEN _se = 0 THEN 1 ELSE _p END AS p
FROM _done`

const four = ["x", "n", "rx", "rn"].map(at)
const smallOnly = ["x", "n", "rx", "rn"].map(
  (name) =>
    (here: At): string =>
      name === "x" ? `CASE WHEN ${here("small")} THEN ${here(name)} END` : here(name)
)

const gaps = `WITH _in AS (${rowsOf({ stratum: null, reference: "BOOLEAN", numerator: "DOUBLE", denominator: "DOUBLE" }, { grp: null })}),
_stratum AS (
  SELECT _grp, _stratum, coalesce(bool_or(_reference), false) AS _reference, ${exactSum("_numerator")} AS _x, ${exactSum("_denominator")} AS _n
  FROM _in WHERE ${valid} GROUP BY _grp, _stratum
),
_against AS (
  SELECT _grp AS _of, any_value(_stratum) AS _rstratum, any_value(_x) AS _rx, any_value(_n) AS _rn
  FROM _stratum WHERE _reference GROUP BY _grp HAVING count(*) = 1
),
_pair AS (
  SELECT _stratum.*, _rstratum, _rx, _rn, level::DOUBLE AS _level,
    least(_x + _rx, _n + _rn - _x - _rx) * least(_n, _rn) / (_n + _rn) < 5 AS _small
  FROM _stratum LEFT JOIN _against ON _of IS NOT DISTINCT FROM _grp WHERE NOT _reference
),
${tables(
  "_pair",
  "_compared",
  inTurn(
    scoreOf(at("level"), "z"),
    newcombe(four, at("z"), "d"),
    katz(four, at("z"), "k"),
    pearson(four, "c"),
    fisher(smallOnly, "f")
  )
)},
_tested AS (SELECT *, CASE WHEN _small THEN _f ELSE _c_p END AS _p FROM _compared),${adjusted("'bh'", "_adjusted")},
_judged AS (SELECT *, min(_q0) OVER (PARTITION BY _grp, _p) AS _q FROM _adjusted),
_first AS (
  SELECT *, CASE WHEN _q < 0.05 THEN row_number() OVER (PARTITION BY _grp, coalesce(_q < 0.05, false) ORDER BY abs(_d) DESC, _stratum) END AS _order FROM _judged
)
SELECT _grp AS grp, _stratum AS stratum, _rstratum AS reference_stratum, _x / _n AS share, _rx / _rn AS reference_share,
  _d AS difference, _d_low AS low, _d_high AS high, _k AS ratio, _k_low AS ratio_low, _k_high AS ratio_high, _p AS p, CASE WHEN _p IS NOT NULL THEN _q END AS q,
  coalesce(_order = 1, false) AS largest
FROM _first`

/** How far strata are apart. */
export const equityMacros: ReadonlyArray<Macro> = [
  {
    name: "sii",
    kind: "table",
    parameters: "t, level := 0.95",
    body: slope,
    comment:
      "Slope and relative index of inequality over ordered strata, with intervals; null below 5 strata."
  },
  {
    name: "gaps",
    kind: "table",
    parameters: "t, level := 0.95",
    body: gaps,
    comment:
      "Each stratum against the reference: difference and ratio with intervals, p, q, and which gap is the largest that can be told."
  }
]
