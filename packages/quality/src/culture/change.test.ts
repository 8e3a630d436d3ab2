import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  cultureWorld,
  keyOf,
  type Released,
  releaseAll,
  releaseAs,
  unit,
  waveOf
} from "../../test/culture-world.ts"
import { answer } from "../../test/control-world.ts"
import { haveReference, referenceText, whySkipped } from "../../test/statistics.ts"
import type { World } from "../../test/world.ts"
import { signalResponses } from "../control/events.ts"
import { wilson } from "./release/intervals.ts"
import { student975 } from "./release/student-quantile.ts"
import { type Release, releases } from "./waves.ts"

const percent = { kind: "percent-positive", threshold: 4 } as const
const teams = ["oak", "elm", "ash", "fir", "yew"]
const units = [unit("trust"), ...teams.map((id) => unit(id, "trust"))]
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
/** A mean with Student's limits. */
const mean = (cell: string, subject: string, n: number, value: number, sd: number) => {
  const half = (student975(n - 1) * sd) / Math.sqrt(n)
  return { cell, figure: "mean", subject, n, value, low: value - half, high: value + half }
}
/** The mean and standard deviation of a list. */
const moments = (values: ReadonlyArray<number>): readonly [n: number, mean: number, sd: number] => {
  const at = values.reduce((sum, one) => sum + one, 0) / values.length
  return [
    values.length,
    at,
    Math.sqrt(values.reduce((sum, one) => sum + (one - at) ** 2, 0) / (values.length - 1))
  ]
}

const reference = haveReference
  ? (
      JSON.parse(referenceText("change.json")) as {
        cases: ReadonlyArray<{
          before: ReadonlyArray<number>
          after: ReadonlyArray<number>
          expected: { diff: number; p: number; ci95: readonly [number, number] }
        }>
      }
    ).cases[0]!
  : undefined
const second = waveOf("w2", "2025-03-01")
const scales = { voice: percent, safety: percent, stress: percent, trust: { kind: "mean" } as const }

let world: World
beforeAll(async () => {
  world = await cultureWorld({
    instruments: [keyOf(scales), keyOf({ ...scales, safety: { ...percent, threshold: 5 } }, "2")],
    neutralScales: ["stress"]
  })
  await world.define({ microsystems: units }, "2026-06-01")
  const released: Released[] = []
  const release = (wave: Released["wave"], figures: Released["figures"]) =>
    released.push({ wave, units, figures })
  // Two waves: all that is compared in them is one report.
  release(waveOf("w1", "2024-03-01"), [
    share("oak", "voice", 40, 80),
    share("elm", "voice", 40, 80),
    share("ash", "voice", 20, 40),
    share("fir", "voice", 50_000, 100_000),
    share("yew", "voice", 50_000, 100_000),
    // As the release has it: the mean of the teams with limits that know of them.
    { cell: "trust", figure: "percent-positive", subject: "voice", n: 240, value: 50, low: 38, high: 62 },
    share("oak", "stress", 40, 80),
    share("oak", "voice-1", 40, 80),
    share("oak", "safety", 60, 80),
    { ...share("elm", "safety", 78, 80), bound: "at-least", reason: "too-alike" },
    mean("oak", "trust", 50, 3, 0.5)
  ])
  release(second, [
    share("oak", "voice", 64, 80),
    share("elm", "voice", 41, 80),
    blank("ash", "voice", "too-few"),
    share("fir", "voice", 52_999, 100_000),
    share("yew", "voice", 53_000, 100_000),
    { cell: "trust", figure: "percent-positive", subject: "voice", n: 240, value: 62, low: 50, high: 74 },
    share("trust/rest", "voice", 20, 30),
    share("oak", "stress", 64, 80),
    share("oak", "voice-1", 64, 80),
    share("oak", "safety", 30, 80),
    share("elm", "safety", 40, 80),
    mean("oak", "trust", 50, 3.1, 0.5)
  ])
  if (reference !== undefined) {
    const lq = (id: string, opened: string) => waveOf(id, opened, { survey: "lq" })
    release(lq("lq1", "2024-03-01"), [mean("oak", "trust", ...moments(reference.before))])
    release(lq("lq2", "2025-03-01"), [mean("oak", "trust", ...moments(reference.after))])
  }
  // Late answers beside early ones, within one wave.
  release(waveOf("h1", "2025-03-01", { survey: "halves" }), [
    { ...share("trust?half=early", "voice", 70, 100), breakdown: "half=early" },
    { ...share("trust?half=late", "voice", 40, 100), breakdown: "half=late" },
    { ...share("trust?half=early", "safety", 70, 100), breakdown: "half=early" },
    { ...blank("trust?half=late", "safety", "hidden-to-protect"), breakdown: "half=late" }
  ])
  await releaseAll(world, released)
  await world.compute()
})
afterAll(() => world.close())

interface Change {
  readonly [column: string]: unknown
  readonly difference: number
  readonly low: number
  readonly high: number
  readonly points: number
  readonly q: number | null
}
const changes = (where: string) =>
  world.rows<Change>(`FROM culture.survey_change WHERE ${where} ORDER BY wave, against, cell, subject`)
const change = async (cell: string, subject: string, wave = "w2") =>
  (
    await changes(`wave = '${wave}' AND cell = '${cell}' AND subject = '${subject}' AND against = 'previous'`)
  )[0]!
const open = () =>
  world.rows(
    "SELECT measure, microsystem, rule, variation FROM plimsoll.signal WHERE state = 'opened' ORDER BY ALL"
  )

describe("since the wave before", () => {
  test("a team's percentage has Newcombe's interval, to the last digit", async () => {
    const { low, high, difference } = await change("oak", "voice")
    const [newcombe] = await world.rows<{ low: number; high: number }>(
      "SELECT 100 * n.low AS low, 100 * n.high AS high FROM (SELECT stats.newcombe(64, 80, 40, 80) AS n)"
    )
    expect(difference).toBeCloseTo(30, 12)
    expect(low).toBeCloseTo(newcombe!.low, 9)
    expect(high).toBeCloseTo(newcombe!.high, 9)
  })

  test.skipIf(!haveReference)(`a mean has Welch's, as R has it${whySkipped}`, async () => {
    const { low, high, difference, q } = await change("oak", "trust", "lq2")
    const { diff, p, ci95 } = reference!.expected
    expect(Math.abs(difference - diff)).toBeLessThan(1e-8)
    expect([Math.abs(low - ci95[0]) < 1e-7, Math.abs(high - ci95[1]) < 1e-7]).toEqual([true, true])
    // The only comparison of its report: nothing to adjust.
    expect(Math.abs(q! - p)).toBeLessThan(1e-7)
  })

  test("the limits of a total stand for teams: 80 of 240 people in five teams who are alike prove little", async () => {
    const own = await change("trust", "voice")
    expect(own).toMatchObject({
      difference: 12,
      points: 12,
      same_units: true,
      verdict: "no change can be told"
    })
    expect(own.low).toBeCloseTo(12 - Math.hypot(12, 12), 9)
    const [newcombe] = await world.rows<{ low: number }>(
      "SELECT stats.newcombe(149, 240, 120, 240).low AS low"
    )
    // As if people were alone, the interval would exclude none.
    expect(newcombe!.low).toBeGreaterThan(0)
    expect(own.low).toBeLessThan(0)
  })

  test("it is a change from 3 points of 100 on, and not below, however sure", async () => {
    expect(await change("fir", "voice")).toMatchObject({ verdict: "no change can be told", variation: null })
    expect((await change("fir", "voice")).q).toBeLessThan(1e-9)
    expect(await change("yew", "voice")).toMatchObject({ verdict: "higher", variation: "improvement" })
  })

  test("points are of the whole range: 0.1 of a mean from 1 to 5 are 2.5 of 100", async () => {
    expect((await change("oak", "trust")).points).toBeCloseTo(2.5, 9)
  })

  test("q is the p-value adjusted for all that the wave compares, hidden figures not counted", async () => {
    const rows = (await changes("wave = 'w2'")).filter((one) => one.q !== null)
    const all = await changes("wave = 'w2'")
    expect([all.length, rows.length]).toEqual([11, 9])
    // By hand: p of the two-sided normal or Student, from the interval that the row shows.
    const oracle = await world.rows<{ subject: string; cell: string; q: number }>(
      `WITH tested AS (
         SELECT 'w2' AS grp, cell || subject AS id, CASE WHEN cell = 'trust' THEN stats.t_p(difference / (hypot / stats.t_quantile(0.975, 4)), 8)
           WHEN figure = 'mean' THEN stats.welch(50, 3, 0.5, 50, 3.1, 0.5).p ELSE stats.normal_p(1.959963984540054 * difference / hypot) END AS p
         FROM (SELECT *, CASE WHEN difference > 0 THEN difference - low ELSE high - difference END AS hypot FROM culture.survey_change WHERE wave = 'w2' AND reason IS NULL))
       SELECT id AS cell, q FROM stats.adjust('tested') ORDER BY id`
    )
    const found = new Map(rows.map((one) => [`${one["cell"]}${one["subject"]}`, one.q]))
    for (const { cell, q } of oracle)
      expect(Math.abs(found.get(cell)! - q), cell).toBeLessThan(1e-6 * q + 1e-15)
  })

  test("what either wave does not tell is not compared, and says why", async () => {
    const blanks = (await changes("wave = 'w2' AND reason IS NOT NULL")).map(
      ({ cell, subject, reason, value, earlier_value, difference, q, verdict }) => ({
        cell,
        subject,
        reason,
        value,
        earlier_value,
        told: [difference, q, verdict].some((one) => one !== null)
      })
    )
    expect(blanks).toEqual([
      { cell: "ash", subject: "voice", reason: "too-few", value: null, earlier_value: 50, told: false },
      { cell: "elm", subject: "safety", reason: "too-alike", value: 50, earlier_value: null, told: false }
    ])
    expect(await changes("cell = 'trust/rest'")).toEqual([])
  })

  test("only scales of whole units open signals, by words without a figure", async () => {
    const rule = "culture/since-previous-wave"
    expect((await open()).filter((one) => one["rule"] === rule)).toEqual([
      { measure: "staff/safety", microsystem: "oak", rule, variation: "concern" },
      { measure: "staff/stress", microsystem: "oak", rule, variation: "changed" },
      { measure: "staff/voice", microsystem: "oak", rule, variation: "improvement" },
      { measure: "staff/voice", microsystem: "yew", rule, variation: "improvement" }
    ])
    expect(await change("oak", "voice-1")).toMatchObject({ kind: "item", verdict: "higher" })
    const said = await world.rows<{ measure: string; words: string }>(
      "SELECT measure, words FROM plimsoll.signal"
    )
    expect(said.find((one) => one.measure === "staff/safety")!.words).toBe(
      "Scale safety: lower than in the wave before (w1), by 3 points of 100 or more, and more than chance explains."
    )
    for (const { words } of said) {
      expect(words.replaceAll(/\(.*?\)|3 points of 100/g, "")).not.toMatch(/\d/)
    }
  })
})

test("late answers are set beside early ones, for the organisation", async () => {
  const rows = await world.rows(
    "SELECT subject, microsystem, difference, verdict, reason FROM culture.early_late ORDER BY subject"
  )
  expect(rows).toEqual([
    { subject: "safety", microsystem: "trust", difference: null, verdict: null, reason: "hidden-to-protect" },
    {
      subject: "voice",
      microsystem: "trust",
      difference: -30,
      verdict: "late answers are lower",
      reason: null
    }
  ])
})

describe("a third wave", () => {
  test("is set beside the second and the first, by what means the same; the signals of the second end", async () => {
    const [signal] = await world.rows<{ signal: string }>(
      "SELECT signal FROM plimsoll.signal WHERE measure = 'staff/safety'"
    )
    await world.feed(
      signalResponses,
      Array.from({ length: 12 }, (_, at) =>
        answer(
          {
            id: `r${at}`,
            signal: signal!.signal,
            microsystem: "oak",
            team: "oak",
            kind: "act",
            actionAim: at < 5 ? "person" : "process"
          },
          "2026-01-15T10:00:00Z"
        )
      )
    )
    const third = waveOf("w3", "2026-03-01", { instrumentVersion: "2" })
    await releaseAs(world, third, units.slice(0, 5), [
      share("oak", "voice", 60, 80),
      share("oak", "safety", 30, 80),
      { cell: "trust", figure: "percent-positive", subject: "voice", n: 240, value: 62, low: 50, high: 74 }
    ])
    await world.compute()
    const rows = (await changes("wave = 'w3'")).map(
      ({ cell, subject, against, earlier_wave, verdict, reason, same_units }) =>
        [cell, subject, against, earlier_wave, verdict, reason, same_units].join(" ")
    )
    const none = "no change can be told"
    expect(rows).toEqual([
      "oak safety first w1  other-key true",
      "oak voice first w1 higher  true",
      `trust voice first w1 ${none}  false`,
      "oak safety previous w2  other-key true",
      `oak voice previous w2 ${none}  true`,
      `trust voice previous w2 ${none}  false`
    ])
    expect(await open()).toEqual([
      {
        measure: "staff/voice",
        microsystem: "oak",
        rule: "culture/since-first-wave",
        variation: "improvement"
      }
    ])
  })

  test("what was done about a signal counts among actions, and is traced to the answers", async () => {
    expect(
      await world.rows(
        "SELECT actions::INTEGER AS actions, at_persons::INTEGER AS at_persons, len(events)::INTEGER AS events, events[1][1:16] AS stream FROM culture.blame_index WHERE period = '2026-01-01' AND microsystem = 'oak'"
      )
    ).toEqual([{ actions: 12, at_persons: 5, events: 12, stream: "signal-response/" }])
  })

  test("a release that is taken back counts for nothing: the wave before it is the latest again", async () => {
    const taken: Release = {
      wave: "w3",
      state: "withdrawn",
      day: "2026-04-01",
      reason: "wrong units",
      method: "test",
      k: 10,
      tree: "{}",
      through: "{}",
      leftOut: "[]",
      read: "r",
      digest: "d",
      figures: 3
    }
    await world.feed(releases, [taken])
    await world.compute()
    expect(await changes("wave = 'w3'")).toEqual([])
    expect((await open()).map((one) => one["measure"])).toEqual([
      "staff/safety",
      "staff/stress",
      "staff/voice",
      "staff/voice"
    ])
  })
})
