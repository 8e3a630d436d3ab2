import { afterAll, beforeAll, expect, test } from "vitest"
import {
  cultureWorld,
  keyOf,
  month,
  type Released,
  releaseAll,
  unit,
  waveOf
} from "../../test/culture-world.ts"
import type { World } from "../../test/world.ts"

const percent = { kind: "percent-positive", threshold: 4 } as const
const units = [unit("trust"), ...["oak", "elm", "ash", "fir"].map((id) => unit(id, "trust"))]
const steady = (at: number): number => 70 + (at % 3) - 1
const figure = (cell: string, value: number | null, subject = "voice") =>
  value === null
    ? { cell, figure: "percent-positive", subject, reason: "too-few" }
    : { cell, figure: "percent-positive", subject, n: 40, value, low: value - 12, high: value + 12 }
const pulse = (at: number): Released => ({
  wave: waveOf(`p${String(at).padStart(2, "0")}`, month(at), { survey: "pulse" }),
  units,
  figures: [
    // From the 14th wave on lower; the 13th lies below the average, too.
    figure("oak", at < 13 ? steady(at) : 67.5),
    figure("oak", at < 13 ? steady(at) : 67.5, "stress"),
    // Hidden in one wave, in which all had changed.
    figure("elm", at === 5 ? null : steady(at)),
    // Told in twelve waves only.
    figure("ash", at < 12 ? steady(at) : null),
    figure("trust/rest", steady(at))
  ]
})

let world: World
beforeAll(async () => {
  world = await cultureWorld({
    instruments: [keyOf({ voice: percent, stress: percent })],
    neutralScales: ["stress"]
  })
  await world.define({ microsystems: units }, "2026-01-01")
  await releaseAll(
    world,
    Array.from({ length: 20 }, (_, at) => pulse(at))
  )
  await world.compute()
})
afterAll(() => world.close())

test("a survey of 13 released figures or more is charted, one of twelve is not, and pools never are", async () => {
  expect(
    await world.rows(
      "SELECT microsystem, subject, count(*)::INTEGER AS points FROM culture.pulse GROUP BY ALL ORDER BY ALL"
    )
  ).toEqual([
    { microsystem: "elm", subject: "voice", points: 19 },
    { microsystem: "oak", subject: "stress", points: 20 },
    { microsystem: "oak", subject: "voice", points: 20 }
  ])
})

test("a figure that was not released enters no centre and no limit", async () => {
  const values = Array.from({ length: 20 }, (_, at) => at)
    .filter((at) => at !== 5)
    .map(steady)
  const centre = values.reduce((sum, one) => sum + one, 0) / 19
  const ranges = values.slice(1).map((value, at) => Math.abs(value - values[at]!))
  const spread = 2.66 * (ranges.reduce((sum, one) => sum + one, 0) / 18)
  const [row] = await world.rows<{ centre: number; ucl3: number; lcl3: number; rows: number }>(
    "SELECT any_value(centre) AS centre, any_value(ucl3) AS ucl3, any_value(lcl3) AS lcl3, count(*) FILTER (wave = 'p05')::INTEGER AS rows FROM culture.pulse WHERE microsystem = 'elm'"
  )
  expect(row!.rows).toBe(0)
  expect(row!.centre).toBeCloseTo(centre, 9)
  expect([row!.lcl3, row!.ucl3].map((one) => one.toFixed(6))).toEqual(
    [centre - spread, centre + spread].map((one) => one.toFixed(6))
  )
})

test("a run that includes the latest wave is a signal, and what has no better way has changed", async () => {
  const rows = await world.rows(
    "SELECT measure, microsystem, rule, variation, first_period, words FROM plimsoll.signal WHERE state = 'opened' AND contains(rule, 'shift') ORDER BY ALL"
  )
  const shift = { microsystem: "oak", rule: "culture/pulse-shift-low", first_period: month(12) }
  const words = "several waves in a row on one side of the average, downwards."
  expect(rows).toEqual([
    { ...shift, measure: "pulse/stress", variation: "changed", words: `Scale stress: ${words}` },
    { ...shift, measure: "pulse/voice", variation: "concern", words: `Scale voice: ${words}` }
  ])
  expect(
    await world.rows(
      "SELECT variation, rules FROM culture.pulse WHERE wave = 'p19' AND subject = 'voice' AND microsystem = 'oak'"
    )
  ).toMatchObject([{ variation: "concern" }])
})

test("a steady pulse is no signal, whatever moves from wave to wave by chance", async () => {
  expect(await world.rows("SELECT * FROM plimsoll.signal WHERE microsystem = 'elm'")).toEqual([])
})
