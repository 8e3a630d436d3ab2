import { Schema } from "effect"
import { observations } from "@plimsoll/schema"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  aim,
  begin,
  counted,
  figures,
  improvementWorld,
  month,
  noise,
  pdsa,
  project,
  unit
} from "../../test/improvement-world.ts"
import { link, node, version } from "../../test/vision-graph.ts"
import { haveReference, referenceCases, whySkipped } from "../../test/statistics.ts"
import type { World } from "../../test/world.ts"
import { headcounts } from "../control/events.ts"
import { type Goal, goals } from "../planning/goal-events.ts"
import { visionLinks, visionNodes, visionVersions } from "../vision/events.ts"
import {
  Adoption,
  adoptions,
  Aim,
  aims,
  changeIdeas,
  Driver,
  drivers,
  improvementSkills,
  Pdsa,
  pdsas,
  progressClaims,
  projectMeasures,
  ProjectResource,
  projectResources,
  projects
} from "./index.ts"

const goal = (id: string, status: Goal["status"]): Goal => ({
  id,
  title: `Title of ${id}`,
  microsystem: "oak",
  measure: "falls",
  needs: [],
  issues: [],
  insights: [],
  override: null,
  baselineFrom: null,
  baselineUntil: null,
  target: 3,
  due: month(48),
  status,
  day: month(30)
})

const clock = month(37)
const daysBefore = (days: number): string =>
  new Date(Date.parse(clock) - days * 86_400_000).toISOString().slice(0, 10)

interface AdoptionCase {
  readonly weeks: ReadonlyArray<number>
  readonly adopted: ReadonlyArray<number>
  readonly expected: {
    readonly t: ReadonlyArray<number>
    readonly adoptedShare: ReadonlyArray<number>
    readonly lower: ReadonlyArray<number | null>
    readonly upper: ReadonlyArray<number | null>
    readonly medianWeeks: number
  }
}
const [curve] = referenceCases<AdoptionCase>("adoption_curve.json")
const sites = (curve?.weeks ?? []).map((weeks, at) => ({
  id: `site-${at}`,
  weeks,
  adopted: curve!.adopted[at] === 1
}))

/** What a resource of a quarter says, in whole hours. */
interface Hours {
  readonly quarter: number
  readonly rest: number
  readonly largest: number
  readonly second: number
  readonly contributors: number
}
const hours = fc
  .record({
    quarter: fc.nat(5),
    rest: fc.nat(30),
    largest: fc.nat(40),
    second: fc.nat(40),
    contributors: fc.integer({ min: 3, max: 14 })
  })
  .map((one): Hours => ({ ...one, second: Math.min(one.second, one.largest) }))
const spent = fc.sample(fc.array(hours, { minLength: 1, maxLength: 9 }), { numRuns: 40, seed: 8 })

/** What is told of them, by the rule in plain words: a quarter that is not safe waits for the next. */
const told = (
  rows: ReadonlyArray<Hours>
): { readonly amount: number | null; readonly steps: ReadonlyArray<Hours> } => {
  let wait = { rest: 0, largest: 0, second: 0, contributors: 0 }
  let amount: number | null = null
  const steps: Hours[] = []
  for (const quarter of [0, 1, 2, 3, 4, 5]) {
    const own = rows.filter((row) => row.quarter === quarter)
    if (own.length === 0) continue
    for (const row of own) {
      wait = {
        rest: wait.rest + row.rest,
        largest: wait.largest + row.largest,
        second: wait.second + row.second,
        contributors: Math.max(wait.contributors, row.contributors)
      }
    }
    if (10 * wait.rest < wait.largest || wait.contributors < 10) continue
    amount = (amount ?? 0) + wait.rest + wait.largest + wait.second
    steps.push({ quarter, ...wait })
    wait = { rest: 0, largest: 0, second: 0, contributors: 0 }
  }
  return { amount, steps }
}

let world: World
beforeAll(async () => {
  world = await improvementWorld()
  await world.define(
    {
      microsystems: ["oak", "elm", "home", ...sites.map((one) => one.id)].map((id) => unit(id)),
      measures: [counted("falls"), counted("harm", "balancing")]
    },
    clock
  )
  await world.feed(visionNodes, [
    node("why", "purpose"),
    node("v", "vision"),
    node("a", "aim"),
    node("g-vision", "goal"),
    node("g-dropped", "goal"),
    node("g-over", "goal", { status: "retired", day: "2024-06-01" })
  ])
  await world.feed(visionLinks, [
    link("v", "why"),
    link("a", "v"),
    link("g-vision", "a"),
    link("g-dropped", "a")
  ])
  await world.feed(visionVersions, [
    version(1, "2022-01-01"),
    version(2, "2024-05-01", { drops: ["g-dropped"] })
  ])
  await world.feed(goals, [goal("g-live", "active"), goal("g-retired", "retired")])
  await begin(world, [
    { project: { id: "ramp", microsystem: "oak", goal: "g-live", lesson: "l-1", intervention: "rounds" } },
    { project: { id: "loose", microsystem: "elm", goal: "g-retired" } },
    { project: { id: "of-vision", microsystem: "elm", goal: "g-vision" } },
    { project: { id: "dropped", microsystem: "elm", goal: "g-dropped" } },
    { project: { id: "over", microsystem: "elm", goal: "g-over" } },
    { project: { id: "lost", microsystem: "elm", goal: "g-nowhere" } },
    { project: { id: "past", microsystem: "elm", goal: "g-retired", ended: month(36) } },
    { project: { id: "spread", microsystem: "home", goal: "g-live" }, did: month(24, 10) }
  ])
  await world.feed(projects, [
    project({ id: "aimless", microsystem: "elm", goal: "g-live" }),
    project({ id: "unplaced", microsystem: "nowhere" }),
    project({ id: "future", microsystem: "elm", started: month(40) })
  ])
  const ramp = { project: "ramp", microsystem: "oak" }
  await world.feed(pdsas, [
    pdsa({
      ...ramp,
      id: "c1",
      scale: "one-shift",
      day: month(25),
      planned: month(25),
      did: month(25, 3),
      doneUntil: month(25, 9),
      studied: month(25, 9),
      acted: month(25, 12),
      predicted: "better",
      measure: "falls",
      found: "better",
      points: 5,
      learned: true,
      decision: "adapt"
    }),
    pdsa({
      ...ramp,
      id: "c2",
      scale: "one-unit",
      day: month(26),
      planned: month(26),
      did: month(26, 3),
      studied: month(28),
      acted: month(28),
      predicted: "better",
      found: "worse",
      points: 8,
      learned: true,
      decision: "abandon"
    }),
    // Predicted after the fact, studied before it was over, on two points, everywhere at once.
    pdsa({
      id: "c3",
      project: "loose",
      microsystem: "elm",
      scale: "several-units",
      day: month(25),
      did: month(25, 3),
      planned: month(25, 5),
      doneUntil: month(25, 20),
      studied: month(25, 10),
      predicted: "better",
      found: "better",
      points: 2
    }),
    // It will be studied next year.
    pdsa({
      id: "c4",
      project: "of-vision",
      microsystem: "elm",
      scale: "one-case",
      day: month(36),
      planned: month(36),
      did: month(36, 2),
      studied: month(40),
      predicted: "same",
      found: "cannot-tell",
      points: 3,
      learned: true
    }),
    pdsa({ id: "early", ...ramp, day: month(22, 9), did: month(23) }),
    pdsa({ id: "no-aim", project: "aimless", microsystem: "elm" }),
    pdsa({ id: "no-project", project: "ghost", microsystem: "elm" }),
    pdsa({ id: "no-idea", ...ramp, idea: "ghost" }),
    pdsa({ id: "no-unit", project: "ramp", microsystem: "nowhere" }),
    pdsa({ id: "to-come", ...ramp, day: month(40) })
  ])
  await world.feed(aims, [
    aim({ id: "odd", project: "aimless", microsystem: "elm", measure: "ghost" }),
    aim({ id: "of-ghost", project: "ghost", microsystem: "elm" })
  ])
  await world.feed(drivers, [
    {
      id: "second",
      project: "ramp",
      kind: "secondary",
      drives: "driver-ramp",
      title: "Less noise",
      measure: "harm",
      day: month(23)
    },
    {
      id: "third",
      project: "ramp",
      kind: "secondary",
      drives: "second",
      title: "None",
      measure: null,
      day: month(23)
    }
  ])
  await world.feed(changeIdeas, [
    { id: "quiet", project: "ramp", driver: "second", title: "Soft shoes", day: month(23) },
    { id: "stray", project: "ramp", driver: "driver-loose", title: "None", day: month(23) }
  ])
  await world.feed(projectMeasures, [
    { project: "ramp", measure: "harm", role: "balancing", day: month(23) },
    { project: "ramp", measure: "ghost", role: "process", day: month(23) }
  ])
  await world.feed(progressClaims, [{ project: "ghost", day: month(30), score: 5 }])
  await world.feed(adoptions, [
    ...sites.map(({ id, weeks, adopted }) => {
      const offered = adopted ? daysBefore(7 * 40) : daysBefore(7 * weeks)
      return {
        project: "spread",
        microsystem: id,
        offered,
        adopted: adopted ? daysBefore(7 * 40 - 7 * weeks) : null,
        ended: null
      }
    }),
    { project: "ghost", microsystem: "elm", offered: month(30), adopted: null, ended: null },
    { project: "ramp", microsystem: "elm", offered: month(30), adopted: null, ended: month(31) }
  ])
  const steady = (seed: number) => noise(seed, 37).map((x) => 20 + x)
  await world.feed(observations, [
    ...figures(
      "home",
      "falls",
      noise(1, 37).map((x, at) => 20 + x + (at >= 25 ? -6 : 0))
    ),
    ...figures("oak", "harm", steady(2)),
    // Adopted in May 2024, the 29th month: one better since June, one not.
    ...figures(
      "site-9",
      "falls",
      noise(3, 37).map((x, at) => 20 + x + (at >= 29 ? -6 : 0))
    ),
    ...figures("site-4", "falls", steady(4))
  ])
  await world.feed(
    projectResources,
    spent.flatMap((rows, n) =>
      rows.map((one, at) => ({
        id: `r-${n}-${at}`,
        project: n === 0 ? "spread" : `cost-${n}`,
        kind: "hours" as const,
        stage: "used" as const,
        amount: `${one.rest + one.largest + one.second}.00`,
        contributors: one.contributors,
        largest: `${one.largest}.00`,
        second: `${one.second}.00`,
        day: month(18 + 3 * one.quarter, 1 + at)
      }))
    )
  )
  await world.feed(
    projects,
    spent
      .slice(1)
      .map((_, n) => project({ id: `cost-${n + 1}`, microsystem: "elm", goal: "g-live", ended: month(24) }))
  )
  await world.feed(improvementSkills, [
    { microsystem: "oak", skill: "measurement", role: "nursing", people: 17, day: month(33) },
    { microsystem: "elm", skill: "measurement", role: "nursing", people: 8, day: month(33) },
    { microsystem: "oak", skill: "measurement", role: "medical", people: 9, day: month(33) },
    { microsystem: "oak", skill: "coaching", role: "nursing", people: 38, day: month(33) },
    { microsystem: "oak", skill: "coaching", role: "therapy", people: 12, day: month(33) },
    // Too long ago, and too new.
    { microsystem: "elm", skill: "coaching", role: "nursing", people: 40, day: month(10) },
    { microsystem: "home", skill: "coaching", role: "nursing", people: 40, day: month(36) }
  ])
  await world.feed(headcounts, [
    { microsystem: "oak", role: "nursing", people: 40, since: month(0) },
    { microsystem: "elm", role: "nursing", people: 40, since: month(0) },
    { microsystem: "oak", role: "therapy", people: 12, since: month(0) }
  ])
  await world.compute()
})
afterAll(() => world.close())

describe("cycles", () => {
  test("the seven checks of fidelity, for each cycle and project", async () => {
    expect(
      await world.rows(
        `SELECT cycle, number::INTEGER AS number, met, held, [all_stages, study_after, learning, prediction, iterative, growing, data_over_time] AS checks
         FROM improvement.cycle WHERE project IN ('ramp', 'loose', 'of-vision') ORDER BY cycle`
      )
    ).toEqual([
      { cycle: "c1", number: 1, met: 6, held: true, checks: [true, true, true, true, true, false, true] },
      { cycle: "c2", number: 2, met: 7, held: false, checks: [true, true, true, true, true, true, true] },
      {
        cycle: "c3",
        number: 1,
        met: 0,
        held: null,
        checks: [false, false, false, false, false, false, false]
      },
      { cycle: "c4", number: 1, met: 1, held: null, checks: [false, false, false, true, false, false, false] }
    ])
    expect(
      await world.rows(
        "SELECT project, cycles::INTEGER AS cycles, prediction, iterative, growing, met, core_four FROM improvement.fidelity WHERE project IN ('ramp', 'loose') ORDER BY project"
      )
    ).toEqual([
      {
        project: "loose",
        cycles: 1,
        prediction: 0,
        iterative: false,
        growing: false,
        met: 0,
        core_four: false
      },
      { project: "ramp", cycles: 2, prediction: 1, iterative: true, growing: true, met: 7, core_four: true }
    ])
  })

  test("the share of ideas that were tested small first, of all and by unit", async () => {
    expect(
      await world.rows(
        "SELECT microsystem, ideas::INTEGER AS ideas, small::INTEGER AS small, share, round(low, 4) AS low FROM improvement.first_scale ORDER BY scope, microsystem"
      )
    ).toEqual([
      { microsystem: null, ideas: 4, small: 3, share: 0.75, low: 0.3006 },
      { microsystem: "elm", ideas: 2, small: 1, share: 0.5, low: 0.0945 },
      { microsystem: "home", ideas: 1, small: 1, share: 1, low: 0.2065 },
      { microsystem: "oak", ideas: 1, small: 1, share: 1, low: 0.2065 }
    ])
  })

  test("whether predictions held, by unit over time; one written after the test is none", async () => {
    expect(
      await world.rows(
        `SELECT microsystem, quarter, studied::INTEGER AS studied, predicted::INTEGER AS predicted, told::INTEGER AS told, held::INTEGER AS held, share, share_so_far
         FROM improvement.prediction ORDER BY ALL`
      )
    ).toEqual([
      {
        microsystem: "elm",
        quarter: "2024-01-01",
        studied: 1,
        predicted: 0,
        told: 0,
        held: 0,
        share: null,
        share_so_far: null
      },
      {
        microsystem: "oak",
        quarter: "2024-01-01",
        studied: 1,
        predicted: 1,
        told: 1,
        held: 1,
        share: 1,
        share_so_far: 1
      },
      {
        microsystem: "oak",
        quarter: "2024-04-01",
        studied: 1,
        predicted: 1,
        told: 1,
        held: 0,
        share: 0,
        share_so_far: 0.5
      }
    ])
  })

  test("the driver diagram in the order in which it is read, with its measures as they stand", async () => {
    expect(
      await world.rows(
        "SELECT kind, id, drives, measure, status, cycles::INTEGER AS cycles, decision FROM improvement.driver_diagram WHERE project = 'ramp' ORDER BY place"
      )
    ).toEqual([
      {
        kind: "aim",
        id: "aim-ramp",
        drives: null,
        measure: "falls",
        status: null,
        cycles: null,
        decision: null
      },
      {
        kind: "primary",
        id: "driver-ramp",
        drives: "aim-ramp",
        measure: null,
        status: null,
        cycles: null,
        decision: null
      },
      {
        kind: "secondary",
        id: "second",
        drives: "driver-ramp",
        measure: "harm",
        status: "steady",
        cycles: null,
        decision: null
      },
      { kind: "idea", id: "quiet", drives: "second", measure: null, status: null, cycles: 0, decision: null },
      {
        kind: "idea",
        id: "idea-ramp",
        drives: "driver-ramp",
        measure: null,
        status: null,
        cycles: 2,
        decision: "abandon"
      }
    ])
    expect(
      await world.rows(
        "SELECT role, measure, measure_kind, result FROM improvement.measure_family WHERE project = 'ramp' ORDER BY role"
      )
    ).toEqual([
      { role: "balancing", measure: "harm", measure_kind: "balancing", result: "no shift" },
      { role: "outcome", measure: "falls", measure_kind: "outcome", result: "not assessable" }
    ])
  })
})

describe("what does not fit", () => {
  test("is refused with its reason; a cycle before the aim of its project counts nowhere", async () => {
    expect(await world.rows("SELECT stream, id, reason FROM improvement.refused ORDER BY ALL")).toEqual([
      { stream: "adoption", id: "elm", reason: "is of a project that nobody knows" },
      { stream: "aim", id: "odd", reason: "is of a measure that nobody has defined" },
      { stream: "aim", id: "of-ghost", reason: "is of a project that nobody knows" },
      { stream: "change-idea", id: "stray", reason: "works on no driver of its project" },
      { stream: "driver", id: "third", reason: "drives no primary driver of its project" },
      { stream: "pdsa", id: "early", reason: "began before the aim of its project, which is of 2023-11-10" },
      { stream: "pdsa", id: "no-aim", reason: "its project has no aim" },
      { stream: "pdsa", id: "no-aim", reason: "tries no change idea of its project" },
      { stream: "pdsa", id: "no-idea", reason: "tries no change idea of its project" },
      { stream: "pdsa", id: "no-project", reason: "is of a project that nobody knows" },
      { stream: "pdsa", id: "no-project", reason: "tries no change idea of its project" },
      { stream: "pdsa", id: "to-come", reason: "is of a day to come" },
      { stream: "progress-claim", id: "ghost", reason: "is of a project that nobody knows" },
      { stream: "project", id: "future", reason: "is of a day to come" },
      { stream: "project-measure", id: "ghost", reason: "is of a measure that nobody has defined" }
    ])
    expect(await world.rows("SELECT first_do FROM improvement.project WHERE project = 'ramp'")).toEqual([
      { first_do: month(25, 3) }
    ])
    expect(
      await world.rows(
        "SELECT stream, microsystem, len(events)::INTEGER AS events FROM improvement.unplaced ORDER BY ALL"
      )
    ).toEqual([
      { stream: "pdsa", microsystem: "nowhere", events: 1 },
      { stream: "project", microsystem: "nowhere", events: 1 }
    ])
  })

  test("projects that work for a retired, dropped or unknown goal are named", async () => {
    expect(
      await world.rows(
        "SELECT project, goal, reason, since, len(events)::INTEGER AS events FROM improvement.orphan ORDER BY project"
      )
    ).toEqual([
      {
        project: "dropped",
        goal: "g-dropped",
        reason: "the goal is dropped from the vision",
        since: "2026-01-01",
        events: 2
      },
      { project: "loose", goal: "g-retired", reason: "the goal is retired", since: month(30), events: 2 },
      { project: "lost", goal: "g-nowhere", reason: "nobody has told of the goal", since: null, events: 1 },
      { project: "over", goal: "g-over", reason: "the goal is retired", since: "2024-06-01", events: 2 }
    ])
  })

  test("rows that cannot be by themselves do not fit their schema", () => {
    const fits = (schema: Schema.Codec<unknown, unknown>, row: unknown): boolean =>
      Schema.decodeUnknownResult(schema)(row)._tag === "Success"
    const cycle = pdsa({ id: "x", project: "p", microsystem: "oak", day: month(1), did: month(1) })
    expect(fits(Pdsa, cycle)).toBe(true)
    for (const wrong of [
      { studied: month(2) },
      { found: "better" },
      { acted: month(2) },
      { decision: "adopt" },
      { measure: "falls" },
      { doneUntil: month(0) },
      { planned: month(0) },
      { points: -1 },
      { scale: "huge" }
    ]) {
      expect([wrong, fits(Pdsa, { ...cycle, ...wrong })]).toEqual([wrong, false])
    }
    const own = aim({ project: "p", microsystem: "oak" })
    expect([
      fits(Aim, own),
      fits(Aim, { ...own, due: month(1) }),
      fits(Aim, { ...own, forWhom: "x".repeat(121) })
    ]).toEqual([true, false, false])
    const driver = {
      id: "d",
      project: "p",
      kind: "primary",
      drives: null,
      title: "x",
      measure: null,
      day: month(1)
    }
    expect([
      fits(Driver, driver),
      fits(Driver, { ...driver, drives: "e" }),
      fits(Driver, { ...driver, kind: "secondary" })
    ]).toEqual([true, false, false])
    const site = { project: "p", microsystem: "oak", offered: month(2), adopted: month(3), ended: null }
    expect([
      fits(Adoption, site),
      fits(Adoption, { ...site, adopted: month(1) }),
      fits(Adoption, { ...site, ended: month(2) })
    ]).toEqual([true, false, false])
    const cost = {
      id: "r",
      project: "p",
      kind: "hours",
      stage: "used",
      amount: "10.00",
      contributors: 4,
      largest: "5.00",
      second: "5.00",
      day: month(1)
    }
    expect(
      [
        cost,
        { ...cost, second: "5.01" },
        { ...cost, largest: "6.00" },
        { ...cost, largest: "4.00" },
        { ...cost, amount: "-1.00", largest: "0.00", second: "0.00" }
      ].map((row) => fits(ProjectResource, row))
    ).toEqual([true, false, false, false, false])
  })
})

describe(`spread${whySkipped}`, () => {
  test.runIf(haveReference)(
    "the adoption curve is that of the reference, with its limits and its median",
    async () => {
      const rows = await world.rows<{
        readonly days: number
        readonly share: number
        readonly low: number | null
        readonly high: number | null
      }>(
        "SELECT days, share, low, high FROM improvement.adoption_curve WHERE project = 'spread' ORDER BY days"
      )
      const { t, adoptedShare, lower, upper, medianWeeks } = curve!.expected
      expect(rows.map((one) => one.days / 7)).toEqual(t)
      for (const [at, row] of rows.entries()) {
        expect(row.share).toBeCloseTo(adoptedShare[at]!, 8)
        if (lower[at] !== null) expect(row.low).toBeCloseTo(lower[at]!, 8)
        if (upper[at] !== null) expect(row.high).toBeCloseTo(upper[at]!, 8)
      }
      expect(
        await world.rows(
          "SELECT sites::INTEGER AS sites, adopted::INTEGER AS adopted, days_to_half FROM improvement.spread WHERE project = 'spread'"
        )
      ).toEqual([
        {
          sites: 28,
          adopted: curve!.adopted.filter((one) => one === 1).length,
          days_to_half: medianWeeks * 7
        }
      ])
    }
  )

  test.runIf(haveReference)("sites are classed by the share that had adopted before them", async () => {
    const expected = sites.map(({ id, weeks, adopted }) => {
      const before = curve!.expected.t.filter((one) => one < weeks).length
      const share = before === 0 ? 0 : curve!.expected.adoptedShare[before - 1]!
      const named = (["innovator", "early adopter", "early majority", "late majority", "laggard"] as const)[
        [0.025, 0.16, 0.5, 0.84].filter((limit) => share >= limit).length
      ]
      return { microsystem: id, class: adopted ? named : "not yet" }
    })
    expect(
      await world.rows(
        "SELECT microsystem, class FROM improvement.adoption WHERE project = 'spread' ORDER BY microsystem"
      )
    ).toEqual(expected.sort((a, b) => (a.microsystem < b.microsystem ? -1 : 1)))
    expect(
      await world.rows("SELECT class, effect, days FROM improvement.adoption WHERE project = 'ramp'")
    ).toEqual([{ class: "declined", effect: null, days: 31 }])
  })

  test.runIf(haveReference)(
    "whether the effect came again is told for each site that adopted it",
    async () => {
      expect(
        await world.rows(
          "SELECT microsystem, effect, shift_from FROM improvement.adoption WHERE effect IN ('came again', 'did not come again') ORDER BY microsystem"
        )
      ).toEqual([
        { microsystem: "site-4", effect: "did not come again", shift_from: null },
        { microsystem: "site-9", effect: "came again", shift_from: month(29) }
      ])
      expect(
        await world.rows(
          "SELECT assessable::INTEGER AS assessable, came_again::INTEGER AS again, round(low, 4) AS low, round(high, 4) AS high FROM improvement.spread WHERE project = 'spread'"
        )
      ).toEqual([{ assessable: 2, again: 1, low: 0.0945, high: 0.9055 }])
      expect(await world.rows("SELECT standing FROM improvement.project WHERE project = 'spread'")).toEqual([
        { standing: "spreading" }
      ])
    }
  )
})

describe("resources and skills", () => {
  test("amounts are told where they may be, quarter by quarter, as a plain reading of the rule has it", async () => {
    const rows = await world.rows<{
      readonly project: string
      readonly used: string | null
      readonly hidden: ReadonlyArray<string>
    }>("SELECT project, used, hidden FROM improvement.resource ORDER BY project")
    const expected = spent.map((one, n) => ({ project: n === 0 ? "spread" : `cost-${n}`, ...told(one) }))
    expect(new Map(rows.map((one) => [one.project, one.used === null ? null : Number(one.used)]))).toEqual(
      new Map(expected.map((one) => [one.project, one.amount]))
    )
    expect(rows.every((one) => (one.used === null) === one.hidden.includes("used"))).toBe(true)
    // Some are told, some are not, and what was added between two quarters is never that of a few.
    expect(new Set(expected.map((one) => one.amount === null)).size).toBe(2)
    for (const step of expected.flatMap((one) => one.steps)) {
      expect(step.contributors).toBeGreaterThanOrEqual(10)
      expect(10 * step.rest).toBeGreaterThanOrEqual(step.largest)
    }
  })

  test("what was used is set beside what came of it", async () => {
    const amount = told(spent[0]!).amount
    const [row] = await world.rows<{
      readonly change: number
      readonly per: number | null
      readonly each: number | null
    }>(
      "SELECT change, used_per_unit_of_change AS per, used_per_improved_unit AS each FROM improvement.resource WHERE project = 'spread'"
    )
    expect(row!.change).toBeLessThan(-5)
    expect(row!.per).toEqual(amount === null ? null : expect.closeTo(amount / -row!.change, 6))
    expect(row!.each).toEqual(amount === null ? null : amount / (haveReference ? 2 : 1))
  })

  test("skills are told in whole steps, and not where few have them or few have them not", async () => {
    expect(
      await world.rows(
        "SELECT skill, role, at_least::INTEGER AS at_least, hidden FROM improvement.capacity ORDER BY ALL"
      )
    ).toEqual([
      { skill: "coaching", role: "nursing", at_least: null, hidden: true },
      { skill: "coaching", role: "therapy", at_least: 10, hidden: false },
      { skill: "measurement", role: "medical", at_least: null, hidden: true },
      { skill: "measurement", role: "nursing", at_least: 20, hidden: false }
    ])
    expect(
      await world.rows(
        "SELECT project, skill FROM improvement.skill_gap WHERE project IN ('ramp', 'loose', 'spread') ORDER BY ALL"
      )
    ).toEqual([
      { project: "loose", skill: "coaching" },
      { project: "spread", skill: "coaching" },
      { project: "spread", skill: "measurement" }
    ])
  })
})

test("links run from goals, lessons and ways over projects to cycles and sites", async () => {
  expect(
    await world.rows(
      `SELECT cause_kind, cause, relation, effect_kind, effect, day FROM improvement.link
       WHERE 'ramp' IN (cause, effect) ORDER BY ALL`
    )
  ).toEqual([
    {
      cause_kind: "goal",
      cause: "g-live",
      relation: "worked for by",
      effect_kind: "project",
      effect: "ramp",
      day: month(22)
    },
    {
      cause_kind: "intervention",
      cause: "rounds",
      relation: "done in",
      effect_kind: "project",
      effect: "ramp",
      day: month(22)
    },
    {
      cause_kind: "lesson",
      cause: "l-1",
      relation: "began",
      effect_kind: "project",
      effect: "ramp",
      day: month(22)
    },
    {
      cause_kind: "project",
      cause: "ramp",
      relation: "offered to",
      effect_kind: "adoption",
      effect: "ramp/elm",
      day: month(30)
    },
    {
      cause_kind: "project",
      cause: "ramp",
      relation: "tested by",
      effect_kind: "pdsa",
      effect: "c1",
      day: month(25)
    },
    {
      cause_kind: "project",
      cause: "ramp",
      relation: "tested by",
      effect_kind: "pdsa",
      effect: "c2",
      day: month(26)
    }
  ])
})

test("what is corrected, arrives or goes changes what rests on it, and a replay gives the same", async () => {
  const [before] = await world.rows<{ readonly day: string }>(
    "SELECT day FROM improvement.mark WHERE cycle = 'c2' LIMIT 1"
  )
  expect(before!.day).toBe(month(26, 3))
  await world.feed(pdsas, [
    pdsa({
      id: "c2",
      project: "ramp",
      microsystem: "oak",
      scale: "one-unit",
      day: month(26),
      did: month(26, 9)
    })
  ])
  await world.remove(projects, [{ id: "lost" }])
  await world.define({
    microsystems: ["oak", "elm", "home", "nowhere", ...sites.map((one) => one.id)].map((id) => unit(id)),
    measures: [counted("falls"), counted("harm", "balancing")]
  })
  await world.compute()
  expect(await world.rows("SELECT DISTINCT day FROM improvement.mark WHERE cycle = 'c2'")).toEqual([
    { day: month(26, 9) }
  ])
  expect(
    await world.rows("SELECT project FROM improvement.project WHERE project IN ('lost', 'unplaced')")
  ).toEqual([{ project: "unplaced" }])
  expect(await world.rows("FROM improvement.unplaced")).toEqual([])
  const relations = (
    await world.rows<{ readonly name: string }>(
      "SELECT table_name AS name FROM duckdb_tables() WHERE schema_name = 'improvement' ORDER BY ALL"
    )
  ).map((one) => one.name)
  expect(relations.length).toBeGreaterThan(18)
  const prints = () =>
    world.rows(
      relations
        .map(
          (name) => `SELECT '${name}' AS name, bit_xor(hash(x::VARCHAR)) AS print FROM improvement.${name} x`
        )
        .join(" UNION ALL ")
    )
  const first = await prints()
  await world.core.close()
  world.core = await world.open("again")
  await world.compute()
  expect(await prints()).toEqual(first)
})
