import { defineModule, type QualityModule } from "@plimsoll/core"
import { aggregationMacros } from "./aggregation.ts"
import { agreementMacros } from "./agreement.ts"
import { betaMacros } from "./beta.ts"
import { bootstrapMacros } from "./bootstrap.ts"
import { changeMacros } from "./change.ts"
import { changePointMacros } from "./change-point.ts"
import { clusterMacros } from "./cluster.ts"
import { compositeMacros } from "./composite.ts"
import { equityMacros } from "./equity.ts"
import { gammaMacros } from "./gamma.ts"
import { intervalMacros } from "./intervals.ts"
import { kaplanMeierMacros } from "./kaplan-meier.ts"
import { type Macro, statementsOfMacro } from "./macro.ts"
import { multiplicityMacros } from "./multiplicity.ts"
import { normalMacros } from "./normal.ts"
import { percentPositiveMacros } from "./percent-positive.ts"
import { productMacros } from "./product.ts"
import { rakingMacros } from "./raking.ts"
import { rankMacros } from "./ranks.ts"
import { ratioOfSumsMacros } from "./ratio-of-sums.ts"
import { reliabilityMacros } from "./reliability.ts"
import { rollupMacros } from "./rollup.ts"
import { shrinkageMacros } from "./shrinkage.ts"
import { studentMacros } from "./student.ts"

const macros: ReadonlyArray<Macro> = [
  ...normalMacros,
  ...studentMacros,
  ...gammaMacros,
  ...betaMacros,
  ...intervalMacros,
  ...changeMacros,
  ...changePointMacros,
  ...clusterMacros,
  ...rollupMacros,
  ...shrinkageMacros,
  ...multiplicityMacros,
  ...rankMacros,
  ...equityMacros,
  ...agreementMacros,
  ...bootstrapMacros,
  ...compositeMacros,
  ...kaplanMeierMacros,
  ...reliabilityMacros,
  ...aggregationMacros,
  ...percentPositiveMacros,
  ...rakingMacros,
  ...ratioOfSumsMacros,
  ...productMacros
]

/** The statements that make the schema `stats` and its macros, in order; run again, they replace them. */
export const statisticsStatements: ReadonlyArray<string> = [
  "CREATE SCHEMA IF NOT EXISTS stats",
  ...macros.flatMap(statementsOfMacro)
]

/**
 * The module of the statistics that other components compute with: macros of the schema `stats`, and nothing else. Every
 * macro with its arguments, result, formula and source is in the README beside this file.
 *
 * @example
 * SELECT microsystem, stats.wilson(numerator, denominator).low FROM plimsoll.measure_value
 */
export const statistics = (): QualityModule =>
  defineModule({
    name: "statistics",
    schema: "stats",
    version: 1,
    title: "Statistics that other components compute with",
    macros: `${statisticsStatements.join(";\n\n")};\n`
  })
