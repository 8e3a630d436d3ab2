CREATE VIEW relationships.process_step AS
WITH span AS (SELECT (date_trunc('quarter', day) - INTERVAL 6 MONTH)::DATE AS since, date_trunc('quarter', day)::DATE AS until FROM plimsoll.clock),
step AS (
  SELECT p.process, p.step, p.position, p.title, unnest(from_json(p.roles, '["VARCHAR"]')) AS role, 'process-step/' || p._partition || '/' || p._offset AS event
  FROM current.process_step p
),
people AS (SELECT h.role, sum(h.people) AS people FROM current.headcount h JOIN plimsoll.microsystem u ON u.id = h.microsystem GROUP BY h.role),
heard AS (SELECT DISTINCT c.role FROM relationships.counted c JOIN span s ON c.day >= s.since AND c.day < s.until)
SELECT s.process, s.step, s.position, s.title, s.role, n.since, n.until,
  CASE WHEN p.people IS NULL THEN 'no headcount' WHEN p.people < v.least THEN 'too few to tell' WHEN h.role IS NULL THEN 'not heard' ELSE 'heard' END AS voice, [s.event] AS events
FROM step s CROSS JOIN span n CROSS JOIN relationships.value v LEFT JOIN people p ON p.role = s.role LEFT JOIN heard h ON h.role = s.role;
COMMENT ON VIEW relationships.process_step IS 'Processes as steps and role groups: whether each group that takes a step brought anything within the last two quarters that are over.';
COMMENT ON COLUMN relationships.process_step.process IS 'The process.';
COMMENT ON COLUMN relationships.process_step.step IS 'The step.';
COMMENT ON COLUMN relationships.process_step.position IS 'Its place in the process.';
COMMENT ON COLUMN relationships.process_step.title IS 'What is done.';
COMMENT ON COLUMN relationships.process_step.role IS 'A role group that takes it.';
COMMENT ON COLUMN relationships.process_step.since IS 'The first day of the two quarters.';
COMMENT ON COLUMN relationships.process_step.until IS 'The day after the last.';
COMMENT ON COLUMN relationships.process_step.voice IS 'heard; not heard; too few to tell: fewer people than the setting least says; no headcount.';
COMMENT ON COLUMN relationships.process_step.events IS 'The event that says the step: stream/partition/offset.';
