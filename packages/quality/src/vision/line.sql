-- Where there is no purpose at all yet, a vision is as far up as one can see.
CREATE VIEW vision.top AS
SELECT s.look, s.id FROM vision.standing s
WHERE s.state = 'holds'
  AND s.kind = CASE WHEN EXISTS (SELECT 1 FROM current.vision_node WHERE kind = 'purpose') THEN 'purpose' ELSE 'vision' END;

-- Which nodes have a path to the top, in each of the graphs looked at.
CREATE TABLE vision.reach AS
WITH RECURSIVE reach(look, id) AS (
  SELECT look, id FROM vision.top
  UNION
  SELECT s.look, s.id
  FROM reach r JOIN vision.link l ON l.serves = r.id
  JOIN vision.look k ON k.look = r.look AND l.since <= k.number
  JOIN vision.standing s ON s.look = r.look AND s.id = l.node AND s.state = 'holds'
)
SELECT look, id FROM reach;

-- One path for each node: the shortest, strong links before weak ones, then by id.
CREATE TABLE vision.path AS
WITH RECURSIVE far(id, distance) AS (
  SELECT id, 0 FROM vision.top WHERE look = 0
  UNION
  SELECT l.node, f.distance + 1 FROM far f JOIN vision.link l ON l.serves = f.id AND l.link_state = 'holds'
),
near AS MATERIALIZED (SELECT id, min(distance) AS distance FROM far GROUP BY id),
-- Strong before weak, then by id: one text to compare by, since a struct is slow to join and to compare.
step AS (
  SELECT l.node, l.serves, l.event, (l.relation = 'weak')::INTEGER AS weak, (l.relation = 'weak')::INTEGER || l.serves AS place
  FROM vision.link l JOIN near n ON n.id = l.node JOIN near s ON s.id = l.serves AND n.distance - s.distance = 1
  WHERE l.link_state = 'holds'
),
next AS MATERIALIZED (
  SELECT node, arg_min(serves, place) AS serves, arg_min(event, place) AS event, arg_min(weak, place) AS weak FROM step GROUP BY node
),
way(id, top, distance, weak, path, events) AS (
  SELECT id, id, 0, 0, [id], []::VARCHAR[] FROM vision.top WHERE look = 0
  UNION ALL
  SELECT x.node, w.top, w.distance + 1, w.weak + x.weak, list_prepend(x.node, w.path), list_append(w.events, x.event)
  FROM way w JOIN next x ON x.serves = w.id
)
SELECT id AS node, top, distance, weak, path, list_sort(events) AS events FROM way;
COMMENT ON TABLE vision.path IS 'One path to the top for each node that has one: the shortest, by strong links before weak ones, then by id. The top is the purpose; where there is none at all, the vision.';
COMMENT ON COLUMN vision.path.node IS 'The node.';
COMMENT ON COLUMN vision.path.top IS 'The purpose, or vision, that it leads to.';
COMMENT ON COLUMN vision.path.distance IS 'How many links long it is.';
COMMENT ON COLUMN vision.path.weak IS 'How many of them are weak.';
COMMENT ON COLUMN vision.path.path IS 'The nodes on it, from this one to the top.';
COMMENT ON COLUMN vision.path.events IS 'The events that say its links: stream/partition/offset.';

CREATE TABLE vision.node AS
SELECT n.id, n.kind, n.title, n.owner, n.owner IS NOT NULL AND u.id IS NULL AS unplaced, n.since, s.state, n.day, n.measure, n.started,
  n.intervention, n.presenting, n.underlying, r.id IS NOT NULL AS has_path,
  ['vision-node/' || n._partition || '/' || n._offset] AS events
FROM current.vision_node n
JOIN vision.standing s ON s.look = 0 AND s.id = n.id
LEFT JOIN vision.reach r ON r.look = 0 AND r.id = n.id
LEFT JOIN plimsoll.microsystem u ON u.id = n.owner;
COMMENT ON TABLE vision.node IS 'Purpose, visions, aims, goals, measures, work and needs, as they stand now.';
COMMENT ON COLUMN vision.node.id IS 'The id.';
COMMENT ON COLUMN vision.node.kind IS 'purpose, vision, aim, goal, measure, work or need.';
COMMENT ON COLUMN vision.node.title IS 'What it says.';
COMMENT ON COLUMN vision.node.owner IS 'The microsystem whose it is; null: nobody''s yet.';
COMMENT ON COLUMN vision.node.unplaced IS 'Whether nobody has told of that microsystem.';
COMMENT ON COLUMN vision.node.since IS 'The version of the vision from which it is part of the graph.';
COMMENT ON COLUMN vision.node.state IS 'holds; retired; dropped, by a version; or planned, for a version to come.';
COMMENT ON COLUMN vision.node.day IS 'The day from which this holds.';
COMMENT ON COLUMN vision.node.measure IS 'Of a measure: its id among the project''s measures.';
COMMENT ON COLUMN vision.node.started IS 'Of work: the day on which it began.';
COMMENT ON COLUMN vision.node.intervention IS 'Of work: how it is done.';
COMMENT ON COLUMN vision.node.presenting IS 'Of a need: what people come with.';
COMMENT ON COLUMN vision.node.underlying IS 'Of a need: what lies beneath; null: not known.';
COMMENT ON COLUMN vision.node.has_path IS 'Whether it holds and has a path to the top.';
COMMENT ON COLUMN vision.node.events IS 'The event that says so: stream/partition/offset.';

CREATE TABLE vision.orphan AS
WITH above AS (
  SELECT node, count(*) AS links, bool_or(serves_state = 'holds') AS some_hold, bool_or(serves_state = 'retired') AS some_retired,
    list_sort(list(serves) FILTER (WHERE serves_state <> 'holds')) AS gone, list(event) AS events
  FROM vision.link WHERE link_state <> 'planned' AND serves_kind <> 'need' GROUP BY node
),
refused AS (SELECT node, list(serves) AS serves, flatten(list(events)) AS events FROM vision.refused GROUP BY node),
below AS (SELECT serves, count(*) AS links FROM vision.link WHERE link_state = 'holds' GROUP BY serves),
found AS (
  SELECT n.id, n.kind, n.title, n.owner, 'above' AS side,
    CASE WHEN a.links IS NULL AND r.node IS NOT NULL THEN 'links-refused' WHEN a.links IS NULL THEN 'serves-nothing'
      WHEN a.some_hold THEN 'no-path-above' WHEN a.some_retired THEN 'serves-retired' ELSE 'serves-dropped' END AS reason,
    CASE WHEN a.links IS NULL THEN coalesce(list_sort(r.serves), []) WHEN a.some_hold THEN [] ELSE a.gone END AS names,
    list_sort(list_concat(n.events, CASE WHEN a.links IS NULL THEN r.events ELSE a.events END)) AS events
  FROM vision.node n LEFT JOIN above a ON a.node = n.id LEFT JOIN refused r ON r.node = n.id
  WHERE n.state = 'holds' AND NOT n.has_path AND n.kind NOT IN ('purpose', 'need')
  UNION ALL
  SELECT n.id, n.kind, n.title, n.owner, 'below', 'nothing-serves-it', [], n.events
  FROM vision.node n ANTI JOIN below b ON b.serves = n.id
  WHERE n.state = 'holds' AND n.kind IN ('purpose', 'vision', 'aim', 'goal')
)
SELECT id AS node, kind, title, owner, side, reason, names,
  CASE reason WHEN 'links-refused' THEN 'it serves nothing: its links were refused (' || array_to_string(names, ', ') || ')'
    WHEN 'serves-nothing' THEN 'it serves nothing'
    WHEN 'no-path-above' THEN 'what it serves has no path to the top itself'
    WHEN 'serves-retired' THEN 'it serves what is retired: ' || array_to_string(names, ', ')
    WHEN 'serves-dropped' THEN 'it serves what is no longer part of the vision: ' || array_to_string(names, ', ')
    ELSE 'nothing serves it' END AS words,
  events
FROM found;
COMMENT ON TABLE vision.orphan IS 'What has no path to the top, and aims and goals that nothing serves.';
COMMENT ON COLUMN vision.orphan.node IS 'The node.';
COMMENT ON COLUMN vision.orphan.kind IS 'Its kind.';
COMMENT ON COLUMN vision.orphan.title IS 'What it says.';
COMMENT ON COLUMN vision.orphan.owner IS 'The microsystem whose it is.';
COMMENT ON COLUMN vision.orphan.side IS 'above: it has no path to the top; below: nothing serves it.';
COMMENT ON COLUMN vision.orphan.reason IS 'serves-nothing, links-refused, serves-retired, serves-dropped, no-path-above or nothing-serves-it.';
COMMENT ON COLUMN vision.orphan.names IS 'The retired or dropped nodes that it serves, or those that its refused links name.';
COMMENT ON COLUMN vision.orphan.words IS 'The reason in words.';
COMMENT ON COLUMN vision.orphan.events IS 'The events behind it: stream/partition/offset.';

CREATE TABLE vision.coverage AS
WITH works AS (
  SELECT n.owner, n.unplaced, n.has_path, c.hours FROM vision.node n JOIN current.vision_node c ON c.id = n.id
  WHERE n.kind = 'work' AND n.state = 'holds'
),
summed AS (
  SELECT CASE WHEN grouping(owner) = 1 THEN 'whole' ELSE 'unit' END AS scope, owner AS microsystem, bool_or(unplaced) AS unplaced,
    count(*) AS works, count(*) FILTER (WHERE has_path) AS with_path, count(*) FILTER (WHERE hours IS NULL) AS without_hours,
    sum(hours)::DECIMAL(38, 2) AS hours, coalesce(sum(hours) FILTER (WHERE has_path), 0)::DECIMAL(38, 2) AS hours_with_path
  FROM works GROUP BY GROUPING SETS ((owner), ())
)
SELECT scope, microsystem, scope = 'unit' AND coalesce(unplaced, false) AS unplaced, works, with_path,
  CASE WHEN works > 0 THEN with_path / works END AS share, without_hours, coalesce(hours, 0)::DOUBLE AS hours,
  hours_with_path::DOUBLE AS hours_with_path, CASE WHEN hours > 0 THEN hours_with_path::DOUBLE / hours::DOUBLE END AS share_of_hours
FROM summed;
COMMENT ON TABLE vision.coverage IS 'How much of the work has a path to the top, by pieces of work and by planned hours. It counts the rows of vision.node with kind work and state holds.';
COMMENT ON COLUMN vision.coverage.scope IS 'whole, or unit.';
COMMENT ON COLUMN vision.coverage.microsystem IS 'The unit; null for the whole, and for work that is nobody''s yet.';
COMMENT ON COLUMN vision.coverage.unplaced IS 'Whether nobody has told of that unit.';
COMMENT ON COLUMN vision.coverage.works IS 'Pieces of work that are part of the graph now.';
COMMENT ON COLUMN vision.coverage.with_path IS 'Of these, those with a path.';
COMMENT ON COLUMN vision.coverage.share IS 'with_path / works.';
COMMENT ON COLUMN vision.coverage.without_hours IS 'Pieces of work of which the hours are not known: they count for share, not for share_of_hours.';
COMMENT ON COLUMN vision.coverage.hours IS 'The hours planned for them.';
COMMENT ON COLUMN vision.coverage.hours_with_path IS 'Of these, those of work with a path.';
COMMENT ON COLUMN vision.coverage.share_of_hours IS 'hours_with_path / hours; null: no hours are known.';

CREATE TABLE vision.stranded AS
WITH RECURSIVE lost AS (
  SELECT b.look, b.id FROM vision.reach b
  JOIN vision.standing s ON s.look = -b.look AND s.id = b.id AND s.state = 'holds'
  ANTI JOIN vision.reach a ON a.look = -b.look AND a.id = b.id
  WHERE b.look < 0
),
under(look, id, dropped) AS (
  SELECT t.look, l.node, t.id
  FROM vision.standing t JOIN vision.look k ON k.look = -t.look JOIN vision.standing b ON b.look = k.look AND b.id = t.id AND b.state = 'holds'
  JOIN vision.link l ON l.serves = t.id AND l.since <= k.number SEMI JOIN lost x ON x.look = k.look AND x.id = l.node
  WHERE t.look > 0 AND t.state = 'dropped'
  UNION
  SELECT u.look, l.node, u.dropped
  FROM under u JOIN vision.look k ON k.look = -u.look JOIN vision.link l ON l.serves = u.id AND l.since <= k.number
  SEMI JOIN lost x ON x.look = k.look AND x.id = l.node
),
because AS (SELECT look, id, list_sort(list(dropped)) AS dropped FROM under GROUP BY look, id)
SELECT v.number AS version, v.day, v.published, n.id AS node, n.kind, n.title, n.owner, because.dropped,
  r.id IS NOT NULL AS has_path_now, n.state, list_sort(list_concat(v.events, n.events)) AS events
FROM lost x JOIN vision.version v ON v.number = -x.look JOIN vision.node n ON n.id = x.id
LEFT JOIN because ON because.look = v.number AND because.id = x.id
LEFT JOIN vision.reach r ON r.look = 0 AND r.id = x.id;
COMMENT ON TABLE vision.stranded IS 'What each version strands: nodes that it keeps, that had a path to the top in the version before, and have none in it. A version to come is shown, too.';
COMMENT ON COLUMN vision.stranded.version IS 'The version.';
COMMENT ON COLUMN vision.stranded.day IS 'Its day.';
COMMENT ON COLUMN vision.stranded.published IS 'Whether that day has come.';
COMMENT ON COLUMN vision.stranded.node IS 'The node that loses its path.';
COMMENT ON COLUMN vision.stranded.kind IS 'Its kind.';
COMMENT ON COLUMN vision.stranded.title IS 'What it says.';
COMMENT ON COLUMN vision.stranded.owner IS 'The microsystem whose it is.';
COMMENT ON COLUMN vision.stranded.dropped IS 'What the version drops that it served, directly or through others that are stranded, too.';
COMMENT ON COLUMN vision.stranded.has_path_now IS 'Whether it has a path now.';
COMMENT ON COLUMN vision.stranded.state IS 'How it stands now: holds, retired, dropped or planned.';
COMMENT ON COLUMN vision.stranded.events IS 'The events that say the version and the node: stream/partition/offset.';

CREATE TABLE vision.predated AS
SELECT n.id AS node, n.title, n.owner, n.started, v.number AS version, v.day, v.day - n.started AS days, list_sort(list_concat(n.events, v.events)) AS events
FROM vision.node n JOIN vision.version v ON v.number = n.since
WHERE n.kind = 'work' AND n.started < v.day;
COMMENT ON TABLE vision.predated IS 'Work that began before the version of the vision that it says it belongs to: the vision may have been fitted to the work.';
COMMENT ON COLUMN vision.predated.node IS 'The work.';
COMMENT ON COLUMN vision.predated.title IS 'What it is.';
COMMENT ON COLUMN vision.predated.owner IS 'The microsystem whose it is.';
COMMENT ON COLUMN vision.predated.started IS 'The day on which it began.';
COMMENT ON COLUMN vision.predated.version IS 'The version.';
COMMENT ON COLUMN vision.predated.day IS 'The day of the version.';
COMMENT ON COLUMN vision.predated.days IS 'How many days the work is older.';
COMMENT ON COLUMN vision.predated.events IS 'The events that say the work and the version: stream/partition/offset.';
