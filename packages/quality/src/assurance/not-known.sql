-- Variation beside capability, what is not known, and the signals.

CREATE VIEW assurance.variation_and_capability AS
WITH grid AS (
  SELECT s.id AS standard, v.variation, k.capability
  FROM current.standard s
  CROSS JOIN (SELECT unnest(['concern', 'improvement', 'changed', 'steady', 'not-judged']) AS variation) v
  CROSS JOIN (SELECT unnest(['pass', 'fail', 'hit-or-miss', 'no-target', 'not-judged']) AS capability) k
),
drawn AS (
  SELECT standard, variation, capability, count(DISTINCT series) AS series, list_sort(list(DISTINCT series)) AS names,
    flatten(list(events)) AS events
  FROM assurance.evidence WHERE series IS NOT NULL AND state = 'valid'
  GROUP BY standard, variation, capability
)
SELECT g.standard, g.variation, g.capability, coalesce(d.series, 0) AS series, coalesce(d.names, []) AS names,
  list_sort(list_distinct(coalesce(d.events, []))) AS events
FROM grid g LEFT JOIN drawn d ON d.standard = g.standard AND d.variation = g.variation AND d.capability = g.capability;

COMMENT ON VIEW assurance.variation_and_capability IS 'The series that a standard draws on: does each change, and does it meet its target by itself? Two answers, never one number.';
COMMENT ON COLUMN assurance.variation_and_capability.standard IS 'The id of the standard.';
COMMENT ON COLUMN assurance.variation_and_capability.variation IS 'concern, improvement, changed, steady or not-judged.';
COMMENT ON COLUMN assurance.variation_and_capability.capability IS 'pass, fail, hit-or-miss, no-target or not-judged.';
COMMENT ON COLUMN assurance.variation_and_capability.series IS 'How many series; those with valid figures.';
COMMENT ON COLUMN assurance.variation_and_capability.names IS 'Their keys.';
COMMENT ON COLUMN assurance.variation_and_capability.events IS 'The events it rests on: stream/partition/offset.';

CREATE VIEW assurance.not_known AS
WITH named AS (
  SELECT a.*, c.title, u.name FROM assurance.asked a JOIN current.criterion c ON c.id = a.criterion
  JOIN current.microsystem u ON u.id = a.microsystem
),
hidden AS (
  SELECT v.measure, count(*) AS amount FROM plimsoll.measure_value v WHERE v.hidden GROUP BY v.measure
),
unassessed AS (
  SELECT s.kind AS assessed_by, s.standard, s.part, s.criterion, s.microsystem, s.events, c.title, u.name
  FROM assurance.criterion_score s JOIN current.criterion c ON c.id = s.criterion JOIN current.microsystem u ON u.id = s.microsystem
  WHERE s.assessed = 0
),
judgement AS (
  SELECT s.measure, coalesce(s.caveat, CASE s.status WHEN 'not-judged' THEN 'too few points' END) AS why, count(*) AS amount
  FROM plimsoll.series s WHERE s.status IN ('not-judged', 'unjudged') GROUP BY ALL
)
SELECT CASE state WHEN 'none' THEN 'no-evidence' ELSE 'evidence-expired' END AS kind, standard, part, criterion, microsystem,
  criterion AS subject, 1 AS amount,
  CASE state WHEN 'none' THEN 'Nothing shows whether this holds in ' || name || ': ' || title
    ELSE 'What showed this in ' || name || ' ran out on ' || ran_out || ': ' || title END AS words, events
FROM named WHERE state <> 'valid'
UNION ALL
SELECT CASE assessed_by WHEN 'self' THEN 'not-assessed' ELSE 'not-assessed-externally' END, standard, part, criterion, microsystem,
  criterion, 1, CASE assessed_by WHEN 'self' THEN name || ' has not assessed itself on this: '
    ELSE 'Nobody from outside has assessed ' || name || ' on this: ' END || title, events
FROM unassessed
UNION ALL
SELECT 'weights-withheld', standard, NULL, NULL, NULL, standard, 1, 'No score is given: ' || any_value(problem), flatten(list(DISTINCT events))
FROM assurance.score_weight WHERE NOT adds_up GROUP BY standard
UNION ALL
SELECT 'unit-without-data', d.standard, d.part, d.criterion, p.microsystem, m.id, 1, u.name || ' has no figure of: ' || m.title, p.events
FROM assurance.draw d JOIN assurance.pair p ON p.criterion = d.criterion JOIN plimsoll.measure m ON d.source = 'measure:' || m.id
JOIN current.microsystem u ON u.id = p.microsystem
WHERE m.class <> 'team-only' AND NOT EXISTS (
  FROM assurance.evidence e WHERE e.criterion = d.criterion AND e.source = d.source AND e.counts_for = p.microsystem)
UNION ALL
SELECT 'figures-hidden', NULL, NULL, NULL, NULL, h.measure, h.amount,
  format('{} figures are hidden, since so few people are behind them: ', h.amount) || m.title, []
FROM hidden h JOIN plimsoll.measure m ON m.id = h.measure WHERE m.class = 'small-count'
UNION ALL
SELECT 'kept-by-team', NULL, NULL, NULL, NULL, m.id, 1, 'Figures stay with the team they are about: ' || m.title, []
FROM plimsoll.measure m WHERE m.class = 'team-only'
UNION ALL
SELECT 'not-judged', NULL, NULL, NULL, NULL, j.measure, j.amount,
  format('{} series not judged ({}): ', j.amount, coalesce(j.why, 'no reason given')) || m.title, []
FROM judgement j JOIN plimsoll.measure m ON m.id = j.measure
UNION ALL
SELECT 'unknown-measure', d.standard, d.part, d.criterion, NULL, substr(d.source, 9), 1,
  'A criterion draws on a measure that nobody has declared: ' || substr(d.source, 9), [d.event]
FROM assurance.draw d WHERE d.source LIKE 'measure:%' AND NOT EXISTS (FROM plimsoll.measure m WHERE d.source = 'measure:' || m.id)
UNION ALL
SELECT 'unknown-source', d.standard, d.part, d.criterion, NULL, d.source, 1,
  'A criterion draws on something that is not connected: ' || d.source, [d.event]
FROM assurance.draw d WHERE d.source NOT LIKE 'measure:%' AND d.source NOT IN (SELECT name FROM assurance.source)
UNION ALL
SELECT CASE WHEN e.standard IS NULL THEN 'unknown-criterion' WHEN u.id IS NULL THEN 'unknown-unit' ELSE 'not-asked' END,
  e.standard, e.part, e.criterion, e.microsystem, e.evidence, 1,
  CASE WHEN e.standard IS NULL THEN 'Evidence for a criterion that nobody has told of: '
    WHEN u.id IS NULL THEN 'Evidence about a unit that nobody has told of: '
    ELSE 'Evidence about a unit of which the criterion is not asked: ' END || e.evidence, e.events
FROM assurance.evidence e LEFT JOIN current.microsystem u ON u.id = e.microsystem
WHERE e.counts_for IS NULL AND NOT e.drawn
UNION ALL
SELECT CASE WHEN c.id IS NULL THEN 'unknown-criterion' WHEN u.id IS NULL THEN 'unknown-unit' ELSE 'not-asked' END,
  c.standard, c.part, a.criterion, a.microsystem, a.id, 1,
  CASE WHEN c.id IS NULL THEN 'An assessment against a criterion that nobody has told of: '
    WHEN u.id IS NULL THEN 'An assessment of a unit that nobody has told of: '
    ELSE 'An assessment of a unit of which the criterion is not asked: ' END || a.id,
  [format('assessment/{}/{}', a._partition, a._offset)]
FROM current.assessment a LEFT JOIN current.criterion c ON c.id = a.criterion LEFT JOIN current.microsystem u ON u.id = a.microsystem
WHERE NOT EXISTS (FROM assurance.pair p WHERE p.criterion = a.criterion AND p.microsystem = a.microsystem)
UNION ALL
SELECT 'unknown-unit', f.standard, NULL, f.criterion, f.microsystem, f.id, 1,
  'A finding about a unit that nobody has told of: ' || f.id, [format('finding/{}/{}', f._partition, f._offset)]
FROM current.finding f WHERE NOT EXISTS (FROM current.microsystem u WHERE u.id = f.microsystem)
UNION ALL
SELECT 'unknown-finding', NULL, NULL, NULL, NULL, a.action, 1,
  'An action for a finding that nobody has told of: ' || a.action, a.events
FROM assurance.finding_action a WHERE a.microsystem IS NULL
UNION ALL
SELECT 'claim-not-confirmed', c.standard, NULL, c.criterion, c.microsystem, c.claim, 1,
  CASE c.state WHEN 'differs' THEN 'The figure behind this is another now: '
    WHEN 'hidden' THEN 'The figure behind this is hidden: ' ELSE 'There is no figure behind this: ' END || c.statement, c.events
FROM assurance.claim c WHERE c.state <> 'holds';

COMMENT ON VIEW assurance.not_known IS 'What is not known, in plain words: the honest part of a report.';
COMMENT ON COLUMN assurance.not_known.kind IS 'What kind of gap: no-evidence, evidence-expired, not-assessed, not-assessed-externally, weights-withheld, unit-without-data, figures-hidden, not-judged, kept-by-team, not-asked, unknown-criterion, unknown-unit, unknown-measure, unknown-source, unknown-finding or claim-not-confirmed.';
COMMENT ON COLUMN assurance.not_known.standard IS 'The id of the standard; null: none, or it is not known.';
COMMENT ON COLUMN assurance.not_known.part IS 'direction, execution or impact; null: none.';
COMMENT ON COLUMN assurance.not_known.criterion IS 'The id of the criterion; null: none.';
COMMENT ON COLUMN assurance.not_known.microsystem IS 'The unit; null: none in particular.';
COMMENT ON COLUMN assurance.not_known.subject IS 'The id of what it is about: a criterion, measure, claim, piece of evidence …';
COMMENT ON COLUMN assurance.not_known.amount IS 'How many: figures hidden, series not judged; else 1.';
COMMENT ON COLUMN assurance.not_known.words IS 'The same in plain words.';
COMMENT ON COLUMN assurance.not_known.events IS 'The events it rests on: stream/partition/offset.';

-- Of criteria that rest on declared evidence and figures alone: what other components show is computed when it is published.
CREATE TABLE assurance.expired_signal AS
WITH k AS (SELECT max(day) AS day FROM plimsoll.clock),
own AS (
  SELECT h.criterion, p.counts_for AS microsystem, max(h.valid_until) FILTER (k.day > h.valid_until) AS ran_out
  FROM assurance.held h JOIN assurance.place p ON p.criterion = h.criterion AND p.microsystem = h.microsystem CROSS JOIN k
  WHERE p.counts_for IS NOT NULL
  GROUP BY ALL
  HAVING ran_out IS NOT NULL AND count(*) FILTER (k.day BETWEEN h.valid_from AND h.valid_until) = 0
)
SELECT a.criterion AS subject, a.microsystem, 'evidence-expired' AS rule, 'concern' AS variation, a.ran_out + 1 AS first_period,
  a.ran_out + 1 AS completed_period, k.day AS as_of,
  'Since ' || (a.ran_out + 1) || ' nothing shows any more that this holds in ' || u.name || ': ' || c.title AS words
FROM own a CROSS JOIN k
JOIN current.criterion c ON c.id = a.criterion JOIN current.microsystem u ON u.id = a.microsystem
WHERE NOT EXISTS (FROM assurance.draw d WHERE d.criterion = a.criterion AND NOT starts_with(d.source, 'measure:'));

CREATE TABLE assurance.overdue_signal AS
SELECT a.action AS subject, a.microsystem, 'action-overdue' AS rule, 'concern' AS variation, a.due + 1 AS first_period,
  a.due + 1 AS completed_period, k.day AS as_of,
  'This was to be done by ' || a.due || ' and is not: ' || a.title AS words
FROM assurance.finding_action a CROSS JOIN (SELECT max(day) AS day FROM plimsoll.clock) k
JOIN current.microsystem u ON u.id = a.microsystem
WHERE a.overdue;
