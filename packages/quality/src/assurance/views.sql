-- What is asked of whom, what shows it, and until when. Follows the rules 1 to 4 of README.md.

CREATE VIEW assurance.standard AS
SELECT s.id AS standard, s.title, s.edition, s.source, s.source_licence, count(c.id) AS criteria,
  list_sort(list_distinct([format('standard/{}/{}', s._partition, s._offset)]
    || coalesce(list(format('criterion/{}/{}', c._partition, c._offset)) FILTER (c.id IS NOT NULL), []))) AS events
FROM current.standard s LEFT JOIN current.criterion c ON c.standard = s.id
GROUP BY s.id, s.title, s.edition, s.source, s.source_licence, s._partition, s._offset;

COMMENT ON VIEW assurance.standard IS 'Standards that the service is held to, and whose words they are.';
COMMENT ON COLUMN assurance.standard.standard IS 'The id of the standard.';
COMMENT ON COLUMN assurance.standard.title IS 'Its name for people.';
COMMENT ON COLUMN assurance.standard.edition IS 'Which edition of it.';
COMMENT ON COLUMN assurance.standard.source IS 'Who wrote it.';
COMMENT ON COLUMN assurance.standard.source_licence IS 'Under which licence its words are used.';
COMMENT ON COLUMN assurance.standard.criteria IS 'How many criteria it has.';
COMMENT ON COLUMN assurance.standard.events IS 'The events it rests on: stream/partition/offset.';

-- Each unit with each unit above it, itself included; a circle in the tree ends at 20.
CREATE TABLE assurance.above AS
WITH RECURSIVE above AS (
  SELECT id AS microsystem, id AS upper, 0 AS distance FROM current.microsystem
  UNION
  SELECT a.microsystem, u.parent, a.distance + 1
  FROM above a JOIN current.microsystem u ON u.id = a.upper
  WHERE u.parent IS NOT NULL AND a.distance < 20
)
SELECT microsystem, upper, distance FROM above;

CREATE TABLE assurance.pair AS
SELECT c.id AS criterion, c.standard, c.part, c.weight, u.id AS microsystem,
  [format('criterion/{}/{}', c._partition, c._offset), format('microsystem/{}/{}', u._partition, u._offset)] AS events
FROM current.criterion c JOIN current.microsystem u
  ON CASE c.asked_of WHEN 'organisation' THEN u.parent IS NULL
    ELSE u.kind IN ('ward', 'community-team', 'back-office-team') END;

-- Each criterion with each source that it draws on.
CREATE VIEW assurance.draw AS
SELECT id AS criterion, standard, part, unnest(draws::VARCHAR[]) AS source,
  format('criterion/{}/{}', _partition, _offset) AS event
FROM current.criterion;

-- The latest figure of each series that a criterion draws on; of a series that has fallen silent, the latest that somebody counted.
CREATE TABLE assurance.latest_figure AS
WITH silent AS (SELECT series FROM plimsoll.standing WHERE silent),
figure AS (
  SELECT v.series, v.measure, v.microsystem,
    max(v.period) FILTER (v.value IS NOT NULL AND (v.observed OR s.series IS NULL)) AS period
  FROM plimsoll.measure_value v LEFT JOIN silent s ON s.series = v.series
  WHERE v.stratum IS NULL AND v.measure IN (SELECT substr(source, 9) FROM assurance.draw WHERE source LIKE 'measure:%')
  GROUP BY v.series, v.measure, v.microsystem
)
SELECT f.series, f.measure, f.microsystem, f.period, m.title, d._partition, d._offset,
  (f.period + 3 * CASE m.period WHEN 'day' THEN INTERVAL 1 DAY WHEN 'week' THEN INTERVAL 7 DAY
    WHEN 'month' THEN INTERVAL 1 MONTH ELSE INTERVAL 3 MONTH END)::DATE - 1 AS valid_until,
  CASE b.status WHEN 'slipping' THEN 'concern' WHEN 'improving' THEN 'improvement' WHEN 'changed' THEN 'changed'
    WHEN 'steady' THEN 'steady' ELSE 'not-judged' END AS variation,
  coalesce(b.assurance, 'not-judged') AS capability
FROM figure f JOIN plimsoll.measure m ON m.id = f.measure
LEFT JOIN current.measure_definition d ON d.id = m.id AND d.version = m.version
LEFT JOIN plimsoll.standing b ON b.series = f.series AND b.microsystem = f.microsystem;

-- For which unit asked the evidence of a unit counts.
CREATE TABLE assurance.place AS
SELECT p.criterion, a.microsystem, arg_min(a.upper, a.distance) AS counts_for
FROM assurance.pair p JOIN assurance.above a ON a.upper = p.microsystem
GROUP BY p.criterion, a.microsystem;

-- Evidence that depends on one unit alone, so that one figure computes again only its own.
CREATE TABLE assurance.held AS
SELECT e.id AS evidence, e.criterion, e.microsystem, e.kind, false AS drawn, e.title, e.valid_from, e.valid_until,
  NULL::VARCHAR AS source, NULL::VARCHAR AS measure, NULL::VARCHAR AS series, NULL::DATE AS period,
  NULL::VARCHAR AS variation, NULL::VARCHAR AS capability, NULL::VARCHAR AS shows,
  [format('evidence/{}/{}', e._partition, e._offset)] AS events
FROM current.evidence e
UNION ALL
SELECT d.criterion || '/' || d.source || '/' || f.microsystem, d.criterion, f.microsystem, 'live-measure', true,
  f.title, f.period, f.valid_until, d.source, f.measure, f.series, f.period, f.variation, f.capability,
  CASE f.variation WHEN 'concern' THEN 'getting worse' WHEN 'improvement' THEN 'getting better' WHEN 'changed' THEN 'changed'
    WHEN 'steady' THEN 'steady' ELSE 'change not judged' END || '; ' ||
  CASE f.capability WHEN 'pass' THEN 'meets its target by itself' WHEN 'fail' THEN 'cannot meet its target as it works now'
    WHEN 'hit-or-miss' THEN 'meets its target or misses it by luck' WHEN 'no-target' THEN 'has no target'
    ELSE 'target not judged' END ||
  CASE WHEN f.variation IN ('concern', 'improvement', 'changed') AND f.capability IN ('pass', 'fail', 'hit-or-miss')
    THEN ', but not stable' ELSE '' END,
  list_filter([d.event, format('measure-definition/{}/{}', f._partition, f._offset)], lambda e: e IS NOT NULL)
FROM assurance.draw d JOIN assurance.latest_figure f ON d.source = 'measure:' || f.measure
WHERE f.period IS NOT NULL;

CREATE VIEW assurance.evidence AS
WITH shown AS (
  FROM assurance.held
  UNION ALL
  SELECT concat_ws('/', d.criterion, d.source, r.item, r.microsystem), d.criterion, r.microsystem, 'live-measure', true,
    r.title, r.valid_from, r.valid_until, d.source, NULL, NULL, NULL, r.variation, r.capability, r.shows,
    list_sort(list_distinct(list_append(coalesce(r.events, []), d.event)))
  FROM assurance.draw d JOIN assurance.drawn r ON r.source = d.source
  WHERE r.microsystem IS NOT NULL AND r.valid_from IS NOT NULL AND r.valid_until IS NOT NULL
)
SELECT s.evidence, s.criterion, c.standard, c.part, s.microsystem, p.counts_for, s.kind, s.drawn, s.title,
  s.valid_from, s.valid_until,
  CASE WHEN k.day IS NULL OR k.day < s.valid_from THEN 'not-yet' WHEN k.day > s.valid_until THEN 'expired'
    ELSE 'valid' END AS state,
  s.source, s.measure, s.series, s.period, s.variation, s.capability, s.shows, s.events
FROM shown s CROSS JOIN (SELECT max(day) AS day FROM plimsoll.clock) k
LEFT JOIN current.criterion c ON c.id = s.criterion
LEFT JOIN assurance.place p ON p.criterion = s.criterion AND p.microsystem = s.microsystem;

COMMENT ON VIEW assurance.evidence IS 'Everything that shows that a criterion is met, declared or drawn from other components, and until when it counts.';
COMMENT ON COLUMN assurance.evidence.evidence IS 'The id; of drawn evidence criterion/source/unit, or criterion/source/item/unit.';
COMMENT ON COLUMN assurance.evidence.criterion IS 'The id of the criterion.';
COMMENT ON COLUMN assurance.evidence.standard IS 'The standard of the criterion; null: nobody has told of the criterion.';
COMMENT ON COLUMN assurance.evidence.part IS 'direction, execution or impact.';
COMMENT ON COLUMN assurance.evidence.microsystem IS 'The unit that it is about.';
COMMENT ON COLUMN assurance.evidence.counts_for IS 'The unit asked for which it counts: that unit or one above it. Null: it counts nowhere.';
COMMENT ON COLUMN assurance.evidence.kind IS 'live-measure, document or observation.';
COMMENT ON COLUMN assurance.evidence.drawn IS 'Whether it was drawn from a measure or another component, and not declared by somebody.';
COMMENT ON COLUMN assurance.evidence.title IS 'What it is.';
COMMENT ON COLUMN assurance.evidence.valid_from IS 'The first day on which it counts.';
COMMENT ON COLUMN assurance.evidence.valid_until IS 'The last day on which it counts.';
COMMENT ON COLUMN assurance.evidence.state IS 'valid, expired or not-yet, at the latest tick.';
COMMENT ON COLUMN assurance.evidence.source IS 'What it was drawn from: measure:id, or a relation. Null: declared.';
COMMENT ON COLUMN assurance.evidence.measure IS 'The id of the measure it was drawn from.';
COMMENT ON COLUMN assurance.evidence.series IS 'The series it was drawn from.';
COMMENT ON COLUMN assurance.evidence.period IS 'The period of the latest figure of that series.';
COMMENT ON COLUMN assurance.evidence.variation IS 'concern, improvement, changed, steady or not-judged; null: no series.';
COMMENT ON COLUMN assurance.evidence.capability IS 'pass, fail, hit-or-miss, no-target or not-judged; null: no series.';
COMMENT ON COLUMN assurance.evidence.shows IS 'What drawn evidence shows, in words.';
COMMENT ON COLUMN assurance.evidence.events IS 'The events it rests on: stream/partition/offset. Those of a figure are found by its series and period.';

-- What was drawn item by item: an item is named by the component that it comes from.
CREATE VIEW assurance.link AS
SELECT split_part(d.source, '.', 2) AS cause_kind, r.item AS cause, 'cited by' AS relation, 'evidence' AS effect_kind,
  concat_ws('/', d.criterion, d.source, r.item, r.microsystem) AS effect, r.valid_from AS "day",
  list_sort(list_distinct(list_append(coalesce(r.events, []), d.event))) AS events
FROM assurance.draw d JOIN assurance.drawn r ON r.source = d.source
WHERE r.item IS NOT NULL AND r.microsystem IS NOT NULL AND r.valid_from IS NOT NULL AND r.valid_until IS NOT NULL;

COMMENT ON VIEW assurance.link IS 'What led to what: from a piece of another component to the evidence that cites it. `plimsoll trace` walks the relations of this name.';
COMMENT ON COLUMN assurance.link.cause_kind IS 'What kind of thing is cited: reuse, project, indicator.';
COMMENT ON COLUMN assurance.link.cause IS 'Its id.';
COMMENT ON COLUMN assurance.link.relation IS 'How the second follows from the first.';
COMMENT ON COLUMN assurance.link.effect_kind IS 'evidence.';
COMMENT ON COLUMN assurance.link.effect IS 'The id of the evidence.';
COMMENT ON COLUMN assurance.link.day IS 'The first day on which it counts.';
COMMENT ON COLUMN assurance.link.events IS 'The events that it rests on, as stream/partition/offset.';

CREATE VIEW assurance.standing AS
WITH counted AS (
  SELECT criterion, counts_for AS microsystem,
    count(*) FILTER (state = 'valid') AS valid, count(*) FILTER (state = 'expired') AS expired,
    max(valid_until) FILTER (state = 'valid') AS valid_until, max(valid_until) FILTER (state = 'expired') AS ran_out
  FROM assurance.evidence WHERE counts_for IS NOT NULL
  GROUP BY criterion, counts_for
)
SELECT p.criterion, p.microsystem,
  CASE WHEN c.valid > 0 THEN 'valid' WHEN c.expired > 0 THEN 'expired' ELSE 'none' END AS state,
  coalesce(c.valid, 0) AS valid, coalesce(c.expired, 0) AS expired, c.valid_until, c.ran_out
FROM assurance.pair p LEFT JOIN counted c ON c.criterion = p.criterion AND c.microsystem = p.microsystem;

CREATE VIEW assurance.asked AS
WITH named AS (
  SELECT criterion, counts_for AS microsystem,
    list(evidence ORDER BY evidence) FILTER (state = 'valid') AS evidence,
    list(evidence ORDER BY evidence) FILTER (state = 'expired') AS expired_evidence,
    flatten(list(events)) AS events
  FROM assurance.evidence WHERE counts_for IS NOT NULL
  GROUP BY criterion, counts_for
)
SELECT p.standard, p.part, p.criterion, p.weight, p.microsystem, s.state, s.valid, s.expired, s.valid_until, s.ran_out,
  coalesce(n.evidence, []) AS evidence, coalesce(n.expired_evidence, []) AS expired_evidence,
  list_sort(list_distinct(p.events || coalesce(n.events, []))) AS events
FROM assurance.pair p
JOIN assurance.standing s ON s.criterion = p.criterion AND s.microsystem = p.microsystem
LEFT JOIN named n ON n.criterion = p.criterion AND n.microsystem = p.microsystem;

COMMENT ON VIEW assurance.asked IS 'Each criterion for each unit of which it is asked, and whether something shows it now.';
COMMENT ON COLUMN assurance.asked.standard IS 'The id of the standard.';
COMMENT ON COLUMN assurance.asked.part IS 'direction, execution or impact.';
COMMENT ON COLUMN assurance.asked.criterion IS 'The id of the criterion.';
COMMENT ON COLUMN assurance.asked.weight IS 'The weight of the criterion beside the others of its part.';
COMMENT ON COLUMN assurance.asked.microsystem IS 'The unit of which it is asked.';
COMMENT ON COLUMN assurance.asked.state IS 'valid: some evidence is valid; expired: there was some, and none is valid now; none.';
COMMENT ON COLUMN assurance.asked.valid IS 'Pieces of evidence that are valid.';
COMMENT ON COLUMN assurance.asked.expired IS 'Pieces of evidence that have expired.';
COMMENT ON COLUMN assurance.asked.valid_until IS 'The last day on which some of the valid evidence counts.';
COMMENT ON COLUMN assurance.asked.ran_out IS 'The last day of the expired evidence that lasted longest.';
COMMENT ON COLUMN assurance.asked.evidence IS 'The valid evidence, by id.';
COMMENT ON COLUMN assurance.asked.expired_evidence IS 'The expired evidence, by id.';
COMMENT ON COLUMN assurance.asked.events IS 'The events it rests on: stream/partition/offset.';

CREATE VIEW assurance.criterion AS
SELECT c.id AS criterion, c.standard, c.part, c.attribute, c.title, c.weight,
  c.weight / w.total AS weight_share, c.asked_of, c.draws::VARCHAR[] AS draws,
  coalesce(a.asked, 0) AS asked, coalesce(a.answered, 0) AS answered,
  list_sort(list_distinct(list_append(coalesce(a.events, []), format('criterion/{}/{}', c._partition, c._offset)))) AS events
FROM current.criterion c
JOIN (SELECT standard, part, list_sum(list(weight ORDER BY weight)) AS total FROM current.criterion GROUP BY standard, part) w
  ON w.standard = c.standard AND w.part = c.part
LEFT JOIN (SELECT criterion, count(*) AS asked, count(*) FILTER (state = 'valid') AS answered, flatten(list(events)) AS events
    FROM assurance.asked GROUP BY criterion) a
  ON a.criterion = c.id;

COMMENT ON VIEW assurance.criterion IS 'The criteria of the standards, and in how many units each is shown.';
COMMENT ON COLUMN assurance.criterion.criterion IS 'The id of the criterion.';
COMMENT ON COLUMN assurance.criterion.standard IS 'The id of the standard.';
COMMENT ON COLUMN assurance.criterion.part IS 'direction, execution or impact.';
COMMENT ON COLUMN assurance.criterion.attribute IS 'What it looks at: reasoned, carried-out, checked, improved, relevant, steady, on-target or compared.';
COMMENT ON COLUMN assurance.criterion.title IS 'What it asks for.';
COMMENT ON COLUMN assurance.criterion.weight IS 'Its weight beside the others of its part.';
COMMENT ON COLUMN assurance.criterion.weight_share IS 'The same as a share of its part, 0 to 1.';
COMMENT ON COLUMN assurance.criterion.asked_of IS 'units or organisation.';
COMMENT ON COLUMN assurance.criterion.draws IS 'What it draws evidence from by itself.';
COMMENT ON COLUMN assurance.criterion.asked IS 'Units of which it is asked.';
COMMENT ON COLUMN assurance.criterion.answered IS 'Those with valid evidence.';
COMMENT ON COLUMN assurance.criterion.events IS 'The events it rests on: stream/partition/offset.';

CREATE VIEW assurance.coverage AS
WITH counted AS (
  SELECT standard, part, microsystem, count(*) AS asked, count(*) FILTER (state = 'valid') AS answered,
    count(*) FILTER (state = 'expired') AS lapsed, count(*) FILTER (state = 'none') AS never,
    count(DISTINCT criterion) AS criteria, count(DISTINCT criterion) FILTER (state = 'valid') AS criteria_somewhere,
    count(DISTINCT criterion) FILTER (state <> 'valid') AS criteria_missing,
    list_sort(list(DISTINCT criterion) FILTER (state <> 'valid')) AS missing,
    flatten(list(expired_evidence) FILTER (state = 'expired')) AS expired_evidence, flatten(list(events)) AS events
  FROM assurance.asked
  GROUP BY CUBE (standard, part, microsystem)
)
SELECT standard, part, microsystem, asked, answered, lapsed, never,
  CASE WHEN asked > 0 THEN answered / asked END AS share, criteria, criteria_somewhere,
  criteria - criteria_missing AS criteria_everywhere, coalesce(missing, []) AS missing,
  list_sort(list_distinct(coalesce(expired_evidence, []))) AS expired_evidence,
  list_sort(list_distinct(coalesce(events, []))) AS events
FROM counted;

COMMENT ON VIEW assurance.coverage IS 'How much of what is asked is shown by evidence that is valid at the latest tick.';
COMMENT ON COLUMN assurance.coverage.standard IS 'The id of the standard; null: all of them.';
COMMENT ON COLUMN assurance.coverage.part IS 'direction, execution or impact; null: all of them.';
COMMENT ON COLUMN assurance.coverage.microsystem IS 'The unit of which it is asked; null: all of them.';
COMMENT ON COLUMN assurance.coverage.asked IS 'Pairs of criterion and unit of which it is asked; of one unit, criteria.';
COMMENT ON COLUMN assurance.coverage.answered IS 'Those with valid evidence.';
COMMENT ON COLUMN assurance.coverage.lapsed IS 'Those that had evidence, of which none is valid now.';
COMMENT ON COLUMN assurance.coverage.never IS 'Those without any evidence, or with none that counts yet.';
COMMENT ON COLUMN assurance.coverage.share IS 'answered / asked, 0 to 1; null where nothing is asked.';
COMMENT ON COLUMN assurance.coverage.criteria IS 'Criteria asked.';
COMMENT ON COLUMN assurance.coverage.criteria_somewhere IS 'Criteria with valid evidence in one unit at least.';
COMMENT ON COLUMN assurance.coverage.criteria_everywhere IS 'Criteria with valid evidence in every unit of which they are asked.';
COMMENT ON COLUMN assurance.coverage.missing IS 'Criteria without valid evidence in one unit at least.';
COMMENT ON COLUMN assurance.coverage.expired_evidence IS 'The expired evidence that leaves a gap, by id.';
COMMENT ON COLUMN assurance.coverage.events IS 'The events it rests on: stream/partition/offset.';

CREATE VIEW assurance.freshness AS
SELECT e.evidence, e.title, e.criterion, e.standard, e.part, e.counts_for AS microsystem, e.drawn, e.valid_until,
  date_diff('day', k.day, e.valid_until) AS days_left, e.state,
  a.valid = CASE WHEN e.state = 'valid' THEN 1 ELSE 0 END AS leaves_gap,
  list_sort(list_distinct(e.events || a.events)) AS events
FROM assurance.evidence e CROSS JOIN (SELECT max(day) AS day FROM plimsoll.clock) k
JOIN assurance.asked a ON a.criterion = e.criterion AND a.microsystem = e.counts_for;

COMMENT ON VIEW assurance.freshness IS 'How long each piece of evidence still counts, those that have expired by name.';
COMMENT ON COLUMN assurance.freshness.evidence IS 'The id of the evidence.';
COMMENT ON COLUMN assurance.freshness.title IS 'What it is.';
COMMENT ON COLUMN assurance.freshness.criterion IS 'The id of the criterion.';
COMMENT ON COLUMN assurance.freshness.standard IS 'The id of the standard.';
COMMENT ON COLUMN assurance.freshness.part IS 'direction, execution or impact.';
COMMENT ON COLUMN assurance.freshness.microsystem IS 'The unit asked for which it counts.';
COMMENT ON COLUMN assurance.freshness.drawn IS 'Whether it was drawn from a measure or another component.';
COMMENT ON COLUMN assurance.freshness.valid_until IS 'The last day on which it counts.';
COMMENT ON COLUMN assurance.freshness.days_left IS 'Days from the latest tick to that day; below 0: expired so many days ago.';
COMMENT ON COLUMN assurance.freshness.state IS 'valid, expired or not-yet.';
COMMENT ON COLUMN assurance.freshness.leaves_gap IS 'Whether nothing else shows the criterion for that unit: the gap that it leaves, or will leave.';
COMMENT ON COLUMN assurance.freshness.events IS 'The events it rests on: stream/partition/offset.';
