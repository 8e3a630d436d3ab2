import { measure, observations, sql } from "@plimsoll/schema"
import { afterAll, beforeAll, expect, test } from "vitest"
import { codesignWorld, story } from "../../test/codesign-world.ts"
import { link, node, unit } from "../../test/vision-graph.ts"
import type { World } from "../../test/world.ts"
import { type Coding, codings } from "../control/events.ts"
import { visionLinks, visionNodes } from "../vision/events.ts"
import { type StoryConsent, storyConsents, storyFacts } from "./events.ts"

const waits = measure({
  id: "waits",
  version: 1,
  title: "Days of waiting",
  from: observations,
  where: sql`measure = 'waits'`,
  at: "day",
  period: "day",
  microsystem: sql`microsystem`,
  numerator: sql`numerator`,
  empty: "missing",
  chart: "xmr",
  direction: "down",
  kind: "outcome",
  class: "open"
})
const dayOf = (number: number): string => new Date(Date.UTC(2026, 0, 1 + number)).toISOString().slice(0, 10)
const days = Array.from({ length: 33 }, (_, day) => day)

/** 24 steady days, then eight better ones, or none; one more, so that the last of them is over. */
const figures = (microsystem: string, isBetter: boolean) =>
  days.map((day) => ({
    microsystem,
    measure: "waits",
    day: dayOf(day),
    numerator: `${isBetter && day >= 24 ? 7 : 10 + (day % 2)}.000000`,
    denominator: null
  }))

const words = (microsystem: string, isLess: boolean): ReadonlyArray<Coding> =>
  days.flatMap((day) =>
    Array.from({ length: 20 }, (_, at) => ({
      note: `${microsystem}-${day}-${at}`,
      pass: "first" as const,
      coder: "c",
      microsystem,
      day: dayOf(day),
      themes: at < (isLess && day >= 24 ? 2 : 9 + (day % 3)) ? ["waiting"] : [],
      cannotBeCoded: false
    }))
  )

let world: World
beforeAll(async () => {
  world = await codesignWorld(
    {},
    {
      themes: [
        { id: "waiting", title: "Waiting", measures: ["waits"], class: "open" },
        { id: "food", title: "Food", class: "open" }
      ],
      period: "day"
    }
  )
  await world.define(
    { microsystems: ["oak", "elm", "ash", "fir", "new"].map(unit), measures: [waits] },
    dayOf(100)
  )
  await world.feed(visionNodes, [
    node("g", "goal"),
    node("own", "goal", { owner: "new" }),
    node("bare", "goal"),
    node("mute", "goal"),
    node("waits", "measure"),
    node("falls", "measure"),
    node("n", "need"),
    node("n2", "need"),
    node("n3", "need"),
    node("n4", "need"),
    node("n5", "need")
  ])
  await world.feed(visionLinks, [
    link("g", "n"),
    link("own", "n2"),
    link("bare", "n3"),
    link("mute", "n4"),
    link("waits", "g"),
    link("waits", "own"),
    link("falls", "mute")
  ])
  await world.feed(observations, [
    ...figures("oak", true),
    ...figures("elm", true),
    ...figures("ash", false),
    ...figures("fir", false)
  ])
  await world.feed(codings, [
    ...words("oak", true),
    ...words("elm", false),
    ...words("ash", true),
    ...words("fir", false)
  ])
  await world.feed(storyFacts, [story("s1", { day: dayOf(20), themes: ["waiting", "food"] })])
  await world.feed(storyConsents, [
    { id: "s1", microsystem: "oak", state: "given", day: dayOf(21) } satisfies StoryConsent
  ])
  await world.compute()
})
afterAll(() => world.close())

test("a need is met where the measure of its goal improved and its theme fell; else it is said which is missing", async () => {
  const rows = await world.rows(
    "SELECT need, microsystem, met, verdict, improved_since, fell_since, words FROM codesign.need_met ORDER BY need, microsystem"
  )
  const improved = "the measure of its goal has improved"
  expect(rows).toEqual([
    {
      need: "n",
      microsystem: "ash",
      met: false,
      verdict: "figures-missing",
      improved_since: null,
      fell_since: dayOf(24),
      words: "the measure of its goal has not improved, but people speak of it less"
    },
    {
      need: "n",
      microsystem: "elm",
      met: false,
      verdict: "words-missing",
      improved_since: dayOf(24),
      fell_since: null,
      words: `${improved}, but people do not speak of it less`
    },
    {
      need: "n",
      microsystem: "fir",
      met: false,
      verdict: "both-missing",
      improved_since: null,
      fell_since: null,
      words: "the measure of its goal has not improved, and people do not speak of it less"
    },
    {
      need: "n",
      microsystem: "oak",
      met: true,
      verdict: "met",
      improved_since: dayOf(24),
      fell_since: dayOf(24),
      words: `${improved}, and people speak of it less`
    },
    {
      need: "n2",
      microsystem: "new",
      met: false,
      verdict: "both-missing",
      improved_since: null,
      fell_since: null,
      words: "the measure of its goal cannot be judged yet, and what people say of it cannot be judged yet"
    },
    ...(
      [
        ["n3", "no-measure", "its goal has no measure"],
        ["n4", "no-theme", "no theme speaks of the measures of its goal"],
        ["n5", "no-goal", "no goal answers it"]
      ] as const
    ).map(([need, verdict, said]) => ({
      need,
      microsystem: null,
      met: false,
      verdict,
      improved_since: null,
      fell_since: null,
      words: said
    }))
  ])
})

test("stories stand by theme beside what words and figures show", async () => {
  expect(
    await world.rows(
      "SELECT microsystem, theme, quarter, stories::INTEGER AS stories, words_move, measure, figures_move FROM codesign.theme ORDER BY microsystem, theme"
    )
  ).toEqual(
    (
      [
        ["ash", "food", 0, "no-run", null, null],
        ["ash", "waiting", 0, "fell", "waits", "no-run"],
        ["elm", "food", 0, "no-run", null, null],
        ["elm", "waiting", 0, "no-run", "waits", "improved"],
        ["fir", "food", 0, "no-run", null, null],
        ["fir", "waiting", 0, "no-run", "waits", "no-run"],
        ["oak", "food", 1, "no-run", null, null],
        ["oak", "waiting", 1, "fell", "waits", "improved"]
      ] as const
    ).map(([microsystem, theme, told, words_move, of, figures_move]) => ({
      microsystem,
      theme,
      quarter: dayOf(0),
      stories: told,
      words_move,
      measure: of,
      figures_move
    }))
  )
})
