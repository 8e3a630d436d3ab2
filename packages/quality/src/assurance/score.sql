-- The score over three parts, and self against external. Follows the rules 5 and 6 of README.md.

CREATE TABLE assurance.score_weight AS
WITH known AS (SELECT id AS standard FROM current.standard UNION SELECT standard FROM current.score_weight
  UNION SELECT standard FROM current.criterion),
given AS (
  SELECT standard, count(*) AS parts, list_sum(list(points ORDER BY points)) AS total, min(points) AS least,
    list(format('score-weight/{}/{}', _partition, _offset)) AS events
  FROM current.score_weight GROUP BY standard
),
checked AS (
  SELECT k.standard, g.total, g.events,
    CASE WHEN g.parts IS NULL THEN 'no weights are given'
      WHEN g.least < 0 THEN 'a weight is below 0'
      WHEN abs(g.total - 1000) > 1e-9 AND abs(g.total - 1) > 1e-9
        THEN 'the weights add up to ' || format('{:.10g}', g.total) || ', not to 1000 (points) or 1 (shares)' END AS problem
  FROM known k LEFT JOIN given g ON g.standard = k.standard
)
SELECT c.standard, p.part, coalesce(w.points, 0) AS points,
  CASE WHEN c.problem IS NULL THEN coalesce(w.points, 0) * CASE WHEN abs(c.total - 1) <= 1e-9 THEN 1000 ELSE 1 END END AS points_of_1000,
  coalesce(c.total, 0) AS total, c.problem IS NULL AS adds_up, c.problem, list_sort(coalesce(c.events, [])) AS events
FROM checked c CROSS JOIN (SELECT unnest(['direction', 'execution', 'impact']) AS part) p
LEFT JOIN current.score_weight w ON w.standard = c.standard AND w.part = p.part;

COMMENT ON TABLE assurance.score_weight IS 'The table of weights, and whether it adds up.';
COMMENT ON COLUMN assurance.score_weight.standard IS 'The id of the standard.';
COMMENT ON COLUMN assurance.score_weight.part IS 'direction, execution or impact.';
COMMENT ON COLUMN assurance.score_weight.points IS 'The points as given; 0 where none are.';
COMMENT ON COLUMN assurance.score_weight.points_of_1000 IS 'The points out of 1000; null where the table does not add up.';
COMMENT ON COLUMN assurance.score_weight.total IS 'What the points of the standard add up to.';
COMMENT ON COLUMN assurance.score_weight.adds_up IS 'Whether that is 1000, or 1.';
COMMENT ON COLUMN assurance.score_weight.problem IS 'Why no score is given; null: nothing is wrong.';
COMMENT ON COLUMN assurance.score_weight.events IS 'The events it rests on: stream/partition/offset.';

CREATE VIEW assurance.criterion_score AS
WITH latest AS (
  SELECT a.id, a.criterion, a.microsystem, a.kind, a.score, format('assessment/{}/{}', a._partition, a._offset) AS event
  FROM current.assessment a
  WHERE a.day <= (SELECT max(day) FROM plimsoll.clock)
  QUALIFY row_number() OVER (PARTITION BY a.criterion, a.microsystem, a.kind ORDER BY a.day DESC, a.id DESC) = 1
),
judged AS (
  SELECT p.standard, p.part, p.criterion, p.weight, p.microsystem, k.kind, l.score AS claimed,
    CASE WHEN p.state = 'valid' THEN l.score WHEN l.score IS NOT NULL THEN 0 END AS score,
    CASE WHEN l.event IS NULL THEN p.events ELSE list_append(p.events, l.event) END AS events,
    l.score IS NOT NULL AND p.state <> 'valid' AS bare
  FROM assurance.asked p CROSS JOIN (SELECT unnest(['self', 'external']) AS kind) k
  LEFT JOIN latest l ON l.criterion = p.criterion AND l.microsystem = p.microsystem AND l.kind = k.kind
)
SELECT standard, part, criterion, weight, microsystem, kind, sum(claimed) / nullif(count(claimed), 0) AS claimed,
  sum(score) / nullif(count(score), 0) AS score, count(*) AS units, count(score) AS assessed,
  count(*) FILTER (bare) AS without_evidence, min(score) AS lowest, max(score) AS highest,
  list_sort(list_distinct(flatten(list(events)))) AS events
FROM judged
GROUP BY GROUPING SETS ((standard, part, criterion, weight, kind), (standard, part, criterion, weight, kind, microsystem));

COMMENT ON VIEW assurance.criterion_score IS 'How far each criterion is met, by self-assessment and by others; without valid evidence it counts 0.';
COMMENT ON COLUMN assurance.criterion_score.standard IS 'The id of the standard.';
COMMENT ON COLUMN assurance.criterion_score.part IS 'direction, execution or impact.';
COMMENT ON COLUMN assurance.criterion_score.criterion IS 'The id of the criterion.';
COMMENT ON COLUMN assurance.criterion_score.weight IS 'Its weight beside the others of its part.';
COMMENT ON COLUMN assurance.criterion_score.microsystem IS 'The unit; null: all units together.';
COMMENT ON COLUMN assurance.criterion_score.kind IS 'self or external.';
COMMENT ON COLUMN assurance.criterion_score.claimed IS 'The score as assessed, 0 to 100: the mean over the assessed units. Null: not assessed.';
COMMENT ON COLUMN assurance.criterion_score.score IS 'The same with 0 for units without valid evidence.';
COMMENT ON COLUMN assurance.criterion_score.units IS 'Units of which it is asked.';
COMMENT ON COLUMN assurance.criterion_score.assessed IS 'Those with an assessment of that kind.';
COMMENT ON COLUMN assurance.criterion_score.without_evidence IS 'Those assessed that have no valid evidence, and so count 0.';
COMMENT ON COLUMN assurance.criterion_score.lowest IS 'The lowest score of a unit.';
COMMENT ON COLUMN assurance.criterion_score.highest IS 'The highest score of a unit.';
COMMENT ON COLUMN assurance.criterion_score.events IS 'The events it rests on: stream/partition/offset.';

CREATE VIEW assurance.score AS
WITH part AS (
  SELECT standard, part, microsystem, kind, count(*) AS criteria, count(*) FILTER (assessed > 0) AS assessed,
    sum(without_evidence)::BIGINT AS without_evidence,
    list_sum(list(weight * score ORDER BY criterion)) / list_sum(list(weight ORDER BY criterion)) / 100 AS share,
    list_sum(list(weight * claimed ORDER BY criterion)) / list_sum(list(weight ORDER BY criterion)) / 100 AS claimed,
    flatten(list(events)) AS events
  FROM assurance.criterion_score
  GROUP BY standard, part, microsystem, kind
),
weighted AS (
  SELECT p.standard, p.part, p.microsystem, p.kind, p.criteria, p.assessed, p.without_evidence, w.points_of_1000 AS of,
    w.problem, p.assessed = p.criteria AS complete, p.share, p.share * w.points_of_1000 AS points,
    p.claimed * w.points_of_1000 AS claimed_points, p.events || w.events AS events
  FROM part p JOIN assurance.score_weight w ON w.standard = p.standard AND w.part = p.part
),
whole AS (
  SELECT standard, microsystem, kind, sum(criteria)::BIGINT AS criteria, sum(assessed)::BIGINT AS assessed,
    sum(without_evidence)::BIGINT AS without_evidence, list_sum(list(of ORDER BY part)) AS of, any_value(problem) AS problem,
    bool_and(complete) AS complete, list_sum(list(points ORDER BY part)) AS points,
    list_sum(list(claimed_points ORDER BY part)) AS claimed_points, flatten(list(events)) AS events
  FROM weighted GROUP BY standard, microsystem, kind
),
scored AS (
  SELECT standard, part, microsystem, kind, criteria, assessed, without_evidence, of, problem, complete, points,
    claimed_points, share, events, false AS partial
  FROM weighted
  UNION ALL
  SELECT standard, NULL, microsystem, kind, criteria, assessed, without_evidence, 1000, problem, complete, points,
    claimed_points, points / 1000, events, coalesce(abs(of - 1000) > 1e-9, false)
  FROM whole
),
reasoned AS (
  SELECT *, CASE WHEN problem IS NOT NULL THEN problem
    WHEN NOT complete THEN format('{} of {} criteria have not been assessed', criteria - assessed, criteria)
    WHEN partial THEN 'not every part with points is asked here' END AS withheld
  FROM scored
)
SELECT standard, part, microsystem, kind, CASE WHEN problem IS NULL THEN of END AS of,
  CASE WHEN withheld IS NULL THEN points END AS points,
  CASE WHEN withheld IS NULL THEN claimed_points END AS claimed_points,
  CASE WHEN withheld IS NULL THEN share END AS share,
  criteria, assessed, without_evidence, withheld, list_sort(list_distinct(events)) AS events
FROM reasoned;

COMMENT ON VIEW assurance.score IS 'Points out of 1000 by part and as a whole, or why there are none.';
COMMENT ON COLUMN assurance.score.standard IS 'The id of the standard.';
COMMENT ON COLUMN assurance.score.part IS 'direction, execution or impact; null: the whole.';
COMMENT ON COLUMN assurance.score.microsystem IS 'The unit; null: all units together.';
COMMENT ON COLUMN assurance.score.kind IS 'self or external: whose assessments.';
COMMENT ON COLUMN assurance.score.of IS 'The points that could be had; null where the weights do not add up.';
COMMENT ON COLUMN assurance.score.points IS 'The points: criteria without valid evidence count 0. Null: withheld.';
COMMENT ON COLUMN assurance.score.claimed_points IS 'What they would be if no evidence were needed.';
COMMENT ON COLUMN assurance.score.share IS 'points / of, 0 to 1.';
COMMENT ON COLUMN assurance.score.criteria IS 'Criteria asked.';
COMMENT ON COLUMN assurance.score.assessed IS 'Those assessed in one unit at least.';
COMMENT ON COLUMN assurance.score.without_evidence IS 'Assessments (one each criterion and unit) that count 0 for want of valid evidence.';
COMMENT ON COLUMN assurance.score.withheld IS 'Why no score is given; null: it is given.';
COMMENT ON COLUMN assurance.score.events IS 'The events it rests on: stream/partition/offset.';

-- Each external assessment beside the latest self-assessment up to its day.
CREATE TABLE assurance.judged_twice AS
SELECT x.id, c.standard, c.part, x.criterion, x.microsystem, x.day, x.score AS external_score, x.level AS external_level,
  s.score AS self_score, s.level AS self_level,
  list_filter([format('assessment/{}/{}', x._partition, x._offset), format('assessment/{}/{}', s._partition, s._offset),
    format('criterion/{}/{}', c._partition, c._offset)], lambda e: e IS NOT NULL) AS events
FROM current.assessment x JOIN current.criterion c ON c.id = x.criterion
LEFT JOIN current.assessment s
  ON s.kind = 'self' AND s.criterion = x.criterion AND s.microsystem = x.microsystem AND s.day <= x.day
WHERE x.kind = 'external' AND x.day <= (SELECT max(day) FROM plimsoll.clock)
QUALIFY row_number() OVER (PARTITION BY x.id ORDER BY s.day DESC NULLS LAST, s.id DESC) = 1;

CREATE VIEW assurance.self_against_external AS
WITH dated AS (
  SELECT year(day) AS year, * FROM assurance.judged_twice
  UNION ALL
  SELECT NULL, * FROM (FROM assurance.judged_twice
    QUALIFY row_number() OVER (PARTITION BY criterion, microsystem ORDER BY day DESC, id DESC) = 1)
),
counted AS (
  SELECT standard, part, year, count(self_score) AS pairs, count(*) - count(self_score) AS unpaired,
    sum(self_score) / nullif(count(self_score), 0) AS mean_self,
    sum(external_score) FILTER (self_score IS NOT NULL) / nullif(count(self_score), 0) AS mean_external,
    sum(self_score - external_score) / nullif(count(self_score), 0) AS mean_gap,
    count(*) FILTER (self_score > external_score) AS self_higher, count(*) FILTER (self_score < external_score) AS self_lower,
    list_sort(list_distinct(flatten(list(events)))) AS events
  FROM dated GROUP BY GROUPING SETS ((year, standard, part), (year, standard))
),
both_levels AS (
  SELECT {'standard': standard, 'part': part, 'year': year} AS grp, id AS subject, self_level AS a, external_level AS b
  FROM dated WHERE self_level IS NOT NULL
  UNION ALL
  SELECT {'standard': standard, 'part': NULL, 'year': year}, id, self_level, external_level
  FROM dated WHERE self_level IS NOT NULL
),
agreed AS (SELECT grp, kappa_quadratic AS kappa FROM stats.kappa('both_levels'))
SELECT c.standard, c.part, c.year, c.pairs, c.unpaired, c.mean_self, c.mean_external, c.mean_gap, c.self_higher, c.self_lower,
  CASE WHEN isfinite(a.kappa) THEN a.kappa END AS kappa,
  CASE WHEN c.pairs = 0 THEN 'no criterion has been judged both ways'
    WHEN a.kappa IS NULL OR NOT isfinite(a.kappa) THEN 'all levels are alike, so agreement beyond chance cannot be told' END AS kappa_reason,
  c.events
FROM counted c LEFT JOIN agreed a ON a.grp.standard = c.standard AND a.grp.part IS NOT DISTINCT FROM c.part
  AND a.grp.year IS NOT DISTINCT FROM c.year;

COMMENT ON VIEW assurance.self_against_external IS 'How well we know ourselves: self-assessments beside those from outside.';
COMMENT ON COLUMN assurance.self_against_external.standard IS 'The id of the standard.';
COMMENT ON COLUMN assurance.self_against_external.part IS 'direction, execution or impact; null: all of them.';
COMMENT ON COLUMN assurance.self_against_external.year IS 'The year of the external assessments; null: the latest of each criterion and unit.';
COMMENT ON COLUMN assurance.self_against_external.pairs IS 'External assessments with a self-assessment up to their day.';
COMMENT ON COLUMN assurance.self_against_external.unpaired IS 'External assessments without one.';
COMMENT ON COLUMN assurance.self_against_external.mean_self IS 'The mean score of the self-assessments, 0 to 100.';
COMMENT ON COLUMN assurance.self_against_external.mean_external IS 'The mean score of the external assessments.';
COMMENT ON COLUMN assurance.self_against_external.mean_gap IS 'The mean of self minus external, in points of 100: above 0, we think better of ourselves than others do.';
COMMENT ON COLUMN assurance.self_against_external.self_higher IS 'Pairs in which the self-assessment is higher.';
COMMENT ON COLUMN assurance.self_against_external.self_lower IS 'Pairs in which it is lower.';
COMMENT ON COLUMN assurance.self_against_external.kappa IS 'Quadratically weighted kappa of the levels 1 to 4: 1 full agreement, 0 no more than chance.';
COMMENT ON COLUMN assurance.self_against_external.kappa_reason IS 'Why there is none.';
COMMENT ON COLUMN assurance.self_against_external.events IS 'The events it rests on: stream/partition/offset.';
