-- Whether those who take part are like the population. Follows the rules 6 and 7 of README.md.

-- A dimension is used where its groups tell the same kind of number, and shares add up to the whole.
CREATE VIEW codesign.dimension AS
SELECT dimension, count(share) > 0 AND count(people) > 0 AS mixed,
  count(people) = 0 AND abs(list_sum(list(share ORDER BY share)) - 1) > 0.01 AS not_whole,
  sum(people) AS people, coalesce(min(people) < 10, false) AS small,
  list_sort(list('population/' || _partition || '/' || _offset)) AS events
FROM current.population GROUP BY dimension;

CREATE VIEW codesign.population AS
SELECT p.dimension, p."group", coalesce(p.share, p.people / d.people) AS share, d.small, d.events
FROM current.population p JOIN codesign.dimension d ON d.dimension = p.dimension AND NOT d.mixed AND NOT d.not_whole;

-- Staff are there for their work, and are not held against the population.
CREATE VIEW codesign.attending AS
SELECT e.microsystem, e.day, p.dimension, p."group", p.people,
  [e.event, 'engagement-participants/' || p._partition || '/' || p._offset] AS events
FROM current.engagement_participants p JOIN codesign.known_engagement e ON e.id = p.engagement
SEMI JOIN codesign.population g ON g.dimension = p.dimension AND g."group" = p."group"
WHERE p.capacity <> 'staff';

-- The last twelve months that are over; and each calendar year that is over.
CREATE VIEW codesign.span AS
SELECT 'last-12-months' AS span, (date_trunc('month', day) - INTERVAL 12 MONTH)::DATE AS since, date_trunc('month', day)::DATE AS until FROM plimsoll.clock
UNION ALL
SELECT DISTINCT 'year', date_trunc('year', e.day)::DATE, (date_trunc('year', e.day) + INTERVAL 1 YEAR)::DATE
FROM codesign.known_engagement e, plimsoll.clock c WHERE date_trunc('year', e.day) + INTERVAL 1 YEAR <= c.day;

-- The exact figures. They stay inside: what may be told of them is in representation and representation_year.
CREATE VIEW codesign.representation_figure AS
WITH held AS (
  SELECT DISTINCT s.span, s.since, s.until, unnest([e.microsystem, NULL]) AS microsystem
  FROM codesign.span s JOIN codesign.known_engagement e ON e.day >= s.since AND e.day < s.until),
attended AS (
  SELECT s.span, s.since, a.microsystem, a.dimension, a."group", sum(a.people)::BIGINT AS people, flatten(list(a.events)) AS events
  FROM codesign.span s JOIN codesign.attending a ON a.day >= s.since AND a.day < s.until
  GROUP BY GROUPING SETS ((s.span, s.since, a.microsystem, a.dimension, a."group"), (s.span, s.since, a.dimension, a."group"))),
asked AS (
  SELECT h.span, h.since, h.until, h.microsystem, p.dimension, p."group", p.share AS population_share, p.small, coalesce(a.people, 0) AS people,
    list_concat(p.events, coalesce(a.events, [])) AS events
  FROM held h CROSS JOIN codesign.population p
  LEFT JOIN attended a ON a.span = h.span AND a.since = h.since AND a.microsystem IS NOT DISTINCT FROM h.microsystem
    AND a.dimension = p.dimension AND a."group" = p."group"),
summed AS (
  SELECT *, (sum(people) OVER scope)::BIGINT AS participants,
    bool_and(people = 0 OR people >= 10) OVER scope AND NOT small AS large
  FROM asked WINDOW scope AS (PARTITION BY span, since, microsystem, dimension)),
limited AS (
  SELECT *, people / nullif(participants, 0) AS share, stats.wilson(people, participants) AS ends FROM summed)
SELECT span, since, until, microsystem, dimension, "group", people, participants, share, population_share, share / population_share AS ratio,
  ends.low / population_share AS low, ends.high / population_share AS high,
  CASE WHEN participants = 0 THEN 'not-known' WHEN high < 1 THEN 'under-represented' WHEN low > 1 THEN 'over-represented'
    ELSE 'not-told-apart' END AS verdict,
  large AND participants > 0 AS large, list_sort(list_distinct(events)) AS events
FROM limited;

CREATE VIEW codesign.representation AS
SELECT microsystem, since, until, dimension, "group", verdict, verdict = 'under-represented' AS flagged,
  CASE verdict WHEN 'under-represented' THEN 'fewer took part than their share of the population: the 95 % interval lies below it'
    WHEN 'over-represented' THEN 'more took part than their share of the population: the 95 % interval lies above it'
    WHEN 'not-told-apart' THEN 'cannot be told apart from their share of the population'
    ELSE 'nobody has counted who took part by ' || dimension END AS words,
  events
FROM codesign.representation_figure WHERE span = 'last-12-months';
COMMENT ON VIEW codesign.representation IS 'Whether those who take part, staff left out, are like the population: over the last twelve months that are over, in words. The counts are small, so no figure is told.';
COMMENT ON COLUMN codesign.representation.microsystem IS 'The unit that held the engagements; null: all units.';
COMMENT ON COLUMN codesign.representation.since IS 'The first day.';
COMMENT ON COLUMN codesign.representation.until IS 'The day after the last.';
COMMENT ON COLUMN codesign.representation.dimension IS 'By what people are counted.';
COMMENT ON COLUMN codesign.representation.group IS 'The group.';
COMMENT ON COLUMN codesign.representation.verdict IS 'under-represented, over-represented, not-told-apart, or not-known (nobody was counted by this dimension).';
COMMENT ON COLUMN codesign.representation.flagged IS 'Whether the group is under-represented.';
COMMENT ON COLUMN codesign.representation.words IS 'The verdict in words.';
COMMENT ON COLUMN codesign.representation.events IS 'The events of the population, the engagements and the counts: stream/partition/offset.';

CREATE VIEW codesign.representation_year AS
WITH year AS (
  SELECT *, bool_and(large OR participants = 0) OVER (PARTITION BY since) AND large AS shown
  FROM codesign.representation_figure WHERE span = 'year' AND microsystem IS NULL)
SELECT since AS year, dimension, "group", CASE WHEN shown THEN people END AS people, CASE WHEN shown THEN participants END AS participants,
  CASE WHEN shown THEN population_share END AS population_share, CASE WHEN shown THEN ratio END AS ratio,
  CASE WHEN shown THEN low END AS low, CASE WHEN shown THEN high END AS high, verdict, NOT shown AS hidden, events
FROM year;
COMMENT ON VIEW codesign.representation_year IS 'The same with its figures, for all units together and calendar years that are over. They are told only where every group of every dimension of the year has nobody, or ten people or more.';
COMMENT ON COLUMN codesign.representation_year.year IS 'The first day of the year.';
COMMENT ON COLUMN codesign.representation_year.dimension IS 'By what people are counted.';
COMMENT ON COLUMN codesign.representation_year.group IS 'The group.';
COMMENT ON COLUMN codesign.representation_year.people IS 'People of the group who took part, staff left out; who came twice counts twice. Null, here and below: hidden.';
COMMENT ON COLUMN codesign.representation_year.participants IS 'All who were counted by this dimension.';
COMMENT ON COLUMN codesign.representation_year.population_share IS 'The share of the group in the population.';
COMMENT ON COLUMN codesign.representation_year.ratio IS '(people / participants) / population_share.';
COMMENT ON COLUMN codesign.representation_year.low IS 'The lower end of its 95 % interval: Wilson''s for people / participants, over population_share.';
COMMENT ON COLUMN codesign.representation_year.high IS 'The upper end.';
COMMENT ON COLUMN codesign.representation_year.verdict IS 'As in codesign.representation.';
COMMENT ON COLUMN codesign.representation_year.hidden IS 'Whether the figures are hidden, or there are none.';
COMMENT ON COLUMN codesign.representation_year.events IS 'The events of the population, the engagements and the counts: stream/partition/offset.';
