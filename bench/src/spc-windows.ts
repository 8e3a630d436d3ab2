/**
 * Limits and the four rules of `mdc-2023` by window functions: how one would write them without lists. The marks
 * agree with `spc.xmr`; the sums are floats added in the order of a window, so their last bits may not.
 */
export const windowsSql = (table: string): string => `
WITH stepped AS (
  SELECT series, period, value, baseline,
    abs(value - lag(value) OVER w) AS range, value > lag(value) OVER w AS rising, value < lag(value) OVER w AS falling
  FROM ${table} WINDOW w AS (PARTITION BY series ORDER BY period)
),
limited AS (
  SELECT *, avg(value) FILTER (baseline) OVER s AS centre, avg(range) FILTER (baseline) OVER s * 2.66 / 3 AS sigma
  FROM stepped WINDOW s AS (PARTITION BY series)
),
zoned AS (
  SELECT *, CASE WHEN value > centre THEN 1 WHEN value < centre THEN -1 ELSE 0 END::TINYINT AS side,
    CASE WHEN value > centre + 2 * sigma THEN 1 WHEN value < centre - 2 * sigma THEN -1 ELSE 0 END::TINYINT AS far
  FROM limited
),
completed AS (
  SELECT *,
    CASE WHEN count(*) OVER seven = 7 AND abs(sum(side) OVER seven) = 7 THEN side ELSE 0 END::TINYINT AS shifted,
    CASE WHEN count(rising) OVER six = 6 AND bool_and(rising) OVER six THEN 1 WHEN count(falling) OVER six = 6 AND bool_and(falling) OVER six THEN -1 ELSE 0 END::TINYINT AS trended,
    CASE WHEN count(*) OVER three = 3 AND abs(sum(side) OVER three) = 3 AND abs(sum(far) OVER three) >= 2 THEN side ELSE 0 END::TINYINT AS paired
  FROM zoned WINDOW seven AS (PARTITION BY series ORDER BY period ROWS 6 PRECEDING),
    six AS (PARTITION BY series ORDER BY period ROWS 5 PRECEDING), three AS (PARTITION BY series ORDER BY period ROWS 2 PRECEDING)
)
SELECT series, period, value, centre, sigma, value > centre + 3 * sigma OR value < centre - 3 * sigma AS beyond_limits,
  max(abs(shifted)) OVER next_seven = 1 AS "shift", max(abs(trended)) OVER next_seven = 1 AS trend,
  far <> 0 AND max(abs(paired)) OVER next_three = 1 AS two_of_three
FROM completed WINDOW next_seven AS (PARTITION BY series ORDER BY period ROWS BETWEEN CURRENT ROW AND 6 FOLLOWING),
  next_three AS (PARTITION BY series ORDER BY period ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING)`
