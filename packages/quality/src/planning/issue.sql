-- What goes wrong, what contributes to it, and what could be done about it.

-- Ours, after the frame of contributory factors from patient safety (Lawton 2012).
CREATE VIEW planning.factor_frame AS
SELECT * FROM (VALUES
  ('process-not-followed', 'active-failure', 'something was done, or left undone, otherwise than it was meant'),
  ('skills', 'situational', 'those who were there could not do all that was asked of them'),
  ('different-patients', 'situational', 'those who were cared for needed more, or something else'),
  ('handover', 'situational', 'what one knew did not reach the next'),
  ('staffing', 'local', 'there were too few people, or not the right ones, for the work'),
  ('equipment', 'local', 'what the work is done with was missing or did not work'),
  ('supplies', 'local', 'what the work uses up was missing'),
  ('premises', 'organisational', 'the rooms do not fit the work'),
  ('information-system', 'organisational', 'the computer got in the way or did not tell'),
  ('changed-process', 'organisational', 'the work was changed from above'),
  ('more-demand', 'external', 'more people came'),
  ('another-service', 'external', 'another service did something otherwise'),
  ('season-or-weather', 'external', 'the time of year or the weather'),
  ('error-in-the-data', NULL, 'the figures were wrong: nothing contributed'),
  ('none-found', NULL, 'somebody looked and found nothing')
) AS mapped(cause, frame, words);
COMMENT ON VIEW planning.factor_frame IS 'Where each assignable cause of signals lies, from the act outwards. The mapping is ours.';
COMMENT ON COLUMN planning.factor_frame.cause IS 'The assignable cause, as teams explain signals.';
COMMENT ON COLUMN planning.factor_frame.frame IS 'active-failure, situational, local, organisational or external; null: no contributory factor.';
COMMENT ON COLUMN planning.factor_frame.words IS 'What is meant.';

CREATE VIEW planning.known_issue AS
SELECT i.*, 'issue/' || i._partition || '/' || i._offset AS event FROM current.issue i SEMI JOIN plimsoll.microsystem u ON u.id = i.microsystem;

CREATE VIEW planning.open_issue AS FROM planning.known_issue WHERE status = 'open';

-- The signals of an issue that are its unit's own, or of a unit below it.
CREATE VIEW planning.raised AS
SELECT r.issue, r.event, s.signal, s.measure, s.microsystem, s.state
FROM (SELECT id AS issue, microsystem, event, unnest(from_json(signals, '["VARCHAR"]')) AS signal FROM planning.known_issue) r
JOIN plimsoll.signal s ON s.signal = r.signal JOIN planning.within w ON w.unit = r.microsystem AND w.part = s.microsystem;

-- What each team said last of a signal holds; what a correction has withdrawn does not.
CREATE VIEW planning.explained AS
WITH last_word AS (
  SELECT signal, team, arg_max({'cause': cause, 'id': id, 'day': day, 'events': events}, (said_at, place)) AS said
  FROM control.response WHERE kind = 'explain' GROUP BY signal, team)
SELECT r.issue, r.signal, w.team, w.said.cause AS cause, w.said.id AS response, w.said.day AS day, list_prepend(r.event, w.said.events) AS events
FROM planning.raised r JOIN last_word w ON w.signal = r.signal WHERE r.state <> 'withdrawn';

CREATE VIEW planning.issue_signal AS
WITH opened AS (SELECT signal, min(event) FILTER (state = 'opened') AS event FROM plimsoll.signal_event GROUP BY signal),
told AS (SELECT issue, signal, list_sort(list_distinct(list(cause))) AS causes, flatten(list(events)) AS events FROM planning.explained GROUP BY issue, signal)
SELECT r.issue, r.signal, r.measure, r.microsystem, r.state, r.state <> 'withdrawn' AS counts, coalesce(t.causes, []) AS causes,
  list_sort(list_distinct(list_concat(list_filter([r.event, o.event], lambda one: one IS NOT NULL), coalesce(t.events, [])))) AS events
FROM planning.raised r LEFT JOIN opened o ON o.signal = r.signal LEFT JOIN told t ON t.issue = r.issue AND t.signal = r.signal;
COMMENT ON VIEW planning.issue_signal IS 'The signals that raised each issue, and what teams put them down to.';
COMMENT ON COLUMN planning.issue_signal.issue IS 'The issue.';
COMMENT ON COLUMN planning.issue_signal.signal IS 'The id of the signal.';
COMMENT ON COLUMN planning.issue_signal.measure IS 'What the signal speaks of.';
COMMENT ON COLUMN planning.issue_signal.microsystem IS 'The unit of the signal.';
COMMENT ON COLUMN planning.issue_signal.state IS 'Where the signal stands.';
COMMENT ON COLUMN planning.issue_signal.counts IS 'False where a correction has withdrawn the signal: its causes do not count.';
COMMENT ON COLUMN planning.issue_signal.causes IS 'The assignable causes, as each team said last; empty: nobody has explained it.';
COMMENT ON COLUMN planning.issue_signal.events IS 'The events of issue, signal and explanations: stream/partition/offset.';

CREATE VIEW planning.factor AS
WITH drawn AS (
  SELECT e.issue, e.cause AS factor, any_value(f.frame) AS frame, any_value(f.words) AS words, list_sort(list_distinct(list(e.signal))) AS signals,
    flatten(list(e.events)) AS events
  FROM planning.explained e JOIN planning.factor_frame f ON f.cause = e.cause AND f.frame IS NOT NULL GROUP BY e.issue, e.cause),
declared AS (
  SELECT c.issue, c.factor, c.frame, c.title, 'contributory-factor/' || c._partition || '/' || c._offset AS event
  FROM current.contributory_factor c SEMI JOIN planning.known_issue i ON i.id = c.issue)
SELECT coalesce(d.issue, c.issue) AS issue, coalesce(d.factor, c.factor) AS factor, coalesce(c.frame, d.frame) AS frame, coalesce(c.title, d.words) AS title,
  CASE WHEN c.issue IS NULL THEN 'explained' WHEN d.issue IS NULL THEN 'declared' ELSE 'both' END AS origin, coalesce(d.signals, []) AS signals,
  list_sort(list_distinct(list_concat(coalesce(d.events, []), CASE WHEN c.event IS NULL THEN [] ELSE [c.event] END))) AS events
FROM drawn d FULL JOIN declared c ON c.issue = d.issue AND c.factor = d.factor;
COMMENT ON VIEW planning.factor IS 'The contributory factors of each issue: what teams put its signals down to, and what was declared beside that.';
COMMENT ON COLUMN planning.factor.issue IS 'The issue.';
COMMENT ON COLUMN planning.factor.factor IS 'The factor: an assignable cause, or the id under which it was declared.';
COMMENT ON COLUMN planning.factor.frame IS 'active-failure, situational, local, organisational or external; as it was declared, else as in planning.factor_frame.';
COMMENT ON COLUMN planning.factor.title IS 'What it is.';
COMMENT ON COLUMN planning.factor.origin IS 'explained (on its signals), declared, or both.';
COMMENT ON COLUMN planning.factor.signals IS 'The signals that were put down to it.';
COMMENT ON COLUMN planning.factor.events IS 'The events that say so: stream/partition/offset.';

CREATE VIEW planning.intervention AS
WITH acted AS (
  SELECT v.*, from_json(v.factors, '["VARCHAR"]') AS named, i.event AS issue_event
  FROM current.intervention v JOIN planning.known_issue i ON i.id = v.issue),
linked AS (
  SELECT a.id, list_sort(list(f.factor)) AS factors, flatten(list(f.events)) AS events
  FROM acted a JOIN planning.factor f ON f.issue = a.issue AND list_contains(a.named, f.factor) GROUP BY a.id)
SELECT a.id AS intervention, a.title, a.issue, coalesce(l.factors, []) AS factors, a.action_class, a.action_aim,
  l.id IS NULL AS no_factor, a.action_aim = 'person' AS person_only,
  a.effect, a.effect_low, a.effect_high, b.burden * a.effect AS avoided,
  CASE WHEN b.se IS NOT NULL THEN greatest(0, b.burden * a.effect - 1.959963984540054e0 * planning.product_error(b.burden, b.se, a.effect, (a.effect_high - a.effect_low) / 3.919927969080108e0)) END AS avoided_low,
  CASE WHEN b.se IS NOT NULL THEN b.burden * a.effect + 1.959963984540054e0 * planning.product_error(b.burden, b.se, a.effect, (a.effect_high - a.effect_low) / 3.919927969080108e0) END AS avoided_high,
  list_sort(list_distinct(list_concat(['intervention/' || a._partition || '/' || a._offset, a.issue_event], coalesce(l.events, [])))) AS events
FROM acted a LEFT JOIN linked l ON l.id = a.id LEFT JOIN planning.burden b ON b.issue = a.issue;
COMMENT ON VIEW planning.intervention IS 'What could be done about each issue, what it acts on, and how many cases it could take away, while the issue is open. Flagged where it acts on no contributory factor, or only on persons.';
COMMENT ON COLUMN planning.intervention.intervention IS 'The id.';
COMMENT ON COLUMN planning.intervention.title IS 'What is to be done.';
COMMENT ON COLUMN planning.intervention.issue IS 'The issue.';
COMMENT ON COLUMN planning.intervention.factors IS 'The contributory factors of the issue that it acts on.';
COMMENT ON COLUMN planning.intervention.action_class IS 'strong, intermediate or weak: how little it rests on people remembering. Weak is no blame.';
COMMENT ON COLUMN planning.intervention.action_aim IS 'process or person: what it is aimed at.';
COMMENT ON COLUMN planning.intervention.no_factor IS 'Flag: it acts on no contributory factor of its issue.';
COMMENT ON COLUMN planning.intervention.person_only IS 'Flag: it is aimed at persons, and leaves the work as it is.';
COMMENT ON COLUMN planning.intervention.effect IS 'The share of the burden that it is expected to take away.';
COMMENT ON COLUMN planning.intervention.effect_low IS 'The lower end of its 95 % interval.';
COMMENT ON COLUMN planning.intervention.effect_high IS 'The upper end.';
COMMENT ON COLUMN planning.intervention.avoided IS 'Cases a year that it is expected to avoid: burden × effect; null of an issue that is closed.';
COMMENT ON COLUMN planning.intervention.avoided_low IS 'The lower end of the 95 % interval of that product; null where the burden has none.';
COMMENT ON COLUMN planning.intervention.avoided_high IS 'The upper end.';
COMMENT ON COLUMN planning.intervention.events IS 'The events of intervention, issue and factors: stream/partition/offset.';
