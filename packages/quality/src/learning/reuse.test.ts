import { defineModule } from "@plimsoll/core"
import { observations } from "@plimsoll/schema"
import { afterAll, beforeAll, expect, test } from "vitest"
import {
  evidence,
  figures,
  insight,
  lesson,
  monthly,
  reuse,
  steady,
  unit
} from "../../test/learning-world.ts"
import { World } from "../../test/world.ts"
import { control } from "../control/index.ts"
import { goals } from "../planning/goal-events.ts"
import { statistics } from "../statistics/module.ts"
import { agreedTries, communities, communityMembers, communitySessions } from "./community-events.ts"
import { insightEvidence, insights, learningQuestions } from "./insight-events.ts"
import { lessons, reuses } from "./lesson-events.ts"
import { learning } from "./module.ts"
import { interpretations, measureFamilies } from "./sense-events.ts"

/** A second module that takes in a stream which learning takes in, too. */
const another = defineModule({
  name: "another",
  version: 1,
  title: "Goals, counted",
  streams: [goals],
  views: `CREATE VIEW another.goals AS SELECT count(*) AS goals FROM current.goal;
    COMMENT ON VIEW another.goals IS 'How many.';
    COMMENT ON COLUMN another.goals.goals IS 'How many goals there are.';`
})

const today = "2026-06-15"
/** The day so many weeks before today. */
const weeksAgo = (weeks: number): string =>
  new Date(Date.parse(today) - weeks * 7 * 86_400_000).toISOString().slice(0, 10)

let world: World

/** Ten lessons of oak: six used by elm so many weeks after they were shared, four not used for so many weeks until today. */
const used = [2, 3, 5, 8, 13, 21]
const waiting = [30, 30, 45, 60]

beforeAll(async () => {
  world = await World.make([
    statistics(),
    control({ themes: [{ id: "waiting", title: "Waiting", measures: ["falls"] }] }),
    learning(),
    another
  ])
  await world.define(
    {
      microsystems: [
        unit("all", "organisation"),
        ...["oak", "elm", "ash", "fir", "bay", "yew"].map((id) => unit(id, "ward", "all"))
      ],
      measures: [monthly("falls")]
    },
    today
  )
  await world.feed(
    observations,
    ["oak", "elm", "ash"].flatMap((id) => figures("falls", id, [...steady(24), ...steady(8, 14)]))
  )
  await world.feed(lessons, [
    ...used.map((_, at) => lesson(`used-${at}`, { day: weeksAgo(70) })),
    ...waiting.map((weeks, at) => lesson(`waiting-${at}`, { day: weeksAgo(weeks), insights: [`i-${at}`] })),
    lesson("taken-back", { day: weeksAgo(5), status: "withdrawn" }),
    lesson("of-elm", { microsystem: "elm", day: weeksAgo(0) }),
    lesson("of-nobody", { microsystem: "nowhere" }),
    lesson("odd", { insights: ["ghost"], project: "ghost", microsystem: "yew", day: weeksAgo(0) })
  ])
  await world.feed(reuses, [
    ...used.map((weeks, at) => reuse(`r-${at}`, `used-${at}`, { day: weeksAgo(70 - weeks) })),
    reuse("again", "used-0", { day: weeksAgo(1), changed: true }),
    reuse("own", "waiting-0", { microsystem: "oak" }),
    reuse("on", "of-elm", { microsystem: "ash", day: today }),
    reuse("on-too", "of-elm", { microsystem: "fir", day: today }),
    reuse("direct", "used-4", { microsystem: "fir", day: today }),
    reuse("ghost", "no-such-lesson"),
    reuse("stray", "used-1", { microsystem: "nowhere", project: "ghost" })
  ])
  const opened = (await world.core.update()).signals
  const signal = opened.find((one) => one.microsystem === "oak" && one.rule === "shift")!.signal
  await world.feed(insights, [
    ...waiting.map((_, at) => insight(`i-${at}`, { day: weeksAgo(40 - at) })),
    insight("late", {
      day: today,
      question: "nobody-asked",
      answer: "yes",
      measure: "ghost",
      themes: ["ghost"]
    })
  ])
  await world.feed(insightEvidence, [
    evidence("late", "signal", signal, { day: today }),
    evidence("ghost", "note", "canary-note"),
    evidence("i-0", "signal", "no-such-signal")
  ])
  await world.feed(learningQuestions, [
    { id: "stray", title: "Where is it?", microsystem: "nowhere", day: today }
  ])
  await world.feed(communities, [
    { id: "falls", title: "Falls", themes: [], measures: ["falls"], status: "active", day: weeksAgo(80) },
    { id: "talk", title: "Talk", themes: ["waiting"], measures: [], status: "active", day: weeksAgo(80) },
    { id: "over", title: "Over", themes: ["ghost"], measures: ["falls"], status: "ended", day: weeksAgo(80) }
  ])
  await world.feed(communityMembers, [
    { community: "falls", microsystem: "elm", joined: weeksAgo(79), left: null },
    { community: "talk", microsystem: "fir", joined: weeksAgo(79), left: null },
    { community: "over", microsystem: "oak", joined: weeksAgo(79), left: null },
    { community: "talk", microsystem: "ash", joined: weeksAgo(79), left: weeksAgo(10) },
    { community: "ghost", microsystem: "elm", joined: weeksAgo(79), left: null }
  ])
  const session = (id: string, weeks: number) => ({
    id,
    community: "falls",
    units: ["oak", "elm"],
    day: weeksAgo(weeks)
  })
  await world.feed(communitySessions, [
    // used-2 is used five weeks after it was shared, 65 weeks ago; used-5 21 weeks after, 49 weeks ago.
    session("in-time", 70),
    session("too-late", 69),
    session("no-try", 60),
    session("young", 4),
    { ...session("stray", 4), community: "ghost", units: ["nowhere"] }
  ])
  const agreed = (id: string, of: string, microsystem = "elm") => ({
    session: id,
    microsystem,
    lesson: of,
    day: weeksAgo(4)
  })
  await world.feed(agreedTries, [
    agreed("in-time", "used-2"),
    agreed("in-time", "used-3", "fir"),
    agreed("too-late", "used-5"),
    agreed("young", "waiting-1"),
    agreed("ghost", "ghost")
  ])
  await world.feed(measureFamilies, [{ measure: "ghost", family: "flow", since: weeksAgo(80) }])
  await world.feed(interpretations, [
    {
      signal: "ghost",
      microsystem: "oak",
      kind: "measure",
      subject: "falls",
      unit: "elm",
      reading: "related",
      note: null,
      day: today
    },
    {
      signal: signal,
      microsystem: "elm",
      kind: "measure",
      subject: "falls",
      unit: "elm",
      reading: "related",
      note: null,
      day: today
    }
  ])
  await world.feed(goals, [
    {
      id: "g",
      title: "Fewer falls",
      microsystem: "oak",
      measure: "falls",
      needs: [],
      issues: [],
      insights: ["ghost"],
      override: null,
      baselineFrom: null,
      baselineUntil: null,
      target: 1,
      due: "2026-12-31",
      status: "active",
      day: "2026-02-01"
    }
  ])
  await world.compute()
}, 120_000)
afterAll(() => world.close())

test("check (c): used after 2 to 21 weeks and four not yet, the median is 17 weeks, and not 6.5", async () => {
  expect(
    await world.rows(
      `SELECT microsystem, cases::INTEGER AS cases, happened::INTEGER AS happened, waiting::INTEGER AS waiting, lower_quartile_weeks, median_weeks,
         upper_quartile_weeks, len(events)::INTEGER AS events FROM learning.lead_time WHERE step = 'lesson-to-reuse' AND microsystem = 'oak'`
    )
  ).toEqual([
    {
      microsystem: "oak",
      cases: 10,
      happened: 6,
      waiting: 4,
      lower_quartile_weeks: 5,
      median_weeks: 17,
      upper_quartile_weeks: null,
      events: 16
    }
  ])
})

test("from a signal to an insight to its use: what has not happened waits", async () => {
  expect(
    await world.rows(
      "SELECT step, cases::INTEGER AS cases, happened::INTEGER AS happened, median_weeks FROM learning.lead_time WHERE microsystem = 'oak' ORDER BY step"
    )
  ).toEqual([
    { step: "insight-to-reuse", cases: 5, happened: 0, median_weeks: null },
    { step: "lesson-to-reuse", cases: 10, happened: 6, median_weeks: 17 },
    { step: "signal-to-insight", cases: 1, happened: 1, median_weeks: 0 },
    { step: "signal-to-reuse", cases: 1, happened: 0, median_weeks: null }
  ])
})

test("the share of sessions that led to a use within 90 days counts those that are old enough", async () => {
  expect(
    await world.rows(
      "SELECT session, tries::INTEGER AS tries, led, ripe FROM learning.session ORDER BY session"
    )
  ).toEqual([
    { session: "in-time", tries: 2, led: true, ripe: true },
    { session: "no-try", tries: 0, led: false, ripe: true },
    { session: "too-late", tries: 1, led: false, ripe: true },
    { session: "young", tries: 1, led: false, ripe: false }
  ])
  const [row] = await world.rows(
    `SELECT units::INTEGER AS units, sessions::INTEGER AS sessions, ripe_sessions::INTEGER AS ripe, led_to_use::INTEGER AS led, share,
       round(low, 4) AS low, round(high, 4) AS high FROM learning.community WHERE community = 'falls'`
  )
  // Wilson's interval of 1 in 3, worked out by hand.
  expect(row).toEqual({ units: 1, sessions: 4, ripe: 3, led: 1, share: 1 / 3, low: 0.0615, high: 0.7923 })
})

test("units with the problem in no community of its topic are named, with those that they could join", async () => {
  // Elm belongs to the one for falls. Ash has left the one whose theme speaks of falls, and oak's is over.
  expect(
    await world.rows(
      "SELECT microsystem, measure, communities FROM learning.outside_community ORDER BY microsystem"
    )
  ).toEqual([
    { microsystem: "ash", measure: "falls", communities: ["falls", "talk"] },
    { microsystem: "oak", measure: "falls", communities: ["falls", "talk"] }
  ])
})

test("the reuse network tells who is isolated and who brokers", async () => {
  const rows = await world.rows(
    `SELECT microsystem, gives_to::INTEGER AS gives_to, takes_from::INTEGER AS takes_from, brokered_pairs::INTEGER AS brokered, isolated
     FROM learning.reuse_unit ORDER BY microsystem`
  )
  // Through elm alone ash learns from oak; fir has it from oak itself.
  expect(rows.map((row) => Object.values(row))).toEqual([
    ["ash", 0, 1, 0, false],
    ["bay", 0, 0, 0, true],
    ["elm", 2, 1, 1, false],
    ["fir", 0, 2, 0, false],
    ["oak", 2, 0, 0, false],
    ["yew", 0, 0, 0, true]
  ])
})

test("what does not fit is named and counts for nothing, and of evidence nothing is named", async () => {
  const rows = await world.rows(
    "SELECT stream, id, reason, names FROM learning.refused WHERE reason <> 'no-evidence' ORDER BY ALL"
  )
  expect(
    rows.map((row) => [row["stream"], row["id"], row["reason"], ...(row["names"] as string[])].join(" "))
  ).toEqual([
    "agreed-try ghost unknown-lesson ghost",
    "agreed-try ghost unknown-session ghost",
    "community over unknown-theme ghost",
    "community-member ghost unknown-community ghost",
    "community-session stray unknown-community ghost",
    "community-session stray unknown-unit nowhere",
    "goal g unknown-insight ghost",
    "insight late unknown-measure ghost",
    "insight late unknown-question nobody-asked",
    "insight late unknown-theme ghost",
    "insight-evidence ghost unknown-evidence",
    "insight-evidence ghost unknown-insight ghost",
    "insight-evidence i-0 unknown-evidence",
    expect.stringMatching(/^interpretation [0-9a-f]{24} other-unit elm$/),
    "interpretation ghost unknown-signal ghost",
    "learning-question stray unknown-unit nowhere",
    "lesson odd unknown-insight ghost",
    "lesson odd unknown-project ghost",
    "lesson of-nobody unknown-unit nowhere",
    "measure-family ghost unknown-measure ghost",
    "reuse ghost unknown-lesson no-such-lesson",
    "reuse own own-lesson waiting-0",
    "reuse stray unknown-project ghost",
    "reuse stray unknown-unit nowhere"
  ])
  expect(
    await world.rows("SELECT reuse FROM learning.reuse WHERE reuse IN ('own', 'ghost', 'stray')")
  ).toEqual([])
})

test("two modules take in one stream, and both see its rows", async () => {
  expect(await world.rows("SELECT goals::INTEGER AS goals FROM another.goals")).toEqual([{ goals: 1 }])
  expect(await world.rows("SELECT id FROM learning.open_text WHERE kind = 'goal'")).toEqual([{ id: "g" }])
})
