import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { cultureWorld, keyOf, releaseAs, unit, waveOf } from "../../test/culture-world.ts"
import type { World } from "../../test/world.ts"
import { wilson } from "./release/intervals.ts"

const percent = { kind: "percent-positive", threshold: 4 } as const
const units = [unit("trust"), ...["oak", "elm", "ash"].map((id) => unit(id, "trust"))]
/** A team's percentage with Wilson's limits, as a release gives it. */
const share = (cell: string, subject: string, positive: number, n: number) => ({
  cell,
  figure: "percent-positive",
  subject,
  n,
  value: (100 * positive) / n,
  ...wilson(positive / n, n)
})
const blank = (cell: string, subject: string, reason: string) => ({
  cell,
  figure: "percent-positive",
  subject,
  reason
})

let world: World
beforeAll(async () => {
  world = await cultureWorld({
    instruments: [
      keyOf({ voice: percent, safety: percent, stress: percent }),
      keyOf({ voice: percent, safety: { kind: "percent-positive", threshold: 5 }, stress: percent }, "2")
    ],
    neutralScales: ["stress"]
  })
  await world.define({ microsystems: units }, "2026-06-01")
  await releaseAs(world, waveOf("w1", "2024-03-01"), units, [
    share("oak", "voice", 40, 80),
    share("elm", "voice", 40, 80),
    share("ash", "voice", 20, 40),
    share("oak", "stress", 40, 80),
    share("oak", "safety", 60, 80)
  ])
  await releaseAs(world, waveOf("w2", "2025-03-01"), units, [
    share("oak", "voice", 64, 80),
    share("elm", "voice", 41, 80),
    blank("ash", "voice", "too-few"),
    share("oak", "stress", 64, 80),
    share("oak", "safety", 30, 80)
  ])
})
afterAll(() => world.close())

const changes = (where: string) =>
  world.rows<Record<string, any>>(
    `FROM culture.survey_change WHERE ${where} ORDER BY wave, against, cell, subject`
  )

describe("a change", () => {
  test("smoke", async () => {
    await world.compute()
    console.log(await changes("true"))
    for (const name of ["signal"]) console.log(await world.rows("SELECT * FROM plimsoll.signal"))
  })
})
