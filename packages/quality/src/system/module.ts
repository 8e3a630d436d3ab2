import { readFileSync } from "node:fs"
import { type Declaration, defineModule, type QualityModule } from "@plimsoll/core"
import { compositeMembers, composites, compositeWeights, equityStrata, indicators } from "./events.ts"

/** An indicator as a config declares it. */
export interface IndicatorOptions {
  readonly id: string
  /** The id of its measure. Default: the id. */
  readonly measure?: string
  /** Default: the measure's. */
  readonly title?: string
  /** The standard, or group of an assurance report, that it belongs to. */
  readonly standard?: string
  /** Measures that would show the harm of improving this one alone. */
  readonly balancing?: ReadonlyArray<string>
  /** How units vary by chance. Default: `auto`, by the measure's chart. */
  readonly scale?: "auto" | "share" | "rate" | "observed-expected" | "value"
  /** How many complete periods are pooled where units are compared. Default: 12. */
  readonly periods?: number
  /** The breakdowns in which gaps are looked for. Default: none, and the indicator says so. */
  readonly equity?: ReadonlyArray<{
    /** The name of the breakdown among the measure's strata. */
    readonly dimension: string
    /** Where they are ordered, the most disadvantaged first. */
    readonly groups: ReadonlyArray<string>
    /** Default: false. */
    readonly ordered?: boolean
    /** The group that the others are compared with. Default: the last one. */
    readonly reference?: string
  }>
}

/** A composite as a config declares it. */
export interface CompositeOptions {
  readonly id: string
  readonly title: string
  /** A unit with figures in fewer parts has no score. Default: 3, or all where there are fewer. */
  readonly leastParts?: number
  /** The weights must add up to 1; where they do not, the composite is withheld and says why. */
  readonly parts: ReadonlyArray<{
    readonly part: string
    readonly weight: number
    readonly indicators: ReadonlyArray<string>
  }>
}

/** What {@link system} takes. */
export interface SystemOptions {
  /** Default: every measure that two units have. */
  readonly indicators?: ReadonlyArray<IndicatorOptions>
  readonly composites?: ReadonlyArray<CompositeOptions>
}

/** The parts of the SQL, in the order in which they build on each other. */
const parts = [
  "base.sql",
  "spread.sql",
  "missing.sql",
  "funnel.sql",
  "unit.sql",
  "equity.sql",
  "charts.sql",
  "simpson.sql",
  "indicator.sql",
  "composite.sql",
  "score.sql"
]

const since = "0001-01-01"

// An option that is not given leaves its streams to whoever feeds them; an empty one takes back what was declared.
const declared = (options: SystemOptions): ReadonlyArray<Declaration> => [
  ...(options.indicators === undefined ? [] : declaredIndicators(options.indicators)),
  ...(options.composites === undefined ? [] : declaredComposites(options.composites))
]

const declaredIndicators = (all: ReadonlyArray<IndicatorOptions>): ReadonlyArray<Declaration> => [
  {
    stream: indicators,
    rows: all.map((one) => ({
      id: one.id,
      measure: one.measure ?? one.id,
      title: one.title ?? null,
      standard: one.standard ?? null,
      balancing: one.balancing ?? [],
      scale: one.scale ?? "auto",
      periods: one.periods ?? 12,
      since
    }))
  },
  {
    stream: equityStrata,
    rows: all.flatMap((one) =>
      (one.equity ?? []).map((stratum) => ({
        indicator: one.id,
        dimension: stratum.dimension,
        groups: stratum.groups,
        ordered: stratum.ordered ?? false,
        reference: stratum.reference ?? null,
        since
      }))
    )
  }
]

const declaredComposites = (made: ReadonlyArray<CompositeOptions>): ReadonlyArray<Declaration> => [
  {
    stream: composites,
    rows: made.map((one) => ({
      id: one.id,
      title: one.title,
      leastParts: one.leastParts ?? Math.min(3, one.parts.length),
      since
    }))
  },
  {
    stream: compositeWeights,
    rows: made.flatMap((one) =>
      one.parts.map(({ part, weight }) => ({ composite: one.id, part, weight, since }))
    )
  },
  {
    stream: compositeMembers,
    rows: made.flatMap((one) =>
      one.parts.flatMap(({ part, indicators: of }) =>
        of.map((indicator) => ({ composite: one.id, indicator, part, since }))
      )
    )
  }
]

/**
 * The whole system: every indicator rolled up from the units that do the work to each unit above them, with its
 * interval, its spread, what is missing and why, its gaps, and what luck alone would give. Needs the module
 * `statistics()` beside it.
 *
 * ```ts test
 * import { system } from "@plimsoll/quality"
 *
 * const whole = system({ indicators: [{ id: "falls-rate", balancing: ["restraint-rate"] }] })
 * whole.schema // => "whole_system"
 * ```
 */
export const system = (options: SystemOptions = {}): QualityModule =>
  defineModule({
    name: "system",
    schema: "whole_system",
    version: 1,
    title: "The whole system, rolled up from its units",
    streams: [indicators, equityStrata, composites, compositeWeights, compositeMembers],
    declares: declared(options),
    views: parts.map((name) => readFileSync(new URL(`./${name}`, import.meta.url), "utf8")).join("\n")
  })
