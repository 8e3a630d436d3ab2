-- How many cases a year an issue is worse than its target, or than the best fifth of units.

-- The figures of measures that a goal or an issue names: what was counted, and the size that it is held against. On the scale of
-- value = amount / size. A chart of moving ranges judges steps, and its target is none for the figure.
CREATE VIEW planning.figure AS
SELECT v.measure, v.microsystem, v.period, CASE WHEN m.denominator IS NULL THEN v.value ELSE v.numerator END::DOUBLE AS amount,
  CASE WHEN m.denominator IS NULL OR m.chart = 'np' THEN 1 ELSE v.denominator / m.multiplier END::DOUBLE AS size,
  m.denominator IS NOT NULL AND m.chart <> 'np' AS comparable, m.direction, m.target, m.unit, m.chart,
  CASE m.period WHEN 'day' THEN 365.25e0 WHEN 'week' THEN 365.25e0 / 7 WHEN 'month' THEN 12e0 ELSE 4e0 END AS per_year
FROM plimsoll.measure_value v JOIN plimsoll.measure m ON m.id = v.measure AND m.chart <> 'mr'
WHERE v.stratum IS NULL AND v.observed AND NOT v.hidden AND v.value IS NOT NULL
  AND (v.measure IN (SELECT measure FROM planning.open_issue) OR v.measure IN (SELECT measure FROM current.goal));

-- Where small counts are hidden, those that are shown are the large ones: what is left tells nothing of a year.
CREATE VIEW planning.hidden AS
SELECT DISTINCT v.measure, v.microsystem, v.period FROM plimsoll.measure_value v
WHERE v.stratum IS NULL AND v.hidden AND (v.measure IN (SELECT measure FROM planning.open_issue) OR v.measure IN (SELECT measure FROM current.goal));

CREATE VIEW planning.year_figure AS
SELECT f.* FROM planning.figure f JOIN planning.span s ON f.period >= s.first_day AND f.period < s.until
ANTI JOIN (SELECT h.measure, h.microsystem FROM planning.hidden h JOIN planning.span s ON h.period >= s.first_day AND h.period < s.until) h
  ON h.measure = f.measure AND h.microsystem = f.microsystem;

CREATE VIEW planning.best_fifth AS
WITH unit AS (
  SELECT f.measure, u.kind, f.direction, f.microsystem,
    list_sum(list(f.amount ORDER BY f.period)) / nullif(list_sum(list(f.size ORDER BY f.period)), 0) AS value
  FROM planning.year_figure f JOIN plimsoll.microsystem u ON u.id = f.microsystem
  WHERE f.comparable AND f.direction <> 'neutral' GROUP BY f.measure, u.kind, f.direction, f.microsystem)
SELECT measure, kind, count(value) AS units, CASE direction WHEN 'down' THEN quantile_cont(value, 0.2) ELSE quantile_cont(value, 0.8) END AS reached
FROM unit GROUP BY measure, kind, direction HAVING count(value) >= 5;

-- By issue, unit and period: how many cases more than there would be at the target, or at what the best fifth reaches.
CREATE VIEW planning.excess AS
SELECT {'issue': i.id, 'unit': f.microsystem} AS grp, f.period AS cluster,
  CASE f.direction WHEN 'down' THEN 1 ELSE -1 END * (f.amount - coalesce(f.target, b.reached) * f.size) AS numerator, 1 AS denominator
FROM planning.open_issue i JOIN planning.within w ON w.unit = i.microsystem
JOIN planning.year_figure f ON f.measure = i.measure AND f.microsystem = w.part JOIN plimsoll.microsystem u ON u.id = f.microsystem
LEFT JOIN planning.best_fifth b ON b.measure = f.measure AND b.kind = u.kind
WHERE f.direction <> 'neutral' AND coalesce(f.target, b.reached) IS NOT NULL;

CREATE VIEW planning.burden AS
WITH kind AS (SELECT measure, any_value(per_year) AS per_year, any_value(target) AS target, any_value(direction) AS direction, any_value(unit) AS unit FROM planning.figure GROUP BY measure),
unit AS (
  SELECT r.grp.issue AS issue, r.grp.unit AS unit, r.estimate * k.per_year AS cases, r.se * k.per_year AS se, r.clusters AS periods,
    r.clusters >= greatest(3, k.per_year / 4) AS enough
  FROM stats.ratio_of_sums('planning.excess') r JOIN current.issue i ON i.id = r.grp.issue JOIN kind k ON k.measure = i.measure),
summed AS (
  SELECT issue, count(*) FILTER (enough) AS units, count(*) FILTER (NOT enough) AS left_out, min(periods) FILTER (enough) AS periods,
    list_sum(list(cases ORDER BY unit) FILTER (enough)) AS excess, list_sum(list(se * se ORDER BY unit) FILTER (enough)) AS variance,
    list_sum(list(pow(se, 4) / (periods - 1) ORDER BY unit) FILTER (enough)) AS spread
  FROM unit GROUP BY issue),
hidden AS (
  SELECT i.id AS issue, count(DISTINCT h.microsystem) AS units
  FROM planning.open_issue i JOIN planning.within w ON w.unit = i.microsystem JOIN planning.hidden h ON h.measure = i.measure AND h.microsystem = w.part
  JOIN planning.span s ON h.period >= s.first_day AND h.period < s.until GROUP BY i.id),
spread AS (SELECT *, stats.t_quantile(0.975, variance * variance / nullif(spread, 0)) * sqrt(variance) AS half FROM summed),
joined AS (
  SELECT i.id AS issue, i.title, i.microsystem, i.measure, k.unit, i.event, s.* EXCLUDE (issue, spread), d.value AS declared, k.target, k.direction, k.measure AS has_figures, m.id AS known, coalesce(h.units, 0) AS units_hidden,
    CASE WHEN s.units > 0 THEN CASE WHEN k.target IS NULL THEN 'best-fifth' ELSE 'target' END WHEN d.value IS NOT NULL THEN 'declared' END AS standard,
    'priority-weight/' || d._partition || '/' || d._offset AS declared_event
  FROM planning.open_issue i LEFT JOIN plimsoll.measure m ON m.id = i.measure LEFT JOIN kind k ON k.measure = i.measure LEFT JOIN spread s ON s.issue = i.id LEFT JOIN hidden h ON h.issue = i.id
  LEFT JOIN current.priority_weight d ON d.issue = i.id AND d.factor = 'burden')
SELECT issue, title, microsystem, measure, standard, CASE WHEN standard = 'declared' THEN declared WHEN standard IS NOT NULL THEN greatest(excess, 0) END AS burden,
  CASE WHEN standard <> 'declared' THEN excess END AS excess, CASE WHEN standard <> 'declared' THEN excess - half END AS low,
  CASE WHEN standard <> 'declared' THEN excess + half END AS high, CASE WHEN standard <> 'declared' THEN half / 1.959963984540054e0 END AS se,
  declared, coalesce(units, 0) AS units, coalesce(left_out, 0) AS units_left_out, units_hidden, periods,
  CASE WHEN standard IS NOT NULL THEN NULL WHEN measure IS NULL THEN 'no measure counts its cases, and nobody has declared its burden'
    WHEN known IS NULL THEN 'nobody has told of its measure' WHEN has_figures IS NULL THEN 'its measure has no figures that may be told'
    WHEN units_hidden > 0 AND coalesce(left_out, 0) = 0 THEN 'some of its figures are too small to tell, so a year of them is not known'
    WHEN direction = 'neutral' THEN 'no direction of its measure is better' WHEN left_out > 0 THEN 'its figures of the last months are too few'
    WHEN target IS NULL THEN 'its measure has no target, and fewer than five units can be compared, or none of its own'
    ELSE 'its unit and those below it have no figures of the last months' END AS reason,
  list_sort(list_filter([event, CASE WHEN standard = 'declared' THEN declared_event END], lambda one: one IS NOT NULL)) AS events
FROM joined;
COMMENT ON VIEW planning.burden IS 'How many cases a year each open issue is worse than its target, or than what the best fifth of units of the same kind reaches, in the last months that are over.';
COMMENT ON COLUMN planning.burden.issue IS 'The issue.';
COMMENT ON COLUMN planning.burden.title IS 'What goes wrong.';
COMMENT ON COLUMN planning.burden.microsystem IS 'The unit, with those below it.';
COMMENT ON COLUMN planning.burden.measure IS 'The measure that counts its cases: what its numerator counts, or where more is better, what it lacks.';
COMMENT ON COLUMN planning.burden.standard IS 'target, best-fifth (where the measure has no target), or declared as a weight (where no measure tells). Null: not known.';
COMMENT ON COLUMN planning.burden.burden IS 'Cases a year: excess, or 0 where that is below; or as declared.';
COMMENT ON COLUMN planning.burden.excess IS 'Measured cases a year more than at the standard; below 0: fewer.';
COMMENT ON COLUMN planning.burden.low IS 'The lower end of its 95 % interval, from how far periods differ.';
COMMENT ON COLUMN planning.burden.high IS 'The upper end.';
COMMENT ON COLUMN planning.burden.se IS 'The standard error that goes with that interval: a half of it over 1.96.';
COMMENT ON COLUMN planning.burden.declared IS 'The burden that was declared; it counts where none is measured.';
COMMENT ON COLUMN planning.burden.units IS 'Units whose figures are in it.';
COMMENT ON COLUMN planning.burden.units_left_out IS 'Units with fewer than three periods, or than a quarter of a year.';
COMMENT ON COLUMN planning.burden.units_hidden IS 'Units of which a figure of these months is hidden: they are not in it.';
COMMENT ON COLUMN planning.burden.periods IS 'The fewest periods of a unit.';
COMMENT ON COLUMN planning.burden.reason IS 'Why it is not known.';
COMMENT ON COLUMN planning.burden.events IS 'The events of the issue, and of a burden that is declared: stream/partition/offset. Those of the figures are behind the measure.';
