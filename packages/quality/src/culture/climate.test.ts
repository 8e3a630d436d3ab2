import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { answerOf, close, cultureWorld, keyOf, releaseAs, unit, waveOf } from "../../test/culture-world.ts"
import { haveReference, referenceText, whySkipped } from "../../test/statistics.ts"
import type { World } from "../../test/world.ts"
import { attack } from "./release/attack.ts"
import { releaseWave } from "./release/release.ts"
import { answersOf } from "./release/trial-wave.ts"
import { answers, invitations, waves } from "./waves.ts"
import { wilson } from "./release/intervals.ts"

const percent = { kind: "percent-positive", threshold: 4 } as const
const mean = { kind: "mean" } as const
const leadership = Array.from({ length: 11 }, (_, at) => `LEAD${String(at + 1).padStart(2, "0")}`)
const lead = {
  ...keyOf({}),
  id: "lead",
  items: leadership.map((id) => ({ ...keyOf({ a: mean }).items[0]!, id })),
  scales: [{ id: "leadership", title: "Leadership", items: leadership, scoring: mean }]
}
const [head, ...lines] = haveReference ? referenceText("lq2002.csv").trim().split("\n") : [""]
const columns = head!.replaceAll('"', "").split(",")
const soldiers = lines.map((line) => {
  const values = line.split(",")
  return {
    company: `company-${values[0]}`,
    given: Object.fromEntries(leadership.map((id) => [id, Number(values[columns.indexOf(id)])]))
  }
})
const companies = [...new Set(soldiers.map((one) => one.company))]
const army = [unit("army"), ...companies.map((id) => unit(id, "army"))]
const house = [unit("house"), unit("days", "house"), unit("nights", "house")]
const units = [...army, ...house]
const lq = waveOf("lq", "2026-01-05", { instrument: "lead", survey: "army" })
const own = waveOf("own", "2026-01-05", { survey: "house" })
/** In two teams of 12 and 4 half of the people answer high, by role and by mode in turn. */
const people = (["days", "nights"] as const).flatMap((team) =>
  Array.from({ length: team === "days" ? 12 : 4 }, (_, at) => ({
    unit: team,
    group: "all",
    answers: [at % 2 === 0 ? 5 : 2, at % 3 === 0 ? 5 : 3]
  }))
)

let world: World
beforeAll(async () => {
  world = await cultureWorld({
    instruments: [lead, keyOf({ voice: percent }), keyOf({ voice: mean, calm: mean, quiet: percent }, "2")]
  })
  await world.define({ microsystems: units }, "2026-02-01")
  await world.feed(waves, [own, ...(haveReference ? [lq] : [])])
  await world.feed(
    invitations,
    [
      ...companies.map((id) => ({ wave: "lq", microsystem: id, invited: 120 })),
      { wave: "own", microsystem: "days", invited: 20 },
      { wave: "own", microsystem: "nights", invited: 5 }
    ].map((row) => ({ role: "all", mode: "all", sent: "2026-01-05", ...row }))
  )
  await world.feed(
    answers,
    people.map(({ unit: team, answers: [a, b] }) => answerOf(own, team, { "voice-1": a!, "voice-2": b! }))
  )
  if (haveReference)
    await world.feed(
      answers,
      soldiers.map(({ company, given }) => answerOf(lq, company, given))
    )
  await world.compute()
  await close(world, "own", "2026-02-01")
  if (haveReference) await close(world, "lq", "2026-02-01")
  // Teams whose means differ no more than chance makes them, as a release tells it.
  const teams = ["days", "nights"]
  await releaseAs(world, waveOf("flat", "2026-01-06", { survey: "flat", instrumentVersion: "2" }), house, [
    ...["voice", "calm"].flatMap((subject) =>
      teams.map((cell, at) => ({
        cell,
        figure: "mean",
        subject,
        n: 40,
        value: 3 + at,
        low: 2.8 + at,
        high: 3.2 + at
      }))
    ),
    ...teams.map((cell, at) => ({
      cell,
      figure: "percent-positive",
      subject: "quiet",
      n: 40,
      value: 40 + 25 * at,
      ...wilson(0.4 + at / 4, 40)
    })),
    { cell: "house", figure: "icc2", subject: "voice", value: 0.69 },
    { cell: "house", figure: "icc2", subject: "calm", value: 0.7 },
    { cell: "house", figure: "icc2", subject: "quiet", reason: "too-few" },
    { cell: "days", figure: "agreement", subject: "voice", low: 0.9, high: 1, reason: null },
    { cell: "nights", figure: "agreement", subject: "voice", reason: "too-few" }
  ])
  await world.compute()
})
afterAll(() => world.close())

describe.skipIf(!haveReference)(
  `2,042 soldiers in 49 companies, from sealed answers to figures${whySkipped}`,
  () => {
    test("alpha .9022, ICC(1) .0880 and ICC(2) .8008", async () => {
      const [row] = await world.rows<{ alpha: number; icc1: number; icc2: number }>(
        "SELECT alpha, icc1, icc2, rankable, verdict, reason, len(events) AS events FROM culture.scale_reliability WHERE wave = 'lq'"
      )
      expect(row).toMatchObject({
        rankable: true,
        verdict: "teams can be told apart",
        reason: null,
        events: "3"
      })
      expect(Math.abs(row!.alpha - 0.902236565759766)).toBeLessThan(1e-9)
      expect(Math.abs(row!.icc1 - 0.0879562185216011)).toBeLessThan(1e-9)
      expect(Math.abs(row!.icc2 - 0.80075437301326)).toBeLessThan(1e-9)
    })

    test("the agreement of each company stands in the band of its r_wg(J); their median, .870, in the middle one", async () => {
      const rows = await world.rows<{ microsystem: string; strength: string | null; low: number }>(
        "SELECT microsystem, strength, low FROM culture.climate_strength WHERE wave = 'lq' AND cell = microsystem AND strength IS NOT NULL ORDER BY low, microsystem"
      )
      const { cases } = JSON.parse(referenceText("aggregation.json"))
      const rwg = cases[0].expected.rwgJ as Readonly<Record<string, number>>
      const band = (value: number) => (value < 0.7 ? "weak" : value < 0.9 ? "moderate" : "strong")
      const expected = Object.entries(rwg).filter(([company]) =>
        rows.some((row) => row.microsystem === `company-${company}`)
      )
      expect(rows.length).toBeGreaterThan(40)
      expect(Object.fromEntries(rows.map((row) => [row.microsystem, row.strength]))).toEqual(
        Object.fromEntries(expected.map(([company, value]) => [`company-${company}`, band(value)]))
      )
      expect(rows[Math.floor(rows.length / 2)]!.strength).toBe("moderate")
    })

    test("companies are ranked by intervals only, since ICC(2) is above .70", async () => {
      const rows = await world.rows<{
        rank_low: string
        rank_high: string
        not_told_apart: string
        microsystem: string
      }>("SELECT microsystem, rank_low, rank_high, not_told_apart FROM culture.team_rank WHERE wave = 'lq'")
      const told = await world.rows(
        "SELECT cell FROM culture.survey_figure WHERE wave = 'lq' AND figure = 'mean' AND value IS NOT NULL AND starts_with(cell, 'company') AND NOT rest"
      )
      expect(rows.length).toBe(told.length)
      expect(rows.length).toBeGreaterThan(30)
      expect(rows.every((row) => Number(row.rank_low) <= Number(row.rank_high))).toBe(true)
      expect(rows.filter((row) => Number(row.not_told_apart) > 0).length).toBeGreaterThan(rows.length / 2)
    })
  }
)

describe("ICC(2) below .70", () => {
  test("no ranking is offered, by any relation of the file, and it is said why", async () => {
    const rows = await world.rows<Record<string, unknown>>(
      "SELECT subject, microsystem, rank_low, reason FROM culture.team_rank WHERE wave = 'flat' ORDER BY subject, microsystem"
    )
    expect(rows).toEqual([
      { subject: "calm", microsystem: "days", rank_low: "2", reason: null },
      { subject: "calm", microsystem: "nights", rank_low: "1", reason: null },
      { subject: "quiet", microsystem: null, rank_low: null, reason: "too-few" },
      { subject: "voice", microsystem: null, rank_low: null, reason: "icc2-below-.70" }
    ])
    // Wherever in the file something could rank teams.
    const places = await world.rows<{ place: string }>(
      "SELECT DISTINCT table_name || '.' || column_name AS place FROM duckdb_columns() WHERE schema_name = 'culture' AND regexp_matches(column_name, 'rank|place|position|league|quartile|percentile') ORDER BY 1"
    )
    expect(places.map((one) => one.place)).toEqual([
      "scale_reliability.rankable",
      "team_rank.rank_high",
      "team_rank.rank_low",
      "team_rank.rank_median"
    ])
    expect(
      await world.rows(
        "SELECT subject, rankable, verdict FROM culture.scale_reliability WHERE wave = 'flat' ORDER BY subject"
      )
    ).toEqual([
      { subject: "calm", rankable: true, verdict: "teams can be told apart" },
      { subject: "quiet", rankable: false, verdict: null },
      { subject: "voice", rankable: false, verdict: "teams cannot be ranked: ICC(2) is below .70" }
    ])
  })

  test("climate strength has a band, or the reason why not", async () => {
    expect(
      await world.rows(
        "SELECT microsystem, strength, reason FROM culture.climate_strength WHERE wave = 'flat' ORDER BY ALL"
      )
    ).toEqual([
      { microsystem: "days", strength: "strong", reason: null },
      { microsystem: "nights", strength: null, reason: "too-few" }
    ])
  })
})

describe("two teams of 12 and 4", () => {
  test("the four are in no total, so that nothing can be derived from it", async () => {
    const rows = await world.rows(
      "SELECT cell, n::INTEGER AS n, reason FROM culture.survey_figure WHERE wave = 'own' AND figure = 'response' AND cell IN ('house', 'days', 'nights') ORDER BY cell"
    )
    expect(rows).toEqual([
      { cell: "days", n: 12, reason: null },
      { cell: "house", n: 12, reason: null },
      { cell: "nights", n: null, reason: "too-few" }
    ])
    const items = ["voice-1", "voice-2"].map((id) => ({ id, min: 1, max: 5, positiveFrom: 4 }))
    const scales = [
      {
        id: "voice",
        items: ["voice-1", "voice-2"],
        min: 1,
        max: 5,
        mean: "none" as const,
        percentPositive: "items" as const
      }
    ]
    const trial = { items, scales }
    const invited = { days: 20, nights: 5 }
    const release = releaseWave({
      k: 10,
      units: house.map(({ id, parent }) => ({ id, parent })),
      invited,
      answers: answersOf(trial, people),
      ...trial
    })
    const attackers = [null, ...answersOf(trial, people)]
    expect(
      attackers.flatMap((one) =>
        attack([
          { release, knowledge: { invited, items, scales, own: one, ownGroups: [], everybody: false } }
        ])
      )
    ).toEqual([])
  })

  test("the response rate says who is counted, and why others are not", async () => {
    const rows = await world.rows(
      "SELECT cell, respondents::INTEGER AS respondents, invited::INTEGER AS invited, round(rate, 1) AS rate, reason FROM culture.response_rate WHERE wave = 'own' AND NOT contains(cell, 'company') ORDER BY cell"
    )
    expect(rows.filter((row) => ["house", "days", "nights"].includes(row["cell"] as string))).toEqual([
      { cell: "days", respondents: 12, invited: 20, rate: 60, reason: null },
      { cell: "house", respondents: 12, invited: 20, rate: 60, reason: null },
      { cell: "nights", respondents: null, invited: null, rate: null, reason: "too-few" }
    ])
  })
})
