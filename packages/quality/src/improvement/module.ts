import { readFileSync } from "node:fs"
import { defineModule, type QualityModule } from "@plimsoll/core"
import { PlimsollError } from "@plimsoll/schema"
import { headcounts } from "../control/events.ts"
import { goals } from "../planning/goal-events.ts"
import { aims, changeIdeas, drivers, projectMeasures } from "./aim-events.ts"
import { adoptions, pdsas, progressClaims } from "./pdsa-events.ts"
import { projects } from "./project-events.ts"
import { improvementSettings, improvementSkills, projectResources } from "./resource-events.ts"

/** What {@link improvement} takes. */
export interface ImprovementOptions {
  readonly thresholds?: {
    /** The fewest people that are told of, and the fewest contributors to an amount. Default: 10, at least 5. */
    readonly least?: number
    /** How many points there have to be before a change to judge it. Default: 12, at least 12. */
    readonly pointsBefore?: number
    /** After how many points since its shift an improvement counts as sustained. Default: 12. */
    readonly pointsSustained?: number
    /** After how many days without a test a project is stuck. Default: 90. */
    readonly stuckDays?: number
  }
}

const since = "0001-01-01"

const views = [
  "project.sql",
  "driver.sql",
  "fidelity.sql",
  "trial.sql",
  "shift.sql",
  "progress.sql",
  "portfolio.sql",
  "spread.sql",
  "resource.sql",
  "learning.sql",
  "refused.sql",
  "link.sql"
]

const read = (name: string): string => readFileSync(new URL(`./${name}`, import.meta.url), "utf8")

const settingsOf = (options: ImprovementOptions) => {
  const { least = 10, pointsBefore = 12, pointsSustained = 12, stuckDays = 90 } = options.thresholds ?? {}
  const said: ReadonlyArray<readonly [string, string, number, number, string]> = [
    ["least", "least", least, 5, "The fewest people that are told of"],
    ["points-before", "pointsBefore", pointsBefore, 12, "How many points there have to be before a change"],
    [
      "points-sustained",
      "pointsSustained",
      pointsSustained,
      7,
      "After how many points an improvement is sustained"
    ],
    ["stuck-days", "stuckDays", stuckDays, 1, "After how many days without a test a project is stuck"]
  ]
  return said.map(([id, name, value, lowest, title]) => {
    if (!Number.isInteger(value) || value < lowest) {
      throw new PlimsollError({
        code: "config-invalid",
        message: `improvement: thresholds.${name} is no whole number from ${lowest} on`,
        configPath: "modules",
        suggestion: `give ${lowest} or more`
      })
    }
    return { id, value: String(value), title, since }
  })
}

/**
 * Quality improvement: aims, drivers and tests of change; whether cycles are done as they are meant to be; whether a change
 * worked, by its own chart and the date of its shift; progress no higher than its evidence; how it spreads, and at what cost.
 * Relations, rules and sources are in the README beside this file. Needs the modules `statistics` and `vision`.
 * Errors: `config-invalid`.
 *
 * ```ts test
 * import { improvement } from "@plimsoll/quality"
 *
 * improvement().declares[0]!.rows.length // => 4
 * improvement({ thresholds: { least: 3 } }) // throws no whole number from 5 on
 * ```
 */
export const improvement = (options: ImprovementOptions = {}): QualityModule =>
  defineModule({
    name: "improvement",
    version: 1,
    title: "Quality improvement",
    streams: [
      projects,
      goals,
      aims,
      drivers,
      changeIdeas,
      projectMeasures,
      pdsas,
      progressClaims,
      adoptions,
      projectResources,
      improvementSkills,
      headcounts,
      improvementSettings
    ],
    declares: [{ stream: improvementSettings, rows: settingsOf(options) }],
    views: views.map(read).join("\n")
  })
