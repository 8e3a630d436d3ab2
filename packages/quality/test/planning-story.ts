import { defineModule } from "@plimsoll/core"
import { type Measure, measure, observations, sql } from "@plimsoll/schema"
import { findings } from "../src/assurance/events.ts"
import { populations } from "../src/codesign/events.ts"
import { codings, control, signalResponses } from "../src/control/index.ts"
import {
  contributoryFactors,
  goals,
  interventions,
  issues,
  needs,
  planning,
  priorityWeights
} from "../src/planning/index.ts"
import { statistics } from "../src/statistics/module.ts"
import { visionNodes } from "../src/vision/events.ts"
import { answer, codedNotes } from "./control-world.ts"
import { feedFigures, goal, intervention, issue, month, need, unit, weights } from "./planning-world.ts"
import { World } from "./world.ts"

const count = (id: string, more: Partial<Parameters<typeof measure>[0]> = {}): Measure =>
  measure({
    id,
    version: 1,
    title: id,
    from: observations,
    where: sql`measure = ${id}`,
    at: "day",
    period: "month",
    microsystem: sql`microsystem`,
    numerator: sql`numerator`,
    empty: "missing",
    chart: "xmr",
    direction: "down",
    kind: "outcome",
    class: "open",
    ...(more as object)
  })

const falls = count("falls", { target: 5 })
const inTime = count("in-time", { denominator: sql`denominator`, chart: "p", direction: "up" })
const rate = count("rate", { denominator: sql`denominator`, multiplier: 1000, chart: "u", target: 4 })
const cases = count("cases", { denominator: sql`denominator`, chart: "np", target: 5 })
const calls = count("calls", { class: "team-only" })
// Small counts are hidden, so the months that are told are those with many.
const rare = count("rare", { class: "small-count", target: 1 })

// Another module that takes in the stream of goals, as the components beside this one do.
const reader = defineModule({
  name: "reader",
  version: 1,
  title: "Reads goals",
  streams: [goals],
  views: `CREATE VIEW reader.goal AS SELECT id, status FROM current.goal;
    COMMENT ON VIEW reader.goal IS 'Goals.';
    COMMENT ON COLUMN reader.goal.id IS 'The id.';
    COMMENT ON COLUMN reader.goal.status IS 'Its status.';`
})

const modules = [
  statistics(),
  control({ themes: [{ id: "waiting", title: "Waiting" }] }),
  planning({ capacity: 300 }),
  reader
]

// Two steady years, then a slip: 37 months up to January 2026.
export const steady = Array.from({ length: 27 }, (_, i) => [5, 7, 6][i % 3]!)
// The last month is not over: its figure counts for nothing yet.
export const slip = [9, 10, 9, 9, 10, 9, 9, 10, 9, 9]
const wards = ["oak", "elm", "ash", "fir", "yew"]

/**
 * A hospital of five wards in February 2026. On oak falls slip, which opens a signal that three wards explain; from there on needs,
 * issues, weights, interventions and goals, good ones and bad ones.
 */
export const plannedHospital = async (): Promise<{ readonly world: World; readonly signal: string }> => {
  const world = await World.make(modules)
  await world.define(
    {
      microsystems: [unit("hospital", null, "organisation"), ...wards.map((id) => unit(id, "hospital"))],
      measures: [falls, inTime, rate, cases, calls, rare]
    },
    "2026-02-05"
  )
  await feedFigures(world, "falls", "oak", [...steady, ...slip, 9], -12)
  for (const [at, ward] of wards.entries()) {
    const share = 50 + 10 * at
    await feedFigures(
      world,
      "in-time",
      ward,
      Array.from({ length: 13 }, (_, i) => [share + (i % 2 === 0 ? 2 : -2), 100] as const),
      13
    )
  }
  const year = (figures: ReadonlyArray<number | readonly [number, number]>) => [
    ...figures,
    ...figures,
    ...figures,
    ...figures,
    figures[0]!
  ]
  await feedFigures(
    world,
    "rate",
    "elm",
    year([
      [10, 2000],
      [14, 2000],
      [12, 2000]
    ]),
    13
  )
  await feedFigures(
    world,
    "cases",
    "elm",
    year([
      [5, 50],
      [7, 50],
      [6, 50]
    ]),
    13
  )
  await feedFigures(world, "calls", "oak", year([30, 40, 50]), 13)
  await feedFigures(world, "rare", "oak", year([2, 9, 0]), 13)
  const signals = (await world.core.update()).signals.filter(
    (one) => one.measure === "falls" && one.rule === "shift" && one.side === "high"
  )
  const { signal } = signals[0]!
  const said = { signal, microsystem: "oak", kind: "explain" as const }
  await world.feed(signalResponses, [
    answer({ ...said, id: "r1", team: "oak", cause: "equipment" }, "2026-01-10T10:00:00Z"),
    answer({ ...said, id: "r2", team: "oak", cause: "staffing" }, "2026-01-12T10:00:00Z"),
    answer({ ...said, id: "r3", team: "elm", cause: "handover" }, "2026-01-13T10:00:00Z"),
    answer({ ...said, id: "r4", team: "ash", cause: "none-found" }, "2026-01-14T10:00:00Z")
  ])
  await world.feed(codings, [
    ...codedNotes("oak", 40, 20, 8),
    ...codedNotes("oak", 41, 20, 3),
    ...codedNotes("elm", 42, 20, 6)
  ])
  await world.feed(populations, [
    { dimension: "deprivation", group: "quintile-1", share: 0.2, people: null, since: "2020-01-01" }
  ])
  await world.feed(visionNodes, [
    {
      id: "safe",
      kind: "aim",
      title: "Safe at night",
      owner: null,
      since: 1,
      status: "active",
      day: "2020-01-01",
      measure: null,
      hours: null,
      started: null,
      intervention: null,
      presenting: null,
      underlying: null
    }
  ])
  await world.feed(findings, [
    {
      id: "f1",
      standard: "s",
      criterion: null,
      microsystem: "oak",
      kind: "requirement",
      title: "Too few call bells",
      day: "2025-11-01",
      due: null
    }
  ])
  await world.feed(needs, [
    need({ id: "not-to-wait", kind: "users-voice", theme: "waiting", microsystem: "hospital" }),
    need({ id: "poorest", kind: "population", dimension: "deprivation", group: "quintile-1" }),
    need({ id: "safe-nights", kind: "strategy", node: "safe" }),
    need({ id: "bells", kind: "finding", finding: "f1" }),
    need({ id: "rumour", kind: "strategy", node: "no-such-node" }),
    need({ id: "old", kind: "strategy", node: "safe", status: "retired" }),
    need({ id: "far", kind: "strategy", node: "safe", microsystem: "nowhere" })
  ])
  await world.feed(issues, [
    issue({ id: "falling", measure: "falls", needs: ["safe-nights"], signals: [signal, "no-such-signal"] }),
    issue({ id: "late", measure: "in-time", microsystem: "hospital", needs: ["not-to-wait"] }),
    issue({ id: "late-elm", measure: "in-time", microsystem: "elm" }),
    issue({ id: "late-yew", measure: "in-time", microsystem: "yew" }),
    issue({ id: "calling", measure: "calls" }),
    issue({ id: "rate", measure: "rate", microsystem: "elm", signals: [signal] }),
    issue({ id: "cases", measure: "cases", microsystem: "elm" }),
    issue({ id: "rare", measure: "rare" }),
    issue({ id: "closed", measure: "falls", status: "closed", signals: [signal] })
  ])
  await world.feed(contributoryFactors, [
    {
      issue: "falling",
      factor: "staffing",
      title: "Nights are short of two people",
      frame: "organisational",
      day: month(24)
    },
    {
      issue: "falling",
      factor: "dark-corridor",
      title: "The corridor is dark",
      frame: "local",
      day: month(24)
    }
  ])
  await world.feed(interventions, [
    intervention({
      id: "lights",
      issue: "falling",
      factors: ["dark-corridor"],
      effect: 0.5,
      effectLow: 0.3,
      effectHigh: 0.7
    }),
    intervention({
      id: "bank",
      issue: "falling",
      factors: ["staffing"],
      effect: 0.2,
      effectLow: 0.1,
      effectHigh: 0.3
    }),
    intervention({ id: "posters", issue: "falling", actionClass: "weak" }),
    intervention({
      id: "lecture",
      issue: "falling",
      factors: ["handover"],
      actionClass: "weak",
      actionAim: "person"
    }),
    intervention({ id: "stray", issue: "falling", factors: ["weather"] })
  ])
  await world.feed(priorityWeights, [
    ...weights("falling", { effort: 200 }),
    ...weights("late", { effort: 280, equity: 1.5 }),
    ...weights("late-elm", { effort: 50 }),
    ...weights("late-yew", { effort: 50 })
  ])
  await world.feed(goals, [
    goal({
      id: "fewer",
      needs: ["safe-nights"],
      issues: ["falling"],
      insights: ["i1"],
      override: "chief-9137",
      baselineFrom: "2023-01-01",
      baselineUntil: "2025-03-31",
      target: 4
    }),
    goal({
      id: "none-by-may",
      needs: ["safe-nights"],
      baselineFrom: "2023-01-01",
      baselineUntil: "2025-03-31",
      target: 1,
      due: "2026-05-31"
    }),
    goal({
      id: "twin",
      needs: ["safe-nights"],
      baselineFrom: "2023-01-01",
      baselineUntil: "2025-03-31",
      target: 4
    }),
    goal({
      id: "more-falls",
      needs: ["safe-nights"],
      baselineFrom: "2023-01-01",
      baselineUntil: "2025-03-31",
      target: 12,
      due: "2027-01-31"
    }),
    goal({
      id: "no-baseline",
      needs: ["safe-nights"],
      baselineFrom: null,
      baselineUntil: null,
      microsystem: "elm"
    }),
    goal({
      id: "empty-baseline",
      needs: ["safe-nights"],
      baselineFrom: "2010-01-01",
      baselineUntil: "2010-12-31",
      microsystem: "ash"
    }),
    goal({
      id: "needless",
      needs: ["no-such-need"],
      baselineFrom: "2023-01-01",
      baselineUntil: "2025-03-31",
      target: 2,
      due: "2028-01-31"
    }),
    goal({
      id: "in-time-all",
      measure: "in-time",
      microsystem: "hospital",
      issues: ["late"],
      baselineFrom: "2025-02-01",
      baselineUntil: "2026-01-31",
      target: 0.8
    }),
    goal({
      id: "rare-baseline",
      measure: "rare",
      needs: ["safe-nights"],
      baselineFrom: "2025-02-01",
      baselineUntil: "2026-01-31",
      target: 0
    }),
    goal({ id: "retired", needs: ["bells"], status: "retired" })
  ])
  await world.compute()
  return { world, signal }
}
