-- Whether each shift pattern has somebody who is able; which shift it is that has nobody stays with the own team.

CREATE VIEW relationships.skill_cover AS
WITH counted AS (
  SELECT l.microsystem, l.skill, l.shift, l.day, s.title, s.needed, sum(l.evidenced) FILTER (l.level >= s.able) AS able,
    list_sort(list('skill-level/' || l._partition || '/' || l._offset)) AS events
  FROM current.skill_level l JOIN current.skill s ON s.id = l.skill JOIN plimsoll.microsystem u ON u.id = l.microsystem
  GROUP BY l.microsystem, l.skill, l.shift, l.day, s.title, s.needed
),
asked AS (SELECT 'now' AS moment, day FROM plimsoll.clock UNION ALL SELECT 'before', (day - INTERVAL 12 MONTH)::DATE FROM plimsoll.clock),
standing AS (
  SELECT a.moment, c.microsystem, c.skill, c.shift, c.title, max(c.day) AS day,
    -- A count holds for twelve months.
    CASE WHEN max(c.day) >= a.day - INTERVAL 12 MONTH THEN coalesce(arg_max(c.able, c.day), 0) >= c.needed END AS covered, arg_max(c.events, c.day) AS events
  FROM asked a JOIN counted c ON c.day <= a.day GROUP BY a.moment, a.day, c.microsystem, c.skill, c.shift, c.title, c.needed
)
SELECT n.microsystem, n.skill, n.title, n.shift, n.day, n.covered, b.covered AS covered_before,
  list_sort(list_distinct(list_concat(n.events, b.events))) AS events
FROM standing n LEFT JOIN standing b ON b.moment = 'before' AND b.microsystem = n.microsystem AND b.skill = n.skill AND b.shift = n.shift
WHERE n.moment = 'now';

CREATE VIEW relationships.skill_gap AS
WITH summed AS (
  SELECT microsystem, skill, title, count(covered) AS shifts, count(*) FILTER (NOT covered) AS uncovered, count(*) FILTER (covered IS NULL) AS out_of_date,
    count(covered_before) AS shifts_before, count(*) FILTER (NOT covered_before) AS uncovered_before,
    count(*) FILTER (covered AND NOT covered_before) - count(*) FILTER (NOT covered AND covered_before) AS gained,
    count(*) FILTER (covered IS NOT NULL AND covered_before IS NOT NULL) AS known_twice, list_sort(list_distinct(flatten(list(events)))) AS events
  FROM relationships.skill_cover GROUP BY microsystem, skill, title
)
SELECT microsystem, skill, title, shifts, uncovered, out_of_date, CASE WHEN shifts_before > 0 THEN uncovered_before END AS uncovered_before,
  CASE WHEN known_twice > 0 THEN -gained END AS change, events
FROM summed;
COMMENT ON VIEW relationships.skill_gap IS 'For each unit and skill, on how many shift patterns too few people are able. How many people are, and on which shifts, is for the own team.';
COMMENT ON COLUMN relationships.skill_gap.microsystem IS 'The unit.';
COMMENT ON COLUMN relationships.skill_gap.skill IS 'The skill.';
COMMENT ON COLUMN relationships.skill_gap.title IS 'What it is.';
COMMENT ON COLUMN relationships.skill_gap.shifts IS 'Shift patterns that were counted within the last 12 months.';
COMMENT ON COLUMN relationships.skill_gap.uncovered IS 'Of these, how many have fewer able people than the skill needs: able is who has the level that the skill asks for, with evidence in date.';
COMMENT ON COLUMN relationships.skill_gap.out_of_date IS 'Shift patterns that were counted longer ago: nobody knows.';
COMMENT ON COLUMN relationships.skill_gap.uncovered_before IS 'How many were uncovered a year ago; null: nobody had counted then.';
COMMENT ON COLUMN relationships.skill_gap.change IS 'More shift patterns uncovered than a year ago (below 0: fewer), of those that were counted both times. Null: there are none.';
COMMENT ON COLUMN relationships.skill_gap.events IS 'The events of the counts: stream/partition/offset.';
