import { expect, test } from "vitest"
import { strip } from "./indicator-strip.ts"

const figure = (value: number) => `${Math.round(value * 100)} %`
const chance = { low: 0.14, high: 0.27 }

test("draws two systems with the same mean and another spread differently (RULES 2.5)", () => {
  const same = strip(
    Array.from({ length: 40 }, () => 0.2),
    { whole: 0.2, chance, columns: 40, figure }
  )
  const split = strip(
    Array.from({ length: 40 }, (_, i) => (i < 20 ? 0.1 : 0.3)),
    { whole: 0.2, chance, columns: 40, figure }
  )
  expect(same).toEqual([
    `${" ".repeat(18)}█`,
    `${"━".repeat(18)}┼${"━".repeat(21)}`,
    "14 %            20 %                27 %"
  ])
  expect(split).toEqual([
    `█${" ".repeat(38)}█`,
    `${"─".repeat(8)}${"━".repeat(12)}┼${"━".repeat(14)}${"─".repeat(5)}`,
    "10 %              20 %              30 %"
  ])
})

test("draws one figure, and nothing where there is none", () => {
  expect(strip([], { whole: 1, columns: 40, figure })).toEqual([])
  expect(strip([1, 1], { whole: 1, columns: 20, figure })[0]!.trim()).toBe("█")
})
