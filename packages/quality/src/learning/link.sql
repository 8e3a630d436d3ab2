-- What can be searched, how one thing led to another, and what does not fit. Follows the rules 20 to 22 of README.md.

CREATE VIEW learning.open_text AS
SELECT 'lesson' AS kind, lesson AS id, title, microsystem, day, grade, events FROM learning.lesson WHERE status = 'shared'
UNION ALL SELECT 'insight', insight, title, microsystem, day, grade, events FROM learning.insight
UNION ALL SELECT 'goal', goal, title, microsystem, day, NULL, [event] FROM learning.known_goal WHERE active
UNION ALL SELECT 'question', question, title, microsystem, day, NULL, events FROM learning.question
UNION ALL SELECT 'community', community, title, NULL, day, NULL, events FROM learning.community WHERE status = 'active';
COMMENT ON VIEW learning.open_text IS 'All text that the search looks through: titles that everybody may read, and no others.';
COMMENT ON COLUMN learning.open_text.kind IS 'lesson, insight, goal, question or community.';
COMMENT ON COLUMN learning.open_text.id IS 'The id.';
COMMENT ON COLUMN learning.open_text.title IS 'The text.';
COMMENT ON COLUMN learning.open_text.microsystem IS 'The unit; null of a community.';
COMMENT ON COLUMN learning.open_text.day IS 'The day from which it holds.';
COMMENT ON COLUMN learning.open_text.grade IS 'Of lessons and insights: the grade.';
COMMENT ON COLUMN learning.open_text.events IS 'The events: stream/partition/offset.';

CREATE VIEW learning.link AS
SELECT CASE e.kind WHEN 'signal' THEN 'signal' ELSE 'lesson' END AS cause_kind, e.subject AS cause, 'evidence for' AS relation, 'insight' AS effect_kind,
  e.insight AS effect, i.day, e.events
FROM learning.evidence e JOIN learning.insight i USING (insight) WHERE e.kind IN ('signal', 'lesson') AND e.state = 'holds'
UNION ALL
SELECT 'insight', i.insight, 'offered as', 'lesson', l.lesson, l.day, [l.event]
FROM (SELECT *, unnest(insights) AS insight FROM learning.known_lesson) l JOIN learning.known_insight i ON i.insight = l.insight
UNION ALL
SELECT 'project', l.project, 'taught', 'lesson', l.lesson, l.day, [l.event] FROM learning.known_lesson l SEMI JOIN current.project p ON p.id = l.project
UNION ALL
SELECT 'lesson', lesson, 'used in', 'reuse', reuse, day, [event] FROM learning.known_reuse
UNION ALL
SELECT 'reuse', r.reuse, 'shown by', 'project', r.project, r.day, [r.event] FROM learning.known_reuse r SEMI JOIN current.project p ON p.id = r.project;
COMMENT ON VIEW learning.link IS 'What led to what: from signals to insights, lessons and reuses.';
COMMENT ON COLUMN learning.link.cause_kind IS 'What came first: signal, lesson, insight, project or reuse.';
COMMENT ON COLUMN learning.link.cause IS 'Its id.';
COMMENT ON COLUMN learning.link.relation IS 'evidence for, offered as, taught, used in or shown by.';
COMMENT ON COLUMN learning.link.effect_kind IS 'What followed: insight, lesson, reuse or project.';
COMMENT ON COLUMN learning.link.effect IS 'Its id.';
COMMENT ON COLUMN learning.link.day IS 'The day of what followed.';
COMMENT ON COLUMN learning.link.events IS 'The events that say so: stream/partition/offset.';

CREATE VIEW learning.refused AS
WITH own AS (
  SELECT 'insight' AS stream, id, microsystem, 'insight/' || _partition || '/' || _offset AS event FROM current.insight
  UNION ALL SELECT 'learning-question', id, microsystem, 'learning-question/' || _partition || '/' || _offset FROM current.learning_question
  UNION ALL SELECT 'lesson', id, microsystem, 'lesson/' || _partition || '/' || _offset FROM current.lesson
  UNION ALL SELECT 'reuse', id, microsystem, 'reuse/' || _partition || '/' || _offset FROM current.reuse
  UNION ALL SELECT 'community-member', community, microsystem, 'community-member/' || _partition || '/' || _offset FROM current.community_member
  UNION ALL SELECT 'agreed-try', session, microsystem, 'agreed-try/' || _partition || '/' || _offset FROM current.agreed_try),
names AS (
  SELECT 'insight' AS stream, id, 'question' AS kind, question AS name, 'insight/' || _partition || '/' || _offset AS event FROM current.insight WHERE question IS NOT NULL
  UNION ALL SELECT 'insight', id, 'measure', measure, 'insight/' || _partition || '/' || _offset FROM current.insight WHERE measure IS NOT NULL
  UNION ALL SELECT 'insight', id, 'theme', unnest(from_json(themes, '["VARCHAR"]')), 'insight/' || _partition || '/' || _offset FROM current.insight
  UNION ALL SELECT 'lesson', id, 'insight', unnest(from_json(insights, '["VARCHAR"]')), 'lesson/' || _partition || '/' || _offset FROM current.lesson
  UNION ALL SELECT 'lesson', id, 'project', project, 'lesson/' || _partition || '/' || _offset FROM current.lesson WHERE project IS NOT NULL
  UNION ALL SELECT 'reuse', id, 'lesson', lesson, 'reuse/' || _partition || '/' || _offset FROM current.reuse
  UNION ALL SELECT 'reuse', id, 'project', project, 'reuse/' || _partition || '/' || _offset FROM current.reuse WHERE project IS NOT NULL
  UNION ALL SELECT 'goal', id, 'insight', unnest(from_json(insights, '["VARCHAR"]')), 'goal/' || _partition || '/' || _offset FROM current.goal
  UNION ALL SELECT 'insight-evidence', insight, 'insight', insight, min('insight-evidence/' || _partition || '/' || _offset) FROM current.insight_evidence GROUP BY insight
  UNION ALL SELECT 'community', id, 'theme', unnest(from_json(themes, '["VARCHAR"]')), 'community/' || _partition || '/' || _offset FROM current.community
  UNION ALL SELECT 'community', id, 'measure', unnest(from_json(measures, '["VARCHAR"]')), 'community/' || _partition || '/' || _offset FROM current.community
  UNION ALL SELECT 'community-member', community, 'community', community, 'community-member/' || _partition || '/' || _offset FROM current.community_member
  UNION ALL SELECT 'community-session', id, 'community', community, 'community-session/' || _partition || '/' || _offset FROM current.community_session
  UNION ALL SELECT 'community-session', id, 'unit', unnest(from_json(units, '["VARCHAR"]')), 'community-session/' || _partition || '/' || _offset FROM current.community_session
  UNION ALL SELECT 'agreed-try', session, 'session', session, 'agreed-try/' || _partition || '/' || _offset FROM current.agreed_try
  UNION ALL SELECT 'agreed-try', session, 'lesson', lesson, 'agreed-try/' || _partition || '/' || _offset FROM current.agreed_try
  UNION ALL SELECT 'measure-family', measure, 'measure', measure, 'measure-family/' || _partition || '/' || _offset FROM current.measure_family
  UNION ALL SELECT 'interpretation', signal, 'signal', signal, 'interpretation/' || _partition || '/' || _offset FROM current.interpretation),
known AS (
  SELECT 'question' AS kind, id FROM current.learning_question UNION ALL SELECT 'measure', id FROM plimsoll.measure UNION ALL SELECT 'theme', id FROM current.theme
  UNION ALL SELECT 'insight', id FROM current.insight UNION ALL SELECT 'project', id FROM current.project UNION ALL SELECT 'lesson', id FROM current.lesson
  UNION ALL SELECT 'community', id FROM current.community UNION ALL SELECT 'unit', id FROM plimsoll.microsystem UNION ALL SELECT 'session', id FROM current.community_session
  UNION ALL SELECT 'signal', signal FROM plimsoll.signal),
found AS (
  SELECT o.stream, o.id, 'unknown-unit' AS reason, [o.microsystem] AS names, [o.event] AS events FROM own o ANTI JOIN plimsoll.microsystem u ON u.id = o.microsystem
  UNION ALL
  SELECT n.stream, n.id, 'unknown-' || n.kind, [n.name], [n.event] FROM names n ANTI JOIN known k ON k.kind = n.kind AND k.id = n.name
  UNION ALL
  SELECT 'insight', i.insight, 'no-evidence', [], [i.event] FROM learning.known_insight i ANTI JOIN current.insight_evidence e ON e.insight = i.insight WHERE i.standing
  UNION ALL
  -- Neither which nor how many: it may be words of people.
  SELECT 'insight-evidence', e.insight, 'unknown-evidence', [], [min(e.event)] FROM learning.evidence_state e WHERE e.state IN ('unknown', 'no-consent') GROUP BY e.insight
  UNION ALL
  SELECT 'insight-evidence', e.insight, 'own-signal', [e.reference], [e.event] FROM learning.evidence_state e WHERE e.state = 'unfit'
  UNION ALL
  SELECT 'reuse', r.id, 'own-lesson', [r.lesson], ['reuse/' || r._partition || '/' || r._offset] FROM current.reuse r JOIN current.lesson l ON l.id = r.lesson AND l.microsystem = r.microsystem
  UNION ALL
  SELECT 'interpretation', i.signal, 'other-unit', [i.microsystem], ['interpretation/' || i._partition || '/' || i._offset]
  FROM current.interpretation i JOIN plimsoll.signal s ON s.signal = i.signal AND s.microsystem <> i.microsystem
  UNION ALL
  SELECT 'interpretation', i.signal, 'not-asked', [i.kind || ' ' || i.subject || ' ' || i.unit], [i.event]
  FROM learning.known_interpretation i ANTI JOIN learning.around a ON a.signal = i.signal AND a.kind = i.kind AND a.subject = i.subject AND a.unit = i.unit)
SELECT stream, id, reason, names, CASE
    WHEN reason = 'no-evidence' THEN 'it rests on nothing: an insight needs numbers or words'
    WHEN reason = 'unknown-evidence' THEN 'it rests on something that nobody has told of, or that may not be used'
    WHEN reason = 'own-signal' THEN 'it rests on a signal that says that evidence was withdrawn: that is none'
    WHEN reason = 'own-lesson' THEN 'a unit cannot reuse its own lesson ' || names[1]
    WHEN reason = 'other-unit' THEN 'the signal is of another unit than ' || names[1]
    WHEN reason = 'not-asked' THEN 'that did not move around the signal, or no longer: ' || names[1]
    ELSE 'nobody has told of the ' || substr(reason, 9) || ' ' || names[1] || ': it counts when that arrives' END AS words,
  list_sort(events) AS events
FROM found;
COMMENT ON VIEW learning.refused IS 'What does not fit together, and why. It counts for nothing, or only as far as the rest of it does.';
COMMENT ON COLUMN learning.refused.stream IS 'The stream.';
COMMENT ON COLUMN learning.refused.id IS 'The id of the row; of evidence that of its insight, of a member that of the community, of a try that of the session, of an interpretation that of the signal, of a family the measure.';
COMMENT ON COLUMN learning.refused.reason IS 'unknown-unit, -question, -measure, -theme, -insight, -project, -lesson, -community, -session, -signal or -evidence; no-evidence, own-signal, own-lesson, other-unit or not-asked.';
COMMENT ON COLUMN learning.refused.names IS 'What it names that does not fit; of evidence nothing, but for signals.';
COMMENT ON COLUMN learning.refused.words IS 'The same in words.';
COMMENT ON COLUMN learning.refused.events IS 'The events: stream/partition/offset. Of evidence only the first.';
