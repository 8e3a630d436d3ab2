import { DuckDBInstance } from "@duckdb/node-api"

/** How many charts are judged, and how many are slipping at their latest point. */
export interface Slipping {
  readonly judged: number
  readonly slipping: number
}

/** What a published file says about one measure, and what is left when a reason is taken out of its figures. */
export interface Reasons {
  readonly asPublished: Slipping
  /** The figures less what the whole country did in the same month. */
  readonly lessCountry: Slipping
  /** Moreover each chart's later months moved to the level of its baseline. */
  readonly lessOwnLevel: Slipping
  /** The months of each chart in random order, many times over: nothing but its distribution is left. */
  readonly shuffled: Slipping
  /** How many charts luck alone would show, were the months independent of each other. */
  readonly byLuck: number
  /** How many luck would show, given how each baseline carries over from month to month once the country is out. */
  readonly byLuckAndCarryOver: number
}

const verdicts = (input: string) => `
  SELECT count(*) FILTER (judged) AS judged, count(*) FILTER (judged AND variation IN ('concern', 'both')) AS slipping
  FROM (SELECT series, arg_max(judged, period) AS judged, arg_max(variation, period) AS variation
        FROM spc.xmr('${input}') WHERE value IS NOT NULL GROUP BY series)`

/** Reads a published file and takes the reasons out of a measure of shares, one after the other. */
export const reasonsOf = async (published: string, measure: string, shuffles: number): Promise<Reasons> => {
  const instance = await DuckDBInstance.create(published, { access_mode: "READ_ONLY" })
  const connection = await instance.connect()
  const numbers = async (sql: string): Promise<ReadonlyArray<number>> => {
    const [row = []] = (await connection.runAndReadAll(sql)).getRows()
    return row.map(Number)
  }
  const slipping = async (input: string): Promise<Slipping> => {
    const [judged = 0, count = 0] = await numbers(verdicts(input))
    return { judged, slipping: count }
  }
  try {
    await connection.run(`
      CREATE TEMP TABLE as_published AS
        FROM xmr_input WHERE value IS NOT NULL AND series IN (SELECT series FROM series WHERE measure = '${measure}');
      CREATE TEMP TABLE country AS
        SELECT period, value - avg(value) FILTER (baseline) OVER () AS moved FROM (
          SELECT period, sum(numerator) / sum(denominator) AS value,
            row_number() OVER (ORDER BY period) <= 24 AS baseline
          FROM measure_value WHERE measure = '${measure}' GROUP BY period);
      CREATE TEMP TABLE less_country AS
        SELECT p.* REPLACE (p.value - moved AS value) FROM as_published p JOIN country USING (period);
      CREATE TEMP TABLE less_own_level AS
        SELECT p.* REPLACE (CASE WHEN baseline THEN value
          ELSE value - avg(value) FILTER (NOT baseline) OVER s + avg(value) FILTER (baseline) OVER s END AS value)
        FROM less_country p WINDOW s AS (PARTITION BY series);
      CREATE TEMP TABLE shuffled AS
        WITH drawn AS (
            SELECT series, shuffle, value, row_number() OVER (
              PARTITION BY series, shuffle ORDER BY md5(concat_ws('/', series, period, shuffle))) AS place
            FROM as_published, range(${shuffles}) AS shuffles(shuffle)),
          places AS (SELECT *, row_number() OVER (PARTITION BY series ORDER BY period) AS place FROM as_published)
        SELECT p.* EXCLUDE (place) REPLACE (concat_ws('/', p.series, shuffle) AS series, drawn.value AS value)
        FROM places p JOIN drawn USING (series, place);`)
    const [byLuck = 0] = await numbers(`SELECT by_luck FROM expectation WHERE measure = '${measure}'`)
    const [byLuckAndCarryOver = 0] = await numbers(`
      WITH centred AS (
          SELECT series, period, value - avg(value) OVER (PARTITION BY series) AS d FROM less_country WHERE baseline),
        pairs AS (SELECT series, d, lead(d) OVER (PARTITION BY series ORDER BY period) AS next FROM centred),
        carried AS (SELECT series, greatest(0, sum(d * next) / sum(d * d)) AS r1 FROM pairs GROUP BY series),
        counted AS (SELECT series, count(*) AS points FROM less_country GROUP BY series HAVING count(*) >= 13),
        rates AS (
          SELECT series, arg_min(f.last_point_concern, abs(f.phi - r1) * 1000 + abs(f.n - points)) AS rate
          FROM carried JOIN counted USING (series), spc.false_alarms() f
          WHERE f.profile = 'mdc-2023' AND f.baseline = 'frozen' GROUP BY series)
      SELECT sum(rate) FROM rates`)
    return {
      asPublished: await slipping("as_published"),
      lessCountry: await slipping("less_country"),
      lessOwnLevel: await slipping("less_own_level"),
      shuffled: await slipping("shuffled"),
      byLuck,
      byLuckAndCarryOver
    }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** The most and the fewest of `n` that chance `p` gives in all but 1 of 1,000 cases: exact binomial tails. */
export const binomialInterval = (n: number, p: number): readonly [low: number, high: number] => {
  const logs = [0]
  for (let k = 1; k <= n; k++) logs.push(logs[k - 1]! + Math.log(k))
  const chance = (k: number) =>
    Math.exp(logs[n]! - logs[k]! - logs[n - k]! + k * Math.log(p) + (n - k) * Math.log1p(-p))
  let low = 0
  for (let tail = chance(0); tail < 0.0005; tail += chance(low)) low++
  let high = n
  for (let tail = chance(n); tail < 0.0005; tail += chance(high)) high--
  return [low, high]
}
