-- One figure of several indicators: shrunken first, then combined; with what its weights and its chance are worth.

CREATE VIEW whole_system.composite_withheld AS
WITH weight AS (
  SELECT composite, list_sum(list_sort(list(weight))) AS total FROM current.composite_weight GROUP BY composite
),
member AS (
  SELECT m.composite, count(*) FILTER (d.indicator IS NULL) AS unknown, min(m.indicator) FILTER (d.indicator IS NULL) AS unknown_one,
    count(*) FILTER (d.direction = 'neutral') AS neutral, min(m.indicator) FILTER (d.direction = 'neutral') AS neutral_one,
    count(*) FILTER (w.part IS NULL) AS loose, min(m.part) FILTER (w.part IS NULL) AS loose_one
  FROM current.composite_member m LEFT JOIN whole_system.due d ON d.indicator = m.indicator
  LEFT JOIN current.composite_weight w ON w.composite = m.composite AND w.part = m.part
  GROUP BY m.composite
),
bare AS (
  SELECT w.composite, min(w.part) AS part FROM current.composite_weight w
  ANTI JOIN current.composite_member m ON m.composite = w.composite AND m.part = w.part GROUP BY w.composite
)
SELECT c.id AS composite,
  CASE WHEN w.total IS NULL THEN 'it has no weights' WHEN abs(w.total - 1) > 1e-9 THEN 'its weights add up to ' || round(w.total, 9)::VARCHAR || ', not to 1'
    WHEN m.composite IS NULL THEN 'it has no indicators' WHEN m.loose > 0 THEN 'its part "' || m.loose_one || '" has no weight'
    WHEN b.part IS NOT NULL THEN 'its part "' || b.part || '" has no indicator'
    WHEN m.unknown > 0 THEN 'there is no indicator "' || m.unknown_one || '" with figures that may be shown'
    ELSE 'of its indicator "' || m.neutral_one || '" no direction is better' END AS reason
FROM current.composite c LEFT JOIN weight w ON w.composite = c.id LEFT JOIN member m ON m.composite = c.id LEFT JOIN bare b ON b.composite = c.id
WHERE w.total IS NULL OR abs(w.total - 1) > 1e-9 OR m.composite IS NULL OR m.loose > 0 OR b.part IS NOT NULL OR m.unknown > 0 OR m.neutral > 0;

-- Where the chance of a figure is not known it cannot be shrunken; then the score has no interval and no rank.
CREATE VIEW whole_system.composite_cell AS
SELECT {'c': k.composite, 'p': m.parent} AS grp, m.unit, k.indicator AS measure, k.part AS domain, w.weight, CASE d.direction WHEN 'up' THEN 1 ELSE -1 END AS direction,
  coalesce(s.estimate, c.figure) AS value, (s.high - s.low) / 3.919927969080108 AS se
FROM current.composite_member k
JOIN current.composite_weight w ON w.composite = k.composite AND w.part = k.part
ANTI JOIN whole_system.composite_withheld x ON x.composite = k.composite
JOIN whole_system.due d ON d.indicator = k.indicator
JOIN whole_system.member m ON m.indicator = k.indicator
JOIN whole_system.cell c ON c.indicator = k.indicator AND c.unit = m.unit
LEFT JOIN whole_system.shrunk s ON s.indicator = k.indicator AND s.parent = m.parent AND s.unit = m.unit;
