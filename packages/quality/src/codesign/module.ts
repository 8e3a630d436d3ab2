import { readFileSync } from "node:fs"
import { defineModule, type QualityModule } from "@plimsoll/core"
import { PlimsollError } from "@plimsoll/schema"
import { Schema } from "effect"
import { themes } from "../control/events.ts"
import { projects } from "../improvement/project-events.ts"
import { goals } from "../planning/goal-events.ts"
import {
  codesignContributions,
  codesignDecisions,
  engagementParticipants,
  engagements,
  Population,
  populations,
  saidAndDone,
  storyConsents,
  storyFacts
} from "./events.ts"

/** A group of the population in the config: its share, or its people; `since` is 0001-01-01 where it is left out. */
export interface PopulationGroup {
  /** By what people are counted, in lower-case words joined by hyphens: `deprivation`. */
  readonly dimension: string
  /** The group: `quintile-1`. */
  readonly group: string
  /** Above 0, up to 1. The shares of a dimension add up to 1. */
  readonly share?: number
  /** In place of a share: how many people. All groups of a dimension give the same. */
  readonly people?: number
  readonly since?: string
}

/** What {@link codesign} takes. */
export interface CodesignOptions {
  /** The population that is served. Default: left to connectors, by the stream `population`. */
  readonly population?: ReadonlyArray<PopulationGroup>
}

const views = [
  "engagement.sql",
  "level.sql",
  "representation.sql",
  "reply.sql",
  "matrix.sql",
  "need.sql",
  "refused.sql"
]

const declaredPopulation = (groups: ReadonlyArray<PopulationGroup>): ReadonlyArray<Population> =>
  groups.map(({ dimension, group, share = null, people = null, since = "0001-01-01" }, index) => {
    const found = Schema.decodeUnknownResult(Population)({ dimension, group, share, people, since })
    if (found._tag === "Success") return found.success
    throw new PlimsollError({
      code: "codesign-invalid",
      message: `population[${index}] is no group of a population: ${found.failure.message}`,
      configPath: `codesign.population[${index}]`,
      suggestion: "give dimension and group in lower-case words joined by hyphens, and either share or people"
    })
  })

/**
 * Co-design and co-production: who has a say in goals, projects and standards, how far, and what came of it; whether those
 * who take part are like the population; what was said and what was done; whether a need is met. Relations, rules and sources are in
 * the README beside this file. Needs the modules `statistics`, `control`, `vision` and `assurance` beside it. It reads no
 * words: the stream `story` is sealed, and for connectors. Errors: `codesign-invalid`.
 *
 * ```ts test
 * import { codesign } from "@plimsoll/quality"
 *
 * const own = codesign({
 *   population: [
 *     { dimension: "deprivation", group: "quintile-1", share: 0.2 },
 *     { dimension: "deprivation", group: "others", share: 0.8 }
 *   ]
 * })
 * own.declares[0]!.rows.length // => 2
 * ```
 */
export const codesign = (options: CodesignOptions = {}): QualityModule =>
  defineModule({
    name: "codesign",
    version: 1,
    title: "Co-design and co-production",
    streams: [
      engagements,
      engagementParticipants,
      codesignContributions,
      codesignDecisions,
      populations,
      saidAndDone,
      storyFacts,
      storyConsents,
      themes,
      goals,
      projects
    ],
    declares:
      options.population === undefined
        ? []
        : [{ stream: populations, rows: declaredPopulation(options.population) }],
    views: views.map((name) => readFileSync(new URL(`./${name}`, import.meta.url), "utf8")).join("\n")
  })
