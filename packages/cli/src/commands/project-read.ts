import type { Published } from "@plimsoll/core"
import { PlimsollError } from "@plimsoll/schema"
import { nearest } from "../nearest.ts"
import { literal } from "../sql-text.ts"
import { type Row, rowsOf } from "./vision-file.ts"

/** All that `plimsoll project show` tells of one project. */
export interface ProjectFacts {
  readonly project: Row
  readonly diagram: ReadonlyArray<Row>
  readonly measures: ReadonlyArray<Row>
  readonly cycles: ReadonlyArray<Row>
  readonly fidelity: Row | null
  readonly progress: Row
  readonly shift: Row | null
  readonly beside: ReadonlyArray<Row>
  readonly sites: ReadonlyArray<Row>
  readonly spread: Row | null
  readonly resources: ReadonlyArray<Row>
  readonly orphan: Row | null
  readonly refused: ReadonlyArray<Row>
}

/** Throws `usage-no-improvement` where the project has no such module. */
export const improvementOrRefused = async (published: Published): Promise<void> => {
  const found = await rowsOf(
    published,
    "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'improvement' AND table_name = 'project'"
  )
  if (found.length > 0) return
  throw new PlimsollError({
    code: "usage-no-improvement",
    message: "the published file has no improvement projects",
    suggestion:
      "put improvement() of @plimsoll/quality among the modules of the config, and run `plimsoll run`"
  })
}

/** The portfolio. */
export const readPortfolio = (published: Published): Promise<ReadonlyArray<Row>> =>
  rowsOf(
    published,
    `SELECT p.project, p.title, p.microsystem, p.goal, p.started, p.ended, p.measure, p.target, p.due, p.first_do, p.cycles, p.claimed, p.evidence, p.reached,
       p.capped, p.share_of_aim, p.result, p.reason, p.sites_offered, p.sites_adopted, p.standing, o.reason AS orphan
     FROM improvement.project p LEFT JOIN improvement.orphan o ON o.project = p.project ORDER BY p.standing, p.project`
  )

/** One project. Throws `usage-unknown-project`, with what was probably meant. */
export const readProject = async (published: Published, id: string): Promise<ProjectFacts> => {
  const own = `WHERE project = ${literal(id)}`
  const rows = (query: string) => rowsOf(published, query)
  const [project] = await rows(`SELECT * EXCLUDE (events) FROM improvement.project ${own}`)
  if (project === undefined) {
    const known = (await rows("SELECT project FROM improvement.project")).map((row) => String(row["project"]))
    const meant = nearest(id, known)
    throw new PlimsollError({
      code: "usage-unknown-project",
      message: `the published file has no project "${id}"`,
      suggestion: meant === undefined ? "plimsoll project list shows them" : `did you mean "${meant}"?`
    })
  }
  const [fidelity = null] = await rows(`SELECT * EXCLUDE (events) FROM improvement.fidelity ${own}`)
  const [progress] = await rows(`SELECT * EXCLUDE (events) FROM improvement.progress ${own}`)
  const [shift = null] = await rows(
    `SELECT * EXCLUDE (events) FROM improvement.effect ${own} AND part = 'own' AND of_aim`
  )
  const [spread = null] = await rows(`SELECT * EXCLUDE (events) FROM improvement.spread ${own}`)
  const [orphan = null] = await rows(`SELECT goal, reason, since FROM improvement.orphan ${own}`)
  return {
    project,
    diagram: await rows(`SELECT * EXCLUDE (events) FROM improvement.driver_diagram ${own} ORDER BY place`),
    measures: await rows(
      `SELECT * EXCLUDE (events) FROM improvement.measure_family ${own} ORDER BY list_position(['outcome', 'process', 'balancing'], role), measure`
    ),
    cycles: await rows(`SELECT * EXCLUDE (events) FROM improvement.cycle ${own} ORDER BY idea, number`),
    fidelity,
    progress: progress!,
    shift,
    beside: await rows(
      `SELECT microsystem, result, mean_before, mean_since, change, shift_from FROM improvement.effect ${own} AND part = 'beside' ORDER BY microsystem`
    ),
    sites: await rows(
      `SELECT * EXCLUDE (events) FROM improvement.adoption ${own} ORDER BY adopted NULLS LAST, microsystem`
    ),
    spread,
    resources: await rows(`SELECT * FROM improvement.resource ${own} ORDER BY kind`),
    orphan,
    refused: await rows(
      `SELECT stream, id, reason FROM improvement.refused ${own} AND stream <> 'progress-claim' ORDER BY ALL`
    )
  }
}
