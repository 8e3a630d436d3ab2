-- Units beside what chance alone would do, as spc.funnel_pr (shares) and spc.funnel_sr with limits := 'byar' (rates and observed / expected)
-- do for one group; here for every indicator and unit above at once, in one pass. The tests hold the two together.

CREATE VIEW whole_system.funnel AS
WITH compared AS (
  SELECT m.indicator, m.parent, m.unit, c.scale, c.scale = 'share' AS is_share, c.multiplier, c.numerator AS o, c.denominator AS e0,
    CASE WHEN c.scale <> 'share' AND round(c.denominator, 2) > 0 THEN round(c.denominator, 2) ELSE c.denominator END AS e
  FROM whole_system.member m JOIN whole_system.cell c ON c.indicator = m.indicator AND c.unit = m.unit WHERE c.scale <> 'value'
),
goal AS (
  SELECT indicator, parent, CASE any_value(scale) WHEN 'observed-expected' THEN 1 ELSE list_sum(list_sort(list(o))) / list_sum(list_sort(list(e0))) END AS t
  FROM compared GROUP BY indicator, parent
),
scored AS (
  SELECT c.*, g.t, is_share OR o > 0 AS in_phi,
    CASE WHEN is_share THEN (asin(sqrt(o / e)) - asin(sqrt(t))) * 2 * sqrt(e) WHEN o > 0 THEN sqrt(e * t) * ln(o / (e * t))
      ELSE (sqrt(o / (e * t)) - 1) * 2 * sqrt(e * t) END AS z,
    CASE WHEN is_share THEN 4 * e ELSE e * t END AS weight
  FROM compared c JOIN goal g ON g.indicator = c.indicator AND g.parent = c.parent WHERE is_share OR t > 0
),
-- phi and tau2: shares winsorised, rates truncated (SHMI), 10 % at either end.
placed_z AS (
  SELECT *, rank() OVER (PARTITION BY indicator, parent, in_phi ORDER BY z) + (count(*) OVER (PARTITION BY indicator, parent, in_phi, z) - 1) / 2e0 AS r,
    count(*) OVER (PARTITION BY indicator, parent, in_phi) AS m
  FROM scored WHERE NOT is_share
),
listed AS (
  SELECT indicator, parent, true AS is_share, count(*)::INTEGER AS units, list_sort(list({'z': z, 'w': weight})) AS zs FROM scored WHERE is_share GROUP BY indicator, parent
  UNION ALL
  SELECT indicator, parent, false, count(*) FILTER (in_phi)::INTEGER,
    list_sort(list({'z': z, 'w': weight}) FILTER (in_phi AND floor(r * 10 / (m + 1)) BETWEEN 1 AND 8))
  FROM placed_z GROUP BY indicator, parent
),
sized AS (SELECT *, len(zs) AS n, CASE WHEN is_share THEN (len(zs) - 1) * 0.1e0 ELSE 0 END AS h FROM listed),
edged AS (
  SELECT *, zs[floor(h)::BIGINT + 1].z + (h - floor(h)) * (zs[ceil(h)::BIGINT + 1].z - zs[floor(h)::BIGINT + 1].z) AS least_z,
    zs[floor(n - 1 - h)::BIGINT + 1].z + (n - 1 - h - floor(n - 1 - h)) * (zs[ceil(n - 1 - h)::BIGINT + 1].z - zs[floor(n - 1 - h)::BIGINT + 1].z) AS most_z,
    list_sum(list_transform(zs, lambda s: s.w)) AS w1, list_sum(list_transform(zs, lambda s: s.w * s.w)) AS w2
  FROM sized
),
measured AS (
  SELECT *, CASE WHEN units > 1 THEN list_sum(list_transform(zs, lambda s: pow(least(greatest(s.z, least_z), most_z), 2))) / n END AS phi FROM edged
),
dispersed AS (
  SELECT indicator, parent, units, n, phi,
    CASE WHEN phi IS NULL THEN NULL WHEN n * phi < n - 1 OR w1 = 0 THEN 0 ELSE greatest(0, (n * phi - (n - 1)) / nullif(w1 - w2 / w1, 0)) END AS tau2
  FROM measured
),
scaled AS (
  SELECT s.*, o.units, o.n, o.phi, o.tau2, s.e * s.t AS m, 1 / sqrt(s.weight) AS own, sqrt(1 / s.weight + coalesce(o.tau2, 0)) AS wide
  FROM scored s JOIN dispersed o ON o.indicator = s.indicator AND o.parent = s.parent
),
limited AS (
  SELECT *, o / e0 * multiplier AS value,
    multiplier * CASE WHEN is_share THEN pow(sin(least(greatest(asin(sqrt(t)) - 1.959964e0 * own, 0), pi() / 2)), 2) ELSE m * pow(greatest(1 - 1 / (9 * m) - 1.959963984540054e0 / (3 * sqrt(m)), 0), 3) / e END AS lcl95,
    multiplier * CASE WHEN is_share THEN pow(sin(least(greatest(asin(sqrt(t)) + 1.959964e0 * own, 0), pi() / 2)), 2) ELSE (m + 1) * pow(1 - 1 / (9 * (m + 1)) + 1.959963984540054e0 / (3 * sqrt(m + 1)), 3) / e END AS ucl95,
    multiplier * CASE WHEN is_share THEN pow(sin(least(greatest(asin(sqrt(t)) - 3.090232e0 * own, 0), pi() / 2)), 2) ELSE m * pow(greatest(1 - 1 / (9 * m) - 3.090232306167813e0 / (3 * sqrt(m)), 0), 3) / e END AS lcl998,
    multiplier * CASE WHEN is_share THEN pow(sin(least(greatest(asin(sqrt(t)) + 3.090232e0 * own, 0), pi() / 2)), 2) ELSE (m + 1) * pow(1 - 1 / (9 * (m + 1)) + 3.090232306167813e0 / (3 * sqrt(m + 1)), 3) / e END AS ucl998,
    multiplier * CASE WHEN is_share THEN pow(sin(least(greatest(asin(sqrt(t)) - 1.959964e0 * wide, 0), pi() / 2)), 2) ELSE t * exp(-1.959964e0 * wide) END AS od_lcl95,
    multiplier * CASE WHEN is_share THEN pow(sin(least(greatest(asin(sqrt(t)) + 1.959964e0 * wide, 0), pi() / 2)), 2) ELSE t * exp(1.959964e0 * wide) END AS od_ucl95,
    multiplier * CASE WHEN is_share THEN pow(sin(least(greatest(asin(sqrt(t)) - 3.090232e0 * wide, 0), pi() / 2)), 2) ELSE t * exp(-3.090232e0 * wide) END AS od_lcl998,
    multiplier * CASE WHEN is_share THEN pow(sin(least(greatest(asin(sqrt(t)) + 3.090232e0 * wide, 0), pi() / 2)), 2) ELSE t * exp(3.090232e0 * wide) END AS od_ucl998
  FROM scaled
)
SELECT indicator, nullif(parent, '') AS parent, unit, o AS numerator, e0 AS denominator, value, t * multiplier AS target, z, phi, tau2,
  lcl95, ucl95, lcl998, ucl998, od_lcl95, od_ucl95, od_lcl998, od_ucl998,
  CASE WHEN value > ucl998 THEN 'high' WHEN value < lcl998 THEN 'low' END AS outside,
  CASE WHEN value > CASE WHEN phi > 1 THEN od_ucl998 ELSE ucl998 END THEN 'high'
    WHEN value < CASE WHEN phi > 1 THEN od_lcl998 ELSE lcl998 END THEN 'low' END AS outlier,
  list_filter([CASE WHEN NOT is_share AND o = 0 THEN 'no-events' END, CASE WHEN units < 10 THEN 'few-units' END,
    CASE WHEN phi > 1 + 2 * sqrt(2e0 / n) THEN 'overdispersed' END], lambda w: w IS NOT NULL) AS warning
FROM limited;
COMMENT ON VIEW whole_system.funnel IS 'Units beside what chance alone would do at their size, over the pooled periods: shares as spc.funnel_pr, rates and observed / expected as spc.funnel_sr with limits := ''byar''.';
COMMENT ON COLUMN whole_system.funnel.indicator IS 'The indicator.';
COMMENT ON COLUMN whole_system.funnel.parent IS 'The unit above; null: the whole project, where it has more than one top.';
COMMENT ON COLUMN whole_system.funnel.unit IS 'The unit.';
COMMENT ON COLUMN whole_system.funnel.numerator IS 'Events, or those observed.';
COMMENT ON COLUMN whole_system.funnel.denominator IS 'Those at risk, the exposure, or those expected.';
COMMENT ON COLUMN whole_system.funnel.value IS 'numerator / denominator, in the unit of the measure.';
COMMENT ON COLUMN whole_system.funnel.target IS 'The line that units are held against: the pooled figure; for observed / expected 1.';
COMMENT ON COLUMN whole_system.funnel.z IS 'The z-score before adjustment; where nothing was observed, that of the square root.';
COMMENT ON COLUMN whole_system.funnel.phi IS 'How much more units vary than chance: the mean squared z-score, trimmed; null with fewer than two units.';
COMMENT ON COLUMN whole_system.funnel.tau2 IS 'The variance between units on the scale of the method; 0 where phi shows none.';
COMMENT ON COLUMN whole_system.funnel.lcl95 IS 'The lower 95 % limit by chance alone.';
COMMENT ON COLUMN whole_system.funnel.ucl95 IS 'The upper 95 % limit by chance alone.';
COMMENT ON COLUMN whole_system.funnel.lcl998 IS 'The lower 99.8 % limit by chance alone.';
COMMENT ON COLUMN whole_system.funnel.ucl998 IS 'The upper 99.8 % limit by chance alone.';
COMMENT ON COLUMN whole_system.funnel.od_lcl95 IS 'The lower 95 % limit with the adjustment for overdispersion.';
COMMENT ON COLUMN whole_system.funnel.od_ucl95 IS 'The upper 95 % limit with the adjustment for overdispersion.';
COMMENT ON COLUMN whole_system.funnel.od_lcl998 IS 'The lower 99.8 % limit with the adjustment for overdispersion.';
COMMENT ON COLUMN whole_system.funnel.od_ucl998 IS 'The upper 99.8 % limit with the adjustment for overdispersion.';
COMMENT ON COLUMN whole_system.funnel.outside IS 'high or low: beyond the 99.8 % limits of chance alone.';
COMMENT ON COLUMN whole_system.funnel.outlier IS 'high or low: beyond the 99.8 % limits with the adjustment, where units vary more than chance.';
COMMENT ON COLUMN whole_system.funnel.warning IS 'no-events (nothing observed: outside phi and tau2), few-units (fewer than 10), overdispersed.';
