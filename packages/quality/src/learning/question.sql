-- What is answered, and in which ways. Follows the rule 9 of README.md.

CREATE VIEW learning.answer AS
SELECT i.question, q.title, i.answer, list({insight: i.insight, microsystem: i.microsystem, title: i.title, grade: i.grade, day: i.day} ORDER BY i.insight) AS insights,
  count(*) FILTER (i.grade = 'triangulated') AS triangulated, count(*) FILTER (i.grade <> 'refused') AS standing,
  list_sort(list_distinct(list_concat(flatten(list(i.events)), [any_value(q.event)]))) AS events
FROM learning.insight i JOIN learning.known_question q ON q.question = i.question GROUP BY i.question, q.title, i.answer;
COMMENT ON VIEW learning.answer IS 'The answers to each question side by side, each with the insights that give it.';
COMMENT ON COLUMN learning.answer.question IS 'The question.';
COMMENT ON COLUMN learning.answer.title IS 'What it asks.';
COMMENT ON COLUMN learning.answer.answer IS 'An answer.';
COMMENT ON COLUMN learning.answer.insights IS 'The insights that give it: insight, microsystem, title, grade, day.';
COMMENT ON COLUMN learning.answer.triangulated IS 'How many of them rest on numbers and words.';
COMMENT ON COLUMN learning.answer.standing IS 'How many of them rest on anything that holds.';
COMMENT ON COLUMN learning.answer.events IS 'The events of question, insights and evidence: stream/partition/offset.';

CREATE VIEW learning.known_question AS
SELECT q.id AS question, q.title, q.microsystem, q.day, 'learning-question/' || q._partition || '/' || q._offset AS event
FROM current.learning_question q SEMI JOIN plimsoll.microsystem u ON u.id = q.microsystem JOIN plimsoll.clock k ON q.day <= k.day;

CREATE VIEW learning.question AS
WITH summed AS (
  SELECT question, list_sort(list(answer) FILTER (standing > 0)) AS answers, sum(standing)::BIGINT AS insights, list_sort(list_distinct(flatten(list(events)))) AS events
  FROM learning.answer GROUP BY question)
SELECT q.question, q.title, q.microsystem, q.day, coalesce(s.insights, 0) AS insights, coalesce(s.answers, []) AS answers,
  CASE WHEN coalesce(len(s.answers), 0) = 0 THEN 'open' WHEN len(s.answers) = 1 THEN 'answered' ELSE 'conflicting' END AS state, coalesce(s.events, [q.event]) AS events
FROM learning.known_question q LEFT JOIN summed s USING (question);
COMMENT ON VIEW learning.question IS 'The question board: what units ask, and whether the insights that answer it agree.';
COMMENT ON COLUMN learning.question.question IS 'The id.';
COMMENT ON COLUMN learning.question.title IS 'What it asks.';
COMMENT ON COLUMN learning.question.microsystem IS 'The unit that asks.';
COMMENT ON COLUMN learning.question.day IS 'The day on which it was asked.';
COMMENT ON COLUMN learning.question.insights IS 'Insights that answer it and rest on anything that holds.';
COMMENT ON COLUMN learning.question.answers IS 'The different answers that they give; learning.answer shows them side by side.';
COMMENT ON COLUMN learning.question.state IS 'open, answered, or conflicting: they give more than one answer.';
COMMENT ON COLUMN learning.question.events IS 'The events of question, insights and evidence: stream/partition/offset.';
