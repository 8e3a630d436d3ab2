/** A point that counts: it has a value and a period, and is no ghost. */
const valid = "(_q.value IS NOT NULL AND _q.period IS NOT NULL AND NOT _q.excluded)"

/** Whether the centre line lies on a figure, but for rounding. */
const near = (figure: string): string =>
  `coalesce(abs(_now.centre - ${figure}) <= 1e-9 * greatest(abs(_now.centre), 1e-300), false)`

/**
 * Common table expressions over `t`, the output of one chart or of several stacked: `_out`, its rows; `_phase`, one
 * row per chart, profile, series and phase. `_now` is the latest judged row of the phase, `_is_last` whether the
 * phase is the latest of its series, `_middle` the word for its centre line, `_scheme` where its limits come from in the words of the false-alarm tables.
 */
export const phaseSql = `
_out AS MATERIALIZED (SELECT * FROM query_table(t)),
_group AS (
  SELECT _q.chart, _q.profile, _q.series, _q.phase,
    coalesce(max(_q.n), 0)::INTEGER AS _n, coalesce(bool_or(_q.judged), false) AS _judged, max(_q.direction) AS _direction,
    max(_q.assurance) AS _assurance, max(_q.warning) AS _warning, max(_q.r1) AS _r1,
    CASE WHEN coalesce(bool_or(NOT _q.in_baseline) FILTER (${valid}), false) OR max(_q.n) <= 24 THEN 'frozen' ELSE 'all' END AS _scheme,
    arg_max({'rules': _q.rules, 'variation': _q.variation, 'signal': _q.signal, 'centre': _q.centre, 'sigma': _q.sigma,
      'denominator': _q.denominator, 'longest': _q.longest_run, 'longest_limit': _q.longest_run_limit, 'crossings': _q.crossings,
      'crossings_limit': _q.crossings_limit, 'useful': _q.n_useful, 'period': _q.period}, {'p': _q.period, 'v': _q.value}) FILTER (${valid}) AS _now,
    list({'p': _q.period, 'v': _q.value, 'b': _q.in_baseline, 'c': _q.centre, 's': _q.sigma, 'num': _q.numerator, 'den': _q.denominator}) FILTER (${valid}) AS _rows,
    list(DISTINCT _q.period) AS _periods
  FROM _out AS _q GROUP BY _q.chart, _q.profile, _q.series, _q.phase
),
_centred AS (
  SELECT *, list_transform(list_filter(_rows, lambda e: e.b), lambda e: e.v) AS _by FROM (SELECT * REPLACE (list_sort(_rows) AS _rows) FROM _group)
),
_phase AS (
  SELECT * EXCLUDE (_by),
    row_number() OVER (PARTITION BY chart, profile, series ORDER BY _now.period DESC NULLS LAST, phase DESC NULLS LAST) = 1 AS _is_last,
    CASE WHEN chart NOT IN ('run', 'xmr', 'g', 't') THEN 'mean'
      WHEN chart = 'run' AND ${near("list_median(_by)")} THEN 'median'
      WHEN ${near("list_sum(_by) / len(_by)")} THEN 'mean'
      WHEN ${near("list_median(_by)")} THEN 'median' ELSE 'given' END AS _middle
  FROM _centred
)`
