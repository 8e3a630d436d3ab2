import { readFileSync } from "node:fs"
import { type Declaration, defineModule, type QualityModule } from "@plimsoll/core"
import { PlimsollError, type StreamDefinition } from "@plimsoll/schema"
import { findings } from "../assurance/events.ts"
import { populations } from "../codesign/events.ts"
import { declaredRows } from "../declared-rows.ts"
import { visionNodes } from "../vision/events.ts"
import {
  type ContributoryFactor,
  contributoryFactors,
  type Goal,
  goals,
  type Intervention,
  interventions,
  type Issue,
  issues,
  type Need,
  needs,
  planningSettings,
  type PriorityWeight,
  priorityWeights
} from "./events.ts"
import { planningMacros } from "./told.ts"

/** What {@link planning} takes. What is left out may come from connectors, by the module's streams. */
export interface PlanningOptions {
  readonly needs?: ReadonlyArray<Need>
  readonly issues?: ReadonlyArray<Issue>
  readonly factors?: ReadonlyArray<ContributoryFactor>
  readonly weights?: ReadonlyArray<PriorityWeight>
  readonly interventions?: ReadonlyArray<Intervention>
  readonly goals?: ReadonlyArray<Goal>
  /** How much effort there is in all, in the unit of the weight `effort`: hours a year. Default: not said, and nothing is chosen. */
  readonly capacity?: number
  /** Whether stories count as users' voice, too: needs `codesign()` beside it. Default: false. */
  readonly stories?: boolean
  readonly thresholds?: {
    /** How many months that are over are looked at. Default: 12. */
    readonly months?: number
    /** The share of draws from which on one issue comes before another. Default: 0.95. Below it they are a tie. */
    readonly tie?: number
  }
}

const since = "0001-01-01"

const read = (name: string): string => readFileSync(new URL(`./${name}`, import.meta.url), "utf8")

const wrong = (message: string, suggestion: string): PlimsollError =>
  new PlimsollError({
    code: "config-invalid",
    message: `planning: ${message}`,
    configPath: "modules",
    suggestion
  })

const settingsOf = ({ capacity, thresholds = {} }: PlanningOptions) => {
  const { months = 12, tie = 0.95 } = thresholds
  if (capacity !== undefined && !(Number.isFinite(capacity) && capacity > 0)) {
    throw wrong("capacity is no amount of effort", "give a number above 0, or leave it out")
  }
  if (!Number.isInteger(months) || months < 3) {
    throw wrong("thresholds.months is below 3", "give a whole number of months from 3 on")
  }
  if (!(tie > 0.5 && tie < 1))
    throw wrong("thresholds.tie is no such share", "give one above 0.5 and below 1")
  const said: ReadonlyArray<readonly [string, number, string]> = [
    ...(capacity === undefined ? [] : [["capacity", capacity, "How much effort there is in all"] as const]),
    ["months", months, "How many months that are over are looked at"],
    ["tie", tie, "The share of draws from which on one issue comes before another"]
  ]
  return said.map(([id, value, title]) => ({ id, value: String(value), title, since }))
}

const declared = (
  option: string,
  stream: StreamDefinition,
  rows: ReadonlyArray<{ readonly [field: string]: unknown }> | undefined
): ReadonlyArray<Declaration> =>
  declaredRows(option, stream, rows, (message, suggestion) => wrong(message, suggestion))

/**
 * Planning for quality: needs, issues with what contributes to them, priorities with how stable they are, goals and whether
 * today's process can reach them, and a plan on one page that says what will not be done, too. Relations, rules and sources
 * are in the README beside this file. Needs the modules `statistics` and `control` beside it; with `stories`, `codesign` and
 * what that needs. Errors: `config-invalid`.
 *
 * ```ts test
 * import { planning } from "@plimsoll/quality"
 *
 * const own = planning({ capacity: 400 })
 * own.declares.flatMap((one) => one.rows.map((row) => row.id)) // => ["capacity", "months", "tie"]
 * ```
 */
export const planning = (options: PlanningOptions = {}): QualityModule =>
  defineModule({
    name: "planning",
    version: 1,
    title: "Planning for quality",
    streams: [
      needs,
      issues,
      contributoryFactors,
      priorityWeights,
      interventions,
      goals,
      planningSettings,
      visionNodes,
      findings,
      populations
    ],
    declares: [
      { stream: planningSettings, rows: settingsOf(options) },
      ...declared("needs", needs, options.needs),
      ...declared("issues", issues, options.issues),
      ...declared("factors", contributoryFactors, options.factors),
      ...declared("weights", priorityWeights, options.weights),
      ...declared("interventions", interventions, options.interventions),
      ...declared("goals", goals, options.goals)
    ],
    macros: planningMacros,
    views: [
      options.stories === true ? "stories.sql" : "no-stories.sql",
      "need.sql",
      "burden.sql",
      "issue.sql",
      "goal.sql",
      "priority.sql",
      "plan.sql"
    ]
      .map(read)
      .join("\n")
  })
