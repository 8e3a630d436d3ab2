-- Gaps between groups of people, told apart from chance or not.

CREATE VIEW whole_system.group_of AS
SELECT e.indicator, e.dimension, e.ordered, coalesce(e.reference, (e.groups::JSON::VARCHAR[])[-1]) AS reference,
  unnest(e.groups::JSON::VARCHAR[]) AS name, generate_subscripts(e.groups::JSON::VARCHAR[], 1) AS position,
  'equity-stratum/' || e._partition || '/' || e._offset AS event
FROM current.equity_stratum e;

-- What each unit shows of each group, over the pooled periods.
CREATE VIEW whole_system.group_cell AS
WITH counted AS (
  SELECT d.indicator, g.dimension, g.name, v.microsystem AS unit, v.numerator, v.denominator, v.hidden, v.value IS NOT NULL AND NOT v.hidden AS counts
  FROM plimsoll.measure_value v
  JOIN whole_system.due d ON d.measure = v.measure AND d.version = v.measure_version
  JOIN whole_system.group_of g ON g.indicator = d.indicator AND v.stratum = g.dimension || '=' || g.name
  WHERE d.is_ratio AND v.period BETWEEN d.first_period AND d.last_period
)
SELECT indicator, dimension, name, unit, list_sum(list_sort(list(numerator) FILTER (counts))) AS numerator,
  list_sum(list_sort(list(denominator) FILTER (counts))) AS denominator, count(*) FILTER (hidden)::INTEGER AS hidden
FROM counted GROUP BY indicator, dimension, name, unit;

CREATE VIEW whole_system.group_total AS
WITH joined AS (
  SELECT m.indicator, m.parent, m.unit, g.dimension, g.name, g.numerator, g.denominator, g.hidden
  FROM whole_system.member m JOIN whole_system.group_cell g ON g.indicator = m.indicator AND g.unit = m.unit
),
summed AS (
  SELECT indicator, parent, dimension, name, list_sum(list_sort(list(numerator))) AS x, list_sum(list_sort(list(denominator))) AS n, sum(hidden)::INTEGER AS hidden
  FROM joined GROUP BY indicator, parent, dimension, name
)
SELECT s.indicator, s.parent, s.dimension, s.name, o.position, o.ordered, o.reference, s.x, s.n, s.hidden, o.event,
  count(*) OVER (PARTITION BY s.indicator, s.parent, s.dimension) AS groups
FROM summed s JOIN whole_system.group_of o ON o.indicator = s.indicator AND o.dimension = s.dimension AND o.name = s.name
WHERE s.n > 0;

-- A gap is a sum of shares or rates, each times its part: +1 and -1 for two groups, least squares on the ridit for a slope.
CREATE VIEW whole_system.contrast AS
WITH before AS (
  SELECT *, sum(n::DECIMAL(38, 6)) OVER below AS before, sum(n::DECIMAL(38, 6)) OVER (PARTITION BY indicator, parent, dimension) AS everyone
  FROM whole_system.group_total WHERE ordered AND groups >= 5
  WINDOW below AS (PARTITION BY indicator, parent, dimension ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
ridit AS (SELECT *, (before::DOUBLE - n / 2) / everyone::DOUBLE AS r FROM before),
spread AS (
  SELECT indicator, parent, dimension, list_sum(list_sort(list(n * pow(r - 0.5, 2)))) AS ss FROM ridit GROUP BY ALL
)
SELECT r.indicator, r.parent, r.dimension, true AS sloped, '' AS contrast, r.name, r.x, r.n, r.hidden, r.event, r.n * (r.r - 0.5) / s.ss AS part
FROM ridit r JOIN spread s ON s.indicator = r.indicator AND s.parent = r.parent AND s.dimension = r.dimension
UNION ALL
SELECT g.indicator, g.parent, g.dimension, false, g.name, g.name, g.x, g.n, g.hidden, g.event, 1
FROM whole_system.group_total g WHERE g.name <> g.reference AND NOT (g.ordered AND g.groups >= 5)
UNION ALL
SELECT g.indicator, g.parent, g.dimension, false, g.name, f.name, f.x, f.n, f.hidden, f.event, -1
FROM whole_system.group_total g JOIN whole_system.group_total f
  ON f.indicator = g.indicator AND f.parent = g.parent AND f.dimension = g.dimension AND f.name = g.reference
WHERE g.name <> g.reference AND NOT (g.ordered AND g.groups >= 5);

CREATE VIEW whole_system.equity AS
WITH drawn AS (
  SELECT c.indicator, c.parent, c.dimension, c.sloped, c.contrast, d.multiplier, d.scale, d.events,
    list_sum(list_sort(list(c.part * c.x / c.n))) AS gap,
    -- Half an event is added, so that a group without events is not taken for certain.
    list_sum(list_sort(list(pow(c.part, 2) * CASE d.scale WHEN 'share' THEN (c.x + 0.5) / (c.n + 1) * (1 - (c.x + 0.5) / (c.n + 1)) / c.n
      WHEN 'value' THEN 0 ELSE (c.x + 0.5) / pow(c.n, 2) END))) AS chance,
    list_sum(list_sort(list(c.x))) / list_sum(list_sort(list(c.n))) AS overall,
    max(c.x / c.n) FILTER (NOT c.sloped AND c.part = 1) AS own, max(c.x / c.n) FILTER (NOT c.sloped AND c.part = -1) AS other,
    max(c.name) FILTER (NOT c.sloped AND c.part = -1) AS reference,
    sum(c.hidden)::INTEGER AS hidden, list(c.event) AS stratum_events
  FROM whole_system.contrast c JOIN whole_system.due d ON d.indicator = c.indicator
  GROUP BY ALL HAVING count(*) > 1
),
pull AS (
  SELECT c.indicator, c.parent, c.dimension, c.contrast, m.unit,
    list_sum(list_sort(list(c.part * (g.numerator - c.x / c.n * g.denominator) / c.n))) AS e
  FROM whole_system.contrast c
  JOIN whole_system.member m ON m.indicator = c.indicator AND m.parent = c.parent
  JOIN whole_system.group_cell g ON g.indicator = c.indicator AND g.unit = m.unit AND g.dimension = c.dimension AND g.name = c.name
  WHERE g.denominator > 0 GROUP BY ALL
),
between AS (
  SELECT indicator, parent, dimension, contrast, count(*)::INTEGER AS units, list_sum(list_sort(list(e * e))) * count(*) / nullif(count(*) - 1, 0) AS variance
  FROM pull GROUP BY ALL
),
judged AS (
  SELECT d.*, b.units, sqrt(greatest(coalesce(b.variance, 0), d.chance)) AS se, greatest(b.units - 1, 1) AS df
  FROM drawn d JOIN between b ON b.indicator = d.indicator AND b.parent = d.parent AND b.dimension = d.dimension AND b.contrast = d.contrast
),
family AS (
  SELECT parent AS grp, {'i': indicator, 'd': dimension, 'c': contrast} AS id, CASE WHEN se > 0 THEN stats.t_p(gap / se, df) END AS p FROM judged
),
adjusted AS (FROM stats.adjust('family')),
told AS (
  SELECT j.*, coalesce(f.t, 1.959963984540054 + 2.3723 / j.df) AS t, a.p, a.q, row_number() OVER (PARTITION BY j.indicator, j.parent ORDER BY a.q < 0.05 DESC NULLS LAST, abs(j.gap) DESC, j.dimension, j.contrast) AS place
  FROM judged j LEFT JOIN whole_system.student f ON f.df = j.df JOIN adjusted a ON a.grp = j.parent AND a.id.i = j.indicator AND a.id.d = j.dimension AND a.id.c = j.contrast
)
SELECT indicator, nullif(parent, '') AS parent, dimension, CASE WHEN sloped THEN 'slope' ELSE 'gap' END AS kind,
  nullif(contrast, '') AS "group", reference, own * multiplier AS value, other * multiplier AS reference_value,
  gap * multiplier AS difference, (gap - t * se) * multiplier AS low, (gap + t * se) * multiplier AS high,
  CASE WHEN sloped THEN (overall + gap / 2) / nullif(overall - gap / 2, 0) ELSE own / nullif(other, 0) END AS ratio,
  p, q, coalesce(q < 0.05 AND place = 1, false) AS largest, units, hidden, list_sort(list_distinct(list_concat(events, stratum_events))) AS events
FROM told;
COMMENT ON VIEW whole_system.equity IS 'Gaps between groups over the pooled periods: the slope index for ordered groups, five or more; else each group against the reference group.';
COMMENT ON COLUMN whole_system.equity.indicator IS 'The indicator.';
COMMENT ON COLUMN whole_system.equity.parent IS 'The unit above; null: the whole project, where it has more than one top.';
COMMENT ON COLUMN whole_system.equity.dimension IS 'The breakdown.';
COMMENT ON COLUMN whole_system.equity.kind IS 'slope (from the most to the least disadvantaged, weighted by population) or gap (a group less the reference group).';
COMMENT ON COLUMN whole_system.equity."group" IS 'The group; null for a slope.';
COMMENT ON COLUMN whole_system.equity.reference IS 'The reference group; null for a slope.';
COMMENT ON COLUMN whole_system.equity.value IS 'The figure of the group; null for a slope.';
COMMENT ON COLUMN whole_system.equity.reference_value IS 'The figure of the reference group; null for a slope.';
COMMENT ON COLUMN whole_system.equity.difference IS 'The gap; for a slope the slope index of inequality: below 0, the most disadvantaged have more.';
COMMENT ON COLUMN whole_system.equity.low IS 'The lower end of its 95 % interval: cluster-robust by unit, t with units - 1 degrees of freedom, never narrower than chance alone.';
COMMENT ON COLUMN whole_system.equity.high IS 'The upper end of that interval.';
COMMENT ON COLUMN whole_system.equity.ratio IS 'The ratio of the two figures; for a slope the relative index of inequality, least over most disadvantaged.';
COMMENT ON COLUMN whole_system.equity.p IS 'The p-value of the gap.';
COMMENT ON COLUMN whole_system.equity.q IS 'The same among all gaps under this parent (Benjamini-Hochberg).';
COMMENT ON COLUMN whole_system.equity.largest IS 'Whether it is the largest gap of the indicator among those with q below .05.';
COMMENT ON COLUMN whole_system.equity.units IS 'Units that show figures of these groups.';
COMMENT ON COLUMN whole_system.equity.hidden IS 'Hidden points (small counts) of these groups, in no total.';
COMMENT ON COLUMN whole_system.equity.events IS 'The events that declare the indicator and the breakdown.';
