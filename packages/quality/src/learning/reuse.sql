-- Who used what, and who has to be told that it no longer rests on what it did. Follows the rules 5 to 8 of README.md.

CREATE VIEW learning.known_reuse AS
SELECT r.id AS reuse, r.lesson, l.microsystem AS from_unit, r.microsystem, r.changed, r.project, r.day, l.day AS shared_on, l.shared,
  'reuse/' || r._partition || '/' || r._offset AS event
FROM current.reuse r JOIN learning.known_lesson l ON l.lesson = r.lesson AND l.microsystem <> r.microsystem
SEMI JOIN plimsoll.microsystem u ON u.id = r.microsystem JOIN plimsoll.clock k ON r.day <= k.day;

CREATE VIEW learning.reuse AS
SELECT r.reuse, r.lesson, l.title, r.from_unit, r.microsystem, r.changed, r.project, r.day, l.grade,
  list_sort(list_concat([r.event], [k.event])) AS events
FROM learning.known_reuse r JOIN learning.lesson l USING (lesson) JOIN learning.known_lesson k USING (lesson);
COMMENT ON VIEW learning.reuse IS 'Every use that a unit made of a lesson of another.';
COMMENT ON COLUMN learning.reuse.reuse IS 'The id.';
COMMENT ON COLUMN learning.reuse.lesson IS 'The lesson.';
COMMENT ON COLUMN learning.reuse.title IS 'What it says.';
COMMENT ON COLUMN learning.reuse.from_unit IS 'The unit that learnt it.';
COMMENT ON COLUMN learning.reuse.microsystem IS 'The unit that used it.';
COMMENT ON COLUMN learning.reuse.changed IS 'Whether it was changed to fit the place.';
COMMENT ON COLUMN learning.reuse.project IS 'The unit''s own improvement project that shows the result; null: none yet.';
COMMENT ON COLUMN learning.reuse.day IS 'The day on which it was first used.';
COMMENT ON COLUMN learning.reuse.grade IS 'The grade of the lesson now.';
COMMENT ON COLUMN learning.reuse.events IS 'The events of the reuse and the lesson: stream/partition/offset.';

CREATE VIEW learning.known_goal AS
SELECT g.id AS goal, g.title, g.microsystem, from_json(g.insights, '["VARCHAR"]') AS insights, g."override" IS NOT NULL AS overridden,
  g.status = 'active' AS active, g.day, 'goal/' || g._partition || '/' || g._offset AS event
FROM current.goal g SEMI JOIN plimsoll.microsystem u ON u.id = g.microsystem JOIN plimsoll.clock k ON g.day <= k.day;

CREATE VIEW learning.goal_insight AS
SELECT g.goal, g.title, g.microsystem, i.insight, i.grade, g.overridden, i.grade = 'triangulated' OR (i.grade = 'partial' AND g.overridden) AS allowed,
  CASE WHEN i.grade = 'triangulated' THEN 'rests-on-it' WHEN i.grade = 'refused' THEN 'nothing-holds' WHEN g.overridden THEN 'overridden' ELSE 'partial-without-override' END AS verdict,
  list_sort(list_concat([g.event], i.events)) AS events
FROM (SELECT *, unnest(insights) AS insight FROM learning.known_goal WHERE active) g JOIN learning.insight i ON i.insight = g.insight;
COMMENT ON VIEW learning.goal_insight IS 'The insights that active goals rest on, and whether they may: one that is partial needs somebody who answers for it.';
COMMENT ON COLUMN learning.goal_insight.goal IS 'The goal.';
COMMENT ON COLUMN learning.goal_insight.title IS 'What it says.';
COMMENT ON COLUMN learning.goal_insight.microsystem IS 'The unit whose goal it is.';
COMMENT ON COLUMN learning.goal_insight.insight IS 'The insight.';
COMMENT ON COLUMN learning.goal_insight.grade IS 'Its grade.';
COMMENT ON COLUMN learning.goal_insight.overridden IS 'Whether somebody answers for the goal. Who it is, is not told.';
COMMENT ON COLUMN learning.goal_insight.allowed IS 'Whether the goal may rest on it.';
COMMENT ON COLUMN learning.goal_insight.verdict IS 'rests-on-it, overridden, partial-without-override or nothing-holds (no override cures that).';
COMMENT ON COLUMN learning.goal_insight.events IS 'The events of goal, insight and evidence: stream/partition/offset.';

-- Everything that rests on an insight or a lesson, with the day on which it began to.
CREATE VIEW learning.use AS
SELECT 'lesson' AS kind, l.lesson AS id, l.microsystem, 'insight' AS used_kind, l.insight AS used, l.day, l.event
FROM (SELECT *, unnest(insights) AS insight FROM learning.known_lesson WHERE shared) l
UNION ALL
SELECT 'goal', g.goal, g.microsystem, 'insight', g.insight, g.day, g.event FROM (SELECT *, unnest(insights) AS insight FROM learning.known_goal WHERE active) g
UNION ALL
SELECT 'reuse', reuse, microsystem, 'lesson', lesson, day, event FROM learning.known_reuse
UNION ALL
SELECT 'insight', i.insight, i.microsystem, 'lesson', e.reference, e.day, i.event
FROM learning.evidence_state e JOIN learning.known_insight i ON i.insight = e.insight AND i.standing WHERE e.kind = 'lesson'
UNION ALL
SELECT 'project', p.id, p.microsystem, 'lesson', p.lesson, p.started, 'project/' || p._partition || '/' || p._offset
FROM current.project p SEMI JOIN plimsoll.microsystem u ON u.id = p.microsystem JOIN plimsoll.clock k ON p.started <= k.day WHERE p.lesson IS NOT NULL;

CREATE TABLE learning.told AS
WITH fallen AS (
  SELECT 'insight' AS used_kind, i.insight AS used, i.title, r.grade_before, coalesce(r.grade, 'withdrawn') AS grade,
    CASE WHEN i.standing THEN r.reasons ELSE ['insight-withdrawn'] END AS reasons, coalesce(r.events, [i.event]) AS events
  FROM learning.known_insight i LEFT JOIN learning.insight r USING (insight) WHERE NOT i.standing OR r.fell
  UNION ALL
  SELECT 'lesson', lesson, title, grade_before, CASE WHEN status = 'withdrawn' THEN 'withdrawn' ELSE grade END, reasons, events
  FROM learning.lesson WHERE status = 'withdrawn' OR fell)
SELECT u.microsystem, u.kind, u.id, u.used_kind, u.used, f.title, u.day, f.grade_before, f.grade, f.reasons,
  'The ' || u.used_kind || ' "' || f.title || '", which the ' || u.kind || ' ' || u.id || ' uses, ' || CASE f.grade
      WHEN 'withdrawn' THEN 'was withdrawn.' WHEN 'refused' THEN 'rests on nothing any more.' ELSE 'rests on numbers or words alone now, no longer on both.' END ||
    CASE WHEN f.grade = 'withdrawn' THEN '' ELSE ' What it rested on was taken back: ' || array_to_string(list_transform(f.reasons, lambda x: CASE x WHEN 'signal-withdrawn' THEN 'a signal'
      WHEN 'words-withdrawn' THEN 'words of people' WHEN 'lesson-withdrawn' THEN 'a lesson' ELSE 'an insight' END), ', ') || '.' END AS words,
  list_sort(list_distinct(list_concat([u.event], f.events))) AS events
FROM learning.use u JOIN fallen f ON f.used_kind = u.used_kind AND f.used = u.used;
COMMENT ON TABLE learning.told IS 'Who uses something that no longer rests on what it did, or was withdrawn: each of them is told by the signal learning/evidence-withdrawn.';
COMMENT ON COLUMN learning.told.microsystem IS 'The unit that is told.';
COMMENT ON COLUMN learning.told.kind IS 'What uses it: a lesson, goal, reuse, insight or project of that unit.';
COMMENT ON COLUMN learning.told.id IS 'The id of that.';
COMMENT ON COLUMN learning.told.used_kind IS 'What it uses: an insight or a lesson.';
COMMENT ON COLUMN learning.told.used IS 'The id of that.';
COMMENT ON COLUMN learning.told.title IS 'What that says.';
COMMENT ON COLUMN learning.told.day IS 'The day of the use.';
COMMENT ON COLUMN learning.told.grade_before IS 'The grade that it would have, had nothing been withdrawn; null: an insight that was withdrawn itself.';
COMMENT ON COLUMN learning.told.grade IS 'The grade now, or withdrawn.';
COMMENT ON COLUMN learning.told.reasons IS 'What was withdrawn: signal-withdrawn, words-withdrawn, lesson-withdrawn, insight-withdrawn. Of words of people neither which nor when.';
COMMENT ON COLUMN learning.told.words IS 'The same in words.';
COMMENT ON COLUMN learning.told.events IS 'The events of the use and of what is used: stream/partition/offset.';

-- Dated by the use: the day on which somebody took words back is nobody's business.
CREATE TABLE learning.signal AS
SELECT used AS subject, microsystem, 'evidence-withdrawn' AS rule, 'concern' AS variation, min(day) AS first_period, min(day) AS completed_period,
  min(day) AS as_of, arg_min(words, (used_kind, kind, id)) AS words
FROM learning.told GROUP BY used, microsystem;
