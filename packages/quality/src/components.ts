import type { QualityModule } from "@plimsoll/core"
import { controlSources, systemSources, visionSources } from "./assurance/component-sources.ts"
import { assurance, type AssuranceOptions } from "./assurance/module.ts"
import { ownStandard } from "./assurance/own-standard.ts"
import { codesign, type CodesignOptions } from "./codesign/module.ts"
import { control, type ControlOptions } from "./control/module.ts"
import { culture, type CultureOptions } from "./culture/module.ts"
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
  readonly system?: SystemOptions
  readonly vision?: VisionOptions
  readonly codesign?: CodesignOptions
  readonly relationships?: RelationshipsOptions
  readonly culture?: CultureOptions
  readonly freeText?: FreeTextOptions
  readonly planning?: PlanningOptions
  readonly improvement?: ImprovementOptions
  readonly learning?: LearningOptions
  /** Default: the starter standard of `ownStandard()`, and evidence drawn from the other components. */
  readonly assurance?: AssuranceOptions
}

/**
 * The components that come with Plimsoll, with the formulas that they share: quality control by teams, the whole system,
 * clear vision and purpose, quality assurance.
 *
 * ```ts test
 * import { components } from "@plimsoll/quality"
 *
 * const modules = components({ control: { themes: [{ id: "waiting", title: "Waiting" }] } })
 * modules.map((one) => one.name) // => ["statistics", "control", "system", "vision", "assurance", "codesign", "relationships"]
 * ```
 */
export const components = (options: ComponentsOptions = {}): ReadonlyArray<QualityModule> => [
  statistics(),
  control(options.control),
  system(options.system),
  vision({ failureDemand: true, ...options.vision }),
  assurance({
    ...ownStandard(),
    sources: [...controlSources, ...visionSources, ...systemSources],
    ...options.assurance
  }),
  codesign(options.codesign),
  relationships(options.relationships),
  culture(options.culture),
  freeText(options.freeText),
  planning({ stories: true, ...options.planning }),
  improvement(options.improvement),
  learning(options.learning)
]
