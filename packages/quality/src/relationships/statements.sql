-- What quality means in my role: when it was confirmed. What is told of others is as it stood when the last month was over.

CREATE VIEW relationships.role_statement_state AS
WITH latest AS (
  SELECT r.id AS statement, arg_max(r.microsystem, r.confirmed) AS microsystem, arg_max(r.role, r.confirmed) AS role, max(r.confirmed) AS confirmed,
    max(r.confirmed) FILTER (r.confirmed < date_trunc('month', k.day)) AS confirmed_then,
    list_sort(list('role-statement/' || r._partition || '/' || r._offset)) AS events
  FROM current.role_statement r JOIN plimsoll.clock k ON r.confirmed <= k.day GROUP BY r.id, k.day
)
SELECT l.statement, l.microsystem, l.role, l.confirmed, CASE WHEN l.confirmed + to_months(v.confirm_months) < k.day THEN 'unconfirmed' ELSE 'confirmed' END AS state,
  CASE WHEN l.confirmed_then + to_months(v.confirm_months) < date_trunc('month', k.day) THEN 'unconfirmed' WHEN l.confirmed_then IS NOT NULL THEN 'confirmed' END AS state_then,
  l.events
FROM latest l JOIN plimsoll.microsystem u ON u.id = l.microsystem CROSS JOIN plimsoll.clock k CROSS JOIN relationships.value v;

CREATE VIEW relationships.role_statement AS
WITH own AS (SELECT * FROM relationships.role_statement_state WHERE state_then IS NOT NULL),
part AS (
  SELECT 'all' AS part, NULL AS name, state_then FROM own
  UNION ALL SELECT 'unit', microsystem, state_then FROM own
  UNION ALL SELECT 'role', role, state_then FROM own
),
summed AS (
  SELECT p.part, p.name, v.least, count(*) AS statements, count(*) FILTER (p.state_then = 'confirmed') AS confirmed
  FROM part p CROSS JOIN relationships.value v GROUP BY p.part, p.name, v.least
),
shown AS (
  SELECT *, part = 'all' AND statements >= least AND (confirmed = 0 OR confirmed >= least) AND (confirmed = statements OR statements - confirmed >= least) AS shown FROM summed
)
SELECT date_trunc('month', k.day)::DATE AS before, s.part, CASE WHEN s.part = 'unit' THEN s.name END AS microsystem, CASE WHEN s.part = 'role' THEN s.name END AS role,
  CASE WHEN s.shown THEN s.statements END AS statements, CASE WHEN s.shown THEN s.confirmed END AS confirmed,
  CASE WHEN s.shown THEN s.confirmed / s.statements END AS share,
  CASE WHEN s.shown THEN stats.wilson(s.confirmed, s.statements).low END AS low, CASE WHEN s.shown THEN stats.wilson(s.confirmed, s.statements).high END AS high,
  -- A half of at least twice `least`: on either side there is room for `least`.
  CASE WHEN s.statements < 2 * s.least THEN NULL WHEN 2 * s.confirmed >= s.statements THEN 'at least half are confirmed' ELSE 'fewer than half are confirmed' END AS verdict
FROM shown s CROSS JOIN plimsoll.clock k WHERE s.part = 'all' OR s.statements >= s.least;
COMMENT ON VIEW relationships.role_statement IS 'What quality means in my role: how many statements their holders have confirmed within as many months as the setting confirm-months says (12, unless it says otherwise), as it stood when the last month was over.';
COMMENT ON COLUMN relationships.role_statement.before IS 'The day before which it stood so: the first of the month.';
COMMENT ON COLUMN relationships.role_statement.part IS 'all statements, those of one unit, or those of one role.';
COMMENT ON COLUMN relationships.role_statement.microsystem IS 'Of a row of one unit: which. Units with fewer statements than the setting least says have no row.';
COMMENT ON COLUMN relationships.role_statement.role IS 'Of a row of one role group: which.';
COMMENT ON COLUMN relationships.role_statement.statements IS 'How many statements there are; of all only. Null, here and in the next columns: hidden.';
COMMENT ON COLUMN relationships.role_statement.confirmed IS 'Of these, those that are confirmed.';
COMMENT ON COLUMN relationships.role_statement.share IS 'confirmed / statements, from 0 to 1.';
COMMENT ON COLUMN relationships.role_statement.low IS 'The lower 95 % limit of the share (Wilson).';
COMMENT ON COLUMN relationships.role_statement.high IS 'The upper 95 % limit.';
COMMENT ON COLUMN relationships.role_statement.verdict IS 'Whether at least half of them are confirmed. Null: fewer than twice the setting least.';
