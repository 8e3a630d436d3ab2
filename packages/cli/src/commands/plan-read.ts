import type { Published } from "@plimsoll/core"
import { PlimsollError } from "@plimsoll/schema"
import { type Row, rowsOf } from "./vision-file.ts"

/** A line of the plan, as `planning.plan` has it. */
export interface PlanLine {
  readonly section: "do" | "goal" | "not" | "mind"
  readonly kind: string
  readonly id: string
  readonly title: string
  readonly microsystem: string
  readonly words: string
  readonly avoided: number | null
  readonly avoided_low: number | null
  readonly avoided_high: number | null
}

/** The plan as the published file tells it. */
export interface Plan {
  readonly day: string | null
  /** In the unit of the weight `effort`; null: not said. */
  readonly capacity: number | null
  /** The effort of what is chosen. */
  readonly effort: number
  readonly lines: ReadonlyArray<PlanLine>
  /** The weights of each issue with a score, the highest first. */
  readonly weights: ReadonlyArray<Row>
}

/** Reads the plan. Throws `usage-no-planning` where the project has no such module. */
export const readPlan = async (published: Published): Promise<Plan> => {
  const rows = (query: string) => rowsOf(published, query)
  const found = await rows(
    "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'planning' AND table_name = 'plan'"
  )
  if (found.length === 0) {
    throw new PlimsollError({
      code: "usage-no-planning",
      message: "the published file has no plan",
      suggestion:
        "put planning({ … }) of @plimsoll/quality among the modules of the config, and run `plimsoll run`"
    })
  }
  const [whole] = await rows(
    `SELECT (SELECT day::VARCHAR FROM plimsoll.clock) AS day, (SELECT max(value)::DOUBLE FROM planning.setting WHERE id = 'capacity') AS capacity,
       (SELECT coalesce(list_sum(list(effort ORDER BY place)), 0) FROM planning.priority WHERE chosen) AS effort`
  )
  return {
    day: whole!["day"] as string | null,
    capacity: whole!["capacity"] as number | null,
    effort: Number(whole!["effort"]),
    lines: (await rows(
      `SELECT section, kind, id, title, microsystem, words, avoided, avoided_low, avoided_high FROM planning.plan
       ORDER BY list_position(['do', 'goal', 'not', 'mind'], section), position`
    )) as unknown as ReadonlyArray<PlanLine>,
    weights: await rows(
      `SELECT p.issue, max(w.value) FILTER (w.factor = 'burden') AS burden, max(w.value) FILTER (w.factor = 'preventability') AS preventability,
         max(w.value) FILTER (w.factor = 'equity') AS equity, max(w.value) FILTER (w.factor = 'confidence') AS confidence,
         max(w.value) FILTER (w.factor = 'effort') AS effort, p.score, p.top_three_share, p.above_line, p.chosen
       FROM planning.priority p JOIN planning.weight w ON w.issue = p.issue WHERE p.score IS NOT NULL
       GROUP BY ALL ORDER BY p.score DESC, p.issue`
    )
  }
}
