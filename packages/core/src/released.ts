import type { Database } from "./duckdb/database.ts"

/** What is too small to be told outside the own team (RULES §4.9), as SQL over columns `n`, `d` and `measured`. */
const small = (n: string, d: string): string =>
  `coalesce(${n} BETWEEN 1 AND 4 OR (${d} - ${n}) BETWEEN 1 AND 4 OR ${d} < 10, false)`

/**
 * Finds the points of the changed series of small-count measures that are hidden from everyone but the own team: small
 * numerators, small remainders, small denominators; and, since a part can be had by taking the others from the whole, all
 * parts of a breakdown of which one part, the whole, or what no part covers is small. Adds to `store.changed` the
 * other series of the same unit, since those may hide or show by it.
 */
export const hideSmallCounts = async (database: Database): Promise<void> => {
  const [some] = await database.rowsAgain<{ some: boolean }>(
    "SELECT EXISTS (FROM store.active_measure WHERE class = 'small-count') AND EXISTS (FROM store.changed) AS some"
  )
  if (!some!.some) return
  await database.fill(
    "small_value",
    `SELECT v.* FROM store.measure_value v
     SEMI JOIN (SELECT DISTINCT c.series::JSON->>0 AS measure, c.series::JSON->>1 AS microsystem FROM store.changed c
       WHERE c.series::JSON->>0 IN (SELECT id FROM store.active_measure WHERE class = 'small-count')) c
       ON c.measure = v.measure AND c.microsystem = v.microsystem`
  )
  await database.again(
    `INSERT INTO store.changed SELECT DISTINCT series FROM small_value;
     DELETE FROM store.hidden_point WHERE series IN (SELECT series FROM small_value);
     INSERT INTO store.hidden_point
       WITH whole AS (SELECT * FROM small_value WHERE stratum IS NULL),
       part AS (SELECT *, split_part(stratum, '=', 1) AS breakdown FROM small_value WHERE stratum IS NOT NULL),
       parts AS (
         SELECT microsystem, measure, period, breakdown, bool_or(${small("numerator", "denominator")}) AS small,
           list_sum(list(numerator ORDER BY stratum)) AS n, list_sum(list(denominator ORDER BY stratum)) AS d
         FROM part GROUP BY ALL),
       bare AS (
         SELECT p.microsystem, p.measure, p.period, p.breakdown
         FROM parts p LEFT JOIN whole w USING (microsystem, measure, period)
         WHERE p.small OR ${small("w.numerator", "w.denominator")}
           OR (w.numerator <> p.n OR w.denominator IS DISTINCT FROM p.d) AND ${small("(w.numerator - p.n)", "(w.denominator - p.d)")})
       SELECT series, period FROM whole WHERE ${small("numerator", "denominator")}
       UNION ALL SELECT series, period FROM part SEMI JOIN bare USING (microsystem, measure, period, breakdown)`
  )
}

/** Measure values as everyone may see those of their class: a hidden point has no figure. `values`: the table, as SQL. */
export const released = (values: string): string =>
  `SELECT v.* REPLACE (CASE WHEN h.series IS NULL THEN v.numerator END AS numerator, CASE WHEN h.series IS NULL THEN v.denominator END AS denominator,
     CASE WHEN h.series IS NULL THEN v.value END AS value), h.series IS NOT NULL AS hidden
   FROM ${values} v LEFT JOIN store.hidden_point h ON h.series = v.series AND h.period = v.period`
