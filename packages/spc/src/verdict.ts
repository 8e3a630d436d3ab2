import { fewestCrossingsSql, longestRunSql } from "./anhoej.ts"
import { byProfile, slack } from "./fragment.ts"

/** What a kind of chart tells the verdict: where its limits are, and which warnings are its own. */
export interface ChartParts {
  /** The value of the column `chart`. */
  readonly chart: string
  /** SQL over one row of `_point`. */
  readonly row: {
    readonly sigma: string
    readonly lcl: string
    readonly ucl: string
    readonly lcl2: string
    readonly ucl2: string
    readonly movingRange: string
  }
  /** SQL over one row of `_tested`: the limits of the last valid point, null where the chart has none. */
  readonly last: { readonly sigma: string; readonly lcl: string; readonly ucl: string }
  /** Columns of `_tested` that `row` reads, and lists to unnest beside the points. */
  readonly carry: ReadonlyArray<string>
  readonly unnest: ReadonlyArray<readonly [list: string, as: string]>
  readonly sigmaZ: string
  /** Pairs of a warning and the condition (over `_tested`) under which it is given. */
  readonly warnings: ReadonlyArray<readonly [name: string, when: string]>
}

const names = "['outside', 'shift', 'trend', 'two-of-three']"

const side = (high: number, low: number): string =>
  `CASE WHEN _mask IS NULL THEN NULL WHEN (_mask & ${high}) > 0 AND (_mask & ${low}) > 0 THEN 'both' WHEN (_mask & ${high}) > 0 THEN 'high' WHEN (_mask & ${low}) > 0 THEN 'low' END`

const everyHigh = 1 + 4 + 16 + 64
const everyLow = 2 + 8 + 32 + 128

const common: ReadonlyArray<readonly [string, string]> = [
  ["few-points", "_n < 13"],
  ["constant", "_n > 1 AND _const"],
  ["zero-denominator", "_nz > 0"],
  ["autocorrelated", "_nb >= 24 AND _r1 > 2 / sqrt(_nb)"]
]

/** From the runs of each rule to one row per input row, with words. */
export const verdict = (parts: ChartParts): string => {
  const target = "_l[_n].g"
  const beyond = (limit: string, way: ">" | "<"): string =>
    `${target} ${way} ${limit} ${way === ">" ? "+" : "-"} ${slack(limit, parts.last.sigma)}`
  const warnings = [...common, ...parts.warnings]
  return `
_tested AS (
  SELECT *, ${longestRunSql("_useful")} AS _longest_max, ${fewestCrossingsSql("_useful")} AS _cross_min,
    CASE WHEN _nb < 24 THEN NULL
      WHEN _bgap IS NULL THEN list_dot_product(_dev[2:], _dev[:_nb - 1])
      ELSE list_sum(list_transform(_dev[2:], lambda x, i: CASE WHEN NOT _bgap[i] THEN x * _dev[i] END)) END
      / nullif(list_dot_product(_dev, _dev), 0) AS _r1
  FROM (SELECT *, CASE WHEN _nb >= 24 THEN list_transform(_by, lambda x: x - _mean) END AS _dev FROM _found)
),
_whole AS (
  SELECT *, CASE WHEN _useful IS NULL OR NOT _judged THEN NULL ELSE coalesce(_longest > _longest_max OR _cross < _cross_min, false) END AS _signal
  FROM _tested
),
_named AS (
  SELECT *,
    CASE WHEN len(_r) > 0 OR _signal THEN list_concat(list_transform(_r, lambda q: {
      'a': q.a, 'b': q.b, 't': q.r = 4, 'u': q.u,
      'm': (CASE WHEN q.u THEN 1 ELSE 2 END << (2 * (q.r - 1)))::INTEGER,
      'p': {'rule': ${names}[q.r], 'side': CASE WHEN q.u THEN 'high' ELSE 'low' END,
        'first': _l[q.a].o, 'completed': _l[q.c].o, 'last': _l[q.b].o, 'points': q.k::INTEGER}}),
      CASE WHEN _signal THEN [{'a': 1, 'b': _n, 't': false, 'u': NULL, 'm': 256, 'p': {'rule': 'runs', 'side': NULL,
        'first': _l[1].o, 'completed': _l[_n].o, 'last': _l[_n].o, 'points': _n::INTEGER}}] END) END AS _runs,
    CASE
      WHEN ${target} IS NULL THEN 'no-target'
      WHEN NOT _judged OR coalesce(_dir, 1) = 1 OR ${parts.last.lcl} IS NULL THEN 'not-judged'
      WHEN ${parts.last.sigma} = 0 THEN CASE WHEN (_dir = 2 AND _l[_n].y >= ${target}) OR (_dir = 3 AND _l[_n].y <= ${target}) THEN 'pass' ELSE 'fail' END
      WHEN ${beyond(parts.last.ucl, ">")} THEN CASE WHEN _dir = 2 THEN 'fail' ELSE 'pass' END
      WHEN ${beyond(parts.last.lcl, "<")} THEN CASE WHEN _dir = 2 THEN 'pass' ELSE 'fail' END
      ELSE 'hit-or-miss' END AS _asr,
    list_filter([${warnings.map(([name, when]) => `CASE WHEN ${when} THEN '${name}' END`).join(", ")}], lambda w: w IS NOT NULL) AS _warn,
    ${parts.sigmaZ} AS _sz
  FROM _whole
),
_mapped AS (
  SELECT *, CASE WHEN _runs IS NOT NULL THEN list_transform(_z, lambda z, i: CASE WHEN i BETWEEN _ra AND _rb
    THEN list_filter(_runs, lambda q: i BETWEEN q.a AND q.b AND (NOT q.t OR (abs(z) IN (2, ${byProfile((p) => (p.twoOfThree === "beyond" ? "3" : "2"))}) AND (z > 0) = q.u))) END) END AS _at
  FROM (SELECT *, list_min(list_transform(_runs, lambda q: q.a)) AS _ra, list_max(list_transform(_runs, lambda q: q.b)) AS _rb FROM _named)
),
_last AS (
  SELECT _s AS _ls, max({'o': _l[_n].o, 'h': _h, 'asr': _asr}).asr AS _lasr FROM _mapped WHERE _n > 0 GROUP BY _s
),
_point AS (
  SELECT _s, _h, _n, _judged, _c, _dir, _eb, _lasr, _warn, _signal, _r1, _sz, _useful, _longest, _longest_max, _cross, _cross_min,
    ${parts.carry.map((c) => `${c}, `).join("")}unnest(_l) AS _e, unnest(_z) AS _zi, unnest(_at) AS _f${parts.unnest.map(([list, as]) => `, unnest(${list}) AS ${as}`).join("")}
  FROM _mapped LEFT JOIN _last ON _s IS NOT DISTINCT FROM _ls
),
_mark AS (
  SELECT *, CASE WHEN len(_f) > 0 THEN list_bit_or(list_transform(_f, lambda q: q.m)) END AS _mask,
    _zi IS NOT NULL AND _signal IS TRUE AS _sig
  FROM _point
),
_word AS (
  SELECT *, ${side(1, 2)} AS _w1, ${side(4, 8)} AS _w2, ${side(16, 32)} AS _w3, ${side(64, 128)} AS _w4, ${side(everyHigh, everyLow)} AS _w0
  FROM _mark
)
SELECT _s AS series, _h AS phase, _e.o AS period, _e.y AS value, _e.a AS numerator, _e.d AS denominator,
  _e.v = 2 AS excluded, _e.v = 0 AND (NOT _eb OR coalesce(_e.b, false)) AS baseline, _e.g AS target,
  CASE _dir WHEN 1 THEN 'neutral' WHEN 2 THEN 'up' WHEN 3 THEN 'down' END AS direction,
  '${parts.chart}' AS chart, profile AS profile, _n::INTEGER AS n, _judged AS judged,
  _c AS centre, ${parts.row.sigma} AS sigma, ${parts.row.lcl} AS lcl, ${parts.row.ucl} AS ucl,
  ${parts.row.lcl2} AS lcl_2s, ${parts.row.ucl2} AS ucl_2s, ${parts.row.movingRange} AS moving_range,
  _w1 AS outside, _w2 AS "shift", _w3 AS "trend", _w4 AS two_of_three,
  CASE WHEN _mask IS NULL THEN [] ELSE list_transform(_f, lambda q: q.p) END AS rules,
  CASE
    WHEN _zi IS NULL OR NOT _judged THEN 'not-judged'
    WHEN _w0 IS NULL THEN CASE WHEN _sig THEN 'changed' ELSE 'common' END
    WHEN coalesce(_dir, 1) = 1 THEN 'changed'
    WHEN _w0 = 'both' THEN 'both'
    WHEN (_w0 = 'high') = (_dir = 2) THEN 'improvement' ELSE 'concern' END AS variation,
  _w0 AS variation_side, coalesce(_lasr, CASE WHEN _e.g IS NULL THEN 'no-target' ELSE 'not-judged' END) AS assurance,
  _useful::INTEGER AS useful, _longest::INTEGER AS longest_run, _longest_max AS longest_run_max,
  CASE WHEN _useful > 0 THEN _cross END::INTEGER AS crossings, _cross_min::INTEGER AS crossings_min, _signal AS signal,
  _r1 AS r1, _sz AS sigma_z, _warn AS warnings
FROM _word`
}
