import { existsSync } from "node:fs"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { codesign, type CodesignOptions } from "../src/codesign/module.ts"
import type {
  CodesignContribution,
  CodesignDecision,
  Engagement,
  EngagementParticipants,
  SaidAndDone,
  StoryFact
} from "../src/codesign/events.ts"
import { assurance } from "../src/assurance/module.ts"
import { control, type ControlOptions } from "../src/control/module.ts"
import { statistics } from "../src/statistics/module.ts"
import { vision } from "../src/vision/module.ts"
import { World } from "./world.ts"

/** A world with co-design and the components that it needs. */
export const codesignWorld = (options: CodesignOptions = {}, own: ControlOptions = {}): Promise<World> =>
  World.make([statistics(), control(own), vision(), assurance(), codesign(options)])

/** An engagement on the goal `g` at oak, claimed as `consult`, at the stage `discover`. */
export const engagement = (id: string, rest: Partial<Engagement> = {}): Engagement => ({
  id,
  microsystem: "oak",
  subjectKind: "goal",
  subject: "g",
  stage: "discover",
  claimed: "consult",
  day: "2026-02-10",
  ...rest
})

/** So many people of a capacity, not broken down unless it says so. */
export const people = (
  of: string,
  capacity: EngagementParticipants["capacity"],
  count: number,
  group?: readonly [dimension: string, group: string]
): EngagementParticipants => ({
  engagement: of,
  capacity,
  dimension: group?.[0] ?? "whole",
  group: group?.[1] ?? "whole",
  people: count,
  day: "2026-02-10"
})

export const contribution = (
  id: string,
  to: string,
  capacity: CodesignContribution["capacity"],
  day = "2026-02-10"
): CodesignContribution => ({ id, engagement: to, capacity, day })

/** A decision on the goal `g` that changes something, where it rests on anything. */
export const decision = (
  id: string,
  contributions: ReadonlyArray<string>,
  rest: Partial<CodesignDecision> = {}
): CodesignDecision => ({
  id,
  microsystem: "oak",
  subjectKind: "goal",
  subject: "g",
  contributions,
  changed: contributions.length > 0,
  day: "2026-03-01",
  ...rest
})

/** Something that was said at oak on waiting, and that nobody has answered. */
export const said = (id: string, day: string, rest: Partial<SaidAndDone> = {}): SaidAndDone => ({
  id,
  microsystem: "oak",
  theme: "waiting",
  story: null,
  said: day,
  answered: null,
  done: null,
  outcome: null,
  reason: null,
  decision: null,
  ...rest
})

export const story = (id: string, rest: Partial<StoryFact> = {}): StoryFact => ({
  id,
  microsystem: "oak",
  day: "2026-02-10",
  themes: ["waiting"],
  source: "interview",
  ...rest
})

/** Every row of every table of the published file as a text, by its table; `events` false: without the places of events. */
export const publishedRows = async (
  world: World,
  { schema = "%", events = true }: { readonly schema?: string; readonly events?: boolean } = {}
): Promise<ReadonlyArray<{ readonly place: string; readonly row: string }>> => {
  const tables = await world.rows<{ place: string; traced: boolean }>(
    `SELECT format('"{}"."{}"', schema_name, table_name) AS place, bool_or(column_name = 'events') AS traced
     FROM duckdb_columns() c SEMI JOIN duckdb_tables() t USING (schema_name, table_name)
     WHERE schema_name LIKE '${schema}' GROUP BY place ORDER BY place`
  )
  const asked = tables.map(
    ({ place, traced }) =>
      `SELECT '${place}' AS place, to_json(one)::VARCHAR AS row FROM (SELECT ${traced && !events ? "* EXCLUDE (events)" : "*"} FROM ${place}) AS one`
  )
  return world.rows(`${asked.join(" UNION ALL ")} ORDER BY ALL`)
}

/** What stands in the store and is not published. The core is closed for it, and stays so. */
export const inside = async <Row = { readonly [column: string]: unknown }>(
  world: World,
  query: string
): Promise<ReadonlyArray<Row>> => {
  await world.core.close()
  const store = join(world.folder, ".plimsoll", "core.duckdb")
  if (!existsSync(store)) throw new Error("there is no store")
  const instance = await DuckDBInstance.create(store, { access_mode: "READ_ONLY" })
  const connection = await instance.connect()
  try {
    return (await connection.runAndReadAll(query)).getRowObjectsJson() as unknown as ReadonlyArray<Row>
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
