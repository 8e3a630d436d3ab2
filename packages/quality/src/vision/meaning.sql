-- Of measures and of work with a named way: everything that they serve, directly or not.
CREATE TABLE vision.above AS
WITH RECURSIVE above(id, above) AS (
  SELECT id, id FROM vision.node WHERE state = 'holds' AND (kind = 'measure' OR intervention IS NOT NULL)
  UNION
  SELECT a.id, l.serves FROM above a JOIN vision.link l ON l.node = a.above AND l.link_state = 'holds'
)
SELECT id, above FROM above;

CREATE VIEW vision.balance AS
WITH counted AS (SELECT measure, bool_or(observed) AS observed FROM plimsoll.measure_value GROUP BY measure),
own AS (
  SELECT a.id AS aim, n.measure, m.kind, coalesce(c.observed, false) AS observed, list(n.events) AS events
  FROM vision.node a JOIN vision.above p ON p.above = a.id JOIN vision.node n ON n.id = p.id AND n.kind = 'measure'
  LEFT JOIN plimsoll.measure m ON m.id = n.measure LEFT JOIN counted c ON c.measure = n.measure
  WHERE a.kind = 'aim' AND a.state = 'holds' GROUP BY a.id, n.measure, m.kind, c.observed
),
summed AS (
  SELECT aim, count(*) FILTER (WHERE kind = 'outcome') AS outcome, count(*) FILTER (WHERE kind = 'process') AS process,
    count(*) FILTER (WHERE kind = 'balancing') AS balancing,
    list_sort(list(measure) FILTER (WHERE kind IS NULL)) AS undefined,
    list_sort(list(measure) FILTER (WHERE kind IS NOT NULL AND NOT observed)) AS without_data,
    flatten(flatten(list(events))) AS events
  FROM own GROUP BY aim
)
SELECT a.id AS aim, a.title, a.owner, coalesce(s.outcome, 0) AS outcome, coalesce(s.process, 0) AS process,
  coalesce(s.balancing, 0) AS balancing,
  list_filter(['outcome', 'process', 'balancing'], lambda x: CASE x WHEN 'outcome' THEN coalesce(s.outcome, 0) WHEN 'process' THEN coalesce(s.process, 0) ELSE coalesce(s.balancing, 0) END = 0) AS missing,
  coalesce(s.without_data, []) AS without_data, coalesce(s.undefined, []) AS undefined,
  coalesce(s.outcome * s.process * s.balancing, 0) = 0 OR len(s.without_data) > 0 OR len(s.undefined) > 0 AS flagged,
  list_sort(list_concat(a.events, s.events)) AS events
FROM vision.node a LEFT JOIN summed s ON s.aim = a.id
WHERE a.kind = 'aim' AND a.state = 'holds';
COMMENT ON VIEW vision.balance IS 'For each aim the measures below it: whether they tell of outcome, of process, and of harm elsewhere.';
COMMENT ON COLUMN vision.balance.aim IS 'The aim.';
COMMENT ON COLUMN vision.balance.title IS 'What it says.';
COMMENT ON COLUMN vision.balance.owner IS 'The microsystem whose it is.';
COMMENT ON COLUMN vision.balance.outcome IS 'Measures of outcome.';
COMMENT ON COLUMN vision.balance.process IS 'Measures of process.';
COMMENT ON COLUMN vision.balance.balancing IS 'Balancing measures.';
COMMENT ON COLUMN vision.balance.missing IS 'The kinds that it has no measure of.';
COMMENT ON COLUMN vision.balance.without_data IS 'Its measures that nobody has counted yet.';
COMMENT ON COLUMN vision.balance.undefined IS 'Its measures that the project does not define, so that nobody can tell their kind.';
COMMENT ON COLUMN vision.balance.flagged IS 'Whether a kind is missing, or a measure has no data or no definition.';
COMMENT ON COLUMN vision.balance.events IS 'The events that say the aim and its measures: stream/partition/offset.';

CREATE TABLE vision.need AS
WITH answer AS (
  SELECT l.serves AS need, l.node AS goal, coalesce(l.answers, 'presenting') AS answers, l.answers IS NULL AS assumed, l.event
  FROM vision.link l WHERE l.serves_kind = 'need' AND l.link_state = 'holds'
),
beneath AS (SELECT need, count(*) AS goals FROM answer WHERE answers <> 'presenting' GROUP BY need)
SELECT n.id AS need, n.title, n.owner, n.underlying IS NOT NULL AS underlying_known, a.goal, g.title AS goal_title,
  g.owner AS goal_owner, a.answers, coalesce(a.assumed, false) AS assumed, coalesce(b.goals, 0) AS goals_beneath,
  CASE WHEN a.goal IS NULL THEN 'unanswered' WHEN n.underlying IS NULL THEN 'underlying-unknown'
    WHEN a.answers = 'presenting' THEN 'presenting-only' ELSE 'answered' END AS answer,
  a.goal IS NOT NULL AND (n.underlying IS NULL OR a.answers = 'presenting') AS flagged,
  list_sort(list_concat(n.events, list_filter([a.event], lambda x: x IS NOT NULL))) AS events
FROM vision.node n LEFT JOIN answer a ON a.need = n.id LEFT JOIN vision.node g ON g.id = a.goal LEFT JOIN beneath b ON b.need = n.id
WHERE n.kind = 'need' AND n.state = 'holds';
COMMENT ON TABLE vision.need IS 'Which goals answer each need, and which part of it. A goal that answers only what people come with, and not what lies beneath, is flagged.';
COMMENT ON COLUMN vision.need.need IS 'The need.';
COMMENT ON COLUMN vision.need.title IS 'What it is.';
COMMENT ON COLUMN vision.need.owner IS 'The microsystem whose it is.';
COMMENT ON COLUMN vision.need.underlying_known IS 'Whether somebody has said what lies beneath.';
COMMENT ON COLUMN vision.need.goal IS 'A goal that answers it; null: none does.';
COMMENT ON COLUMN vision.need.goal_title IS 'What that goal says.';
COMMENT ON COLUMN vision.need.goal_owner IS 'The microsystem whose the goal is.';
COMMENT ON COLUMN vision.need.answers IS 'What the goal answers: presenting, underlying or both.';
COMMENT ON COLUMN vision.need.assumed IS 'Whether nobody has said which part, so that presenting is assumed.';
COMMENT ON COLUMN vision.need.goals_beneath IS 'How many goals answer the underlying part of the need.';
COMMENT ON COLUMN vision.need.answer IS 'answered, presenting-only, underlying-unknown or unanswered.';
COMMENT ON COLUMN vision.need.flagged IS 'Whether the goal answers only the presenting part, or nobody knows the other.';
COMMENT ON COLUMN vision.need.events IS 'The events that say the need and the link: stream/partition/offset.';

CREATE TABLE vision.recurrence AS
WITH concern AS (
  SELECT signal, state, measure, microsystem, stratum, rule, opened_as_of FROM plimsoll.signal
  WHERE variation IN ('concern', 'changed') AND state <> 'withdrawn' AND rule NOT LIKE '%/%'
),
over AS (
  SELECT e.signal, min(e.as_of) AS day, arg_min(e.state, (e.as_of, e.state)) AS state
  FROM plimsoll.signal_event e WHERE e.state IN ('ended', 'closed') GROUP BY e.signal
),
spell AS (
  SELECT c.signal, c.state, c.measure, c.microsystem, c.stratum, c.rule, c.opened_as_of, o.day AS over_on, o.state AS over_by,
    max(coalesce(o.day, DATE '9999-12-31')) OVER (PARTITION BY c.measure, c.microsystem, c.stratum ORDER BY c.opened_as_of, c.signal
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS all_over
  FROM concern c LEFT JOIN over o USING (signal)
),
again AS (
  SELECT s.microsystem, s.measure, s.stratum, s.signal AS again_signal, s.rule AS again_rule, s.opened_as_of AS again_on, s.state AS again_state,
    max({day: f.over_on, signal: f.signal, state: f.over_by}) AS first
  FROM spell s JOIN spell f ON f.measure = s.measure AND f.microsystem = s.microsystem AND f.stratum IS NOT DISTINCT FROM s.stratum AND f.over_on = s.all_over
  WHERE s.all_over < s.opened_as_of AND s.opened_as_of <= s.all_over + INTERVAL 6 MONTH
  GROUP BY ALL
),
event AS (SELECT signal, state, min(event) AS event FROM plimsoll.signal_event GROUP BY signal, state),
shallow AS (
  SELECT n.measure, list_sort(list(DISTINCT v.goal)) AS goals FROM vision.need v JOIN vision.above a ON a.above = v.goal
  JOIN vision.node n ON n.id = a.id AND n.kind = 'measure' WHERE v.flagged GROUP BY n.measure
)
SELECT a.microsystem, a.measure, a.stratum, a.first.signal AS first_signal, a.first.state AS over_by, a.first.day AS over_on,
  a.again_signal, a.again_rule, a.again_on, a.again_on - a.first.day AS days, a.again_state, coalesce(s.goals, []) AS presenting_goals,
  list_sort(list_filter([o.event, b.event], lambda x: x IS NOT NULL)) AS events
FROM again a LEFT JOIN shallow s ON s.measure = a.measure
LEFT JOIN event o ON o.signal = a.first.signal AND o.state = a.first.state
LEFT JOIN event b ON b.signal = a.again_signal AND b.state = 'opened';
COMMENT ON TABLE vision.recurrence IS 'The same unit and measure signals again within six months after its signals had ended or were closed: perhaps only the presenting problem was addressed. Themes of notes count through their measures.';
COMMENT ON COLUMN vision.recurrence.microsystem IS 'The unit.';
COMMENT ON COLUMN vision.recurrence.measure IS 'The measure.';
COMMENT ON COLUMN vision.recurrence.stratum IS 'The breakdown; null: the whole.';
COMMENT ON COLUMN vision.recurrence.first_signal IS 'The signal that was over last.';
COMMENT ON COLUMN vision.recurrence.over_by IS 'ended, by its figures, or closed, by people.';
COMMENT ON COLUMN vision.recurrence.over_on IS 'The latest judged period then.';
COMMENT ON COLUMN vision.recurrence.again_signal IS 'The signal that opened after it.';
COMMENT ON COLUMN vision.recurrence.again_rule IS 'Its rule.';
COMMENT ON COLUMN vision.recurrence.again_on IS 'The latest judged period when it opened.';
COMMENT ON COLUMN vision.recurrence.days IS 'The days between the two periods.';
COMMENT ON COLUMN vision.recurrence.again_state IS 'How that signal stands now.';
COMMENT ON COLUMN vision.recurrence.presenting_goals IS 'Goals with this measure that answer only the presenting part of a need.';
COMMENT ON COLUMN vision.recurrence.events IS 'The events of both signals: stream/partition/offset.';

CREATE VIEW vision.same_purpose AS
WITH RECURSIVE under(id, place) AS (
  SELECT id, id FROM vision.node WHERE kind = 'work' AND state = 'holds' AND intervention IS NOT NULL
  UNION
  SELECT u.id, l.serves FROM under u JOIN vision.link l ON l.node = u.place AND l.link_state = 'holds' AND l.serves_kind = 'work'
),
direct AS (
  SELECT DISTINCT u.id, m.measure FROM under u JOIN vision.link l ON l.node = u.place AND l.link_state = 'holds'
  JOIN vision.node m ON m.id = l.serves AND m.kind = 'measure'
),
by_goal AS (
  SELECT DISTINCT u.id, m.measure FROM under u JOIN vision.link l ON l.node = u.place AND l.link_state = 'holds' AND l.serves_kind = 'goal'
  JOIN vision.link b ON b.serves = l.serves AND b.link_state = 'holds' AND b.kind = 'measure'
  JOIN vision.node m ON m.id = b.node
  ANTI JOIN direct d ON d.id = u.id
),
own AS (FROM direct UNION ALL FROM by_goal),
grouped AS (
  SELECT p.id AS node, p.kind, p.title, w.intervention, w.owner AS microsystem, o.measure, list_sort(list(w.id)) AS works,
    min(w.started) AS started, bool_and(w.started IS NOT NULL) AS started_known, list_sort(flatten(list(w.events))) AS events
  FROM vision.node w JOIN vision.above a ON a.id = w.id JOIN vision.node p ON p.id = a.above AND p.kind IN ('purpose', 'aim', 'goal')
  LEFT JOIN own o ON o.id = w.id
  WHERE w.kind = 'work' AND w.state = 'holds' AND w.intervention IS NOT NULL
  GROUP BY p.id, p.kind, p.title, w.intervention, w.owner, o.measure
),
ways AS (SELECT node, count(DISTINCT intervention) AS ways, count(DISTINCT microsystem) AS units FROM grouped GROUP BY node),
better AS (
  SELECT c.measure, c.microsystem, list_sort(list(c.first_period)) AS since FROM plimsoll.special_cause c
  WHERE c.active AND c.variation = 'improvement' AND c.stratum IS NULL GROUP BY c.measure, c.microsystem
),
judged AS (
  SELECT g.*, s.status, s.since, s.value, s.centre, s.target, s.n AS points,
    CASE WHEN s.status IS NOT NULL THEN b.since END AS improved, w.ways, w.units
  FROM grouped g JOIN ways w USING (node)
  LEFT JOIN plimsoll.series s ON s.measure = g.measure AND s.microsystem = g.microsystem AND s.stratum IS NULL
  LEFT JOIN better b ON b.measure = g.measure AND b.microsystem = g.microsystem
)
SELECT node, kind, title, ways, units, intervention, microsystem, works, started, measure, status, since, value, centre, target,
  list_min(list_filter(improved, lambda x: x >= started)) AS improved_from,
  CASE WHEN measure IS NULL THEN 'no-measure' WHEN microsystem IS NULL THEN 'no-unit' WHEN status IS NULL THEN 'no-figures'
    WHEN status IN ('not-judged', 'unjudged') THEN 'not-judged' WHEN status = 'slipping' THEN 'slipping'
    WHEN len(improved) > 0 AND (started IS NULL OR NOT started_known) THEN 'improved-start-unknown'
    WHEN len(list_filter(improved, lambda x: x >= started)) > 0 THEN 'improved-since'
    WHEN len(improved) > 0 THEN 'improved-before'
    WHEN status = 'changed' THEN 'changed' ELSE 'no-change' END AS result,
  events
FROM judged;
COMMENT ON VIEW vision.same_purpose IS 'Same purpose, different how: for each purpose, aim and goal the ways in which units work towards it, and what the measure of each shows there. What it shows need not be the work of the way.';
COMMENT ON COLUMN vision.same_purpose.node IS 'The purpose, aim or goal.';
COMMENT ON COLUMN vision.same_purpose.kind IS 'Its kind.';
COMMENT ON COLUMN vision.same_purpose.title IS 'What it says.';
COMMENT ON COLUMN vision.same_purpose.ways IS 'How many different ways there are for it.';
COMMENT ON COLUMN vision.same_purpose.units IS 'How many units work towards it in a way that is named.';
COMMENT ON COLUMN vision.same_purpose.intervention IS 'The way.';
COMMENT ON COLUMN vision.same_purpose.microsystem IS 'The unit; null: nobody''s yet.';
COMMENT ON COLUMN vision.same_purpose.works IS 'The pieces of work.';
COMMENT ON COLUMN vision.same_purpose.started IS 'When the first of them began; null: not known.';
COMMENT ON COLUMN vision.same_purpose.measure IS 'The measure: one that the work serves, or else one that serves its goal; null: none.';
COMMENT ON COLUMN vision.same_purpose.status IS 'How the series of that measure and unit stands, as in plimsoll.series.';
COMMENT ON COLUMN vision.same_purpose.since IS 'The first period of the earliest run that is active there.';
COMMENT ON COLUMN vision.same_purpose.value IS 'The latest figure.';
COMMENT ON COLUMN vision.same_purpose.centre IS 'The centre line there.';
COMMENT ON COLUMN vision.same_purpose.target IS 'The target.';
COMMENT ON COLUMN vision.same_purpose.improved_from IS 'The first period of an active run for the better that began on or after the first day of the work.';
COMMENT ON COLUMN vision.same_purpose.result IS 'improved-since the work began, improved-before it, improved-start-unknown, slipping, changed, no-change, not-judged, no-figures, no-measure or no-unit.';
COMMENT ON COLUMN vision.same_purpose.events IS 'The events that say the work: stream/partition/offset.';

-- Work that a version stranded and that has had no path since; and what signals again and is not over.
CREATE TABLE vision.signal AS
SELECT s.node AS subject, s.owner AS microsystem, 'stranded' AS rule, 'concern' AS variation, max(s.day) AS first_period,
  max(s.day) AS completed_period, max(s.day) AS as_of,
  'The work "' || any_value(s.title) || '" has had no path to the purpose since version ' || max(s.version) || ' of the vision, of ' || max(s.day) ||
    ', which dropped ' || array_to_string(arg_max(s.dropped, s.version), ', ') || '.' AS words
FROM vision.stranded s JOIN plimsoll.microsystem u ON u.id = s.owner
WHERE s.kind = 'work' AND s.published AND s.state = 'holds' AND NOT s.has_path_now
GROUP BY s.node, s.owner
UNION ALL
SELECT r.measure, r.microsystem, 'recurrence', 'concern', min(r.again_on), min(r.again_on), min(r.again_on),
  'It signals again ' || min(r.days) || ' days after it was ' || CASE min(r.over_by) WHEN 'closed' THEN 'closed' ELSE 'over' END ||
    '. What was done may have met the problem that showed, and not the one beneath.'
FROM vision.recurrence r
WHERE r.again_state IN ('opened', 'acknowledged', 'explained') AND r.stratum IS NULL
GROUP BY r.measure, r.microsystem;
