import type { QualityModule } from "@plimsoll/core"
import { statistics } from "./statistics/module.ts"

/** The components that come with Plimsoll, with the formulas that they share. */
export const components = (): ReadonlyArray<QualityModule> => [statistics()]
