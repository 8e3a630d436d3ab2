import { observations } from "@plimsoll/schema"
import { afterAll, beforeAll, expect, test } from "vitest"
import { figures, learningWorld, month, monthly, steady, unit } from "../../test/learning-world.ts"
import type { World } from "../../test/world.ts"
import { annotations, codings } from "../control/events.ts"
import { flows } from "../culture/events.ts"
import { type ReleasedFigure, releasedFigures, releases } from "../culture/waves.ts"
import { projects } from "../improvement/project-events.ts"
import { interpretations } from "./sense-events.ts"

let world: World
let falls = ""
const onset = 24

/** Steady noise that no test can tell from itself: of another phase for each series. */
const quiet = (shift: number) => {
  const all = steady(40)
  return Array.from({ length: 32 }, (_, at) => all[at + shift]!)
}
const moved = (by: number) => quiet(0).map((value, at) => (at >= onset ? value + by : value))

const wave = (id: string, day: string, state: "released" | "withdrawn" = "released") => ({
  wave: id,
  state,
  day,
  reason: state === "withdrawn" ? "It was wrong" : null,
  method: "test",
  k: 10,
  tree: "{}",
  through: "{}",
  leftOut: "[]",
  read: "",
  digest: "",
  figures: 2
})
const score = (
  of: string,
  subject: string,
  value: number,
  rest: Partial<ReleasedFigure> = {}
): ReleasedFigure => ({
  wave: of,
  cell: "oak",
  breakdown: "all",
  figure: "percent-positive",
  subject,
  microsystem: "oak",
  rest: false,
  day: "2020-01-01",
  n: 40,
  value,
  low: value - 5,
  high: value + 5,
  bound: "exact",
  reason: null,
  ...rest
})

beforeAll(async () => {
  world = await learningWorld(
    { families: { staffing: ["nurse-hours"] } },
    { themes: [{ id: "waiting", title: "Waiting", class: "open" }] }
  )
  const ids = ["falls", "nurse-hours", "beds", "a1", "a2", "a3", "secret"]
  await world.define(
    {
      microsystems: [
        unit("site", "organisation"),
        unit("oak", "ward", "site"),
        unit("elm", "ward", "site"),
        unit("fir", "ward", "site")
      ],
      measures: ids.map((id) => monthly(id, { class: id === "secret" ? "team-only" : "open" }))
    },
    "2024-09-15"
  )
  await world.feed(flows, [{ from: "oak", to: "elm", kind: "patients", since: "2022-01-01" }])
  await world.feed(observations, [
    ...figures("falls", "oak", moved(5)),
    ...figures("nurse-hours", "oak", moved(-3)),
    ...figures("secret", "oak", moved(9)),
    ...figures("beds", "elm", moved(2)),
    ...figures("beds", "fir", moved(8)),
    ...figures("a1", "oak", quiet(1)),
    ...figures("a2", "oak", quiet(2)),
    // Too short a history to be looked at.
    ...figures("a3", "oak", moved(9).slice(14)).map((row, at) => ({ ...row, day: month(14 + at) }))
  ])
  await world.feed(
    codings,
    Array.from({ length: 32 }, (_, at) =>
      Array.from({ length: 30 }, (_, n) => ({
        note: `oak-${at}-${n}`,
        pass: "first" as const,
        coder: "c1",
        microsystem: "oak",
        day: month(at),
        themes: n < (at >= onset ? 20 : 10 + (at % 3)) ? ["waiting"] : [],
        cannotBeCoded: false
      }))
    ).flat()
  )
  await world.feed(annotations, [
    {
      id: "rota",
      measure: "falls",
      microsystem: "oak",
      day: "2024-01-10",
      kind: "change",
      label: "New rota"
    },
    {
      id: "long-ago",
      measure: "falls",
      microsystem: "oak",
      day: "2023-01-10",
      kind: "change",
      label: "Old rota"
    },
    {
      id: "elsewhere",
      measure: "falls",
      microsystem: "fir",
      day: "2024-01-10",
      kind: "event",
      label: "Elsewhere"
    }
  ])
  await world.feed(projects, [
    {
      id: "p",
      title: "Beds by noon",
      microsystem: "elm",
      goal: null,
      intervention: null,
      lesson: null,
      started: "2023-02-01",
      ended: "2023-12-15"
    }
  ])
  await world.feed(releases, [
    wave("w1", "2022-11-01"),
    wave("w2", "2023-11-01"),
    wave("w3", "2023-12-01", "withdrawn")
  ])
  await world.feed(releasedFigures, [
    score("w1", "safety", 80, { day: "2022-11-01" }),
    score("w2", "safety", 60, { day: "2023-11-01" }),
    score("w3", "safety", 10, { day: "2023-12-01" }),
    score("w1", "teamwork", 80, { day: "2022-11-01" }),
    score("w2", "teamwork", 79, { day: "2023-11-01" })
  ])
  await world.compute()
  const [signal] = await world.rows<{ signal: string }>(
    "SELECT signal FROM plimsoll.signal WHERE measure = 'falls' AND microsystem = 'oak' AND rule = 'shift' AND variation = 'concern'"
  )
  falls = signal!.signal
}, 120_000)
afterAll(() => world.close())

const around = () =>
  world.rows<{ kind: string; subject: string; unit: string; relation: string; question: string; q: number }>(
    `SELECT kind, subject, unit, relation, question, p, q, strength, looked_at::INTEGER AS looked_at, reading, len(events)::INTEGER AS events
     FROM learning.around WHERE signal = '${falls}' ORDER BY place`
  )

test("everything that moved around a signal, here and in linked units, strongest first; then what has a day, nearest first", async () => {
  const rows = await around()
  expect(rows.map((row) => [row.kind, row.subject, row.unit, row.relation].join(" "))).toEqual([
    "theme waiting oak own",
    "culture safety oak own",
    "staffing nurse-hours oak own",
    "measure beds elm patients",
    "mark rota oak own",
    "project p elm patients"
  ])
  const strengths = rows.flatMap((row) => ("p" in row && row["p"] !== null ? [row["p"] as number] : []))
  expect(strengths).toEqual([...strengths].sort((a, b) => a - b))
})

test("how much was looked at, and how much of it luck alone would list, is said", async () => {
  // Beds at elm; nurse hours, a1, a2 and the theme at oak; two scales. Neither team-only figures, nor short histories, nor fir.
  expect(
    await world.rows(
      `SELECT looked_at::INTEGER AS looked_at, moved::INTEGER AS moved, by_luck::DOUBLE AS by_luck, dated::INTEGER AS dated, questions::INTEGER AS questions,
         answered::INTEGER AS answered, words FROM learning.sense WHERE signal = '${falls}'`
    )
  ).toEqual([
    {
      looked_at: 7,
      moved: 4,
      by_luck: 0.35,
      dated: 2,
      questions: 6,
      answered: 0,
      words:
        "Of 7 figures that were looked at, 4 moved; luck alone would give about 0.3. What moves together need not belong together: ask those who do the work."
    }
  ])
})

test("each is a question, and none says that anything is the cause", async () => {
  const rows = await around()
  for (const { question } of rows) {
    expect(question).toMatch(/\?$/)
    expect(question).not.toMatch(/caus|because|due to|led to|explain|reason|made |driv/i)
  }
  expect(rows.map((row) => row.question.split(". ")[0])).toEqual([
    'People spoke more of "Waiting" here',
    'Answers to "safety" became less positive here',
    '"All nurse-hours" fell here',
    '"All beds" rose in elm',
    '"New rota" was marked on 2024-01-10 here',
    'The project "Beds by noon" began or ended on 2023-12-15 in elm'
  ])
})

test("the strength is Student's t of the points around against those before, and q follows Benjamini and Hochberg", async () => {
  const values = moved(-3)
  // Two months before the onset to two after it; up to 24 before these, of which there are 22.
  const here = values.slice(onset - 2, onset + 3)
  const before = values.slice(0, onset - 2)
  const mean = (all: ReadonlyArray<number>) => all.reduce((sum, one) => sum + one, 0) / all.length
  const sd = Math.sqrt(before.reduce((sum, one) => sum + (one - mean(before)) ** 2, 0) / (before.length - 1))
  const t = (mean(here) - mean(before)) / (sd * Math.sqrt(1 / here.length + 1 / before.length))
  const rows = (await around()) as unknown as ReadonlyArray<{
    subject: string
    strength: number
    p: number | null
    q: number
    looked_at: number
  }>
  expect(rows.find((row) => row.subject === "nurse-hours")!.strength).toBeCloseTo(Math.abs(t), 9)
  // 80 against 60, each with a standard error of 5 / 1.96.
  expect(rows.find((row) => row.subject === "safety")!.strength).toBeCloseTo(
    20 / ((5 / 1.959964) * Math.SQRT2),
    4
  )
  const listed = rows.filter((row) => row.p !== null)
  // The largest p of those listed: nothing below it can have a smaller q times rank.
  for (const [at, row] of listed.entries()) {
    const least = Math.min(...listed.slice(at).map((one, next) => (one.p! * row.looked_at) / (at + next + 1)))
    expect(row.q).toBeCloseTo(least, 9)
  }
})

test("the team's dated interpretation answers a question, is read beside it and corrected by a later one", async () => {
  const interpretation = (
    subject: string,
    reading: "related" | "unrelated" | "cannot-tell",
    day: string
  ) => ({
    signal: falls,
    microsystem: "oak",
    kind: "staffing" as const,
    subject,
    unit: "oak",
    reading,
    note: "canary-note",
    day
  })
  await world.feed(interpretations, [
    interpretation("nurse-hours", "cannot-tell", "2024-09-01"),
    interpretation("a1", "related", "2024-09-01")
  ])
  await world.feed(interpretations, [interpretation("nurse-hours", "related", "2024-09-10")])
  await world.compute()
  expect(
    await world.rows(
      `SELECT subject, reading, interpreted_on, len(list_filter(events, lambda x: starts_with(x, 'interpretation/')))::INTEGER AS told
       FROM learning.around WHERE signal = '${falls}' AND reading IS NOT NULL`
    )
  ).toEqual([{ subject: "nurse-hours", reading: "related", interpreted_on: "2024-09-10", told: 1 }])
  expect(
    await world.rows(`SELECT answered::INTEGER AS answered FROM learning.sense WHERE signal = '${falls}'`)
  ).toEqual([{ answered: 1 }])
  expect(
    await world.rows("SELECT reason, names FROM learning.refused WHERE stream = 'interpretation'")
  ).toEqual([{ reason: "not-asked", names: ["staffing a1 oak"] }])
})
