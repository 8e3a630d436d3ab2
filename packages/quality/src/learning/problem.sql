-- Which problems units have and had, in numbers and in words; and what is known of each elsewhere. Follows the rules 13 to 15 of README.md.

CREATE VIEW learning.family AS
SELECT m.id AS measure, coalesce(f.family, m.id) AS family, m.stream = 'coding' AS spoken, f.event
FROM plimsoll.measure m LEFT JOIN (SELECT measure, family, 'measure-family/' || _partition || '/' || _offset AS event FROM current.measure_family) f ON f.measure = m.id;

CREATE VIEW learning.spell AS
WITH over AS (SELECT signal, max(as_of) FILTER (state IN ('ended', 'closed')) AS over_on, list_sort(list(event)) AS events FROM plimsoll.signal_event GROUP BY signal),
found AS (
  SELECT s.microsystem, f.family, min(s.first_period) AS began, bool_or(s.state IN ('opened', 'acknowledged', 'explained')) AS open,
    max(coalesce(o.over_on, s.changed_as_of)) AS over_on, list_sort(list(DISTINCT s.measure)) AS measures, list_sort(list(s.signal)) AS signals,
    list_sort(list_distinct(list_concat(flatten(list(o.events)), list(f.event) FILTER (f.event IS NOT NULL)))) AS events
  FROM plimsoll.signal s JOIN learning.family f ON f.measure = s.measure LEFT JOIN over o ON o.signal = s.signal
  WHERE s.variation = 'concern' AND s.state <> 'withdrawn' AND s.rule <> 'silence' AND NOT contains(s.rule, '/') AND s.stratum IS NULL AND NOT f.spoken
  GROUP BY s.microsystem, f.family),
better AS (
  SELECT f.family, c.microsystem, min(c.first_period) AS since FROM plimsoll.special_cause c JOIN learning.family f ON f.measure = c.measure
  WHERE c.active AND c.variation = 'improvement' AND c.stratum IS NULL GROUP BY f.family, c.microsystem)
SELECT s.microsystem, s.family, s.began, CASE WHEN NOT s.open THEN s.over_on END AS over_on,
  CASE WHEN s.open THEN 'open' WHEN b.since >= s.began THEN 'improved' ELSE 'over' END AS state, s.measures, s.signals, s.events
FROM found s LEFT JOIN better b ON b.family = s.family AND b.microsystem = s.microsystem;

CREATE VIEW learning.problem AS
WITH span AS (
  SELECT microsystem, family, began, over_on, state, measures, signals, events, began - INTERVAL 3 MONTH AS since, coalesce(over_on, k.day) AS until
  FROM learning.spell CROSS JOIN plimsoll.clock k
  UNION ALL
  SELECT u.id, NULL, NULL, NULL, 'said', [], [], [], k.day - INTERVAL 12 MONTH, k.day FROM plimsoll.microsystem u CROSS JOIN plimsoll.clock k),
spoken AS (
  SELECT s.microsystem, s.family, t.theme, sum(t.with_theme)::BIGINT AS notes, sum(t.coded)::BIGINT AS coded, list_sort(flatten(list(t.events))) AS events
  FROM span s JOIN control.theme_share t ON t.microsystem = s.microsystem AND t.period >= s.since AND t.period <= s.until
  WHERE t.with_theme IS NOT NULL AND t.coded > 0 GROUP BY s.microsystem, s.family, t.theme),
profile AS (
  SELECT microsystem, family, list({theme: theme, notes: notes, coded: coded, share: notes / coded} ORDER BY theme) AS themes, list_sort(list_distinct(flatten(list(events)))) AS events
  FROM spoken WHERE notes > 0 GROUP BY microsystem, family)
SELECT s.microsystem, u.kind, s.family, s.state, s.began, s.over_on, s.measures, s.signals, coalesce(p.themes, []) AS themes,
  sqrt(list_sum(list_transform(p.themes, lambda x: x.share * x.share))) AS norm, list_sort(list_distinct(list_concat(s.events, coalesce(p.events, [])))) AS events
FROM span s JOIN plimsoll.microsystem u ON u.id = s.microsystem
LEFT JOIN profile p ON p.microsystem = s.microsystem AND p.family IS NOT DISTINCT FROM s.family
WHERE s.family IS NOT NULL OR p.themes IS NOT NULL;
COMMENT ON VIEW learning.problem IS 'The problems that units have and had: one row for each family of measures that signals concern, and one for what is said lately. learning.similar compares them.';
COMMENT ON COLUMN learning.problem.microsystem IS 'The unit.';
COMMENT ON COLUMN learning.problem.kind IS 'What kind of unit it is.';
COMMENT ON COLUMN learning.problem.family IS 'The family of the measures; null: what notes said in the last twelve months, whatever the figures show.';
COMMENT ON COLUMN learning.problem.state IS 'open; improved: its signals are over, and a run for the better is active; over: they are over; said: the row without a family.';
COMMENT ON COLUMN learning.problem.began IS 'The first period of the earliest signal.';
COMMENT ON COLUMN learning.problem.over_on IS 'The latest judged period when the last of them was over; null: one is open.';
COMMENT ON COLUMN learning.problem.measures IS 'The measures that signalled.';
COMMENT ON COLUMN learning.problem.signals IS 'Their signals.';
COMMENT ON COLUMN learning.problem.themes IS 'The themes of its coded notes, from three months before to the end: theme, notes, coded, share. Of counts that are not hidden only.';
COMMENT ON COLUMN learning.problem.norm IS 'The length of the vector of these shares, by which learning.similar divides. Null: nothing is known of what was said.';
COMMENT ON COLUMN learning.problem.events IS 'The events of signals and of shown counts of notes: stream/partition/offset.';

-- Of which family a lesson tells: by its insights, or by the signals that these rest on.
CREATE VIEW learning.lesson_family AS
WITH told AS (SELECT lesson, unnest(insights) AS insight FROM learning.known_lesson WHERE shared),
measured AS (
  SELECT t.lesson, i.measure FROM told t JOIN learning.known_insight i USING (insight) WHERE i.standing AND i.measure IS NOT NULL
  UNION
  SELECT t.lesson, coalesce(s.measure, e.reference) FROM told t JOIN learning.known_insight i USING (insight)
  JOIN learning.evidence_state e ON e.insight = t.insight AND e.state = 'holds' AND e.kind IN ('signal', 'figure')
  LEFT JOIN plimsoll.signal s ON e.kind = 'signal' AND s.signal = e.reference WHERE i.standing)
SELECT DISTINCT m.lesson, f.family FROM measured m JOIN learning.family f USING (measure);

CREATE VIEW learning.feed AS
WITH known AS (
  SELECT f.family, l.lesson, l.microsystem, l.worked, l.grade, l.title FROM learning.lesson_family f JOIN learning.lesson l USING (lesson) WHERE l.status = 'shared'),
counted AS (
  SELECT o.microsystem, o.family, count(p.microsystem) AS units, count(p.microsystem) FILTER (p.state <> 'open') AS past, count(p.microsystem) FILTER (p.state = 'open') AS still,
    list_sort(list(p.microsystem) FILTER (p.state <> 'open')) AS past_units, flatten(list(p.events) FILTER (p.microsystem IS NOT NULL)) AS events
  FROM learning.spell o LEFT JOIN learning.spell p ON p.family = o.family AND p.microsystem <> o.microsystem
  WHERE o.state = 'open' GROUP BY o.microsystem, o.family),
offered AS (
  SELECT family, list({lesson: lesson, microsystem: microsystem, title: title, grade: grade} ORDER BY lesson) FILTER (worked) AS worked,
    list({lesson: lesson, microsystem: microsystem, title: title, grade: grade} ORDER BY lesson) FILTER (NOT worked) AS failed
  FROM known GROUP BY family)
SELECT c.microsystem, c.family, s.began AS since, c.units, c.past, c.still, coalesce(c.past_units, []) AS past_units,
  coalesce(w.worked, []) AS worked, coalesce(w.failed, []) AS failed,
  CASE WHEN c.units = 0 THEN 'No other unit is known to have had this.' ELSE
    CASE c.units WHEN 1 THEN 'One other unit has had this' ELSE c.units || ' other units have had this' END || ', ' ||
    CASE c.past WHEN 0 THEN 'and none has got past it yet.' WHEN 1 THEN 'one has got past it.' ELSE c.past || ' have got past it.' END END ||
    CASE WHEN len(coalesce(w.worked, [])) = 0 THEN '' ELSE ' What is said to have helped: ' || array_to_string(list_transform(w.worked, lambda x: x.title), '; ') || '.' END ||
    CASE WHEN len(coalesce(w.failed, [])) = 0 THEN '' ELSE ' What is said to have failed: ' || array_to_string(list_transform(w.failed, lambda x: x.title), '; ') || '.' END AS words,
  list_sort(list_distinct(list_concat(s.events, coalesce(c.events, [])))) AS events
FROM counted c JOIN learning.spell s USING (microsystem, family) LEFT JOIN offered w USING (family);
COMMENT ON VIEW learning.feed IS 'For each problem that a unit has now: how many others had it, how many got past it, what helped there and what failed.';
COMMENT ON COLUMN learning.feed.microsystem IS 'The unit.';
COMMENT ON COLUMN learning.feed.family IS 'The family of the measures that signal.';
COMMENT ON COLUMN learning.feed.since IS 'The first period of the earliest signal.';
COMMENT ON COLUMN learning.feed.units IS 'Other units with a signal of concern in that family, now or before.';
COMMENT ON COLUMN learning.feed.past IS 'Those of them in which none is open.';
COMMENT ON COLUMN learning.feed.still IS 'Those in which one is.';
COMMENT ON COLUMN learning.feed.past_units IS 'The units that got past it.';
COMMENT ON COLUMN learning.feed.worked IS 'Shared lessons of that family of which what was tried helped: lesson, microsystem, title, grade.';
COMMENT ON COLUMN learning.feed.failed IS 'Those of which it did not.';
COMMENT ON COLUMN learning.feed.words IS 'The same in words.';
COMMENT ON COLUMN learning.feed.events IS 'The events of the signals: stream/partition/offset.';

CREATE VIEW learning.setting AS
SELECT id, value, title, ['learning-setting/' || _partition || '/' || _offset] AS events FROM current.learning_setting;
COMMENT ON VIEW learning.setting IS 'The settings that these figures were made by.';
COMMENT ON COLUMN learning.setting.id IS 'What is set.';
COMMENT ON COLUMN learning.setting.value IS 'To what.';
COMMENT ON COLUMN learning.setting.title IS 'What it means.';
COMMENT ON COLUMN learning.setting.events IS 'The event: stream/partition/offset.';
