import type { Published } from "@plimsoll/core"
import { PlimsollError } from "@plimsoll/schema"
import { nearest } from "../nearest.ts"
import { literal } from "../sql-text.ts"

/** A row of a published relation, by column. */
export type Row = { readonly [column: string]: unknown }

/** A unit at one end of an indicator. */
export interface End {
  readonly unit: string
  readonly value: number
  readonly low: number
  readonly high: number
}

/** A row of `whole_system.indicator`. */
export interface IndicatorRow {
  readonly indicator: string
  readonly measure: string
  readonly title: string
  readonly standard: string | null
  readonly parent: string | null
  readonly parent_name: string
  readonly unit: string
  readonly direction: "up" | "down" | "neutral"
  readonly period: string | null
  readonly period_kind: string
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  readonly total: number | null
  readonly units: number
  readonly missing_units: number
  readonly missing_reasons: ReadonlyArray<string>
  readonly hidden_units: number
  readonly pooled_from: string | null
  readonly pooled_periods: number
  readonly pooled_value: number | null
  readonly pooled_units: number
  readonly i2: number | null
  readonly reliability: number | null
  readonly funnel_units: number
  readonly outside: number
  readonly judged: number | null
  readonly slipping: number | null
  readonly improving: number | null
  readonly changed: number | null
  readonly by_luck: number | null
  readonly worst: End | null
  readonly best: End | null
  readonly comparison: string
  readonly equity: string
  readonly largest_gap: {
    readonly dimension: string
    readonly kind: "slope" | "gap"
    readonly group: string | null
    readonly reference: string | null
    readonly difference: number
    readonly low: number
    readonly high: number
  } | null
  readonly balancing: ReadonlyArray<{ readonly measure: string; readonly verdict: string }>
  readonly balance: string
  readonly reversed: ReadonlyArray<string>
}

/** Rows of the published file, with numbers as numbers. */
export const rowsOf = async <A = Row>(published: Published, query: string): Promise<ReadonlyArray<A>> => {
  const { columns, rows } = await published.query(query)
  return rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])) as A)
}

/** The indicators, of one measure or unit above, or all. Errors: `usage-no-system`. */
export const indicatorRows = async (
  published: Published,
  wanted: { readonly measure?: string | undefined; readonly unit?: string | undefined }
): Promise<ReadonlyArray<IndicatorRow>> => {
  const [there] = await rowsOf<{ some: boolean }>(
    published,
    "SELECT count(*) > 0 AS some FROM duckdb_tables() WHERE schema_name = 'whole_system' AND table_name = 'indicator'"
  )
  if (there?.some !== true) {
    throw new PlimsollError({
      code: "usage-no-system",
      message: "the published file has no indicators: the project does not use the module system",
      suggestion: "leave `modules` out of the config, or add components() to it, and run `plimsoll run`"
    })
  }
  return rowsOf<IndicatorRow>(
    published,
    `SELECT i.*, m.period AS period_kind FROM whole_system.indicator i JOIN plimsoll.measure m ON m.id = i.measure
     WHERE ${wanted.measure === undefined ? "true" : `${literal(wanted.measure)} IN (i.indicator, i.measure)`}
       AND ${wanted.unit === undefined ? "true" : `i.parent = ${literal(wanted.unit)}`}
     ORDER BY i.parent IS NOT NULL, i.pooled_units DESC, i.parent, i.indicator`
  )
}

/** Says what there is, where an indicator that was asked for is not. */
export const notFound = async (
  published: Published,
  measure: string,
  unit: string | undefined
): Promise<PlimsollError> => {
  const known = await rowsOf<{ id: string }>(
    published,
    "SELECT DISTINCT indicator AS id FROM whole_system.indicator ORDER BY id"
  )
  const [refused] = await rowsOf<{ reason: string }>(
    published,
    `SELECT reason FROM whole_system.refused WHERE kind = 'indicator' AND id = ${literal(measure)}`
  )
  const ids = known.map((one) => one.id)
  const meant = nearest(measure, ids)
  return new PlimsollError({
    code: "usage-unknown-indicator",
    message: `there is no indicator "${measure}"${unit === undefined ? "" : ` for "${unit}"`}${refused === undefined ? "" : `: ${refused.reason}`}`,
    suggestion: ids.includes(measure)
      ? "leave --unit out: it needs two units below it that have the measure"
      : meant !== undefined
        ? `did you mean "${meant}"?`
        : ids.length === 0
          ? 'an indicator needs two units below one above it that have the measure; `plimsoll sql "FROM whole_system.refused"` says more'
          : `there are ${ids.slice(0, 8).join(", ")}`
  })
}

/** What stands behind one indicator: its units, those that are missing, and the funnel. */
export const behind = async (published: Published, { indicator, parent }: IndicatorRow) => {
  const where = `indicator = ${literal(indicator)} AND parent IS NOT DISTINCT FROM ${parent === null ? "NULL" : literal(parent)}`
  return {
    units: await rowsOf(
      published,
      `SELECT u.*, m.name FROM (FROM whole_system.unit WHERE ${where}) u LEFT JOIN plimsoll.microsystem m ON m.id = u.unit ORDER BY u.unit`
    ),
    missing: await rowsOf(published, `FROM whole_system.missing WHERE ${where} ORDER BY ALL`),
    equity: await rowsOf(published, `FROM whole_system.equity WHERE ${where} ORDER BY dimension, "group"`),
    funnel: await rowsOf(
      published,
      `SELECT coalesce(m.name, f.unit) AS unit, f.denominator, f.value, f.target, f.lcl95, f.ucl95, f.lcl998, f.ucl998, f.od_lcl95 AS "odLcl95",
         f.od_ucl95 AS "odUcl95", f.od_lcl998 AS "odLcl998", f.od_ucl998 AS "odUcl998", f.outside AS outlier
       FROM (FROM whole_system.funnel WHERE ${where}) f LEFT JOIN plimsoll.microsystem m ON m.id = f.unit ORDER BY f.unit`
    )
  }
}
