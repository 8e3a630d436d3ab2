import { Schema } from "effect"
import { expect, test } from "vitest"
import {
  codesignWorld,
  contribution,
  decision,
  engagement,
  people,
  said,
  story
} from "../../test/codesign-world.ts"
import { node, unit } from "../../test/vision-graph.ts"
import { visionNodes } from "../vision/events.ts"
import {
  CodesignDecision,
  codesignContributions,
  codesignDecisions,
  EngagementParticipants,
  engagementParticipants,
  engagements,
  Population,
  populations,
  SaidAndDone,
  saidAndDone,
  storyFacts
} from "./events.ts"

test("what does not fit together is named, and counts for nothing", async () => {
  const world = await codesignWorld({}, { themes: [{ id: "waiting", title: "Waiting" }] })
  try {
    await world.define({ microsystems: [unit("oak")] }, "2026-06-15")
    await world.feed(visionNodes, [node("g", "goal")])
    await world.feed(populations, [
      { dimension: "age", group: "old", share: 0.5, people: null, since: "2026-01-01" },
      { dimension: "age", group: "young", share: 0.4, people: null, since: "2026-01-01" },
      { dimension: "sex", group: "f", share: 0.5, people: null, since: "2026-01-01" },
      { dimension: "sex", group: "m", share: null, people: 50, since: "2026-01-01" },
      { dimension: "home", group: "town", share: 1, people: null, since: "2026-01-01" }
    ])
    await world.feed(engagements, [
      engagement("e", { claimed: "collaborate" }),
      engagement("no-unit", { microsystem: "nowhere" }),
      engagement("no-goal", { subject: "x" }),
      engagement("not-work", { subjectKind: "project" })
    ])
    await world.feed(engagementParticipants, [
      people("ghost", "family", 3),
      people("e", "service-user", 5),
      people("e", "service-user", 7, ["home", "town"]),
      people("e", "family", 2, ["home", "moon"])
    ])
    await world.feed(codesignContributions, [
      contribution("c1", "ghost", "family"),
      contribution("c2", "ghost", "family"),
      contribution("c3", "e", "service-user", "2026-04-01")
    ])
    await world.feed(codesignDecisions, [
      decision("d1", ["c9", "c1"]),
      decision("d2", ["c3"]),
      decision("d3", [], { microsystem: "nowhere" })
    ])
    await world.feed(saidAndDone, [
      said("r1", "2026-03-01", { theme: "wating" }),
      said("r2", "2026-03-01", { story: "s9", decision: "d9" }),
      said("r3", "2026-03-01", { microsystem: "nowhere" })
    ])
    await world.feed(storyFacts, [
      story("tale-a", { themes: ["wating"] }),
      story("tale-b", { themes: ["wating"], microsystem: "nowhere" })
    ])
    await world.compute()
    expect(
      await world.rows(
        "SELECT stream, id, reason, names, len(events)::INTEGER AS events FROM codesign.refused ORDER BY stream, reason, id"
      )
    ).toEqual(
      (
        [
          ["codesign-contribution", "ghost", "unknown-engagement", ["ghost"], 1],
          ["decision", "d2", "contribution-came-later", [], 1],
          ["decision", "d1", "unknown-contribution", [], 1],
          ["decision", "d3", "unknown-unit", ["nowhere"], 1],
          ["engagement", "no-goal", "unknown-subject", ["goal x"], 1],
          ["engagement", "not-work", "unknown-subject", ["project g"], 1],
          ["engagement", "no-unit", "unknown-unit", ["nowhere"], 1],
          ["engagement-participants", "e", "groups-exceed-whole", ["service-user", "home"], 2],
          ["engagement-participants", "ghost", "unknown-engagement", ["ghost"], 1],
          ["engagement-participants", "e", "unknown-group", ["home moon"], 1],
          ["population", "sex", "share-and-people", ["sex"], 2],
          ["population", "age", "shares-not-whole", ["age"], 2],
          ["said-and-done", "r2", "unknown-decision", ["d9"], 1],
          ["said-and-done", "r2", "unknown-story", [], 1],
          ["said-and-done", "r1", "unknown-theme", ["wating"], 1],
          ["said-and-done", "r3", "unknown-unit", ["nowhere"], 1],
          ["story-fact", null, "unknown-theme", ["wating"], 1],
          ["story-fact", null, "unknown-unit", ["nowhere"], 1]
        ] as const
      ).map(([stream, id, reason, names, events]) => ({ stream, id, reason, names, events }))
    )
    expect(
      await world.rows(
        "FROM codesign.refused WHERE words IS NULL OR contains(words, 'tale') OR contains(words, 'c9')"
      )
    ).toEqual([])
    // Neither an unknown contribution, nor one that came later, is evidence or input.
    expect(await world.rows("SELECT subject, reached, reason FROM codesign.level")).toEqual([
      { subject: "g", reached: "involve", reason: "no-decision" }
    ])
    expect(await world.rows("SELECT decision, with_input FROM codesign.decision ORDER BY decision")).toEqual([
      { decision: "d1", with_input: false },
      { decision: "d2", with_input: false }
    ])
    expect(await world.rows("SELECT DISTINCT dimension FROM codesign.representation")).toEqual([
      { dimension: "home" }
    ])
    // What was unknown counts when it is told of.
    await world.define({ microsystems: [unit("nowhere")] })
    await world.feed(engagements, [engagement("ghost", { stage: "define" })])
    await world.compute()
    expect(
      await world.rows(
        "SELECT DISTINCT stream, reason FROM codesign.refused WHERE 'ghost' IN names OR 'nowhere' IN names"
      )
    ).toEqual([])
    expect(await world.rows("SELECT capacities FROM codesign.decision WHERE decision = 'd1'")).toEqual([
      { capacities: ["family"] }
    ])
  } finally {
    await world.close()
  }
})

test("what one row alone can tell is told by its schema", () => {
  const fits = (schema: Schema.Constraint, row: unknown): boolean =>
    Schema.decodeUnknownResult(schema as Schema.Codec<unknown>)(row)._tag === "Success"
  const participants = people("e", "family", 3)
  expect(fits(EngagementParticipants, participants)).toBe(true)
  expect(fits(EngagementParticipants, { ...participants, people: -1 })).toBe(false)
  expect(fits(EngagementParticipants, { ...participants, people: 1.5 })).toBe(false)
  expect(fits(EngagementParticipants, { ...participants, group: "old" })).toBe(false)
  expect(fits(EngagementParticipants, { ...participants, capacity: "visitor" })).toBe(false)
  const group = { dimension: "age", group: "old", share: 0.5, people: null, since: "2026-01-01" }
  expect(fits(Population, group)).toBe(true)
  expect(fits(Population, { ...group, people: 3 })).toBe(false)
  expect(fits(Population, { ...group, dimension: "whole" })).toBe(false)
  expect(fits(CodesignDecision, decision("d", ["c"]))).toBe(true)
  expect(fits(CodesignDecision, { ...decision("d", []), changed: true })).toBe(false)
  expect(fits(CodesignDecision, decision("d", ["c", "c"]))).toBe(false)
  const reply = said("r", "2026-03-01")
  const done = { answered: "2026-03-02", done: "2026-03-03", outcome: "changed" as const }
  expect(fits(SaidAndDone, reply)).toBe(true)
  expect(fits(SaidAndDone, { ...reply, ...done })).toBe(true)
  expect(fits(SaidAndDone, { ...reply, ...done, outcome: "not-changed" })).toBe(false)
  expect(fits(SaidAndDone, { ...reply, ...done, outcome: "not-changed", reason: "not-safe" })).toBe(true)
  expect(fits(SaidAndDone, { ...reply, ...done, answered: null })).toBe(false)
  expect(fits(SaidAndDone, { ...reply, ...done, outcome: null })).toBe(false)
  expect(fits(SaidAndDone, { ...reply, answered: "2026-02-01" })).toBe(false)
})
