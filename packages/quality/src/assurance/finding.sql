-- What was found wanting, what was done about it, and what was said in public. Follows the rules 7 and 8 of README.md.

CREATE VIEW assurance.action_strength AS
SELECT unnest(['redesign-place', 'remove-hazard', 'forcing-function', 'simplify-process', 'standardise-equipment', 'leaders-take-part',
    'staffing', 'second-safeguard', 'software-aid', 'checklist', 'fewer-distractions', 'simulation',
    'double-check', 'warning', 'policy', 'retrain', 'remind']) AS kind,
  unnest(['strong', 'strong', 'strong', 'strong', 'strong', 'strong',
    'intermediate', 'intermediate', 'intermediate', 'intermediate', 'intermediate', 'intermediate',
    'weak', 'weak', 'weak', 'weak', 'weak']) AS strength,
  unnest(['The room, the building or the layout is changed.', 'What does the harm is taken away.',
    'The wrong act is made impossible.', 'Steps that nobody needs are taken out.', 'One device or one way for all.',
    'Those who lead go, see and change something.', 'More people, or less work at once.', 'A second barrier catches what gets through.',
    'The computer helps or warns.', 'A list to work through.', 'Fewer interruptions and less noise.',
    'Training in lifelike conditions, repeated.', 'A second person looks again.', 'A label, a sign or an alert.',
    'A rule or a paper is written.', 'People are taught again.', 'People are told to take care.']) AS meaning;

COMMENT ON VIEW assurance.action_strength IS 'How strong each kind of action is: how little it rests on people remembering. Weak is no blame.';
COMMENT ON COLUMN assurance.action_strength.kind IS 'The kind of action.';
COMMENT ON COLUMN assurance.action_strength.strength IS 'strong, intermediate or weak.';
COMMENT ON COLUMN assurance.action_strength.meaning IS 'What is meant by it.';

CREATE TABLE assurance.finding_action AS
SELECT a.id AS action, a.finding, f.microsystem, a.kind, s.strength, a.aim, a.title, a.agreed, a.due,
  CASE WHEN a.done <= k.day THEN a.done END AS done,
  coalesce((a.done IS NULL OR a.done > k.day) AND a.due < k.day, false) AS overdue,
  CASE WHEN (a.done IS NULL OR a.done > k.day) AND a.due < k.day THEN date_diff('day', a.due, k.day) END AS days_overdue,
  list_sort(list_filter([format('finding-action/{}/{}', a._partition, a._offset), format('finding/{}/{}', f._partition, f._offset)],
    lambda e: e IS NOT NULL)) AS events
FROM current.finding_action a CROSS JOIN (SELECT max(day) AS day FROM plimsoll.clock) k
LEFT JOIN current.finding f ON f.id = a.finding
LEFT JOIN assurance.action_strength s ON s.kind = a.kind;

COMMENT ON TABLE assurance.finding_action IS 'What is done about findings.';
COMMENT ON COLUMN assurance.finding_action.action IS 'The id of the action.';
COMMENT ON COLUMN assurance.finding_action.finding IS 'The id of the finding.';
COMMENT ON COLUMN assurance.finding_action.microsystem IS 'The unit of the finding; null: nobody has told of the finding.';
COMMENT ON COLUMN assurance.finding_action.kind IS 'The kind of action, as in assurance.action_strength.';
COMMENT ON COLUMN assurance.finding_action.strength IS 'strong, intermediate or weak.';
COMMENT ON COLUMN assurance.finding_action.aim IS 'process or person: what it is to change.';
COMMENT ON COLUMN assurance.finding_action.title IS 'What is to be done.';
COMMENT ON COLUMN assurance.finding_action.agreed IS 'The day on which it was agreed.';
COMMENT ON COLUMN assurance.finding_action.due IS 'The last day to do it.';
COMMENT ON COLUMN assurance.finding_action.done IS 'The day on which it was done; null: not done at the latest tick.';
COMMENT ON COLUMN assurance.finding_action.overdue IS 'Whether it is not done and its last day is over.';
COMMENT ON COLUMN assurance.finding_action.days_overdue IS 'By how many days; null where it is not overdue.';
COMMENT ON COLUMN assurance.finding_action.events IS 'The events it rests on: stream/partition/offset.';

CREATE VIEW assurance.finding AS
WITH acted AS (
  SELECT finding, count(*) AS actions, count(done) AS done, count(*) FILTER (overdue) AS actions_overdue,
    min(CASE strength WHEN 'strong' THEN 1 WHEN 'intermediate' THEN 2 WHEN 'weak' THEN 3 END) AS strongest,
    count(*) FILTER (aim = 'person') AS aimed_at_person, flatten(list(events)) AS events
  FROM assurance.finding_action GROUP BY finding
),
placed AS (
  SELECT f.*, coalesce(a.actions, 0) AS actions, coalesce(a.done, 0) AS done, coalesce(a.actions_overdue, 0) AS actions_overdue,
    CASE a.strongest WHEN 1 THEN 'strong' WHEN 2 THEN 'intermediate' WHEN 3 THEN 'weak' END AS strongest,
    coalesce(a.aimed_at_person, 0) AS aimed_at_person, k.day AS today, coalesce(a.events, []) AS acted_events,
    CASE WHEN coalesce(a.actions, 0) = 0 THEN 'unanswered' WHEN a.done < a.actions THEN 'in-hand' ELSE 'answered' END AS state
  FROM current.finding f CROSS JOIN (SELECT max(day) AS day FROM plimsoll.clock) k LEFT JOIN acted a ON a.finding = f.id
)
SELECT id AS finding, standard, criterion, microsystem, kind, title, day, due, state,
  coalesce(state <> 'answered' AND due < today, false) AS overdue,
  CASE WHEN state <> 'answered' AND due < today THEN date_diff('day', due, today) END AS days_overdue,
  date_diff('day', day, today) AS age, actions, done, actions_overdue, strongest, aimed_at_person,
  list_sort(list_distinct(list_append(acted_events, format('finding/{}/{}', _partition, _offset)))) AS events
FROM placed;

COMMENT ON VIEW assurance.finding IS 'Requirements and recommendations, and whether they are answered.';
COMMENT ON COLUMN assurance.finding.finding IS 'The id of the finding.';
COMMENT ON COLUMN assurance.finding.standard IS 'The id of the standard.';
COMMENT ON COLUMN assurance.finding.criterion IS 'The id of the criterion; null: none in particular.';
COMMENT ON COLUMN assurance.finding.microsystem IS 'The unit.';
COMMENT ON COLUMN assurance.finding.kind IS 'requirement or recommendation.';
COMMENT ON COLUMN assurance.finding.title IS 'What was found.';
COMMENT ON COLUMN assurance.finding.day IS 'The day of the finding.';
COMMENT ON COLUMN assurance.finding.due IS 'The last day to answer it; null: none was set.';
COMMENT ON COLUMN assurance.finding.state IS 'unanswered (no action), in-hand (an action is not done) or answered (all are done).';
COMMENT ON COLUMN assurance.finding.overdue IS 'Whether it is not answered and its last day is over.';
COMMENT ON COLUMN assurance.finding.days_overdue IS 'By how many days; null where it is not overdue.';
COMMENT ON COLUMN assurance.finding.age IS 'Days from the finding to the latest tick.';
COMMENT ON COLUMN assurance.finding.actions IS 'Actions agreed.';
COMMENT ON COLUMN assurance.finding.done IS 'Actions done.';
COMMENT ON COLUMN assurance.finding.actions_overdue IS 'Actions overdue.';
COMMENT ON COLUMN assurance.finding.strongest IS 'The strength of the strongest action; null: there is none.';
COMMENT ON COLUMN assurance.finding.aimed_at_person IS 'Actions that are to change a person and not the process.';
COMMENT ON COLUMN assurance.finding.events IS 'The events it rests on: stream/partition/offset.';

CREATE VIEW assurance.claim AS
SELECT c.id AS claim, c.statement, c.standard, c.criterion, c.measure, c.microsystem, c.stratum, c.period, c.stated, c.decimals, c.day,
  v.value AS figure,
  CASE WHEN v.hidden THEN 'hidden' WHEN v.value IS NULL THEN 'no-figure'
    WHEN abs(v.value - c.stated) <= 0.5 * pow(10, -c.decimals) + 1e-9 THEN 'holds' ELSE 'differs' END AS state,
  [format('claim/{}/{}', c._partition, c._offset)] AS events
FROM current.claim c LEFT JOIN plimsoll.measure_value v
  ON v.measure = c.measure AND v.microsystem = c.microsystem AND v.period = c.period AND v.stratum IS NOT DISTINCT FROM c.stratum;

COMMENT ON VIEW assurance.claim IS 'What was said in public, beside the figure as it is published now.';
COMMENT ON COLUMN assurance.claim.claim IS 'The id of the claim.';
COMMENT ON COLUMN assurance.claim.statement IS 'What was said.';
COMMENT ON COLUMN assurance.claim.standard IS 'The standard that it speaks to; null: none.';
COMMENT ON COLUMN assurance.claim.criterion IS 'The criterion that it speaks to; null: none.';
COMMENT ON COLUMN assurance.claim.measure IS 'The measure that it rests on.';
COMMENT ON COLUMN assurance.claim.microsystem IS 'The unit.';
COMMENT ON COLUMN assurance.claim.stratum IS 'The breakdown; null: the whole.';
COMMENT ON COLUMN assurance.claim.period IS 'The first day of the period of the figure.';
COMMENT ON COLUMN assurance.claim.stated IS 'The figure as stated.';
COMMENT ON COLUMN assurance.claim.decimals IS 'To how many decimals it was rounded.';
COMMENT ON COLUMN assurance.claim.day IS 'The day on which it was said.';
COMMENT ON COLUMN assurance.claim.figure IS 'The figure now; null: there is none, or it is hidden.';
COMMENT ON COLUMN assurance.claim.state IS 'holds, differs, hidden or no-figure.';
COMMENT ON COLUMN assurance.claim.events IS 'The events it rests on: stream/partition/offset. Those of the figure are found by measure, unit, stratum and period.';
