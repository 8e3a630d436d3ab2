import { type MeasureChart, measureCharts } from "@plimsoll/schema"
import type { Database } from "./duckdb/database.ts"
import { periodLength } from "./period.ts"
import { hideSmallCounts, released } from "./released.ts"
import { readMeta, writeMeta } from "./store.ts"

/** The rules and their version that a kind of chart is judged by; part of every signal's id. */
export const profileOf = (chart: string): string => (chart === "run" ? "anhoej@1" : "mdc-2023@1")

/** The columns a chart is made from. Rates are per `multiplier`, which is given by the unit of their exposure. */
const columnsOf = (chart: MeasureChart, multiplier: string): string =>
  chart === "p" || chart === "pp" || chart === "p_auto" || chart === "np"
    ? "v.numerator, v.denominator"
    : chart === "u" || chart === "up" || chart === "u_auto"
      ? `v.numerator, v.denominator / ${multiplier} AS denominator`
      : "v.value"

/** Limits are provisional until a phase has this many valid points, and stay as they are from then on. */
const frozenAt = 24

/** The length of a period whose kind an expression gives, as SQL. */
const lengthOf = (kind: string): string =>
  `CASE ${kind} ${Object.entries(periodLength)
    .map(([name, length]) => `WHEN '${name}' THEN ${length}`)
    .join(" ")} END`

/**
 * The series of one kind of chart as `spc.<chart>` takes them. `values` and `measures` name the tables of measure
 * values and of measures; `multiplier` is that of measure `m`, as SQL.
 */
export const chartInput = (
  chart: MeasureChart,
  values: string,
  measures: string,
  multiplier: string
): string =>
  `SELECT v.series, v.period, ${columnsOf(chart, multiplier)}, '1' AS phase,
     CASE WHEN m.baseline_all THEN true
       WHEN m.baseline_from IS NOT NULL THEN v.period BETWEEN m.baseline_from AND m.baseline_until
       ELSE count(v.value) OVER (PARTITION BY v.series ORDER BY v.period) <= ${frozenAt} END AS baseline,
     m.target, m.direction
   FROM ${values} v JOIN ${measures} m ON m.id = v.measure WHERE m.chart = '${chart}'`

/** The charts that are needed for measures with these; one that binds quickly where there is no measure. */
export const usedCharts = (found: ReadonlyArray<string>): ReadonlyArray<MeasureChart> => {
  const some = measureCharts.filter((chart) => found.includes(chart))
  return some.length === 0 ? ["xmr"] : some
}

/**
 * Makes a temporary table of every point of the series given, judged by the macros of their charts. Binding a macro
 * takes longer than a small chart, so only those that are needed are called; where there is no series, the table is
 * empty all the same.
 */
export const judgeInto = async (
  database: Database,
  table: string,
  values: string,
  measures: string
): Promise<void> => {
  const found = await database.rows<{ chart: string }>(
    `SELECT DISTINCT m.chart FROM ${values} v JOIN ${measures} m ON m.id = v.measure`
  )
  const used = usedCharts(found.map((one) => one.chart))
  for (const chart of used) {
    await database.run(
      `CREATE OR REPLACE TEMP TABLE ${table}_${chart} AS ${chartInput(chart, values, measures, "(m.definition::JSON->>'multiplier')::DOUBLE")}`
    )
  }
  const parts = used.map((chart) => `FROM spc.${chart}('${table}_${chart}')`)
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${table} AS ${parts.join(" UNION ALL BY NAME ")};
     ${used.map((chart) => `DROP TABLE ${table}_${chart}`).join("; ")}`
  )
}

/** So many series are judged in one statement: what it holds in memory grows with them. */
const seriesAtOnce = 10_000

/**
 * Judges the series that the table `changed` names, and keeps the runs of special causes found and where each series
 * stands at its latest point.
 */
export const judgeChanged = async (database: Database): Promise<void> => {
  await database.run(
    `INSERT INTO changed SELECT DISTINCT series FROM store.measure_value SEMI JOIN store.rejudged USING (measure);
     DELETE FROM store.rejudged`
  )
  await hideSmallCounts(database)
  const [changed] = await database.rows<{ series: number }>(
    "SELECT count(DISTINCT series)::INTEGER AS series FROM changed"
  )
  if (changed!.series === 0) return
  await database.run(
    `DELETE FROM store.run WHERE rule <> 'silence' AND series IN (FROM changed);
     DELETE FROM store.standing WHERE series IN (FROM changed)`
  )
  const parts = Math.ceil(changed!.series / seriesAtOnce)
  for (let part = 0; part < parts; part++) await judgePart(database, part, parts)
}

const judgePart = async (database: Database, part: number, parts: number): Promise<void> => {
  const asked = parts === 1 ? "changed" : `(FROM changed WHERE hash(series) % ${parts} = ${part})`
  await database.run(
    `CREATE OR REPLACE TEMP TABLE changed_value AS ${released(`(FROM store.measure_value SEMI JOIN ${asked} AS asked USING (series))`)}`
  )
  await judgeInto(database, "judged", "changed_value", "store.active_measure")
  await database.run(
    `INSERT INTO store.standing
       SELECT p.series, v.measure, v.microsystem, v.stratum, p.period, p.value, p.centre, p.lcl3, p.ucl3, p.assurance, p.n, p.warning, p.r1,
         p.judged, p.profile, p.chart
       FROM judged p JOIN changed_value v USING (series, period)
       WHERE p.value IS NOT NULL QUALIFY row_number() OVER (PARTITION BY p.series ORDER BY p.period DESC) = 1;
     INSERT INTO store.run
       WITH latest AS (
         SELECT series, max(period) AS period, arg_max(value, period) AS value, arg_max(centre, period) AS centre, max(n) AS n,
           any_value(direction) AS direction
         FROM judged WHERE value IS NOT NULL AND NOT excluded AND judged AND NOT list_contains(warning, 'overdispersed')
         GROUP BY series),
       found AS (SELECT DISTINCT series, phase, unnest(rules) AS run FROM judged)
       SELECT f.series, f.phase, f.run.rule, f.run.side, f.run.first, f.run.completed, f.run.last, f.run.points,
         f.run.last = l.period AS active,
         CASE WHEN coalesce(l.direction, 'neutral') = 'neutral' OR f.run.side IS NULL THEN 'changed'
           WHEN (l.direction = 'up') = (f.run.side = 'high') THEN 'improvement' ELSE 'concern' END,
         l.period, l.value, l.centre, l.n
       FROM found f JOIN latest l USING (series)
       WHERE f.series::JSON->>0 NOT IN (SELECT id FROM store.active_measure WHERE unjudged IS NOT NULL UNION ALL SELECT measure FROM store.unjudged_measure);
     DROP TABLE judged; DROP TABLE changed_value`
  )
}

/**
 * Finds the series that have fallen silent: the latest tick is further from the last observation than twice the
 * median of its last 12 gaps, of which there must be 4. A new tick asks that of every series, and adds those of which
 * the answer changes to the table `changed`; otherwise only those that are there are looked at.
 */
export const judgeSilence = async (database: Database): Promise<void> => {
  const [tick] = await database.rows<{ day: string | null; some: boolean }>(
    "SELECT max(day)::VARCHAR AS day, EXISTS (FROM changed) AS some FROM current.tick"
  )
  const day = tick!.day ?? "none"
  const all = day !== ((await readMeta(database, "silence")) ?? "none")
  if (!all && !tick!.some) return
  const among = all ? "true" : "series IN (SELECT series FROM changed)"
  await database.run(
    `CREATE OR REPLACE TEMP TABLE silent AS SELECT series FROM store.run WHERE rule = 'silence' AND ${among};
     DELETE FROM store.run WHERE rule = 'silence' AND ${among}`
  )
  if (tick!.day !== null) {
    await database.run(
      `INSERT INTO store.run
       WITH tick AS (SELECT max(day) AS day FROM current.tick),
       seen AS (
         SELECT v.series, v.period, (v.period + ${lengthOf("m.definition::JSON->>'period'")})::DATE - 1 AS covered,
           v.period - lag(v.period) OVER (PARTITION BY v.series ORDER BY v.period) AS gap,
           row_number() OVER (PARTITION BY v.series ORDER BY v.period DESC) AS back
         FROM store.measure_value v JOIN store.active_measure m ON m.id = v.measure
         WHERE v.observations > 0 AND v.stratum IS NULL AND m.unjudged IS NULL AND ${all ? among : `v.${among}`}),
       rhythm AS (
         SELECT series, max(period) AS period, max(covered) AS covered, median(gap) FILTER (back <= 12) AS gap,
           count(gap) FILTER (back <= 12) AS gaps
         FROM seen GROUP BY series)
       SELECT series, '1', 'silence', NULL, period, covered + ceil(2 * gap)::INTEGER + 1, tick.day, gaps, true, 'concern', tick.day, NULL, NULL, NULL
       FROM rhythm, tick WHERE gaps >= 4 AND tick.day - covered > 2 * gap`
    )
  }
  await database.run(
    `INSERT INTO changed FROM silent;
     INSERT INTO changed SELECT series FROM store.run WHERE rule = 'silence' AND ${among};
     DROP TABLE silent`
  )
  if (all) await writeMeta(database, "silence", day)
}

/** Keeps the units whose series have changed, until the modules have looked at them. */
export const noteJudgedUnits = (database: Database): Promise<void> =>
  database.run(
    `INSERT INTO store.judged_unit SELECT stage, microsystem FROM (SELECT DISTINCT series::JSON->>1 AS microsystem FROM changed), (VALUES ('kept'), ('shown')) AS stages (stage)`
  )
