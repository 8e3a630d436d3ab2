import { phaseSql } from "./explain-phase.ts"
import { latestRateSql, nearest, quotedCharts, rulesRateSql } from "./explain-rates.ts"
import { profiles } from "./profiles.ts"
import { filled, textSql } from "./texts.ts"

const list = (names: ReadonlyArray<string>): string => names.map((name) => `'${name}'`).join(", ")

/** The text of a code; that of the chart where there is one. */
const text = (code: string): string => `coalesce(_m[chart || '.' || (${code})], _m[${code}])`

const numberOf = (count: string): string =>
  `coalesce(_m['number.' || (${count})::VARCHAR], (${count})::VARCHAR)`
const capital = (word: string): string => `upper((${word})[1]) || (${word})[2:]`

/** The periods as instants, so that the time between them can be told; null where they are no dates. */
const instant = (period: string): string =>
  `CASE WHEN regexp_matches(typeof(${period}), '^(DATE|TIMESTAMP|VARCHAR)') THEN epoch(TRY_CAST(${period}::VARCHAR AS TIMESTAMP)) / 86400 END`

/** Names of the steps from one period to the next, with the days that the middle one may have, and those it has. */
const units: ReadonlyArray<readonly [unit: string, least: number, most: number, days: number]> = [
  ["day", 0.95, 1.05, 1],
  ["week", 6.5, 7.5, 7],
  ["month", 28, 31, 30.436875],
  ["quarter", 90, 92, 91.310625],
  ["year", 365, 366, 365.2425]
]
const unitSql = `CASE ${units.map(([unit, least, most]) => `WHEN _gap BETWEEN ${least} AND ${most} THEN '${unit}'`).join(" ")} ELSE 'point' END`
const daysSql = `CASE _unit ${units.map(([unit, , , days]) => `WHEN '${unit}' THEN ${days}`).join(" ")} END`

const needed = `CASE profile ${profiles.map((p) => `WHEN '${p.name}' THEN ${p.minimum}`).join(" ")} END`

// A chart of 1,237 says "about 1,200": more digits would claim more than was simulated.
const inOne = `CASE WHEN round(1 / rate) < 20 THEN round(1 / rate) ELSE round(1 / rate, 1 - floor(log10(1 / rate))::INTEGER) END`
const grouped = (n: string): string =>
  `replace(format('{:,}', (${n})::BIGINT), ',', coalesce(_m['thousands'], ','))`

const crossed = numberOf("_now.crossings")

const words = (parts: ReadonlyArray<string>): string => `concat_ws(' ', ${parts.join(", ")})`

const percent = (share: string): string =>
  `format(CASE WHEN ${share} < 0.0095 THEN '{:.1f}' ELSE '{:.0f}' END, 100 * ${share})`

const sentenceOfSignal = words([
  `CASE WHEN rule = 'runs' THEN ${words([
    `CASE WHEN _now.longest > _now.longest_limit THEN ${filled(text("'runs.longest'"), {
      Count: capital(numberOf("_now.longest")),
      count: numberOf("_now.longest"),
      useful: "_now.useful",
      limit: numberOf("_now.longest_limit"),
      middle: "_m['middle.' || _middle]"
    })} END`,
    `CASE WHEN _now.crossings < _now.crossings_limit THEN ${filled(text("'runs.crossings'"), {
      Count: capital(crossed),
      count: crossed,
      useful: "_now.useful",
      limit: numberOf("_now.crossings_limit"),
      middle: "_m['middle.' || _middle]"
    })} END`
  ])} ELSE ${filled(
    text("_code || CASE WHEN rule = 'beyond-limits' AND points = 1 THEN '.one' ELSE '' END"),
    {
      Count: capital(numberOf("points")),
      count: numberOf("points"),
      units: "_m['units.' || _unit]",
      unit: "_m['unit.' || _unit]",
      middle: "_m['middle.' || _middle]"
    }
  )} END`,
  `CASE WHEN rate IS NULL THEN _m['odds.none'] ELSE ${filled(
    "_m[CASE WHEN rate >= 0.25 THEN 'odds.many' ELSE 'odds.one' END || CASE WHEN _at_most THEN '.fewer' ELSE '' END]",
    {
      n: "_steady_n",
      odds: `CASE WHEN rate >= 0.25 THEN round(100 * rate)::INTEGER::VARCHAR ELSE ${grouped(inOne)} END`
    }
  )} END`,
  "CASE WHEN rate IS NOT NULL AND chart <> 'xmr' THEN _m['odds.individual'] END",
  "_m['way.' || variation || '.' || _direction]",
  "CASE WHEN _both THEN _m['both'] END",
  "CASE WHEN NOT active THEN _m['ended'] END"
])

const warningCode = `CASE _warned
      WHEN 'few-points' THEN CASE WHEN _n = 0 THEN 'few-points.none' WHEN _judged THEN 'few-points'
        WHEN _n < ${needed} THEN 'few-points.not-judged' ELSE 'few-points.not-judged.own' END
      WHEN 'autocorrelated' THEN CASE WHEN _leaning IS NULL THEN 'autocorrelated.none' ELSE 'autocorrelated' END
      ELSE _warned END`

/** The body of `spc.explain(t, lang, texts)`: what a chart shows, in plain sentences. */
export const explain = `WITH ${phaseSql},${textSql},
${rulesRateSql},
${latestRateSql("every")},
_spaced AS (
  SELECT *, ${unitSql} AS _unit FROM (
    SELECT *, list_median(list_transform(list_zip(_days[2:], _days[:len(_days) - 1]), lambda e: e[1] - e[2])) AS _gap
    FROM (SELECT *, list_sort(list_filter(list_transform(_periods, lambda p: ${instant("p")}), lambda d: d IS NOT NULL)) AS _days FROM _phase)
  )
),
_marked AS (
  SELECT _q.chart, _q.profile, _q.series, _q.phase, _r, bool_or(_both) AS _both FROM (
    SELECT _o.chart, _o.profile, _o.series, _o.phase, unnest(_o.rules) AS _r, coalesce(_o.direction_of_signal = 'both', false) AS _both
    FROM _out AS _o WHERE _o.signal
  ) AS _q GROUP BY ALL
),
_run AS (
  SELECT _s.*, _r, _both, _r.rule AS rule, _r.side AS side, _r.points AS points,
    _s._is_last AND list_contains(_s._now.rules, _r) AS active,
    CASE WHEN _r.side IS NULL OR coalesce(_s._direction, 'neutral') = 'neutral' THEN 'changed'
      WHEN (_r.side = 'high') = (_s._direction = 'up') THEN 'improvement' ELSE 'concern' END AS variation,
    -- A run with a hole in it is so many points in a row, but not so many months.
    coalesce(round((${instant("_r.last")} - ${instant("_r.first")}) / ${daysSql}) = _r.points - 1
      OR _r.rule IN ('two-of-three', 'four-of-five') AND round((${instant("_r.last")} - ${instant("_r.first")}) / ${daysSql}) < 2 * _r.points, false) AS _whole
  FROM _marked AS _k JOIN _spaced AS _s ON _k.chart = _s.chart AND _k.profile = _s.profile
    AND _k.series IS NOT DISTINCT FROM _s.series AND _k.phase IS NOT DISTINCT FROM _s.phase
),
_tallied AS (
  SELECT _run.*, _t.lengths, _t.rates, _t.ns, _t.series AS _trials, ${nearest("_t.ns", "_run._n")} AS _at,
    CASE WHEN _t.lengths[1] = 0 THEN 1 ELSE len(list_filter(_t.lengths, lambda l: l <= _run.points)) END AS _long
  FROM _run LEFT JOIN _rate AS _t ON _t.profile = _run.profile AND _t.baseline = _run._scheme AND _t."rule" = _run.rule
    AND _run.chart IN (${list(quotedCharts)})
),
_rated AS (
  SELECT * REPLACE (CASE WHEN _whole OR points = 1 THEN _unit ELSE 'point' END AS _unit),
    ns[_at] AS _steady_n, rule || coalesce('.' || side, '') AS _code,
    CASE WHEN rates[_long][_at] = 0 THEN 3.0 / _trials ELSE rates[_long][_at] END AS rate,
    rates[_long][_at] = 0 OR (lengths[_long] > 0 AND lengths[_long] < points) AS _at_most
  FROM _tallied
),
_warned AS (
  SELECT _w.*, ${warningCode} AS _code FROM (
    SELECT _s.*, CASE WHEN _s._warned = 'autocorrelated' AND _s.chart IN (${list(quotedCharts)}) THEN _l.rates[${nearest("_l.phis", "_s._r1")}][${nearest("_l.ns", "_s._n")}] END AS _leaning,
      _l.rates[1][${nearest("_l.ns", "_s._n")}] AS _usual
    FROM (SELECT *, unnest(_warning) AS _warned FROM _spaced) AS _s
    LEFT JOIN _latest_rate AS _l ON _l.profile = _s.profile AND _l.baseline = _s._scheme AND _l."limits" AND _s.chart <> 'run'
  ) AS _w WHERE _warned <> 'not-stable'
)
SELECT chart, profile, series, phase, 'signal' AS kind, rule AS code, rule, side, _r."first" AS "first", _r.completed AS completed, _r."last" AS "last", points, active, variation, rate::DOUBLE AS rate,
  ${sentenceOfSignal} AS sentence
FROM _rated, _text
UNION ALL
SELECT chart, profile, series, phase, 'warning', _warned, NULL, NULL, NULL, NULL, NULL, NULL, _is_last, NULL, NULL,
  coalesce(${filled(text("'warning.' || _code"), {
    count: "_n",
    units: "_m[CASE WHEN _n = 1 THEN 'unit.' ELSE 'units.' END || _unit]",
    needed,
    percent: percent("_leaning"),
    usual: percent("_usual")
  })}, _warned)
FROM _warned, _text
UNION ALL
SELECT chart, profile, series, phase, 'assurance', _assurance, NULL, NULL, NULL, NULL, NULL, NULL, true, NULL, NULL,
  concat_ws(' ', _m['assurance.' || _assurance], CASE WHEN list_contains(_warning, 'not-stable') THEN _m['assurance.not-stable'] END)
FROM _phase, _text WHERE _is_last AND _assurance IN ('pass', 'fail', 'hit-or-miss')`
