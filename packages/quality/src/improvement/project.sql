-- What of the log counts: projects, aims, measures and cycles that fit each other, up to the day of the clock.

CREATE VIEW improvement.value AS
SELECT max(value) FILTER (id = 'least')::INTEGER AS least, max(value) FILTER (id = 'points-before')::INTEGER AS points_before,
  max(value) FILTER (id = 'points-sustained')::INTEGER AS points_sustained, max(value) FILTER (id = 'stuck-days')::INTEGER AS stuck_days
FROM current.improvement_setting;

CREATE VIEW improvement.setting AS
SELECT id, value, title, ['improvement-setting/' || _partition || '/' || _offset] AS events FROM current.improvement_setting;
COMMENT ON VIEW improvement.setting IS 'The settings that these figures were made by.';
COMMENT ON COLUMN improvement.setting.id IS 'What is set.';
COMMENT ON COLUMN improvement.setting.value IS 'To what.';
COMMENT ON COLUMN improvement.setting.title IS 'What it means.';
COMMENT ON COLUMN improvement.setting.events IS 'The event, as stream/partition/offset.';

CREATE VIEW improvement.known AS
SELECT p.id, p.title, p.microsystem, p.goal, p.intervention, p.lesson, p.started, CASE WHEN p.ended <= k.day THEN p.ended END AS ended,
  'project/' || p._partition || '/' || p._offset AS event
FROM current.project p JOIN plimsoll.microsystem u ON u.id = p.microsystem JOIN plimsoll.clock k ON p.started <= k.day;

CREATE VIEW improvement.aim AS
WITH fit AS (
  SELECT a.*, m.title AS measure_title, m.direction, m.period AS measure_period, 'aim/' || a._partition || '/' || a._offset AS event
  FROM current.aim a JOIN improvement.known p ON p.id = a.project JOIN plimsoll.microsystem u ON u.id = a.microsystem
  JOIN plimsoll.measure m ON m.id = a.measure JOIN plimsoll.clock k ON a.day <= k.day
)
SELECT id AS aim, project, microsystem, measure, measure_title, direction, target, due, for_whom, motivated_from, from_json(signals, '["VARCHAR"]') AS signals, day,
  min(day) OVER (PARTITION BY project) AS first_day, row_number() OVER (PARTITION BY project ORDER BY day DESC, id DESC) = 1 AS in_force, [event] AS events
FROM fit;
COMMENT ON VIEW improvement.aim IS 'The aims of projects: how much, by when, for whom. A project that sets its aim anew shows the old ones, too.';
COMMENT ON COLUMN improvement.aim.aim IS 'The aim.';
COMMENT ON COLUMN improvement.aim.project IS 'The project.';
COMMENT ON COLUMN improvement.aim.microsystem IS 'The unit whose figures tell.';
COMMENT ON COLUMN improvement.aim.measure IS 'The measure that tells.';
COMMENT ON COLUMN improvement.aim.measure_title IS 'Its name.';
COMMENT ON COLUMN improvement.aim.direction IS 'Which way is better.';
COMMENT ON COLUMN improvement.aim.target IS 'How much: what is to be reached, in the unit of the measure.';
COMMENT ON COLUMN improvement.aim.due IS 'By when.';
COMMENT ON COLUMN improvement.aim.for_whom IS 'For whom.';
COMMENT ON COLUMN improvement.aim.motivated_from IS 'The first day of the figures that gave rise to the project; null: not named.';
COMMENT ON COLUMN improvement.aim.signals IS 'The signals that gave rise to it.';
COMMENT ON COLUMN improvement.aim.day IS 'The day on which it was set.';
COMMENT ON COLUMN improvement.aim.first_day IS 'The day on which the project set its first aim: no cycle before it counts.';
COMMENT ON COLUMN improvement.aim.in_force IS 'Whether it is the latest.';
COMMENT ON COLUMN improvement.aim.events IS 'The event, as stream/partition/offset.';

-- Drivers and ideas that hang together within one project.
CREATE VIEW improvement.fit_driver AS
SELECT d.id, d.project, d.kind, d.drives, d.title, d.measure, 'driver/' || d._partition || '/' || d._offset AS event
FROM current.driver d JOIN improvement.known p ON p.id = d.project JOIN plimsoll.clock k ON d.day <= k.day
LEFT JOIN current.driver a ON a.id = d.drives AND a.project = d.project AND a.kind = 'primary' AND a.day <= k.day
WHERE d.drives IS NULL OR a.id IS NOT NULL;

CREATE VIEW improvement.fit_idea AS
SELECT i.id, i.project, i.driver, i.title, i.day, 'change-idea/' || i._partition || '/' || i._offset AS event
FROM current.change_idea i JOIN improvement.fit_driver d ON d.id = i.driver AND d.project = i.project JOIN plimsoll.clock k ON i.day <= k.day;

-- A stage of a day to come has not been yet.
CREATE VIEW improvement.fit_cycle AS
SELECT c.id, c.project, c.microsystem, c.idea, c.scale, list_position(['one-case', 'one-shift', 'one-unit', 'several-units', 'everywhere'], c.scale) AS size, c.day,
  CASE WHEN c.planned <= k.day THEN c.planned END AS planned, CASE WHEN c.did <= k.day THEN c.did END AS did,
  CASE WHEN c.done_until <= k.day THEN c.done_until WHEN c.done_until IS NULL AND c.did <= k.day THEN c.did END AS done_until,
  CASE WHEN c.studied <= k.day THEN c.studied END AS studied, CASE WHEN c.acted <= k.day THEN c.acted END AS acted,
  c.measure, c.predicted, CASE WHEN c.studied <= k.day THEN c.found END AS found, c.points, c.learned, CASE WHEN c.acted <= k.day THEN c.decision END AS decision,
  'pdsa/' || c._partition || '/' || c._offset AS event
FROM current.pdsa c JOIN plimsoll.microsystem u ON u.id = c.microsystem JOIN plimsoll.clock k ON c.day <= k.day
JOIN improvement.aim a ON a.project = c.project AND a.in_force AND c.day >= a.first_day JOIN improvement.fit_idea i ON i.id = c.idea AND i.project = c.project;

-- The first day on which a project changed anything at all.
CREATE VIEW improvement.first_change AS
SELECT project, min(did) AS day, arg_min(event, (did, id)) AS event FROM improvement.fit_cycle WHERE did IS NOT NULL GROUP BY project;

-- The measures of each project with the unit whose figures tell. The measure of the aim is one of outcome, whatever else is said of it.
CREATE VIEW improvement.family AS
SELECT project, microsystem, measure, 'outcome' AS role, true AS of_aim, list_extract(events, 1) AS event FROM improvement.aim WHERE in_force
UNION ALL
SELECT f.project, coalesce(a.microsystem, p.microsystem), f.measure, f.role, false, 'project-measure/' || f._partition || '/' || f._offset
FROM current.project_measure f JOIN improvement.known p ON p.id = f.project JOIN plimsoll.measure m ON m.id = f.measure JOIN plimsoll.clock k ON f.day <= k.day
LEFT JOIN improvement.aim a ON a.project = f.project AND a.in_force
WHERE f.measure IS DISTINCT FROM a.measure;
