-- What is rolled up, from which units, to which.

CREATE VIEW whole_system.given AS
SELECT id AS indicator, measure, title, standard, balancing::JSON::VARCHAR[] AS balancing, scale, periods::INTEGER AS periods,
  ['indicator/' || _partition || '/' || _offset] AS events
FROM current.indicator
UNION ALL
SELECT id, id, NULL, NULL, []::VARCHAR[], 'auto', 12, []::VARCHAR[]
FROM plimsoll.measure WHERE NOT EXISTS (FROM current.indicator);

-- Of class team-only nothing leaves the team, so nothing is rolled up.
CREATE VIEW whole_system.due AS
SELECT g.indicator, g.measure, coalesce(g.title, m.title) AS title, g.standard, g.balancing, g.periods, g.events, m.version, m.direction,
  m.unit, CASE WHEN m.denominator IS NULL THEN 1 ELSE m.multiplier END::DOUBLE AS multiplier, m.target, m.denominator IS NOT NULL AS is_ratio, m.complete_until AS last_period,
  CASE m.period WHEN 'day' THEN m.complete_until - to_days(g.periods - 1) WHEN 'week' THEN m.complete_until - to_days(7 * (g.periods - 1))
    WHEN 'month' THEN m.complete_until - to_months(g.periods - 1) ELSE m.complete_until - to_months(3 * (g.periods - 1)) END::DATE AS first_period,
  CASE m.period WHEN 'day' THEN m.complete_until - to_days(2 * g.periods - 1) WHEN 'week' THEN m.complete_until - to_days(7 * (2 * g.periods - 1))
    WHEN 'month' THEN m.complete_until - to_months(2 * g.periods - 1) ELSE m.complete_until - to_months(3 * (2 * g.periods - 1)) END::DATE AS before_period,
  CASE WHEN g.scale <> 'auto' AND (m.denominator IS NOT NULL OR g.scale = 'value') THEN g.scale
    WHEN m.denominator IS NULL THEN 'value'
    WHEN m.chart IN ('p', 'pp', 'p_auto', 'np') OR (m.unit = '%' AND m.multiplier = 1) THEN 'share'
    WHEN m.chart IN ('u', 'up', 'u_auto') THEN 'rate' ELSE 'value' END AS scale
FROM whole_system.given g JOIN plimsoll.measure m ON m.id = g.measure
WHERE m.class <> 'team-only';

-- Every unit below every unit above it. '' is the whole project, where it has more than one top.
CREATE VIEW whole_system.placed AS
WITH RECURSIVE known AS (
  SELECT m.id, p.id AS parent FROM plimsoll.microsystem m LEFT JOIN plimsoll.microsystem p ON p.id = m.parent
),
up(unit, parent) AS (
  SELECT id, parent FROM known WHERE parent IS NOT NULL
  UNION SELECT u.unit, k.parent FROM up u JOIN known k ON k.id = u.parent WHERE k.parent IS NOT NULL
)
SELECT unit, parent FROM up WHERE unit <> parent
UNION ALL
SELECT id, '' FROM known WHERE (SELECT count(*) FROM known WHERE parent IS NULL) <> 1;

-- The units that an indicator is rolled up from: those with a series of its measure and none below them that has one too.
CREATE VIEW whole_system.source AS
WITH own AS (
  SELECT DISTINCT d.indicator, d.measure, s.microsystem AS unit
  FROM whole_system.due d JOIN plimsoll.series s ON s.measure = d.measure SEMI JOIN plimsoll.microsystem u ON u.id = s.microsystem
  WHERE s.stratum IS NULL
)
SELECT o.indicator, o.measure, o.unit FROM own o
ANTI JOIN (SELECT DISTINCT o.indicator, p.parent AS unit FROM own o JOIN whole_system.placed p ON p.unit = o.unit) a
  ON a.indicator = o.indicator AND a.unit = o.unit;

CREATE VIEW whole_system.member AS
WITH below AS (SELECT s.indicator, p.parent, s.unit FROM whole_system.source s JOIN whole_system.placed p ON p.unit = s.unit),
large AS (SELECT indicator, parent FROM below GROUP BY ALL HAVING count(*) > 1)
SELECT b.indicator, b.parent, b.unit FROM below b SEMI JOIN large l ON l.indicator = b.indicator AND l.parent = b.parent;

-- Where figures have stopped coming, a period without rows is no zero.
CREATE VIEW whole_system.stopped AS
SELECT v.series, max(v.period) AS last_observed
FROM plimsoll.measure_value v SEMI JOIN (FROM plimsoll.standing WHERE silent) s ON s.series = v.series
WHERE v.observed GROUP BY v.series;

-- What each unit shows of its latest period and of all that are pooled; a hidden point is in neither.
CREATE VIEW whole_system.pooled AS
WITH counted AS (
  SELECT d.indicator, d.multiplier, d.is_ratio, v.microsystem AS unit, v.period = d.last_period AS latest, v.period, v.numerator, v.denominator, v.value,
    v.observed, v.hidden, v.value IS NOT NULL AND NOT v.hidden AND (s.series IS NULL OR v.period <= s.last_observed) AS counts
  FROM plimsoll.measure_value v
  JOIN whole_system.due d ON d.measure = v.measure AND d.version = v.measure_version
  LEFT JOIN whole_system.stopped s ON s.series = v.series
  WHERE v.stratum IS NULL AND v.period BETWEEN d.first_period AND d.last_period
),
summed AS (
  SELECT indicator, unit, any_value(multiplier) AS multiplier, any_value(is_ratio) AS is_ratio,
    count(*) FILTER (counts)::INTEGER AS periods, count(*) FILTER (hidden)::INTEGER AS hidden_periods,
    coalesce(bool_or(hidden) FILTER (latest), false) AS latest_hidden, coalesce(bool_or(observed) FILTER (latest), false) AS latest_observed,
    max(CASE WHEN is_ratio THEN numerator ELSE value END) FILTER (counts AND latest) AS latest_numerator,
    max(CASE WHEN is_ratio THEN denominator ELSE 1 END) FILTER (counts AND latest) AS latest_denominator,
    list_sum(list_sort(list(numerator) FILTER (counts))) AS numerator,
    list_sum(list_sort(list(denominator) FILTER (counts))) AS denominator,
    list_sort(list(value) FILTER (counts)) AS shown
  FROM counted GROUP BY indicator, unit
),
meant AS (SELECT *, list_sum(shown) / periods AS mean FROM summed)
SELECT * EXCLUDE (numerator, denominator, shown),
  CASE WHEN is_ratio THEN numerator ELSE mean END AS numerator,
  CASE WHEN is_ratio THEN denominator WHEN periods > 0 THEN 1 END AS denominator,
  list_sum(list_transform(shown, lambda x: pow(x - mean, 2))) AS squares
FROM meant;

-- Student's 97.5 % points, kept: the quantile is long to bind. From 1,000 degrees of freedom on the first term of its expansion is enough.
CREATE TABLE whole_system.student AS SELECT range::INTEGER AS df, stats.t_quantile(0.975, range) AS t FROM range(1, 1001);
