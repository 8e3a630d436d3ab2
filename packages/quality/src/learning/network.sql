-- Who learns from whom. Follows the rule 11 of README.md.

CREATE VIEW learning.reuse_link AS
SELECT from_unit, microsystem, count(DISTINCT lesson) AS lessons, min(day) AS first_day, max(day) AS last_day, list_sort(list(event)) AS events
FROM learning.known_reuse GROUP BY from_unit, microsystem;
COMMENT ON VIEW learning.reuse_link IS 'The reuse network: which unit used what which other unit learnt.';
COMMENT ON COLUMN learning.reuse_link.from_unit IS 'The unit that learnt it.';
COMMENT ON COLUMN learning.reuse_link.microsystem IS 'The unit that used it.';
COMMENT ON COLUMN learning.reuse_link.lessons IS 'How many lessons.';
COMMENT ON COLUMN learning.reuse_link.first_day IS 'The day of the first use.';
COMMENT ON COLUMN learning.reuse_link.last_day IS 'The day of the last.';
COMMENT ON COLUMN learning.reuse_link.events IS 'The events of the uses: stream/partition/offset.';

CREATE VIEW learning.reuse_unit AS
WITH ends AS (
  SELECT from_unit AS microsystem, count(*) AS gives_to, 0 AS takes_from, flatten(list(events)) AS events FROM learning.reuse_link GROUP BY from_unit
  UNION ALL SELECT microsystem, 0, count(*), flatten(list(events)) FROM learning.reuse_link GROUP BY microsystem),
degree AS (SELECT microsystem, sum(gives_to)::BIGINT AS gives_to, sum(takes_from)::BIGINT AS takes_from, list_sort(list_distinct(flatten(list(events)))) AS events FROM ends GROUP BY microsystem),
brokered AS (
  SELECT a.microsystem, count(*) AS pairs FROM learning.reuse_link a JOIN learning.reuse_link b ON b.from_unit = a.microsystem AND b.microsystem <> a.from_unit
  ANTI JOIN learning.reuse_link d ON d.from_unit = a.from_unit AND d.microsystem = b.microsystem GROUP BY a.microsystem)
SELECT u.id AS microsystem, coalesce(d.gives_to, 0) AS gives_to, coalesce(d.takes_from, 0) AS takes_from, coalesce(b.pairs, 0) AS brokered_pairs,
  d.microsystem IS NULL AS isolated, coalesce(d.events, []) AS events
FROM plimsoll.microsystem u LEFT JOIN degree d ON d.microsystem = u.id LEFT JOIN brokered b ON b.microsystem = u.id
WHERE u.kind NOT IN ('service', 'organisation') OR d.microsystem IS NOT NULL;
COMMENT ON VIEW learning.reuse_unit IS 'The place of each unit in the reuse network: of those that do the work, and of others that are in it.';
COMMENT ON COLUMN learning.reuse_unit.microsystem IS 'The unit.';
COMMENT ON COLUMN learning.reuse_unit.gives_to IS 'How many units used a lesson of it.';
COMMENT ON COLUMN learning.reuse_unit.takes_from IS 'From how many units it used one.';
COMMENT ON COLUMN learning.reuse_unit.brokered_pairs IS 'Pairs of other units of which one learns from the other through it alone: it takes from the one and gives to the other, and nothing goes between them directly (Gould and Fernandez).';
COMMENT ON COLUMN learning.reuse_unit.isolated IS 'Whether it neither gives nor takes.';
COMMENT ON COLUMN learning.reuse_unit.events IS 'The events of the uses: stream/partition/offset; none of a unit that is isolated.';
