-- What projects ask for, get and use, and what they have to show for it; and who can do the work.

-- Only quarters that are over. A quarter that tells too much of a few waits for the next, so that no two figures, of one project at different times, differ by it.
CREATE VIEW improvement.amount AS
WITH RECURSIVE quarter AS (
  SELECT r.project, r.kind, r.stage, date_trunc('quarter', r.day)::DATE AS start, sum(r.amount)::DECIMAL(18, 2) AS amount, sum(r.largest)::DECIMAL(18, 2) AS largest,
    sum(r.largest + r.second)::DECIMAL(18, 2) AS two, max(r.contributors) AS contributors
  FROM current.project_resource r JOIN improvement.known p ON p.id = r.project JOIN plimsoll.clock k ON (date_trunc('quarter', r.day) + INTERVAL 3 MONTH)::DATE <= k.day
  GROUP BY ALL
),
placed AS (SELECT *, row_number() OVER (PARTITION BY project, kind, stage ORDER BY start) AS n FROM quarter),
-- Of what waits: how much, its largest parts and its contributors; and what is told.
told(project, kind, stage, n, wait_amount, wait_largest, wait_two, wait_contributors, amount, until) AS (
  SELECT DISTINCT project, kind, stage, 0::BIGINT, 0::DECIMAL(18, 2), 0::DECIMAL(18, 2), 0::DECIMAL(18, 2), 0, 0::DECIMAL(18, 2), NULL::DATE FROM placed
  UNION ALL
  SELECT s.project, s.kind, s.stage, s.n, CASE WHEN s.safe THEN 0 ELSE s.amount END, CASE WHEN s.safe THEN 0 ELSE s.largest END, CASE WHEN s.safe THEN 0 ELSE s.two END,
    CASE WHEN s.safe THEN 0 ELSE s.contributors END, s.said + CASE WHEN s.safe THEN s.amount ELSE 0 END, CASE WHEN s.safe THEN s.start + INTERVAL 3 MONTH - INTERVAL 1 DAY ELSE s.until END::DATE
  FROM (
    SELECT w.*, 10 * (w.amount - w.two) >= w.largest AND w.contributors >= v.least AS safe FROM (
      SELECT p.project, p.kind, p.stage, p.n, p.start, t.wait_amount + p.amount AS amount, t.wait_largest + p.largest AS largest, t.wait_two + p.two AS two,
        greatest(t.wait_contributors, p.contributors) AS contributors, t.amount AS said, t.until
      FROM told t JOIN placed p ON p.project = t.project AND p.kind = t.kind AND p.stage = t.stage AND p.n = t.n + 1) w CROSS JOIN improvement.value v) s
)
SELECT project, kind, stage, arg_max(CASE WHEN until IS NOT NULL THEN amount END, n) AS amount, arg_max(until, n) AS until FROM told GROUP BY project, kind, stage;

CREATE VIEW improvement.resource AS
WITH named AS (
  SELECT project, kind, list(DISTINCT stage) AS stages FROM improvement.amount GROUP BY project, kind
)
SELECT n.project, n.kind, a.amount AS asked, g.amount AS granted, u.amount AS used, u.until, list_sort(list_filter(n.stages, lambda s: CASE s WHEN 'asked' THEN a.amount WHEN 'granted' THEN g.amount ELSE u.amount END IS NULL)) AS hidden,
  coalesce(v.result, 'no aim') AS result, CASE WHEN v.result = 'improved' THEN v.change END AS change,
  CASE WHEN v.result = 'improved' THEN u.amount::DOUBLE / nullif(abs(v.change), 0) END AS used_per_unit_of_change,
  CASE WHEN coalesce(s.came_again, 0) + (coalesce(v.result, '') = 'improved')::INTEGER > 0 THEN u.amount::DOUBLE / (coalesce(s.came_again, 0) + (coalesce(v.result, '') = 'improved')::INTEGER) END AS used_per_improved_unit
FROM named n LEFT JOIN improvement.amount a ON a.project = n.project AND a.kind = n.kind AND a.stage = 'asked'
LEFT JOIN improvement.amount g ON g.project = n.project AND g.kind = n.kind AND g.stage = 'granted'
LEFT JOIN improvement.amount u ON u.project = n.project AND u.kind = n.kind AND u.stage = 'used'
LEFT JOIN improvement.verdict v ON v.project = n.project LEFT JOIN improvement.spread s ON s.project = n.project;
COMMENT ON VIEW improvement.resource IS 'Hours and money of each project: asked for, granted, used, and used per result; of quarters that are over. An amount is hidden where few people, or one or two above all, stand behind it. There is no sum over projects, from which a hidden one could be had, and no event: its place would say when.';
COMMENT ON COLUMN improvement.resource.project IS 'The project.';
COMMENT ON COLUMN improvement.resource.kind IS 'hours, or money in the currency of the organisation.';
COMMENT ON COLUMN improvement.resource.asked IS 'Asked for. Null, here and below: none, or hidden.';
COMMENT ON COLUMN improvement.resource.granted IS 'Granted.';
COMMENT ON COLUMN improvement.resource.used IS 'Used.';
COMMENT ON COLUMN improvement.resource.until IS 'The last day that used tells of.';
COMMENT ON COLUMN improvement.resource.hidden IS 'Which of the three are hidden.';
COMMENT ON COLUMN improvement.resource.result IS 'As in improvement.project.';
COMMENT ON COLUMN improvement.resource.change IS 'How far the measure of the aim moved, where it improved.';
COMMENT ON COLUMN improvement.resource.used_per_unit_of_change IS 'Used, for each unit by which the measure of the aim moved; null where it is not known to have improved.';
COMMENT ON COLUMN improvement.resource.used_per_improved_unit IS 'Used, for each unit that improved: its own, and the sites where the effect came again.';

-- Counts of the last year that is over by quarters.
CREATE VIEW improvement.skilled AS
SELECT s.microsystem, s.skill, s.role, s.people, 'improvement-skill/' || s._partition || '/' || s._offset AS event
FROM current.improvement_skill s JOIN plimsoll.microsystem u ON u.id = s.microsystem JOIN plimsoll.clock k
  ON s.day < date_trunc('quarter', k.day) AND s.day >= date_trunc('quarter', k.day) - INTERVAL 1 YEAR;

CREATE VIEW improvement.capacity AS
WITH summed AS (SELECT skill, role, sum(people)::BIGINT AS people FROM improvement.skilled GROUP BY skill, role),
-- The people of units that were counted, so that a remainder is one of the same units.
staff AS (
  SELECT c.skill, c.role, sum(h.people)::BIGINT AS people FROM (SELECT DISTINCT microsystem, skill, role FROM improvement.skilled) c
  JOIN current.headcount h ON h.microsystem = c.microsystem AND h.role = c.role GROUP BY c.skill, c.role
),
judged AS (
  SELECT s.skill, s.role, s.people, v.least, s.people >= v.least AND coalesce(h.people - s.people = 0 OR h.people - s.people >= v.least, true) AS safe
  FROM summed s CROSS JOIN improvement.value v LEFT JOIN staff h ON h.skill = s.skill AND h.role = s.role
)
SELECT skill, role, CASE WHEN safe THEN people // least * least END AS at_least, NOT safe AS hidden FROM judged;
COMMENT ON VIEW improvement.capacity IS 'Who can do the work of improvement, by skill and role group of the whole organisation, as counted in the last four quarters that are over. In whole steps of the setting least, so that nobody can be told apart by a difference.';
COMMENT ON COLUMN improvement.capacity.skill IS 'The skill.';
COMMENT ON COLUMN improvement.capacity.role IS 'The role group.';
COMMENT ON COLUMN improvement.capacity.at_least IS 'At least so many people have it; null: hidden.';
COMMENT ON COLUMN improvement.capacity.hidden IS 'Whether it is hidden: fewer than least have it, or fewer than least of those who were counted have it not.';

CREATE VIEW improvement.skill_gap AS
SELECT p.id AS project, p.microsystem, s.skill, [p.event] AS events
FROM improvement.known p CROSS JOIN (SELECT DISTINCT skill FROM improvement.skilled) s
ANTI JOIN (FROM improvement.skilled WHERE people > 0) h ON h.microsystem = p.microsystem AND h.skill = s.skill WHERE p.ended IS NULL;
COMMENT ON VIEW improvement.skill_gap IS 'Projects that go on, and skills of improvement that nobody in the unit that leads them is known to have: counted as none, or not counted in the last four quarters that are over.';
COMMENT ON COLUMN improvement.skill_gap.project IS 'The project.';
COMMENT ON COLUMN improvement.skill_gap.microsystem IS 'The unit that leads it.';
COMMENT ON COLUMN improvement.skill_gap.skill IS 'The skill.';
COMMENT ON COLUMN improvement.skill_gap.events IS 'The event of the project, as stream/partition/offset.';
