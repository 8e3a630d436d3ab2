import { ofBaseline, steps } from "./fragment.ts"
import { profileSql } from "./profile-sql.ts"

/**
 * How a chart reads a row: from `value`, else numerator / denominator; always as a proportion or rate; or from
 * `value`, else the numerator alone; or from `value` alone.
 */
export type Reading = "value" | "ratio" | "count" | "member"

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

const quotient = "_t.numerator::DOUBLE / nullif(_t.denominator::DOUBLE, 0)"
const readAs: Record<Reading, string> = {
  value: `coalesce(_t.value::DOUBLE, ${quotient})`,
  ratio: quotient,
  count: "coalesce(_t.value::DOUBLE, _t.numerator::DOUBLE)",
  member: "_t.value::DOUBLE"
}

/** The caller's rows under short names: series, phase, period, y, numerator, denominator, baseline, ghost, target, given centre, direction. */
const input = (reading: Reading): string => `
_in AS (
  SELECT _t.series AS _s, _t.phase AS _h, _t.period AS _o,
    ${readAs[reading]} AS _y0,
    _t.numerator::DOUBLE AS _a, _t.denominator::DOUBLE AS _d, _t.baseline::BOOLEAN AS _b,
    coalesce(_t.excluded::BOOLEAN, false) AS _x, _t.target::DOUBLE AS _g, _t.centre::DOUBLE AS _k0,
    CASE _t.direction WHEN 'up' THEN 2 WHEN 'down' THEN 4 WHEN 'neutral' THEN 1
      ELSE CASE WHEN _t.direction IS NULL THEN NULL ELSE error('spc: direction must be up, down or neutral') END
    END::TINYINT AS _dir
  FROM (FROM query_table(t) UNION ALL BY NAME SELECT ${optional} WHERE false) AS _t
)`

// Points that count come before all others.
const kind = "list_transform(_m0, lambda m: m >> 2)"

/**
 * From `_row` (one row per point: `_s, _h, _o, _y, _v, _a, _d, _b, _g, _k0, _dir`, with `_v` 0 for a point that
 * counts, 1 missing, 2 ghost; 5 missing since negative, 9 since above one, 16 no value by nature) to one row per series and phase, `_base`.
 *
 * The phase becomes lists beside each other: `_os` periods, `_ys` values, `_as` numerators, `_ds` denominators,
 * `_gs` targets, `_ms` marks (0 counts, 4 missing, 8 ghost, and 16 negative, 32 above one beside 4, 64 no value by nature; 3 more in the
 * baseline, 1 more said not to be; `_kinds` all marks together); points that count come first (`_n`, values `_y`),
 * then missing values and ghosts, each in order of period. Rows that arrive in order of period, all of them
 * counting, are taken as they are; others are sorted as whole rows, so that no order of arrival can matter.
 * `_by` are the values of the baseline (`_nb` of them), `_mean` their mean, `_diff` the steps between points.
 */
const phases = `
_list AS (
  SELECT _s, _h, list(_o) AS _o0, list(_y) AS _y0, list(_a) AS _a0, list(_d) AS _d0, list(_g) AS _g0, list(_m) AS _m0,
    bit_or(_m) AS _kinds, count(_g) + count(_a) + count(_d) = 0 AS _bare, count(*) AS _all, max(_k0) AS _k0, bit_or(_dir) AS _ways
  FROM (SELECT *, (4 * _v + CASE WHEN _b THEN 3 WHEN NOT _b THEN 1 ELSE 0 END)::TINYINT AS _m FROM _row) GROUP BY _s, _h
),
_order AS (
  SELECT *, _kinds < 4 AND len(list_filter(list_zip(_o0[2:], _o0[:_all - 1]), lambda e: e[1] <= e[2])) = 0 AS _ready FROM _list
),
_sort AS (
  SELECT *, CASE WHEN NOT _ready AND _bare THEN list_sort(list_zip(${kind}, _o0, _y0, _m0), 'ASC', 'NULLS LAST') END AS _narrow,
    CASE WHEN NOT _ready AND NOT _bare THEN list_sort(list_zip(${kind}, _o0, _y0, _m0, _g0, _a0, _d0), 'ASC', 'NULLS LAST') END AS _wide
  FROM _order
),
_split AS (
  SELECT *,
    ${["_o", "_y", "_m", "_g", "_a", "_d"]
      .map(
        (x, i) =>
          `CASE WHEN _ready${i < 3 ? "" : " OR _bare"} THEN ${x}0 ${i < 3 ? `WHEN _bare THEN list_transform(_narrow, lambda e: e[${i + 2}]) ` : ""}ELSE list_transform(_wide, lambda e: e[${i + 2}]) END AS ${x}s`
      )
      .join(",\n    ")},
    CASE WHEN _kinds < 4 THEN _all ELSE len(list_filter(_m0, lambda m: m < 4)) END AS _n,
    CASE WHEN _kinds < 4 THEN 0 ELSE len(list_filter(_m0, lambda m: (m & 4) = 4)) END AS _nm,
    (_kinds & 1) = 1 AS _eb,
    CASE WHEN _ways IS NULL THEN NULL WHEN _ways IN (1, 2, 4) THEN CASE _ways WHEN 1 THEN 1 WHEN 2 THEN 2 ELSE 3 END ELSE 1 END AS _dir
  FROM _sort
),
_mark0 AS (
  SELECT *, CASE WHEN _n = _all THEN _ys ELSE _ys[:_n] END AS _y,
    CASE WHEN _eb THEN len(list_filter(_ms[:_n], lambda m: m = 3)) ELSE _n END AS _nb,
    CASE WHEN _nm > 0 THEN list_filter(list_transform(_ms, lambda m, i: CASE WHEN (m & 4) = 4 THEN _os[i] END), lambda o: o IS NOT NULL) END AS _miss
  FROM _split
),
_prefix AS (
  SELECT *, NOT _eb OR len(list_filter(_ms[:_nb], lambda m: m = 3)) = _nb AS _pre,
    ${steps("_y")} AS _diff
  FROM _mark0
),
_value AS (
  SELECT *, ${ofBaseline("_y")} AS _by, CASE WHEN _nm > 0 THEN ${ofBaseline("_os")} END AS _bo
  FROM _prefix
),
_base AS (
  SELECT _value.*, _p, list_sum(_by) / nullif(_nb, 0) AS _mean,
    list_min(_y) = list_max(_y) AS _const,
    CASE WHEN _nm > 0 THEN list_transform(_bo[2:], lambda o, i: len(list_filter(_miss, lambda m: m > _bo[i] AND m < o)) > 0) END AS _bgap,
    coalesce(_k0, TRY_CAST(centre AS DOUBLE)) AS _k,
    CASE WHEN centre IS NULL OR TRY_CAST(centre AS DOUBLE) IS NOT NULL OR centre::VARCHAR IN ('mean', 'median') THEN centre::VARCHAR ELSE error('spc: centre must be mean, median or a number') END AS _middle
  FROM _value, _rule
)`

const row = `
_row AS (
  SELECT * EXCLUDE (_y0), CASE WHEN isfinite(_y0) THEN _y0 END AS _y,
    CASE WHEN _x THEN 2 WHEN isfinite(_y0) AND _o IS NOT NULL THEN 0 ELSE 1 END::TINYINT AS _v
  FROM _in
)`

/** The first common table expressions of a chart, with `_row` made by the chart from `_in`; the last of them is `_base`. */
export const pointsFrom = (reading: Reading, made: string): string =>
  [profileSql, input(reading), made, phases].join(",")

/** The same for a chart of one row a period. */
export const points = (reading: Reading): string => pointsFrom(reading, row)
