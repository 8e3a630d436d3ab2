-- Care is a complex system: what one unit changes may show in another. Units linked by a flow, and their balancing measures after a change.

CREATE VIEW culture.change_made AS
SELECT 'annotation' AS source, id AS change, microsystem, measure, day, ['annotation/' || _partition || '/' || _offset] AS events
FROM current.annotation WHERE kind = 'change'
UNION ALL
SELECT DISTINCT 'improvement-shift', measure || '@' || first_period, microsystem, measure, first_period, []::VARCHAR[]
FROM plimsoll.special_cause WHERE stratum IS NULL AND "rule" = 'shift' AND variation = 'improvement'
UNION ALL FROM culture.change_drawn;

CREATE VIEW culture.balancing_after_change AS
WITH link AS (
  SELECT "from" AS unit, "to" AS linked, 'downstream' AS direction, kind, 'flow/' || _partition || '/' || _offset AS event FROM current.flow
  UNION ALL SELECT "to", "from", 'upstream', kind, 'flow/' || _partition || '/' || _offset FROM current.flow
),
linked AS (SELECT unit, linked, direction, list_sort(list(DISTINCT kind)) AS flows, list_sort(list(event)) AS events FROM link GROUP BY unit, linked, direction),
balancing AS (
  SELECT s.microsystem, s.measure, s.status, m.complete_until, m.period AS length,
    CASE m.period WHEN 'day' THEN INTERVAL 3 DAY WHEN 'week' THEN INTERVAL 21 DAY WHEN 'month' THEN INTERVAL 3 MONTH ELSE INTERVAL 9 MONTH END AS reach
  FROM plimsoll.standing s JOIN plimsoll.measure m ON m.id = s.measure WHERE m.kind = 'balancing' AND s.stratum IS NULL
),
watched AS (
  SELECT c.source, c.change, c.microsystem, c.measure AS changed_measure, c.day, l.linked, l.direction, l.flows, b.measure, b.status, b.complete_until,
    date_trunc(b.length, c.day)::DATE AS since, (date_trunc(b.length, c.day) + b.reach)::DATE AS until, list_concat(c.events, l.events) AS events
  FROM culture.change_made c JOIN plimsoll.clock k ON c.day <= k.day JOIN linked l ON l.unit = c.microsystem LEFT JOIN balancing b ON b.microsystem = l.linked
),
found AS (
  SELECT w.source, w.change, w.microsystem, w.linked, w.direction, w.measure, min(s.first_period) AS first_period, list_sort(list(DISTINCT s."rule")) AS rules,
    CASE WHEN bool_or(s.variation = 'concern') THEN 'concern' WHEN bool_or(s.variation = 'changed') THEN 'changed' ELSE 'improvement' END AS variation
  FROM watched w JOIN plimsoll.special_cause s ON s.measure = w.measure AND s.microsystem = w.linked AND s.stratum IS NULL AND s."rule" <> 'silence'
    AND s.first_period BETWEEN w.since AND w.until
  GROUP BY ALL
)
SELECT w.source, w.change, w.microsystem, w.changed_measure, w.day, w.linked, w.direction, w.flows, w.measure, w.since, w.until,
  CASE WHEN w.measure IS NULL THEN 'no balancing measure' WHEN f.first_period IS NOT NULL THEN f.variation WHEN w.status IN ('not-judged', 'unjudged') THEN 'not judged'
    WHEN coalesce(w.complete_until < w.until, true) THEN 'not over yet' ELSE 'none' END AS verdict,
  f.first_period, f.rules, w.events
FROM watched w LEFT JOIN found f ON f.source = w.source AND f.change = w.change AND f.microsystem = w.microsystem AND f.linked = w.linked AND f.direction = w.direction AND f.measure = w.measure;
COMMENT ON VIEW culture.balancing_after_change IS 'What the balancing measures of linked units did after a change here: special causes that began in its period or the three after it. That one came after the other is no proof that it came from it.';
COMMENT ON COLUMN culture.balancing_after_change.source IS 'annotation (a mark of kind change), improvement-shift, or what the config names: pdsa.';
COMMENT ON COLUMN culture.balancing_after_change.change IS 'The id of the mark or cycle; of a shift, measure@first period.';
COMMENT ON COLUMN culture.balancing_after_change.microsystem IS 'The unit that changed something.';
COMMENT ON COLUMN culture.balancing_after_change.changed_measure IS 'The measure on whose chart the change stands. Null: none.';
COMMENT ON COLUMN culture.balancing_after_change.day IS 'The day of the change: of a cycle the first on which it was tried, of a shift its first period.';
COMMENT ON COLUMN culture.balancing_after_change.linked IS 'A unit that it is linked to.';
COMMENT ON COLUMN culture.balancing_after_change.direction IS 'downstream: work flows to it; upstream: work comes from it.';
COMMENT ON COLUMN culture.balancing_after_change.flows IS 'What flows: patients, information, supplies, staff.';
COMMENT ON COLUMN culture.balancing_after_change.measure IS 'A balancing measure of the linked unit. Null: it has none.';
COMMENT ON COLUMN culture.balancing_after_change.since IS 'The period of the change, in the periods of that measure.';
COMMENT ON COLUMN culture.balancing_after_change.until IS 'The third period after it.';
COMMENT ON COLUMN culture.balancing_after_change.verdict IS 'concern, changed or improvement: a special cause began; none; not over yet; not judged; or no balancing measure.';
COMMENT ON COLUMN culture.balancing_after_change.first_period IS 'The first period of the earliest special cause.';
COMMENT ON COLUMN culture.balancing_after_change.rules IS 'The rules that fired.';
COMMENT ON COLUMN culture.balancing_after_change.events IS 'The mark or cycle, and the flows: stream/partition/offset; figures are traced by measure, unit and period.';
