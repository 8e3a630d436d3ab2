CREATE VIEW relationships.concentration AS
WITH house AS (SELECT coalesce(sum(h.people), 0)::BIGINT AS headcount FROM current.headcount h JOIN plimsoll.microsystem u ON u.id = h.microsystem),
done AS (
  SELECT c.period, c.start, c.contributions, c.people, sum(c.people) OVER more AS up_to
  FROM current.contributor_count c CROSS JOIN plimsoll.clock k
  WHERE c.people > 0 AND c.start + CASE c.period WHEN 'year' THEN INTERVAL 12 MONTH ELSE INTERVAL 3 MONTH END <= k.day
  WINDOW more AS (PARTITION BY c.period, c.start ORDER BY c.contributions DESC)
),
-- In tenths of a person, since a tenth of the people need not be a whole number.
taken AS (SELECT o.*, h.headcount, greatest(least(10 * o.people, h.headcount - 10 * (o.up_to - o.people)), 0) AS tenths FROM done o CROSS JOIN house h),
summed AS (
  SELECT period, start, headcount, sum(people)::BIGINT AS people, sum(people * contributions)::BIGINT AS contributions, sum(tenths * contributions)::BIGINT AS top,
    max(contributions) AS largest, min_by(contributions, up_to) FILTER (up_to >= 2) AS second
  FROM taken GROUP BY period, start, headcount
),
judged AS (
  SELECT s.*, CASE WHEN s.people > s.headcount THEN 'more people than the headcount has' WHEN s.headcount < 10 * v.least THEN 'too few people'
    WHEN s.people < v.least OR (10 * s.people > s.headcount AND 10 * s.people < s.headcount + 10 * v.least)
      OR 10 * (s.contributions - s.largest - coalesce(s.second, 0)) < s.largest THEN 'a few could be told apart' END AS reason
  FROM summed s CROSS JOIN relationships.value v
)
SELECT period, start, CASE WHEN reason IS NULL THEN round(top / (10 * contributions), 2) END AS share, reason FROM judged;
COMMENT ON VIEW relationships.concentration IS 'Whether many speak or few: the share of contributions that came from the tenth of all people who brought the most, by quarter or year that is over. Counted where it is known who they are; no person is known here.';
COMMENT ON COLUMN relationships.concentration.period IS 'quarter or year.';
COMMENT ON COLUMN relationships.concentration.start IS 'Its first day.';
COMMENT ON COLUMN relationships.concentration.share IS 'The share, from 0 to 1, to two places. 0.1: all people bring as much; 1: nine tenths of all people brought nothing.';
COMMENT ON COLUMN relationships.concentration.reason IS 'Why there is no share: too few people (below ten times the setting least), a few could be told apart, or more people than the headcount has. Null: there is one.';
