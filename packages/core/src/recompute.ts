import { type MeasureDefinition, microsystems } from "@plimsoll/schema"
import type { Database } from "./duckdb/database.ts"
import { judgeChanged, judgeSilence, profileOf } from "./judge.ts"
import { knownStreams, type LandedStream } from "./landing-table.ts"
import { type Extent, knownMicrosystems, lastComplete, mappedRows, measureValues } from "./measure-sql.ts"
import { activeMeasures, everyMicrosystem } from "./touched.ts"
import { quoted } from "./text.ts"

/** How {@link recompute} works. */
export interface RecomputeOptions {
  readonly zone: string
  /** Recompute every series, touched or not. The result is the same; it only takes longer. Default: false. */
  readonly everything?: boolean | undefined
}

/**
 * Brings the measure values and the runs of special causes up to what has landed: the touched series, the
 * measures whose definition is new, and those for which a period has become complete. One transaction.
 */
export const recompute = (database: Database, options: RecomputeOptions): Promise<void> =>
  database.transaction(async () => {
    await database.run("CREATE OR REPLACE TEMP TABLE changed (series VARCHAR)")
    const streams = new Map((await knownStreams(database)).map((stream) => [stream.contract.name, stream]))
    const units = streams.get(microsystems.name)!
    const wanted = new Map((await definitions(database, streams)).map((measure) => [measure.id, measure]))
    for (const measure of await activeMeasures(database)) {
      if (!wanted.has(measure.id)) await retire(database, measure.id)
    }
    for (const measure of wanted.values()) {
      const stream = streams.get(measure.stream)
      if (stream !== undefined) await recomputeMeasure(database, measure, stream, units, options)
    }
    await database.run("DELETE FROM store.touched")
    await judgeChanged(database)
    await judgeSilence(database)
    await database.run("INSERT INTO store.unsettled SELECT DISTINCT series FROM changed")
  })

/** The newest version of every measure that the log defines. */
const definitions = async (
  database: Database,
  streams: ReadonlyMap<string, LandedStream>
): Promise<ReadonlyArray<MeasureDefinition>> => {
  const stream = streams.get("measure-definition")
  if (stream === undefined) return []
  const fields = stream.columns
    .map(
      (column) =>
        `'${column.field}', ${column.type.kind === "date" ? `"${column.name}"::VARCHAR` : `"${column.name}"`}`
    )
    .join(", ")
  return (
    await database.rows<{ definition: string }>(
      `SELECT json_object(${fields})::VARCHAR AS definition FROM current.measure_definition
       QUALIFY row_number() OVER (PARTITION BY id ORDER BY version DESC) = 1 ORDER BY id`
    )
  ).map((row) => JSON.parse(row.definition) as MeasureDefinition)
}

const retire = async (database: Database, id: string): Promise<void> => {
  await database.run(
    `INSERT INTO changed SELECT DISTINCT series FROM store.measure_value WHERE measure = ${quoted(id)};
     DELETE FROM store.measure_value WHERE measure = ${quoted(id)};
     DELETE FROM store.unplaced WHERE measure = ${quoted(id)};
     DELETE FROM store.active_measure WHERE id = ${quoted(id)}`
  )
}

const recomputeMeasure = async (
  database: Database,
  measure: MeasureDefinition,
  stream: LandedStream,
  units: LandedStream,
  options: RecomputeOptions
): Promise<void> => {
  const id = quoted(measure.id)
  const text = JSON.stringify(measure)
  const [state] = await database.rows<{
    known: boolean
    until: string | null
    was: string | null
    whole: boolean
    some: boolean
  }>(
    `SELECT a.definition IS NOT DISTINCT FROM $text AS known, ${lastComplete(measure, stream)}::VARCHAR AS until,
       a.complete_until::VARCHAR AS was,
       EXISTS (FROM store.touched WHERE measure = ${id} AND microsystem = '${everyMicrosystem}') AS whole,
       EXISTS (FROM store.touched WHERE measure = ${id}) AS some
     FROM (SELECT 1) LEFT JOIN store.active_measure a ON a.id = ${id}`,
    { text }
  )
  const all = options.everything === true || !state!.known || state!.whole || state!.until !== state!.was
  if (!all && !state!.some) return
  const extent: Extent = all ? "all" : "touched"
  const among = all ? "" : `AND microsystem IN (SELECT microsystem FROM store.touched WHERE measure = ${id})`
  const values = await measureValues(database, measure, stream, units, extent, options.zone)
  const baseline = typeof measure.baseline === "object" ? measure.baseline : undefined
  await database.run(
    `INSERT OR REPLACE INTO store.active_measure VALUES ($id, $version, $text, $title, $chart, $profile, $direction, $target,
       $class, $unjudged, $from::DATE, $until::DATE, $all, ${lastComplete(measure, stream)})`,
    {
      id: measure.id,
      version: measure.version,
      text,
      title: measure.title,
      chart: measure.chart,
      profile: profileOf(measure.chart),
      direction: measure.direction,
      target: measure.target,
      class: measure.class,
      unjudged: measure.unjudged,
      from: baseline?.from ?? null,
      until: baseline?.until ?? null,
      all: measure.baseline === "all"
    }
  )
  await database.run(
    `CREATE OR REPLACE TEMP TABLE fresh AS ${values};
     INSERT INTO changed SELECT DISTINCT series FROM store.measure_value WHERE measure = ${id} ${among} UNION SELECT DISTINCT series FROM fresh;
     DELETE FROM store.measure_value WHERE measure = ${id} ${among};
     INSERT INTO store.measure_value FROM fresh;
     DROP TABLE fresh;
     DELETE FROM store.unplaced WHERE measure = ${id} ${among};
     INSERT INTO store.unplaced SELECT ${id}, microsystem, count(*), min(period), max(period)
       FROM (${mappedRows(measure, stream, extent, options.zone)}) m ANTI JOIN ${knownMicrosystems(measure, units, extent)} u ON u.id = m.microsystem GROUP BY microsystem`
  )
}
