-- What the charts of the units say, beside what luck alone would make them say.

-- The latest point of every chart as the macros of spc give it, made from what the core tells: enough for their review of many charts.
CREATE VIEW whole_system.chart AS
WITH run AS (
  SELECT series, bool_or(variation = 'concern') AS concern, bool_or(variation = 'improvement') AS improvement,
    list_sort(list({'rule': "rule", 'side': side, 'first': first_period, 'completed': completed_period, 'last': last_period, 'points': points::INTEGER})) AS rules
  FROM plimsoll.special_cause WHERE active AND "rule" <> 'silence' GROUP BY series
),
latest AS (
  SELECT CASE m.chart WHEN 'p_auto' THEN 'p' WHEN 'u_auto' THEN 'u' ELSE m.chart END AS chart,
    CASE m.chart WHEN 'run' THEN 'anhoej' ELSE 'mdc-2023' END AS profile, s.series, '1' AS phase, s.n, s.status NOT IN ('not-judged', 'unjudged') AS judged,
    m.direction, s.assurance, s.warning, s.r1, s.period, s.value, NULL::DOUBLE AS numerator, NULL::DOUBLE AS denominator, false AS excluded,
    false AS in_baseline, s.centre, NULL::DOUBLE AS sigma, NULL::INTEGER AS longest_run, NULL::INTEGER AS longest_run_limit, NULL::INTEGER AS crossings,
    NULL::INTEGER AS crossings_limit, NULL::INTEGER AS n_useful, r.series IS NOT NULL AS signal, r.rules,
    CASE WHEN r.concern AND r.improvement THEN 'both' WHEN r.concern THEN 'concern' WHEN r.improvement THEN 'improvement'
      WHEN r.series IS NOT NULL THEN 'changed' ELSE 'common' END AS variation
  FROM plimsoll.series s JOIN plimsoll.measure m ON m.id = s.measure LEFT JOIN run r ON r.series = s.series
  WHERE s.stratum IS NULL AND m.class <> 'team-only' AND s.value IS NOT NULL AND s.n > 0
)
SELECT series, judged, active, expected_false, p_value, q_value FROM spc.multiplicity_by_chart('latest');

CREATE VIEW whole_system.matrix AS
SELECT m.indicator, nullif(m.parent, '') AS parent,
  CASE b.status WHEN 'slipping' THEN 'concern' WHEN 'improving' THEN 'improvement' WHEN 'changed' THEN 'changed' WHEN 'steady' THEN 'common' ELSE 'not-judged' END AS variation,
  coalesce(b.assurance, 'not-judged') AS assurance, count(*)::INTEGER AS units, list(m.unit ORDER BY m.unit) AS ids
FROM whole_system.member m JOIN whole_system.due d ON d.indicator = m.indicator
JOIN plimsoll.series b ON b.measure = d.measure AND b.microsystem = m.unit AND b.stratum IS NULL
GROUP BY ALL;
COMMENT ON VIEW whole_system.matrix IS 'Variation by assurance: how many charts stand where, and which.';
COMMENT ON COLUMN whole_system.matrix.indicator IS 'The indicator.';
COMMENT ON COLUMN whole_system.matrix.parent IS 'The unit above; null: the whole project, where it has more than one top.';
COMMENT ON COLUMN whole_system.matrix.variation IS 'concern, improvement, changed, common or not-judged: whether the latest judged point is part of a special cause.';
COMMENT ON COLUMN whole_system.matrix.assurance IS 'pass, fail, hit-or-miss, no-target or not-judged: the target against the limits.';
COMMENT ON COLUMN whole_system.matrix.units IS 'How many units.';
COMMENT ON COLUMN whole_system.matrix.ids IS 'Which units; with the measure of the indicator they name the charts.';

-- The charts of a measure below a unit, whether it is an indicator or balances one.
CREATE VIEW whole_system.review AS
WITH wanted AS (
  SELECT DISTINCT m.parent, d.measure, m.unit FROM whole_system.member m JOIN whole_system.due d ON d.indicator = m.indicator
  UNION
  SELECT p.parent, b.measure, p.unit
  FROM (SELECT DISTINCT m.parent, unnest(d.balancing) AS measure FROM (SELECT DISTINCT indicator, parent FROM whole_system.member) m
    JOIN whole_system.due d ON d.indicator = m.indicator) b
  JOIN whole_system.placed p ON p.parent = b.parent
)
SELECT w.parent, w.measure, count(*)::INTEGER AS charts, count(*) FILTER (c.judged)::INTEGER AS judged,
  count(*) FILTER (c.judged AND s.status = 'slipping')::INTEGER AS slipping, count(*) FILTER (c.judged AND s.status = 'improving')::INTEGER AS improving,
  count(*) FILTER (c.judged AND s.status = 'changed')::INTEGER AS changed, count(*) FILTER (c.active)::INTEGER AS active,
  count(c.expected_false)::INTEGER AS measured, list_sum(list_sort(list(c.expected_false))) AS by_luck, count(*) FILTER (c.q_value <= 0.05)::INTEGER AS stands_out,
  count(*) FILTER (c.judged AND list_contains(s.warning, 'autocorrelated'))::INTEGER AS autocorrelated
FROM wanted w JOIN plimsoll.series s ON s.measure = w.measure AND s.microsystem = w.unit AND s.stratum IS NULL
LEFT JOIN whole_system.chart c ON c.series = s.series
GROUP BY w.parent, w.measure;

-- How surprising so many active charts are, were all of them steady: the upper tail of the Poisson distribution.
CREATE VIEW whole_system.surprise AS
SELECT *,
  CASE WHEN active = 0 THEN 1 WHEN by_luck > 0
    THEN greatest(0, 1 - list_sum(list_transform(range(active), lambda j: exp(j * ln(by_luck) - by_luck - lgamma(j + 1))))) END AS p
FROM whole_system.review;

CREATE VIEW whole_system.multiplicity AS
SELECT d.indicator, nullif(r.parent, '') AS parent, r.charts, r.judged, r.active, r.measured, r.by_luck, r.p, r.stands_out, r.autocorrelated
FROM whole_system.surprise r JOIN whole_system.due d ON d.measure = r.measure
SEMI JOIN whole_system.member m ON m.indicator = d.indicator AND m.parent = r.parent;
COMMENT ON VIEW whole_system.multiplicity IS 'Charts that are active now, beside how many luck alone would make active.';
COMMENT ON COLUMN whole_system.multiplicity.indicator IS 'The indicator.';
COMMENT ON COLUMN whole_system.multiplicity.parent IS 'The unit above; null: the whole project, where it has more than one top.';
COMMENT ON COLUMN whole_system.multiplicity.charts IS 'Charts of units.';
COMMENT ON COLUMN whole_system.multiplicity.judged IS 'Those with enough points to be judged.';
COMMENT ON COLUMN whole_system.multiplicity.active IS 'Those slipping now; where no direction is better, those changed.';
COMMENT ON COLUMN whole_system.multiplicity.measured IS 'Judged charts whose rate of false alarms is known.';
COMMENT ON COLUMN whole_system.multiplicity.by_luck IS 'How many of those would be active at their latest point if all were steady: the sum of the simulated rates.';
COMMENT ON COLUMN whole_system.multiplicity.p IS 'How often luck alone would make so many active, or more (Poisson).';
COMMENT ON COLUMN whole_system.multiplicity.stands_out IS 'Charts that stand out among all charts of the project (Benjamini-Hochberg, q at most .05).';
COMMENT ON COLUMN whole_system.multiplicity.autocorrelated IS 'Judged charts whose baseline is autocorrelated: more false signals than by_luck are likely.';

CREATE VIEW whole_system.balance AS
SELECT g.indicator, g.parent, g.measure, r.judged, r.slipping, r.improving, r.changed, r.by_luck,
  CASE WHEN m.id IS NULL THEN 'unknown measure' WHEN coalesce(r.judged, 0) = 0 THEN 'not judged' WHEN r.p IS NULL THEN 'cannot tell'
    WHEN r.active > 0 AND r.p < 0.05 THEN CASE m.direction WHEN 'neutral' THEN 'changed' ELSE 'worse' END ELSE 'no harm seen' END AS verdict
FROM (
  SELECT x.indicator, x.parent, unnest(d.balancing) AS measure FROM (SELECT DISTINCT indicator, parent FROM whole_system.member) x
  JOIN whole_system.due d ON d.indicator = x.indicator
) g
LEFT JOIN (FROM plimsoll.measure WHERE class <> 'team-only') m ON m.id = g.measure
LEFT JOIN whole_system.surprise r ON r.parent = g.parent AND r.measure = g.measure;
