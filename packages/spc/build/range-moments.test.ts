import { expect, test } from "vitest"

import { d2, d3 } from "../src/range-constant-table.ts"
import { rangeMoments } from "./range-moments.ts"

const moments = rangeMoments(100)

test("the closed forms: 2 to 5 values for the mean, 2 and 3 for the standard deviation", () => {
  const root = Math.sqrt(Math.PI)
  const third = Math.asin(1 / 3) / Math.PI
  expect(moments.d2[0]).toBeCloseTo(2 / root, 12)
  expect(moments.d2[1]).toBeCloseTo(3 / root, 12)
  expect(moments.d2[2]).toBeCloseTo((3 / root) * (1 + 2 * third), 12)
  expect(moments.d2[3]).toBeCloseTo((5 / (2 * root)) * (1 + 6 * third), 12)
  expect(moments.d3[0]).toBeCloseTo(Math.sqrt(2 - 4 / Math.PI), 12)
  expect(moments.d3[1]).toBeCloseTo(Math.sqrt(2 + (3 * Math.sqrt(3) - 9) / Math.PI), 12)
})

test("the printed tables of three decimals, for 2 to 25 values", () => {
  // Half a unit of the last decimal, and a little for what they were computed with: d3 of 19 is 0.73348.
  const printed = (ours: ReadonlyArray<number>, table: ReadonlyArray<number>): void =>
    table.forEach((x, i) => expect(Math.abs(ours[i]! - x)).toBeLessThan(0.00052))
  printed(
    moments.d2,
    [
      1.128, 1.693, 2.059, 2.326, 2.534, 2.704, 2.847, 2.97, 3.078, 3.173, 3.258, 3.336, 3.407, 3.472, 3.532,
      3.588, 3.64, 3.689, 3.735, 3.778, 3.819, 3.858, 3.895, 3.931
    ]
  )
  printed(
    moments.d3,
    [
      0.853, 0.888, 0.88, 0.864, 0.848, 0.833, 0.82, 0.808, 0.797, 0.787, 0.778, 0.77, 0.763, 0.756, 0.75,
      0.744, 0.739, 0.734, 0.729, 0.724, 0.72, 0.716, 0.712, 0.708
    ]
  )
})

test("the table of the package is what this makes", () => {
  for (const [made, kept] of [
    [moments.d2, d2],
    [moments.d3, d3]
  ] as const) {
    expect(kept).toHaveLength(99)
    kept.forEach((x, i) => expect(x).toBeCloseTo(made[i]!, 11))
  }
})
