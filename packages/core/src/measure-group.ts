import type { MeasureDefinition } from "@plimsoll/schema"
import type { Database } from "./duckdb/database.ts"
import { currentRows, type LandedStream } from "./landing-table.ts"
import { expressionTypes, lastComplete } from "./measure-sql.ts"
import { periodLength } from "./period.ts"
import { quoted } from "./text.ts"
import { wallTime } from "./watermark.ts"

/** Measures that cut the rows of one stream alike, so that one pass over the rows sums up all of them. */
export interface MeasureGroup {
  readonly stream: LandedStream
  readonly measures: ReadonlyArray<MeasureDefinition>
  /** What of them is to be computed: all, or the series that are marked. */
  readonly extent: "all" | "touched"
}

/** A pass holds the sums of its measures in memory, so that it takes so many at the most. */
const measuresAtOnce = 50

/** Puts measures into groups. */
export const measureGroups = (
  each: ReadonlyArray<{
    readonly stream: LandedStream
    readonly measure: MeasureDefinition
    readonly all: boolean
  }>
): ReadonlyArray<MeasureGroup> => {
  const found = new Map<string, Array<(typeof each)[number]>>()
  for (const one of each) {
    const { stream, at, period, grace, microsystem, strata } = one.measure
    const key = JSON.stringify([stream, at, period, grace, microsystem, strata, one.all])
    const own = found.get(key)
    if (own === undefined) found.set(key, [one])
    else own.push(one)
  }
  return [...found.values()].flatMap((own) =>
    Array.from({ length: Math.ceil(own.length / measuresAtOnce) }, (_, nth): MeasureGroup => ({
      stream: own[0]!.stream,
      measures: own.slice(nth * measuresAtOnce, (nth + 1) * measuresAtOnce).map((one) => one.measure),
      extent: own[0]!.all ? "all" : "touched"
    }))
  )
}

const idsOf = (group: MeasureGroup): string => group.measures.map((measure) => quoted(measure.id)).join(", ")

/** The measures of a group as a condition on `measure`. */
export const amongMeasures = (group: MeasureGroup): string => `measure IN (${idsOf(group)})`

const touchedMicrosystems = (group: MeasureGroup): string =>
  `(SELECT microsystem FROM store.touched WHERE ${amongMeasures(group)})`

/** The microsystems that are known, of those that are to be computed, as SQL. */
export const knownMicrosystems = (group: MeasureGroup, units: LandedStream): string =>
  group.extent === "all"
    ? "current.microsystem"
    : `(${currentRows(units, `r.id IN ${touchedMicrosystems(group)}`)})`

/**
 * How to add a column up so that the sum does not depend on the order of the rows: whole and decimal numbers are
 * exact, floating ones are added over a sorted list.
 */
const sumOf = (type: string, column: string): string =>
  /^(DOUBLE|FLOAT)$/.test(type)
    ? `list_sum(list(${column} ORDER BY ${column}) FILTER (${column} IS NOT NULL))`
    : type === "BOOLEAN"
      ? `sum(${column}::INTEGER)::DOUBLE`
      : `sum(${column})::DOUBLE`

/**
 * The SQL of what the rows add up to: one row a microsystem, known or not, stratum and period, with the numerators `n`,
 * the denominators `d` and the numbers of rows that count `o` of all measures, in their order.
 */
export const summedRows = async (database: Database, group: MeasureGroup, zone: string): Promise<string> => {
  const { stream, measures, extent } = group
  const { at, period, microsystem, strata } = measures[0]!
  const types = await expressionTypes(database, measures, stream, zone)
  const only = extent === "all" ? undefined : `(${microsystem})::VARCHAR IN ${touchedMicrosystems(group)}`
  const stratum = Object.entries(strata).map(
    ([name, expression]) => `${quoted(`${name}=`)} || (${expression})::VARCHAR`
  )
  const own: string[] = []
  const both: string[] = []
  for (const [nth, measure] of measures.entries()) {
    const counted = (expression: string) =>
      measure.where === null ? `(${expression})` : `CASE WHEN (${measure.where}) THEN (${expression}) END`
    own.push(`${counted(measure.numerator)} AS _n${nth}`)
    if (measure.denominator === null) both.push(`_n${nth} AS n${nth}`)
    else {
      own.push(`${counted(measure.denominator)} AS _d${nth}`)
      both.push(`CASE WHEN _d${nth} IS NOT NULL THEN _n${nth} END AS n${nth}`)
      both.push(`CASE WHEN _n${nth} IS NOT NULL THEN _d${nth} END AS d${nth}`)
    }
  }
  const numerators = list(group, (_, nth) => sumOf(types[nth]!.numerator, `n${nth}`))
  const denominators = list(group, (measure, nth) =>
    measure.denominator === null ? "NULL" : sumOf(types[nth]!.denominator, `d${nth}`)
  )
  return `
    SELECT microsystem, stratum, period, ${numerators}::DOUBLE[] AS n, ${denominators}::DOUBLE[] AS d, ${list(group, (_, nth) => `count(n${nth})`)} AS o
    FROM (
      SELECT microsystem, period, ${both.join(", ")},
        ${stratum.length === 0 ? "NULL::VARCHAR" : "unnest(list_prepend(NULL, list_filter(strata, lambda one: one IS NOT NULL)))"} AS stratum
      FROM (
        SELECT (${microsystem})::VARCHAR AS microsystem, date_trunc('${period}', ${wallTime(stream, at, zone)})::DATE AS period,
          [${stratum.join(", ")}]::VARCHAR[] AS strata, ${own.join(", ")}
        FROM (${currentRows(stream, only)}))
      WHERE microsystem IS NOT NULL AND period IS NOT NULL${extent === "all" ? "" : ` AND microsystem IN ${touchedMicrosystems(group)}`})
    GROUP BY microsystem, stratum, period`
}

const list = (group: MeasureGroup, of: (measure: MeasureDefinition, nth: number) => string): string =>
  `[${group.measures.map(of).join(", ")}]`

/**
 * The SQL of the values of a group, from the table of what {@link summedRows} gives: one row a measure, microsystem,
 * stratum and complete period, gaps included; those of a microsystem stand together.
 */
export const groupValues = (group: MeasureGroup, summed: string, units: LandedStream): string => {
  const { period } = group.measures[0]!
  const last = lastComplete(group.measures[0]!, group.stream)
  return `
    WITH placed AS (SELECT s.* FROM ${summed} s SEMI JOIN ${knownMicrosystems(group, units)} u ON u.id = s.microsystem),
    begun AS (
      SELECT microsystem, stratum, ${list(group, (_, nth) => `min(CASE WHEN o[${nth + 1}] > 0 THEN period END)`)} AS firsts
      FROM placed GROUP BY microsystem, stratum),
    spine AS (
      SELECT *, ',' || to_json(microsystem)::VARCHAR || ',' || coalesce(to_json(stratum)::VARCHAR, 'null') || ']' AS rest,
        unnest(generate_series(list_min(firsts), ${last}, ${periodLength[period]}))::DATE AS period
      FROM begun),
    grid AS (
      SELECT s.*, v.n, v.d, v.o FROM spine s LEFT JOIN placed v
        ON v.microsystem = s.microsystem AND v.stratum IS NOT DISTINCT FROM s.stratum AND v.period = s.period
      ORDER BY s.microsystem, s.stratum, s.period),
    each AS (
      SELECT microsystem, stratum, period, rest, unnest(firsts) AS first, unnest(n) AS n, unnest(d) AS d, unnest(o) AS o,
        unnest([${idsOf(group)}]) AS measure, unnest(${list(group, (measure) => String(measure.version))}) AS measure_version,
        unnest(${list(group, (measure) => String(measure.denominator !== null))}) AS divided,
        unnest(${list(group, (measure) => String(measure.multiplier))}::DOUBLE[]) AS multiplier,
        unnest(${list(group, (measure) => (measure.empty === "zero" ? "0" : "NULL"))}::DOUBLE[]) AS gap
      FROM grid)
    SELECT '["' || measure || '"' || rest AS series, measure, measure_version, microsystem, stratum, period,
      coalesce(n, gap) AS numerator, CASE WHEN divided THEN coalesce(d, gap) END AS denominator,
      CASE WHEN NOT divided THEN coalesce(n, gap) * multiplier WHEN d <> 0 THEN coalesce(n, gap) / d * multiplier END AS value,
      coalesce(o, 0) AS observations
    FROM each WHERE period >= first`
}

/** The SQL of the rows that wait for their microsystem, from the same table. */
export const unplacedRows = (group: MeasureGroup, summed: string, units: LandedStream): string =>
  `SELECT measure, microsystem, sum(o)::BIGINT AS observations, min(period) AS first_period, max(period) AS last_period FROM (
     SELECT s.microsystem, s.period, unnest([${idsOf(group)}]) AS measure, unnest(s.o) AS o
     FROM ${summed} s ANTI JOIN ${knownMicrosystems(group, units)} u ON u.id = s.microsystem WHERE s.stratum IS NULL)
   WHERE o > 0 GROUP BY measure, microsystem`
