import { readFileSync } from "node:fs"
import { type Declaration, defineModule, type QualityModule } from "@plimsoll/core"
import { PlimsollError } from "@plimsoll/schema"
import { storyConsents, storyFacts } from "../codesign/events.ts"
import { annotations, codings, themes } from "../control/events.ts"
import { flows } from "../culture/events.ts"
import { releasedFigures, releases } from "../culture/waves.ts"
import { projects } from "../improvement/project-events.ts"
import { goals } from "../planning/goal-events.ts"
import { agreedTries, communities, communityMembers, communitySessions } from "./community-events.ts"
import { insightEvidence, insights, learningQuestions } from "./insight-events.ts"
import { lessons, reuses } from "./lesson-events.ts"
import { interpretations, learningSettings, measureFamilies } from "./sense-events.ts"
import { similarSql } from "./similar.ts"

/** What {@link learning} takes. */
export interface LearningOptions {
  /**
   * The families of measures that tell of the same problem, by name. The family `staffing` holds those that tell how many
   * people are there to do the work. A measure without one is a family of its own. Default: left to connectors.
   */
  readonly families?: { readonly [family: string]: ReadonlyArray<string> }
  readonly thresholds?: {
    /** How many periods before and after the first of a signal's run are looked at. Default: 2. */
    readonly aroundPeriods?: number
    /** How many months old a release of a survey may be to be looked at. Default: 12. */
    readonly cultureMonths?: number
    /** Within how many days a session of a community is to lead to a use. Default: 90. */
    readonly reuseDays?: number
  }
  /** How much each part counts for the likeness of two problems. Default: themes .6, family .25, kind .15; they add up to 1. */
  readonly similar?: { readonly themes: number; readonly family: number; readonly kind: number }
}

const since = "0001-01-01"

const views = [
  "evidence.sql",
  "reuse.sql",
  "question.sql",
  "lead-time.sql",
  "network.sql",
  "community.sql",
  "problem.sql",
  "segmentation.sql",
  "sense.sql",
  "link.sql"
]

const wrong = (message: string, suggestion: string): PlimsollError =>
  new PlimsollError({
    code: "config-invalid",
    message: `learning: ${message}`,
    configPath: "modules",
    suggestion
  })

const settingsOf = (options: LearningOptions) => {
  const { aroundPeriods = 2, cultureMonths = 12, reuseDays = 90 } = options.thresholds ?? {}
  for (const [name, length] of Object.entries({ aroundPeriods, cultureMonths, reuseDays })) {
    if (!Number.isInteger(length) || length < 1) {
      throw wrong(`thresholds.${name} is no length of time`, "give a whole number from 1 on")
    }
  }
  const weights = options.similar ?? { themes: 0.6, family: 0.25, kind: 0.15 }
  const each = [weights.themes, weights.family, weights.kind]
  if (each.some((one) => !(one >= 0)) || Math.abs(each.reduce((sum, one) => sum + one, 0) - 1) > 1e-9) {
    throw wrong(
      "the weights of similar do not add up to 1",
      "give themes, family and kind as shares from 0 on"
    )
  }
  const said: ReadonlyArray<readonly [string, number, string]> = [
    ["around-periods", aroundPeriods, "How many periods around the first of a signal's run are looked at"],
    ["culture-months", cultureMonths, "How many months old a release of a survey may be to be looked at"],
    ["reuse-days", reuseDays, "Within how many days a session of a community is to lead to a use"],
    ["similar-themes", weights.themes, "How much the themes of notes count for the likeness of problems"],
    ["similar-family", weights.family, "How much the same family of measures counts for it"],
    ["similar-kind", weights.kind, "How much the same kind of unit counts for it"]
  ]
  return said.map(([id, value, title]) => ({ id, value, title, since }))
}

const familyRows = (families: NonNullable<LearningOptions["families"]>): Declaration => {
  const rows = Object.entries(families).flatMap(([family, measures]) =>
    measures.map((measure) => ({ measure, family, since }))
  )
  const again = rows.find((row, at) => rows.findIndex((one) => one.measure === row.measure) !== at)
  if (again !== undefined) {
    throw wrong(`the measure "${again.measure}" belongs to two families`, "name it in one of them")
  }
  return { stream: measureFamilies, rows }
}

/**
 * The learning system: insights graded by what they rest on, lessons and their use by others, who had a problem and got past
 * it, which strata carry a change, how long learning takes, communities, and what moved around a signal, as questions to its
 * team. Relations, rules and sources are in the README beside this file. Needs the modules `statistics` and `control` beside
 * it. Errors: `config-invalid`.
 *
 * ```ts test
 * import { learning } from "@plimsoll/quality"
 *
 * const own = learning({ families: { flow: ["four-hour", "bed-days"], staffing: ["nurse-hours"] } })
 * own.declares.map((one) => one.rows.length) // => [6, 3]
 * ```
 */
export const learning = (options: LearningOptions = {}): QualityModule =>
  defineModule({
    name: "learning",
    version: 1,
    title: "The learning system",
    streams: [
      learningQuestions,
      insights,
      insightEvidence,
      lessons,
      reuses,
      communities,
      communityMembers,
      communitySessions,
      agreedTries,
      interpretations,
      flows,
      measureFamilies,
      learningSettings,
      goals,
      projects,
      themes,
      codings,
      annotations,
      storyFacts,
      storyConsents,
      releases,
      releasedFigures
    ],
    declares: [
      { stream: learningSettings, rows: settingsOf(options) },
      ...(options.families === undefined ? [] : [familyRows(options.families)])
    ],
    macros: similarSql,
    views: views.map((name) => readFileSync(new URL(`./${name}`, import.meta.url), "utf8")).join("\n"),
    signals: ["signal"]
  })
