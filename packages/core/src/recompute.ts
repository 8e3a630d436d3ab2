import { type MeasureDefinition, microsystems } from "@plimsoll/schema"
import type { Database } from "./duckdb/database.ts"
import { judgeChanged, profileOf } from "./judge.ts"
import { knownStreams, type LandedStream } from "./landing-table.ts"
import {
  amongMeasures,
  groupValues,
  type MeasureGroup,
  measureGroups,
  summedRows,
  unplacedRows
} from "./measure-group.ts"
import { lastComplete } from "./measure-sql.ts"
import { hideSmallCounts } from "./released.ts"
import { activeMeasures, everyMicrosystem } from "./touched.ts"
import { quoted } from "./text.ts"
import { wireObject } from "./wire-object.ts"

/** How {@link recompute} works. */
export interface RecomputeOptions {
  readonly zone: string
  /** Recompute every series, touched or not. The result is the same; it only takes longer. Default: false. */
  readonly everything?: boolean | undefined
}

/**
 * Brings the measure values and the runs of special causes up to what has landed: the touched series, the
 * measures whose definition is new, and those for which a period has become complete. It may end anywhere and goes on from
 * there: each group of measures is written in a transaction of its own, and what was changed and not yet judged stands in
 * `store.changed`.
 */
export const recompute = async (database: Database, options: RecomputeOptions): Promise<void> => {
  const streams = new Map((await knownStreams(database)).map((stream) => [stream.contract.name, stream]))
  const units = streams.get(microsystems.name)!
  const wanted = await definitions(database, streams)
  const ids = new Set(wanted.map((measure) => measure.id))
  const retired = (await activeMeasures(database)).filter((measure) => !ids.has(measure.id))
  const due = await dueMeasures(database, wanted, streams, options.everything === true)
  // The sums are made before the transaction, because a table that is not committed counts as empty in plans.
  const groups = measureGroups(due)
  for (const group of groups) {
    const all = group.extent === "all"
    await database.fill("summed", await summedRows(database, group, options.zone))
    await database.transaction(async () => {
      await activate(
        database,
        due.filter((one) => group.measures.includes(one.measure))
      )
      await (all ? replaceAll : replaceTouched)(database, group, units)
      await database.again(`DELETE FROM store.touched WHERE ${amongMeasures(group)}`)
      if (group === groups.at(-1)) await finish(database, retired)
    })
    if (all) await database.discard("summed")
  }
  if (groups.length === 0) await database.transaction(() => finish(database, retired))
  await judgeChanged(database)
  // Rows that were replaced are looked past by every later statement until their room is given back.
  if (due.some((one) => one.all)) await database.run("CHECKPOINT")
}

/** What is left to do when all values are there. */
const finish = async (database: Database, retired: ReadonlyArray<MeasureDefinition>): Promise<void> => {
  for (const measure of retired) await retire(database, measure.id)
  await database.again(
    `DELETE FROM store.touched;
     INSERT INTO store.changed SELECT DISTINCT series FROM store.measure_value SEMI JOIN store.rejudged USING (measure);
     DELETE FROM store.rejudged`
  )
  await hideSmallCounts(database)
}

/** The newest version of every measure that the log defines. */
const definitions = async (
  database: Database,
  streams: ReadonlyMap<string, LandedStream>
): Promise<ReadonlyArray<MeasureDefinition>> => {
  const stream = streams.get("measure-definition")
  if (stream === undefined) return []
  const [at] = await database.rowsAgain<{ text: string | null }>(
    "SELECT string_agg(part || ':' || next, ' ' ORDER BY part) AS text FROM store.landed_offset WHERE topic = $topic",
    { topic: stream.contract.topic }
  )
  const known = latest.get(database)
  if (known !== undefined && known.at === at!.text) return known.measures
  const measures = (
    await database.rowsAgain<{ definition: string }>(
      `SELECT ${wireObject(stream.columns, "d")} AS definition FROM current.measure_definition d
       QUALIFY row_number() OVER (PARTITION BY id ORDER BY version DESC) = 1 ORDER BY id`
    )
  ).map((row) => JSON.parse(row.definition) as MeasureDefinition)
  latest.set(database, { at: at!.text, measures })
  return measures
}

/** By store, the definitions that the log had when it had landed so far: they are asked for at every update, and seldom change. */
const latest = new WeakMap<
  Database,
  { readonly at: string | null; readonly measures: ReadonlyArray<MeasureDefinition> }
>()

const retire = async (database: Database, id: string): Promise<void> => {
  await database.run(
    `INSERT INTO store.changed SELECT DISTINCT series FROM store.measure_value WHERE measure = ${quoted(id)};
     DELETE FROM store.measure_value WHERE measure = ${quoted(id)};
     DELETE FROM store.unplaced WHERE measure = ${quoted(id)};
     DELETE FROM store.active_measure WHERE id = ${quoted(id)}`
  )
}

/** A measure that has to be computed: all of it, or the series that are touched. */
interface DueMeasure {
  readonly measure: MeasureDefinition
  readonly stream: LandedStream
  readonly all: boolean
  /** The first day of its last complete period; null while there is none. */
  readonly until: string | null
}

const dueMeasures = async (
  database: Database,
  wanted: ReadonlyArray<MeasureDefinition>,
  streams: ReadonlyMap<string, LandedStream>,
  everything: boolean
): Promise<ReadonlyArray<DueMeasure>> => {
  const before = new Map(
    (
      await database.rowsAgain<{ id: string; definition: string; until: string | null }>(
        "SELECT id, definition, complete_until::VARCHAR AS until FROM store.active_measure"
      )
    ).map((row) => [row.id, row])
  )
  const touched = new Map(
    (
      await database.rowsAgain<{ measure: string; whole: boolean }>(
        `SELECT measure, bool_or(microsystem = '${everyMicrosystem}') AS whole FROM store.touched GROUP BY measure`
      )
    ).map((row) => [row.measure, row.whole])
  )
  const ends = await lastPeriods(database, wanted, streams)
  return wanted.flatMap((measure): ReadonlyArray<DueMeasure> => {
    const stream = streams.get(measure.stream)
    if (stream === undefined) return []
    const until = ends.get(lastComplete(measure, stream)) ?? null
    const was = before.get(measure.id)
    const all =
      everything ||
      was?.definition !== JSON.stringify(measure) ||
      was.until !== until ||
      touched.get(measure.id) === true
    return all || touched.has(measure.id) ? [{ measure, stream, all, until }] : []
  })
}

/** The last complete periods, by the SQL that gives them. */
const lastPeriods = async (
  database: Database,
  wanted: ReadonlyArray<MeasureDefinition>,
  streams: ReadonlyMap<string, LandedStream>
): Promise<ReadonlyMap<string, string | null>> => {
  const each = [
    ...new Set(
      wanted.flatMap((measure) => {
        const stream = streams.get(measure.stream)
        return stream === undefined ? [] : [lastComplete(measure, stream)]
      })
    )
  ]
  if (each.length === 0) return new Map()
  const [found] = await database.rowsAgain<{ ends: ReadonlyArray<string | null> }>(
    `SELECT [${each.join(", ")}]::VARCHAR[] AS ends`
  )
  return new Map(each.map((sql, nth) => [sql, found!.ends[nth]!]))
}

/** Keeps the definitions of the measures that are computed as a whole, in the form that SQL needs them in. */
const activate = async (database: Database, due: ReadonlyArray<DueMeasure>): Promise<void> => {
  const rows = due.flatMap(({ measure, until, all }) => {
    if (!all) return []
    const baseline = typeof measure.baseline === "object" ? measure.baseline : undefined
    const text = (value: string | null | undefined) =>
      value === null || value === undefined ? "NULL" : quoted(value)
    return [
      `(${quoted(measure.id)}, ${measure.version}, ${quoted(JSON.stringify(measure))}, ${quoted(measure.title)}, ${quoted(measure.chart)},
        ${quoted(profileOf(measure.chart))}, ${quoted(measure.direction)}, ${measure.target ?? "NULL"}, ${quoted(measure.class)},
        ${text(measure.unjudged)}, ${text(baseline?.from)}, ${text(baseline?.until)}, ${measure.baseline === "all"}, ${text(until)})`
    ]
  })
  if (rows.length > 0)
    await database.run(`INSERT OR REPLACE INTO store.active_measure VALUES ${rows.join(", ")}`)
}

/** Computes measures as a whole: every series they had or have has changed. */
const replaceAll = async (database: Database, group: MeasureGroup, units: LandedStream): Promise<void> => {
  const among = amongMeasures(group)
  await database.run(
    `INSERT INTO store.changed SELECT DISTINCT series FROM store.measure_value WHERE ${among};
     DELETE FROM store.measure_value WHERE ${among};
     INSERT INTO store.measure_value ${groupValues(group, "summed", units)};
     INSERT INTO store.changed SELECT DISTINCT series FROM store.measure_value WHERE ${among};
     DELETE FROM store.unplaced WHERE ${among};
     INSERT INTO store.unplaced ${unplacedRows(group, "summed", units)}`
  )
}

/** Computes the series that are marked: those of which a row differs have changed, and the others are not written again. */
const replaceTouched = async (
  database: Database,
  group: MeasureGroup,
  units: LandedStream
): Promise<void> => {
  const among = amongMeasures(group)
  const touched = `(FROM store.touched WHERE ${among}) AS t USING (measure, microsystem)`
  await database.fill("fresh", `FROM (${groupValues(group, "summed", units)}) SEMI JOIN ${touched}`)
  await database.fill("stale", `SELECT v.* FROM store.measure_value v SEMI JOIN ${touched}`)
  await database.fill(
    "differing",
    `SELECT DISTINCT coalesce(f.microsystem, s.microsystem) AS microsystem, coalesce(f.series, s.series) AS series FROM fresh f FULL JOIN stale s ON f.series = s.series AND f.period = s.period
     WHERE f.series IS NULL OR s.series IS NULL OR ${[
       "measure_version",
       "numerator",
       "denominator",
       "value",
       "observations"
     ]
       .map((column) => `f.${column} IS DISTINCT FROM s.${column}`)
       .join(" OR ")}`
  )
  await database.again(
    `INSERT INTO store.changed SELECT series FROM differing;
     DELETE FROM store.measure_value v USING differing d WHERE v.microsystem = d.microsystem AND v.series = d.series;
     INSERT INTO store.measure_value FROM fresh SEMI JOIN differing USING (series);
     DELETE FROM store.unplaced USING (FROM store.touched WHERE ${among}) t WHERE t.measure = unplaced.measure AND t.microsystem = unplaced.microsystem;
     INSERT INTO store.unplaced FROM (${unplacedRows(group, "summed", units)}) SEMI JOIN ${touched}`
  )
}
