-- Over all goals, projects and standards that hold: who had a say, who had none. Follows the rules 12 and 13 of README.md.

CREATE VIEW codesign.matrix AS
WITH shaped AS (SELECT DISTINCT subject_kind, subject, stage, capacity FROM codesign.input WHERE own),
there AS (
  SELECT subject_kind, subject, stage, capacity, bool_or(took_part) AS took_part, bool_or(contributed) AS contributed,
    list_sort(list_distinct(flatten(list(events) FILTER (took_part)))) AS events
  FROM codesign.presence GROUP BY subject_kind, subject, stage, capacity)
SELECT s.kind AS subject_kind, s.id AS subject, s.title, c.capacity, g.stage, coalesce(t.took_part, false) AS took_part,
  coalesce(t.contributed, false) AS contributed, d.subject IS NOT NULL AS shaped, coalesce(t.events, s.events) AS events
FROM codesign.subject s CROSS JOIN codesign.capacity c CROSS JOIN codesign.stage g
LEFT JOIN there t ON t.subject_kind = s.kind AND t.subject = s.id AND t.capacity = c.capacity AND t.stage = g.stage
LEFT JOIN shaped d ON d.subject_kind = s.kind AND d.subject = s.id AND d.capacity = c.capacity AND d.stage = g.stage
WHERE s.holds;
COMMENT ON VIEW codesign.matrix IS 'Every goal, project and standard that holds, by capacity and stage: whether anybody took part.';
COMMENT ON COLUMN codesign.matrix.subject_kind IS 'goal, project or standard.';
COMMENT ON COLUMN codesign.matrix.subject IS 'Its id.';
COMMENT ON COLUMN codesign.matrix.title IS 'What it says.';
COMMENT ON COLUMN codesign.matrix.capacity IS 'service-user, family, community or staff.';
COMMENT ON COLUMN codesign.matrix.stage IS 'discover, define, develop, deliver or evaluate.';
COMMENT ON COLUMN codesign.matrix.took_part IS 'Whether anybody of the capacity took part in it at the stage.';
COMMENT ON COLUMN codesign.matrix.contributed IS 'Whether anybody of the capacity put something in.';
COMMENT ON COLUMN codesign.matrix.shaped IS 'Whether a decision on it rests on that.';
COMMENT ON COLUMN codesign.matrix.events IS 'The events of the engagements and of who took part; where nobody did, of the subject: stream/partition/offset.';

CREATE VIEW codesign.matrix_share AS
WITH whose AS (SELECT capacity, capacity AS whose FROM codesign.capacity UNION ALL SELECT capacity, 'people' FROM codesign.capacity WHERE capacity <> 'staff'),
subject AS (
  SELECT m.subject_kind, m.subject, w.whose, m.stage, bool_or(m.took_part) AS took_part
  FROM codesign.matrix m JOIN whose w ON w.capacity = m.capacity
  GROUP BY GROUPING SETS ((m.subject_kind, m.subject, w.whose, m.stage), (m.subject_kind, m.subject, w.whose)))
SELECT subject_kind, whose, stage, count(*) AS subjects, count(*) FILTER (NOT took_part) AS without, without / subjects AS share_without
FROM subject GROUP BY GROUPING SETS ((subject_kind, whose, stage), (whose, stage));
COMMENT ON VIEW codesign.matrix_share IS 'Of how many goals, projects and standards nobody of a capacity took part: counts of rows of codesign.matrix.';
COMMENT ON COLUMN codesign.matrix_share.subject_kind IS 'goal, project or standard; null: all of them.';
COMMENT ON COLUMN codesign.matrix_share.whose IS 'service-user, family, community, staff, or people: anyone but staff.';
COMMENT ON COLUMN codesign.matrix_share.stage IS 'The stage; null: at none of the stages.';
COMMENT ON COLUMN codesign.matrix_share.subjects IS 'Goals, projects and standards that hold.';
COMMENT ON COLUMN codesign.matrix_share.without IS 'Those in which nobody of the capacity took part at the stage.';
COMMENT ON COLUMN codesign.matrix_share.share_without IS 'without / subjects.';

CREATE VIEW codesign.missing AS
WITH part AS (
  SELECT subject_kind, subject, title, bool_or(took_part AND capacity <> 'staff') AS people, bool_or(took_part) AS anyone,
    list_sort(list_distinct(flatten(list(events)))) AS events
  FROM codesign.matrix GROUP BY subject_kind, subject, title)
SELECT CASE WHEN p.anyone THEN 'only-staff' ELSE 'nobody' END AS missing, p.subject_kind, p.subject, s.microsystem, NULL AS dimension, NULL AS "group",
  CASE WHEN p.anyone THEN 'Only staff had a say in "' ELSE 'Nobody had a say in "' END || p.title || '".' AS words, p.events
FROM part p JOIN codesign.subject s ON s.kind = p.subject_kind AND s.id = p.subject WHERE NOT p.people
UNION ALL
SELECT 'group', NULL, NULL, microsystem, dimension, "group",
  'Of ' || dimension || ', the group ' || "group" || ' took part less than its share of the population.', events
FROM codesign.representation WHERE flagged;
COMMENT ON VIEW codesign.missing IS 'Who is missing: what no service user, family or community had a say in, and groups that are under-represented.';
COMMENT ON COLUMN codesign.missing.missing IS 'only-staff, nobody or group.';
COMMENT ON COLUMN codesign.missing.subject_kind IS 'goal, project or standard; null: a group is missing.';
COMMENT ON COLUMN codesign.missing.subject IS 'Its id.';
COMMENT ON COLUMN codesign.missing.microsystem IS 'The unit whose it is; of a group, the unit that held the engagements. Null: nobody''s, or all units.';
COMMENT ON COLUMN codesign.missing.dimension IS 'Of a group: by what people are counted.';
COMMENT ON COLUMN codesign.missing.group IS 'The group.';
COMMENT ON COLUMN codesign.missing.words IS 'The same in words.';
COMMENT ON COLUMN codesign.missing.events IS 'The events behind it: stream/partition/offset.';
