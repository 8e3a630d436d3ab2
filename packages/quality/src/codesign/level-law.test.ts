import fc from "fast-check"
import { expect, test } from "vitest"
import { codesignWorld, contribution, decision, engagement, people } from "../../test/codesign-world.ts"
import { node, unit } from "../../test/vision-graph.ts"
import { visionNodes } from "../vision/events.ts"
import {
  Capacity,
  codesignContributions,
  codesignDecisions,
  CodesignLevel,
  CodesignStage,
  engagementParticipants,
  engagements
} from "./events.ts"

const levels = CodesignLevel.literals
const stages = CodesignStage.literals
const capacities = Capacity.literals

/** A subject with up to four engagements, what was put in at each, and up to four decisions that rest on some of that. */
const history = fc.record({
  engagements: fc.array(
    fc.record({
      stage: fc.constantFrom(...stages.slice(0, 3)),
      claimed: fc.constantFrom(...levels.slice(2), "co-produce" as const, "led-by-people" as const),
      people: fc.record({
        "service-user": fc.nat(3),
        family: fc.nat(1),
        community: fc.nat(1),
        staff: fc.nat(3)
      }),
      contributions: fc.array(fc.constantFrom(...capacities), { maxLength: 3 })
    }),
    { minLength: 1, maxLength: 4 }
  ),
  decisions: fc.array(
    fc.record({ rests: fc.uniqueArray(fc.nat(11), { maxLength: 3 }), changed: fc.boolean() }),
    { maxLength: 4 }
  )
})
type History = typeof history extends fc.Arbitrary<infer A> ? A : never

/** What each decision rests on, as the capacity and stage of what there is of it. */
const inputs = (of: History) => {
  const all = of.engagements.flatMap((one) =>
    one.contributions.map((capacity) => ({ capacity, stage: one.stage }))
  )
  return of.decisions.map(({ rests, changed }) => ({
    changed: changed && rests.length > 0,
    rests: rests.flatMap((at) => all[at] ?? [])
  }))
}

/** The rules of the README once more, read stage by stage. */
const expected = (of: History) => {
  const decided = inputs(of)
  const byPeople = (stage: string) =>
    decided.filter((one) => one.rests.some((each) => each.stage === stage && each.capacity !== "staff"))
  const shaped = stages.filter((stage) => byPeople(stage).length > 0)
  return stages
    .map((stage) => ({ stage, held: of.engagements.filter((one) => one.stage === stage) }))
    .filter(({ held }) => held.length > 0)
    .map(({ stage, held }) => {
      const sum = (isStaff: boolean) =>
        held
          .flatMap((one) =>
            capacities.filter((each) => (each === "staff") === isStaff).map((each) => one.people[each])
          )
          .reduce((a, b) => a + b, 0)
      const contributed = held.some((one) => one.contributions.some((each) => each !== "staff"))
      const here = decided.filter((one) => one.rests.some((each) => each.stage === stage))
      const ladder = [
        true,
        sum(false) > 0 || contributed,
        contributed,
        byPeople(stage).length > 0,
        shaped.length > 1 && shaped.includes("define"),
        sum(false) > sum(true) &&
          here.length === byPeople(stage).length &&
          byPeople(stage).some((one) => one.changed)
      ]
      const missing = ladder.indexOf(false)
      const shown = missing < 0 ? ladder.length : missing
      const claimed = Math.max(...held.map((one) => levels.indexOf(one.claimed))) + 1
      return { stage, claimed: levels[claimed - 1], reached: levels[Math.min(claimed, shown) - 1] }
    })
}

test("of many histories left to chance, each stage reaches what a second reading of the rules says", async () => {
  const all = fc.sample(history, { numRuns: 400, seed: 7 })
  const world = await codesignWorld()
  try {
    await world.define({ microsystems: [unit("oak")] }, "2026-06-15")
    await world.feed(
      visionNodes,
      all.map((_, at) => node(`g${at}`, "goal"))
    )
    const of = all.flatMap((one, at) =>
      one.engagements.map((held, n) => ({ ...held, subject: `g${at}`, id: `e${at}-${n}` }))
    )
    await world.feed(
      engagements,
      of.map(({ id, subject, stage, claimed }) => engagement(id, { subject, stage, claimed }))
    )
    await world.feed(
      engagementParticipants,
      of.flatMap((one) => capacities.map((capacity) => people(one.id, capacity, one.people[capacity])))
    )
    const names = all.map((one, at) =>
      one.engagements.flatMap((held, n) =>
        held.contributions.map((capacity, m) => contribution(`c${at}-${n}-${m}`, `e${at}-${n}`, capacity))
      )
    )
    await world.feed(codesignContributions, names.flat())
    await world.feed(
      codesignDecisions,
      all.flatMap((one, at) =>
        one.decisions.map(({ rests, changed }, n) =>
          decision(
            `d${at}-${n}`,
            rests.map((which) => names[at]![which]?.id ?? `unknown-${which}`),
            { subject: `g${at}`, changed: changed && rests.length > 0 }
          )
        )
      )
    )
    await world.compute()
    const rows = await world.rows<{ subject: string; stage: string; claimed: string; reached: string }>(
      "SELECT subject, stage, claimed, reached FROM codesign.level"
    )
    const key = (row: { readonly subject: string; readonly stage: string }) => `${row.subject} ${row.stage}`
    const sorted = <Row extends { readonly subject: string; readonly stage: string }>(
      them: ReadonlyArray<Row>
    ) => them.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
    const wanted = all.flatMap((one, at) => expected(one).map((row) => ({ subject: `g${at}`, ...row })))
    expect(sorted(rows)).toEqual(sorted(wanted))
    // Chance has brought every level.
    expect(new Set(rows.map((row) => row.reached)).size).toBe(levels.length)
  } finally {
    await world.close()
  }
})
