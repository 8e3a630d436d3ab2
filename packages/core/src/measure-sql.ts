import { PlimsollError, type MeasureDefinition } from "@plimsoll/schema"
import type { Database } from "./duckdb/database.ts"
import { currentRows, type LandedStream } from "./landing-table.ts"
import { periodLength } from "./period.ts"
import { everyMicrosystem } from "./touched.ts"
import { quoted } from "./text.ts"
import { wallTime } from "./watermark.ts"

/** What of a measure is to be computed: all of it, or the microsystems that are marked. */
export type Extent = "all" | "touched"

/** The first day of the last period that is complete at a stream's watermark, as SQL over `store.watermark`. */
export const lastComplete = (measure: MeasureDefinition, stream: LandedStream): string =>
  `(SELECT (date_trunc('${measure.period}', until - INTERVAL ${measure.grace} DAY) - ${periodLength[measure.period]})::DATE
    FROM store.watermark WHERE topic = ${quoted(stream.contract.topic)})`

const touchedMicrosystems = (measure: MeasureDefinition): string =>
  `(SELECT microsystem FROM store.touched WHERE measure = ${quoted(measure.id)} AND microsystem <> '${everyMicrosystem}')`

/** The rows that count for a measure, each with its microsystem, period and parts; on top of `current` as it is now. */
export const mappedRows = (
  measure: MeasureDefinition,
  stream: LandedStream,
  extent: Extent,
  zone: string
): string => {
  const only =
    extent === "all" ? undefined : `(${measure.microsystem})::VARCHAR IN ${touchedMicrosystems(measure)}`
  const strata = Object.entries(measure.strata).map(
    ([name, expression]) => `${quoted(`${name}=`)} || (${expression})::VARCHAR`
  )
  return `SELECT microsystem, period, numerator, denominator, strata, record FROM (
      SELECT (${measure.microsystem})::VARCHAR AS microsystem,
        date_trunc('${measure.period}', ${wallTime(stream, measure.at, zone)})::DATE AS period,
        (${measure.numerator}) AS numerator, (${measure.denominator ?? "1"}) AS denominator,
        [${strata.join(", ")}]::VARCHAR[] AS strata,
        {part: _partition, record_offset: _offset} AS record
      FROM (${currentRows(stream, only)})
      ${measure.where === null ? "" : `WHERE (${measure.where})`})
    WHERE microsystem IS NOT NULL AND period IS NOT NULL AND numerator IS NOT NULL AND denominator IS NOT NULL
    ${extent === "all" ? "" : `AND microsystem IN ${touchedMicrosystems(measure)}`}`
}

/**
 * How to add a column up so that the sum does not depend on the order of the rows: whole and decimal numbers are
 * exact, floating ones are added over a sorted list.
 */
const sumOf = (type: string, column: string): string =>
  /^(DOUBLE|FLOAT)$/.test(type)
    ? `list_sum(list(${column} ORDER BY ${column}))`
    : type === "BOOLEAN"
      ? `sum(${column}::INTEGER)::DOUBLE`
      : `sum(${column})::DOUBLE`

/** The microsystems that are known, of those that are to be computed, as SQL. */
export const knownMicrosystems = (measure: MeasureDefinition, units: LandedStream, extent: Extent): string =>
  extent === "all"
    ? "current.microsystem"
    : `(${currentRows(units, `r.id IN ${touchedMicrosystems(measure)}`)})`

/** The SQL of a measure's values: one row a microsystem, stratum and complete period, gaps included. */
export const measureValues = async (
  database: Database,
  measure: MeasureDefinition,
  stream: LandedStream,
  units: LandedStream,
  extent: Extent,
  zone: string
): Promise<string> => {
  const mapped = mappedRows(measure, stream, extent, zone)
  const types = await expressionTypes(database, measure, mapped, stream)
  const gap = measure.empty === "zero" ? "0" : "NULL"
  return `
    WITH mapped AS (${mapped}),
    placed AS (SELECT m.* FROM mapped m SEMI JOIN ${knownMicrosystems(measure, units, extent)} u ON u.id = m.microsystem),
    spread AS (SELECT microsystem, period, numerator, denominator, unnest(strata) AS stratum FROM placed),
    split AS (SELECT * FROM spread WHERE stratum IS NOT NULL UNION ALL SELECT microsystem, period, numerator, denominator, NULL FROM placed),
    summed AS (
      SELECT microsystem, stratum, period, ${sumOf(types.numerator, "numerator")} AS numerator,
        ${sumOf(types.denominator, "denominator")} AS denominator, count(*) AS observations
      FROM split GROUP BY microsystem, stratum, period),
    spine AS (
      SELECT microsystem, stratum, unnest(generate_series(min(period), ${lastComplete(measure, stream)}, ${periodLength[measure.period]}))::DATE AS period
      FROM summed GROUP BY microsystem, stratum)
    SELECT to_json([${quoted(measure.id)}, s.microsystem, s.stratum])::VARCHAR AS series, ${quoted(measure.id)} AS measure,
      ${measure.version} AS measure_version, s.microsystem, s.stratum, s.period,
      coalesce(v.numerator, ${gap}) AS numerator, ${measure.denominator === null ? "NULL::DOUBLE" : `coalesce(v.denominator, ${gap})`} AS denominator,
      CASE WHEN ${measure.denominator === null ? "false" : "coalesce(v.denominator, 0) = 0"} THEN NULL
        ELSE coalesce(v.numerator, ${gap}) ${measure.denominator === null ? "" : "/ v.denominator"} * ${measure.multiplier}::DOUBLE END AS value,
      coalesce(v.observations, 0) AS observations
    FROM spine s LEFT JOIN summed v
      ON v.microsystem = s.microsystem AND v.stratum IS NOT DISTINCT FROM s.stratum AND v.period = s.period
    ORDER BY series, s.period`
}

const numeric =
  /^(BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|DOUBLE|FLOAT|DECIMAL\(.*\))$/

/** By contract and definition, which are all that they depend on. */
const types = new Map<string, { readonly numerator: string; readonly denominator: string }>()

const expressionTypes = async (
  database: Database,
  measure: MeasureDefinition,
  mapped: string,
  stream: LandedStream
): Promise<{ readonly numerator: string; readonly denominator: string }> => {
  const unfit = (message: string, cause?: unknown) =>
    new PlimsollError(
      {
        code: "measure-unfit",
        message: `measure "${measure.id}" cannot be computed from ${stream.contract.name}: ${message}`,
        configPath: `measures["${measure.id}"]`,
        suggestion: `the columns are ${stream.columns.map((column) => column.name).join(", ")}`
      },
      { cause }
    )
  const known = `${stream.schemaId} ${JSON.stringify(measure)}`
  const before = types.get(known)
  if (before !== undefined) return before
  let described: ReadonlyArray<{ column_name: string; column_type: string }>
  try {
    described = await database.rows(`DESCRIBE ${mapped}`)
  } catch (cause) {
    throw unfit((cause as Error).message, cause)
  }
  const type = (name: string) => described.find((one) => one.column_name === name)!.column_type
  for (const name of ["numerator", "denominator"]) {
    if (!numeric.test(type(name))) throw unfit(`its ${name} is ${type(name)}, not a number`)
  }
  const found = { numerator: type("numerator"), denominator: type("denominator") }
  types.set(known, found)
  return found
}
