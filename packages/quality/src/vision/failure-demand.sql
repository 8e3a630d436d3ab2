CREATE VIEW vision.failure_demand AS
WITH kinds AS (SELECT coalesce(list(id), []) AS themes FROM current.theme WHERE kind = 'failure-demand'),
note AS (
  SELECT c.microsystem, date_trunc('month', c.day)::DATE AS period, list_has_any(c.themes, k.themes) AS chasing, c.events
  FROM control.coded_note c, kinds k
),
summed AS (
  SELECT n.microsystem, n.period, count(*) AS notes, count(*) FILTER (WHERE n.chasing) AS chasing, list_sort(list_distinct(flatten(list(n.events)))) AS events
  FROM note n JOIN plimsoll.clock c ON n.period + INTERVAL 1 MONTH <= c.day GROUP BY n.microsystem, n.period
),
shown AS (SELECT *, notes < 10 OR chasing BETWEEN 1 AND 4 OR notes - chasing BETWEEN 1 AND 4 AS hidden FROM summed)
SELECT microsystem, period, CASE WHEN NOT hidden THEN notes END AS notes, CASE WHEN NOT hidden THEN chasing END AS failure_demand,
  CASE WHEN NOT hidden THEN chasing / notes END AS share, hidden, CASE WHEN hidden THEN [] ELSE events END AS events
FROM shown;
COMMENT ON VIEW vision.failure_demand IS 'Failure demand by unit and month that is over: coded notes of people who chase, or come again, for what was not done at first. Notes that are not coded yet count nowhere.';
COMMENT ON COLUMN vision.failure_demand.microsystem IS 'The unit.';
COMMENT ON COLUMN vision.failure_demand.period IS 'The first day of the month.';
COMMENT ON COLUMN vision.failure_demand.notes IS 'Coded notes, those that cannot be coded included. Null, here and below: hidden.';
COMMENT ON COLUMN vision.failure_demand.failure_demand IS 'Of these, those with a theme of the kind failure-demand.';
COMMENT ON COLUMN vision.failure_demand.share IS 'failure_demand / notes.';
COMMENT ON COLUMN vision.failure_demand.hidden IS 'Whether the figures are hidden: fewer than 10 notes, or 1 to 4 of either sort.';
COMMENT ON COLUMN vision.failure_demand.events IS 'The events of the notes: stream/partition/offset; none where the figures are hidden.';
