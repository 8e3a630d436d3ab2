import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { learningWorld } from "../../test/learning-world.ts"
import { monthOf, outcomeMeasure, outcomes, unit } from "../../test/wards.ts"
import type { World } from "../../test/world.ts"
import { sql } from "@plimsoll/schema"

let world: World
const months = 32

interface Cell {
  readonly people: string
  readonly cases: number
  readonly seen: number
}

/** Rows of a ward: the cells of each month; before month 24 those of `before`, after it those of `after`. */
const ward = (id: string, before: ReadonlyArray<Cell>, after: ReadonlyArray<Cell>) =>
  Array.from({ length: months }, (_, at) =>
    (at < 24 ? before : after).map((cell, nth) => ({
      ward: id,
      day: monthOf(at),
      kind: "waits",
      people: cell.people,
      // A little up and down, so that the chart has limits.
      cases: cell.cases + (nth === 0 ? [2, -2, 0, 1, -1][at % 5]! : 0),
      seen: cell.seen
    }))
  ).flat()

const old = { people: "old", cases: 40, seen: 200 }
const young = { people: "young", cases: 20, seen: 200 }

const generated = fc.sample(
  fc.record({
    before: fc.array(fc.integer({ min: 100, max: 300 }), { minLength: 3, maxLength: 3 }),
    after: fc.array(fc.integer({ min: 100, max: 300 }), { minLength: 3, maxLength: 3 }),
    was: fc.array(fc.integer({ min: 20, max: 45 }), { minLength: 3, maxLength: 3 }),
    is: fc.array(fc.integer({ min: 55, max: 90 }), { minLength: 3, maxLength: 3 })
  }),
  { numRuns: 12, seed: 7 }
)

beforeAll(async () => {
  world = await learningWorld()
  const units = ["rate", "mix", "part", ...generated.map((_, at) => `any-${at}`)]
  await world.define(
    {
      microsystems: units.map((id) => unit(id, null)),
      measures: [
        outcomeMeasure("waits", {
          strata: { people: sql`CASE WHEN people <> 'none' THEN people END` }
        })
      ]
    },
    "2023-01-15"
  )
  await world.feed(outcomes, [
    // The old wait longer, the young as before.
    ...ward("rate", [old, young], [{ ...old, cases: 90 }, young]),
    // Nobody waits longer: there are more old people.
    ...ward(
      "mix",
      [old, young],
      [
        { people: "old", cases: 76, seen: 380 },
        { people: "young", cases: 2, seen: 20 }
      ]
    ),
    // Of a third group nobody says who they are.
    ...ward(
      "part",
      [old, { people: "none", cases: 20, seen: 200 }],
      [old, { people: "none", cases: 70, seen: 200 }]
    ),
    ...generated.flatMap(({ before, after, was, is }, at) =>
      ward(
        `any-${at}`,
        before.map((seen, nth) => ({ people: `g${nth}`, seen, cases: was[nth]! })),
        after.map((seen, nth) => ({ people: `g${nth}`, seen, cases: is[nth]! }))
      )
    )
  ])
  await world.compute()
}, 120_000)
afterAll(() => world.close())

const segments = (id: string) =>
  world.rows(
    `SELECT DISTINCT stratum, round(within_effect, 4) AS within, round(between_effect, 4) AS between, carries, round(whole_after - whole_before, 4) AS change
     FROM learning.segment WHERE microsystem = '${id}' AND signal = (SELECT min(signal) FROM learning.segment WHERE microsystem = '${id}' AND first_period = DATE '2022-01-01')
     ORDER BY stratum NULLS LAST`
  )

test("where one stratum became worse, its value carries the change", async () => {
  const [first, second] = await segments("rate")
  expect([first!["stratum"], first!["carries"]]).toEqual(["old", true])
  expect(first!["within"]).toBeCloseTo(first!["change"] as number, 4)
  expect(first!["between"]).toBeCloseTo(0, 6)
  expect([second!["stratum"], second!["carries"]]).toEqual(["young", false])
  expect([second!["within"], second!["between"]].map(Number)).toEqual([
    expect.closeTo(0, 6),
    expect.closeTo(0, 6)
  ])
})

test("where nobody became worse and there are more of those who wait longer, the mix carries it", async () => {
  const rows = await segments("mix")
  const total = (column: string) => rows.reduce((sum, row) => sum + (row[column] as number), 0)
  // 60 of 400 before, 78 of 400 after; within is no more than the wobble.
  expect(total("between")).toBeCloseTo(0.045, 2)
  expect(Math.abs(total("within"))).toBeLessThan(0.005)
  expect(rows.every((row) => row["carries"] === true)).toBe(true)
})

test("what no stratum covers is a part of its own", async () => {
  const rows = await segments("part")
  expect(rows.map((row) => [row["stratum"], row["carries"]])).toEqual([
    ["old", false],
    [null, true]
  ])
})

test("the effects of all strata add up to the change, whatever the sizes and values", async () => {
  const rows = await world.rows<{ microsystem: string; off: number; change: number; parts: number }>(
    `SELECT microsystem, signal, abs(list_sum(list_sort(list(within_effect + between_effect))) - any_value(whole_after - whole_before)) AS off,
       abs(any_value(whole_after - whole_before)) AS change, count(*)::INTEGER AS parts
     FROM learning.segment GROUP BY microsystem, signal, dimension`
  )
  expect(new Set(rows.map((row) => row.microsystem)).size).toBeGreaterThan(10)
  expect(rows.filter((row) => row.off > 1e-12)).toEqual([])
  expect(rows.every((row) => row.change > 0)).toBe(true)
  // The strata that are said to carry it make up four fifths of it, and without the least of them they would not.
  expect(
    await world.rows(
      `SELECT signal FROM learning.segment WHERE carries GROUP BY signal, dimension
       HAVING sum(share_of_change) < 0.8 - 1e-9 OR sum(share_of_change) - min(share_of_change) >= 0.8 + 1e-9`
    )
  ).toEqual([])
})
