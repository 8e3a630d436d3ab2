import { observations, type Microsystem } from "@plimsoll/schema"
import { control, type ControlOptions } from "../src/control/index.ts"
import {
  type Goal,
  type Intervention,
  type Issue,
  type Need,
  planning,
  type PlanningOptions,
  type PriorityWeight
} from "../src/planning/index.ts"
import { statistics } from "../src/statistics/module.ts"
import { World } from "./world.ts"

export const planningWorld = (
  options: PlanningOptions = {},
  ofControl: ControlOptions = {}
): Promise<World> => World.make([statistics(), control(ofControl), planning(options)])

export const unit = (
  id: string,
  parent: string | null = null,
  kind: Microsystem["kind"] = "ward"
): Microsystem => ({ id, name: `Unit ${id}`, kind, parent, since: "2000-01-01" })

/** The first day of a month, counted from January 2024. */
export const month = (at: number): string => new Date(Date.UTC(2024, at, 1)).toISOString().slice(0, 10)

/** Figures of a measure, one a month from January 2024 on: of a count its number, else [cases, of how many]. */
export const feedFigures = (
  world: World,
  measure: string,
  microsystem: string,
  figures: ReadonlyArray<number | readonly [cases: number, size: number]>,
  from = 0
): Promise<void> =>
  world.feed(
    observations,
    figures.map((one, at) => ({
      microsystem,
      measure,
      day: month(from + at),
      numerator: (typeof one === "number" ? one : one[0]).toFixed(6),
      denominator: typeof one === "number" ? null : one[1].toFixed(6)
    }))
  )

const day = "2026-01-05"

export const need = (row: Pick<Need, "id" | "kind"> & Partial<Need>): Need => ({
  title: `Need ${row.id}`,
  microsystem: "oak",
  theme: null,
  dimension: null,
  group: null,
  node: null,
  finding: null,
  status: "active",
  day,
  ...row
})

export const issue = (row: Pick<Issue, "id"> & Partial<Issue>): Issue => ({
  title: `Issue ${row.id}`,
  microsystem: "oak",
  measure: null,
  needs: [],
  signals: [],
  status: "open",
  day,
  ...row
})

export const goal = (row: Pick<Goal, "id"> & Partial<Goal>): Goal => ({
  title: `Goal ${row.id}`,
  microsystem: "oak",
  measure: "falls",
  needs: [],
  issues: [],
  insights: [],
  override: null,
  baselineFrom: "2024-01-01",
  baselineUntil: "2025-12-31",
  target: 4,
  due: "2026-12-31",
  status: "active",
  day,
  ...row
})

export const intervention = (
  row: Pick<Intervention, "id" | "issue"> & Partial<Intervention>
): Intervention => ({
  title: `Intervention ${row.id}`,
  factors: [],
  actionClass: "strong",
  actionAim: "process",
  effect: null,
  effectLow: null,
  effectHigh: null,
  day,
  ...row
})

/** The weights of one issue; the burden only where it is given. */
export const weights = (
  of: string,
  values: Partial<Record<PriorityWeight["factor"], number>>
): ReadonlyArray<PriorityWeight> =>
  Object.entries({ preventability: 0.5, equity: 1, confidence: 0.8, effort: 100, ...values }).map(
    ([factor, value]) => ({
      issue: of,
      factor: factor as PriorityWeight["factor"],
      value,
      basis: "agreed" as const,
      day
    })
  )
