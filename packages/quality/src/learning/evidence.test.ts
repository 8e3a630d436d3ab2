import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { observations } from "@plimsoll/schema"
import { afterAll, beforeAll, expect, test } from "vitest"
import {
  evidence,
  figures,
  insight,
  learningWorld,
  lesson,
  month,
  monthly,
  reuse,
  steady,
  unit
} from "../../test/learning-world.ts"
import type { World } from "../../test/world.ts"
import { storyConsents, storyFacts } from "../codesign/events.ts"
import { codings } from "../control/events.ts"
import { type Goal, goals } from "../planning/goal-events.ts"
import { insightEvidence, insights, learningQuestions } from "./insight-events.ts"
import { lessons, reuses } from "./lesson-events.ts"

let world: World
let falls = ""

const goal = (id: string, rest: Partial<Goal> = {}): Goal => ({
  id,
  title: `Goal ${id}`,
  microsystem: "ash",
  measure: "falls",
  needs: [],
  issues: [],
  insights: [],
  override: null,
  baselineFrom: null,
  baselineUntil: null,
  target: 1,
  due: "2026-12-31",
  status: "active",
  day: "2026-02-01",
  ...rest
})

const story = (id: string) => ({
  id,
  microsystem: "oak",
  day: "2025-11-02",
  themes: ["waiting"],
  source: "interview"
})
const consent = (id: string, state: "given" | "withdrawn") => ({
  id,
  microsystem: "oak",
  state,
  day: state === "given" ? "2025-11-03" : "2026-03-03"
})

/** Falls at oak: steady, then eight months higher; the last steady again where the slip was an error. */
const slip = (mistaken: boolean) => [
  ...steady(24),
  ...steady(8, 14).map((value, at) => (mistaken ? steady(8)[at]! : value))
]

beforeAll(async () => {
  world = await learningWorld({}, { themes: [{ id: "waiting", title: "Waiting", measures: ["falls"] }] })
  await world.define(
    {
      microsystems: [unit("oak"), unit("elm"), unit("ash"), unit("fir")],
      measures: [monthly("falls")]
    },
    "2026-06-15"
  )
  await world.feed(observations, figures("falls", "oak", slip(false)))
  const opened = (await world.core.update()).signals
  falls = opened.find((one) => one.rule === "shift" && one.variation === "concern")!.signal
  await world.feed(storyFacts, ["canary-a", "canary-b", "canary-c", "canary-d"].map(story))
  await world.feed(storyConsents, [
    // Taken back, while another story of the same insight may be used.
    consent("canary-a", "given"),
    consent("canary-a", "withdrawn"),
    consent("canary-b", "given"),
    consent("canary-d", "given")
  ])
  await world.feed(codings, [
    {
      note: "canary-note",
      pass: "first",
      coder: "canary-coder",
      microsystem: "oak",
      day: "2025-11-20",
      themes: ["waiting"],
      cannotBeCoded: false
    }
  ])
  await world.feed(learningQuestions, [
    { id: "why-at-night", title: "Why do people fall at night?", microsystem: "oak", day: "2025-12-01" },
    { id: "why-by-day", title: "Why do people fall by day?", microsystem: "oak", day: "2025-12-01" }
  ])
  await world.feed(insights, [
    insight("both", { measure: "falls", question: "why-at-night", answer: "lighting" }),
    insight("story-only"),
    insight("numbers-only"),
    insight("nothing", { question: "why-at-night", answer: "medicines" }),
    insight("no-consent"),
    insight("noted", { question: "why-at-night", answer: "staffing", microsystem: "elm" }),
    insight("by-lesson", { microsystem: "elm" }),
    insight("round", { microsystem: "elm" }),
    insight("leaning", { microsystem: "elm" })
  ])
  await world.feed(insightEvidence, [
    evidence("both", "signal", falls),
    evidence("both", "story", "canary-a"),
    evidence("both", "story", "canary-d"),
    evidence("story-only", "story", "canary-b"),
    evidence("numbers-only", "figure", "falls", { unit: "oak", period: month(25) }),
    evidence("no-consent", "story", "canary-c"),
    evidence("noted", "note", "canary-note"),
    evidence("by-lesson", "lesson", "l-both"),
    evidence("round", "lesson", "l-round"),
    evidence("leaning", "note", "canary-note"),
    evidence("leaning", "lesson", "l-numbers")
  ])
  await world.feed(lessons, [
    lesson("l-both", { insights: ["both"] }),
    lesson("l-halves", { insights: ["story-only", "numbers-only"] }),
    lesson("l-numbers", { insights: ["numbers-only"] }),
    lesson("l-none", { worked: null }),
    lesson("l-round", { insights: ["round"], microsystem: "elm" })
  ])
  await world.feed(reuses, [
    reuse("r1", "l-both"),
    reuse("r2", "l-both", { microsystem: "fir" }),
    reuse("r3", "l-numbers")
  ])
  await world.feed(goals, [
    goal("g-good", { insights: ["both"] }),
    goal("g-partial", { insights: ["story-only"] }),
    goal("g-answered-for", { insights: ["story-only"], override: "canary-person" }),
    goal("g-empty", { insights: ["nothing"], override: "canary-person" }),
    goal("g-retired", { insights: ["story-only"], status: "retired" })
  ])
  await world.compute()
}, 120_000)
afterAll(() => world.close())

const grades = () =>
  world
    .rows("SELECT insight, grade, fell FROM learning.insight ORDER BY insight")
    .then((rows) => rows.map((row) => [row["insight"], row["grade"], row["fell"]]))
const told = () =>
  world.rows<{
    microsystem: string
    kind: string
    id: string
    used: string
    grade: string
    reasons: string[]
  }>("SELECT microsystem, kind, id, used, grade, reasons FROM learning.told ORDER BY kind, id, used")
const openSignals = () =>
  world.rows(
    `SELECT measure AS subject, microsystem FROM plimsoll.signal
     WHERE rule = 'learning/evidence-withdrawn' AND state = 'opened' ORDER BY ALL`
  )

test("numbers and words make an insight triangulated, one of them partial, nothing that holds refused", async () => {
  expect(await grades()).toEqual([
    ["both", "triangulated", false],
    ["by-lesson", "triangulated", false],
    ["leaning", "triangulated", false],
    ["no-consent", "refused", false],
    ["noted", "partial", false],
    ["nothing", "refused", false],
    ["numbers-only", "partial", false],
    ["round", "refused", false],
    ["story-only", "partial", false]
  ])
  expect(await world.rows("SELECT lesson, grade FROM learning.lesson ORDER BY lesson")).toEqual([
    { lesson: "l-both", grade: "triangulated" },
    { lesson: "l-halves", grade: "triangulated" },
    { lesson: "l-none", grade: "refused" },
    { lesson: "l-numbers", grade: "partial" },
    { lesson: "l-round", grade: "refused" }
  ])
  expect(
    await world.rows(
      "SELECT stream, id, reason, names, len(events)::INTEGER AS events FROM learning.refused ORDER BY ALL"
    )
  ).toEqual([
    { stream: "insight", id: "nothing", reason: "no-evidence", names: [], events: 1 },
    { stream: "insight-evidence", id: "no-consent", reason: "unknown-evidence", names: [], events: 1 }
  ])
})

test("a goal may not rest on a partial insight unless somebody answers for it, and on nothing not even then", async () => {
  expect(
    await world.rows("SELECT goal, insight, allowed, verdict FROM learning.goal_insight ORDER BY goal")
  ).toEqual([
    { goal: "g-answered-for", insight: "story-only", allowed: true, verdict: "overridden" },
    { goal: "g-empty", insight: "nothing", allowed: false, verdict: "nothing-holds" },
    { goal: "g-good", insight: "both", allowed: true, verdict: "rests-on-it" },
    { goal: "g-partial", insight: "story-only", allowed: false, verdict: "partial-without-override" }
  ])
})

test("answers to one question stand side by side, and what rests on nothing makes no conflict", async () => {
  expect(
    await world.rows("SELECT question, state, answers FROM learning.question ORDER BY question")
  ).toEqual([
    { question: "why-at-night", state: "conflicting", answers: ["lighting", "staffing"] },
    { question: "why-by-day", state: "open", answers: [] }
  ])
  expect(
    await world.rows(
      `SELECT answer, list_transform(insights, lambda x: x.insight || ' ' || x.grade) AS insights, triangulated::INTEGER AS triangulated, standing::INTEGER AS standing
       FROM learning.answer ORDER BY answer`
    )
  ).toEqual([
    { answer: "lighting", insights: ["both triangulated"], triangulated: 1, standing: 1 },
    { answer: "medicines", insights: ["nothing refused"], triangulated: 0, standing: 0 },
    { answer: "staffing", insights: ["noted partial"], triangulated: 0, standing: 1 }
  ])
})

test("no story, note, author or person who answers is named in any published row, nor how many stories there are", async () => {
  const rows = await world.rows<{ row: string }>(
    (
      await world.rows<{ place: string }>(
        "SELECT format('\"{}\".\"{}\"', schema_name, table_name) AS place FROM duckdb_tables() WHERE schema_name = 'learning' OR table_name LIKE 'signal%'"
      )
    )
      .map(({ place }) => `SELECT '${place}' || to_json(one)::VARCHAR AS row FROM ${place} one`)
      .join(" UNION ALL ")
  )
  expect(rows.length).toBeGreaterThan(30)
  expect(rows.filter(({ row }) => row.includes("canary"))).toEqual([])
  // Two stories and one signal: one event of the insight, one of the signal, one for all words.
  expect(
    await world.rows("SELECT len(events)::INTEGER AS events FROM learning.insight WHERE insight = 'both'")
  ).toEqual([{ events: 3 }])
})

test("that one of several stories was taken back does not show in the event that stands for all", async () => {
  const link = async (reference: string) => {
    const [row] = await world.rows<{ events: ReadonlyArray<string> }>(
      `SELECT events FROM learning.evidence WHERE insight = 'both' AND kind = '${reference}'`
    )
    return row!.events
  }
  const [signal] = await link("signal")
  // The first of its stories, which may be used no longer, stands right after the signal on the log.
  const [, partition, offset] = signal!.split("/")
  expect(await link("words-of-people")).toEqual([`insight-evidence/${partition}/${Number(offset) + 1}`])
})

test("every row of the chain names what led to what by the ids of the log", async () => {
  expect(
    (await world.rows("SELECT cause_kind, cause, effect_kind, effect FROM learning.link ORDER BY ALL")).map(
      (row) => Object.values(row).join(" ")
    )
  ).toEqual(
    [
      `signal ${falls} insight both`,
      "lesson l-both insight by-lesson",
      "lesson l-round insight round",
      "lesson l-numbers insight leaning",
      "insight numbers-only lesson l-numbers",
      "lesson l-numbers reuse r3",
      "insight both lesson l-both",
      "insight story-only lesson l-halves",
      "insight numbers-only lesson l-halves",
      "insight round lesson l-round",
      "lesson l-both reuse r1",
      "lesson l-both reuse r2"
    ].sort()
  )
})

test("words taken back: while others hold nothing is told, with the last the grade falls and all who use it are told", async () => {
  expect(await told()).toEqual([])
  await world.feed(storyConsents, [consent("canary-d", "withdrawn")])
  await world.compute()
  expect((await grades()).filter(([, , fell]) => fell)).toEqual([
    ["both", "partial", true],
    ["by-lesson", "partial", true]
  ])
  expect(
    (await told()).map((row) => [row.microsystem, row.kind, row.id, row.used, row.grade, row.reasons])
  ).toEqual([
    ["ash", "goal", "g-good", "both", "partial", ["words-withdrawn"]],
    ["elm", "insight", "by-lesson", "l-both", "partial", ["words-withdrawn"]],
    ["oak", "lesson", "l-both", "both", "partial", ["words-withdrawn"]],
    ["elm", "reuse", "r1", "l-both", "partial", ["words-withdrawn"]],
    ["fir", "reuse", "r2", "l-both", "partial", ["words-withdrawn"]]
  ])
  expect(await openSignals()).toEqual([
    { subject: "both", microsystem: "ash" },
    { subject: "both", microsystem: "oak" },
    { subject: "l-both", microsystem: "elm" },
    { subject: "l-both", microsystem: "fir" }
  ])
  // The day on which somebody took words back is nowhere.
  expect(
    await world.rows(
      "FROM plimsoll.signal WHERE rule = 'learning/evidence-withdrawn' AND '2026-03-03' IN (first_period, completed_period, opened_as_of)"
    )
  ).toEqual([])
  expect(await world.rows("SELECT verdict FROM learning.goal_insight WHERE goal = 'g-good'")).toEqual([
    { verdict: "partial-without-override" }
  ])
})

test("a figure corrected so that its signal is withdrawn: the insight rests on nothing", async () => {
  await world.feed(observations, figures("falls", "oak", slip(true)))
  await world.compute()
  expect(await world.rows(`SELECT state FROM plimsoll.signal WHERE signal = '${falls}'`)).toEqual([
    { state: "withdrawn" }
  ])
  expect(
    await world.rows("SELECT grade, grade_before, reasons FROM learning.insight WHERE insight = 'both'")
  ).toEqual([
    {
      grade: "refused",
      grade_before: "triangulated",
      reasons: ["signal-withdrawn", "words-withdrawn"]
    }
  ])
  expect(await world.rows("SELECT words FROM learning.told WHERE id = 'r1'")).toEqual([
    {
      words:
        'The lesson "Lesson l-both", which the reuse r1 uses, rests on nothing any more. What it rested on was taken back: a signal, words of people.'
    }
  ])
})

test("a lesson withdrawn: who used it is told, and an insight that rests on it falls; once shared again it ends", async () => {
  const used = () =>
    world.rows("SELECT kind, id, grade FROM learning.told WHERE used = 'l-numbers' ORDER BY ALL")
  const grade = async () =>
    (await world.rows("SELECT grade FROM learning.insight WHERE insight = 'leaning'"))[0]!["grade"]
  await world.feed(lessons, [lesson("l-numbers", { insights: ["numbers-only"], status: "withdrawn" })])
  await world.compute()
  expect(await used()).toEqual([
    { kind: "insight", id: "leaning", grade: "withdrawn" },
    { kind: "reuse", id: "r3", grade: "withdrawn" }
  ])
  expect(await grade()).toBe("partial")
  await world.feed(lessons, [lesson("l-numbers", { insights: ["numbers-only"] })])
  await world.compute()
  expect(await used()).toEqual([])
  expect(await grade()).toBe("triangulated")
  expect(await world.rows("SELECT DISTINCT state FROM plimsoll.signal WHERE measure = 'l-numbers'")).toEqual([
    { state: "ended" }
  ])
})

test("a store made anew from the log publishes the same rows, and has nothing new to say", async () => {
  const again = await world.open("again")
  try {
    expect((await again.update()).signals).toEqual([])
    const path = join(world.folder, "again.duckdb")
    await again.publish(path)
    const tables = await world.rows<{ name: string }>(
      "SELECT table_name AS name FROM duckdb_tables() WHERE schema_name = 'learning' ORDER BY name"
    )
    expect(tables.length).toBeGreaterThan(20)
    const other = tables.map(
      ({ name }) =>
        `SELECT '${name}' AS name, count(*)::INTEGER AS n FROM ((FROM learning.${name} EXCEPT ALL FROM again.learning.${name})
           UNION ALL (FROM again.learning.${name} EXCEPT ALL FROM learning.${name}))`
    )
    const instance = await DuckDBInstance.create(world.published, { access_mode: "READ_ONLY" })
    const connection = await instance.connect()
    await connection.run(`ATTACH '${path}' AS again (READ_ONLY)`)
    const differing = (
      await connection.runAndReadAll(`FROM (${other.join(" UNION ALL ")}) WHERE n > 0`)
    ).getRows()
    connection.closeSync()
    instance.closeSync()
    expect(differing).toEqual([])
  } finally {
    await again.close()
  }
})
