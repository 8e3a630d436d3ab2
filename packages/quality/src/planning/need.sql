-- What people need, where that is known from, and which goals answer it.

-- The months that are looked at: the last ones that are over.
CREATE VIEW planning.span AS
SELECT c.day, date_trunc('month', c.day)::DATE AS until, (date_trunc('month', c.day) - to_months(s.months))::DATE AS first_day
FROM plimsoll.clock c, (SELECT max(value)::INTEGER AS months FROM current.planning_setting WHERE id = 'months') s;

-- Each unit with itself and all units below it.
CREATE VIEW planning.within AS
WITH RECURSIVE below(unit, part) AS (
  SELECT id, id FROM plimsoll.microsystem
  UNION
  SELECT b.unit, m.id FROM below b JOIN plimsoll.microsystem m ON m.parent = b.part)
FROM below;

-- Made of cells that are told anyway: a hidden one is in no sum.
CREATE VIEW planning.pareto AS
WITH cell AS (
  SELECT h.microsystem, h.period, h.theme, h.coded, h.with_theme, h.cannot_be_coded
  FROM control.share h JOIN planning.span s ON h.period >= s.first_day),
scoped AS (SELECT microsystem AS scope, * FROM cell UNION ALL SELECT NULL, * FROM cell),
counted AS (
  SELECT scope, theme, coalesce(sum(with_theme), 0)::BIGINT AS codings, count(*) FILTER (with_theme IS NULL) AS hidden_cells
  FROM scoped GROUP BY scope, theme),
placed AS (
  SELECT *, row_number() OVER (PARTITION BY scope ORDER BY codings DESC, theme) AS place, sum(codings) OVER (PARTITION BY scope)::BIGINT AS total,
    sum(codings) OVER (PARTITION BY scope ORDER BY codings DESC, theme ROWS UNBOUNDED PRECEDING)::BIGINT AS so_far
  FROM counted WHERE codings > 0),
note AS (
  SELECT scope, microsystem, period, max(coded) AS coded, max(cannot_be_coded) AS cannot FROM scoped GROUP BY scope, microsystem, period),
outside AS (
  SELECT scope, coalesce(sum(cannot), 0)::BIGINT AS notes, count(*) FILTER (cannot IS NULL) AS hidden_cells FROM note GROUP BY scope)
SELECT p.scope AS microsystem, p.theme, t.title, p.place, p.codings, p.codings / p.total AS share, p.so_far / p.total AS cumulative,
  (p.so_far - p.codings) / p.total < 0.8 AS vital, p.hidden_cells
FROM placed p LEFT JOIN current.theme t ON t.id = p.theme
UNION ALL
SELECT scope, NULL, 'cannot be coded', NULL, notes, NULL, NULL, NULL, hidden_cells FROM outside WHERE notes > 0 OR hidden_cells > 0;
COMMENT ON VIEW planning.pareto IS 'What users speak of most: the codings of the last months that are over, by theme, the most frequent first. It adds up rows of control.theme_share; what is hidden there is in no sum, and the events are there.';
COMMENT ON COLUMN planning.pareto.microsystem IS 'The unit. Null: all of them.';
COMMENT ON COLUMN planning.pareto.theme IS 'The theme. Null: notes that cannot be coded, which stand outside: they have no place and no share.';
COMMENT ON COLUMN planning.pareto.title IS 'Its name for people.';
COMMENT ON COLUMN planning.pareto.place IS 'Its place, from 1 on.';
COMMENT ON COLUMN planning.pareto.codings IS 'How often a note was coded to it; a note with two themes counts at both.';
COMMENT ON COLUMN planning.pareto.share IS 'codings over those of all themes of the unit.';
COMMENT ON COLUMN planning.pareto.cumulative IS 'The share of this theme and all before it.';
COMMENT ON COLUMN planning.pareto.vital IS 'Whether it is one of the few that make up 80 %: those before it do not yet.';
COMMENT ON COLUMN planning.pareto.hidden_cells IS 'Units and periods whose number is hidden, and not in codings.';

CREATE VIEW planning.known_need AS
WITH total AS (SELECT dimension, sum(people) AS people FROM current.population GROUP BY dimension),
voice AS (
  SELECT n.id, coalesce(sum(h.with_theme), 0)::BIGINT AS notes, coalesce(sum(h.coded) FILTER (h.with_theme IS NOT NULL), 0)::BIGINT AS coded,
    count(*) FILTER (h.with_theme IS NULL) AS hidden_cells
  FROM current.need n JOIN planning.within w ON w.unit = n.microsystem JOIN control.share h ON h.microsystem = w.part AND h.theme = n.theme
    JOIN planning.span s ON h.period >= s.first_day
  GROUP BY n.id),
told AS (
  SELECT n.id, coalesce(sum(t.stories), 0)::BIGINT AS stories
  FROM current.need n JOIN planning.within w ON w.unit = n.microsystem JOIN planning.story_voice t ON t.microsystem = w.part AND t.theme = n.theme
    JOIN planning.span s ON t.quarter >= s.first_day
  GROUP BY n.id)
SELECT n.id AS need, n.title, n.microsystem, n.kind, n.status, n.day,
  coalesce(n.theme, n.dimension || '=' || n."group", n.node, n.finding) AS source,
  coalesce(t.id, p."group", v.id, f.id) IS NOT NULL AS known,
  CASE WHEN n.kind = 'users-voice' THEN coalesce(o.notes, 0) END AS notes, CASE WHEN n.kind = 'users-voice' THEN coalesce(o.coded, 0) END AS coded,
  CASE WHEN n.kind = 'users-voice' THEN coalesce(o.hidden_cells, 0) END AS hidden_cells,
  CASE WHEN n.kind = 'users-voice' THEN coalesce(d.stories, 0) END AS stories,
  CASE WHEN p.share IS NULL THEN p.people / l.people ELSE p.share END AS population_share,
  list_filter(['need/' || n._partition || '/' || n._offset, 'theme/' || t._partition || '/' || t._offset,
    'population/' || p._partition || '/' || p._offset, 'vision-node/' || v._partition || '/' || v._offset,
    'finding/' || f._partition || '/' || f._offset], lambda one: one IS NOT NULL) AS events
FROM current.need n SEMI JOIN plimsoll.microsystem u ON u.id = n.microsystem
LEFT JOIN current.theme t ON t.id = n.theme
LEFT JOIN current.population p ON p.dimension = n.dimension AND p."group" = n."group"
LEFT JOIN total l ON l.dimension = n.dimension
LEFT JOIN current.vision_node v ON v.id = n.node
LEFT JOIN current.finding f ON f.id = n.finding
LEFT JOIN voice o ON o.id = n.id
LEFT JOIN told d ON d.id = n.id;

-- A goal answers a need that it names, or that one of its issues names.
CREATE VIEW planning.answer AS
WITH named AS (SELECT id AS goal, unnest(from_json(needs, '["VARCHAR"]')) AS need FROM current.goal),
taken AS (SELECT id AS goal, unnest(from_json(issues, '["VARCHAR"]')) AS issue FROM current.goal),
through AS (
  SELECT t.goal, n.need, min(t.issue) AS issue
  FROM taken t JOIN (SELECT id, unnest(from_json(needs, '["VARCHAR"]')) AS need FROM current.issue) n ON n.id = t.issue GROUP BY t.goal, n.need)
SELECT g.id AS goal, k.need, n.goal IS NOT NULL AS named, CASE WHEN n.goal IS NULL THEN h.issue END AS issue, g.status = 'active' AS active,
  'goal/' || g._partition || '/' || g._offset AS event
FROM current.goal g SEMI JOIN plimsoll.microsystem u ON u.id = g.microsystem
JOIN planning.known_need k ON k.status = 'active'
LEFT JOIN named n ON n.goal = g.id AND n.need = k.need
LEFT JOIN through h ON h.goal = g.id AND h.need = k.need
WHERE n.goal IS NOT NULL OR h.goal IS NOT NULL;

CREATE VIEW planning.need AS
WITH answered AS (SELECT need, count(*) AS goals, list(event) AS events FROM planning.answer WHERE active GROUP BY need)
SELECT k.need, k.title, k.microsystem, k.kind, k.status, k.source,
  CASE WHEN NOT k.known THEN 'unknown-source' WHEN k.kind <> 'users-voice' OR k.notes + k.stories > 0 THEN 'backed'
    WHEN k.hidden_cells > 0 THEN 'hidden' ELSE 'not-heard' END AS state,
  k.notes, k.notes / nullif(k.coded, 0) AS notes_share, k.hidden_cells, k.stories, k.population_share, coalesce(a.goals, 0) AS goals,
  CASE WHEN NOT k.known THEN 'nobody has told of where it is known from' ELSE CASE k.kind
    WHEN 'users-voice' THEN k.notes || ' of ' || k.coded || ' coded notes and ' || k.stories || ' stories speak of it'
      || CASE WHEN k.hidden_cells > 0 THEN ', beside what is too little to tell' ELSE '' END
    WHEN 'population' THEN 'a group of the population that is served' || coalesce(': ' || planning.told(k.population_share, '%') || ' of it', '')
    WHEN 'strategy' THEN 'the vision asks for it' ELSE 'assurance has found it' END END AS words,
  list_sort(list_distinct(list_concat(k.events, coalesce(a.events, [])))) AS events
FROM planning.known_need k LEFT JOIN answered a ON a.need = k.need;
COMMENT ON VIEW planning.need IS 'What people need, what shows it, and how many goals answer it.';
COMMENT ON COLUMN planning.need.need IS 'The id of the need.';
COMMENT ON COLUMN planning.need.title IS 'What is needed.';
COMMENT ON COLUMN planning.need.microsystem IS 'The unit whose people need it.';
COMMENT ON COLUMN planning.need.kind IS 'users-voice, population, strategy or finding.';
COMMENT ON COLUMN planning.need.status IS 'active or retired.';
COMMENT ON COLUMN planning.need.source IS 'The theme, group, node of the vision or finding that it is known from.';
COMMENT ON COLUMN planning.need.state IS 'backed; not-heard (of users'' voice: no note and no story speaks of it); hidden (too few to tell); or unknown-source.';
COMMENT ON COLUMN planning.need.notes IS 'Of users'' voice: coded notes of the unit and those below it with the theme, in the last months that are over, as far as they are told.';
COMMENT ON COLUMN planning.need.notes_share IS 'Their share of the coded notes of the same units and periods.';
COMMENT ON COLUMN planning.need.hidden_cells IS 'Units and periods whose number is hidden, and not in notes.';
COMMENT ON COLUMN planning.need.stories IS 'Of users'' voice: stories with the theme, as far as they are told; 0 where stories are not looked at.';
COMMENT ON COLUMN planning.need.population_share IS 'Of population: the share of the group.';
COMMENT ON COLUMN planning.need.goals IS 'Active goals that answer it.';
COMMENT ON COLUMN planning.need.words IS 'What shows it, in words.';
COMMENT ON COLUMN planning.need.events IS 'The events that say need, source and goals: stream/partition/offset. Those of notes are behind control.theme_share, those of stories behind codesign.story_count.';

CREATE VIEW planning.coverage AS
SELECT k.need, k.title, k.kind, k.microsystem, a.goal, CASE WHEN a.goal IS NULL THEN NULL WHEN a.named THEN 'named' ELSE 'through-issue' END AS relation, a.issue,
  CASE WHEN a.event IS NULL THEN k.events ELSE list_sort(list_append(k.events, a.event)) END AS events
FROM planning.known_need k LEFT JOIN planning.answer a ON a.need = k.need AND a.active WHERE k.status = 'active';
COMMENT ON VIEW planning.coverage IS 'Needs by goals: a row for each active need and each active goal that answers it, and one without a goal where none does.';
COMMENT ON COLUMN planning.coverage.need IS 'The need.';
COMMENT ON COLUMN planning.coverage.title IS 'What is needed.';
COMMENT ON COLUMN planning.coverage.kind IS 'Where it is known from.';
COMMENT ON COLUMN planning.coverage.microsystem IS 'The unit whose people need it.';
COMMENT ON COLUMN planning.coverage.goal IS 'The goal; null: none answers it.';
COMMENT ON COLUMN planning.coverage.relation IS 'named (by the goal), or through-issue.';
COMMENT ON COLUMN planning.coverage.issue IS 'Of through-issue: the issue, the first by id.';
COMMENT ON COLUMN planning.coverage.events IS 'The events of need, source and goal: stream/partition/offset.';
