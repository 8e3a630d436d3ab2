import type { QualityModule } from "@plimsoll/core"
import {
  codesignSources,
  controlSources,
  improvementSources,
  learningSources,
  planningSources,
  systemSources,
  visionSources
} from "./assurance/component-sources.ts"
import { assurance, type AssuranceOptions } from "./assurance/module.ts"
import { ownStandard } from "./assurance/own-standard.ts"
import { codesign, type CodesignOptions } from "./codesign/module.ts"
import { control, type ControlOptions } from "./control/module.ts"
import { pdsaChanges } from "./culture/change-source.ts"
import { culture, type CultureOptions } from "./culture/module.ts"
import { cultureSources } from "./culture/sources.ts"
import { freeText, type FreeTextOptions } from "./free-text/module.ts"
import { improvement, type ImprovementOptions } from "./improvement/module.ts"
import { learning, type LearningOptions } from "./learning/module.ts"
import { planning, type PlanningOptions } from "./planning/module.ts"
import { relationships, type RelationshipsOptions } from "./relationships/module.ts"
import { statistics } from "./statistics/module.ts"
import { system, type SystemOptions } from "./system/module.ts"
import { vision, type VisionOptions } from "./vision/module.ts"

/** What {@link components} takes: the options of each. */
export interface ComponentsOptions {
  readonly control?: ControlOptions
  readonly learning?: LearningOptions
  readonly planning?: PlanningOptions
  readonly relationships?: RelationshipsOptions
  readonly vision?: VisionOptions
  readonly codesign?: CodesignOptions
  readonly improvement?: ImprovementOptions
  readonly culture?: CultureOptions
  /** Default: the starter standard of `ownStandard()`, and evidence drawn from the other components. */
  readonly assurance?: AssuranceOptions
  readonly system?: SystemOptions
  readonly freeText?: FreeTextOptions
}

/**
 * The components that come with Plimsoll, in the order of a quality management system's nine, with the roll-up to a whole system,
 * the handling of free text, and the formulas that they share.
 *
 * ```ts test
 * import { components } from "@plimsoll/quality"
 *
 * const modules = components({ control: { themes: [{ id: "waiting", title: "Waiting" }] } })
 * modules.slice(0, 4).map((one) => one.name) // => ["statistics", "control", "learning", "planning"]
 * modules.length // => 12
 * ```
 */
export const components = (options: ComponentsOptions = {}): ReadonlyArray<QualityModule> => [
  statistics(),
  control(options.control),
  learning(options.learning),
  planning({ stories: true, ...options.planning }),
  relationships(options.relationships),
  vision({ failureDemand: true, ...options.vision }),
  codesign(options.codesign),
  improvement(options.improvement),
  culture({ changes: [pdsaChanges], ...options.culture }),
  assurance({
    ...ownStandard(),
    sources: [
      controlSources,
      learningSources,
      planningSources,
      visionSources,
      codesignSources,
      improvementSources,
      cultureSources,
      systemSources
    ].flat(),
    ...options.assurance
  }),
  system(options.system),
  freeText(options.freeText)
]
