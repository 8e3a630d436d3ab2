import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { keyOf, type Released, releaseAll, unit, waveOf } from "../../test/culture-world.ts"
import { World } from "../../test/world.ts"
import { assurance } from "../assurance/module.ts"
import { ownStandard } from "../assurance/own-standard.ts"
import { statistics } from "../statistics/module.ts"
import { publishedActionKinds } from "./action-kind.ts"
import {
  culturePairs,
  flows,
  incidentReviews,
  type LeaderPromise,
  leaderPromises,
  reviewActions
} from "./events.ts"
import { culture } from "./module.ts"
import { cultureSources } from "./sources.ts"
import { invitations, releasedFigures, releases, waves } from "./waves.ts"
import { wilson } from "./release/intervals.ts"

const percent = { kind: "percent-positive", threshold: 4 } as const
const oak = [unit("trust"), unit("oak", "trust")]
const review = (id: string, row: object = {}) => ({
  id,
  microsystem: "oak",
  day: "2026-02-01",
  systemFactors: ["staffing"],
  individualFactors: [],
  ...row
})
const act = (id: string, row: object = {}) => ({
  id,
  review: "r1",
  kind: "checklist",
  aim: "process" as const,
  agreed: "2026-02-02",
  ...row
})
const promise = (id: string, row: Partial<LeaderPromise> = {}): LeaderPromise => ({
  id,
  leadershipTeam: "executive",
  microsystem: "oak",
  made: "2026-01-02",
  due: "2026-02-02",
  kept: null,
  ...row
})

let world: World
beforeAll(async () => {
  world = await World.make([
    statistics(),
    culture({ instruments: [keyOf({ voice: percent })], neutralScales: ["stress"] }),
    assurance({
      ...ownStandard({
        draws: { "own-culture": ["culture.survey_figure", "culture.reporting", "culture.promise_kept"] }
      }),
      sources: cultureSources
    })
  ])
  await world.define({ microsystems: oak }, "2026-06-01")
  const share = (positive: number) => ({
    cell: "oak",
    figure: "percent-positive",
    subject: "voice",
    n: 80,
    value: positive / 0.8,
    ...wilson(positive / 80, 80)
  })
  const released: Released[] = []
  const release = (wave: Released["wave"], figures: Released["figures"]) =>
    released.push({ wave, units: oak, figures })
  release(waveOf("w1", "2025-03-01"), [share(30)])
  release(waveOf("w2", "2026-03-01"), [
    share(60),
    { cell: "oak", figure: "response", subject: "people", n: 80, value: 64 }
  ])
  await releaseAll(world, released)
  await world.feed(waves, [waveOf("w9", "2026-05-01", { instrumentVersion: "9" })])
  await world.feed(releases, [
    {
      wave: "w0",
      state: "released",
      day: "2026-05-01",
      reason: null,
      method: "m",
      k: 10,
      tree: "{}",
      through: "{}",
      leftOut: "[]",
      read: "r",
      digest: "d",
      figures: 0
    }
  ])
  await world.feed(releasedFigures, [
    {
      wave: "w9",
      cell: "oak",
      breakdown: "all",
      figure: "mean",
      subject: "voice",
      microsystem: "oak",
      rest: false,
      day: "2026-05-01",
      n: null,
      value: null,
      low: null,
      high: null,
      bound: null,
      reason: "too-few"
    }
  ])
  await world.feed(invitations, [
    { wave: "w1", microsystem: "oak", role: "nursing", mode: "email", invited: 60, sent: "2025-03-01" },
    { wave: "w1", microsystem: "oak", role: "medical", mode: "email", invited: 3, sent: "2025-03-01" },
    { wave: "w7", microsystem: "nowhere", role: "all", mode: "all", invited: 60, sent: "2025-03-01" }
  ])
  await world.feed(incidentReviews, [
    review("r1"),
    review("ahead", { day: "2026-07-01" }),
    review("far", { microsystem: "nowhere" })
  ])
  await world.feed(reviewActions, [
    act("a1"),
    act("a2", { review: "lost" }),
    act("a3", { kind: "dismiss" }),
    act("a4", { agreed: "2026-07-01" })
  ])
  await world.feed(leaderPromises, [
    promise("p1"),
    ...Array.from({ length: 11 }, (_, n) => promise(`k${n}`, { kept: n < 7 ? "2026-02-01" : null })),
    promise("p2", { made: "2026-07-01", due: "2026-08-01" }),
    promise("p3", { kept: "2026-07-01" }),
    promise("p4", { microsystem: "nowhere" })
  ])
  await world.feed(flows, [{ from: "oak", to: "beyond", kind: "patients", since: "2020-01-01" }])
  await world.compute()
})
afterAll(() => world.close())

describe("what does not fit", () => {
  test("is named with why, and never what is in it", async () => {
    const rows = await world.rows("FROM culture.unfit ORDER BY ALL")
    expect(rows.map((row) => [row["stream"], row["id"], row["reason"]].join(" "))).toEqual([
      "incident-review ahead ended on a day to come",
      "invitation w7 is of a wave that nobody knows",
      "promise p2 was made on a day to come",
      "promise p3 was kept on a day to come",
      "release w0 is of a wave that nobody knows",
      "released-figure w9 is of a wave that was not released",
      "review-action a2 is of a review that nobody knows",
      "review-action a4 was agreed on a day to come",
      "review-action dismiss is of a kind that nobody has declared: its strength is not classed",
      "wave w9 asks by an instrument, or a version of it, that nobody has declared"
    ])
    expect(await world.rows("FROM culture.unplaced ORDER BY ALL")).toEqual([
      { stream: "flow", microsystem: "beyond" },
      { stream: "incident-review", microsystem: "nowhere" },
      { stream: "invitation", microsystem: "nowhere" },
      { stream: "promise", microsystem: "nowhere" }
    ])
  })

  test("rows that cannot be by themselves are refused", async () => {
    const refused = (feeding: Promise<void>) => expect(feeding).rejects.toMatchObject({ code: "row-invalid" })
    await refused(world.feed(leaderPromises, [promise("x", { due: "2026-01-01" })]))
    await refused(world.feed(leaderPromises, [promise("x", { kept: "2026-01-01" })]))
    await refused(world.feed(leaderPromises, [promise("x", { leadershipTeam: "Jane Doe, chief nurse" })]))
    await refused(world.feed(flows, [{ from: "oak", to: "oak", kind: "staff", since: "2020-01-01" }]))
    await refused(world.feed(reviewActions, [act("x", { aim: "somebody" })]))
    await refused(
      world.feed(incidentReviews, [review("x", { systemFactors: ["Staffing was short on the night"] })])
    )
    const pair = {
      id: "p",
      title: "P",
      reporting: "a",
      harm: "a",
      independent: true,
      survey: [],
      since: "2020-01-01"
    }
    await refused(world.feed(culturePairs, [pair]))
    await refused(world.feed(culturePairs, [{ ...pair, harm: null }]))
  })
})

test("invitations are told by team, not by role: three doctors of a team are nobody's business", async () => {
  expect(
    await world.rows(
      "SELECT wave, microsystem, invited::INTEGER AS invited FROM culture.invited ORDER BY ALL"
    )
  ).toEqual([
    { wave: "w1", microsystem: "oak", invited: 63 },
    { wave: "w7", microsystem: "nowhere", invited: 60 }
  ])
})

test("assurance draws evidence from the survey and from promises, with its events", async () => {
  const rows = await world.rows(
    `SELECT microsystem, source, valid_from, valid_until, shows, list_contains(list_transform(events, lambda one: split_part(one, '/', 1)), CASE source WHEN 'culture.promise_kept' THEN 'promise' ELSE 'released-figure' END) AS traced
     FROM assurance.evidence WHERE drawn ORDER BY source`
  )
  expect(rows).toEqual([
    {
      microsystem: "trust",
      source: "culture.promise_kept",
      valid_from: "2026-04-01",
      valid_until: "2026-09-30",
      shows: "54 % of 13 promises were kept on time",
      traced: true
    },
    {
      microsystem: "oak",
      source: "culture.survey_figure",
      valid_from: "2026-03-01",
      valid_until: "2027-08-31",
      shows: "80 people have answered, 64 % of those who were asked",
      traced: true
    }
  ])
})

test("the settings, and the hierarchy of actions, are on the log", async () => {
  expect(
    await world.rows("SELECT id, value, len(events)::INTEGER AS events FROM culture.setting ORDER BY id")
  ).toEqual([
    { id: "neutral-scales", value: '["stress"]', events: 1 },
    { id: "tally-period", value: "quarter", events: 1 }
  ])
  expect(publishedActionKinds.find((one) => one.id === "retrain")).toMatchObject({ strength: "weak" })
  expect(publishedActionKinds.length).toBe(17)
})

test("a store made again from the log gives the same, and says nothing again", async () => {
  const names = (
    await world.rows<{ name: string }>(
      "SELECT DISTINCT table_name AS name FROM duckdb_columns() WHERE schema_name = 'culture' ORDER BY 1"
    )
  ).map((one) => one.name)
  const all = async () => {
    const rows = await world.rows(
      names
        .map((name) => `SELECT '${name}' AS relation, to_json(r)::VARCHAR AS row FROM culture.${name} r`)
        .join(" UNION ALL ") + " ORDER BY ALL"
    )
    return [rows, await world.rows("SELECT signal, state, words FROM plimsoll.signal ORDER BY ALL")]
  }
  const before = await all()
  expect(before[1]!.length).toBe(1)
  await world.core.close()
  world.core = await world.open("again")
  await world.compute()
  expect(await all()).toEqual(before)
  expect(await world.rows("SELECT count(*)::INTEGER AS said FROM plimsoll.signal_event")).toEqual([
    { said: 1 }
  ])
})

test("what a config says wrongly is refused with its place", () => {
  expect(() => culture({ waves: [waveOf("w1", "2026-01-01", { k: 4 })] })).toThrow(
    /waves\[0\] is no row of wave/
  )
  const flow = { from: "oak", to: "elm", kind: "patients" } as const
  expect(() => culture({ flows: [flow, flow] })).toThrow("flows[1] stands twice")
})
