-- What insights and lessons rest on, and whether it still holds. Follows the rules 1 to 6 of README.md. Inside the store: which
-- stories and notes they are is told nowhere, nor how many.

CREATE VIEW learning.known_insight AS
SELECT i.id AS insight, i.microsystem, i.title, i.question, i.answer, i.measure, from_json(i.themes, '["VARCHAR"]') AS themes, i.confidence,
  i.status = 'standing' AS standing, i.day, 'insight/' || i._partition || '/' || i._offset AS event
FROM current.insight i SEMI JOIN plimsoll.microsystem u ON u.id = i.microsystem JOIN plimsoll.clock k ON i.day <= k.day;

CREATE VIEW learning.known_lesson AS
SELECT l.id AS lesson, l.microsystem, l.title, from_json(l.insights, '["VARCHAR"]') AS insights, l.project, l.worked,
  l.status = 'shared' AS shared, l.day, 'lesson/' || l._partition || '/' || l._offset AS event
FROM current.lesson l SEMI JOIN plimsoll.microsystem u ON u.id = l.microsystem JOIN plimsoll.clock k ON l.day <= k.day;

-- What is withdrawn stays so, whatever is said before or after.
CREATE VIEW learning.evidence_state AS
WITH given AS (
  SELECT e.*, 'insight-evidence/' || e._partition || '/' || e._offset AS event
  FROM current.insight_evidence e JOIN plimsoll.clock k ON e.day <= k.day),
spoken AS (SELECT id FROM plimsoll.measure WHERE stream = 'coding'),
figure AS (
  SELECT DISTINCT v.measure, v.microsystem, v.period FROM plimsoll.measure_value v
  SEMI JOIN given e ON e.kind = 'figure' AND e.reference = v.measure AND e.unit = v.microsystem AND e.period = v.period
  WHERE v.observed AND v.stratum IS NULL),
consent AS (
  SELECT c.id, bool_or(c.state = 'withdrawn') AS withdrawn, bool_or(c.state = 'given' AND c.day <= k.day) AS given
  FROM current.story_consent c CROSS JOIN plimsoll.clock k GROUP BY c.id)
SELECT e.id, e.insight, e.kind, e.reference, e.unit, e.period, e.day, e.event,
  CASE WHEN e.kind IN ('story', 'note') OR w.id IS NOT NULL THEN 'words' WHEN e.kind <> 'lesson' THEN 'numbers' END AS side,
  CASE e.kind
    WHEN 'signal' THEN CASE WHEN s.signal IS NULL THEN 'unknown' WHEN starts_with(s.rule, 'learning/') THEN 'unfit' WHEN s.state = 'withdrawn' THEN 'withdrawn' ELSE 'holds' END
    WHEN 'figure' THEN CASE WHEN f.measure IS NULL THEN 'unknown' ELSE 'holds' END
    WHEN 'story' THEN CASE WHEN c.withdrawn THEN 'withdrawn' WHEN t.id IS NULL THEN 'unknown' WHEN coalesce(c.given, false) THEN 'holds' ELSE 'no-consent' END
    WHEN 'note' THEN CASE WHEN n.note IS NULL THEN 'unknown' ELSE 'holds' END
    ELSE CASE WHEN l.lesson IS NULL THEN 'unknown' WHEN l.shared THEN 'holds' ELSE 'withdrawn' END END AS state
FROM given e
LEFT JOIN plimsoll.signal s ON e.kind = 'signal' AND s.signal = e.reference
LEFT JOIN spoken w ON e.kind IN ('signal', 'figure') AND w.id = coalesce(s.measure, e.reference)
LEFT JOIN figure f ON e.kind = 'figure' AND f.measure = e.reference AND f.microsystem = e.unit AND f.period = e.period
LEFT JOIN current.story_fact t ON e.kind = 'story' AND t.id = e.reference
LEFT JOIN consent c ON e.kind = 'story' AND c.id = e.reference
LEFT JOIN current.coding n ON e.kind = 'note' AND n.note = e.reference AND n.pass = 'first'
LEFT JOIN learning.known_lesson l ON e.kind = 'lesson' AND l.lesson = e.reference;

-- From each insight to all that it rests on through lessons of others: intact, where nothing on the way is withdrawn. Lessons that
-- rest on each other in a circle add nothing to one another.
CREATE VIEW learning.ground AS
WITH RECURSIVE step AS (
  SELECT e.insight, unnest(l.insights) AS below, e.state = 'holds' AS intact
  FROM learning.evidence_state e JOIN learning.known_lesson l ON l.lesson = e.reference WHERE e.kind = 'lesson' AND e.state IN ('holds', 'withdrawn')),
reach(insight, below, intact) AS (
  SELECT insight, insight, standing FROM learning.known_insight
  UNION
  SELECT r.insight, i.insight, r.intact AND s.intact AND i.standing FROM reach r JOIN step s ON s.insight = r.below
  JOIN learning.known_insight i ON i.insight = s.below)
SELECT insight, below, bool_or(intact) AS intact FROM reach GROUP BY insight, below;

CREATE VIEW learning.rested AS
SELECT g.insight,
  coalesce(bool_or(g.intact AND e.state = 'holds' AND e.side = 'numbers'), false) AS has_numbers,
  coalesce(bool_or(g.intact AND e.state = 'holds' AND e.side = 'words'), false) AS has_words,
  coalesce(bool_or(e.state IN ('holds', 'withdrawn') AND e.side = 'numbers'), false) AS had_numbers,
  coalesce(bool_or(e.state IN ('holds', 'withdrawn') AND e.side = 'words'), false) AS had_words,
  list_sort(list_distinct(list_filter(flatten(list([
    CASE WHEN e.state = 'withdrawn' THEN CASE e.kind WHEN 'story' THEN 'words-withdrawn' WHEN 'lesson' THEN 'lesson-withdrawn' ELSE 'signal-withdrawn' END END,
    CASE WHEN NOT i.standing THEN 'insight-withdrawn' END])), lambda x: x IS NOT NULL))) AS reasons
FROM learning.ground g JOIN learning.known_insight i ON i.insight = g.below LEFT JOIN learning.evidence_state e ON e.insight = g.below
GROUP BY g.insight;

-- Of stories and notes one event stands for all, whether they hold or not: neither their number is told, nor, by a change of it, that
-- one of several was taken back.
CREATE VIEW learning.evidence AS
SELECT e.insight, e.kind, e.side, e.reference AS subject, e.unit, e.period, e.state, [e.event] AS events
FROM learning.evidence_state e JOIN learning.known_insight i ON i.insight = e.insight AND i.standing
WHERE e.kind IN ('signal', 'figure', 'lesson') AND e.state IN ('holds', 'withdrawn')
UNION ALL
SELECT e.insight, 'words-of-people', 'words', NULL, NULL, NULL, 'holds', [min(e.event)]
FROM learning.evidence_state e JOIN learning.known_insight i ON i.insight = e.insight AND i.standing
WHERE e.kind IN ('story', 'note') GROUP BY e.insight HAVING bool_or(e.state = 'holds');
COMMENT ON VIEW learning.evidence IS 'What each insight that stands rests on. Which stories and notes they are, and how many, is not told.';
COMMENT ON COLUMN learning.evidence.insight IS 'The id of the insight.';
COMMENT ON COLUMN learning.evidence.kind IS 'signal, figure, lesson, or words-of-people: at least one story that may be used, or coded note.';
COMMENT ON COLUMN learning.evidence.side IS 'numbers or words; signals and figures of themes are words. Null of a lesson: it brings what its own insights rest on.';
COMMENT ON COLUMN learning.evidence.subject IS 'The id of the signal, measure or lesson; null of words of people.';
COMMENT ON COLUMN learning.evidence.unit IS 'Of a figure: the unit.';
COMMENT ON COLUMN learning.evidence.period IS 'Of a figure: the first day of its period.';
COMMENT ON COLUMN learning.evidence.state IS 'holds, or withdrawn: it no longer counts. Words that may not be used are not here.';
COMMENT ON COLUMN learning.evidence.events IS 'The event of the link: stream/partition/offset; of words of people one, for all of them, whether they may be used or not.';

CREATE VIEW learning.insight AS
WITH traced AS (SELECT insight, list_sort(flatten(list(events))) AS events FROM learning.evidence GROUP BY insight)
SELECT i.insight, i.microsystem, i.title, i.question, i.answer, i.measure, i.themes, i.confidence, i.day, r.has_numbers, r.has_words,
  CASE WHEN r.has_numbers AND r.has_words THEN 'triangulated' WHEN r.has_numbers OR r.has_words THEN 'partial' ELSE 'refused' END AS grade,
  CASE WHEN r.had_numbers AND r.had_words THEN 'triangulated' WHEN r.had_numbers OR r.had_words THEN 'partial' ELSE 'refused' END AS grade_before,
  (r.had_numbers AND NOT r.has_numbers) OR (r.had_words AND NOT r.has_words) AS fell, CASE WHEN fell THEN r.reasons ELSE [] END AS reasons,
  list_sort(list_concat([i.event], coalesce(t.events, []))) AS events
FROM learning.known_insight i JOIN learning.rested r USING (insight) LEFT JOIN traced t USING (insight)
WHERE i.standing;
COMMENT ON VIEW learning.insight IS 'Insights that stand, with their grade: by what their evidence is, never by who claims them.';
COMMENT ON COLUMN learning.insight.insight IS 'The id.';
COMMENT ON COLUMN learning.insight.microsystem IS 'The unit in which it was found.';
COMMENT ON COLUMN learning.insight.title IS 'The claim.';
COMMENT ON COLUMN learning.insight.question IS 'The question that it answers; null: none.';
COMMENT ON COLUMN learning.insight.answer IS 'What it answers.';
COMMENT ON COLUMN learning.insight.measure IS 'The measure that it speaks of; null: none.';
COMMENT ON COLUMN learning.insight.themes IS 'The themes that it speaks of.';
COMMENT ON COLUMN learning.insight.confidence IS 'low, medium or high: how sure those are who claim it. It changes no grade.';
COMMENT ON COLUMN learning.insight.day IS 'The day from which it holds.';
COMMENT ON COLUMN learning.insight.has_numbers IS 'Whether it rests on numbers that hold.';
COMMENT ON COLUMN learning.insight.has_words IS 'Whether it rests on words that may be used.';
COMMENT ON COLUMN learning.insight.grade IS 'triangulated: numbers and words; partial: one of them; refused: nothing that it rests on holds.';
COMMENT ON COLUMN learning.insight.grade_before IS 'The grade that it would have, had nothing been withdrawn.';
COMMENT ON COLUMN learning.insight.fell IS 'Whether numbers, or words, are gone that were there.';
COMMENT ON COLUMN learning.insight.reasons IS 'Where it fell, what was withdrawn: signal-withdrawn, words-withdrawn, lesson-withdrawn, insight-withdrawn.';
COMMENT ON COLUMN learning.insight.events IS 'The events of the insight and of the evidence that is told: stream/partition/offset.';

CREATE VIEW learning.lesson AS
WITH base AS (
  SELECT l.lesson, i.insight, i.standing, i.event, r.* EXCLUDE (insight)
  FROM (SELECT lesson, unnest(insights) AS insight FROM learning.known_lesson) l JOIN learning.known_insight i USING (insight) JOIN learning.rested r USING (insight)),
summed AS (
  SELECT lesson, bool_or(has_numbers) AS has_numbers, bool_or(has_words) AS has_words, bool_or(had_numbers) AS had_numbers,
    bool_or(had_words) AS had_words, list_sort(list_distinct(flatten(list(list_concat(reasons, CASE WHEN standing THEN [] ELSE ['insight-withdrawn'] END))))) AS reasons,
    list(event) AS events
  FROM base GROUP BY lesson),
used AS (
  SELECT lesson, count(*) AS reuses, count(*) FILTER (changed) AS changed, list(event) AS events FROM learning.known_reuse GROUP BY lesson)
SELECT l.lesson, l.microsystem, l.title, CASE WHEN l.shared THEN 'shared' ELSE 'withdrawn' END AS status, l.worked, l.project, l.insights, l.day,
  CASE WHEN coalesce(s.has_numbers AND s.has_words, false) THEN 'triangulated' WHEN coalesce(s.has_numbers OR s.has_words, false) THEN 'partial' ELSE 'refused' END AS grade,
  CASE WHEN coalesce(s.had_numbers AND s.had_words, false) THEN 'triangulated' WHEN coalesce(s.had_numbers OR s.had_words, false) THEN 'partial' ELSE 'refused' END AS grade_before,
  coalesce((s.had_numbers AND NOT s.has_numbers) OR (s.had_words AND NOT s.has_words), false) AS fell,
  list_concat(CASE WHEN l.shared THEN [] ELSE ['lesson-withdrawn'] END, CASE WHEN fell THEN s.reasons ELSE [] END) AS reasons,
  coalesce(u.reuses, 0) AS reuses, coalesce(u.changed, 0) AS changed,
  list_sort(list_distinct(list_concat([l.event], coalesce(s.events, []), coalesce(u.events, [])))) AS events
FROM learning.known_lesson l LEFT JOIN summed s USING (lesson) LEFT JOIN used u USING (lesson);
COMMENT ON VIEW learning.lesson IS 'What units learnt and offer to others, with the grade of what each rests on. What failed is a lesson, too.';
COMMENT ON COLUMN learning.lesson.lesson IS 'The id.';
COMMENT ON COLUMN learning.lesson.microsystem IS 'The unit that learnt it.';
COMMENT ON COLUMN learning.lesson.title IS 'What it says.';
COMMENT ON COLUMN learning.lesson.status IS 'shared or withdrawn.';
COMMENT ON COLUMN learning.lesson.worked IS 'Whether what was tried helped; null: nothing was tried.';
COMMENT ON COLUMN learning.lesson.project IS 'The improvement project that it comes from; null: none.';
COMMENT ON COLUMN learning.lesson.insights IS 'The insights that it rests on.';
COMMENT ON COLUMN learning.lesson.day IS 'The day from which this holds.';
COMMENT ON COLUMN learning.lesson.grade IS 'triangulated, partial or refused: of all that its insights rest on together. refused: nothing of it holds, or it names none.';
COMMENT ON COLUMN learning.lesson.grade_before IS 'The grade that it would have, had nothing been withdrawn.';
COMMENT ON COLUMN learning.lesson.fell IS 'Whether numbers, or words, are gone that were there.';
COMMENT ON COLUMN learning.lesson.reasons IS 'What was withdrawn: lesson-withdrawn, and where it fell signal-withdrawn, words-withdrawn, insight-withdrawn.';
COMMENT ON COLUMN learning.lesson.reuses IS 'How often other units used it.';
COMMENT ON COLUMN learning.lesson.changed IS 'How many of them changed it to fit their place.';
COMMENT ON COLUMN learning.lesson.events IS 'The events of the lesson, its insights and its reuses: stream/partition/offset.';
