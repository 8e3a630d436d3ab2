import { existsSync, readFileSync } from "node:fs"

/** A column of a case; one number where a tool gives one for the whole chart. */
export type Column = ReadonlyArray<number | null>

/** What a tool was asked, as far as our macros can be asked the same. */
export interface Parameters {
  readonly freeze?: number
  readonly part?: number | ReadonlyArray<number>
  readonly exclude?: number | ReadonlyArray<number>
  readonly cl?: number
  readonly multiply?: number
  readonly "agg.fun"?: "mean" | "median"
  readonly rebase?: ReadonlyArray<string>
  readonly fix_after_n_points?: number
  readonly improvement_direction?: "increase" | "decrease" | "neutral"
  readonly direction?: "increase" | "decrease" | "neutral"
  readonly target?: number
  readonly screen_outliers?: boolean
  readonly outliers_in_limits?: boolean
  readonly highlight_series?: boolean
  readonly shift_n?: number
  readonly trend_n?: number
  readonly "std.dev"?: string
  readonly lambda?: number
  readonly nsigmas?: number
  readonly decision_interval?: number
  readonly se_shift?: number
}

/** A reference case as the shared folder stores it. What a tool gave is read by the test of that tool. */
export interface ReferenceCase {
  readonly id: string
  readonly chart: string
  readonly options?: Readonly<Record<string, boolean>>
  readonly data: {
    readonly period: ReadonlyArray<string | number>
    readonly value?: ReadonlyArray<number | null | ReadonlyArray<number | null>>
    readonly numerator?: Column
    readonly denominator?: Column
  }
  readonly parameters: Parameters
  readonly expected: Readonly<Record<string, unknown>> & { readonly error?: string }
  readonly tags: ReadonlyArray<string>
}

const folder = new URL("../../../../shared/reference/spc/", import.meta.url)

/** True where the shared reference values are at hand; in CI they must be. */
export const haveReference = existsSync(folder) || process.env["CI"] === "true"

/** Why a test of reference values is skipped, as a part of its name. */
export const whySkipped = haveReference ? "" : " (skipped: no ../shared/reference/spc)"

/** The cases of one tool and chart. */
export const readCases = (name: string): ReadonlyArray<ReferenceCase> =>
  (
    JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as {
      cases: ReadonlyArray<ReferenceCase>
    }
  ).cases

/** Whether two numbers agree: 1e-9 relative unless said otherwise, 1e-12 near zero, null with null. */
export const agrees = (
  ours: number | null | undefined,
  theirs: number | null | undefined,
  tolerance = 1e-9
): boolean =>
  ours === null || ours === undefined || theirs === null || theirs === undefined
    ? (ours ?? null) === (theirs ?? null)
    : Math.abs(ours - theirs) <= Math.max(1e-12, tolerance * Math.abs(theirs))
