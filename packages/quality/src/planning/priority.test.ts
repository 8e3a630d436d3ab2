import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { issue, planningWorld, unit, weights } from "../../test/planning-world.ts"
import type { World } from "../../test/world.ts"
import { issues, priorityWeights } from "./events.ts"

/** Burden declared, all else neutral: the score is burden / effort. */
const scored = (id: string, burden: number, effort: number) =>
  weights(id, { burden, preventability: 1, equity: 1, confidence: 1, effort })

/** The set that is worth most, by trying all of them. */
const bestOf = (items: ReadonlyArray<{ id: string; worth: number; effort: number }>, capacity: number) => {
  let best = { worth: -1, effort: 0, ids: [] as string[] }
  for (let mask = 0; mask < 1 << items.length; mask++) {
    const taken = items.filter((_, i) => (mask >> i) & 1)
    const worth = taken.reduce((sum, one) => sum + one.worth, 0)
    const effort = taken.reduce((sum, one) => sum + one.effort, 0)
    if (effort <= capacity && worth > best.worth + 1e-9)
      best = { worth, effort, ids: taken.map((one) => one.id) }
  }
  return best
}

describe("priorities", () => {
  let world: World
  beforeAll(async () => {
    world = await planningWorld({ capacity: 100 })
    await world.define({ microsystems: [unit("oak")] }, "2026-02-01")
    await world.feed(
      issues,
      ["a", "b", "c", "d", "bare"].map((id) => issue({ id }))
    )
    await world.feed(priorityWeights, [
      ...scored("a", 25, 50),
      ...scored("b", 24.5, 50),
      ...scored("c", 1, 10),
      ...scored("d", 900, 3000),
      { issue: "bare", factor: "effort", value: 5, basis: "guessed", day: "2026-01-05" },
      { issue: "nobody", factor: "effort", value: 5, basis: "guessed", day: "2026-01-05" }
    ])
    await world.compute()
  })
  afterAll(() => world.close())

  test("scores of 0.50 and 0.49 are a tie; 0.50 and 0.10 are not", async () => {
    const rows = await world.rows<{ issue: string; score: number; ties: string[]; missing: string[] }>(
      "SELECT issue, score, ties, missing FROM planning.priority ORDER BY place NULLS LAST"
    )
    expect(rows.map((row) => [row.issue, row.score])).toEqual([
      ["a", expect.closeTo(0.5, 12)],
      ["b", expect.closeTo(0.49, 12)],
      ["d", expect.closeTo(0.3, 12)],
      ["c", expect.closeTo(0.1, 12)],
      ["bare", null]
    ])
    expect(rows.find((row) => row.issue === "a")!.ties).toContain("b")
    expect(rows.find((row) => row.issue === "b")!.ties).toContain("a")
    expect(rows.find((row) => row.issue === "a")!.ties).not.toContain("c")
    expect(rows.find((row) => row.issue === "bare")!.missing).toEqual([
      "burden",
      "confidence",
      "equity",
      "preventability"
    ])
  })

  test("how stable the order is: the share of draws among the first three, and the ranks", async () => {
    const rows = await world.rows<{ issue: string; share: number; rank_low: string; rank_high: string }>(
      "SELECT issue, top_three_share AS share, rank_low, rank_high FROM planning.priority WHERE place IS NOT NULL ORDER BY place"
    )
    expect(rows[0]!.share).toBeGreaterThan(0.97)
    expect(rows.at(-1)!.share).toBeLessThan(0.05)
    expect(rows.reduce((sum, row) => sum + row.share, 0)).toBeCloseTo(3, 9)
    expect([rows[0]!.rank_low, rows[0]!.rank_high]).toEqual(["1", "3"])
  })

  test("what fits into the capacity is chosen, the rest is named with its reason", async () => {
    expect(
      await world.rows(
        "SELECT issue, above_line, chosen, reason FROM planning.priority ORDER BY place NULLS LAST"
      )
    ).toEqual([
      { issue: "a", above_line: true, chosen: true, reason: null },
      { issue: "b", above_line: true, chosen: true, reason: null },
      {
        issue: "d",
        above_line: false,
        chosen: false,
        reason: "its effort of 3000 is more than the whole capacity of 100"
      },
      {
        issue: "c",
        above_line: false,
        chosen: false,
        reason: "its effort of 10 does not fit beside what is worth more: 0 of 100 are left"
      },
      {
        issue: "bare",
        above_line: null,
        chosen: false,
        reason: "its burden is not known: no measure counts its cases, and nobody has declared its burden"
      }
    ])
    expect(await world.rows("SELECT stream, id, names, reason FROM planning.refused")).toEqual([
      {
        stream: "priority-weight",
        id: "effort",
        names: "nobody",
        reason: "names an issue that nobody has told of"
      }
    ])
  })

  test("every weight is in a table, and leads to its event", async () => {
    const rows = await world.rows<{ factor: string; value: number; drawn: boolean; events: string[] }>(
      "SELECT factor, value, basis, drawn, power, events FROM planning.weight WHERE issue = 'a' ORDER BY factor"
    )
    expect(rows.map((row) => [row.factor, row.value, row.drawn])).toEqual([
      ["burden", 25, true],
      ["confidence", 1, true],
      ["effort", 50, true],
      ["equity", 1, true],
      ["preventability", 1, true]
    ])
    for (const row of rows) expect(row.events[0]).toMatch(/^priority-weight\/\d+\/\d+$/)
  })

  test("up to 30 issues the set is the best there is; beyond that, those above the line", async () => {
    let state = 20261130
    const chance = () => (state = (state * 48271) % 2147483647) / 2147483647
    const items = Array.from({ length: 15 }, (_, i) => ({
      id: `k${String(i).padStart(2, "0")}`,
      worth: 1 + Math.floor(chance() * 97),
      effort: 3 + Math.floor(chance() * 37)
    }))
    await world.feed(issues, [
      ...["a", "b", "c", "d", "bare"].map((id) => issue({ id, status: "closed" as const })),
      ...items.map(({ id }) => issue({ id }))
    ])
    await world.feed(
      priorityWeights,
      items.flatMap(({ id, worth, effort }) => scored(id, worth, effort))
    )
    await world.compute()
    const chosen = () =>
      world.rows<{ issue: string }>("SELECT issue FROM planning.priority WHERE chosen ORDER BY issue")
    const best = bestOf(items, 100)
    expect((await chosen()).map((row) => row.issue)).toEqual(best.ids)
    // 31 issues more, of which none is worth a thing beside the first: now the order decides.
    await world.feed(
      issues,
      Array.from({ length: 31 }, (_, i) => issue({ id: `z${i}` }))
    )
    await world.feed(priorityWeights, Array.from({ length: 31 }, (_, i) => scored(`z${i}`, 0.001, 1)).flat())
    await world.compute()
    const ordered = items.toSorted(
      (x, y) => y.worth / y.effort - x.worth / x.effort || (x.id < y.id ? -1 : 1)
    )
    let sum = 0
    const above = ordered.filter((one) => (sum += one.effort) <= 100).map((one) => one.id)
    expect((await chosen()).map((row) => row.issue)).toEqual(above.toSorted())
  })
})
