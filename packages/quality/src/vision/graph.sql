-- What may serve what: as in kind.ts, which a test holds this to.
CREATE VIEW vision.may_serve AS
SELECT * FROM (VALUES
  ('vision', 'purpose'), ('vision', 'vision'), ('aim', 'vision'), ('aim', 'aim'), ('goal', 'aim'), ('goal', 'goal'),
  ('goal', 'need'), ('measure', 'aim'), ('measure', 'goal'), ('work', 'goal'), ('work', 'measure'), ('work', 'work')
) AS pair(kind, serves_kind);

-- Links that a look at both ends lets through, in the order in which they count: by version, day and ids, so by
-- what they say and not by when they came.
CREATE TABLE vision.fit AS
SELECT l.node, l.serves, n.kind = s.kind AS alike, row_number() OVER (ORDER BY l.since, l.day, l.node, l.serves) AS place
FROM current.vision_link l
JOIN current.vision_node n ON n.id = l.node
JOIN current.vision_node s ON s.id = l.serves
SEMI JOIN vision.may_serve m ON m.kind = n.kind AND m.serves_kind = s.kind
WHERE l.node <> l.serves;

-- A circle stays within one kind. Peeled from below, then from above, until nothing more comes off: what is left of a graph
-- without circles is nothing.
CREATE TABLE vision.circling AS
WITH RECURSIVE alike AS MATERIALIZED (SELECT node, serves, place FROM vision.fit WHERE alike),
ends AS (SELECT node FROM alike UNION SELECT serves FROM alike),
upward(node, waits) USING KEY (node) AS (
  SELECT e.node, count(a.node) FROM ends e LEFT JOIN alike a ON a.serves = e.node GROUP BY e.node
  UNION
  SELECT a.serves, r.waits - count(*)
  FROM upward u JOIN alike a ON a.node = u.node JOIN recurring.upward r ON r.node = a.serves
  WHERE u.waits = 0 GROUP BY a.serves, r.waits
),
rest AS MATERIALIZED (
  SELECT a.node, a.serves, a.place FROM alike a
  SEMI JOIN (SELECT node FROM upward WHERE waits > 0) n ON n.node = a.node
  SEMI JOIN (SELECT node FROM upward WHERE waits > 0) s ON s.node = a.serves
),
rest_ends AS (SELECT node FROM rest UNION SELECT serves FROM rest),
downward(node, waits) USING KEY (node) AS (
  SELECT e.node, count(a.serves) FROM rest_ends e LEFT JOIN rest a ON a.node = e.node GROUP BY e.node
  UNION
  SELECT a.node, r.waits - count(*)
  FROM downward d JOIN rest a ON a.serves = d.node JOIN recurring.downward r ON r.node = a.node
  WHERE d.waits = 0 GROUP BY a.node, r.waits
)
SELECT r.node, r.serves, r.place FROM rest r
SEMI JOIN (SELECT node FROM downward WHERE waits > 0) n ON n.node = r.node
SEMI JOIN (SELECT node FROM downward WHERE waits > 0) s ON s.node = r.serves;

-- Of every circle the last link is refused: the one from whose upper end earlier links alone lead back to its lower end.
-- That asks of each link for itself, so beyond 1,000 all of them are refused.
CREATE TABLE vision.circle AS
WITH RECURSIVE few AS MATERIALIZED (SELECT node, serves, place FROM vision.circling WHERE (SELECT count(*) FROM vision.circling) <= 1000),
seen(link, home, node, came_from, steps) USING KEY (link, node) AS (
  SELECT place, node, serves, NULL::VARCHAR, 0 FROM few
  UNION
  SELECT s.link, s.home, f.serves, min(s.node), s.steps + 1
  FROM seen s JOIN few f ON f.node = s.node AND f.place < s.link
  LEFT JOIN recurring.seen r ON r.link = s.link AND r.node = f.serves
  WHERE r.node IS NULL AND s.node <> s.home
  GROUP BY s.link, s.home, f.serves, s.steps
),
way(link, node, steps, path) AS (
  SELECT link, came_from, steps, [node] FROM seen WHERE node = home
  UNION ALL
  SELECT w.link, s.came_from, s.steps, list_prepend(s.node, w.path)
  FROM way w JOIN seen s ON s.link = w.link AND s.node = w.node
)
SELECT f.node, f.serves, list_prepend(f.node, w.path) AS path FROM way w JOIN few f ON f.place = w.link WHERE w.node IS NULL
UNION ALL
SELECT node, serves, NULL FROM vision.circling WHERE (SELECT count(*) FROM vision.circling) > 1000;

CREATE TABLE vision.version AS
SELECT v.number, v.day, coalesce(v.day <= c.day, false) AS published,
  coalesce(v.number = max(v.number) FILTER (WHERE v.day <= c.day) OVER (), false) AS current,
  max(v.day) OVER (ORDER BY v.number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) > v.day IS TRUE AS out_of_order,
  from_json(v.drops, '["VARCHAR"]') AS drops, from_json(v.holds, '["VARCHAR"]') AS holds,
  ['vision-version/' || v._partition || '/' || v._offset] AS events
FROM current.vision_version v LEFT JOIN plimsoll.clock c ON true;
COMMENT ON TABLE vision.version IS 'The versions of the vision.';
COMMENT ON COLUMN vision.version.number IS 'The number.';
COMMENT ON COLUMN vision.version.day IS 'The day on which it is published.';
COMMENT ON COLUMN vision.version.published IS 'Whether that day has come.';
COMMENT ON COLUMN vision.version.current IS 'Whether it is the one that holds now: the highest number that is published.';
COMMENT ON COLUMN vision.version.out_of_order IS 'Whether a lower number has a later day: one of the two is wrong.';
COMMENT ON COLUMN vision.version.drops IS 'The nodes that it drops.';
COMMENT ON COLUMN vision.version.holds IS 'The nodes that it takes up again.';
COMMENT ON COLUMN vision.version.events IS 'The event that says so: stream/partition/offset.';

-- The graphs that are looked at: 0 is now; of a version that drops something, -number is the graph before it and
-- number the graph after it, on its day.
CREATE VIEW vision.look AS
SELECT 0 AS look, coalesce(max(number) FILTER (WHERE current), 1) AS number, NULL::DATE AS day FROM vision.version
UNION ALL
SELECT side * v.number, CASE side WHEN 1 THEN v.number ELSE v.before END, v.day
FROM (SELECT number, day, drops, lag(number) OVER (ORDER BY number) AS before FROM vision.version) v, (VALUES (1), (-1)) AS sides(side)
WHERE len(v.drops) > 0 AND v.before IS NOT NULL;

CREATE VIEW vision.mention AS
SELECT unnest(drops) AS node, number, true AS dropped FROM vision.version
UNION ALL
SELECT unnest(holds), number, false FROM vision.version;

-- How each node stands in each of these graphs. Who was retired on the day of a version or later was there when it came.
CREATE TABLE vision.standing AS
WITH last_word AS (
  SELECT k.look, n.id, arg_max(m.dropped, m.number) AS dropped
  FROM vision.look k JOIN vision.mention m ON m.number <= k.number JOIN current.vision_node n ON n.id = m.node AND m.number >= n.since
  GROUP BY k.look, n.id
)
SELECT k.look, n.id, n.kind,
  CASE WHEN n.since > k.number THEN 'planned'
    WHEN n.status = 'retired' AND (k.day IS NULL OR n.day < k.day) THEN 'retired'
    WHEN coalesce(w.dropped, false) THEN 'dropped' ELSE 'holds' END AS state
FROM vision.look k CROSS JOIN current.vision_node n LEFT JOIN last_word w ON w.look = k.look AND w.id = n.id;

CREATE TABLE vision.link AS
SELECT l.node, l.serves, n.kind, s.kind AS serves_kind, l.relation, l.answers, l.since, n.state, s.state AS serves_state,
  CASE WHEN l.since > k.number THEN 'planned' WHEN n.state = 'holds' AND s.state = 'holds' THEN 'holds' ELSE 'broken' END AS link_state,
  'vision-link/' || l._partition || '/' || l._offset AS event
FROM current.vision_link l
SEMI JOIN vision.fit f ON f.node = l.node AND f.serves = l.serves
ANTI JOIN vision.circle c ON c.node = l.node AND c.serves = l.serves
JOIN vision.standing n ON n.look = 0 AND n.id = l.node
JOIN vision.standing s ON s.look = 0 AND s.id = l.serves
JOIN vision.look k ON k.look = 0;
COMMENT ON TABLE vision.link IS 'What serves what: every link that fits. Together they have no circle.';
COMMENT ON COLUMN vision.link.node IS 'The node that serves.';
COMMENT ON COLUMN vision.link.serves IS 'The node that it serves.';
COMMENT ON COLUMN vision.link.kind IS 'The kind of the node that serves.';
COMMENT ON COLUMN vision.link.serves_kind IS 'The kind of the node that it serves.';
COMMENT ON COLUMN vision.link.relation IS 'strong or weak.';
COMMENT ON COLUMN vision.link.answers IS 'Of a link to a need: presenting, underlying or both; null: not said.';
COMMENT ON COLUMN vision.link.since IS 'The version of the vision from which it is part of the graph.';
COMMENT ON COLUMN vision.link.state IS 'How the node that serves stands: holds, retired, dropped or planned.';
COMMENT ON COLUMN vision.link.serves_state IS 'How the node that it serves stands.';
COMMENT ON COLUMN vision.link.link_state IS 'holds; planned, for a version to come; or broken, where one of its ends does not hold.';
COMMENT ON COLUMN vision.link.event IS 'The event that says so: stream/partition/offset.';

CREATE TABLE vision.refused AS
WITH judged AS (
  SELECT l.node, l.serves, n.kind, s.kind AS serves_kind, c.path,
    CASE WHEN n.id IS NULL OR s.id IS NULL THEN 'unknown-node'
      WHEN l.node = l.serves THEN 'circle'
      WHEN m.kind IS NULL THEN 'wrong-kind'
      WHEN c.node IS NOT NULL AND c.path IS NULL THEN 'too-many-circles'
      WHEN c.node IS NOT NULL THEN 'circle' END AS reason,
    list_filter([n.id, s.id], lambda x: x IS NOT NULL) AS known,
    ['vision-link/' || l._partition || '/' || l._offset] AS events
  FROM current.vision_link l
  LEFT JOIN current.vision_node n ON n.id = l.node
  LEFT JOIN current.vision_node s ON s.id = l.serves
  LEFT JOIN vision.may_serve m ON m.kind = n.kind AND m.serves_kind = s.kind
  LEFT JOIN vision.circle c ON c.node = l.node AND c.serves = l.serves
)
SELECT node, serves, kind, serves_kind, reason,
  CASE WHEN reason <> 'circle' THEN NULL WHEN node = serves THEN [node, node] ELSE path END AS path,
  CASE reason
    WHEN 'unknown-node' THEN 'nobody has told of ' || array_to_string(list_filter(list_distinct([node, serves]), lambda x: NOT list_contains(known, x)), ' and ')
    WHEN 'wrong-kind' THEN kind || ' "' || node || '" cannot serve ' || serves_kind || ' "' || serves || '"'
    WHEN 'circle' THEN 'it closes a circle: ' || array_to_string(CASE WHEN node = serves THEN [node, node] ELSE path END, ' → ')
    ELSE 'more than 1,000 links are on circles or between them; all of these are left out' END AS words,
  events
FROM judged WHERE reason IS NOT NULL;
COMMENT ON TABLE vision.refused IS 'Links that do not fit, and why. Nothing else rests on them.';
COMMENT ON COLUMN vision.refused.node IS 'The node that would serve.';
COMMENT ON COLUMN vision.refused.serves IS 'The node that it would serve.';
COMMENT ON COLUMN vision.refused.kind IS 'The kind of the node that would serve; null: nobody has told of it.';
COMMENT ON COLUMN vision.refused.serves_kind IS 'The kind of the node that it would serve; null: nobody has told of it.';
COMMENT ON COLUMN vision.refused.reason IS 'unknown-node: it waits until both are told of; wrong-kind; circle: it is the last link of a circle, by version, day and ids; too-many-circles.';
COMMENT ON COLUMN vision.refused.path IS 'The circle, from the node that would serve back to it.';
COMMENT ON COLUMN vision.refused.words IS 'The reason in words.';
COMMENT ON COLUMN vision.refused.events IS 'The event that says the link: stream/partition/offset.';
