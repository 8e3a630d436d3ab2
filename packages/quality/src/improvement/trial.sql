-- The chart of a change: its own baseline, from before the change and without the points that gave rise to it (RULES §3.4).

-- What is looked at: the measures of a project in its own unit, that of its aim in the sites that adopted it, and in units like its own that did not.
CREATE VIEW improvement.trial AS
WITH site AS (
  SELECT a.project, a.microsystem, least(a.adopted, min(c.did)) AS day, 'adoption/' || a._partition || '/' || a._offset AS event
  FROM current.adoption a JOIN plimsoll.clock k ON a.adopted <= k.day LEFT JOIN improvement.fit_cycle c ON c.project = a.project AND c.microsystem = a.microsystem
  GROUP BY a.project, a.microsystem, a.adopted, a._partition, a._offset
),
touched AS (SELECT project, microsystem FROM site UNION SELECT project, microsystem FROM improvement.fit_cycle WHERE did IS NOT NULL),
charted AS (SELECT DISTINCT measure, microsystem FROM plimsoll.measure_value WHERE stratum IS NULL),
-- Of many like units fifty that the project's id picks, so that a project costs the same in a large organisation.
like_own AS (
  SELECT a.project, a.measure, u.id AS microsystem, c.day, list_append(a.events, c.event) AS events
  FROM improvement.aim a JOIN improvement.first_change c ON c.project = a.project
  JOIN plimsoll.microsystem own ON own.id = a.microsystem
  JOIN plimsoll.microsystem u ON u.id <> own.id AND u.kind = own.kind AND u.parent IS NOT DISTINCT FROM own.parent
  SEMI JOIN charted m ON m.measure = a.measure AND m.microsystem = u.id
  ANTI JOIN touched t ON t.project = a.project AND t.microsystem = u.id
  WHERE a.in_force QUALIFY row_number() OVER (PARTITION BY a.project ORDER BY md5(a.project || ' ' || u.id)) <= 50
),
looked AS (
  SELECT f.project, 'own' AS part, f.role, f.of_aim, f.measure, f.microsystem, c.day AS changed, list_filter([f.event, c.event], lambda x: x IS NOT NULL) AS events
  FROM improvement.family f LEFT JOIN improvement.first_change c ON c.project = f.project
  UNION ALL
  SELECT s.project, 'site', 'outcome', true, a.measure, s.microsystem, s.day, list_append(a.events, s.event)
  FROM site s JOIN improvement.aim a ON a.project = s.project AND a.in_force AND a.microsystem <> s.microsystem
  UNION ALL
  SELECT project, 'beside', 'outcome', true, measure, microsystem, day, events FROM like_own
)
SELECT l.*, l.project || ' ' || l.part || ' ' || l.measure || ' ' || l.microsystem AS trial, m.direction, m.unjudged,
  CASE m.period WHEN 'day' THEN INTERVAL 1 DAY WHEN 'week' THEN INTERVAL 7 DAY WHEN 'month' THEN INTERVAL 1 MONTH ELSE INTERVAL 3 MONTH END AS length,
  CASE m.direction WHEN 'up' THEN 'high' WHEN 'down' THEN 'low' END AS better
FROM looked l JOIN plimsoll.measure m ON m.id = l.measure;

-- A period counts as after the change if some of its days do.
CREATE VIEW improvement.trial_value AS
SELECT t.trial, t.project, t.part, t.role, t.of_aim, t.measure, t.microsystem, t.changed, t.direction, t.better, t.length,
  CASE t.part WHEN 'site' THEN t.changed ELSE p.started END AS began, v.period, v.value, coalesce(v.period + t.length > t.changed, false) AS after
FROM improvement.trial t JOIN improvement.known p ON p.id = t.project
JOIN plimsoll.measure_value v ON v.measure = t.measure AND v.microsystem = t.microsystem AND v.stratum IS NULL AND v.value IS NOT NULL;

-- The chart as it was before the change, with the baseline that it had then. A balancing measure gives rise to nothing: what it was before, good or bad, is what it is held to.
CREATE VIEW improvement.before_chart AS
SELECT trial AS series, period, value, row_number() OVER (PARTITION BY trial ORDER BY period) <= 24 AS baseline, direction
FROM improvement.trial_value WHERE NOT after AND changed IS NOT NULL AND role <> 'balancing' AND direction <> 'neutral';

-- What gave rise to the project: a run of concern in it that held at the last period before the project began, or later; the signals and the stretch that its aim names.
CREATE VIEW improvement.trial_point AS
WITH marked AS (SELECT series, unnest(rules) AS run FROM spc.xmr('improvement.before_chart') WHERE len(rules) > 0),
concern AS (SELECT DISTINCT series AS trial, run.side AS side, run.first AS first_period, run.last AS last_period FROM marked),
named AS (
  SELECT DISTINCT a.project, s.measure, s.microsystem, s.first_period, s.completed_period
  FROM (SELECT project, unnest(signals) AS signal FROM improvement.aim WHERE in_force) a JOIN plimsoll.signal s ON s.signal = a.signal AND s.stratum IS NULL
)
SELECT p.trial, p.direction, p.period, p.value, p.after,
  NOT p.after AND p.role <> 'balancing' AND (
    EXISTS (FROM concern c WHERE c.trial = p.trial AND c.side <> p.better AND c.last_period + p.length + p.length > p.began AND p.period BETWEEN c.first_period AND c.last_period)
    OR EXISTS (FROM named n WHERE n.project = p.project AND n.measure = p.measure AND n.microsystem = p.microsystem AND p.period BETWEEN n.first_period AND n.completed_period)
    OR EXISTS (FROM improvement.aim a WHERE a.project = p.project AND a.in_force AND p.part = 'own' AND p.of_aim AND p.period >= a.motivated_from)
  ) AS motivating
FROM improvement.trial_value p;

-- The points of each chart that can be assessed. Points that gave rise to the change are ghosts: in no limit, in no run.
CREATE VIEW improvement.trial_chart AS
WITH counted AS (
  SELECT trial, count(*) FILTER (NOT after AND NOT motivating) AS before FROM improvement.trial_point GROUP BY trial
)
SELECT p.trial AS series, p.period, p.value, NOT p.after AND NOT p.motivating AS baseline, p.motivating AS excluded, p.direction
FROM improvement.trial_point p JOIN counted c ON c.trial = p.trial CROSS JOIN improvement.value v WHERE c.before >= v.points_before;

-- Runs that include the latest point, the first of them for each side, by the rules of the profile mdc-2023 on an XmR chart.
CREATE VIEW improvement.trial_run AS
WITH drawn AS (SELECT series, period, rules FROM spc.xmr('improvement.trial_chart') WHERE NOT excluded AND value IS NOT NULL),
last AS (SELECT series, max(period) AS latest, arg_max(rules, period) AS rules FROM drawn GROUP BY series),
run AS (SELECT series, unnest(rules) AS run FROM last)
SELECT series AS trial, run.side AS side, min(run.first) AS first_period, max(run.completed) AS completed_period,
  arg_min(run.rule, (run.first, run.rule)) AS rule FROM run GROUP BY series, run.side;
