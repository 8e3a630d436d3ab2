import { PlimsollError } from "@plimsoll/schema"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { codesignWorld, engagement, inside, people, publishedRows } from "../../test/codesign-world.ts"
import { node, unit } from "../../test/vision-graph.ts"
import type { World } from "../../test/world.ts"
import { visionNodes } from "../vision/events.ts"
import { engagementParticipants, engagements } from "./events.ts"
import { codesign } from "./module.ts"

const quintiles = [1, 2, 3, 4, 5].map((number) => `quintile-${number}`)
const byQuintile = (of: string, counts: ReadonlyArray<number>) =>
  counts.map((count, at) => people(of, "service-user", count, ["deprivation", quintiles[at]!]))

describe("a group that hardly takes part", () => {
  let world: World
  /** All that is published of co-design, but for the places of events. */
  const published = async (): Promise<string> =>
    JSON.stringify(await publishedRows(world, { schema: "codesign", events: false }))

  beforeAll(async () => {
    world = await codesignWorld({
      population: [
        ...quintiles.map((group) => ({ dimension: "deprivation", group, share: 0.2 })),
        { dimension: "age", group: "under-65", people: 30_000 },
        { dimension: "age", group: "over-65", people: 10_000 }
      ]
    })
    await world.define({ microsystems: ["oak", "elm"].map(unit) }, "2026-06-15")
    await world.feed(visionNodes, [node("g", "goal")])
    await world.feed(engagements, [
      engagement("now", { day: "2025-11-03" }),
      engagement("elsewhere", { day: "2025-12-03", microsystem: "elm" }),
      engagement("too-new", { day: "2026-06-02" }),
      engagement("big", { day: "2024-03-03" }),
      engagement("small", { day: "2023-03-03" })
    ])
    await world.feed(engagementParticipants, [
      people("now", "service-user", 80),
      ...byQuintile("now", [4, 19, 19, 19, 19]),
      people("now", "staff", 30, ["deprivation", "quintile-5"]),
      people("elsewhere", "staff", 30, ["deprivation", "quintile-1"]),
      ...byQuintile("too-new", [50, 0, 0, 0, 0]),
      ...byQuintile("big", [10, 30, 40, 20, 0]),
      people("big", "family", 75, ["age", "under-65"]),
      people("big", "community", 25, ["age", "over-65"]),
      ...byQuintile("small", [9, 40, 40, 40, 40]),
      people("small", "service-user", 300, ["age", "under-65"]),
      people("small", "service-user", 100, ["age", "over-65"])
    ])
    await world.compute()
  })
  afterAll(() => world.close())

  test("is told as under-represented, in words", async () => {
    const rows = await world.rows(
      `SELECT microsystem, "group", verdict, flagged, words FROM codesign.representation
       WHERE dimension = 'deprivation' AND "group" IN ('quintile-1', 'quintile-2') ORDER BY microsystem NULLS FIRST, "group"`
    )
    const under = {
      verdict: "under-represented",
      flagged: true,
      words: "fewer took part than their share of the population: the 95 % interval lies below it"
    }
    const alike = {
      verdict: "not-told-apart",
      flagged: false,
      words: "cannot be told apart from their share of the population"
    }
    const notKnown = {
      verdict: "not-known",
      flagged: false,
      words: "nobody has counted who took part by deprivation"
    }
    expect(rows).toEqual([
      { microsystem: null, group: "quintile-1", ...under },
      { microsystem: null, group: "quintile-2", ...alike },
      { microsystem: "elm", group: "quintile-1", ...notKnown },
      { microsystem: "elm", group: "quintile-2", ...notKnown },
      { microsystem: "oak", group: "quintile-1", ...under },
      { microsystem: "oak", group: "quintile-2", ...alike }
    ])
    expect(
      await world.rows("SELECT microsystem, words FROM codesign.missing WHERE missing = 'group' ORDER BY ALL")
    ).toEqual([
      {
        microsystem: "oak",
        words: "Of deprivation, the group quintile-1 took part less than its share of the population."
      },
      {
        microsystem: null,
        words: "Of deprivation, the group quintile-1 took part less than its share of the population."
      }
    ])
  })

  test("has its figures told for a year in which every group of every dimension is nobody, or large", async () => {
    expect(
      await world.rows(
        `SELECT dimension, "group", people::INTEGER AS people, participants::INTEGER AS participants, round(ratio, 4) AS ratio,
           round(low, 4) AS low, round(high, 4) AS high, verdict FROM codesign.representation_year
         WHERE year = '2024-01-01' AND "group" IN ('quintile-1', 'quintile-5', 'over-65') ORDER BY ALL`
      )
    ).toEqual([
      // Wilson: 25 of 100 is 17.55 % to 34.30 %, over a population of one in four; 10 of 100 is 5.52 % to 17.44 %, over one in five.
      {
        dimension: "age",
        group: "over-65",
        people: 25,
        participants: 100,
        ratio: 1,
        low: 0.7018,
        high: 1.3722,
        verdict: "not-told-apart"
      },
      {
        dimension: "deprivation",
        group: "quintile-1",
        people: 10,
        participants: 100,
        ratio: 0.5,
        low: 0.2761,
        high: 0.8718,
        verdict: "under-represented"
      },
      {
        dimension: "deprivation",
        group: "quintile-5",
        people: 0,
        participants: 100,
        ratio: 0,
        low: 0,
        high: 0.185,
        verdict: "under-represented"
      }
    ])
    // 4 of one group in 2025, 9 in 2023: nothing is told of these years, not of their other dimension either.
    expect(
      await world.rows(
        `SELECT year, count(*)::INTEGER AS rows, count(people)::INTEGER AS people, count(participants)::INTEGER AS participants,
           count(ratio)::INTEGER AS ratios, count(low)::INTEGER AS low, count(high)::INTEGER AS high, bool_and(hidden) AS hidden
         FROM codesign.representation_year WHERE year <> '2024-01-01' GROUP BY year ORDER BY year`
      )
    ).toEqual(
      ["2023-01-01", "2025-01-01"].map((year) => ({
        year,
        rows: 7,
        people: 0,
        participants: 0,
        ratios: 0,
        low: 0,
        high: 0,
        hidden: true
      }))
    )
  })

  test("cannot be counted from anything that is published: other counts give the same file", async () => {
    const before = await published()
    expect(before).toContain("under-represented")
    await world.feed(engagementParticipants, [
      people("now", "service-user", 94),
      ...byQuintile("now", [6, 22, 22, 22, 22])
    ])
    await world.compute()
    expect(await published()).toBe(before)
    // The words are not the same whatever comes: who is no longer missing is not told as missing.
    await world.feed(engagementParticipants, byQuintile("now", [19, 19, 19, 19, 19]))
    await world.compute()
    expect(await published()).not.toBe(before)
    await world.feed(engagementParticipants, [
      people("now", "service-user", 80),
      ...byQuintile("now", [4, 19, 19, 19, 19])
    ])
    await world.compute()
    expect(await published()).toBe(before)
  })

  test("has its exact figures inside, where nobody is served from", async () => {
    const [row] = await inside(
      world,
      `SELECT people::INTEGER AS people, participants::INTEGER AS participants, share, ratio, round(low, 4) AS low, round(high, 4) AS high, verdict
       FROM codesign.representation_figure WHERE span = 'last-12-months' AND microsystem IS NULL AND "group" = 'quintile-1'`
    )
    expect(row).toEqual({
      people: 4,
      participants: 80,
      share: 0.05,
      ratio: 0.25,
      low: 0.0981,
      high: 0.6081,
      verdict: "under-represented"
    })
  })
})

test("a population that does not fit is refused when the config is read", () => {
  const refusal = (group: object): unknown => {
    try {
      codesign({ population: [{ dimension: "age", group: "old", ...group }] })
    } catch (cause) {
      return cause instanceof PlimsollError ? [cause.code, cause.configPath] : cause
    }
    return "it was taken"
  }
  for (const group of [{}, { share: 0.2, people: 3 }, { share: 0 }, { share: 1.1 }, { people: 0 }]) {
    expect(refusal(group)).toEqual(["codesign-invalid", "codesign.population[0]"])
  }
  expect(refusal({ share: 0.2 })).toBe("it was taken")
})
