/** One input column for each name; null is missing. */
export interface Data {
  readonly period?: ReadonlyArray<number | string>
  readonly unit?: ReadonlyArray<string>
  readonly value?: ReadonlyArray<number | null>
  readonly numerator?: ReadonlyArray<number | null>
  readonly denominator?: ReadonlyArray<number | null>
  readonly phase?: ReadonlyArray<number>
  readonly baseline?: ReadonlyArray<boolean>
  readonly excluded?: ReadonlyArray<boolean>
  readonly target?: ReadonlyArray<number | null>
  readonly direction?: ReadonlyArray<"up" | "down" | "neutral">
}

/** Named arguments of a chart or funnel. */
export interface Arguments {
  readonly shift?: number
  readonly trend?: number
  readonly screened?: boolean
  readonly spread?: string
  readonly centre?: number | "mean" | "median"
  readonly multiply?: number
  readonly weight?: number
  readonly nsigmas?: number
  readonly k?: number
  readonly h?: number
  readonly target?: number
  readonly overdispersion?: "additive" | "multiplicative" | "none"
  readonly trim_by?: number
  readonly limits?: "normal" | "exact" | "byar"
  readonly method?: "SHMI" | "CQC" | "square-root"
}

/** A run as the contract's column `rules` has it; only rule and side where a profile marks completing points. */
export interface Run {
  readonly rule: string
  readonly side: "high" | "low" | null
  readonly first?: number | string
  readonly completed?: number | string
  readonly last?: number | string
  readonly points?: number
}

/** What an output column may hold. */
export type Cell = number | string | boolean | null | ReadonlyArray<string | Run>

/** Output columns, one value for each row of the output. */
export type Columns = Readonly<Record<string, ReadonlyArray<Cell>>>

/** A case before its expected values are worked out. */
export interface Draft {
  readonly id: string
  readonly title: string
  readonly chart: string
  readonly profile: string | null
  readonly arguments: Arguments
  readonly data: Data
  /** Columns worked out by hand: what the loops find must be the same, or there are no files. */
  readonly byHand: Columns
  readonly source?: string
}
