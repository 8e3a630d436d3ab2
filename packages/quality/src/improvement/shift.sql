-- Whether a change worked: the shift, dated twice, against the date of the change.

-- When the level moved, by least squares; and whether it was moving before there was a change.
CREATE VIEW improvement.trial_date AS
WITH point AS (SELECT series AS grp, period, value FROM improvement.trial_chart WHERE NOT excluded)
SELECT grp AS trial, period, low, high, after - before AS step FROM stats.change_point('point');

CREATE VIEW improvement.trial_slope AS
WITH point AS (SELECT series AS grp, period, value FROM improvement.trial_chart WHERE baseline)
SELECT grp AS trial, slope, low, high FROM stats.linear_trend('point');

CREATE VIEW improvement.trial_level AS
WITH split AS (
  SELECT p.trial, p.value, NOT p.after AND NOT p.motivating AS before, p.after, p.after AND p.period >= coalesce(r.first_period, p.period) AS since, p.motivating,
    NOT p.after AND NOT p.motivating AND p.period >= r.first_period AS back
  FROM improvement.trial_point p JOIN improvement.trial t ON t.trial = p.trial LEFT JOIN improvement.trial_run r ON r.trial = p.trial AND r.side = t.better
),
summed AS (
  SELECT trial, count(*) FILTER (before) AS points_before, count(*) FILTER (after) AS points_after, count(*) FILTER (since) AS points_since,
    count(*) FILTER (motivating) AS points_outside, count(*) FILTER (back) AS points_back, list_sort(list(value) FILTER (before)) AS b, list_sort(list(value) FILTER (since)) AS s
  FROM split GROUP BY trial
),
meant AS (SELECT *, list_sum(b) / len(b) AS mean_before, list_sum(s) / len(s) AS mean_since FROM summed)
SELECT trial, points_before, points_after, points_since, points_outside, points_back, mean_before, mean_since,
  sqrt(list_sum(list_transform(b, lambda x: pow(x - mean_before, 2))) / nullif(len(b) - 1, 0)) AS sd_before,
  sqrt(list_sum(list_transform(s, lambda x: pow(x - mean_since, 2))) / nullif(len(s) - 1, 0)) AS sd_since
FROM meant;

-- The level has moved after the change if the date of the regression, and all dates of its 95 % set, are. A run may reach back over a few points that were on the
-- better side by luck: four in a row are so in 1 of 16 cases, five in 1 of 32.
CREATE VIEW improvement.effect AS
WITH gathered AS (
  SELECT t.trial, t.project, t.part, t.role, t.of_aim, t.measure, t.microsystem, t.changed, t.direction, t.unjudged, t.events, v.points_before AS needed,
    coalesce(l.points_before, 0) AS points_before, coalesce(l.points_after, 0) AS points_after, coalesce(l.points_since, 0) AS points_since, coalesce(l.points_outside, 0) AS points_outside,
    l.mean_before, l.mean_since, b.first_period AS shift_from, b.rule AS shift_rule, w.first_period AS worse_from, w.completed_period AS worse_completed,
    d.period AS dated, d.low AS dated_low, d.high AS dated_high, d.step,
    stats.welch(l.points_before, l.mean_before, l.sd_before, l.points_since, l.mean_since, l.sd_since) AS change,
    CASE t.direction WHEN 'up' THEN s.low > 0 WHEN 'down' THEN s.high < 0 END AS already,
    t.length, coalesce(l.points_back, 0) AS points_back
  FROM improvement.trial t CROSS JOIN improvement.value v LEFT JOIN improvement.trial_level l ON l.trial = t.trial
  LEFT JOIN improvement.trial_run b ON b.trial = t.trial AND b.side = t.better
  LEFT JOIN improvement.trial_run w ON w.trial = t.trial AND w.side <> t.better
  LEFT JOIN improvement.trial_date d ON d.trial = t.trial LEFT JOIN improvement.trial_slope s ON s.trial = t.trial
),
judged AS (
  SELECT *, CASE WHEN changed IS NULL THEN 'no change tested' WHEN direction = 'neutral' OR unjudged IS NOT NULL OR points_before < needed THEN 'not assessable'
      WHEN shift_from IS NULL AND worse_completed + length > changed THEN 'worse'
      WHEN shift_from IS NULL AND points_after < 7 THEN 'too early' WHEN shift_from IS NULL THEN 'no shift'
      WHEN points_back > 4 OR coalesce(already, false) OR coalesce(dated_high + length <= changed, false) THEN 'older than the change'
      WHEN coalesce(step, 0) * CASE direction WHEN 'up' THEN 1 ELSE -1 END <= 0 THEN 'no shift'
      WHEN dated_low + length <= changed THEN 'date uncertain' ELSE 'improved' END AS result
  FROM gathered
)
SELECT trial, project, part, role, of_aim, measure, microsystem, changed, points_before, points_outside, points_after, points_since, mean_before, mean_since,
  mean_since - mean_before AS change, change.low AS change_low, change.high AS change_high, shift_from, shift_rule, points_back, dated, dated_low, dated_high,
  CASE WHEN worse_completed + length > changed AND unjudged IS NULL THEN worse_from END AS worse_from, result,
  CASE result WHEN 'no change tested' THEN 'No cycle of the project has come to "do" yet.'
    WHEN 'not assessable' THEN CASE WHEN direction = 'neutral' THEN 'Nobody has said which way of the measure is better.'
      WHEN unjudged IS NOT NULL THEN 'The measure is drawn and never judged: ' || unjudged || '.'
      ELSE 'There are ' || points_before || ' points before the change that count, fewer than ' || needed || '.' ||
        CASE WHEN points_outside > 0 THEN ' Another ' || points_outside || ' gave rise to the project, and count for nothing.' ELSE '' END END
    WHEN 'worse' THEN 'A run for the worse from ' || worse_from || ' on holds at the latest point.'
    WHEN 'too early' THEN 'There are ' || points_after || ' points since the change, fewer than a run of 7.'
    WHEN 'no shift' THEN 'No run for the better holds at the latest point.'
    WHEN 'older than the change' THEN CASE WHEN points_back > 4 THEN 'The run for the better began in ' || shift_from || ', ' || points_back || ' points before the change of ' || changed || '.'
      WHEN already THEN 'It was getting better before the change of ' || changed || ' already.' ELSE 'The level moved by ' || dated_high || ', before the change of ' || changed || '.' END
    WHEN 'date uncertain' THEN 'The level may have moved as early as ' || dated_low || ', before the change of ' || changed || '.'
    ELSE 'A run for the better from ' || shift_from || ' on holds at the latest point, and the level moved between ' || dated_low || ' and ' || dated_high || ', not before the change of ' || changed || '.' END AS reason,
  list_sort(list_distinct(events)) AS events
FROM judged;
COMMENT ON VIEW improvement.effect IS 'Whether a change worked: each measure of a project in its own unit (own), that of its aim in the sites that adopted it (site), and in like units without it (beside), on an XmR chart whose baseline is what came before the change without the points that gave rise to the project.';
COMMENT ON COLUMN improvement.effect.trial IS 'Project, part, measure and unit in one text.';
COMMENT ON COLUMN improvement.effect.project IS 'The project.';
COMMENT ON COLUMN improvement.effect.part IS 'own, site or beside: units of the same kind below the same unit that did not change; of them the change is that of the project.';
COMMENT ON COLUMN improvement.effect.role IS 'outcome, process or balancing.';
COMMENT ON COLUMN improvement.effect.of_aim IS 'Whether it is the measure of the aim.';
COMMENT ON COLUMN improvement.effect.measure IS 'The measure.';
COMMENT ON COLUMN improvement.effect.microsystem IS 'The unit.';
COMMENT ON COLUMN improvement.effect.changed IS 'The day of the first change: the first "do" of the project; of a site, of its adoption or its own first "do".';
COMMENT ON COLUMN improvement.effect.points_before IS 'Points of the baseline.';
COMMENT ON COLUMN improvement.effect.points_outside IS 'Points before the change that are outside the baseline, since they gave rise to the project.';
COMMENT ON COLUMN improvement.effect.points_after IS 'Points since the change.';
COMMENT ON COLUMN improvement.effect.points_since IS 'Of these, the points since the run for the better began; where there is none, all.';
COMMENT ON COLUMN improvement.effect.mean_before IS 'The mean of the baseline.';
COMMENT ON COLUMN improvement.effect.mean_since IS 'The mean of points_since.';
COMMENT ON COLUMN improvement.effect.change IS 'mean_since - mean_before. The run is chosen because it is good: where there is one, the change is a little too large.';
COMMENT ON COLUMN improvement.effect.change_low IS 'The lower end of its 95 % interval (Welch).';
COMMENT ON COLUMN improvement.effect.change_high IS 'The upper end.';
COMMENT ON COLUMN improvement.effect.shift_from IS 'The first point of the earliest run for the better that holds at the latest point; null: none.';
COMMENT ON COLUMN improvement.effect.shift_rule IS 'The rule of that run.';
COMMENT ON COLUMN improvement.effect.points_back IS 'How many points before the change the run reaches back over: up to four can be luck.';
COMMENT ON COLUMN improvement.effect.dated IS 'The first period of the new level by segmented regression (one break in level, least squares).';
COMMENT ON COLUMN improvement.effect.dated_low IS 'The earliest period of its 95 % set.';
COMMENT ON COLUMN improvement.effect.dated_high IS 'The latest.';
COMMENT ON COLUMN improvement.effect.worse_from IS 'The first point of a run for the worse that was complete after the change and holds at the latest point; null: none.';
COMMENT ON COLUMN improvement.effect.result IS 'improved, date uncertain, older than the change, no shift, worse, too early, not assessable or no change tested.';
COMMENT ON COLUMN improvement.effect.reason IS 'Why, in words.';
COMMENT ON COLUMN improvement.effect.events IS 'The events that say what is looked at, and when it changed: stream/partition/offset. Those of a figure: plimsoll trace.';

-- Of each project: what its aim and its balancing measures say together.
CREATE VIEW improvement.verdict AS
WITH harmed AS (
  SELECT project, list_sort(list(measure) FILTER (worse_from IS NOT NULL)) AS worse, count(*) AS balancing,
    count(*) FILTER (result NOT IN ('not assessable', 'no change tested', 'too early')) AS assessed
  FROM improvement.effect WHERE part = 'own' AND role = 'balancing' GROUP BY project
),
alike AS (
  SELECT project, count(*) FILTER (result NOT IN ('not assessable')) AS beside, count(*) FILTER (shift_from IS NOT NULL) AS beside_better
  FROM improvement.effect WHERE part = 'beside' GROUP BY project
)
SELECT e.project, CASE WHEN e.result = 'improved' AND len(h.worse) > 0 THEN 'trade-off' ELSE e.result END AS result,
  CASE WHEN e.result = 'improved' AND len(h.worse) > 0 THEN 'The outcome is better, and ' || array_to_string(h.worse, ', ') || ' is worse.' ELSE e.reason END AS reason,
  e.measure, e.microsystem, e.changed, e.shift_from, e.dated_low, e.dated_high, e.mean_before, e.mean_since, e.change, e.points_since, e.worse_from,
  coalesce(h.worse, []) AS worse, coalesce(h.balancing, 0) AS balancing, coalesce(h.assessed, 0) AS balancing_assessed,
  coalesce(a.beside, 0) AS beside, coalesce(a.beside_better, 0) AS beside_better, e.events
FROM improvement.effect e LEFT JOIN harmed h ON h.project = e.project LEFT JOIN alike a ON a.project = e.project
WHERE e.part = 'own' AND e.of_aim;
