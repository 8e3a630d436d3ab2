-- Which strata carry a change. Follows the rule 16 of README.md.

CREATE VIEW learning.change AS
SELECT s.signal, s.measure, s.microsystem, s.variation, s.first_period, m.version, m.denominator IS NOT NULL AS is_ratio,
  CASE WHEN m.denominator IS NULL THEN 1 ELSE m.multiplier END::DOUBLE AS multiplier,
  (SELECT list_sort(list(e.event)) FROM plimsoll.signal_event e WHERE e.signal = s.signal AND e.state = 'opened') AS events
FROM plimsoll.signal s JOIN plimsoll.measure m ON m.id = s.measure
WHERE s.state IN ('opened', 'acknowledged', 'explained') AND s.stratum IS NULL AND s.rule <> 'silence' AND NOT contains(s.rule, '/');

CREATE VIEW learning.segment AS
WITH value AS (
  SELECT c.signal, c.first_period, c.is_ratio, v.period, split_part(v.stratum, '=', 1) AS dimension, substr(v.stratum, strpos(v.stratum, '=') + 1) AS stratum,
    v.stratum IS NULL AS is_whole, v.hidden, CASE WHEN c.is_ratio THEN v.numerator ELSE v.value END AS x, CASE WHEN c.is_ratio THEN v.denominator ELSE 1 END AS n
  FROM learning.change c JOIN plimsoll.measure_value v ON v.measure = c.measure AND v.microsystem = c.microsystem AND v.measure_version = c.version),
cut AS (SELECT DISTINCT signal, dimension FROM value WHERE NOT is_whole),
-- A period in which anything is hidden is left out of all parts, and of the whole beside them.
kept AS (
  SELECT w.signal, d.dimension, w.period, w.period >= w.first_period AS after, w.x, w.n,
    row_number() OVER (PARTITION BY w.signal, d.dimension, w.period >= w.first_period ORDER BY w.period DESC) AS back
  FROM value w JOIN cut d USING (signal)
  WHERE w.is_whole AND w.x IS NOT NULL AND w.n > 0 AND NOT w.hidden
    AND NOT EXISTS (FROM value p WHERE p.signal = w.signal AND p.dimension = d.dimension AND p.period = w.period AND p.hidden)),
used AS (FROM kept WHERE after OR back <= 12),
whole AS (
  SELECT signal, dimension, count(*) FILTER (NOT after) AS periods_before, count(*) FILTER (after) AS periods_after,
    list_sum(list(x ORDER BY period) FILTER (NOT after)) AS x0, list_sum(list(x ORDER BY period) FILTER (after)) AS x1,
    list_sum(list(n ORDER BY period) FILTER (NOT after)) AS n0, list_sum(list(n ORDER BY period) FILTER (after)) AS n1
  FROM used GROUP BY signal, dimension HAVING periods_before >= 3 AND periods_after > 0),
told AS (
  SELECT v.signal, v.dimension, v.stratum, list_sum(list(v.x ORDER BY v.period) FILTER (NOT u.after)) AS x0, list_sum(list(v.x ORDER BY v.period) FILTER (u.after)) AS x1,
    list_sum(list(v.n ORDER BY v.period) FILTER (NOT u.after)) AS n0, list_sum(list(v.n ORDER BY v.period) FILTER (u.after)) AS n1
  FROM value v JOIN used u ON u.signal = v.signal AND u.dimension = v.dimension AND u.period = v.period
  WHERE v.x IS NOT NULL GROUP BY v.signal, v.dimension, v.stratum),
part AS (
  SELECT signal, dimension, stratum, coalesce(x0, 0) AS x0, coalesce(x1, 0) AS x1, coalesce(n0, 0) AS n0, coalesce(n1, 0) AS n1 FROM told SEMI JOIN whole USING (signal, dimension)
  UNION ALL
  SELECT w.signal, w.dimension, NULL, w.x0 - list_sum(list_sort(list(coalesce(t.x0, 0)))), w.x1 - list_sum(list_sort(list(coalesce(t.x1, 0)))),
    w.n0 - list_sum(list_sort(list(coalesce(t.n0, 0)))), w.n1 - list_sum(list_sort(list(coalesce(t.n1, 0))))
  FROM whole w JOIN told t USING (signal, dimension) GROUP BY w.signal, w.dimension, w.x0, w.x1, w.n0, w.n1),
rated AS (
  SELECT p.*, w.periods_before, w.periods_after, c.measure, c.microsystem, c.is_ratio, c.multiplier, c.first_period, c.events,
    CASE WHEN c.is_ratio THEN c.multiplier * w.x0 / w.n0 ELSE w.x0 / w.periods_before END AS whole0, CASE WHEN c.is_ratio THEN c.multiplier * w.x1 / w.n1 ELSE w.x1 / w.periods_after END AS whole1,
    CASE WHEN c.is_ratio THEN p.n0 / w.n0 END AS weight0, CASE WHEN c.is_ratio THEN p.n1 / w.n1 END AS weight1,
    CASE WHEN NOT c.is_ratio THEN p.x0 / w.periods_before WHEN p.n0 > 1e-9 THEN c.multiplier * p.x0 / p.n0 WHEN p.n1 > 1e-9 THEN c.multiplier * p.x1 / p.n1 END AS rate0,
    CASE WHEN NOT c.is_ratio THEN p.x1 / w.periods_after WHEN p.n1 > 1e-9 THEN c.multiplier * p.x1 / p.n1 WHEN p.n0 > 1e-9 THEN c.multiplier * p.x0 / p.n0 END AS rate1
  FROM part p JOIN whole w USING (signal, dimension) JOIN learning.change c USING (signal)
  -- What no part covers is a part of its own, where there is any.
  WHERE p.stratum IS NOT NULL OR abs(p.x0) + abs(p.x1) > 1e-9 OR (c.is_ratio AND abs(p.n0) + abs(p.n1) > 1e-9)),
effect AS (
  SELECT *, CASE WHEN is_ratio THEN coalesce((weight0 + weight1) / 2 * (rate1 - rate0), 0) ELSE rate1 - rate0 END AS within_effect,
    CASE WHEN is_ratio THEN coalesce((weight1 - weight0) * ((rate0 + rate1) / 2 - (whole0 + whole1) / 2), 0) ELSE 0 END AS between_effect
  FROM rated),
ordered AS (
  SELECT *, CASE WHEN abs(whole1 - whole0) > 1e-12 THEN (within_effect + between_effect) / (whole1 - whole0) END AS share_of_change FROM effect),
summed AS (
  SELECT *, coalesce(sum((share_of_change * 1e12)::HUGEINT) OVER (PARTITION BY signal, dimension ORDER BY round(share_of_change, 9) DESC, stratum NULLS LAST
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) / 1e12 AS before_it FROM ordered)
SELECT signal, measure, microsystem, first_period, dimension, stratum, periods_before, periods_after, rate0 AS value_before, rate1 AS value_after,
  weight0 AS weight_before, weight1 AS weight_after, whole0 AS whole_before, whole1 AS whole_after, within_effect, between_effect, share_of_change,
  coalesce(share_of_change > 0 AND before_it < 0.8, false) AS carries, events
FROM summed;
COMMENT ON VIEW learning.segment IS 'Which strata carry the change of which an open signal tells: the difference between the periods of the run and up to twelve before, taken apart for each breakdown (Kitagawa 1955). The effects of all strata of a breakdown add up to the change.';
COMMENT ON COLUMN learning.segment.signal IS 'The id of the signal.';
COMMENT ON COLUMN learning.segment.measure IS 'The measure.';
COMMENT ON COLUMN learning.segment.microsystem IS 'The unit.';
COMMENT ON COLUMN learning.segment.first_period IS 'The first period of the run: the change is from before it to it and after.';
COMMENT ON COLUMN learning.segment.dimension IS 'The breakdown, such as sex.';
COMMENT ON COLUMN learning.segment.stratum IS 'The stratum, such as F; null: what no stratum covers.';
COMMENT ON COLUMN learning.segment.periods_before IS 'Periods before. Those in which anything of the breakdown is hidden are left out.';
COMMENT ON COLUMN learning.segment.periods_after IS 'Periods from the first of the run on.';
COMMENT ON COLUMN learning.segment.value_before IS 'The value of the stratum before; of a count the mean per period. A stratum that was not there yet has the value that it came with.';
COMMENT ON COLUMN learning.segment.value_after IS 'The value after.';
COMMENT ON COLUMN learning.segment.weight_before IS 'Its share of the denominator before; null of a count.';
COMMENT ON COLUMN learning.segment.weight_after IS 'Its share after.';
COMMENT ON COLUMN learning.segment.whole_before IS 'The value of the whole before.';
COMMENT ON COLUMN learning.segment.whole_after IS 'The value of the whole after.';
COMMENT ON COLUMN learning.segment.within_effect IS 'How much of the change comes from within: the stratum''s own value moved.';
COMMENT ON COLUMN learning.segment.between_effect IS 'How much comes from between: the stratum became a larger or smaller part of the whole, and is better or worse than it.';
COMMENT ON COLUMN learning.segment.share_of_change IS 'Both, over the change of the whole; below 0: it went the other way.';
COMMENT ON COLUMN learning.segment.carries IS 'Whether it is one of the fewest strata that together make up 80 % of the change.';
COMMENT ON COLUMN learning.segment.events IS 'The event that opened the signal: stream/partition/offset; figures are traced by plimsoll trace.';
