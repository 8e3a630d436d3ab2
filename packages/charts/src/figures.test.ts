import * as fc from "fast-check"
import { expect, test } from "vitest"
import { series } from "../test/series.ts"
import { dateTicks, isoDay } from "./calendar.ts"
import { figure, valueAxis } from "./figures.ts"
import { spread } from "./lines.ts"
import { placed } from "./point.ts"

test.each([
  [1250, 50, 2000, {}, "1,250"],
  [0.925, 0.005, 1, { percent: true }, "92.5%"],
  [92, 2, 100, { unit: "%" }, "92%"],
  [1_200_000, 100_000, 3e6, {}, "1.2M"],
  [2.5e9, 5e8, 4e9, {}, "2.5bn"],
  [1_000_000.25, 0.01, 1_000_001, {}, "1,000,000.25"],
  [3.1e-7, 1e-7, 9e-7, {}, "3.1e-7"],
  [0, 1e-7, 9e-7, {}, "0"],
  [-4, 1, 10, {}, "−4"],
  [-1e-17, 0.1, 1, {}, "0.0"]
])("%d in steps of %d beside %d %j is written %s", (value, step, size, options, expected) => {
  expect(figure(value, step, size, options)).toBe(expected)
})

test("an axis holds every value and names marks inside itself", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 2, max: 12 }),
      (values, count) => {
        const points = placed(series({ values, start: "2001-01", direction: "up" })).map((p) => ({
          ...p,
          centre: null,
          lcl3: null,
          ucl3: null
        }))
        const axis = valueAxis(points, count, false)
        for (const value of values) {
          expect(value).toBeGreaterThanOrEqual(axis.low)
          expect(value).toBeLessThanOrEqual(axis.high)
        }
        expect(axis.low).toBeLessThan(axis.high)
        expect(axis.ticks.length).toBeLessThanOrEqual(count + 2)
        for (const tick of axis.ticks) expect(tick >= axis.low && tick <= axis.high).toBe(true)
      }
    )
  )
})

test("an axis of shares does not name more than 100%", () => {
  const points = placed(series({ values: [1, 0.9, 1, 0.95], start: "2001-01", direction: "up" })).map(
    (p) => ({
      ...p,
      ucl3: 1
    })
  )
  expect(Math.max(...valueAxis(points, 5, true).ticks)).toBe(1)
})

test("dates: no more marks than there is room, in order, inside", () => {
  const day = fc.integer({ min: -600_000, max: 2_900_000 }).map((n) => n * 86_400_000)
  fc.assert(
    fc.property(
      day,
      day,
      fc.constantFrom("day", "week", "month", "quarter"),
      fc.integer({ min: 1, max: 20 }),
      (a, b, period, room) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const times = dateTicks(from, to, period, room).map((tick) => tick.time)
        expect(times.length).toBeGreaterThanOrEqual(1)
        expect(times.length).toBeLessThanOrEqual(room)
        expect(times).toEqual([...times].sort((x, y) => x - y))
        for (const time of times) expect(time >= from && time <= to).toBe(true)
      }
    )
  )
})

test("a year is written where it is new", () => {
  const ticks = dateTicks(isoDay("2023-10-01", "x"), isoDay("2024-07-01", "x"), "month", 4)
  expect(ticks.map((tick) => [tick.label, tick.year])).toEqual([
    ["Oct", "2023"],
    ["Jan", "2024"],
    ["Apr", ""],
    ["Jul", ""]
  ])
})

test("labels keep their distance and stay inside where they fit", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { maxLength: 8 }), (wanted) => {
      const at = [...spread(wanted, 14, 0, 300)].sort((a, b) => a - b)
      for (const [i, x] of at.entries()) {
        expect(x >= 0 && x <= 300).toBe(true)
        if (i > 0) expect(x - at[i - 1]!).toBeGreaterThanOrEqual(14 - 1e-9)
      }
    })
  )
})
