-- Counts of what people did, by closed periods: what reviews found, what was done and at whom it was aimed, what leaders kept.
-- One rule releases them all: see Small numbers in README.md.

CREATE VIEW culture.act AS
SELECT r.microsystem, a.agreed AS day, a.aim, coalesce(k.strength, 'not-classed') AS strength, false AS told_elsewhere,
  ['review-action/' || a._partition || '/' || a._offset, 'incident-review/' || r._partition || '/' || r._offset] AS events
FROM current.review_action a JOIN current.incident_review r ON r.id = a.review JOIN plimsoll.microsystem u ON u.id = r.microsystem
LEFT JOIN current.action_kind k ON k.id = a.kind
UNION ALL
-- Answers to signals stand one by one in control.response.
SELECT r.microsystem, (r."at" AT TIME ZONE 'UTC')::DATE, r.action_aim, r.action_class, true, ['signal-response/' || r._partition || '/' || r._offset]
FROM current.signal_response r JOIN plimsoll.signal s ON s.signal = r.signal AND s.microsystem = r.microsystem
JOIN plimsoll.microsystem u ON u.id = r.microsystem
WHERE r.kind = 'act';

CREATE VIEW culture.tally_said AS
WITH setting AS (SELECT max(value) FILTER (id = 'tally-period') AS length FROM current.culture_setting),
dated AS (
  SELECT 'act' AS base, 'aim' AS family, microsystem AS owner, day, aim AS mark, told_elsewhere, events FROM culture.act
  UNION ALL SELECT 'act', 'strength', microsystem, day, strength, told_elsewhere, events FROM culture.act
  UNION ALL
  SELECT 'review', 'factor', r.microsystem, r.day,
    CASE WHEN r.system_factors::VARCHAR <> '[]' AND r.individual_factors::VARCHAR <> '[]' THEN 'both' WHEN r.system_factors::VARCHAR <> '[]' THEN 'system'
      WHEN r.individual_factors::VARCHAR <> '[]' THEN 'individual' ELSE 'none' END,
    false, ['incident-review/' || r._partition || '/' || r._offset]
  FROM current.incident_review r JOIN plimsoll.microsystem u ON u.id = r.microsystem
  UNION ALL
  -- As it stood when the period was over: told once, it does not move.
  SELECT 'promise', 'promise', p.leadership_team, p.due,
    CASE WHEN p.kept <= p.due THEN 'on-time' WHEN p.kept < date_trunc(s.length, p.due) + CASE s.length WHEN 'year' THEN INTERVAL 1 YEAR ELSE INTERVAL 3 MONTH END THEN 'late' ELSE 'not-kept' END,
    false, ['promise/' || p._partition || '/' || p._offset]
  FROM current.promise p JOIN plimsoll.microsystem u ON u.id = p.microsystem, setting s
)
SELECT d.*, date_trunc(s.length, d.day)::DATE AS period FROM dated d, setting s;

-- Every mark of every owner in each of the last eight periods that are over: nobody and a few look the same, and what is left of a sum can be looked at, too.
CREATE VIEW culture.tally_cell AS
WITH length AS (SELECT CASE max(value) FILTER (id = 'tally-period') WHEN 'year' THEN 12 ELSE 3 END AS months, max(value) FILTER (id = 'tally-period') AS word FROM current.culture_setting),
span AS (SELECT (date_trunc(l.word, c.day) - to_months(unnest(range(1, 9))::INTEGER * l.months))::DATE AS period FROM plimsoll.clock c, length l),
mark AS (
  SELECT base, family, unnest(marks) AS mark FROM (VALUES ('act', 'aim', ['person', 'process']), ('act', 'strength', ['strong', 'intermediate', 'weak', 'not-classed']),
    ('review', 'factor', ['system', 'individual', 'both', 'none']), ('promise', 'promise', ['on-time', 'late', 'not-kept'])) AS f(base, family, marks)),
cell AS (SELECT DISTINCT base, owner FROM culture.tally_said),
counted AS (
  SELECT family, owner, period, mark, count(*) AS amount, count(*) FILTER (NOT told_elsewhere) AS untold, flatten(list(events)) AS events
  FROM culture.tally_said GROUP BY family, owner, period, mark),
each AS (
  SELECT c.base, m.family, c.owner, s.period, m.mark, coalesce(t.amount, 0)::BIGINT AS amount, coalesce(t.untold, 0)::BIGINT AS untold,
    (sum(coalesce(t.amount, 0)) OVER whole)::BIGINT AS total, flatten(list(coalesce(t.events, [])) OVER whole) AS events
  FROM cell c JOIN mark m ON m.base = c.base CROSS JOIN span s
  LEFT JOIN counted t ON t.family = m.family AND t.owner = c.owner AND t.period = s.period AND t.mark = m.mark
  WINDOW whole AS (PARTITION BY m.family, c.owner, s.period))
-- What counts the same acts twice is hidden together: else the one would tell how many the other has.
SELECT *, bool_or(total < 10 OR amount BETWEEN 1 AND 4 OR untold BETWEEN 1 AND 4) OVER (PARTITION BY base, owner, period) AS small FROM each;

-- What is too small to be told joins one rest; that is told only where none of those in it can take themselves off and see another.
CREATE VIEW culture.tally_rest AS
WITH pooled AS (
  SELECT *, (sum(amount) OVER marked)::BIGINT AS pool, (sum(untold) OVER marked)::BIGINT AS pool_untold, (sum(amount) OVER everything)::BIGINT AS pool_total
  FROM culture.tally_cell WHERE small
  WINDOW marked AS (PARTITION BY family, period, mark), everything AS (PARTITION BY family, period)),
safe AS (
  SELECT base, family, period, mark, any_value(pool) AS amount, any_value(pool_total) AS total,
    bool_and(pool_total >= 10 AND NOT pool BETWEEN 1 AND 4 AND NOT pool_untold BETWEEN 1 AND 4
      AND pool_total - total >= 10 AND NOT pool - amount BETWEEN 1 AND 4 AND NOT pool_untold - untold BETWEEN 1 AND 4) AS safe
  FROM pooled GROUP BY base, family, period, mark)
SELECT family, period, mark, amount, total, bool_and(safe) OVER (PARTITION BY base, period) AS told FROM safe;

CREATE VIEW culture.tally_share AS
WITH part AS (
  SELECT family, period, mark, amount, total, events FROM culture.tally_cell WHERE NOT small
  UNION ALL SELECT family, period, mark, amount, total, [] FROM culture.tally_rest WHERE told),
everything AS (
  SELECT family, period, mark, sum(amount)::BIGINT AS amount, sum(total)::BIGINT AS total, flatten(list(events)) AS events FROM part GROUP BY family, period, mark),
untold AS (SELECT DISTINCT family, period FROM culture.tally_rest WHERE NOT told),
own AS (
  SELECT c.family, c.period, c.mark, 'own' AS scope, c.owner, c.amount, c.total, c.small AS hidden, NULL::BOOLEAN AS complete,
    -- Set beside what is told of the others, so that it tells no more. What is hidden has a verdict only where no sum holds it: the two together could tell.
    CASE WHEN c.small AND (r.told OR c.total < 10 OR e.total IS NULL) THEN NULL ELSE
      CASE WHEN e.total - (NOT c.small)::BIGINT * c.total < 10 THEN 'too few to tell'
        WHEN stats.newcombe(c.amount, c.total, e.amount - (NOT c.small)::BIGINT * c.amount, e.total - (NOT c.small)::BIGINT * c.total).low > 0 THEN 'more than elsewhere'
        WHEN stats.newcombe(c.amount, c.total, e.amount - (NOT c.small)::BIGINT * c.amount, e.total - (NOT c.small)::BIGINT * c.total).high < 0 THEN 'less than elsewhere'
        ELSE 'no difference can be told' END END AS verdict, c.events
  FROM culture.tally_cell c LEFT JOIN everything e ON e.family = c.family AND e.period = c.period AND e.mark = c.mark
  LEFT JOIN culture.tally_rest r ON r.family = c.family AND r.period = c.period AND r.mark = c.mark),
whole AS (
  SELECT c.family, c.period, c.mark, 'all' AS scope, NULL::VARCHAR AS owner, any_value(e.amount) AS amount, any_value(e.total) AS total,
    count(e.amount) = 0 AS hidden, bool_and(u.family IS NULL) AS complete, NULL::VARCHAR AS verdict, coalesce(any_value(e.events), []) AS events
  FROM culture.tally_cell c LEFT JOIN everything e ON e.family = c.family AND e.period = c.period AND e.mark = c.mark
  LEFT JOIN untold u ON u.family = c.family AND u.period = c.period GROUP BY c.family, c.period, c.mark),
shown AS (
  FROM own UNION ALL FROM whole
  UNION ALL SELECT family, period, mark, 'rest', NULL, amount, total, NOT told, NULL, NULL, [] FROM culture.tally_rest)
SELECT family, period, mark, scope, owner, CASE WHEN NOT hidden THEN total END AS total, CASE WHEN NOT hidden THEN amount END AS amount,
  CASE WHEN NOT hidden THEN amount / total END AS share, CASE WHEN NOT hidden THEN stats.wilson(amount, total).low END AS low,
  CASE WHEN NOT hidden THEN stats.wilson(amount, total).high END AS high, hidden, complete, verdict,
  CASE WHEN hidden THEN [] ELSE list_sort(list_distinct(events)) END AS events
FROM shown;
