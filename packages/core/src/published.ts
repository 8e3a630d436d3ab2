import { existsSync, statSync } from "node:fs"
import { type MeasureChart, PlimsollError } from "@plimsoll/schema"
import { Database } from "./duckdb/database.ts"
import { quoted } from "./text.ts"

/** Where a series stands: a row of `plimsoll.series` with the words for it. */
export interface BoardRow {
  readonly series: string
  readonly measure: string
  readonly measureTitle: string
  readonly unit: string
  readonly microsystem: string
  readonly microsystemName: string
  readonly stratum: string | null
  readonly status: "slipping" | "improving" | "changed" | "steady" | "not-judged" | "unjudged"
  readonly silent: boolean
  /** The first period of the earliest run that is active. */
  readonly since: string | null
  readonly rules: ReadonlyArray<string>
  readonly period: string | null
  readonly value: number | null
  readonly centre: number | null
  readonly lcl3: number | null
  readonly ucl3: number | null
  readonly target: number | null
  readonly assurance: string | null
  readonly points: number
  /** What to keep in mind: the codes of docs/spc-contract.md. */
  readonly warning: ReadonlyArray<string>
  /** Lag-one autocorrelation of the baseline; null where it is too short. */
  readonly r1: number | null
  /** The simulated share of steady charts like this one that show a concern (or, without direction, a change) at their latest point. */
  readonly falseAlarmRate: number | null
  readonly caveat: string | null
  /** The words of the signals that are open. */
  readonly words: ReadonlyArray<string>
}

/** How many charts are slipping, beside how many would by luck alone. */
export interface Expectation {
  readonly measure: string
  readonly judged: number
  readonly slipping: number
  readonly byLuck: number
  readonly autocorrelated: number
}

/** A point of a chart, as `@plimsoll/charts` draws it, by the names of docs/spc-contract.md. */
export interface PublishedPoint {
  readonly period: string
  readonly value: number | null
  readonly phase: string
  readonly excluded: boolean
  readonly inBaseline: boolean
  readonly centre: number | null
  readonly lcl3: number | null
  readonly ucl3: number | null
  readonly target: number | null
  /** Of an ewma chart: the weighted average, which is what it judges. */
  readonly ewma?: number | null
  /** Of a cusum chart: the sums that it judges, in sigma. */
  readonly cusumPos?: number | null
  readonly cusumNeg?: number | null
  readonly variation: string
  readonly directionOfSignal: string | null
  readonly rules: ReadonlyArray<{
    readonly rule: string
    readonly side: string
    readonly first: string
    readonly completed: string
    readonly last: string
    readonly points: number
  }>
  readonly warning: ReadonlyArray<string>
}

/** A measure as the published file tells of it. */
export interface PublishedMeasure {
  readonly id: string
  readonly title: string
  readonly unit: string
  readonly chart: MeasureChart
  readonly direction: "up" | "down" | "neutral"
  readonly period: "day" | "week" | "month" | "quarter"
  readonly unjudged: string | null
}

/** What only some charts have, as SQL. */
const own: { readonly [chart in MeasureChart]?: string } = {
  ewma: ", ewma",
  cusum: ', cusum_pos AS "cusumPos", cusum_neg AS "cusumNeg"'
}

/** The published file, opened for reading; what `plimsoll status`, `chart` and `sql` read. */
export class Published {
  readonly #database: Database
  readonly path: string
  /** When the file was written. */
  readonly writtenAt: Date

  private constructor(path: string, database: Database) {
    this.path = path
    this.#database = database
    this.writtenAt = statSync(path).mtime
  }

  static async open(path: string): Promise<Published> {
    if (!existsSync(path)) {
      throw new PlimsollError({
        code: "not-published",
        message: `there is no ${path} yet`,
        suggestion: "run `plimsoll run` first: it writes the file at its end"
      })
    }
    const database = await Database.open(":memory:")
    try {
      // Under its own name whatever the file is called, so that `plimsoll.point` means the same everywhere.
      await database.run(`ATTACH ${quoted(path)} AS plimsoll (READ_ONLY); USE plimsoll`)
      return new Published(path, database)
    } catch (cause) {
      database.end()
      throw cause
    }
  }

  /** The board, the worst first. */
  board(): Promise<ReadonlyArray<BoardRow>> {
    return this.#database
      .rows<BoardRow & { readonly points: string | number }>(
        `SELECT s.series, s.measure, m.title AS "measureTitle", m.unit, s.microsystem, u.name AS "microsystemName", s.stratum, s.status,
           s.silent, s.since, s.rules, s.period, s.value, s.centre, s.lcl3, s.ucl3, s.target, s.assurance, coalesce(s.n, 0) AS points,
           coalesce(s.warning, []) AS warning, s.r1, s.false_alarm_rate AS "falseAlarmRate", s.caveat,
           coalesce((SELECT list(words ORDER BY first_period, signal) FROM plimsoll.signal g
             WHERE g.measure = s.measure AND g.microsystem = s.microsystem AND g.stratum IS NOT DISTINCT FROM s.stratum
               AND g.state IN ('opened', 'acknowledged', 'explained')), []) AS words
         FROM plimsoll.series s JOIN plimsoll.measure m ON m.id = s.measure LEFT JOIN plimsoll.microsystem u ON u.id = s.microsystem
         ORDER BY list_position(['slipping', 'changed', 'improving', 'steady', 'not-judged', 'unjudged'], s.status), s.measure, s.since, s.series`
      )
      .then((rows) => rows.map((row) => ({ ...row, points: Number(row.points) })))
  }

  /** For each measure, what luck alone would give. */
  async expectations(): Promise<ReadonlyArray<Expectation>> {
    const rows = await this.#database.rows<{ [column: string]: string | number }>(
      `SELECT measure, judged, slipping, by_luck AS "byLuck", autocorrelated FROM plimsoll.expectation ORDER BY measure`
    )
    return rows.map((row) => ({
      measure: String(row["measure"]),
      judged: Number(row["judged"]),
      slipping: Number(row["slipping"]),
      byLuck: Number(row["byLuck"]),
      autocorrelated: Number(row["autocorrelated"])
    }))
  }

  /** The measures. */
  measures(): Promise<ReadonlyArray<PublishedMeasure>> {
    return this.#database.rows(
      "SELECT id, title, unit, chart, direction, period, unjudged FROM plimsoll.measure ORDER BY id"
    )
  }

  /** The points of one series, oldest first. `stratum` null: the whole. Empty where there is no such series. */
  async points(
    measure: string,
    microsystem: string,
    stratum: string | null = null
  ): Promise<ReadonlyArray<PublishedPoint>> {
    const chart = (await this.measures()).find((one) => one.id === measure)?.chart
    if (chart === undefined) return []
    // The macro of this chart over this series alone: the view of all points would judge every series first.
    await this.#database.run(
      `CREATE OR REPLACE TEMP TABLE one_series AS FROM plimsoll.${chart}_input WHERE series = to_json([$measure, $microsystem, $stratum::VARCHAR])::VARCHAR`,
      { measure, microsystem, stratum }
    )
    return this.#database.rows(
      `SELECT period::VARCHAR AS period, value, phase, excluded, in_baseline AS "inBaseline", centre, lcl3, ucl3, target,
         variation, direction_of_signal AS "directionOfSignal", rules, warning${own[chart] ?? ""}
       FROM plimsoll.spc.${chart}('one_series') p ORDER BY p.period`
    )
  }

  /** The facts of `plimsoll.about`. */
  async about(): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#database.rows<{ name: string; value: string }>("FROM plimsoll.about")
    return new Map(rows.map((row) => [row.name, row.value]))
  }

  /** Any query, as columns and rows. */
  query(sql: string): ReturnType<Database["table"]> {
    return this.#database.table(sql)
  }

  /** Writes the answer of a query to a file. */
  async copy(sql: string, path: string, format: "csv" | "parquet" | "json"): Promise<void> {
    const option =
      format === "csv" ? "FORMAT csv, HEADER" : format === "json" ? "FORMAT json, ARRAY" : "FORMAT parquet"
    await this.#database.run(`COPY (${sql}) TO ${quoted(path)} (${option})`)
  }

  close(): void {
    this.#database.end()
  }
}
