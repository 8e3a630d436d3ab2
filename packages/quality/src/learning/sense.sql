-- Everything that moved around a signal, as questions to its team and never as a cause. Follows the rules 17 to 19 of README.md.

CREATE VIEW learning.sought AS
WITH setting AS (
  SELECT max(value) FILTER (id = 'around-periods')::INTEGER AS periods, max(value) FILTER (id = 'culture-months')::INTEGER AS months FROM current.learning_setting)
SELECT s.signal, s.measure, s.microsystem, s.first_period AS onset, s.state, x.months,
  CASE m.period WHEN 'day' THEN to_days(x.periods) WHEN 'week' THEN to_days(7 * x.periods) WHEN 'month' THEN to_months(x.periods) ELSE to_months(3 * x.periods) END AS reach,
  x.periods,
  (SELECT list_sort(list(e.event)) FROM plimsoll.signal_event e WHERE e.signal = s.signal AND e.state = 'opened') AS events
FROM plimsoll.signal s JOIN plimsoll.measure m ON m.id = s.measure CROSS JOIN setting x
WHERE s.stratum IS NULL AND s.rule <> 'silence' AND s.state <> 'withdrawn'
  AND (s.state IN ('opened', 'acknowledged', 'explained') OR EXISTS (FROM current.interpretation i WHERE i.signal = s.signal));

CREATE VIEW learning.linked_unit AS
WITH link AS (
  SELECT id AS microsystem, id AS unit, 'own' AS relation, 0 AS far, NULL::VARCHAR AS event FROM plimsoll.microsystem
  UNION ALL SELECT m.id, p.id, 'above', 2, NULL FROM plimsoll.microsystem m JOIN plimsoll.microsystem p ON p.id = m.parent
  UNION ALL SELECT p.id, m.id, 'below', 2, NULL FROM plimsoll.microsystem m JOIN plimsoll.microsystem p ON p.id = m.parent
  UNION ALL SELECT l."from", l."to", l.kind, 1, 'flow/' || l._partition || '/' || l._offset FROM current.flow l JOIN plimsoll.clock k ON l.since <= k.day
  UNION ALL SELECT l."to", l."from", l.kind, 1, 'flow/' || l._partition || '/' || l._offset FROM current.flow l JOIN plimsoll.clock k ON l.since <= k.day)
SELECT l.microsystem, l.unit, arg_min(l.relation, (l.far, l.relation)) AS relation, list_sort(list_distinct(list(l.event) FILTER (l.event IS NOT NULL))) AS events
FROM link l SEMI JOIN plimsoll.microsystem a ON a.id = l.microsystem SEMI JOIN plimsoll.microsystem b ON b.id = l.unit GROUP BY l.microsystem, l.unit;

-- Figures: the points from so many periods before the run to so many after its first, against up to 24 before them.
CREATE VIEW learning.moved_figure AS
WITH candidate AS (
  SELECT s.signal, s.onset, l.unit, l.relation, coalesce(l.events, []) AS link_events, m.id AS subject, m.title, m.version, m.direction, f.family, f.spoken, f.event AS family_event,
    greatest(s.reach, CASE m.period WHEN 'day' THEN to_days(s.periods) WHEN 'week' THEN to_days(7 * s.periods) WHEN 'month' THEN to_months(s.periods) ELSE to_months(3 * s.periods) END) AS reach
  FROM learning.sought s JOIN learning.linked_unit l ON l.microsystem = s.microsystem CROSS JOIN plimsoll.measure m JOIN learning.family f ON f.measure = m.id
  WHERE m.class <> 'team-only' AND NOT (m.id = s.measure AND l.unit = s.microsystem)),
point AS (
  SELECT c.signal, c.unit, c.subject, v.period, v.value, v.period >= c.onset - c.reach AS around,
    row_number() OVER (PARTITION BY c.signal, c.unit, c.subject, v.period >= c.onset - c.reach ORDER BY v.period DESC) AS back
  FROM candidate c JOIN plimsoll.measure_value v ON v.measure = c.subject AND v.microsystem = c.unit AND v.measure_version = c.version
  WHERE v.stratum IS NULL AND v.value IS NOT NULL AND NOT v.hidden AND v.period <= c.onset + c.reach),
listed AS (
  SELECT signal, unit, subject, list(value ORDER BY period) FILTER (around) AS here, list(value ORDER BY period) FILTER (NOT around AND back <= 24) AS before
  FROM point GROUP BY signal, unit, subject),
meant AS (
  SELECT *, list_sum(here) / len(here) AS mean_here, list_sum(before) / len(before) AS mean_before FROM listed WHERE len(here) > 0 AND len(before) >= 12),
spread AS (SELECT *, sqrt(list_sum(list_transform(before, lambda x: pow(x - mean_before, 2))) / (len(before) - 1)) AS sd FROM meant),
tested AS (
  SELECT *, (mean_here - mean_before) / (sd * sqrt(1 / len(here) + 1 / len(before))) AS t FROM spread WHERE sd > 1e-12)
SELECT t.signal, CASE WHEN c.spoken THEN 'theme' WHEN c.family = 'staffing' THEN 'staffing' ELSE 'measure' END AS kind,
  coalesce(n.id, t.subject) AS subject, coalesce(n.title, c.title) AS title, t.unit, c.relation,
  t.mean_before AS value_before, t.mean_here AS value_around, abs(t.t) AS strength, stats.t_p(t.t, len(t.before) - 1) AS p,
  list_filter(list_concat([c.family_event], c.link_events), lambda x: x IS NOT NULL) AS events
FROM tested t JOIN candidate c USING (signal, unit, subject) LEFT JOIN current.theme n ON c.spoken AND 'theme-' || n.id = t.subject;

-- Culture: the last release up to then against the one before it. Released figures only.
CREATE VIEW learning.moved_culture AS
WITH figure AS (
  SELECT f.microsystem, f.subject, f.day, f.wave, f.value, (f.high - f.low) / 2 / 1.959963984540054 AS se, 'released-figure/' || f._partition || '/' || f._offset AS event
  FROM current.released_figure f JOIN current.release r ON r.wave = f.wave AND r.state = 'released'
  WHERE f.breakdown = 'all' AND NOT f.rest AND f.figure = 'percent-positive' AND f.bound = 'exact' AND f.value IS NOT NULL AND f.high > f.low),
held AS (
  SELECT s.signal, l.unit, l.relation, f.*, row_number() OVER (PARTITION BY s.signal, l.unit, f.subject ORDER BY f.day DESC, f.wave DESC) AS back,
    f.day > s.onset - to_months(s.months) AS near
  FROM learning.sought s JOIN learning.linked_unit l ON l.microsystem = s.microsystem JOIN figure f ON f.microsystem = l.unit AND f.day <= s.onset + s.reach)
SELECT a.signal, 'culture' AS kind, a.subject, a.subject AS title, a.unit, a.relation, b.value AS value_before, a.value AS value_around,
  abs(a.value - b.value) / sqrt(a.se * a.se + b.se * b.se) AS strength, stats.normal_p((a.value - b.value) / sqrt(a.se * a.se + b.se * b.se)) AS p, [b.event, a.event] AS events
FROM held a JOIN held b ON b.signal = a.signal AND b.unit = a.unit AND b.subject = a.subject AND b.back = 2 WHERE a.back = 1 AND a.near;

CREATE VIEW learning.tested AS
WITH looked AS (
  SELECT signal, kind, subject, title, unit, relation, value_before, value_around, strength, p, events FROM learning.moved_figure
  UNION ALL SELECT signal, kind, subject, title, unit, relation, value_before, value_around, strength, p, events FROM learning.moved_culture),
numbered AS (SELECT signal AS grp, {kind: kind, subject: subject, unit: unit} AS id, p FROM looked)
SELECT l.*, a.q, a.tests AS looked_at FROM looked l
JOIN stats.adjust('numbered') a ON a.grp = l.signal AND a.id.kind = l.kind AND a.id.subject = l.subject AND a.id.unit = l.unit;

-- What has a day, and no strength: marks on charts, and projects that began or ended.
CREATE VIEW learning.dated AS
WITH mark AS (
  SELECT 'mark' AS kind, id AS subject, label AS title, microsystem AS unit, day, 'annotation/' || _partition || '/' || _offset AS event FROM current.annotation
  UNION ALL SELECT 'project', id, title, microsystem, started, 'project/' || _partition || '/' || _offset FROM current.project
  UNION ALL SELECT 'project', id, title, microsystem, ended, 'project/' || _partition || '/' || _offset FROM current.project WHERE ended IS NOT NULL)
SELECT s.signal, m.kind, m.subject, m.title, m.unit, l.relation, m.day, abs(m.day - s.onset) AS apart, list_concat([m.event], coalesce(l.events, [])) AS events
FROM learning.sought s JOIN learning.linked_unit l ON l.microsystem = s.microsystem
JOIN mark m ON m.unit = l.unit AND m.day BETWEEN s.onset - s.reach AND s.onset + s.reach JOIN plimsoll.clock k ON m.day <= k.day
QUALIFY row_number() OVER (PARTITION BY s.signal, m.kind, m.subject, m.unit ORDER BY abs(m.day - s.onset), m.day) = 1;

CREATE VIEW learning.known_interpretation AS
SELECT i.signal, i.kind, i.subject, i.unit, i.reading, i.day, 'interpretation/' || i._partition || '/' || i._offset AS event
FROM current.interpretation i SEMI JOIN plimsoll.signal s ON s.signal = i.signal AND s.microsystem = i.microsystem JOIN plimsoll.clock k ON i.day <= k.day;

CREATE VIEW learning.around AS
WITH total AS (SELECT signal, max(looked_at) AS looked_at FROM learning.tested GROUP BY signal),
found AS (
  SELECT signal, kind, subject, title, unit, relation, NULL::DATE AS day, NULL::BIGINT AS apart, value_before, value_around, strength, p, q, events FROM learning.tested WHERE p < 0.05
  UNION ALL SELECT signal, kind, subject, title, unit, relation, day, apart, NULL, NULL, NULL, NULL, NULL, events FROM learning.dated),
ranked AS (
  SELECT f.*, row_number() OVER (PARTITION BY f.signal ORDER BY f.p IS NULL, f.p, f.strength DESC, f.apart, f.kind, f.subject, f.unit) AS place FROM found f)
SELECT s.signal, s.microsystem, s.measure, s.onset, r.place, r.kind, r.subject, r.title, r.unit, r.relation, r.day, r.value_before, r.value_around,
  r.strength, r.p, r.q, coalesce(t.looked_at, 0) AS looked_at, 0.05 * coalesce(t.looked_at, 0) AS by_luck,
  CASE r.kind WHEN 'theme' THEN 'People spoke ' || CASE WHEN r.value_around > r.value_before THEN 'more' ELSE 'less' END || ' of "' || r.title || '"'
      WHEN 'culture' THEN 'Answers to "' || r.title || '" became ' || CASE WHEN r.value_around > r.value_before THEN 'more' ELSE 'less' END || ' positive'
      WHEN 'mark' THEN '"' || r.title || '" was marked on ' || r.day
      WHEN 'project' THEN 'The project "' || r.title || '" began or ended on ' || r.day
      ELSE '"' || r.title || '" ' || CASE WHEN r.value_around > r.value_before THEN 'rose' ELSE 'fell' END END ||
    CASE r.relation WHEN 'own' THEN ' here' ELSE ' in ' || r.unit END || '. What do you know of it, and does it have to do with the signal?' AS question,
  i.reading, i.day AS interpreted_on,
  list_sort(list_distinct(list_concat(s.events, r.events, CASE WHEN i.event IS NULL THEN [] ELSE [i.event] END))) AS events
FROM ranked r JOIN learning.sought s USING (signal) LEFT JOIN total t USING (signal)
LEFT JOIN learning.known_interpretation i ON i.signal = r.signal AND i.kind = r.kind AND i.subject = r.subject AND i.unit = r.unit;
COMMENT ON VIEW learning.around IS 'Sense-making: what moved around each open signal, in its unit and in those linked to it, the strongest first; each a question to the team, and none a cause.';
COMMENT ON COLUMN learning.around.signal IS 'The id of the signal.';
COMMENT ON COLUMN learning.around.microsystem IS 'Its unit.';
COMMENT ON COLUMN learning.around.measure IS 'Its measure.';
COMMENT ON COLUMN learning.around.onset IS 'The first period of its run.';
COMMENT ON COLUMN learning.around.place IS '1 is the strongest; what has a day and no strength comes after, the nearest first.';
COMMENT ON COLUMN learning.around.kind IS 'measure, staffing, theme, culture, mark or project.';
COMMENT ON COLUMN learning.around.subject IS 'The id of the measure, theme, survey item or scale, mark or project.';
COMMENT ON COLUMN learning.around.title IS 'Its name for people.';
COMMENT ON COLUMN learning.around.unit IS 'The unit in which it moved.';
COMMENT ON COLUMN learning.around.relation IS 'own, above, below, or what flows between the units: patients, information, supplies, staff.';
COMMENT ON COLUMN learning.around.day IS 'Of marks and projects: the day.';
COMMENT ON COLUMN learning.around.value_before IS 'The mean of up to 24 points before; of culture the release before.';
COMMENT ON COLUMN learning.around.value_around IS 'The mean from as many periods before the onset as the setting around-periods says (2, unless it says otherwise) to as many after; of culture the last release up to then.';
COMMENT ON COLUMN learning.around.strength IS 'The difference over its standard error: Student''s t; of culture z.';
COMMENT ON COLUMN learning.around.p IS 'How often a steady series would move as far; below .05, or it is not listed.';
COMMENT ON COLUMN learning.around.q IS 'The same, adjusted for all that was looked at (Benjamini and Hochberg).';
COMMENT ON COLUMN learning.around.looked_at IS 'How many figures were looked at for this signal.';
COMMENT ON COLUMN learning.around.by_luck IS 'How many of them luck alone would list.';
COMMENT ON COLUMN learning.around.question IS 'The question to the team.';
COMMENT ON COLUMN learning.around.reading IS 'What the team makes of it: related, unrelated or cannot-tell; null: not answered yet.';
COMMENT ON COLUMN learning.around.interpreted_on IS 'The day on which it said so.';
COMMENT ON COLUMN learning.around.events IS 'The events of signal, marks, projects, released figures, links and interpretation: stream/partition/offset; figures are traced by plimsoll trace.';

CREATE VIEW learning.sense AS
WITH looked AS (SELECT signal, count(*) AS looked_at FROM learning.tested GROUP BY signal),
listed AS (
  SELECT signal, count(*) FILTER (p IS NOT NULL) AS moved, count(*) FILTER (q < 0.05) AS beyond_luck, count(*) FILTER (p IS NULL) AS dated,
    count(reading) AS answered, count(*) AS questions, list_sort(list_distinct(flatten(list(events)))) AS events
  FROM learning.around GROUP BY signal)
SELECT s.signal, s.microsystem, s.measure, s.onset, coalesce(l.looked_at, 0) AS looked_at, coalesce(a.moved, 0) AS moved, 0.05 * coalesce(l.looked_at, 0) AS by_luck,
  coalesce(a.beyond_luck, 0) AS beyond_luck, coalesce(a.dated, 0) AS dated, coalesce(a.questions, 0) AS questions, coalesce(a.answered, 0) AS answered,
  'Of ' || coalesce(l.looked_at, 0) || ' figures that were looked at, ' || coalesce(a.moved, 0) || ' moved; luck alone would give about ' || printf('%.1f', 0.05 * coalesce(l.looked_at, 0)) ||
    '. What moves together need not belong together: ask those who do the work.' AS words, coalesce(a.events, s.events) AS events
FROM learning.sought s LEFT JOIN looked l USING (signal) LEFT JOIN listed a USING (signal);
COMMENT ON VIEW learning.sense IS 'How much was looked at for each open signal, how much moved, how much of it luck alone would give, and how many of the questions the team has answered.';
COMMENT ON COLUMN learning.sense.signal IS 'The id of the signal.';
COMMENT ON COLUMN learning.sense.microsystem IS 'Its unit.';
COMMENT ON COLUMN learning.sense.measure IS 'Its measure.';
COMMENT ON COLUMN learning.sense.onset IS 'The first period of its run.';
COMMENT ON COLUMN learning.sense.looked_at IS 'Figures with 12 points before and one around it, or two releases, in the unit and those linked to it.';
COMMENT ON COLUMN learning.sense.moved IS 'Those with p below .05.';
COMMENT ON COLUMN learning.sense.by_luck IS 'How many that would be by luck alone: .05 × looked_at.';
COMMENT ON COLUMN learning.sense.beyond_luck IS 'Those with q below .05.';
COMMENT ON COLUMN learning.sense.dated IS 'Marks and projects of that time.';
COMMENT ON COLUMN learning.sense.questions IS 'Questions to the team.';
COMMENT ON COLUMN learning.sense.answered IS 'Those that it has answered.';
COMMENT ON COLUMN learning.sense.words IS 'The same in words.';
COMMENT ON COLUMN learning.sense.events IS 'The events behind it: stream/partition/offset.';
