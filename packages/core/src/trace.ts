import { PlimsollError } from "@plimsoll/schema"
import type { Database } from "./duckdb/database.ts"
import { knownStreams } from "./landing-table.ts"
import { mappedRows } from "./measure-sql.ts"
import { activeMeasures } from "./touched.ts"

/** One figure of a measure. */
export interface Figure {
  readonly measure: string
  readonly microsystem: string
  /** The first day of its period. */
  readonly period: string
  /** Null: the whole. */
  readonly stratum?: string | null | undefined
}

/** An event that a figure was made from. */
export interface TracedEvent {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** What it gave to the numerator and the denominator. */
  readonly numerator: number
  readonly denominator: number | null
}

/** The events behind a figure, by the very rows that the figure is summed from. */
export const trace = async (
  database: Database,
  figure: Figure,
  zone: string
): Promise<ReadonlyArray<TracedEvent>> => {
  const measure = (await activeMeasures(database)).find((one) => one.id === figure.measure)
  if (measure === undefined) {
    throw new PlimsollError({
      code: "measure-unknown",
      message: `no measure is called "${figure.measure}"`,
      suggestion: "`plimsoll status --all` lists them"
    })
  }
  const stream = (await knownStreams(database)).findLast((one) => one.contract.name === measure.stream)!
  const rows = await database.rows<{
    part: number
    record_offset: string
    numerator: number
    denominator: number | null
  }>(
    `SELECT record.part AS part, record.record_offset AS record_offset, numerator::DOUBLE AS numerator,
       ${measure.denominator === null ? "NULL" : "denominator::DOUBLE"} AS denominator
     FROM (${mappedRows(measure, stream, zone)})
     WHERE microsystem = $microsystem AND period = $period::DATE AND ($stratum IS NULL OR list_contains(strata, $stratum))
     ORDER BY part, record_offset`,
    { microsystem: figure.microsystem, period: figure.period, stratum: figure.stratum ?? null }
  )
  return rows.map((row) => ({
    topic: stream.contract.topic,
    partition: row.part,
    offset: Number(row.record_offset),
    numerator: row.numerator,
    denominator: row.denominator
  }))
}
