import { createHash } from "node:crypto"
import type { SignalEvent } from "@plimsoll/schema"
import { type Database, VARCHAR } from "./duckdb/database.ts"
import type { LandedStream } from "./landing-table.ts"
import { rowsIn, type Stretches } from "./text.ts"
import { signalWords } from "./words.ts"

/**
 * The state of every signal, folded from the landed events alone; `events` names those to look at. All events of one
 * signal stand in one partition.
 */
export const signalView = (events = "land.plimsoll_signal_v1"): string => `
  SELECT signal, arg_max(state, _offset) AS state, min_by(measure, _offset) AS measure, min_by(measure_version, _offset) AS measure_version,
    min_by(microsystem, _offset) AS microsystem, min_by(stratum, _offset) AS stratum, min_by(phase, _offset) AS phase,
    min_by(profile, _offset) AS profile, min_by(rule, _offset) AS rule, min_by(side, _offset) AS side,
    min_by(variation, _offset) AS variation, min_by(first_period, _offset) AS first_period,
    min_by(completed_period, _offset) AS completed_period, min_by(as_of, _offset) AS opened_as_of, max_by(as_of, _offset) AS changed_as_of,
    min_by(words, _offset) AS words, arg_max(reason, _offset) AS reason, max(_offset) AS last_offset
  FROM ${events} WHERE NOT _deleted GROUP BY signal`

/** The series of a landed event of a signal, as SQL. */
const seriesOf = (event: string): string =>
  `to_json([${event}.measure, ${event}.microsystem, ${event}.stratum])::VARCHAR`

/** Marks the series whose signals have changed on the log: what was said of them has to be compared again. */
export const unsettle = (database: Database, stream: LandedStream, stretches: Stretches): Promise<void> =>
  database.run(
    `INSERT INTO store.unsettled SELECT DISTINCT ${seriesOf("r")} FROM ${stream.table} r WHERE ${rowsIn(stretches)}`
  )

const sameRun = `s.measure = r.measure AND s.microsystem = r.microsystem AND s.stratum IS NOT DISTINCT FROM r.stratum AND s.phase = r.phase
  AND s.rule = r.rule AND s.side IS NOT DISTINCT FROM r.side AND s.first_period = r.first_period AND s.profile = r.profile
  AND s.measure_version = r.measure_version`

const runs = `
  SELECT r.*, u.measure, u.microsystem, u.stratum, m.profile, m.version AS measure_version, m.class, m.chart, m.baseline_all,
    m.definition::JSON->>'period' AS period_kind
  FROM store.run r JOIN u USING (series) JOIN store.active_measure m ON m.id = u.measure`

/** The series to be compared, the events of their signals, and those folded. */
const compared = (having = ""): string => `
  WITH u AS (
    SELECT DISTINCT series, series::JSON->>0 AS measure, series::JSON->>1 AS microsystem, series::JSON->>2 AS stratum
    FROM store.unsettled),
  e AS (
    SELECT l.* FROM land.plimsoll_signal_v1 l
    SEMI JOIN u ON u.measure = l.measure AND u.microsystem = l.microsystem AND u.stratum IS NOT DISTINCT FROM l.stratum
    WHERE NOT contains(l.rule, '/')),
  s AS (${signalView("e")} ${having})`

/** Whether any of the series to be compared has an active run, or ever had a signal: most have neither. */
const anythingToCompare = `
  SELECT EXISTS (FROM store.run SEMI JOIN store.unsettled USING (series) WHERE active)
    OR EXISTS (FROM land.plimsoll_signal_v1 l SEMI JOIN (SELECT series::JSON->>0 AS measure, series::JSON->>1 AS microsystem FROM store.unsettled) u USING (measure, microsystem)) AS some`

interface OpenRow {
  readonly series: string
  readonly measure: string
  readonly measure_version: number
  readonly microsystem: string
  readonly stratum: string | null
  readonly phase: string
  readonly profile: string
  readonly rule: SignalEvent["rule"]
  readonly side: SignalEvent["side"]
  readonly variation: SignalEvent["variation"]
  readonly first_period: string
  readonly completed_period: string
  readonly as_of: string
  readonly points: number
  readonly valid_points: number | null
  readonly value: number | null
  readonly centre: number | null
  readonly class: string
  readonly chart: string
  readonly baseline_all: boolean
  readonly period_kind: string
  readonly nth: string
}

interface EndRow extends Omit<
  OpenRow,
  "nth" | "class" | "chart" | "baseline_all" | "period_kind" | "points" | "valid_points" | "value" | "centre"
> {
  readonly signal: string
  readonly still: boolean
  readonly version_now: number | null
  readonly words: string
}

/**
 * What has to be said for the landed signals to agree with the computed runs: an active run that has no signal,
 * or only ended ones, opens one; an open signal whose run is no longer active has ended, and one whose run is no
 * longer there is withdrawn. Empty where they agree. Looks at the series that have changed since they last agreed, and
 * forgets those that do.
 */
export const signalDifference = async (database: Database): Promise<ReadonlyArray<SignalEvent>> => {
  const [speaking] = await database.rowsAgain<{ some: boolean }>(anythingToCompare)
  if (!speaking!.some) {
    await database.again("DELETE FROM store.unsettled")
    return []
  }
  const opening = await database.rowsAgain<OpenRow>(
    `${compared()}, r AS (${runs} WHERE r.active),
     told AS (
       SELECT measure, microsystem, stratum, phase, rule, side, first_period, profile, measure_version, count(*) AS n,
         arg_max(state, last_offset) AS state
       FROM s GROUP BY ALL)
     SELECT r.* REPLACE (r.first_period::VARCHAR AS first_period, r.completed_period::VARCHAR AS completed_period, r.as_of::VARCHAR AS as_of),
       coalesce(s.n, 0) AS nth
     FROM r LEFT JOIN told s ON ${sameRun}
     WHERE s.n IS NULL OR s.state IN ('ended', 'withdrawn')
     ORDER BY r.series, r.rule, r.side, r.first_period`
  )
  const ending = await database.rowsAgain<EndRow>(
    `${compared("HAVING state IN ('opened', 'acknowledged', 'explained')")}, r AS (${runs})
     SELECT ${seriesOf("s")} AS series, s.signal, s.measure, s.measure_version::INTEGER AS measure_version, s.microsystem, s.stratum, s.phase, s.profile, s.rule, s.side, s.variation,
       s.first_period::VARCHAR AS first_period, s.completed_period::VARCHAR AS completed_period, s.words,
       s.changed_as_of::VARCHAR AS as_of, r.rule IS NOT NULL AS still, m.version AS version_now
     FROM s LEFT JOIN r ON ${sameRun} LEFT JOIN store.active_measure m ON m.id = s.measure
     WHERE r.rule IS NULL OR NOT r.active
     ORDER BY s.signal`
  )
  const unsaid = [...new Set([...opening, ...ending].map((row) => row.series))]
  await database.fill("unsaid", "SELECT NULL::VARCHAR AS series WHERE false")
  await database.append("main", "unsaid", [VARCHAR], [unsaid], "temp")
  await database.again("DELETE FROM store.unsettled WHERE series NOT IN (SELECT series FROM unsaid)")
  const latest = new Map(
    ending.length === 0
      ? []
      : (
          await database.rows<{ series: string; latest: string }>(
            `SELECT series, max(period)::VARCHAR AS latest FROM store.measure_value SEMI JOIN unsaid USING (series)
             WHERE value IS NOT NULL GROUP BY series`
          )
        ).map((row): [string, string] => [row.series, row.latest])
  )
  return [...ending.map((row) => endedOrWithdrawn(row, latest.get(row.series))), ...opening.map(opened)]
}

const opened = (row: OpenRow): SignalEvent => ({
  ...identity(row),
  signal: createHash("sha256")
    .update(
      JSON.stringify([
        row.series,
        row.measure_version,
        row.phase,
        row.rule,
        row.side,
        row.first_period,
        row.profile,
        Number(row.nth)
      ])
    )
    .digest("hex")
    .slice(0, 24),
  state: "opened",
  asOf: row.as_of,
  value: row.class === "open" ? row.value : null,
  centre: row.class === "open" ? row.centre : null,
  words: signalWords({
    chart: row.chart,
    profile: row.profile.split("@")[0]!,
    allBaseline: row.baseline_all,
    rule: row.rule,
    side: row.side,
    points: Number(row.points),
    validPoints: row.valid_points ?? 0,
    firstPeriod: row.first_period,
    asOf: row.as_of,
    period: row.period_kind
  }),
  reason: null
})

const endedOrWithdrawn = (row: EndRow, latest: string | undefined): SignalEvent => {
  // Silence leaves no run behind when it ends, and its end is the good news that figures came again.
  const ended = row.still || (row.rule === "silence" && row.version_now === row.measure_version)
  return {
    ...identity(row),
    signal: row.signal,
    state: ended ? "ended" : "withdrawn",
    asOf: latest ?? row.as_of,
    value: null,
    centre: null,
    words: row.words,
    reason: ended
      ? null
      : row.version_now === null
        ? "the measure is no longer defined"
        : row.version_now !== row.measure_version
          ? "the definition of the measure has changed"
          : "a correction, or limits that were still provisional, removed its cause"
  }
}

const identity = (row: OpenRow | EndRow) => ({
  measure: row.measure,
  measureVersion: row.measure_version,
  microsystem: row.microsystem,
  stratum: row.stratum,
  phase: row.phase,
  profile: row.profile,
  rule: row.rule,
  side: row.side,
  variation: row.variation,
  firstPeriod: row.first_period,
  completedPeriod: row.completed_period
})
