/**
 * The macro `vision.line_of_sight('id')`: everything that a node serves (`up`) and everything that serves it (`down`),
 * each node once a direction with its least distance, and `via`, the nodes one step nearer that it hangs on. A line goes
 * on through nodes that hold only; one that is retired, dropped or planned ends it, and is shown as its end.
 *
 * `links` and `nodes` name the relations, for a reader who has attached the file under a name: a macro cannot see its
 * neighbours there.
 */
export const lineOfSightSql = `CREATE OR REPLACE MACRO vision.line_of_sight(asked, links := 'vision.link', nodes := 'vision.node') AS TABLE
WITH RECURSIVE link AS (SELECT node, serves, state, serves_state FROM query_table(links) WHERE link_state <> 'planned'),
up(node, distance) AS (
  SELECT asked::VARCHAR, 0
  UNION
  SELECT l.serves, u.distance + 1 FROM up u JOIN link l ON l.node = u.node WHERE u.distance = 0 OR l.state = 'holds'
),
down(node, distance) AS (
  SELECT asked::VARCHAR, 0
  UNION
  SELECT l.node, d.distance + 1 FROM down d JOIN link l ON l.serves = d.node WHERE d.distance = 0 OR l.serves_state = 'holds'
),
nearest_up AS (SELECT node, min(distance) AS distance FROM up GROUP BY node),
nearest_down AS (SELECT node, min(distance) AS distance FROM down GROUP BY node),
line AS (
  SELECT 'up' AS direction, n.node, n.distance, list_sort(list(l.node)) AS via
  FROM nearest_up n JOIN link l ON l.serves = n.node JOIN nearest_up b ON b.node = l.node AND n.distance - b.distance = 1
  WHERE b.distance = 0 OR l.state = 'holds' GROUP BY n.node, n.distance
  UNION ALL
  SELECT 'down', n.node, n.distance, list_sort(list(l.serves))
  FROM nearest_down n JOIN link l ON l.node = n.node JOIN nearest_down b ON b.node = l.serves AND n.distance - b.distance = 1
  WHERE b.distance = 0 OR l.serves_state = 'holds' GROUP BY n.node, n.distance
)
SELECT l.direction, l.distance, l.node, o.kind, o.title, o.owner, o.state, l.via FROM line l JOIN query_table(nodes) o ON o.id = l.node`
