import { PlimsollError, type MeasureDefinition } from "@plimsoll/schema"
import type { Database } from "./duckdb/database.ts"
import { currentRows, type LandedStream } from "./landing-table.ts"
import { periodLength } from "./period.ts"
import { quoted } from "./text.ts"
import { wallTime } from "./watermark.ts"

/** The first day of the last period that is complete at a stream's watermark, as SQL over `store.watermark`. */
export const lastComplete = (measure: MeasureDefinition, stream: LandedStream): string =>
  `(SELECT (date_trunc('${measure.period}', until - INTERVAL ${measure.grace} DAY) - ${periodLength[measure.period]})::DATE
    FROM store.watermark WHERE topic = ${quoted(stream.contract.topic)})`

/** The rows that count for a measure, each with its microsystem, period and parts; on top of `current` as it is now. */
export const mappedRows = (measure: MeasureDefinition, stream: LandedStream, zone: string): string => {
  const strata = Object.entries(measure.strata).map(
    ([name, expression]) => `${quoted(`${name}=`)} || (${expression})::VARCHAR`
  )
  return `SELECT microsystem, period, numerator, denominator, strata, record FROM (
      SELECT (${measure.microsystem})::VARCHAR AS microsystem,
        date_trunc('${measure.period}', ${wallTime(stream, measure.at, zone)})::DATE AS period,
        (${measure.numerator}) AS numerator, (${measure.denominator ?? "1"}) AS denominator,
        [${strata.join(", ")}]::VARCHAR[] AS strata,
        {part: _partition, record_offset: _offset} AS record
      FROM (${currentRows(stream)})
      ${measure.where === null ? "" : `WHERE (${measure.where})`})
    WHERE microsystem IS NOT NULL AND period IS NOT NULL AND numerator IS NOT NULL AND denominator IS NOT NULL`
}

const numeric =
  /^(BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|DOUBLE|FLOAT|DECIMAL\(.*\))$/

interface Types {
  readonly numerator: string
  readonly denominator: string
}

/** By contract and definition, which are all that they depend on. */
const known = new Map<string, Types>()

/** The types of what measures of one stream add up; fails with `measure-unfit` where one cannot be computed from its rows. */
export const expressionTypes = async (
  database: Database,
  measures: ReadonlyArray<MeasureDefinition>,
  stream: LandedStream,
  zone: string
): Promise<ReadonlyArray<Types>> => {
  const found: Types[] = []
  for (const measure of measures) {
    const key = `${stream.schemaId} ${JSON.stringify(measure)}`
    const types = known.get(key) ?? (await describedTypes(database, measure, stream, zone))
    known.set(key, types)
    found.push(types)
  }
  return found
}

const describedTypes = async (
  database: Database,
  measure: MeasureDefinition,
  stream: LandedStream,
  zone: string
): Promise<Types> => {
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
  let described: ReadonlyArray<{ column_name: string; column_type: string }>
  try {
    described = await database.rows(`DESCRIBE ${mappedRows(measure, stream, zone)}`)
  } catch (cause) {
    throw unfit((cause as Error).message, cause)
  }
  const type = (name: string) => described.find((one) => one.column_name === name)!.column_type
  for (const name of ["numerator", "denominator"]) {
    if (!numeric.test(type(name))) throw unfit(`its ${name} is ${type(name)}, not a number`)
  }
  return { numerator: type("numerator"), denominator: type("denominator") }
}
