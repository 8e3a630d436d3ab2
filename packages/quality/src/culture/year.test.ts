import { afterAll, beforeAll, expect, test } from "vitest"
import { unit } from "../../test/culture-world.ts"
import { World } from "../../test/world.ts"
import { statistics } from "../statistics/module.ts"
import { incidentReviews, leaderPromises, reviewActions } from "./events.ts"
import { culture } from "./module.ts"

let world: World
beforeAll(async () => {
  world = await World.make([statistics(), culture({ tallyPeriod: "year" })])
  await world.define({ microsystems: [unit("trust"), unit("oak", "trust")] }, "2026-02-15")
  // Three reviews of 2025, in as many quarters: none of them is enough by itself.
  const days = ["2025-02-10", "2025-08-10", "2025-11-30"]
  const count = [5, 4, 6]
  await world.feed(
    incidentReviews,
    days.map((day, nth) => ({
      id: `r${nth}`,
      microsystem: "oak",
      day,
      systemFactors: ["staffing"],
      individualFactors: []
    }))
  )
  await world.feed(
    reviewActions,
    days.flatMap((agreed, nth) =>
      Array.from({ length: count[nth]! }, (_, at) => ({
        id: `a${nth}-${at}`,
        review: `r${nth}`,
        kind: "checklist",
        aim: at < 2 ? ("person" as const) : ("process" as const),
        agreed
      }))
    )
  )
  const promise = (id: string, due: string, kept: string | null) => ({
    id,
    leadershipTeam: "executive",
    microsystem: "oak",
    made: "2025-01-01",
    due,
    kept
  })
  await world.feed(leaderPromises, [
    ...Array.from({ length: 6 }, (_, n) => promise(`on${n}`, "2025-03-31", "2025-03-01")),
    // Late, and in another quarter of the same year.
    ...Array.from({ length: 5 }, (_, n) => promise(`late${n}`, "2025-02-01", "2025-12-31")),
    ...Array.from({ length: 7 }, (_, n) => promise(`not${n}`, "2025-06-30", n < 3 ? "2026-01-01" : null))
  ])
  await world.compute()
})
afterAll(() => world.close())

test("actions of a year are counted together, in years that are over", async () => {
  expect(
    await world.rows(
      `SELECT period::VARCHAR AS period, actions::INTEGER AS actions, at_persons::INTEGER AS at_persons, hidden
       FROM culture.blame_index WHERE scope = 'unit' AND microsystem = 'oak' AND period >= '2024-01-01' ORDER BY period`
    )
  ).toEqual([
    { period: "2024-01-01", actions: null, at_persons: null, hidden: true },
    { period: "2025-01-01", actions: 15, at_persons: 6, hidden: false }
  ])
})

test("a promise is late until the year is over, and then it was not kept", async () => {
  expect(
    await world.rows(
      `SELECT outcome, promises::INTEGER AS promises, with_outcome::INTEGER AS with_outcome
       FROM culture.promise_kept WHERE scope = 'team' AND leadership_team = 'executive' AND period = '2025-01-01' ORDER BY outcome`
    )
  ).toEqual([
    { outcome: "late", promises: 18, with_outcome: 5 },
    { outcome: "not-kept", promises: 18, with_outcome: 7 },
    { outcome: "on-time", promises: 18, with_outcome: 6 }
  ])
})

test("the year that has begun is not told of; when it is over, it is", async () => {
  await world.feed(leaderPromises, [
    {
      id: "next",
      leadershipTeam: "executive",
      microsystem: "oak",
      made: "2026-01-01",
      due: "2026-02-01",
      kept: null
    }
  ])
  const periods = () =>
    world.rows<{ period: string }>(
      "SELECT DISTINCT period::VARCHAR AS period FROM culture.promise_kept ORDER BY 1 DESC LIMIT 1"
    )
  await world.compute()
  expect(await periods()).toEqual([{ period: "2025-01-01" }])
  await world.define({ microsystems: [unit("trust"), unit("oak", "trust")] }, "2027-01-01")
  await world.compute()
  expect(await periods()).toEqual([{ period: "2026-01-01" }])
})
