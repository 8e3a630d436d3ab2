-- Who takes part, by role group. A group is counted where the headcount knows it; a cell never has more people than it has.

CREATE VIEW relationships.quarter AS
SELECT unnest(generate_series((date_trunc('quarter', day) - INTERVAL 24 MONTH), (date_trunc('quarter', day) - INTERVAL 3 MONTH), INTERVAL 3 MONTH))::DATE AS quarter FROM plimsoll.clock;

CREATE VIEW relationships.participation_cell AS
WITH brought AS (
  SELECT quarter, microsystem, role, count(*) AS contributions, count(*) FILTER (first_in_quarter IS DISTINCT FROM false) AS people,
    bool_or(first_in_quarter IS NULL) AS at_most, list_sort(flatten(list(events))) AS events
  FROM relationships.counted WHERE quarter_over GROUP BY quarter, microsystem, role
)
SELECT q.quarter, h.microsystem, h.role, h.people AS headcount, coalesce(b.contributions, 0) AS contributions, least(coalesce(b.people, 0), h.people) AS people,
  coalesce(b.at_most OR b.people > h.people, false) AS at_most,
  list_sort(list_concat(['headcount/' || h._partition || '/' || h._offset], b.events)) AS events
FROM current.headcount h JOIN plimsoll.microsystem u ON u.id = h.microsystem CROSS JOIN relationships.quarter q
LEFT JOIN brought b ON b.quarter = q.quarter AND b.microsystem = h.microsystem AND b.role = h.role
WHERE h.people > 0 AND q.quarter >= (SELECT min(quarter) FROM brought);

-- A set of people can be told of where they are `least` or more, and of those who took part, and who did not, there is none, or `least` or more.
CREATE VIEW relationships.participation_group AS
WITH grouped AS (
  SELECT quarter, role, sum(headcount)::BIGINT AS headcount, sum(people)::BIGINT AS people, sum(contributions)::BIGINT AS contributions,
    bool_or(at_most) AS at_most, list_sort(flatten(list(events))) AS events
  FROM relationships.participation_cell GROUP BY quarter, role
),
fitted AS (
  SELECT g.*, v.least, headcount >= v.least AND (people = 0 OR people >= v.least) AND (people = headcount OR headcount - people >= v.least) AS fit
  FROM grouped g CROSS JOIN relationships.value v
),
-- Of those that could be told of, the smallest are left out until what is left out can be told of as one.
tried AS (
  SELECT quarter, least, 0 AS left_out, coalesce(sum(headcount) FILTER (NOT fit), 0)::BIGINT AS headcount, coalesce(sum(people) FILTER (NOT fit), 0)::BIGINT AS people
  FROM fitted GROUP BY quarter, least
  UNION ALL
  SELECT f.quarter, f.least, row_number() OVER next, (sum(f.headcount) OVER next + n.headcount)::BIGINT, (sum(f.people) OVER next + n.people)::BIGINT
  FROM fitted f JOIN (
    SELECT quarter, coalesce(sum(headcount) FILTER (NOT fit), 0) AS headcount, coalesce(sum(people) FILTER (NOT fit), 0) AS people FROM fitted GROUP BY quarter
  ) n USING (quarter)
  WHERE f.fit AND f.people > 0 WINDOW next AS (PARTITION BY f.quarter ORDER BY f.headcount, f.role ROWS UNBOUNDED PRECEDING)
),
chosen AS (
  SELECT quarter, min(left_out) AS left_out FROM tried
  -- Whoever knows this rule knows that each of those left out for others has `least`: the others must have room for as many.
  WHERE headcount = 0 OR (headcount >= least AND (people = 0 OR people >= (left_out + 1) * least) AND (people = headcount OR headcount - people >= (left_out + 1) * least))
  GROUP BY quarter
),
placed AS (
  SELECT f.*, c.left_out IS NOT NULL AS total_shown,
    c.left_out IS NOT NULL AND f.fit
      AND (f.people = 0 OR row_number() OVER (PARTITION BY f.quarter, f.fit AND f.people > 0 ORDER BY f.headcount, f.role) > c.left_out) AS shown,
    first(f.role) OVER large AS reference, first(f.headcount) OVER large AS reference_headcount, first(f.people) OVER large AS reference_people,
    least(greatest(f.people, f.least), f.headcount - f.least) AS at_least
  FROM fitted f LEFT JOIN chosen c USING (quarter)
  WINDOW large AS (PARTITION BY f.quarter ORDER BY f.headcount DESC, f.role)
),
measured AS (
  SELECT *, CASE WHEN role <> reference THEN stats.newcombe(people, headcount, reference_people, reference_headcount) END AS d,
    CASE WHEN shown THEN stats.newcombe(people, headcount, reference_people, reference_headcount)
      WHEN headcount >= 2 * least
      THEN stats.newcombe(at_least, headcount, least(greatest(reference_people + people - at_least, 0), reference_headcount), reference_headcount) END AS l
  FROM placed
)
SELECT quarter, role, headcount, people, contributions, at_most, fit, shown, total_shown, reference, d.difference AS difference, d.low AS low, d.high AS high,
  CASE WHEN d.high < 0 AND l.high < 0 THEN 'lower' WHEN d.low > 0 AND l.low > 0 THEN 'higher'
    WHEN d.low <= 0 AND d.high >= 0 AND l.low <= 0 AND l.high >= 0 THEN 'no difference can be told' END AS verdict,
  events
FROM measured;

CREATE VIEW relationships.participation AS
WITH held AS (SELECT quarter, role AS reference, shown AS reference_shown FROM relationships.participation_group),
summed AS (
  SELECT quarter, 'all' AS part, sum(headcount)::BIGINT AS headcount, sum(people)::BIGINT AS people, bool_or(at_most) AS at_most, bool_and(total_shown) AS shown
  FROM relationships.participation_group GROUP BY quarter
  UNION ALL
  SELECT quarter, 'rest', sum(headcount)::BIGINT, sum(people)::BIGINT, bool_or(at_most), bool_and(total_shown)
  FROM relationships.participation_group WHERE NOT shown GROUP BY quarter
),
line AS (
  SELECT quarter, part, NULL AS role, headcount, people, at_most, shown, NULL AS reference, NULL AS difference, NULL AS difference_low, NULL AS difference_high, NULL AS verdict FROM summed
  UNION ALL
  SELECT g.quarter, 'role', g.role, g.headcount, g.people, g.at_most, g.shown, CASE WHEN g.role <> g.reference THEN g.reference END,
    CASE WHEN h.reference_shown THEN g.difference END, CASE WHEN h.reference_shown THEN g.low END, CASE WHEN h.reference_shown THEN g.high END, g.verdict
  FROM relationships.participation_group g JOIN held h USING (quarter, reference)
)
SELECT quarter, part, role, CASE WHEN shown THEN headcount END AS headcount, CASE WHEN shown THEN people END AS people,
  CASE WHEN shown THEN at_most END AS at_most, CASE WHEN shown THEN people / headcount END AS share,
  CASE WHEN shown THEN stats.wilson(people, headcount).low END AS low, CASE WHEN shown THEN stats.wilson(people, headcount).high END AS high,
  reference, CASE WHEN shown THEN difference END AS difference, CASE WHEN shown THEN difference_low END AS difference_low,
  CASE WHEN shown THEN difference_high END AS difference_high, verdict,
  CASE verdict WHEN 'lower' THEN 'lower than ' || reference WHEN 'higher' THEN 'higher than ' || reference
    WHEN 'no difference can be told' THEN 'no difference to ' || reference || ' can be told' END AS words, NOT shown AS hidden
FROM line;
COMMENT ON VIEW relationships.participation IS 'How many people of each role group brought something, against the headcount: by quarter, of the last eight that are over. Where a number of people could be told apart the verdict is told and no number, and so are those of as many other groups as it takes.';
COMMENT ON COLUMN relationships.participation.quarter IS 'The first day of the quarter.';
COMMENT ON COLUMN relationships.participation.part IS 'all people, one role group, or the rest: the groups that are hidden, together.';
COMMENT ON COLUMN relationships.participation.role IS 'Of a row of one role group: which.';
COMMENT ON COLUMN relationships.participation.headcount IS 'How many people there are, as told last. Null, here and in the next columns: hidden.';
COMMENT ON COLUMN relationships.participation.people IS 'Of these, how many brought something: ideas, concerns, thanks and reviews.';
COMMENT ON COLUMN relationships.participation.at_most IS 'Whether some contributions do not say if they are the first of their contributor, so that people are no more than this.';
COMMENT ON COLUMN relationships.participation.share IS 'people / headcount, from 0 to 1.';
COMMENT ON COLUMN relationships.participation.low IS 'The lower 95 % limit of the share (Wilson).';
COMMENT ON COLUMN relationships.participation.high IS 'The upper 95 % limit.';
COMMENT ON COLUMN relationships.participation.reference IS 'The role group that it is held against: the largest. Null: it is that group, or no group.';
COMMENT ON COLUMN relationships.participation.difference IS 'The share less that of the reference. Null: either is hidden.';
COMMENT ON COLUMN relationships.participation.difference_low IS 'The lower 95 % limit of the difference (Newcombe).';
COMMENT ON COLUMN relationships.participation.difference_high IS 'The upper 95 % limit.';
COMMENT ON COLUMN relationships.participation.verdict IS 'lower, higher, or no difference can be told. Null: it is the reference, or it cannot be told without telling of a few.';
COMMENT ON COLUMN relationships.participation.words IS 'The verdict in words.';
COMMENT ON COLUMN relationships.participation.hidden IS 'Whether the numbers are hidden.';

CREATE VIEW relationships.unheard AS
WITH latest AS (SELECT max(quarter) AS quarter FROM relationships.quarter),
any_group AS (
  SELECT 'role' AS kind, h.role AS name, sum(h.people) AS people FROM current.headcount h JOIN plimsoll.microsystem u ON u.id = h.microsystem GROUP BY h.role
  UNION ALL
  SELECT 'unit', h.microsystem, sum(h.people) FROM current.headcount h JOIN plimsoll.microsystem u ON u.id = h.microsystem GROUP BY h.microsystem
),
heard AS (
  SELECT 'role' AS kind, role AS name, max(quarter) AS quarter FROM relationships.counted WHERE quarter_over GROUP BY role
  UNION ALL
  SELECT 'unit', microsystem, max(quarter) FROM relationships.counted WHERE quarter_over GROUP BY microsystem
)
SELECT g.kind, CASE g.kind WHEN 'role' THEN g.name END AS role, CASE g.kind WHEN 'unit' THEN g.name END AS microsystem, l.quarter, h.quarter AS last_heard
FROM any_group g CROSS JOIN latest l CROSS JOIN relationships.value v LEFT JOIN heard h USING (kind, name)
WHERE g.people >= v.least AND (h.quarter IS NULL OR h.quarter < l.quarter) AND EXISTS (FROM heard);
COMMENT ON VIEW relationships.unheard IS 'Groups not heard from: role groups, and units, of as many people as the setting least says or more, that brought nothing in the last quarter that is over. Empty where nobody has brought anything yet.';
COMMENT ON COLUMN relationships.unheard.kind IS 'role or unit.';
COMMENT ON COLUMN relationships.unheard.role IS 'The role group, of all units together.';
COMMENT ON COLUMN relationships.unheard.microsystem IS 'The unit, all its role groups together.';
COMMENT ON COLUMN relationships.unheard.quarter IS 'The first day of the quarter.';
COMMENT ON COLUMN relationships.unheard.last_heard IS 'The quarter in which it was heard last; null: never.';
