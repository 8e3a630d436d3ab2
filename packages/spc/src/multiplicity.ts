import { phaseSql } from "./explain-phase.ts"
import { latestRateSql, nearest, quotedCharts } from "./explain-rates.ts"
import { profiles } from "./profiles.ts"

const minimum = `CASE _f.profile ${profiles.map((p) => `WHEN '${p.name}' THEN ${p.minimum}`).join(" ")} END`

/**
 * One row per chart, profile and series, `_chart`: its latest phase, whether it has a signal now, how often a
 * steady chart of its length has one at its latest point, and the q-value by Benjamini and Hochberg (1995).
 *
 * A chart with a direction counts as active where the signal is not an improvement, and its rate is that of such
 * signals; one without counts, and is rated, on either side. The p-value is the share of steady charts whose latest
 * point shows what this one shows, a signal or none: so it is the rate, or 1. It is null, and the chart no part of
 * the procedure, where nothing was judged or nothing measured.
 */
const charts = `${phaseSql},
${latestRateSql("none")},
_lastly AS (
  SELECT _f.*, coalesce(_f._direction, 'neutral') <> 'neutral' AS _sided, _f._n > 0 AND _f._judged AS _looked,
    CASE WHEN _f._n >= ${minimum} AND _f.chart IN (${quotedCharts.map((name) => `'${name}'`).join(", ")}) THEN _l END AS _l
  FROM _phase AS _f LEFT JOIN _latest_rate AS _l ON _l.profile = _f.profile AND _l.baseline = _f._scheme AND _l."limits" = (_f.chart <> 'run')
  WHERE _f._is_last
),
_measured AS (
  SELECT *, _looked AND coalesce(CASE WHEN _sided THEN _now.variation IN ('concern', 'both', 'changed') ELSE _now.signal END, false) AS _active,
    CASE WHEN _looked THEN CASE WHEN _sided THEN _l.concern ELSE _l.rates[1] END[${nearest("_l.ns", "_n")}] END AS _expected
  FROM _lastly
),
_ranked AS (
  SELECT *, CASE WHEN _active THEN _expected WHEN _expected IS NOT NULL THEN 1.0 END AS _pvalue FROM _measured
),
_stepped AS (
  SELECT *, CASE WHEN _pvalue IS NOT NULL THEN least(1.0, _pvalue * count(_pvalue) OVER () / count(*) OVER (ORDER BY _pvalue NULLS LAST)) END AS _step FROM _ranked
),
_chart AS (
  SELECT *, CASE WHEN _pvalue IS NOT NULL THEN min(_step) OVER (ORDER BY _pvalue NULLS LAST RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) END AS _qvalue FROM _stepped
)`

/** The body of `spc.multiplicity_by_chart(t)`. */
export const multiplicityByChart = `WITH ${charts}
SELECT chart, profile, series, phase, _n AS n, _scheme AS baseline, _looked AS judged, _active AS active,
  CASE WHEN _looked THEN _now.variation END AS variation,
  CASE WHEN _looked THEN list_sort(list_distinct(list_transform(_now.rules, lambda r: r.rule))) ELSE [] END AS rules,
  _expected::DOUBLE AS expected_false, _pvalue::DOUBLE AS p_value, _qvalue::DOUBLE AS q_value
FROM _chart`

/** The body of `spc.multiplicity(t)`. */
export const multiplicity = `WITH ${charts}
SELECT profile, count(*)::INTEGER AS charts, count(*) FILTER (_looked)::INTEGER AS judged, count(*) FILTER (_looked AND _expected IS NULL)::INTEGER AS not_measured,
  count(*) FILTER (_active)::INTEGER AS active_now, count(*) FILTER (_active AND _expected IS NOT NULL)::INTEGER AS active_measured,
  -- Sorted first: a floating sum must not depend on the order in which threads hand over their rows.
  coalesce(list_sum(list_sort(list(_expected) FILTER (_expected IS NOT NULL))), 0)::DOUBLE AS expected_false,
  count(*) FILTER (_qvalue <= 0.05)::INTEGER AS stands_out
FROM _chart GROUP BY profile`
