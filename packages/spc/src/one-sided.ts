import type { Limits } from "./limits.ts"

/**
 * The warnings of a chart that has limits on one side only, because no value can lie beyond the other one: counts,
 * proportions and times end at 0, proportions also at 1, and counts of np charts at their denominators.
 * `full` is the SQL for whether the upper limits of all points lie where no value can be higher, `empty` for whether all
 * lower ones lie where none can be lower.
 */
export const oneSided = (
  limits: Limits,
  full = "false",
  empty = limits === "level" ? "_l3 <= 0" : "list_max(list_transform(_w, lambda w: w.l3)) <= 0"
): ReadonlyArray<readonly [name: string, when: string]> => {
  const either = (low: number, high: number): string =>
    `_n > 0 AND ((_dir = ${low} AND ${empty}) OR (_dir = ${high} AND ${full}))`
  return [
    ["can-only-show-worse", either(3, 2)],
    ["can-only-show-better", either(2, 3)]
  ]
}
