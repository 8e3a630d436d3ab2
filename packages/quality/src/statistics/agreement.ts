import { rowsOf } from "./input.ts"
import { exactSum, type Macro, required } from "./macro.ts"

const number = (x: string): string => `try_cast(${x}::VARCHAR AS DOUBLE)`

const kappa = `WITH _in AS (${rowsOf({ subject: null, a: "VARCHAR", b: "VARCHAR" }, { grp: null })}),
_both AS (SELECT * FROM _in WHERE _a IS NOT NULL AND _b IS NOT NULL),
_side AS (SELECT _grp, _a AS _value, 1 AS _in_a, 0 AS _in_b FROM _both UNION ALL SELECT _grp, _b, 0, 1 FROM _both),
_margin AS (SELECT _grp, _value, sum(_in_a)::HUGEINT AS _as, sum(_in_b)::HUGEINT AS _bs FROM _side GROUP BY _grp, _value),
_chance AS (SELECT _grp AS _of, sum(_as * _bs) AS _same FROM _margin GROUP BY _grp),
_far AS (SELECT *, ${number("_a")} AS _x, ${number("_b")} AS _y FROM _both),
_all AS (
  SELECT _grp, count(*) AS _n, count(*) FILTER (_a = _b) AS _agreed, count(_x) = count(*) AND count(_y) = count(*) AS _numbers,
    ${exactSum("pow(_x - _y, 2)")} AS _dd, ${exactSum("_x")} AS _sx, ${exactSum("_y")} AS _sy, ${exactSum("_x * _x")} AS _sxx, ${exactSum("_y * _y")} AS _syy
  FROM _far GROUP BY _grp
)
SELECT _grp AS grp, _n AS subjects, _agreed / _n AS agreement,
  (_agreed * _n - _same)::DOUBLE / nullif((_n::HUGEINT * _n - _same)::DOUBLE, 0) AS kappa,
  CASE WHEN _numbers THEN 1 - _dd / nullif(_sxx + _syy - 2 * _sx * _sy / _n, 0) END AS kappa_quadratic
FROM _all JOIN _chance ON _of IS NOT DISTINCT FROM _grp`

// Each pair of different values is met in both orders, above and below: the two halves cancel.
const krippendorff = `WITH _in AS (${rowsOf({ subject: null, value: "VARCHAR" }, { grp: null })}),
_coding AS (
  SELECT _grp, _subject, _value, CASE WHEN metric = 'nominal' THEN NULL ELSE ${number("_value")} END AS _x
  FROM _in WHERE _value IS NOT NULL AND ${required("metric IN ('nominal', 'ordinal', 'interval', 'ratio')", "metric must be nominal, ordinal, interval or ratio")}
    AND (metric = 'nominal' OR isfinite(${number("_value")}))
),
_cell AS (SELECT _grp, _subject, _value, _x, count(*) AS _times FROM _coding GROUP BY _grp, _subject, _value, _x),
_subject AS (SELECT _grp, _subject, sum(_times)::BIGINT AS _codings FROM _cell GROUP BY _grp, _subject HAVING sum(_times) > 1),
_pairable AS (
  SELECT _cell.*, _codings FROM _cell JOIN _subject ON _subject._grp IS NOT DISTINCT FROM _cell._grp AND _subject._subject IS NOT DISTINCT FROM _cell._subject
),
_value AS (
  SELECT *, sum(_n) OVER (PARTITION BY _grp ORDER BY _x, _value ROWS UNBOUNDED PRECEDING) AS _till
  FROM (SELECT _grp, _value, _x, sum(_times)::BIGINT AS _n FROM _pairable GROUP BY _grp, _value, _x)
),
_pair AS (
  SELECT a._grp, a._value AS _one, b._value AS _other, a._n::DOUBLE * b._n AS _product,
    CASE metric WHEN 'nominal' THEN 1e0 WHEN 'interval' THEN pow(a._x - b._x, 2)
      WHEN 'ratio' THEN CASE WHEN a._x + b._x <> 0 THEN pow((a._x - b._x) / (a._x + b._x), 2) END
      ELSE pow(b._till - a._till + a._n - (a._n + b._n) / 2e0, 2) END AS _apart
  FROM _value AS a JOIN _value AS b ON a._grp IS NOT DISTINCT FROM b._grp AND a._till < b._till
),
_chance AS (SELECT _grp AS _of, ${exactSum("_product * _apart")} AS _expected FROM _pair GROUP BY _grp),
_met AS (
  SELECT _pair._grp, a._times::DOUBLE * b._times / (a._codings - 1) * _apart AS _weight
  FROM _pairable AS a JOIN _pairable AS b ON a._grp IS NOT DISTINCT FROM b._grp AND a._subject IS NOT DISTINCT FROM b._subject
  JOIN _pair ON _pair._grp IS NOT DISTINCT FROM a._grp AND _one = a._value AND _other = b._value
),
_seen AS (SELECT _grp AS _of, ${exactSum("_weight")} AS _observed FROM _met GROUP BY _grp),
_group AS (SELECT _grp, count(*) AS _subjects, sum(_codings)::BIGINT AS _n FROM _subject GROUP BY _grp)
SELECT _grp AS grp, _subjects AS subjects, _n AS pairable, 1 - (_n - 1) * coalesce(_observed, 0) / nullif(_expected, 0) AS alpha
FROM _group LEFT JOIN _chance ON _chance._of IS NOT DISTINCT FROM _grp LEFT JOIN _seen ON _seen._of IS NOT DISTINCT FROM _grp`

/** How far coders agree. */
export const agreementMacros: ReadonlyArray<Macro> = [
  {
    name: "kappa",
    kind: "table",
    parameters: "t",
    body: kappa,
    comment: "Agreement of two coders: Cohen's kappa, and with quadratic weights where the codes are numbers."
  },
  {
    name: "krippendorff",
    kind: "table",
    parameters: "t, metric := 'nominal'",
    body: krippendorff,
    comment: "Krippendorff's alpha of any number of coders: nominal, ordinal, interval or ratio."
  }
]
