/** How a chart reads its value: from `value`, else numerator / denominator; or always as a proportion. */
export type Reading = "value" | "proportion"

const optional = [
  "NULL AS series",
  "NULL AS phase",
  "NULL AS period",
  "NULL::DOUBLE AS value",
  "NULL::DOUBLE AS numerator",
  "NULL::DOUBLE AS denominator",
  "NULL::BOOLEAN AS baseline",
  "NULL::BOOLEAN AS excluded",
  "NULL::DOUBLE AS target",
  "NULL::VARCHAR AS direction",
  "NULL::DOUBLE AS centre"
].join(", ")

const quotient = "numerator::DOUBLE / nullif(denominator::DOUBLE, 0)"

/**
 * The first common table expressions of every chart: the caller's relation, then one row per series and phase.
 *
 * `_l` is the phase as a list, points that count first (`v` = 0), then missing values (1) and ghosts (2), each
 * in order of period; sorting whole elements makes it independent of the order in which rows arrive.
 */
export const points = (reading: Reading): string => `
_in AS (
  SELECT series AS _s, phase AS _h, period AS _o,
    ${reading === "value" ? `coalesce(value::DOUBLE, ${quotient})` : quotient} AS _y0,
    numerator::DOUBLE AS _a, denominator::DOUBLE AS _d, baseline::BOOLEAN AS _b,
    coalesce(excluded::BOOLEAN, false) AS _x, target::DOUBLE AS _g, centre::DOUBLE AS _k0,
    CASE direction WHEN 'up' THEN 2 WHEN 'down' THEN 3 WHEN 'neutral' THEN 1
      ELSE CASE WHEN direction IS NULL THEN NULL ELSE error('spc: direction must be up, down or neutral') END
    END::TINYINT AS _dir
  FROM (FROM query_table(t) UNION ALL BY NAME SELECT ${optional} WHERE false)
),
_row AS (
  SELECT * EXCLUDE (_y0), CASE WHEN isfinite(_y0) THEN _y0 END AS _y,
    CASE WHEN _x THEN 2 WHEN isfinite(_y0) AND _o IS NOT NULL THEN 0 ELSE 1 END::TINYINT AS _v
  FROM _in
),
_list AS (
  SELECT _s, _h,
    list_sort(list({'v': _v, 'o': _o, 'y': _y, 'b': _b, 'g': _g, 'a': _a, 'd': _d})) AS _l,
    count(*) FILTER (_v = 0) AS _n,
    count(*) FILTER (_v = 1) AS _nm,
    count(*) FILTER (_d = 0) AS _nz,
    bool_or(_b IS NOT NULL) AS _eb,
    max(_k0) AS _k,
    CASE WHEN min(_dir) = max(_dir) THEN min(_dir) WHEN min(_dir) IS NOT NULL THEN 1 END AS _dir
  FROM _row GROUP BY _s, _h
),
_split AS (
  SELECT *,
    _l[1:_n] AS _p,
    CASE WHEN _nm > 0 THEN list_transform(list_filter(_l, lambda e: e.v = 1), lambda e: e.o) ELSE [] END AS _miss
  FROM _list
),
_value AS (
  SELECT *,
    list_transform(_p, lambda e: e.y) AS _y,
    CASE WHEN _eb THEN list_filter(_p, lambda e: e.b) ELSE _p END AS _bp
  FROM _split
),
_pair AS (
  SELECT *,
    CASE WHEN _eb THEN list_transform(_bp, lambda e: e.y) ELSE _y END AS _by,
    CASE WHEN _nm > 0 THEN list_transform(_p[2:], lambda e, i: len(list_filter(_miss, lambda m: m > _p[i].o AND m < e.o)) > 0) END AS _gap,
    CASE WHEN _nm > 0 THEN list_transform(_bp[2:], lambda e, i: len(list_filter(_miss, lambda m: m > _bp[i].o AND m < e.o)) > 0) END AS _bgap
  FROM _value
),
_base AS (
  SELECT *, len(_by) AS _nb, list_sum(_by) / nullif(len(_by), 0) AS _mean,
    list_min(_y) = list_max(_y) AS _const
  FROM _pair
)`
