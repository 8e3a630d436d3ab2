-- How far units differ: the figure of each on the scale of its chance, and what each unit above makes of them.

-- y: the logit of a share, the logarithm of events / exposure, or the figure itself; sigma: its standard error. Half an event is added only at the ends.
CREATE VIEW whole_system.cell AS
WITH within AS (
  SELECT indicator, list_sum(list_sort(list(squares) FILTER (periods > 1))) / nullif(sum(periods - 1) FILTER (periods > 1), 0) AS variance
  FROM whole_system.pooled GROUP BY indicator
)
SELECT d.indicator, p.unit, d.scale, d.multiplier, p.periods, p.hidden_periods, p.latest_hidden, p.latest_numerator, p.latest_denominator,
  p.numerator, p.denominator, p.numerator / p.denominator * d.multiplier AS figure,
  CASE d.scale WHEN 'value' THEN p.numerator / p.denominator WHEN 'share' THEN ln((p.numerator + p.half) / (p.denominator - p.numerator + p.half))
    ELSE ln((p.numerator + p.half) / p.denominator) END AS y,
  CASE d.scale WHEN 'value' THEN sqrt(nullif(w.variance, 0) / p.periods) / d.multiplier WHEN 'share' THEN sqrt(1 / (p.numerator + p.half) + 1 / (p.denominator - p.numerator + p.half))
    ELSE 1 / sqrt(p.numerator + p.half) END AS sigma
FROM whole_system.due d
JOIN (
  SELECT a.*, CASE WHEN a.numerator = 0 OR b.scale = 'share' AND a.numerator = a.denominator THEN 0.5e0 ELSE 0 END AS half
  FROM whole_system.pooled a JOIN whole_system.due b ON b.indicator = a.indicator WHERE a.periods > 0 AND a.denominator > 0
) p ON p.indicator = d.indicator
LEFT JOIN within w ON w.indicator = d.indicator
WHERE d.scale = 'value' OR p.numerator >= 0 AND (d.scale <> 'share' OR p.numerator <= p.denominator);

-- The system's own figure, of the latest period and pooled: ratio of sums, with the variance between units.
CREATE VIEW whole_system.level AS
WITH span AS (
  SELECT m.indicator, m.parent, c.scale, true AS latest, c.latest_numerator AS x, c.latest_denominator AS n, c.multiplier
  FROM whole_system.member m JOIN whole_system.cell c ON c.indicator = m.indicator AND c.unit = m.unit WHERE c.latest_denominator > 0
  UNION ALL
  SELECT m.indicator, m.parent, c.scale, false, c.numerator, c.denominator, c.multiplier
  FROM whole_system.member m JOIN whole_system.cell c ON c.indicator = m.indicator AND c.unit = m.unit
),
listed AS (
  SELECT indicator, parent, latest, any_value(scale) AS scale, any_value(multiplier) AS multiplier, list_sort(list({'n': n, 'x': x})) AS l
  FROM span GROUP BY indicator, parent, latest
),
summed AS (
  SELECT *, len(l) AS k, list_sum(list_transform(l, lambda r: r.x)) AS sx, list_sum(list_transform(l, lambda r: r.n)) AS sn FROM listed
),
chance AS (
  SELECT indicator, parent, latest, CASE scale WHEN 'share' THEN stats.wilson(sx, sn) ELSE stats.observed_expected(sx, sn) END AS c FROM summed WHERE scale <> 'value'
),
erred AS (
  SELECT s.*, coalesce(f.t, 1.959963984540054 + 2.3723 / (k - 1)) AS t, sx / sn AS p, CASE WHEN k > 1 THEN sqrt(k / (k - 1) * list_sum(list_transform(l, lambda r: pow(r.x - sx / sn * r.n, 2)))) / sn END AS se
  FROM summed s LEFT JOIN whole_system.student f ON f.df = s.k - 1
)
SELECT e.indicator, e.parent, e.latest, e.k::INTEGER AS units, sx AS numerator, sn AS denominator, p * multiplier AS value,
  -- Units that do not differ at all say nothing of the variance: then it is the interval of the pool, as a count of chances.
  multiplier * CASE WHEN se > 0 AND scale = 'value' THEN p - t * se WHEN se > 0 THEN greatest(p - t * se, 0) WHEN se = 0 THEN c.low END AS low,
  multiplier * CASE WHEN se > 0 AND scale = 'share' THEN least(p + t * se, 1) WHEN se > 0 THEN p + t * se WHEN se = 0 THEN c.high END AS high
FROM erred e LEFT JOIN chance h ON h.indicator = e.indicator AND h.parent = e.parent AND h.latest = e.latest;

-- The estimate of each unit, drawn towards the others as far as its own figure is chance. All scales in one call: a macro takes longer to bind than to run.
CREATE VIEW whole_system.shrunk AS
WITH scaled AS (
  SELECT {'i': m.indicator, 'p': m.parent} AS grp, m.unit, c.y AS value, c.sigma
  FROM whole_system.member m JOIN whole_system.cell c ON c.indicator = m.indicator AND c.unit = m.unit WHERE c.sigma > 0
),
found AS (FROM stats.shrunken_mean('scaled'))
SELECT d.indicator, f.grp.p AS parent, f.unit, f.reliability, f.y, f.v, f.tau2,
  d.multiplier * CASE d.scale WHEN 'share' THEN 1 / (1 + exp(-f.mean)) WHEN 'value' THEN f.mean ELSE exp(f.mean) END AS estimate,
  d.multiplier * CASE d.scale WHEN 'share' THEN 1 / (1 + exp(-f.low)) WHEN 'value' THEN f.low ELSE exp(f.low) END AS low,
  d.multiplier * CASE d.scale WHEN 'share' THEN 1 / (1 + exp(-f.high)) WHEN 'value' THEN f.high ELSE exp(f.high) END AS high
FROM found f JOIN whole_system.due d ON d.indicator = f.grp.i;
