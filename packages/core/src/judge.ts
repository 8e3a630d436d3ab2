import { type MeasureChart, measureCharts } from "@plimsoll/schema"
import { phaseMacro } from "@plimsoll/spc"
import type { Database } from "./duckdb/database.ts"
import { periodLength } from "./period.ts"
import { released } from "./released.ts"
import { readMeta, writeMeta } from "./store.ts"

/** The rules and their version that a kind of chart is judged by; part of every signal's id. */
export const profileOf = (chart: string): string => (chart === "run" ? "anhoej@1" : "mdc-2023@1")

/** The columns a chart is made from. Rates are per multiplier, which is given by the unit of their exposure. */
const columnsOf = (chart: MeasureChart): string =>
  chart === "p" || chart === "pp" || chart === "p_auto" || chart === "np"
    ? "v.numerator, v.denominator"
    : chart === "u" || chart === "up" || chart === "u_auto"
      ? `v.numerator, v.denominator / m.multiplier AS denominator`
      : "v.value"

/** Limits are provisional until a phase has this many valid points, and stay as they are from then on. */
const frozenAt = 24

/** The length of a period whose kind an expression gives, as SQL. */
const lengthOf = (kind: string): string =>
  `CASE ${kind} ${Object.entries(periodLength)
    .map(([name, length]) => `WHEN '${name}' THEN ${length}`)
    .join(" ")} END`

/** The first period after the baseline, of each series of a table of measure values that has one, as SQL. */
const firstFrozen = (values: string): string =>
  `SELECT series, min(period, ${frozenAt + 1})[${frozenAt + 1}] AS frozen FROM ${values} WHERE value IS NOT NULL GROUP BY series`

/** The columns of a chart's input, over values `v` and what is known of their measure and series. */
const inputColumns = (chart: MeasureChart): string =>
  `v.series, v.period, ${columnsOf(chart)}, '1' AS phase,
     CASE WHEN m.baseline_all THEN true
       WHEN m.baseline_from IS NOT NULL THEN v.period BETWEEN m.baseline_from AND m.baseline_until
       ELSE coalesce(v.period < frozen, true) END AS baseline,
     m.target, m.direction`

/** The series of one kind of chart as `spc.<chart>` takes them. `values` and `measures` name the tables of measure values and of measures. */
export const chartInput = (chart: MeasureChart, values: string, measures: string): string =>
  `SELECT ${inputColumns(chart)}
   FROM ${values} v JOIN ${measures} m ON m.id = v.measure LEFT JOIN (${firstFrozen(values)}) b ON b.series = v.series
   WHERE m.chart = '${chart}'`

/** The charts that are needed for measures with these; one that binds quickly where there is no measure. */
export const usedCharts = (found: ReadonlyArray<string>): ReadonlyArray<MeasureChart> => {
  const some = measureCharts.filter((chart) => found.includes(chart))
  return some.length === 0 ? ["xmr"] : some
}

/** So many series are judged in one statement: what it holds in memory grows with them, and fewer keep two cores less busy. */
const seriesAtOnce = 40_000

/**
 * Judges the series that `store.changed` names, and keeps the runs of special causes found and where each series stands at
 * its latest point. In parts, each written in a transaction of its own: a temporary table that is not committed yet counts as
 * empty when a statement is planned, and its joins become slow.
 */
export const judgeChanged = async (database: Database): Promise<void> => {
  // Neighbours in the alphabet stand together in the store, so that a part need not look at all of it.
  await database.fill(
    "asked",
    `WITH each AS (
       SELECT series, series::JSON->>0 AS measure, series::JSON->>1 AS microsystem, series::JSON->>2 AS stratum FROM (SELECT DISTINCT series FROM store.changed)),
     unit AS (SELECT microsystem, ((sum(count(*)) OVER (ORDER BY microsystem) - 1) // ${seriesAtOnce})::INTEGER AS part FROM each GROUP BY microsystem)
     SELECT each.*, unit.part, row_number() OVER ()::INTEGER AS number FROM each JOIN unit USING (microsystem)`
  )
  const parts = await database.rowsAgain<Part>(
    `SELECT a.part, list_sort(list(DISTINCT m.chart)) AS charts FROM asked a LEFT JOIN store.active_measure m ON m.id = a.measure GROUP BY a.part ORDER BY a.part`
  )
  const last = parts.at(-1)
  for (const part of parts) {
    await judgePart(database, part)
    await database.transaction(async () => {
      await keepJudged(database, part)
      if (part === last) await settle(database)
    })
    if (parts.length > 1) await database.discard("asked_value", "asked_series", "judged")
  }
  if (last === undefined) await database.transaction(() => settle(database))
  if (parts.length > 1) await database.discard("asked")
}

/** What is done when all that has changed is judged. */
const settle = async (database: Database): Promise<void> => {
  await judgeSilence(database)
  // The units are kept until the modules have looked at them.
  await database.again(
    `INSERT INTO store.judged_unit SELECT stage, microsystem FROM (SELECT DISTINCT series::JSON->>1 AS microsystem FROM store.changed), (VALUES ('kept'), ('shown')) AS stages (stage);
     INSERT INTO store.unsettled SELECT DISTINCT series FROM store.changed;
     DELETE FROM store.changed`
  )
}

/** Series of the table `asked` that are judged together: those of microsystems beside each other. */
interface Part {
  readonly part: number
  readonly charts: ReadonlyArray<string>
}

const judgePart = async (database: Database, { part, charts: found }: Part): Promise<void> => {
  // Binding a macro takes longer than a small chart, so only those that are needed are called.
  const charts = usedCharts(found)
  // Their numbers stand for them: to group and join by the texts takes longer than the charts.
  await database.fill(
    "asked_value",
    `SELECT number AS series, period, numerator, denominator, value
     FROM (${released(`(SELECT v.*, a.number FROM store.measure_value v JOIN (FROM asked WHERE part = ${part}) a USING (microsystem, series))`)})`
  )
  await database.fill(
    "asked_series",
    `SELECT a.number AS series, m.*, (m.definition::JSON->>'multiplier')::DOUBLE AS multiplier, b.frozen
     FROM asked a JOIN store.active_measure m ON m.id = a.measure LEFT JOIN (${firstFrozen("asked_value")}) b ON b.series = a.number
     WHERE a.part = ${part}`
  )
  for (const chart of charts) {
    await database.once(`${chart}_phases`, () => phaseMacro(chart))
    await database.once(
      `asked_${chart}`,
      () =>
        `CREATE OR REPLACE TEMP VIEW asked_${chart} AS SELECT ${inputColumns(chart)}
         FROM asked_value v JOIN (FROM asked_series WHERE chart = '${chart}') m USING (series)`
    )
  }
  await database.fill(
    "judged",
    `SELECT series, period, value, centre, lcl3, ucl3, assurance, n, warning, r1, judged, profile, chart, direction, rules
     FROM (${charts.map((chart) => `FROM ${chart}_phases('asked_${chart}')`).join(" UNION ALL BY NAME ")}) WHERE period IS NOT NULL`
  )
}

/** Keeps what the table `judged` has of a part. */
const keepJudged = (database: Database, { part }: Part): Promise<void> =>
  database.again(
    `DELETE FROM store.run WHERE rule <> 'silence' AND series IN (SELECT series FROM asked WHERE part = ${part});
     DELETE FROM store.standing WHERE series IN (SELECT series FROM asked WHERE part = ${part});
     INSERT INTO store.standing
       SELECT a.series, a.measure, a.microsystem, a.stratum, j.period, j.value, j.centre, j.lcl3, j.ucl3, j.assurance, j.n, j.warning, j.r1,
         j.judged, j.profile, j.chart
       FROM judged j JOIN asked a ON a.number = j.series;
     INSERT INTO store.run
       WITH runs AS (
         SELECT DISTINCT series, period, value, centre, n, direction, unnest(rules) AS run FROM judged
         WHERE len(rules) > 0 AND NOT list_contains(warning, 'overdispersed'))
       SELECT a.series, '1', r.run.rule, r.run.side, r.run.first, r.run.completed, r.run.last, r.run.points, r.run.last = r.period AS active,
         CASE WHEN coalesce(r.direction, 'neutral') = 'neutral' OR r.run.side IS NULL THEN 'changed'
           WHEN (r.direction = 'up') = (r.run.side = 'high') THEN 'improvement' ELSE 'concern' END,
         r.period, r.value, r.centre, r.n
       FROM runs r JOIN asked a ON a.number = r.series
       WHERE a.measure NOT IN (SELECT id FROM store.active_measure WHERE unjudged IS NOT NULL UNION ALL SELECT measure FROM store.unjudged_measure)`
  )

/**
 * Finds the series that have fallen silent: the latest tick is further from the last observation than twice the
 * median of its last 12 gaps, of which there must be 4. A new tick asks that of every series, and adds those of which
 * the answer changes to `store.changed`; otherwise only those that are there are looked at.
 */
const judgeSilence = async (database: Database): Promise<void> => {
  const [tick] = await database.rowsAgain<{ day: string | null; some: boolean }>(
    "SELECT max(day)::VARCHAR AS day, EXISTS (FROM store.changed) AS some FROM current.tick"
  )
  // Nothing is silent before somebody has said what day it is.
  if (tick!.day === null) return
  const day: string = tick!.day
  const all = day !== ((await readMeta(database, "silence")) ?? "none")
  if (!all && !tick!.some) return
  const among = all ? "true" : "series IN (SELECT series FROM store.changed)"
  await database.fill("silent", `SELECT series FROM store.run WHERE rule = 'silence' AND ${among}`)
  await database.again(`DELETE FROM store.run WHERE rule = 'silence' AND ${among}`)
  await database.again(
    `INSERT INTO store.run
     WITH tick AS (SELECT max(day) AS day FROM current.tick),
     seen AS (
       SELECT v.series, v.period, (v.period + ${lengthOf("m.definition::JSON->>'period'")})::DATE - 1 AS covered,
         v.period - lag(v.period) OVER (PARTITION BY v.series ORDER BY v.period) AS gap,
         row_number() OVER (PARTITION BY v.series ORDER BY v.period DESC) AS back
       FROM ${all ? "store.measure_value" : "(FROM store.measure_value SEMI JOIN asked USING (microsystem, series))"} v JOIN store.active_measure m ON m.id = v.measure
       WHERE v.observations > 0 AND v.stratum IS NULL AND m.unjudged IS NULL),
     rhythm AS (
       SELECT series, max(period) AS period, max(covered) AS covered, median(gap) FILTER (back <= 12) AS gap,
         count(gap) FILTER (back <= 12) AS gaps
       FROM seen GROUP BY series)
     SELECT series, '1', 'silence', NULL, period, covered + ceil(2 * gap)::INTEGER + 1, tick.day, gaps, true, 'concern', tick.day, NULL, NULL, NULL
     FROM rhythm, tick WHERE gaps >= 4 AND tick.day - covered > 2 * gap`
  )
  await database.again(
    `INSERT INTO store.changed FROM silent;
     INSERT INTO store.changed SELECT series FROM store.run WHERE rule = 'silence' AND ${among}`
  )
  if (all) await writeMeta(database, "silence", day)
}
