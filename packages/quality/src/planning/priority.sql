-- What matters most: priorities, how stable their order is, and which fit into the capacity.

CREATE VIEW planning.capacity AS
SELECT max(value) FILTER (id = 'capacity')::DOUBLE AS capacity, max(value) FILTER (id = 'tie')::DOUBLE AS tie FROM current.planning_setting;

CREATE VIEW planning.weight AS
SELECT issue, 'burden' AS factor, burden AS value, CASE standard WHEN 'declared' THEN NULL ELSE 'measured' END AS basis, standard = 'declared' AS drawn, 1 AS power, events
FROM planning.burden WHERE burden IS NOT NULL AND standard <> 'declared'
UNION ALL
SELECT w.issue, w.factor, w.value, w.basis, true, CASE w.factor WHEN 'effort' THEN -1 ELSE 1 END, ['priority-weight/' || w._partition || '/' || w._offset]
FROM current.priority_weight w JOIN planning.burden b ON b.issue = w.issue AND (w.factor <> 'burden' OR b.standard = 'declared');
COMMENT ON VIEW planning.weight IS 'Every factor of every priority: score = burden × preventability × equity × confidence / effort.';
COMMENT ON COLUMN planning.weight.issue IS 'The issue.';
COMMENT ON COLUMN planning.weight.factor IS 'burden, preventability, equity, confidence or effort.';
COMMENT ON COLUMN planning.weight.value IS 'Its value.';
COMMENT ON COLUMN planning.weight.basis IS 'measured, published, agreed or guessed.';
COMMENT ON COLUMN planning.weight.drawn IS 'Whether it is a weight that people set, and so drawn anew; a burden that is measured has an interval of its own.';
COMMENT ON COLUMN planning.weight.power IS '1: multiplied; -1: divided by.';
COMMENT ON COLUMN planning.weight.events IS 'The events that say it: stream/partition/offset.';

CREATE VIEW planning.complete_weight AS
SELECT issue AS unit, factor, value, power, drawn FROM planning.weight WHERE issue IN (SELECT issue FROM planning.weight GROUP BY issue HAVING count(*) = 5);

CREATE VIEW planning.placing AS
SELECT p.unit AS issue, p.score, p.rank, p.rank_low, p.rank_high, p.top_share, w.value AS effort,
  row_number() OVER (ORDER BY p.score DESC, p.unit) AS place
FROM stats.product_rank('planning.complete_weight') p JOIN planning.complete_weight w ON w.unit = p.unit AND w.factor = 'effort';

CREATE VIEW planning.tie AS
SELECT o.unit AS issue, o.other, o.before_share, o.before_share < c.tie AND o.before_share > 1 - c.tie AS tie
FROM stats.product_order('planning.complete_weight') o, planning.capacity c;
COMMENT ON VIEW planning.tie IS 'How surely one issue comes before another: the share of 1,000 seeded draws of the weights, each between 75 and 125 % of its own. Pairs at most ten places apart.';
COMMENT ON COLUMN planning.tie.issue IS 'The issue with the higher score.';
COMMENT ON COLUMN planning.tie.other IS 'The other.';
COMMENT ON COLUMN planning.tie.before_share IS 'The share of draws in which it comes first; equal scores count half.';
COMMENT ON COLUMN planning.tie.tie IS 'Whether that is too little to tell them apart (setting tie).';

-- 0/1 knapsack, exact up to 30 issues: all subsets of either half of them (Horowitz and Sahni 1974). Of sets that are worth the same the
-- one with the least effort, then the one with the issues of the highest priority.
CREATE VIEW planning.chosen AS
WITH RECURSIVE item AS MATERIALIZED (
  SELECT p.issue, p.effort, p.score * p.effort AS worth, row_number() OVER (ORDER BY p.place) AS place, count(*) OVER () AS items
  FROM planning.placing p, planning.capacity c WHERE p.score > 0 AND p.effort <= c.capacity * (1 + 1e-9)),
few AS MATERIALIZED (FROM item WHERE items <= 30),
part(half, step, mask, effort, worth) AS (
  SELECT half, 0::BIGINT, 0::BIGINT, 0e0, 0e0 FROM (VALUES (0), (1)) halves(half)
  UNION ALL
  SELECT p.half, p.step + 1, p.mask + b.taken * (1::BIGINT << (30 - i.place)), p.effort + b.taken * i.effort, p.worth + b.taken * i.worth
  FROM part p JOIN few i ON i.place = 2 * p.step + 1 + p.half CROSS JOIN (VALUES (0), (1)) b(taken)),
whole AS (SELECT p.* FROM part p, (SELECT count(*) AS n FROM few) c WHERE p.step = (c.n + 1 - p.half) // 2),
later AS (
  SELECT effort, worth, mask, max(worth) OVER (ORDER BY effort, worth DESC, mask DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
  FROM whole WHERE half = 1),
-- A second set is worth its effort only where no lighter one is worth as much.
front AS (SELECT effort, worth, mask FROM later WHERE before IS NULL OR worth > before),
earlier AS (SELECT w.effort, w.worth, w.mask, c.capacity * (1 + 1e-9) - w.effort AS room FROM whole w, planning.capacity c WHERE w.half = 0),
best AS (
  SELECT e.mask + f.mask AS mask FROM earlier e ASOF JOIN front f ON e.room >= f.effort
  ORDER BY e.worth + f.worth DESC, e.effort + f.effort, e.mask + f.mask DESC LIMIT 1),
ordered AS (SELECT issue, list_sum(list(effort) OVER (ORDER BY place ROWS UNBOUNDED PRECEDING)) AS so_far FROM item WHERE items > 30)
SELECT i.issue, 'exact' AS method FROM few i, best b WHERE (b.mask >> (30 - i.place)) & 1 = 1
UNION ALL
SELECT o.issue, 'in-order' FROM ordered o, planning.capacity c WHERE o.so_far <= c.capacity * (1 + 1e-9);

CREATE VIEW planning.priority AS
WITH summed AS (SELECT *, list_sum(list(effort) OVER (ORDER BY place ROWS UNBOUNDED PRECEDING)) AS so_far FROM planning.placing),
tied AS (
  SELECT issue, list_sort(list(other)) AS ties FROM (
    SELECT issue, other FROM planning.tie WHERE tie UNION ALL SELECT other, issue FROM planning.tie WHERE tie) GROUP BY issue),
missing AS (
  SELECT b.issue, list_sort(list(f.factor)) AS missing
  FROM planning.burden b CROSS JOIN (SELECT unnest(['burden', 'preventability', 'equity', 'confidence', 'effort']) AS factor) f
  ANTI JOIN planning.weight w ON w.issue = b.issue AND w.factor = f.factor GROUP BY b.issue),
weighed AS (SELECT issue, list_sort(list_distinct(flatten(list(events)))) AS events FROM planning.weight GROUP BY issue),
used AS (SELECT coalesce(list_sum(list(p.effort ORDER BY p.place)), 0) AS effort FROM planning.placing p SEMI JOIN planning.chosen c ON c.issue = p.issue),
joined AS (
  SELECT b.issue, b.title, b.microsystem, b.burden, b.standard, b.reason AS burden_reason, p.score, p.place, p.rank, p.rank_low, p.rank_high, p.top_share, p.effort,
    p.so_far, k.capacity, coalesce(t.ties, []) AS ties, coalesce(m.missing, []) AS missing, h.issue IS NOT NULL AS chosen, h.method, u.effort AS used,
    list_sort(list_distinct(list_concat(b.events, coalesce(w.events, [])))) AS events
  FROM planning.burden b LEFT JOIN summed p ON p.issue = b.issue LEFT JOIN tied t ON t.issue = b.issue LEFT JOIN missing m ON m.issue = b.issue
  LEFT JOIN planning.chosen h ON h.issue = b.issue LEFT JOIN weighed w ON w.issue = b.issue, planning.capacity k, used u)
SELECT issue, title, microsystem, score, place, rank, rank_low, rank_high, top_share AS top_three_share, ties, burden, effort, so_far AS effort_so_far,
  so_far <= capacity * (1 + 1e-9) AS above_line, chosen, missing,
  CASE WHEN chosen THEN NULL WHEN list_contains(missing, 'burden') THEN 'its burden is not known: ' || burden_reason
    WHEN len(missing) > 0 THEN 'nobody has said: ' || array_to_string(missing, ', ')
    WHEN score = 0 THEN CASE WHEN burden = 0 THEN 'it is not worse than its ' || CASE standard WHEN 'best-fifth' THEN 'best fifth of units' WHEN 'target' THEN 'target' ELSE 'declared burden of none' END
      ELSE 'a weight of it is 0' END
    WHEN capacity IS NULL THEN 'no capacity has been said'
    WHEN effort > capacity * (1 + 1e-9) THEN 'its effort of ' || planning.told(effort, '') || ' is more than the whole capacity of ' || planning.told(capacity, '')
    ELSE 'its effort of ' || planning.told(effort, '') || ' does not fit beside what is worth more: ' || planning.told(greatest(capacity - used, 0), '') || ' of ' || planning.told(capacity, '') || ' are left' END AS reason,
  events
FROM joined;
COMMENT ON VIEW planning.priority IS 'Open issues by priority, how stable their order is, and which of them fit into the capacity.';
COMMENT ON COLUMN planning.priority.issue IS 'The issue.';
COMMENT ON COLUMN planning.priority.title IS 'What goes wrong.';
COMMENT ON COLUMN planning.priority.microsystem IS 'The unit.';
COMMENT ON COLUMN planning.priority.score IS 'burden × preventability × equity × confidence / effort; null where one of them is missing.';
COMMENT ON COLUMN planning.priority.place IS 'Its place in the list; equal scores by id.';
COMMENT ON COLUMN planning.priority.rank IS 'Its rank; equal scores share one.';
COMMENT ON COLUMN planning.priority.rank_low IS 'The best rank of the middle 95 % of 1,000 seeded draws, in which each weight is multiplied by a number from 0.75 to 1.25.';
COMMENT ON COLUMN planning.priority.rank_high IS 'The worst rank of them.';
COMMENT ON COLUMN planning.priority.top_three_share IS 'The share of draws in which it is among the first three.';
COMMENT ON COLUMN planning.priority.ties IS 'Issues from which it cannot be told apart, as in planning.tie.';
COMMENT ON COLUMN planning.priority.burden IS 'Cases a year, as in planning.burden.';
COMMENT ON COLUMN planning.priority.effort IS 'Its effort, in the unit of the capacity.';
COMMENT ON COLUMN planning.priority.effort_so_far IS 'Its effort and that of all before it.';
COMMENT ON COLUMN planning.priority.above_line IS 'Whether that is within the capacity: the cut line. Null: no score, or no capacity.';
COMMENT ON COLUMN planning.priority.chosen IS 'Whether it is in the plan: one of the set that is worth most (score × effort) within the capacity, exact up to 30 issues; beyond that, those above the line.';
COMMENT ON COLUMN planning.priority.missing IS 'Factors that nobody has said.';
COMMENT ON COLUMN planning.priority.reason IS 'Why it is not in the plan.';
COMMENT ON COLUMN planning.priority.events IS 'The events of issue and weights: stream/partition/offset.';
