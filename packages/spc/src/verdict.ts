import { fewestCrossingsSql, longestRunSql } from "./anhoej.ts"
import { slack } from "./fragment.ts"
import { around, level, varying } from "./limits.ts"
import type { Limits } from "./limits.ts"
import { ruleNames, rules } from "./rules.ts"

/** What a kind of chart tells the verdict: what its limits are, and what is its own. */
export interface ChartParts {
  /** SQL for the column `chart`, over one row of `_limit` (`_seen` for a statistic of its own), or its plain name. */
  readonly chart: string
  readonly limits: Limits
  /**
   * SQL for the struct of the limits at the last point that counts, for a chart with `_si` (see `around`), which need not have
   * `_w` when only its phases are asked for.
   */
  readonly around?: string
  /** SQL over the same row for sigma_z; none by default. */
  readonly sigmaZ?: string
  /** Pairs of a warning and the condition (over the same row) under which it is given. */
  readonly warnings: ReadonlyArray<readonly [name: string, when: string]>
  /** Whether warnings about autocorrelation make sense: not for charts of ranges. */
  readonly autocorrelation?: boolean
  /**
   * Columns of the chart itself: name, and SQL for a list beside the points that count. Such a chart is judged by
   * them and not by its values: it knows one rule, and says nothing on whether a value will meet its target.
   */
  readonly own?: { readonly ewma?: string; readonly cusum_pos?: string; readonly cusum_neg?: string }
}

/** What comes out of a chart: every point with its words, or for each phase where it stands and which runs it has. */
export type Form = "points" | "phases"

const bit = (rule: number, low: boolean): number => 1 << (2 * rule + (low ? 1 : 0))
const high = [0, 1, 2, 3, 4].reduce((all, rule) => all | bit(rule, false), 0)
const low = [0, 1, 2, 3, 4].reduce((all, rule) => all | bit(rule, true), 0)

const either = (rule: number): string => `(_mask & ${bit(rule, false) | bit(rule, true)}) > 0`

const common = (autocorrelation: boolean): ReadonlyArray<readonly [string, string]> => [
  ["few-points", "_n < greatest(13, _p.minimum)"],
  ["missing", "_nm > 0"],
  [
    "zero-denominator",
    "list_contains(_ds, 0) AND len(list_filter(list_zip(_ds, _ys), lambda e: e[1] = 0 AND e[2] IS NULL)) > 0"
  ],
  ["constant", "_n > 1 AND _const"],
  ...(autocorrelation ? [["autocorrelated", "_nb >= 24 AND _r1 > 2 / sqrt(_nb)"] as const] : [])
]

const given = (warnings: ReadonlyArray<readonly [name: string, when: string]>): string =>
  `list_filter([${warnings.map(([name, when]) => `CASE WHEN ${when} THEN '${name}' END`).join(", ")}]::VARCHAR[], lambda w: w IS NOT NULL)`

const level8 = ["_c", "_sg", "_l3", "_l2", "_l1", "_u1", "_u2", "_u3"]

/**
 * From `from` to `_noted`: what is known of a phase before its rules are judged, and nothing else. What only the
 * output needs is packed into the struct `_q`, because each column costs planning time in every step that follows.
 */
const noted = (parts: ChartParts, from: string, also: ReadonlyArray<string> = []): string => {
  const autocorrelation = parts.autocorrelation ?? true
  const chart = /^[a-z]+$/.test(parts.chart) ? `'${parts.chart}'` : parts.chart
  const kept = [
    "_n",
    "_y",
    "_p",
    ...(parts.own === undefined ? ["_diff"] : Object.values(parts.own)),
    ...(parts.limits === "level"
      ? level8
      : ["_c", "_w", parts.around === undefined ? "_w[_n] AS _last" : `_si, ${parts.around} AS _last`]),
    ...also
  ]
  return `
_about AS (
  SELECT *, ${autocorrelation ? "CASE WHEN _nb >= 24 THEN list_transform(_by, lambda x: x - _mean) END" : "NULL"} AS _dev FROM ${from}
),
_lag AS (
  SELECT *, ${
    autocorrelation
      ? `list_sum(list_transform(list_zip(_dev[2:], _dev[:_nb - 1]), lambda e, i: CASE WHEN _bgap[i] THEN NULL ELSE e[1] * e[2] END))
      / nullif(list_sum(list_transform(_dev, lambda x: x * x)), 0)`
      : "NULL::DOUBLE"
  } AS _r1
  FROM _about
),
_noted AS (
  SELECT ${kept.join(", ")},
    {'s': _s, 'h': _h, 'o': _os, 'y': _ys, 'm': _ms, 'g': _gs, 'a': _as, 'd': _ds, 'dir': _dir, 'eb': _eb, 'r1': _r1, 'sz': ${parts.sigmaZ ?? "NULL::DOUBLE"}, 'chart': ${chart},
      'first': ${given(common(autocorrelation))}, 'own': ${given(parts.warnings)}} AS _q
  FROM _lag
)`
}

/** From the runs of each rule (`_found`) to the output. */
const verdict = (form: Form, parts: ChartParts): string =>
  `${named(parts)}${form === "points" ? `,${everyPoint(parts)}` : everyPhase(parts)}`

/** SQL for the name of a direction. */
const directionOf = (code: string): string =>
  `CASE ${code} WHEN 1 THEN 'neutral' WHEN 2 THEN 'up' WHEN 3 THEN 'down' END`

/** SQL for a limit at the last point that counts. */
const lastOf = (parts: ChartParts, name: string): string =>
  parts.limits === "varying" ? `_last.${name}` : `_${name === "s" ? "sg" : name}`

/** From `_found` to `_named`: the runs of a phase, its assurance and its warnings. */
const named = (parts: ChartParts): string => {
  const [lower, upper] = [lastOf(parts, "l3"), lastOf(parts, "u3")]
  const sigma = lastOf(parts, "s")
  const byValue = parts.own === undefined
  const asked = (rule: string): string => (byValue ? `_p."${rule}" IS NOT NULL` : "false")
  const limited = (k: string): string =>
    parts.limits === "varying" || !byValue ? "" : ` AND (_l${k} IS NOT NULL OR _u${k} IS NOT NULL)`
  const goal = "(_q.g[_n] / multiply)"
  const beyond = (at: string, way: ">" | "<"): string =>
    `${goal} ${way} ${at} ${way === ">" ? "+" : "-"} ${slack(at, sigma)}`
  return `
_whole AS (
  SELECT *, CASE WHEN _useful IS NULL OR NOT _judged THEN NULL ELSE coalesce(_longest > _longest_max OR _cross < _cross_min, false) END AS _signal
  FROM (SELECT *, ${longestRunSql("_useful")} AS _longest_max, ${fewestCrossingsSql("_useful")} AS _cross_min FROM _found)
),
_named AS (
  SELECT *,
    CASE WHEN len(_r) > 0 OR _signal THEN list_concat(list_transform(_r, lambda q: {
      'a': q.a, 'b': q.b, 'k': q.k,
      'm': (CASE WHEN q.u IS DISTINCT FROM false THEN 1 ELSE 2 END << (2 * (q.r - 1)))::INTEGER,
      'p': {'rule': [${ruleNames.map((name) => `'${name}'`).join(", ")}][q.r], 'side': CASE WHEN q.u THEN 'high' WHEN NOT q.u THEN 'low' END,
        'first': _q.o[q.a], 'completed': _q.o[q.c], 'last': _q.o[q.b], 'points': q.n::INTEGER}}),
      CASE WHEN _signal THEN [{'a': 1, 'b': _n, 'k': NULL, 'm': ${1 << 16}, 'p': {'rule': 'runs', 'side': NULL,
        'first': _q.o[1], 'completed': _q.o[_n], 'last': _q.o[_n], 'points': _n::INTEGER}}] END) END AS _runs,
    CASE
      WHEN ${goal} IS NULL THEN 'no-target'
      WHEN ${byValue ? "" : "true OR "}NOT _judged OR coalesce(_q.dir, 1) = 1 OR (${lower} IS NULL AND ${upper} IS NULL) THEN 'not-judged'
      WHEN ${sigma} = 0 THEN CASE WHEN (_q.dir = 2 AND _y[_n] >= ${goal}) OR (_q.dir = 3 AND _y[_n] <= ${goal}) THEN 'pass' ELSE 'fail' END
      WHEN ${beyond(upper, ">")} THEN CASE WHEN _q.dir = 2 THEN 'fail' ELSE 'pass' END
      WHEN ${beyond(lower, "<")} THEN CASE WHEN _q.dir = 2 THEN 'pass' ELSE 'fail' END
      ELSE 'hit-or-miss' END AS _asr,
    list_concat(_q.first, CASE WHEN _signal OR len(list_filter(_r, lambda q: coalesce(list_contains(q.k, _n), q.b = _n))) > 0 THEN ['not-stable'] ELSE [] END, _q.own) AS _warn,
    _p.beyond_limits${limited("3")} AS _q1, ${asked("shift")} AS _q2, ${asked("trend")} AS _q3, ${asked("two_of_three")}${limited("2")} AS _q4,
    _p."name" AS _profile
  FROM _whole
)`
}

/** From `_named` to one row per input row, with words. */
const everyPoint = (parts: ChartParts): string => {
  const own = Object.entries(parts.own ?? {})
  const drawn = (k: string): string =>
    parts.limits === "varying" ? ` AND (_wi.l${k} IS NOT NULL OR _wi.u${k} IS NOT NULL)` : ""
  const here = (name: string): string =>
    parts.limits === "varying" ? `_wi.${name} * multiply` : `_${name === "s" ? "sg" : name}`
  return `
_span AS (
  SELECT *, ${["a _from", "b _to", "k _only", "m _bit", "p _pub"].map((x) => `list_transform(_runs, lambda q: q.${x.split(" ")[0]}) AS ${x.split(" ")[1]}`).join(", ")},
    list_min(list_transform(_runs, lambda q: q.a)) AS _start, list_max(list_transform(_runs, lambda q: q.b)) AS _end
  FROM _named
),
_mapped AS (
  SELECT _q.s AS _s, _q.h AS _h, _q.o AS _os, _q.y AS _ys, _q.m AS _ms, _q.g AS _gs, _q.a AS _as, _q.d AS _ds, _q.dir AS _dir, _q.eb AS _eb, _q.r1 AS _r1, _q.sz AS _sz, _q.chart AS _chart,
    _n, _judged, _asr, _warn, _signal, _useful, _longest, _longest_max, _cross, _cross_min, _profile, _bit, _pub, _q1, _q2, _q3, _q4,
    ${parts.limits === "varying" ? "_w" : level8.map((x) => `${x} * multiply AS ${x}`).join(", ")}${own.map(([, list]) => `, ${list}`).join("")},
    CASE WHEN _runs IS NOT NULL THEN list_transform(range(1, _n + 1), lambda i: CASE WHEN i BETWEEN _start AND _end
      THEN list_filter(range(1, len(_runs) + 1), lambda q: i BETWEEN _from[q] AND _to[q] AND coalesce(list_contains(_only[q], i), true)) END) END AS _at
  FROM _span
),
_point AS (
  SELECT * EXCLUDE (_os, _ys, _as, _ds, _gs, _ms, _at${parts.limits === "varying" ? ", _w" : ""}${own.map(([, list]) => `, ${list}`).join("")}),
    unnest(_os) AS _o, unnest(_ys) AS _y, unnest(_as) AS _a, unnest(_ds) AS _d, unnest(_gs) AS _g, unnest(_ms) AS _m, unnest(_at) AS _f${parts.limits === "varying" ? ", unnest(_w) AS _wi" : ""}${own.map(([name, list]) => `, unnest(${list}) AS _${name}`).join("")}
  FROM _mapped
),
_mark AS (
  SELECT *, CASE WHEN _m < 4 AND _judged THEN CASE WHEN len(_f) > 0 THEN list_bit_or(list_transform(_f, lambda q: _bit[q])) ELSE 0 END END AS _mask
  FROM _point
),
_word AS (
  SELECT *, CASE WHEN _mask = 0 THEN NULL WHEN (_mask & ${high}) > 0 AND (_mask & ${low}) > 0 THEN 'both'
      WHEN (_mask & ${high}) > 0 THEN 'high' WHEN (_mask & ${low}) > 0 THEN 'low' END AS _way
  FROM _mark
)
SELECT _s AS series, _o AS period, _h AS phase, _y * multiply AS value, _a AS numerator, _d AS denominator,
  ${here("c")} AS centre, ${["l3", "l2", "l1", "u1", "u2", "u3"].map((x) => `${here(x)} AS ${x[0]}cl${x[1]}`).join(", ")}, ${here("s")} AS sigma,
  (_m & 8) = 8 AS excluded, _m = 3 OR (_m = 0 AND NOT _eb) AS in_baseline,
  CASE WHEN _q1${drawn("3")} THEN ${either(0)} END AS beyond_limits,
  CASE WHEN _q2 THEN ${either(1)} END AS "shift",
  CASE WHEN _q3 THEN ${either(2)} END AS "trend",
  CASE WHEN _q4${drawn("2")} THEN ${either(3)} END AS two_of_three,
  _signal AS runs_signal, _longest::INTEGER AS longest_run, _longest_max AS longest_run_limit,
  CASE WHEN _useful > 0 THEN _cross END::INTEGER AS crossings, _cross_min AS crossings_limit, _useful::INTEGER AS n_useful,
  _mask > 0 AS signal, _way AS direction_of_signal,
  CASE
    WHEN _mask IS NULL THEN 'not-judged'
    WHEN _mask = 0 THEN 'common'
    WHEN _way IS NULL OR coalesce(_dir, 1) = 1 THEN 'changed'
    WHEN _way = 'both' THEN 'both'
    WHEN (_way = 'high') = (_dir = 2) THEN 'improvement' ELSE 'concern' END AS variation,
  _asr AS assurance, _warn AS warning,
  ${own.map(([name]) => `_${name}${name === "ewma" ? " * multiply" : ""} AS ${name}, `).join("")}  _chart AS chart, _profile AS profile, _judged AS judged, _n::INTEGER AS n, _g AS target,
  ${directionOf("_dir")} AS direction,
  _sz AS sigma_z, _r1 AS r1,
  CASE WHEN _mask > 0 THEN list_transform(_f, lambda q: _pub[q]) ELSE [] END AS rules
FROM _word`
}

/** From `_named` to one row per series and phase: the last point that counts, and every run. */
const everyPhase = (parts: ChartParts): string => `
SELECT _q.s AS series, _q.h AS phase, _q.o[_n] AS period, _y[_n] * multiply AS value, ${lastOf(parts, "c")} * multiply AS centre, ${lastOf(parts, "l3")} * multiply AS lcl3, ${lastOf(parts, "u3")} * multiply AS ucl3,
  _asr AS assurance, _warn AS warning, _q.chart AS chart, _profile AS profile, _judged AS judged, _n::INTEGER AS n, _q.g[_n] AS target,
  ${directionOf("_q.dir")} AS direction, _q.sz AS sigma_z, _q.r1 AS r1,
  coalesce(CASE WHEN _judged THEN list_transform(_runs, lambda q: q.p) END, []) AS rules
FROM _named`

/** From `_limit` to the output, for a chart whose values are judged about its centre; `skewed` as in `rules`. */
export const judge = (form: Form, parts: ChartParts, skewed = false): string =>
  `${noted(parts, "_limit")},${parts.limits === "level" ? level : parts.around === undefined ? varying : around},${rules(parts.limits, skewed)},${verdict(form, parts)}`

/** From `_seen` (with the runs in `_r`, and `_judged`) to the output, for a chart that is judged by a statistic of its own. */
export const judgeOwn = (form: Form, parts: ChartParts): string =>
  `${noted(parts, "_seen", ["_r", "_judged"])},
_found AS (
  SELECT *, NULL::BIGINT AS _useful, NULL::BIGINT AS _cross, NULL::BIGINT AS _longest FROM _noted
),${verdict(form, parts)}`
