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
  const published = await world.rows<{ table_name: string }>(
    "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'relationships' AND table_name <> 'setting'"
  )
  expect(published.length).toBeGreaterThan(8)
  const everything = await world.rows<{ row: string }>(
    published
      .map(({ table_name: name }) => `SELECT to_json(t)::VARCHAR AS row FROM relationships.${name} t`)
      .join(" UNION ALL ")
  )
  // Neither the 3, nor what they brought, nor those who did not; nor the 40, from which 43 would lead to them.
  for (const { row } of everything) expect(row).not.toMatch(/:"?(3|6|57|40|60|0\.05|0\.4|-0\.35)"?[,}]/)
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
  expect(
    await world.rows("SELECT words, hidden FROM relationships.participation WHERE role = 'night'")
  ).toEqual([{ words: null, hidden: true }])
  expect(
    await inStore(
      world,
      "SELECT high < 0 AS lower FROM relationships.participation_group WHERE role = 'night'"
    )
  ).toEqual([{ lower: true }])
})

test("by quarters that are over, people and not what they bring; nothing where all together are too few", async () => {
  const winter = people("oak", "day", 25, 2)
  const world = await april({ oak: { day: 45 } }, [
    ...people("oak", "day", 8, 1, "2025-08-01"),
    ...people("oak", "day", 20, 3, "2025-11-11"),
    ...winter,
    ...people("oak", "day", 12, 1, "2026-04-01")
  ])
  const query =
    "SELECT quarter, headcount, people, at_most, hidden FROM relationships.participation WHERE part = 'role' ORDER BY quarter"
  const shown = { headcount: "45", at_most: false, hidden: false }
  const before = [
    { quarter: "2025-07-01", headcount: null, people: null, at_most: null, hidden: true },
    { quarter: "2025-10-01", people: "20", ...shown }
  ]
  expect(await world.rows(query)).toEqual([...before, { quarter: "2026-01-01", people: "25", ...shown }])
  expect(
    await world.rows(
      "SELECT people, headcount FROM relationships.participation WHERE quarter = '2025-07-01' AND part <> 'role'"
    )
  ).toEqual([
    { people: null, headcount: null },
    { people: null, headcount: null }
  ])
  // Where the source does not know who was first: fifty contributions, of 45 people at most.
  await bring(
    world,
    winter.map((row) => ({ ...row, firstInQuarter: row.firstInQuarter === true ? true : null }))
  )
  await world.compute()
  expect(await world.rows(query)).toEqual([
    ...before,
    { quarter: "2026-01-01", people: "45", ...shown, at_most: true }
  ])
})

test("groups and units not heard from", async () => {
  const world = await april(
    { oak: { night: 60, day: 100 }, elm: { day: 12, porters: 9 }, ash: { night: 5, kitchen: 15 } },
    [
      ...people("oak", "day", 12),
      ...people("oak", "night", 11, 1, "2025-08-01"),
      ...people("oak", "night", 1, 1, "2026-04-02")
    ]
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
  expect(
    await world.rows(
      "SELECT 1 FROM relationships.unheard UNION ALL SELECT 1 FROM relationships.participation"
    )
  ).toEqual([])
})

test("whatever the groups, no number of people from 1 to 9 can be had: neither told, nor left over, nor from a verdict", async () => {
  const world = await relationshipsWorld()
  worlds.push(world)
  await world.define({ microsystems: [unit("oak")] }, "2026-04-10")
  // Numbers that look like chance, and are the same each time.
  let seed = 20260410
  const upTo = (most: number): number => {
    seed = (seed * 48271) % 2147483647
    return seed % (most + 1)
  }
  const size = { a: 25, b: 30, c: 35, d: 50, e: 60, f: 110 }
  await employ(world, "oak", size)
  const quarters = ["2024-04", "2024-07", "2024-10", "2025-01", "2025-04", "2025-07", "2025-10", "2026-01"]
  const took = new Map<string, number>()
  for (const quarter of quarters) {
    for (const [role, headcount] of Object.entries(size)) {
      const count = upTo(4) === 0 ? upTo(9) : 10 + upTo(headcount - 20)
      took.set(`${quarter}-01 ${role}`, count)
      await bring(world, people("oak", role, count, 1, `${quarter}-05`))
    }
  }
  await world.compute()
  const safe = (x: number, n: number): boolean =>
    n === 0 || (n >= 10 && (x === 0 || x >= 10) && (x === n || n - x >= 10))
  type Row = {
    readonly quarter: string
    readonly part: string
    readonly role: string | null
    readonly headcount: string | null
    readonly people: string | null
    readonly reference: string | null
    readonly verdict: string | null
  }
  const rows = await world.rows<Row>(
    "SELECT quarter, part, role, headcount, people, reference, verdict FROM relationships.participation"
  )
  let told = 0
  let left = 0
  let verdicts = 0
  for (const quarter of quarters.map((one) => `${one}-01`)) {
    const own = rows.filter((row) => row.quarter === quarter)
    const of = (part: string): ReadonlyArray<Row> => own.filter((row) => row.part === part)
    const [all] = of("all")
    const shown = of("role").filter((row) => row.people !== null)
    if (all!.people === null) {
      expect(shown).toEqual([])
      continue
    }
    let [leftPeople, leftHeads] = [Number(all!.people), Number(all!.headcount)]
    for (const row of shown) {
      told += 1
      expect(safe(Number(row.people), Number(row.headcount))).toBe(true)
      expect(Number(row.people)).toBe(took.get(`${quarter} ${row.role}`))
      leftPeople -= Number(row.people)
      leftHeads -= Number(row.headcount)
    }
    expect(safe(leftPeople, leftHeads)).toBe(true)
    // Of the hidden, those who could be told of have ten each: ten are left for the others, on either side.
    const others = of("role").filter(
      ({ role, people: n }) =>
        n === null && safe(took.get(`${quarter} ${role}`)!, size[role as keyof typeof size])
    ).length
    if (others > 0) {
      left += 1
      expect(leftPeople - 10 * others).toBeGreaterThanOrEqual(10)
      expect(leftHeads - leftPeople - 10 * others).toBeGreaterThanOrEqual(10)
    }
    for (const row of of("role").filter((one) => one.people === null && one.verdict !== null)) {
      verdicts += 1
      // Somewhere among the numbers that could be told of, the verdict would be the same.
      const heads = size[row.role as keyof typeof size]
      const referenceHeads = size[row.reference as keyof typeof size]
      const both = took.get(`${quarter} ${row.role}`)! + took.get(`${quarter} ${row.reference}`)!
      const same = Array.from({ length: heads - 19 }, (_, n) => n + 10).filter((x) => {
        const { low, high } = newcombe(
          x,
          heads,
          Math.min(Math.max(both - x, 0), referenceHeads),
          referenceHeads
        )
        return row.verdict === (high < 0 ? "lower" : low > 0 ? "higher" : "no difference can be told")
      })
      expect(same.length).toBeGreaterThan(0)
    }
  }
  expect(told).toBeGreaterThan(8)
  expect(left).toBeGreaterThan(1)
  expect(verdicts).toBeGreaterThan(4)
})
