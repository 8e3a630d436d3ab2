-- Where the whole goes one way and most of its parts the other.

CREATE VIEW whole_system.era AS
SELECT d.indicator, v.microsystem AS unit, v.stratum, v.period >= d.first_period AS is_now, list_sum(list_sort(list(v.numerator))) AS x,
  list_sum(list_sort(list(v.denominator))) AS n
FROM plimsoll.measure_value v JOIN whole_system.due d ON d.measure = v.measure AND d.version = v.measure_version
WHERE d.is_ratio AND v.value IS NOT NULL AND NOT v.hidden AND v.period BETWEEN d.before_period AND d.last_period
  AND (v.stratum IS NULL OR EXISTS (FROM current.equity_stratum e WHERE e.indicator = d.indicator))
GROUP BY ALL;

-- Two figures of the same part: before and now, or a group and its reference group.
CREATE VIEW whole_system.pair AS
WITH group_era AS (
  SELECT m.indicator, m.parent, g.dimension, g.name, e.is_now, list_sum(list_sort(list(e.x))) AS x, list_sum(list_sort(list(e.n))) AS n
  FROM whole_system.member m JOIN whole_system.era e ON e.indicator = m.indicator AND e.unit = m.unit
  JOIN whole_system.group_of g ON g.indicator = e.indicator AND e.stratum = g.dimension || '=' || g.name
  GROUP BY ALL
)
SELECT m.indicator, m.parent, 'over time' AS comparison, 'units' AS parts, m.unit AS part, b.x AS x1, b.n AS n1, a.x AS x2, a.n AS n2
FROM whole_system.member m
JOIN whole_system.era b ON b.indicator = m.indicator AND b.unit = m.unit AND b.stratum IS NULL AND NOT b.is_now
JOIN whole_system.era a ON a.indicator = m.indicator AND a.unit = m.unit AND a.stratum IS NULL AND a.is_now
UNION ALL
SELECT b.indicator, b.parent, 'over time', b.dimension, b.name, b.x, b.n, a.x, a.n
FROM group_era b JOIN group_era a ON a.indicator = b.indicator AND a.parent = b.parent AND a.dimension = b.dimension AND a.name = b.name
WHERE NOT b.is_now AND a.is_now
UNION ALL
SELECT m.indicator, m.parent, g.dimension || ': ' || g.name || ' against ' || g.reference, 'units', m.unit, b.numerator, b.denominator, a.numerator, a.denominator
FROM whole_system.member m
JOIN whole_system.group_of g ON g.indicator = m.indicator AND g.name <> g.reference
JOIN whole_system.group_cell b ON b.indicator = m.indicator AND b.unit = m.unit AND b.dimension = g.dimension AND b.name = g.reference
JOIN whole_system.group_cell a ON a.indicator = m.indicator AND a.unit = m.unit AND a.dimension = g.dimension AND a.name = g.name;

CREATE VIEW whole_system.simpson AS
WITH compared AS (
  SELECT p.indicator, p.parent, p.comparison, p.parts, count(*)::INTEGER AS cells,
    list_sum(list_sort(list(x2))) / list_sum(list_sort(list(n2))) - list_sum(list_sort(list(x1))) / list_sum(list_sort(list(n1))) AS whole,
    -- The mix is held still: each part weighs as much in both figures (Mantel-Haenszel).
    list_sum(list_sort(list((x2 / n2 - x1 / n1) * (n1 * n2 / (n1 + n2))))) / list_sum(list_sort(list(n1 * n2 / (n1 + n2)))) AS within,
    count(*) FILTER (x2 / n2 - x1 / n1 > 1e-12)::INTEGER AS up, count(*) FILTER (x2 / n2 - x1 / n1 < -1e-12)::INTEGER AS down
  FROM whole_system.pair p WHERE n1 > 0 AND n2 > 0 GROUP BY p.indicator, p.parent, p.comparison, p.parts HAVING count(*) > 1
)
SELECT c.indicator, nullif(c.parent, '') AS parent, c.comparison, c.parts, c.cells, c.whole * d.multiplier AS whole, c.within * d.multiplier AS within, c.up, c.down,
  (c.whole > 1e-12 AND c.within < -1e-12 AND 2 * c.down > c.cells) OR (c.whole < -1e-12 AND c.within > 1e-12 AND 2 * c.up > c.cells) AS reversed
FROM compared c JOIN whole_system.due d ON d.indicator = c.indicator;
COMMENT ON VIEW whole_system.simpson IS 'Whether the whole goes the way that most of its parts go, over time and between groups (Simpson''s paradox).';
COMMENT ON COLUMN whole_system.simpson.indicator IS 'The indicator.';
COMMENT ON COLUMN whole_system.simpson.parent IS 'The unit above; null: the whole project, where it has more than one top.';
COMMENT ON COLUMN whole_system.simpson.comparison IS 'over time (the pooled periods less as many before them), or a group against the reference group.';
COMMENT ON COLUMN whole_system.simpson.parts IS 'The parts: units, or the groups of a breakdown.';
COMMENT ON COLUMN whole_system.simpson.cells IS 'How many parts show both figures.';
COMMENT ON COLUMN whole_system.simpson.whole IS 'The difference of the pooled figures of those parts.';
COMMENT ON COLUMN whole_system.simpson.within IS 'The mean difference within the parts, each with the same weight in both figures (Mantel-Haenszel).';
COMMENT ON COLUMN whole_system.simpson.up IS 'Parts that go up.';
COMMENT ON COLUMN whole_system.simpson.down IS 'Parts that go down.';
COMMENT ON COLUMN whole_system.simpson.reversed IS 'Whether the whole goes one way while most parts, and the mean within them, go the other: the mix has changed, not the parts.';
