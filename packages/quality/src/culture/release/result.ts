/** Why a figure is blank, or is only bounded. */
export type Reason =
  | "too-few"
  | "hidden-to-protect"
  | "too-alike"
  | "disagreement"
  | "not-asked"
  | "no-answer"
  | "rule-of-that-year"

/** What a row tells. */
export type Figure =
  | "response"
  | "percent-positive"
  | "mean"
  | "agreement"
  | "spread-low"
  | "spread-middle"
  | "spread-high"

/** One figure of the release, or the reason why there is none. */
export interface ReleaseRow {
  /** The cell: a unit's id; `<unit>/own`, `<unit>/rest` (people pooled); `<unit>/too-few`, `<unit>/withheld` (cells pooled for this figure); `<unit>/left-out`. */
  readonly cell: string
  readonly unit: string
  /** Not the whole of a unit: a pool, or the answers of a unit itself beside those below it. */
  readonly rest: boolean
  /** `<by>=<group>`, or null for everybody. */
  readonly breakdown: string | null
  readonly figure: Figure
  /** The item or scale; null for the response. */
  readonly of: string | null
  /** The people the figure rests on; null where that is hidden, and then all the rest is null too. */
  readonly n: number | null
  /** Percent of 0 to 100, or a mean on the range of the item or scale. An agreement has only its band: low and high. */
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  readonly bound: "exact" | "at-most" | "at-least" | null
  readonly reason: Reason | null
}

/** People who are together in everything that is published: the smallest sets there are. */
export interface BaseCell {
  readonly cell: string
  readonly unit: string
  readonly rest: boolean
  /** The units whose own answers make up the cell. */
  readonly units: ReadonlyArray<string>
}

/** Cells whose figure could not stand alone, put together for that figure. */
export interface Pool {
  readonly cell: string
  readonly unit: string
  readonly n: number
  /** Positions in `cells`. */
  readonly cells: ReadonlyArray<number>
}

/** Of which cells the totals of one figure are made: the same at every height of the tree. */
export interface Composition {
  readonly figure: Figure
  readonly of: string | null
  /** Positions in `cells`, and the people of each. */
  readonly exact: Int32Array
  readonly exactN: Float64Array
  readonly pools: ReadonlyArray<Pool>
}

/** The cells that a breakdown of one figure uses: in each of them every group has nobody, or enough people. */
export interface BreakdownComposition {
  readonly by: string
  readonly figure: Figure
  readonly of: string | null
  readonly cells: ReadonlyArray<number>
  /** The fewest people of a group in one of the cells, where there are any. */
  readonly fewest: number | null
}

/** Whether alpha and item-total correlations of a scale may be computed (organisation only, at least 100 people). */
export interface Reliability {
  readonly scale: string
  readonly allowed: boolean
}

/** A wave as it leaves the vault: all of it may be seen by everybody. */
export interface WaveRelease {
  readonly k: number
  readonly units: ReadonlyArray<{ readonly id: string; readonly parent: string | null }>
  readonly cells: ReadonlyArray<BaseCell>
  readonly compositions: ReadonlyArray<Composition>
  readonly breakdowns: ReadonlyArray<BreakdownComposition>
  readonly rows: ReadonlyArray<ReleaseRow>
  readonly reliability: ReadonlyArray<Reliability>
}
