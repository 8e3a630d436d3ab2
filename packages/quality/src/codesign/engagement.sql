-- Who took part in what, and what rests on what they put in. Follows the rules 1 to 3 of README.md.

CREATE VIEW codesign.subject AS
SELECT CASE kind WHEN 'work' THEN 'project' ELSE 'goal' END AS kind, id, title, owner AS microsystem, state = 'holds' AS holds, events
FROM vision.node WHERE kind IN ('goal', 'work')
UNION ALL
SELECT 'goal', g.id, g.title, g.microsystem, g.status = 'active', [format('goal/{}/{}', g._partition, g._offset)]
FROM current.goal g ANTI JOIN vision.node n ON n.id = g.id AND n.kind = 'goal'
UNION ALL
SELECT 'project', p.id, p.title, p.microsystem, p.ended IS NULL, [format('project/{}/{}', p._partition, p._offset)]
FROM current.project p ANTI JOIN vision.node n ON n.id = p.id AND n.kind = 'work'
UNION ALL
SELECT 'standard', standard, title, NULL, true, events FROM assurance.standard;

-- Stages and levels in their order.
CREATE VIEW codesign.stage AS
SELECT * FROM (VALUES (1, 'discover'), (2, 'define'), (3, 'develop'), (4, 'deliver'), (5, 'evaluate')) AS stage(place, stage);

CREATE VIEW codesign.rank AS
SELECT * FROM (VALUES (1, 'inform'), (2, 'consult'), (3, 'involve'), (4, 'collaborate'), (5, 'co-produce'), (6, 'led-by-people')) AS level(place, name);

CREATE VIEW codesign.capacity AS
SELECT * FROM (VALUES (1, 'service-user'), (2, 'family'), (3, 'community'), (4, 'staff')) AS capacity(place, capacity);

-- Of a known unit and subject, and of a day that has come.
CREATE VIEW codesign.known_engagement AS
SELECT e.id, e.microsystem, e.subject_kind, e.subject, e.stage, e.claimed, e.day, 'engagement/' || e._partition || '/' || e._offset AS event
FROM current.engagement e
SEMI JOIN plimsoll.microsystem u ON u.id = e.microsystem
SEMI JOIN codesign.subject s ON s.kind = e.subject_kind AND s.id = e.subject
JOIN plimsoll.clock c ON e.day <= c.day;

-- How many people of each capacity: by the dimension that tells of most, since each tells of the same people again.
CREATE VIEW codesign.attendance AS
WITH told AS (
  SELECT engagement, capacity, dimension, sum(people)::BIGINT AS people,
    list('engagement-participants/' || _partition || '/' || _offset) AS events
  FROM current.engagement_participants GROUP BY engagement, capacity, dimension)
SELECT t.engagement, t.capacity, max(t.people) AS people, list_sort(flatten(list(t.events))) AS events
FROM told t SEMI JOIN codesign.known_engagement e ON e.id = t.engagement GROUP BY t.engagement, t.capacity;

CREATE VIEW codesign.known_contribution AS
SELECT c.id, c.engagement, c.capacity, c.day, e.microsystem, e.subject_kind, e.subject, e.stage, e.event
FROM current.codesign_contribution c JOIN codesign.known_engagement e ON e.id = c.engagement JOIN plimsoll.clock k ON c.day <= k.day;

CREATE VIEW codesign.known_decision AS
SELECT d.id, d.microsystem, d.subject_kind, d.subject, d.changed, d.day, from_json(d.contributions, '["VARCHAR"]') AS contributions,
  'decision/' || d._partition || '/' || d._offset AS event
FROM current.decision d
SEMI JOIN plimsoll.microsystem u ON u.id = d.microsystem
SEMI JOIN codesign.subject s ON s.kind = d.subject_kind AND s.id = d.subject
JOIN plimsoll.clock c ON d.day <= c.day;

-- What a decision rests on; what came after it is nothing that it can rest on.
CREATE VIEW codesign.input AS
WITH named AS (SELECT id, subject_kind, subject, changed, day, event, unnest(contributions) AS contribution FROM codesign.known_decision)
SELECT n.id AS decision, n.subject_kind, n.subject, n.changed, c.capacity, c.stage, c.engagement,
  c.subject_kind = n.subject_kind AND c.subject = n.subject AS own, n.event, c.event AS engagement_event
FROM named n JOIN codesign.known_contribution c ON c.id = n.contribution AND c.day <= n.day;

-- Whether anybody of a capacity took part: a contribution tells so, too.
CREATE VIEW codesign.presence AS
SELECT e.id AS engagement, e.subject_kind, e.subject, e.stage, c.capacity, coalesce(a.people, 0) AS people,
  coalesce(a.people, 0) > 0 OR t.engagement IS NOT NULL AS took_part, t.engagement IS NOT NULL AS contributed,
  list_concat([e.event], coalesce(a.events, [])) AS events
FROM codesign.known_engagement e CROSS JOIN codesign.capacity c
LEFT JOIN codesign.attendance a ON a.engagement = e.id AND a.capacity = c.capacity
LEFT JOIN (SELECT DISTINCT engagement, capacity FROM codesign.known_contribution) t ON t.engagement = e.id AND t.capacity = c.capacity;

CREATE VIEW codesign.engagement AS
SELECT e.id AS engagement, e.microsystem, e.subject_kind, e.subject, s.title, e.stage, e.claimed, e.day,
  (SELECT coalesce(list(p.capacity ORDER BY p.capacity), []) FROM codesign.presence p WHERE p.engagement = e.id AND p.took_part) AS capacities,
  (SELECT list_sort(list_distinct(flatten(list(p.events)))) FROM codesign.presence p WHERE p.engagement = e.id) AS events
FROM codesign.known_engagement e JOIN codesign.subject s ON s.kind = e.subject_kind AND s.id = e.subject;
COMMENT ON VIEW codesign.engagement IS 'Occasions at which people had a say, and who was there: in what capacity, never how many.';
COMMENT ON COLUMN codesign.engagement.engagement IS 'The id.';
COMMENT ON COLUMN codesign.engagement.microsystem IS 'The unit that held it.';
COMMENT ON COLUMN codesign.engagement.subject_kind IS 'goal, project or standard.';
COMMENT ON COLUMN codesign.engagement.subject IS 'The id of what it was about.';
COMMENT ON COLUMN codesign.engagement.title IS 'What that says.';
COMMENT ON COLUMN codesign.engagement.stage IS 'discover, define, develop, deliver or evaluate.';
COMMENT ON COLUMN codesign.engagement.claimed IS 'The level that is claimed.';
COMMENT ON COLUMN codesign.engagement.day IS 'The day.';
COMMENT ON COLUMN codesign.engagement.capacities IS 'Who took part or put something in: service-user, family, community, staff.';
COMMENT ON COLUMN codesign.engagement.events IS 'The events of the engagement and of who took part: stream/partition/offset. Contributions are not among them: their number is not told.';

CREATE VIEW codesign.decision AS
WITH shaped AS (
  SELECT decision, list_sort(list_distinct(list(capacity))) AS capacities, list_sort(list_distinct(list(engagement))) AS engagements,
    list_distinct(list(engagement_event)) AS events
  FROM codesign.input GROUP BY decision)
SELECT d.id AS decision, d.microsystem, d.subject_kind, d.subject, s.title, d.day, i.decision IS NOT NULL AS with_input,
  coalesce(i.capacities, []) AS capacities, coalesce(i.engagements, []) AS engagements,
  CASE WHEN i.decision IS NOT NULL THEN d.changed END AS changed, list_sort(list_concat([d.event], coalesce(i.events, []))) AS events
FROM codesign.known_decision d JOIN codesign.subject s ON s.kind = d.subject_kind AND s.id = d.subject
LEFT JOIN shaped i ON i.decision = d.id;
COMMENT ON VIEW codesign.decision IS 'Who shaped what: decisions, and in what capacity those spoke on whose contributions they rest.';
COMMENT ON COLUMN codesign.decision.decision IS 'The id.';
COMMENT ON COLUMN codesign.decision.microsystem IS 'The unit that took it.';
COMMENT ON COLUMN codesign.decision.subject_kind IS 'goal, project or standard.';
COMMENT ON COLUMN codesign.decision.subject IS 'The id of what it is about.';
COMMENT ON COLUMN codesign.decision.title IS 'What that says.';
COMMENT ON COLUMN codesign.decision.day IS 'The day.';
COMMENT ON COLUMN codesign.decision.with_input IS 'Whether it rests on any contribution that is known and not later than it.';
COMMENT ON COLUMN codesign.decision.capacities IS 'Whose contributions it rests on: service-user, family, community, staff.';
COMMENT ON COLUMN codesign.decision.engagements IS 'The engagements at which they were made.';
COMMENT ON COLUMN codesign.decision.changed IS 'Whether something is done otherwise because of them; null: it rests on none.';
COMMENT ON COLUMN codesign.decision.events IS 'The events of the decision and the engagements: stream/partition/offset. Contributions are not among them: their number is not told.';

CREATE VIEW codesign.influence AS
WITH whose AS (SELECT capacity AS whose FROM codesign.capacity UNION ALL SELECT unnest(['anyone', 'people'])),
asked AS (
  SELECT d.microsystem, w.whose, d.changed, d.events,
    CASE w.whose WHEN 'anyone' THEN d.with_input WHEN 'people' THEN len(list_filter(d.capacities, lambda x: x <> 'staff')) > 0
      ELSE list_contains(d.capacities, w.whose) END AS heard
  FROM codesign.decision d CROSS JOIN whose w),
counted AS (
  SELECT microsystem, whose, count(*) AS decisions, count(*) FILTER (heard) AS with_input, count(*) FILTER (heard AND changed) AS changed,
    list_sort(list_distinct(flatten(list(events)))) AS events
  FROM asked GROUP BY GROUPING SETS ((microsystem, whose), (whose)))
SELECT microsystem, whose, decisions, with_input, changed, CASE WHEN with_input > 0 THEN changed / with_input END AS rate,
  stats.wilson(changed, with_input).low AS low, stats.wilson(changed, with_input).high AS high, events
FROM counted;
COMMENT ON VIEW codesign.influence IS 'Influence: of the decisions that rest on what somebody put in, the share that it changed. It counts decisions, not people.';
COMMENT ON COLUMN codesign.influence.microsystem IS 'The unit that took them; null: all units.';
COMMENT ON COLUMN codesign.influence.whose IS 'Whose input: service-user, family, community, staff, people (anyone but staff) or anyone.';
COMMENT ON COLUMN codesign.influence.decisions IS 'Decisions.';
COMMENT ON COLUMN codesign.influence.with_input IS 'Those that rest on such input.';
COMMENT ON COLUMN codesign.influence.changed IS 'Those of them in which it changed something.';
COMMENT ON COLUMN codesign.influence.rate IS 'changed / with_input; null: there are none.';
COMMENT ON COLUMN codesign.influence.low IS 'The lower end of its 95 % interval (Wilson).';
COMMENT ON COLUMN codesign.influence.high IS 'The upper end.';
COMMENT ON COLUMN codesign.influence.events IS 'The events of the decisions and engagements: stream/partition/offset.';
