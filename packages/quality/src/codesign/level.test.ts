import { afterAll, beforeAll, expect, test } from "vitest"
import {
  codesignWorld,
  contribution,
  decision,
  engagement,
  people,
  publishedRows
} from "../../test/codesign-world.ts"
import { node, unit } from "../../test/vision-graph.ts"
import type { World } from "../../test/world.ts"
import { standards } from "../assurance/events.ts"
import { projects } from "../improvement/project-events.ts"
import { goals } from "../planning/goal-events.ts"
import { visionNodes } from "../vision/events.ts"
import { codesignContributions, codesignDecisions, engagementParticipants, engagements } from "./events.ts"

const goal = (subject: string) => ({ subjectKind: "goal" as const, subject })
const project = { subjectKind: "project" as const, subject: "w" }
let world: World

beforeAll(async () => {
  world = await codesignWorld()
  await world.define({ microsystems: [unit("oak"), unit("elm")] }, "2026-06-15")
  await world.feed(visionNodes, [
    ...["g", "h", "one", "late", "led", "alone", "quiet"].map((id) => node(id, "goal")),
    node("w", "work", { owner: "elm" }),
    node("old", "goal", { status: "retired" })
  ])
  await world.feed(standards, [
    { id: "s", title: "Standard s", edition: "1", source: "us", sourceLicence: "ours", since: "2026-01-01" }
  ])
  await world.feed(engagements, [
    engagement("staff-day", { claimed: "co-produce" }),
    engagement("nobody", { claimed: "consult", stage: "evaluate" }),
    engagement("h1", { ...goal("h"), stage: "define", claimed: "co-produce" }),
    engagement("h2", { ...goal("h"), stage: "deliver", claimed: "co-produce", microsystem: "elm" }),
    engagement("h3", { ...goal("h"), stage: "develop", claimed: "involve" }),
    engagement("h4", { ...goal("h"), stage: "evaluate", claimed: "inform" }),
    engagement("one1", { ...goal("one"), stage: "define", claimed: "co-produce" }),
    engagement("late1", { ...goal("late"), stage: "develop", claimed: "co-produce" }),
    engagement("late2", { ...goal("late"), stage: "deliver", claimed: "co-produce" }),
    engagement("led1", { ...goal("led"), stage: "define", claimed: "led-by-people" }),
    engagement("led2", { ...goal("led"), stage: "develop", claimed: "led-by-people" }),
    engagement("led3", { ...goal("led"), stage: "deliver", claimed: "led-by-people" }),
    engagement("led4", { ...goal("led"), stage: "evaluate", claimed: "led-by-people" }),
    engagement("w1", { ...project, stage: "discover", claimed: "collaborate" }),
    engagement("to-come", { ...goal("quiet"), day: "2026-07-01" })
  ])
  await world.feed(engagementParticipants, [
    people("staff-day", "staff", 12),
    people("staff-day", "service-user", 0),
    ...["h1", "h2", "h3", "h4", "one1", "late1", "late2", "led1", "led4"].flatMap((id) => [
      people(id, "service-user", 6),
      people(id, "staff", 2)
    ]),
    people("led2", "service-user", 3),
    people("led2", "staff", 3),
    people("led3", "community", 9),
    people("w1", "family", 4)
  ])
  await world.feed(codesignContributions, [
    contribution("s1", "staff-day", "staff"),
    ...["h1", "h2", "one1", "late1", "late2", "led1", "led2", "led3", "led4"].map((id) =>
      contribution(`c-${id}`, id, "service-user")
    ),
    contribution("s-led3", "led3", "staff"),
    contribution("c-w1", "w1", "family")
  ])
  await world.feed(codesignDecisions, [
    decision("d1", ["s1"]),
    decision("d2", ["c-h1", "c-h2"], goal("h")),
    decision("d3", ["c-one1"], goal("one")),
    decision("d4", ["c-late1"], goal("late")),
    decision("d5", ["c-late2"], { ...goal("late"), changed: false }),
    decision("d6", ["c-led1", "c-led2", "c-led3"], goal("led")),
    decision("d7", ["s-led3"], goal("led")),
    decision("d8", ["c-led4"], { ...goal("led"), changed: false }),
    // On another subject than the engagement: it counts as influence, and as no evidence for the project.
    decision("d9", ["c-w1"], { ...goal("quiet"), microsystem: "elm" }),
    decision("d10", [], { microsystem: "elm" })
  ])
  await world.compute()
})
afterAll(() => world.close())

test("a claim holds as far as the events show, and what is missing is said", async () => {
  const rows = await world.rows(
    "SELECT subject, stage, claimed, reached, capped, reason FROM codesign.level ORDER BY subject, stage"
  )
  const capped = (
    subject: string,
    stage: string,
    claimed: string,
    reached: string,
    reason: string | null
  ) => ({ subject, stage, claimed, reached, capped: reason !== null, reason })
  expect(rows).toEqual([
    capped("g", "discover", "co-produce", "inform", "only-staff"),
    capped("g", "evaluate", "consult", "inform", "nobody"),
    capped("h", "define", "co-produce", "co-produce", null),
    capped("h", "deliver", "co-produce", "co-produce", null),
    capped("h", "develop", "involve", "consult", "no-contribution"),
    capped("h", "evaluate", "inform", "inform", null),
    capped("late", "deliver", "co-produce", "collaborate", "not-at-define"),
    capped("late", "develop", "co-produce", "collaborate", "not-at-define"),
    capped("led", "define", "led-by-people", "led-by-people", null),
    capped("led", "deliver", "led-by-people", "co-produce", "decided-without"),
    capped("led", "develop", "led-by-people", "co-produce", "outnumbered"),
    capped("led", "evaluate", "led-by-people", "co-produce", "nothing-changed"),
    capped("one", "define", "co-produce", "collaborate", "one-stage"),
    capped("w", "discover", "collaborate", "involve", "no-decision")
  ])
})

test("co-produced by staff alone is inform, in words, with its events and without a count", async () => {
  const [row] = await world.rows<{ events: ReadonlyArray<string> }>(
    "SELECT words, microsystems, events FROM codesign.level WHERE subject = 'g' AND stage = 'discover'"
  )
  expect(row).toMatchObject({
    words: "claimed co-produce, reached inform: all who took part are staff",
    microsystems: ["oak"]
  })
  expect([...new Set(row!.events.map((one) => one.split("/")[0]))]).toEqual([
    "decision",
    "engagement-participants",
    "engagement"
  ])
})

test("influence is the decisions changed of those with input, by whose input it was", async () => {
  const rows = await world.rows(
    `SELECT microsystem, whose, decisions::INTEGER AS decisions, with_input::INTEGER AS with_input, changed::INTEGER AS changed,
       round(rate, 4) AS rate, round(low, 4) AS low, round(high, 4) AS high
     FROM codesign.influence WHERE whose IN ('people', 'anyone', 'community') AND (microsystem IS NULL OR whose = 'people') ORDER BY ALL`
  )
  expect(rows).toEqual([
    // One of one: Wilson's interval begins at 1 / (1 + 1.96²).
    {
      microsystem: "elm",
      whose: "people",
      decisions: 2,
      with_input: 1,
      changed: 1,
      rate: 1,
      low: 0.2065,
      high: 1
    },
    {
      microsystem: "oak",
      whose: "people",
      decisions: 8,
      with_input: 6,
      changed: 4,
      rate: 0.6667,
      low: 0.3,
      high: 0.9032
    },
    {
      microsystem: null,
      whose: "anyone",
      decisions: 10,
      with_input: 9,
      changed: 7,
      rate: 0.7778,
      low: 0.4526,
      high: 0.9368
    },
    {
      microsystem: null,
      whose: "community",
      decisions: 10,
      with_input: 0,
      changed: 0,
      rate: null,
      low: null,
      high: null
    },
    {
      microsystem: null,
      whose: "people",
      decisions: 10,
      with_input: 7,
      changed: 5,
      rate: 0.7143,
      low: 0.3589,
      high: 0.9178
    }
  ])
})

test("who shaped what is told in capacities", async () => {
  expect(
    await world.rows(
      "SELECT decision, capacities, engagements, with_input, changed, len(events) AS events FROM codesign.decision WHERE decision IN ('d2', 'd7', 'd10') ORDER BY decision"
    )
  ).toEqual([
    { decision: "d10", capacities: [], engagements: [], with_input: false, changed: null, events: "1" },
    {
      decision: "d2",
      capacities: ["service-user"],
      engagements: ["h1", "h2"],
      with_input: true,
      changed: true,
      events: "3"
    },
    {
      decision: "d7",
      capacities: ["staff"],
      engagements: ["led3"],
      with_input: true,
      changed: true,
      events: "2"
    }
  ])
})

test("the matrix is over all that holds, and says in how much nobody had a say", async () => {
  const [all] = await world.rows(
    `SELECT count(*) AS cells, count(DISTINCT (subject_kind, subject)) AS subjects, bool_or(subject = 'old') AS retired FROM codesign.matrix`
  )
  expect(all).toEqual({ cells: String(9 * 4 * 5), subjects: "9", retired: false })
  expect(
    await world.rows(
      "SELECT stage, took_part, contributed, shaped FROM codesign.matrix WHERE subject = 'h' AND capacity = 'service-user' ORDER BY stage"
    )
  ).toEqual([
    { stage: "define", took_part: true, contributed: true, shaped: true },
    { stage: "deliver", took_part: true, contributed: true, shaped: true },
    { stage: "develop", took_part: true, contributed: false, shaped: false },
    { stage: "discover", took_part: false, contributed: false, shaped: false },
    { stage: "evaluate", took_part: true, contributed: false, shaped: false }
  ])
  expect(
    await world.rows(
      `SELECT subject_kind, whose, stage, subjects::INTEGER AS subjects, without::INTEGER AS without FROM codesign.matrix_share
       WHERE whose = 'people' AND (stage IS NULL OR (stage = 'define' AND subject_kind IS NULL)) ORDER BY ALL`
    )
  ).toEqual([
    { subject_kind: "goal", whose: "people", stage: null, subjects: 7, without: 3 },
    { subject_kind: "project", whose: "people", stage: null, subjects: 1, without: 0 },
    { subject_kind: "standard", whose: "people", stage: null, subjects: 1, without: 1 },
    { subject_kind: null, whose: "people", stage: "define", subjects: 9, without: 6 },
    { subject_kind: null, whose: "people", stage: null, subjects: 9, without: 4 }
  ])
  expect(
    await world.rows("SELECT missing, subject, words FROM codesign.missing ORDER BY missing, subject")
  ).toEqual([
    { missing: "nobody", subject: "alone", words: 'Nobody had a say in "Title of alone".' },
    { missing: "nobody", subject: "quiet", words: 'Nobody had a say in "Title of quiet".' },
    { missing: "nobody", subject: "s", words: 'Nobody had a say in "Standard s".' },
    { missing: "only-staff", subject: "g", words: 'Only staff had a say in "Title of g".' }
  ])
})

test("an event more raises what is reached, and one taken back lowers it", async () => {
  const reached = async (subject: string) =>
    (
      await world.rows<{ reached: string }>(
        `SELECT reached FROM codesign.level WHERE subject = '${subject}' AND claimed = 'co-produce' ORDER BY stage`
      )
    ).map((one) => one.reached)
  await world.feed(engagements, [
    engagement("one2", { ...goal("one"), stage: "deliver", claimed: "co-produce" })
  ])
  await world.feed(codesignContributions, [contribution("c-one2", "one2", "community")])
  await world.compute()
  expect(await reached("one")).toEqual(["collaborate", "involve"])
  await world.feed(codesignDecisions, [decision("d11", ["c-one2"], goal("one"))])
  await world.compute()
  expect(await reached("one")).toEqual(["co-produce", "co-produce"])
  await world.remove(codesignDecisions, [{ id: "d11", microsystem: "oak" }])
  await world.compute()
  expect(await reached("one")).toEqual(["collaborate", "involve"])
})

test("goals of planning and projects of improvement are subjects, once each", async () => {
  const planned = {
    title: "Planned",
    microsystem: "oak",
    measure: "m",
    needs: [],
    issues: [],
    insights: [],
    override: null,
    baselineFrom: null,
    baselineUntil: null,
    target: 1,
    due: "2027-01-01",
    status: "active" as const,
    day: "2026-01-01"
  }
  await world.feed(goals, [
    { ...planned, id: "g" },
    { ...planned, id: "p-goal" },
    { ...planned, id: "p-old", status: "retired" }
  ])
  await world.feed(projects, [
    {
      id: "p-project",
      title: "Project",
      microsystem: "oak",
      goal: "p-goal",
      intervention: null,
      lesson: null,
      started: "2026-02-01",
      ended: null
    }
  ])
  await world.compute()
  expect(
    await world.rows(
      "SELECT subject_kind, subject FROM codesign.missing WHERE missing = 'nobody' AND subject LIKE 'p-%' ORDER BY subject"
    )
  ).toEqual([
    { subject_kind: "goal", subject: "p-goal" },
    { subject_kind: "project", subject: "p-project" }
  ])
  expect(
    await world.rows(
      "SELECT DISTINCT title FROM codesign.level WHERE subject = 'g' AND subject_kind = 'goal'"
    )
  ).toEqual([{ title: "Title of g" }])
})

test("a replay of the log gives the same rows, with the same events behind them", async () => {
  const before = await publishedRows(world, { schema: "codesign" })
  expect(before.length).toBeGreaterThan(200)
  const again = await world.open("again")
  try {
    await again.update()
    await again.publish(world.published)
    expect(await publishedRows(world, { schema: "codesign" })).toEqual(before)
  } finally {
    await again.close()
  }
})
