-- Goals: from where to where, whether anything supports them, and whether today's process can reach them at all.

-- By goal and period of its baseline: the unit's own figures with those of the units below it.
CREATE VIEW planning.baseline_period AS
SELECT g.id AS grp, f.period AS cluster, f.amount AS numerator, f.size AS denominator
FROM current.goal g JOIN planning.within w ON w.unit = g.microsystem
JOIN planning.figure f ON f.measure = g.measure AND f.microsystem = w.part AND f.period BETWEEN g.baseline_from AND g.baseline_until
-- With a figure hidden the others would be no baseline: they are the large ones.
WHERE NOT EXISTS (
  FROM planning.within p JOIN planning.hidden h ON h.microsystem = p.part
  WHERE p.unit = g.microsystem AND h.measure = g.measure AND h.period BETWEEN g.baseline_from AND g.baseline_until);

-- The size of a year, by which a change of the figure becomes a number of cases.
CREATE VIEW planning.goal_size AS
WITH period AS (
  SELECT g.id AS goal, f.period, any_value(f.per_year) AS per_year, list_sum(list_sort(list(f.size))) AS size
  FROM current.goal g JOIN planning.within w ON w.unit = g.microsystem JOIN planning.year_figure f ON f.measure = g.measure AND f.microsystem = w.part GROUP BY g.id, f.period)
SELECT goal, CASE WHEN count(*) >= greatest(3, any_value(per_year) / 4) THEN list_sum(list(size ORDER BY period)) / count(*) * any_value(per_year) END AS size
FROM period GROUP BY goal;

CREATE VIEW planning.goal AS
WITH needed AS (SELECT goal, count(*) AS needs FROM planning.answer GROUP BY goal),
joined AS (
  SELECT g.*, m.id AS known, m.unit, m.direction, m.chart, b.clusters AS points, b.estimate AS mean,
    CASE WHEN b.se > 1e-12 THEN CASE WHEN m.chart IN ('p', 'pp', 'p_auto') THEN greatest(b.low, 0) ELSE b.low END
      WHEN b.clusters > 1 AND m.chart IN ('p', 'pp', 'p_auto') THEN stats.wilson(b.numerator, b.denominator).low END AS low,
    CASE WHEN b.se > 1e-12 THEN CASE WHEN m.chart IN ('p', 'pp', 'p_auto') THEN least(b.high, 1) ELSE b.high END
      WHEN b.clusters > 1 AND m.chart IN ('p', 'pp', 'p_auto') THEN stats.wilson(b.numerator, b.denominator).high END AS high,
    z.size, s.centre, s.lcl3, s.ucl3, s.status AS series_status, coalesce(n.needs, 0) AS known_needs, c.day AS today,
    from_json(g.insights, '["VARCHAR"]') AS rests_on
  FROM current.goal g SEMI JOIN plimsoll.microsystem u ON u.id = g.microsystem
  JOIN plimsoll.clock c ON true
  LEFT JOIN plimsoll.measure m ON m.id = g.measure
  LEFT JOIN stats.ratio_of_sums('planning.baseline_period') b ON b.grp = g.id
  LEFT JOIN planning.goal_size z ON z.goal = g.id
  LEFT JOIN plimsoll.series s ON s.measure = g.measure AND s.microsystem = g.microsystem AND s.stratum IS NULL
  LEFT JOIN needed n ON n.goal = g.id),
aimed AS (
  SELECT *, CASE WHEN target > mean THEN 'up' WHEN target < mean THEN 'down' END AS way,
    CASE WHEN direction IN ('up', 'down') THEN direction WHEN target > mean THEN 'up' WHEN target < mean THEN 'down' END AS better
  FROM joined),
reached AS (
  -- Within 1e-9 of a limit counts as on it.
  SELECT *, CASE WHEN better IS NULL OR centre IS NULL OR coalesce(series_status, 'not-judged') IN ('not-judged', 'unjudged') THEN 'not-judged'
      WHEN better = 'down' AND target < lcl3 - 1e-9 * abs(lcl3) OR better = 'up' AND target > ucl3 + 1e-9 * abs(ucl3) THEN 'out-of-reach'
      WHEN better = 'down' AND target > ucl3 + 1e-9 * abs(ucl3) OR better = 'up' AND target < lcl3 - 1e-9 * abs(lcl3) THEN 'reached'
      ELSE 'now-and-then' END AS reach,
    list_filter([CASE WHEN known_needs = 0 THEN 'no-need' END,
      CASE WHEN known IS NULL THEN 'unknown-measure' WHEN baseline_from IS NULL THEN 'no-baseline' WHEN mean IS NULL OR low IS NULL THEN 'baseline-not-measured' END],
      lambda one: one IS NOT NULL) AS reasons,
    list_filter([CASE WHEN points < 12 THEN 'few-points' END, CASE WHEN way <> better OR target = mean THEN 'no-better' END,
      CASE WHEN status = 'active' AND due < today THEN 'past-due' END], lambda one: one IS NOT NULL) AS flags
  FROM aimed)
SELECT id AS goal, title, microsystem, measure, status, due, target, baseline_from, baseline_until, coalesce(points, 0) AS points, mean AS baseline, low, high,
  len(reasons) = 0 AS supported, reasons, flags, reach, centre, lcl3, ucl3, series_status IN ('slipping', 'improving', 'changed') IS TRUE AS not_steady,
  CASE better WHEN 'down' THEN mean - target ELSE target - mean END * size AS avoided,
  CASE better WHEN 'down' THEN low - target ELSE target - high END * size AS avoided_low,
  CASE better WHEN 'down' THEN high - target ELSE target - low END * size AS avoided_high,
  CASE WHEN mean IS NULL THEN 'No baseline' WHEN low IS NULL THEN 'From ' || planning.told(mean, unit) || ' (one figure, or figures that do not differ: no interval)'
    ELSE 'From ' || planning.told(mean, unit) || ' (' || planning.told(low, unit) || ' to ' || planning.told(high, unit) || ', ' || points || ' figures)' END
  || ' to ' || planning.told(target, unit) || ' by ' || due || '. ' || CASE reach
    WHEN 'reached' THEN 'Today''s process meets this by itself: every figure within its limits does.'
    WHEN 'now-and-then' THEN 'Today''s process meets this now and then, by chance: the target is within its limits.'
    WHEN 'out-of-reach' THEN 'Today''s process cannot meet this: the target is beyond its limits, so the process itself has to change.'
    ELSE 'Its chart cannot say what today''s process can do.' END
  || CASE WHEN reach <> 'not-judged' AND series_status IN ('slipping', 'improving', 'changed') THEN ' It is not steady now: its limits say little of what comes.' ELSE '' END AS words,
  len(rests_on) AS insights, override IS NOT NULL AS overridden,
  ['goal/' || _partition || '/' || _offset] AS events
FROM reached;
COMMENT ON VIEW planning.goal IS 'Goals: a measured baseline, a target, what does not support them, and whether today''s process can reach the target at all.';
COMMENT ON COLUMN planning.goal.goal IS 'The id of the goal.';
COMMENT ON COLUMN planning.goal.title IS 'What it says.';
COMMENT ON COLUMN planning.goal.microsystem IS 'The unit.';
COMMENT ON COLUMN planning.goal.measure IS 'The measure that tells whether it is reached.';
COMMENT ON COLUMN planning.goal.status IS 'active or retired.';
COMMENT ON COLUMN planning.goal.due IS 'The day by which.';
COMMENT ON COLUMN planning.goal.target IS 'What is to be reached.';
COMMENT ON COLUMN planning.goal.baseline_from IS 'The first day of the baseline; null: none.';
COMMENT ON COLUMN planning.goal.baseline_until IS 'Its last day.';
COMMENT ON COLUMN planning.goal.points IS 'Periods of the baseline that have a figure that may be told.';
COMMENT ON COLUMN planning.goal.baseline IS 'The figure over the whole baseline: sum over sum, of the unit and those below it.';
COMMENT ON COLUMN planning.goal.low IS 'The lower end of its 95 % interval, from how far periods differ (of shares that do not differ at all: Wilson).';
COMMENT ON COLUMN planning.goal.high IS 'The upper end.';
COMMENT ON COLUMN planning.goal.supported IS 'Whether there is a need and a measured baseline.';
COMMENT ON COLUMN planning.goal.reasons IS 'Why not: no-need, no-baseline, baseline-not-measured, unknown-measure.';
COMMENT ON COLUMN planning.goal.flags IS 'few-points (below 12: no later change could be credited), no-better (the target is no better than the baseline), past-due.';
COMMENT ON COLUMN planning.goal.reach IS 'The target against the 3-sigma limits of the chart: out-of-reach (beyond them), now-and-then (within), reached (by every figure within them), not-judged.';
COMMENT ON COLUMN planning.goal.centre IS 'The centre of the chart at its latest point.';
COMMENT ON COLUMN planning.goal.lcl3 IS 'Its lower limit.';
COMMENT ON COLUMN planning.goal.ucl3 IS 'Its upper limit.';
COMMENT ON COLUMN planning.goal.not_steady IS 'Whether a rule holds at its latest point: then the limits say little of what comes.';
COMMENT ON COLUMN planning.goal.avoided IS 'Cases a year fewer than at the baseline, once the target is reached: at the size of the last twelve months.';
COMMENT ON COLUMN planning.goal.avoided_low IS 'The lower end of its 95 % interval, from that of the baseline.';
COMMENT ON COLUMN planning.goal.avoided_high IS 'The upper end.';
COMMENT ON COLUMN planning.goal.words IS 'In plain words.';
COMMENT ON COLUMN planning.goal.insights IS 'How many insights it rests on.';
COMMENT ON COLUMN planning.goal.overridden IS 'Whether somebody answers for insights of partial evidence. Who, is not told.';
COMMENT ON COLUMN planning.goal.events IS 'The event that says the goal: stream/partition/offset. Those of the figures are behind the measure.';

CREATE VIEW planning.goal_insight AS
SELECT g.id AS goal, unnest(from_json(g.insights, '["VARCHAR"]')) AS insight, g.microsystem, g.status = 'active' AS active, g.override IS NOT NULL AS overridden,
  ['goal/' || g._partition || '/' || g._offset] AS events
FROM current.goal g SEMI JOIN plimsoll.microsystem u ON u.id = g.microsystem;
COMMENT ON VIEW planning.goal_insight IS 'Which insights each goal rests on. Whether their evidence is partial is for the learning system to say.';
COMMENT ON COLUMN planning.goal_insight.goal IS 'The goal.';
COMMENT ON COLUMN planning.goal_insight.insight IS 'The id of the insight.';
COMMENT ON COLUMN planning.goal_insight.microsystem IS 'The unit of the goal.';
COMMENT ON COLUMN planning.goal_insight.active IS 'Whether the goal is active.';
COMMENT ON COLUMN planning.goal_insight.overridden IS 'Whether somebody answers for it where the evidence is partial. Who, is not told.';
COMMENT ON COLUMN planning.goal_insight.events IS 'The event of the goal: stream/partition/offset.';

CREATE VIEW planning.goal_overlap AS
WITH aimed AS (
  SELECT goal, microsystem, measure, due, target, events, CASE WHEN target > baseline THEN 'up' WHEN target < baseline THEN 'down' ELSE better END AS way
  FROM (SELECT g.*, CASE m.direction WHEN 'neutral' THEN NULL ELSE m.direction END AS better
    FROM planning.goal g LEFT JOIN plimsoll.measure m ON m.id = g.measure WHERE g.status = 'active')),
near AS (SELECT unit, part AS other FROM planning.within UNION SELECT part, unit FROM planning.within),
-- The earlier first.
pair AS (
  SELECT a.goal, b.goal AS other, a.measure, a.microsystem AS unit, b.microsystem AS other_unit, a.way, b.way AS other_way, a.due, b.due AS other_due,
    a.target, b.target AS other_target, list_sort(list_concat(a.events, b.events)) AS events
  FROM aimed a JOIN near n ON n.unit = a.microsystem JOIN aimed b ON b.microsystem = n.other AND a.measure = b.measure AND (a.due, a.goal) < (b.due, b.goal)
  WHERE a.microsystem = b.microsystem OR a.way <> b.way),
judged AS (
  SELECT *, CASE WHEN way <> other_way THEN 'opposite-ways' WHEN target = other_target THEN 'same-target' WHEN due = other_due THEN 'two-targets'
    WHEN way = 'down' AND other_target > target OR way = 'up' AND other_target < target THEN 'asks-for-less' END AS reason
  FROM pair)
SELECT goal, other, measure, unit AS microsystem, other_unit AS other_microsystem, CASE reason WHEN 'same-target' THEN 'duplicate' ELSE 'conflicting' END AS kind, reason,
  CASE reason WHEN 'opposite-ways' THEN 'one wants the measure to rise and the other wants it to fall' WHEN 'same-target' THEN 'both ask for the same of the same unit'
    WHEN 'two-targets' THEN 'they ask for two figures by one day' ELSE 'the later one asks for less than the earlier one' END AS words,
  events
FROM judged WHERE reason IS NOT NULL;
COMMENT ON VIEW planning.goal_overlap IS 'Active goals on one measure that are duplicates or cannot both hold. A later goal that asks for more is a step further, and is not here.';
COMMENT ON COLUMN planning.goal_overlap.goal IS 'The goal that is due first.';
COMMENT ON COLUMN planning.goal_overlap.other IS 'The other.';
COMMENT ON COLUMN planning.goal_overlap.measure IS 'Their measure.';
COMMENT ON COLUMN planning.goal_overlap.microsystem IS 'The unit of the first.';
COMMENT ON COLUMN planning.goal_overlap.other_microsystem IS 'The unit of the other: the same, or for opposite ways one above or below it.';
COMMENT ON COLUMN planning.goal_overlap.kind IS 'duplicate or conflicting.';
COMMENT ON COLUMN planning.goal_overlap.reason IS 'same-target, opposite-ways, two-targets (by one day) or asks-for-less (the later one).';
COMMENT ON COLUMN planning.goal_overlap.words IS 'In plain words.';
COMMENT ON COLUMN planning.goal_overlap.events IS 'The events of both goals: stream/partition/offset.';
