import { existsSync, readFileSync } from "node:fs"

type Column = ReadonlyArray<number | null>

/** A reference case as the shared folder stores it. */
export interface ReferenceCase {
  readonly id: string
  readonly options?: Readonly<Record<string, boolean>>
  readonly data: {
    readonly period: ReadonlyArray<string | number>
    readonly value?: ReadonlyArray<number | null | ReadonlyArray<number>>
    readonly numerator?: Column
    readonly denominator?: Column
  }
  readonly parameters: {
    readonly freeze?: number
    readonly part?: number | ReadonlyArray<number>
    readonly exclude?: number | ReadonlyArray<number>
    readonly cl?: number
    readonly multiply?: number
    readonly method?: string
    readonly "agg.fun"?: string
    readonly rebase?: ReadonlyArray<string>
    readonly fix_after_n_points?: number
    readonly improvement_direction?: string
    readonly direction?: string
    readonly target?: number
    readonly screen_outliers?: boolean
    readonly outliers_in_limits?: boolean
    readonly shift_n?: number
    readonly trend_n?: number
  }
  readonly expected: Readonly<Record<string, never>> & {
    readonly error?: string
    readonly period?: ReadonlyArray<string>
    readonly kept_rows?: ReadonlyArray<number>
    readonly y: Column
    readonly centre: Column | null
    readonly lcl: Column | null
    readonly ucl: Column | null
    readonly lcl_2sigma: Column | null
    readonly ucl_2sigma: Column | null
  }
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

/** Whether two columns agree: 1e-9 relative, 1e-12 near zero, null with null. */
export const agrees = (ours: number | null | undefined, theirs: number | null | undefined): boolean =>
  ours === null || ours === undefined || theirs === null || theirs === undefined
    ? (ours ?? null) === (theirs ?? null)
    : Math.abs(ours - theirs) <= Math.max(1e-12, 1e-9 * Math.abs(theirs))
