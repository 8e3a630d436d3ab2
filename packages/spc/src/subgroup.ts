import { c4 } from "./c4.ts"
import { d2, d3 } from "./range-constant-table.ts"

/** What of a subgroup is plotted: its mean, its range, or its standard deviation. */
export type Statistic = "mean" | "range" | "deviation"

/** Subgroups of more members have no range that could be judged. */
const largest = d2.length + 1

/** d3 of 2 to 10 members as qcc has it. */
const d3OfQcc = [
  0.8525033, 0.8883697, 0.8798108, 0.8640855, 0.8480442, 0.8332108, 0.8198378, 0.8078413, 0.7970584
]

/** SQL for the way to sigma that the argument or the profile names. */
export const spread = `CASE WHEN coalesce(spread, _p.spread) IN ('mean-s', 'pooled', 'mean-range', 'rmsdf') THEN coalesce(spread, _p.spread)
    ELSE error('spc: spread must be mean-s, pooled, mean-range or rmsdf') END`

/**
 * One row for each subgroup. Members are added up in order of size, so that the order of rows cannot matter, and from
 * the smallest on, so that equal members give exactly themselves. Kind 16 has no value by nature: one member has
 * neither range nor standard deviation, and more than can be judged by their range are drawn only.
 */
export const subgroups = (of: Statistic): string => `
_member AS (
  SELECT _s, _h, _o, list_sort(list(_y0) FILTER (isfinite(_y0)), 'ASC') AS _l, bool_or(_x) AS _x,
    CASE WHEN count(_b) > 0 THEN bool_and(coalesce(_b, false)) END AS _b, max(_g) AS _g, max(_k0) AS _k0, bit_or(_dir) AS _dir
  FROM _in GROUP BY _s, _h, _o
),
_sized AS (
  SELECT *, len(_l)::DOUBLE AS _d, _l[1] + list_sum(list_transform(_l, lambda y: y - _l[1])) / len(_l) AS _at FROM _member
),
_stat AS (
  SELECT *, CASE WHEN _d BETWEEN 2 AND ${largest} THEN _l[-1] - _l[1] END AS _wide,
    CASE WHEN _d > 1 THEN sqrt(list_sum(list_transform(_l, lambda y: (y - _at) * (y - _at))) / (_d - 1)) END AS _sd
  FROM _sized
),
_row AS (
  SELECT _s, _h, _o, CASE WHEN isfinite(_m) THEN _m END AS _y,
    CASE WHEN _x THEN 2 WHEN _d IS NULL OR _o IS NULL OR NOT isfinite(_m) THEN 1 WHEN _e IS NULL THEN 16 ELSE 0 END::TINYINT AS _v,
    ${of === "mean" ? `CASE WHEN ${spread} = 'mean-range' THEN _wide ELSE _sd END` : "NULL::DOUBLE"} AS _a, _d, _b, _g, _k0, _dir
  FROM (SELECT *, ${of === "mean" ? "_at AS _m, _at" : of === "range" ? "CASE WHEN _d > 1 THEN _l[-1] - _l[1] END AS _m, _wide" : "_sd AS _m, _sd"} AS _e FROM _stat), _rule
)`

/**
 * From `from` (with `_how`, and `_bq` and `_bd`: standard deviations and sizes of the baseline's subgroups that have
 * one) to `_deviation`: `_typical`, their mean or pooled standard deviation, and `_process`, that of the values.
 * `mean-s` takes the mean where all subgroups of the baseline are of one size and pools them otherwise, as qicharts2.
 */
export const deviations = (from: string): string => `
_even AS (
  SELECT *, list_filter(list_zip(_ds, _ms), lambda e: e[1] > 0 AND (e[2] & 12) = 0 AND (NOT _eb OR (e[2] & 3) = 3)) AS _sizes,
    list_sum(list_transform(_bd, lambda n: n - 1)) AS _free
  FROM ${from}
),
_pool AS (
  SELECT *, _how = 'mean-s' AND list_min(_sizes)[1] = list_max(_sizes)[1] AS _same,
    sqrt(list_sum(list_transform(_bq, lambda q, i: (_bd[i] - 1) * q * q)) / nullif(_free, 0)) AS _pooled
  FROM _even
),
_deviation AS (
  SELECT *, CASE WHEN _same THEN list_sum(_bq) / nullif(len(_bq), 0) ELSE _pooled END AS _typical,
    CASE WHEN _same THEN list_sum(_bq) / nullif(len(_bq), 0) / (${c4("_bd[1]")}) ELSE _pooled / (${c4("(_free + 1)")}) END AS _process
  FROM _pool
)`

/** One row: `_d2` and `_d3`, mean and standard deviation of the range of i + 1 values at place i, in their own. */
export const rangeConstants = `
_constant AS (
  SELECT list_transform([${d2.join(", ")}]::DOUBLE[], lambda x: coalesce(round(x, _p.d2_decimals), x)) AS _d2,
    CASE WHEN _p.d3_of_qcc THEN list_concat([${d3OfQcc.join(", ")}]::DOUBLE[], [${d3.slice(d3OfQcc.length).join(", ")}]::DOUBLE[]) ELSE [${d3.join(", ")}]::DOUBLE[] END AS _d3
  FROM _rule
)`

/** SQL for sigma of the process from the ranges `q` of subgroups of `d` members: the mean of range / d2. */
export const processByRange = (q: string, d: string): string =>
  `list_sum(list_transform(${q}, lambda r, i: r / _d2[${d}[i]::INTEGER - 1])) / nullif(len(${q}), 0)`

/** From `from` to `_limit`: `_w` of `centre` and `sigma`, SQL over `n`, the members of a subgroup, cut at `least`. */
export const limitsBySize = (from: string, centre: string, sigma: string, least?: string): string => `
_drawn AS (
  SELECT *, list_transform(_ds, lambda n: {'c': ${centre}, 's': ${sigma}}) AS _w0 FROM ${from}
),
_limit AS (
  SELECT *, list_transform(_w0, lambda e: {'c': e.c, 's': e.s,
    ${[3, 2, 1].map((k) => `'l${k}': ${least === undefined ? `e.c - ${k} * e.s` : `CASE WHEN e.s IS NOT NULL THEN greatest(e.c - ${k} * e.s, ${least}) END`}`).join(", ")},
    ${[1, 2, 3].map((k) => `'u${k}': e.c + ${k} * e.s`).join(", ")}}) AS _w
  FROM _drawn
)`

/** The warnings of every chart of subgroups; `q` are the baseline's ranges or standard deviations. */
export const warningsOf = (
  q: string,
  byRange: string
): ReadonlyArray<readonly [name: string, when: string]> => [
  ["too-little-variation", `NOT _const AND 2 * len(list_filter(${q}, lambda x: x = 0)) > len(${q})`],
  ["large-subgroups", `${byRange} AND coalesce(list_max(_ds) > ${largest}, false)`]
]
