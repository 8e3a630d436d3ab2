import { observations } from "@plimsoll/schema"
import fc from "fast-check"
import { headcounts } from "../src/control/events.ts"
import {
  adoptions,
  aims,
  changeIdeas,
  drivers,
  improvementSkills,
  pdsas,
  progressClaims,
  projectMeasures,
  projectResources,
  projects
} from "../src/improvement/index.ts"
import { type Goal, goals } from "../src/planning/goal-events.ts"
import { visionLinks, visionNodes, visionVersions } from "../src/vision/events.ts"
import { aim, begin, counted, figures, month, noise, pdsa, project, unit } from "./improvement-world.ts"
import { referenceCases } from "./statistics.ts"
import { link, node, version } from "./vision-graph.ts"
import type { World } from "./world.ts"

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
export const [curve] = referenceCases<AdoptionCase>("adoption_curve.json")
export const sites = (curve?.weeks ?? []).map((weeks, at) => ({
  id: `site-${at}`,
  weeks,
  adopted: curve!.adopted[at] === 1
}))

/** What a resource of a quarter says, in whole hours. */
export interface Hours {
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
export const spent = fc.sample(fc.array(hours, { minLength: 1, maxLength: 9 }), { numRuns: 25, seed: 8 })

/** What is told of them, by the rule in plain words: a quarter that is not safe waits for the next. */
export const told = (
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

/** The place of one of whom an amount is told: the project that has something to show for it. */
export const shown = spent.findIndex((rows) => told(rows).amount !== null)
export const costOf = (n: number): string => (n === shown ? "spread" : `cost-${n}`)

/** Says on the log what the portfolio is: projects of all sorts, with what does not fit, up to 1 February 2025. */
export const feedPortfolio = async (world: World): Promise<void> => {
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
  await world.feed(projectResources, [
    {
      id: "asked",
      project: "spread",
      kind: "hours",
      stage: "asked",
      amount: "300.00",
      contributors: 12,
      largest: "30.00",
      second: "30.00",
      day: month(18)
    },
    // Three people, and, a quarter later, one above all.
    ...([3, 12] as const).map((contributors, at) => ({
      id: `granted-${at}`,
      project: "spread",
      kind: "hours" as const,
      stage: "granted" as const,
      amount: at === 0 ? "72.00" : "140.00",
      contributors,
      largest: at === 0 ? "40.00" : "139.00",
      second: at === 0 ? "30.00" : "1.00",
      day: month(18 + 3 * at)
    })),
    {
      id: "money",
      project: "spread",
      kind: "money",
      stage: "used",
      amount: "5000.00",
      contributors: 10,
      largest: "900.00",
      second: "800.00",
      day: month(35, 31)
    }
  ])
  await world.feed(
    projectResources,
    spent.flatMap((rows, n) =>
      rows.map((one, at) => ({
        id: `r-${n}-${at}`,
        project: costOf(n),
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
    spent.flatMap((_, n) =>
      n === shown ? [] : project({ id: costOf(n), microsystem: "elm", goal: "g-live", ended: month(24) })
    )
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
}
