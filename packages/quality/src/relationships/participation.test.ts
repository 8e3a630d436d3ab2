import { afterEach, expect, test } from "vitest"
import {
  bring,
  contribution,
  employ,
  inStore,
  relationshipsWorld,
  unit
} from "../../test/relationships-world.ts"
import type { World } from "../../test/world.ts"
import type { Contribution } from "./events.ts"

const worlds: World[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

/** A world of April 2026: the first quarter is over. */
const april = async (
  headcount: { readonly [unit: string]: { readonly [role: string]: number } },
  rows: ReadonlyArray<Contribution>
): Promise<World> => {
  const world = await relationshipsWorld()
  worlds.push(world)
  await world.define({ microsystems: Object.keys(headcount).map(unit) }, "2026-04-10")
  for (const [one, groups] of Object.entries(headcount)) await employ(world, one, groups)
  await bring(world, rows)
  await world.compute()
  return world
}

/** So many people of a role group of a unit, who bring one thing, or more, each. */
const people = (
  microsystem: string,
  role: string,
  count: number,
  each = 1,
  day = "2026-02-02"
): ReadonlyArray<Contribution> =>
  Array.from({ length: count * each }, (_, n) =>
    contribution({
      id: `${microsystem}-${role}-${day}-${n}`,
      microsystem,
      role,
      day,
      firstInQuarter: n < count
    })
  )

const told =
  "SELECT part, role, headcount, people, round(share, 4) AS share, reference, round(difference, 4) AS difference, words, hidden FROM relationships.participation ORDER BY part, role"
const nothing = { headcount: null, people: null, share: null, difference: null, hidden: true }

test("night staff 3 of 60, day staff 40 of 100: inside -35 points with Newcombe's interval, outside the verdict, and nothing that the 3 can be had from", async () => {
  const world = await april({ oak: { night: 60, day: 100 } }, [
    ...people("oak", "night", 3, 2),
    ...people("oak", "day", 40)
  ])
  expect(await world.rows(told)).toEqual([
    {
      part: "all",
      role: null,
      headcount: "160",
      people: "43",
      share: 0.2688,
      reference: null,
      difference: null,
      words: null,
      hidden: false
    },
    {
      part: "rest",
      role: null,
      headcount: "160",
      people: "43",
      share: 0.2688,
      reference: null,
      difference: null,
      words: null,
      hidden: false
    },
    { part: "role", role: "day", ...nothing, reference: null, words: null },
    { part: "role", role: "night", ...nothing, reference: "day", words: "lower than day" }
  ])
  expect(
    await inStore(
      world,
      `SELECT people, headcount, round(difference, 9) AS difference, round(low, 9) AS low, round(high, 9) AS high, verdict
       FROM relationships.participation_group WHERE role = 'night'`
    )
  ).toEqual([
    {
      people: "3",
      headcount: "60",
      difference: -0.35,
      // By the formula of Newcombe's method 10, from Wilson's limits of 3 of 60 and 40 of 100.
      low: newcombe(3, 60, 40, 100).low,
      high: newcombe(3, 60, 40, 100).high,
      verdict: "lower"
    }
  ])
})

const wilson = (x: number, n: number): readonly [number, number] => {
  const z = 1.959963984540054
  const middle = (x + (z * z) / 2) / (n + z * z)
  const half = (z / (n + z * z)) * Math.sqrt((x * (n - x)) / n + (z * z) / 4)
  return [middle - half, middle + half]
}
const newcombe = (x1: number, n1: number, x2: number, n2: number) => {
  const [low1, high1] = wilson(x1, n1)
  const [low2, high2] = wilson(x2, n2)
  const d = x1 / n1 - x2 / n2
  return {
    low: Number((d - Math.hypot(x1 / n1 - low1, high2 - x2 / n2)).toFixed(9)),
    high: Number((d + Math.hypot(high1 - x1 / n1, x2 / n2 - low2)).toFixed(9))
  }
}

test("the group left out to protect another is the smallest that does; groups that are told of have their difference", async () => {
  const world = await april(
    { oak: { night: 60, day: 100, medical: 40, therapy: 30 }, elm: { day: 50, domestic: 7 } },
    [
      ...people("oak", "night", 4),
      ...people("oak", "day", 45),
      ...people("elm", "day", 15),
      ...people("oak", "medical", 12),
      ...people("oak", "therapy", 15),
      ...people("elm", "domestic", 2)
    ]
  )
  const all = { reference: null, difference: null, words: null, hidden: false }
  expect(await world.rows(told)).toEqual([
    { part: "all", role: null, headcount: "287", people: "93", share: 0.324, ...all },
    // Night, domestic and, for their sake, therapy.
    { part: "rest", role: null, headcount: "97", people: "21", share: 0.2165, ...all },
    { part: "role", role: "day", headcount: "150", people: "60", share: 0.4, ...all },
    { part: "role", role: "domestic", ...nothing, reference: "day", words: null },
    {
      part: "role",
      role: "medical",
      headcount: "40",
      people: "12",
      share: 0.3,
      reference: "day",
      difference: -0.1,
      words: "no difference to day can be told",
      hidden: false
    },
    { part: "role", role: "night", ...nothing, reference: "day", words: "lower than day" },
    { part: "role", role: "therapy", ...nothing, reference: "day", words: "no difference to day can be told" }
  ])
})

test("a verdict that would tell how few there are is not told", async () => {
  // With 10 of 20, night staff would not be lower than day staff: "lower" would say that they are fewer.
  const world = await april({ oak: { night: 20, day: 100 } }, [
    ...people("oak", "night", 1),
    ...people("oak", "day", 45)
  ])
  expect(await world.rows("SELECT words, hidden FROM relationships.participation WHERE role = 'night'")).toEqual([
    { words: null, hidden: true }
  ])
  expect(
    await inStore(world, "SELECT high < 0 AS lower FROM relationships.participation_group WHERE role = 'night'")
  ).toEqual([{ lower: true }])
})

test("nothing is told where all together are too few", async () => {
  const world = await april({ oak: { night: 60, day: 100 } }, people("oak", "day", 8))
  expect(
    await world.rows("SELECT part, role, people FROM relationships.participation WHERE people IS NOT NULL OR headcount IS NOT NULL")
  ).toEqual([])
})

test("people are counted, not what they bring; where the source does not know, no more than", async () => {
  const rows = people("oak", "day", 20, 3)
  const world = await april({ oak: { day: 50 } }, rows)
  const query = "SELECT people, at_most FROM relationships.participation WHERE part = 'role'"
  expect(await world.rows(query)).toEqual([{ people: "20", at_most: false }])
  await bring(world, rows.map((row) => ({ ...row, firstInQuarter: row.firstInQuarter ? true : null })))
  await world.compute()
  // Sixty contributions of at most fifty people.
  expect(await world.rows(query)).toEqual([{ people: "50", at_most: true }])
})

test("of quarters that are over only, since the first in which somebody brought something", async () => {
  const world = await april({ oak: { day: 50 } }, [
    ...people("oak", "day", 20, 1, "2025-11-11"),
    ...people("oak", "day", 25, 1, "2026-03-31"),
    ...people("oak", "day", 12, 1, "2026-04-01")
  ])
  expect(await world.rows("SELECT quarter, people FROM relationships.participation WHERE part = 'role' ORDER BY quarter")).toEqual([
    { quarter: "2025-10-01", people: "20" },
    { quarter: "2026-01-01", people: "25" }
  ])
})

test("groups and units not heard from", async () => {
  const world = await april(
    { oak: { night: 60, day: 100 }, elm: { day: 12, porters: 9 }, ash: { night: 5, kitchen: 15 } },
    [...people("oak", "day", 12), ...people("oak", "night", 11, 1, "2025-08-01"), ...people("oak", "night", 1, 1, "2026-04-02")]
  )
  expect(await world.rows("FROM relationships.unheard ORDER BY ALL")).toEqual([
    { kind: "role", role: "kitchen", microsystem: null, quarter: "2026-01-01", last_heard: null },
    { kind: "role", role: "night", microsystem: null, quarter: "2026-01-01", last_heard: "2025-07-01" },
    { kind: "unit", role: null, microsystem: "ash", quarter: "2026-01-01", last_heard: null },
    { kind: "unit", role: null, microsystem: "elm", quarter: "2026-01-01", last_heard: null }
  ])
})

test("before anybody has brought anything, nobody is called silent", async () => {
  const world = await april({ oak: { day: 50 } }, [])
  expect(await world.rows("SELECT 1 FROM relationships.unheard UNION ALL SELECT 1 FROM relationships.participation")).toEqual([])
})
