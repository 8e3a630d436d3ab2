import { Schema } from "effect"
import { expect, test } from "vitest"
import { evidence, insight } from "../../test/learning-world.ts"
import { Community, CommunityMember } from "./community-events.ts"
import { Insight, InsightEvidence } from "./insight-events.ts"
import { learning } from "./module.ts"

test("options that make no sense are refused", () => {
  expect(() => learning({ thresholds: { aroundPeriods: 0 } })).toThrow(
    "thresholds.aroundPeriods is no length of time"
  )
  expect(() => learning({ thresholds: { reuseDays: 1.5 } })).toThrow(
    "thresholds.reuseDays is no length of time"
  )
  expect(() => learning({ similar: { themes: 0.6, family: 0.3, kind: 0.3 } })).toThrow("do not add up to 1")
  expect(() => learning({ similar: { themes: 1.5, family: -0.5, kind: 0 } })).toThrow("do not add up to 1")
  expect(() => learning({ families: { harm: ["falls"], flow: ["falls"] } })).toThrow(
    'the measure "falls" belongs to two families'
  )
  expect(learning().declares.map((one) => one.stream.name)).toEqual(["learning-setting"])
})

test("what one row alone can tell is told by its schema", () => {
  const fits = (schema: Schema.Constraint, row: unknown): boolean =>
    Schema.decodeUnknownResult(schema as Schema.Codec<unknown>)(row)._tag === "Success"
  expect(fits(Insight, insight("i"))).toBe(true)
  expect(fits(Insight, insight("i", { question: "why" }))).toBe(false)
  expect(fits(Insight, insight("i", { question: "why", answer: "so" }))).toBe(true)
  expect(fits(Insight, insight("i", { themes: ["a", "a"] }))).toBe(false)
  expect(fits(InsightEvidence, evidence("i", "figure", "falls"))).toBe(false)
  expect(fits(InsightEvidence, evidence("i", "figure", "falls", { unit: "oak", period: "2026-01-01" }))).toBe(
    true
  )
  expect(fits(InsightEvidence, evidence("i", "signal", "s", { unit: "oak" }))).toBe(false)
  const community = {
    id: "c",
    title: "Falls",
    themes: [],
    measures: ["falls"],
    status: "active",
    day: "2026-01-01"
  }
  expect(fits(Community, community)).toBe(true)
  expect(fits(Community, { ...community, measures: [] })).toBe(false)
  const member = { community: "c", microsystem: "oak", joined: "2026-02-01", left: "2026-01-01" }
  expect(fits(CommunityMember, member)).toBe(false)
})
