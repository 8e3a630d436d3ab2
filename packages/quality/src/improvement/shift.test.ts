import { observations } from "@plimsoll/schema"
import { afterAll, beforeAll, expect, test } from "vitest"
import { begin, counted, figures, improvementWorld, month, noise, unit } from "../../test/improvement-world.ts"
import type { World } from "../../test/world.ts"
import { progressClaims, projectMeasures } from "./index.ts"

// The first "do" of all is on 10 January 2024, the 25th month.
const did = month(24, 10)

/** 37 months about 20, with what is added from a month on. */
const level = (seed: number, ...steps: ReadonlyArray<readonly [from: number, by: number]>) =>
  noise(seed, 37).map((x, at) => 20 + x + steps.reduce((sum, [from, by]) => sum + (at >= from ? by : 0), 0))

const cases = {
  good: level(1, [25, -6]),
  trade: level(2, [25, -6]),
  none: level(3),
  old: level(4, [17, -6]),
  // It slipped before the project, and went back to where it was.
  regress: level(5, [16, 6], [24, -6]),
  short: level(6, [25, -6]).slice(14),
  // It was falling all along.
  falling: noise(7, 37).map((x, at) => 30 + x - at / 2),
  // Smaller, and with the change itself: it could have begun before.
  unsure: level(8, [24, -2]),
  worse: level(9, [25, 6]),
  early: level(10).slice(0, 28)
}
type Case = keyof typeof cases
const names = Object.keys(cases) as ReadonlyArray<Case>

let world: World
beforeAll(async () => {
  world = await improvementWorld()
  await world.define(
    {
      microsystems: [...names.map((id) => unit(id)), unit("beside"), unit("office", "back-office-team")],
      measures: [counted("falls"), counted("harm", "balancing"), counted("rounds", "process", "up")]
    },
    month(37)
  )
  await world.feed(observations, [
    ...names.flatMap((id) => figures(id, "falls", cases[id], id === "short" ? 14 : 0)),
    ...figures("beside", "falls", level(11)),
    ...figures("office", "falls", level(12)),
    ...figures("good", "harm", noise(13, 37).map((x) => 5 + x)),
    ...figures("trade", "harm", noise(14, 37).map((x, at) => 5 + x + (at >= 26 ? 6 : 0))),
    ...figures("none", "rounds", noise(15, 37).map((x, at) => 50 + x + (at >= 26 ? 6 : 0)))
  ])
  await begin(
    world,
    names.map((id) => ({
      project: { id, microsystem: id },
      did: id === "early" ? month(24, 10) : did
    }))
  )
  await world.feed(projectMeasures, [
    { project: "good", measure: "harm", role: "balancing", day: month(22) },
    { project: "trade", measure: "harm", role: "balancing", day: month(22) }
  ])
  await world.feed(
    progressClaims,
    names.map((id) => ({ project: id, day: month(36), score: id === "good" ? (5 as const) : (4 as const) }))
  )
  await world.compute()
})
afterAll(() => world.close())

test("debug", async () => {
  console.log(await world.rows("SELECT * EXCLUDE (events) FROM improvement.effect WHERE part='own' ORDER BY project, measure"))
  console.log(await world.rows("SELECT * EXCLUDE (events) FROM improvement.progress ORDER BY project"))
  console.log(await world.rows("SELECT * EXCLUDE (events) FROM improvement.refused"))
  console.log(await world.rows("SELECT * EXCLUDE (events) FROM improvement.effect WHERE part='beside' AND project='good'"))
})
