import fc from "fast-check"

import type { InputRow } from "./database.ts"

/** Values as the points of a series `a`, from period 1 on. */
export const series = (
  values: ReadonlyArray<number | null>,
  more: Partial<InputRow> = {}
): ReadonlyArray<InputRow> => values.map((value, i) => ({ series: "a", period: i + 1, value, ...more }))

/** `n` values that move up and down about 22, and from their middle on by `jump` more. */
export const noisy = (n: number, jump = 0): ReadonlyArray<number> =>
  Array.from({ length: n }, (_, i) => 20 + ((i * 7919) % 101) / 25 + (i >= n / 2 ? jump : 0))

/** Series of many lengths, so that one statement meets them beside each other. */
export const values = fc.array(fc.integer({ min: -300, max: 300 }), { minLength: 1, maxLength: 140 })
