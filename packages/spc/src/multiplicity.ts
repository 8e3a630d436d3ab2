import { phaseSql } from "./explain-phase.ts"
import { latestRateSql, nearest, quotedCharts } from "./explain-rates.ts"
import { latestCounts, latestSeries } from "./multiplicity-table.ts"
import { profiles } from "./profiles.ts"

const minimum = `CASE _f.profile ${profiles.map((p) => `WHEN '${p.name}' THEN ${p.minimum}`).join(" ")} END`

// Only these were counted by the points in a row; of any other rule the first count says that it holds.
const counted = (rule: string, counts: ReadonlyArray<string>): ReadonlyArray<string> =>
  ["beyond-limits", "shift", "trend"].includes(rule) ? counts : counts.slice(0, 1)

/** `(count + 1) / (charts + 1)`: a share that was never seen is not therefore 0. */
const shares = (rule: string, counts: string): string =>
  `[${counts
    .split(", ")
    .map(
      (row) =>
        `[${counted(rule, row.split(" ")).map((c) => Number(((Number(c) + 1) / (latestSeries + 1)).toFixed(7)))}]`
    )
    .join(",")}]::DOUBLE[][]`

/** `_tail`: how often the latest point of a steady chart shows a rule with so many points in a row; `_rules` of the profile. */
const tails = `_tail(profile, baseline, "rule", ns, tails, _rules) AS (VALUES ${latestCounts
  .flatMap(([profile, rule, lengths, all, frozen]) =>
    [
      ["all", all],
      ["frozen", frozen]
    ].map(
      ([baseline, counts]) =>
        `('${profile}', '${baseline}', '${rule}', [${lengths.join(",")}], ${shares(rule, counts!)}, ${latestCounts.filter(([p]) => p === profile).length})`
    )
  )
  .join(", ")})`

/**
 * One row per chart, profile and series, `_chart`: its latest phase, whether it has a signal now, how often a
 * steady chart of its length has one at its latest point, and the q-value by Benjamini and Hochberg (1995).
 *
 * A chart with a direction counts as active where the signal is not an improvement, and its rate is that of such
 * signals; one without counts, and is rated, on either side. The p-value is 1 without a signal; with one it is that
 * rate, or less where the rule is one that steady charts show more rarely, or with fewer points in a row: then the
 * share of charts whose latest point shows it with at least so many, times the rules of the profile, since any of
 * them might have spoken. It is null, and the chart no part of the procedure, where nothing was judged or measured.
 */
const charts = `${phaseSql},
${latestRateSql("none")},
${tails},
_lastly AS (
  SELECT _f.*, row_number() OVER () AS _id, coalesce(_f._direction, 'neutral') <> 'neutral' AS _sided, _f._n > 0 AND _f._judged AS _looked,
    CASE WHEN _f._n >= ${minimum} AND _f.chart IN (${quotedCharts.map((name) => `'${name}'`).join(", ")}) THEN _l END AS _l
  FROM _phase AS _f LEFT JOIN _latest_rate AS _l ON _l.profile = _f.profile AND _l.baseline = _f._scheme AND _l."limits" = (_f.chart <> 'run')
  WHERE _f._is_last
),
_measured AS (
  SELECT *, _looked AND coalesce(CASE WHEN _sided THEN _now.variation IN ('concern', 'both', 'changed') ELSE _now.signal END, false) AS _active,
    CASE WHEN _looked THEN CASE WHEN _sided THEN _l.concern ELSE _l.rates[1] END[${nearest("_l.ns", "_n")}] END AS _expected
  FROM _lastly
),
_shown AS (
  SELECT _id, profile, _scheme, _n, _sided, _direction, unnest(_now.rules) AS _r FROM _measured WHERE _active AND _expected IS NOT NULL AND chart <> 'run'
),
_rarest AS (
  SELECT _s._id, min(_t._rules * CASE WHEN _s._sided AND _s._r.side IS NOT NULL THEN 0.5 ELSE 1 END
      * _t.tails[${nearest("_t.ns", "_s._n")}][least(_s._r.points, len(_t.tails[${nearest("_t.ns", "_s._n")}]))]) AS _rare
  FROM _shown AS _s JOIN _tail AS _t ON _t.profile = _s.profile AND _t.baseline = _s._scheme AND _t."rule" = _s._r.rule
  WHERE NOT _s._sided OR _s._r.side IS NULL OR (_s._r.side = 'high') = (_s._direction = 'down')
  GROUP BY _s._id
),
_ranked AS (
  SELECT _m.*, CASE WHEN _m._active THEN least(_m._expected, coalesce(_k._rare, 1)) WHEN _m._expected IS NOT NULL THEN 1.0 END AS _pvalue
  FROM _measured AS _m LEFT JOIN _rarest AS _k ON _k._id = _m._id
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
