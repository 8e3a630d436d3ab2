-- The list of units behind every figure.

CREATE VIEW whole_system.unit_full AS
WITH shrunk AS MATERIALIZED (FROM whole_system.shrunk),
-- From the best on: a unit ranks below another only where their intervals do not meet. None at all where the figures tell units apart too poorly.
side AS (
  SELECT s.indicator, s.parent, s.unit, r.units, CASE d.direction WHEN 'up' THEN s.low ELSE -s.high END AS low, CASE d.direction WHEN 'up' THEN s.high ELSE -s.low END AS high
  FROM shrunk s JOIN whole_system.due d ON d.indicator = s.indicator
  JOIN (
    SELECT indicator, parent, count(*) AS units FROM shrunk GROUP BY indicator, parent
    HAVING count(*) > 1 AND list_sum(list_sort(list(reliability))) / count(*) >= 0.7
  ) r ON r.indicator = s.indicator AND r.parent = s.parent
  WHERE d.direction IN ('up', 'down')
),
ends AS (
  SELECT indicator, parent, unit, units, low AS edge, true AS is_low FROM side UNION ALL SELECT indicator, parent, unit, units, high, false FROM side
),
-- How many ends of the other side stand before an end: its place among all less that among its own. Of equal ends the lower ones come first.
seen AS (
  SELECT indicator, parent, unit, units, is_low,
    row_number() OVER (PARTITION BY indicator, parent ORDER BY edge, NOT is_low, unit) - row_number() OVER (PARTITION BY indicator, parent, is_low ORDER BY edge, unit) AS before
  FROM ends
),
chance AS (
  SELECT c.indicator, c.unit, CASE c.scale WHEN 'share' THEN stats.wilson(c.numerator, c.denominator) WHEN 'value' THEN
    {'low': c.y - 1.959963984540054 * c.sigma, 'high': c.y + 1.959963984540054 * c.sigma} ELSE stats.observed_expected(c.numerator, c.denominator) END AS i
  FROM whole_system.cell c
),
ranked AS (
  SELECT indicator, parent, unit, any_value(units)::INTEGER AS units, (1 + any_value(units) - max(before) FILTER (NOT is_low))::INTEGER AS rank_low,
    (any_value(units) - max(before) FILTER (is_low))::INTEGER AS rank_high
  FROM seen GROUP BY indicator, parent, unit
)
SELECT m.indicator, m.parent, m.unit, c.latest_numerator / c.latest_denominator * c.multiplier AS latest_value,
  c.numerator, CASE WHEN d.is_ratio THEN c.denominator END AS denominator, c.figure AS value,
  d.multiplier * i.i.low AS low, d.multiplier * i.i.high AS high,
  s.estimate AS shrunken, s.low AS shrunken_low, s.high AS shrunken_high, s.reliability, s.y, s.v, s.tau2, r.rank_low, r.rank_high, r.units AS ranked_units,
  b.status, b.since, b.rules, f.z AS funnel_z, f.phi, f.outside, f.outlier, coalesce(c.periods, 0) AS periods, coalesce(p.hidden_periods, 0) AS hidden_periods,
  coalesce(p.latest_hidden, false) AS hidden, d.events
FROM whole_system.member m
JOIN whole_system.due d ON d.indicator = m.indicator
LEFT JOIN whole_system.pooled p ON p.indicator = m.indicator AND p.unit = m.unit
LEFT JOIN whole_system.cell c ON c.indicator = m.indicator AND c.unit = m.unit
LEFT JOIN chance i ON i.indicator = m.indicator AND i.unit = m.unit
LEFT JOIN shrunk s ON s.indicator = m.indicator AND s.parent = m.parent AND s.unit = m.unit
LEFT JOIN ranked r ON r.indicator = m.indicator AND r.parent = m.parent AND r.unit = m.unit
LEFT JOIN whole_system.funnel f ON f.indicator = m.indicator AND coalesce(f.parent, '') = m.parent AND f.unit = m.unit
LEFT JOIN plimsoll.series b ON b.measure = d.measure AND b.microsystem = m.unit AND b.stratum IS NULL;

CREATE VIEW whole_system.unit AS
SELECT indicator, nullif(parent, '') AS parent, unit, latest_value, numerator, denominator, value, low, high, shrunken, shrunken_low, shrunken_high, reliability,
  rank_low, rank_high, ranked_units, status, since, rules, funnel_z, outside, outlier, periods, hidden_periods, hidden, events
FROM whole_system.unit_full;
COMMENT ON VIEW whole_system.unit IS 'The units behind every figure of the system: raw and drawn towards the others, with intervals. No unit has a bare rank.';
COMMENT ON COLUMN whole_system.unit.indicator IS 'The indicator.';
COMMENT ON COLUMN whole_system.unit.parent IS 'The unit above; null: the whole project, where it has more than one top.';
COMMENT ON COLUMN whole_system.unit.unit IS 'The unit.';
COMMENT ON COLUMN whole_system.unit.latest_value IS 'Its figure at the latest complete period; null: missing or hidden.';
COMMENT ON COLUMN whole_system.unit.numerator IS 'Of the pooled periods that show: the sum of numerators; for a measure without denominator the mean of the figures.';
COMMENT ON COLUMN whole_system.unit.denominator IS 'Of the pooled periods that show: the sum of denominators.';
COMMENT ON COLUMN whole_system.unit.value IS 'The figure of the pooled periods that show.';
COMMENT ON COLUMN whole_system.unit.low IS 'The lower end of its 95 % interval: Wilson (share), Byar (rate, observed / expected), normal (value). Null: its chance cannot be told.';
COMMENT ON COLUMN whole_system.unit.high IS 'The upper end of that interval.';
COMMENT ON COLUMN whole_system.unit.shrunken IS 'The figure drawn towards that of the other units as far as it is chance.';
COMMENT ON COLUMN whole_system.unit.shrunken_low IS 'The lower end of the 95 % interval of the shrunken figure.';
COMMENT ON COLUMN whole_system.unit.shrunken_high IS 'The upper end of that interval.';
COMMENT ON COLUMN whole_system.unit.reliability IS 'The share of its distance from the others that is not chance, 0 to 1.';
COMMENT ON COLUMN whole_system.unit.rank_low IS 'The best rank it may have, 1 = best: a unit is ahead only where the shrunken intervals do not meet. Null: no ranking (reliability below .70, or no direction is better).';
COMMENT ON COLUMN whole_system.unit.rank_high IS 'The worst rank it may have.';
COMMENT ON COLUMN whole_system.unit.ranked_units IS 'How many units are ranked.';
COMMENT ON COLUMN whole_system.unit.status IS 'Where its chart stands: slipping, improving, changed, steady, not-judged or unjudged.';
COMMENT ON COLUMN whole_system.unit.since IS 'The first period of the earliest run that is active now.';
COMMENT ON COLUMN whole_system.unit.rules IS 'The rules that are active now.';
COMMENT ON COLUMN whole_system.unit.funnel_z IS 'Its z-score in the funnel; null where there is none.';
COMMENT ON COLUMN whole_system.unit.outside IS 'high or low: beyond the 99.8 % limits of chance alone.';
COMMENT ON COLUMN whole_system.unit.outlier IS 'high or low: beyond the limits with the adjustment for overdispersion.';
COMMENT ON COLUMN whole_system.unit.periods IS 'How many periods are pooled.';
COMMENT ON COLUMN whole_system.unit.hidden_periods IS 'How many periods are hidden (small counts) and in no total.';
COMMENT ON COLUMN whole_system.unit.hidden IS 'Whether its latest period is hidden.';
COMMENT ON COLUMN whole_system.unit.events IS 'The events that declare the indicator; what a figure is made of: plimsoll trace.';
