import { afterAll, beforeAll, expect, test } from "vitest"
import { employ, relationshipsWorld, unit } from "../../test/relationships-world.ts"
import type { World } from "../../test/world.ts"
import { contributorCounts } from "./events.ts"

let world: World
beforeAll(async () => {
  world = await relationshipsWorld()
  await world.define({ microsystems: ["oak", "elm"].map(unit) }, "2026-01-01")
  await employ(world, "oak", { nursing: 125 })
  await employ(world, "elm", { nursing: 30 })
  const year = (start: string, counts: { readonly [contributions: number]: number }) =>
    Object.entries(counts).map(([n, people]) => ({
      period: "year" as const,
      start,
      contributions: Number(n),
      people
    }))
  await world.feed(contributorCounts, [
    // 155 people: a tenth are 15.5. Of 20 + 2 × 24 + 3 × 12 contributions = 104, 12 × 3 + 3.5 × 2 = 43 are theirs.
    ...year("2025-01-01", { 1: 20, 2: 24, 3: 12, 7: 0 }),
    // All from fewer than a tenth.
    ...year("2024-01-01", { 2: 12 }),
    // Nine people beside the tenth.
    ...year("2023-01-01", { 1: 24 }),
    // One person brought nearly all.
    ...year("2022-01-01", { 1: 30, 900: 1 }),
    ...year("2021-01-01", { 1: 9 }),
    ...year("2020-01-01", { 1: 156 }),
    ...year("2026-01-01", { 1: 50 }),
    { period: "quarter", start: "2025-10-01", contributions: 1, people: 155 }
  ])
  await world.compute()
})
afterAll(() => world.close())

test("the share that came from the tenth of all people who brought the most", async () => {
  const few = "a few could be told apart"
  expect(await world.rows("FROM relationships.concentration ORDER BY ALL")).toEqual([
    { period: "quarter", start: "2025-10-01", share: 0.1, reason: null },
    { period: "year", start: "2020-01-01", share: null, reason: "more people than the headcount has" },
    { period: "year", start: "2021-01-01", share: null, reason: few },
    { period: "year", start: "2022-01-01", share: null, reason: few },
    { period: "year", start: "2023-01-01", share: null, reason: few },
    { period: "year", start: "2024-01-01", share: 1, reason: null },
    { period: "year", start: "2025-01-01", share: 0.41, reason: null }
  ])
})

test("no share below a headcount of ten times the fewest people that are told of", async () => {
  await employ(world, "oak", { nursing: 69 })
  await world.compute()
  expect(
    await world.rows("SELECT share, reason FROM relationships.concentration WHERE start = '2024-01-01'")
  ).toEqual([{ share: null, reason: "too few people" }])
})

test("a count of a period begins with it", async () => {
  const row = { period: "quarter" as const, start: "2025-02-01", contributions: 1, people: 1 }
  await expect(world.feed(contributorCounts, [row])).rejects.toMatchObject({ code: "row-invalid" })
})
