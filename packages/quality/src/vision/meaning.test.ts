import { measure, observations, sql } from "@plimsoll/schema"
import { expect, test } from "vitest"
import { World } from "../../test/world.ts"
import { codings } from "../control/events.ts"
import { control } from "../control/module.ts"
import { statistics } from "../statistics/module.ts"
import { visionLinks, visionNodes } from "./events.ts"
import { link, node, unit } from "../../test/vision-graph.ts"
import { vision } from "./module.ts"

const charted = (id: string, kind: "outcome" | "process" | "balancing") =>
  measure({
    id,
    version: 1,
    title: id,
    from: observations,
    where: sql`measure = ${id}`,
    at: "day",
    period: "day",
    microsystem: sql`microsystem`,
    numerator: sql`numerator`,
    empty: "missing",
    chart: "xmr",
    direction: "down",
    kind,
    class: "open"
  })

const dayOf = (number: number): string => new Date(Date.UTC(2026, 0, 1 + number)).toISOString().slice(0, 10)

/** Figures of a unit, one a day from a day on: 10 and 11 in turns, or all of them the same. */
const figures = (microsystem: string, from: number, count: number, figure?: number) =>
  Array.from({ length: count }, (_, at) => ({
    microsystem,
    measure: "waits",
    day: dayOf(from + at),
    numerator: `${figure ?? 10 + ((from + at) % 2)}.000000`,
    denominator: null
  }))

test("figures say which aim is out of balance, which way helped where, and what comes again", async () => {
  const world = await World.make([vision()])
  try {
    const config = {
      microsystems: [unit("oak"), unit("elm")],
      measures: [charted("waits", "outcome"), charted("harm", "balancing")]
    }
    await world.feed(visionNodes, [
      node("why", "purpose"),
      node("v", "vision"),
      node("a", "aim"),
      node("b", "aim"),
      node("g", "goal"),
      node("h", "goal"),
      node("n", "need", { underlying: "What lies beneath" }),
      node("m", "need"),
      node("o", "need"),
      node("waits", "measure"),
      node("harm", "measure"),
      node("ghost", "measure"),
      node("w1", "work", { owner: "oak", intervention: "phone first", started: dayOf(10) }),
      node("w2", "work", { owner: "elm", intervention: "open slots", started: dayOf(24) }),
      node("w3", "work", { owner: "elm", intervention: "phone first", started: dayOf(30) })
    ])
    await world.feed(visionLinks, [
      link("v", "why"),
      link("a", "v"),
      link("b", "v"),
      link("g", "a"),
      link("h", "b"),
      link("g", "n"),
      link("h", "n", { answers: "both" }),
      link("h", "m", { answers: "both" }),
      link("waits", "g"),
      link("harm", "a"),
      link("ghost", "g"),
      link("w1", "waits"),
      link("w2", "g"),
      link("w3", "g")
    ])
    const until = async (day: number, rows: ReturnType<typeof figures>) => {
      await world.feed(observations, rows)
      await world.define(config, dayOf(day))
      await world.compute()
    }
    // Oak slips, recovers, slips again; elm gets better when its work begins, and stays so.
    await until(32, [
      ...figures("oak", 0, 24),
      ...figures("oak", 24, 8, 18),
      ...figures("elm", 0, 24),
      ...figures("elm", 24, 8, 7)
    ])
    await until(44, [...figures("oak", 32, 12), ...figures("elm", 32, 12, 7)])
    await until(52, [...figures("oak", 44, 8, 18), ...figures("elm", 44, 8, 7)])

    expect(
      await world.rows(
        "SELECT aim, outcome::INTEGER AS outcome, process::INTEGER AS process, balancing::INTEGER AS balancing, missing, without_data, undefined, flagged FROM vision.balance ORDER BY aim"
      )
    ).toEqual([
      {
        aim: "a",
        outcome: 1,
        process: 0,
        balancing: 1,
        missing: ["process"],
        without_data: ["harm"],
        undefined: ["ghost"],
        flagged: true
      },
      {
        aim: "b",
        outcome: 0,
        process: 0,
        balancing: 0,
        missing: ["outcome", "process", "balancing"],
        without_data: [],
        undefined: [],
        flagged: true
      }
    ])

    expect(
      await world.rows(
        "SELECT need, goal, answers, assumed, answer, flagged FROM vision.need ORDER BY need, goal"
      )
    ).toEqual([
      { need: "m", goal: "h", answers: "both", assumed: false, answer: "underlying-unknown", flagged: true },
      {
        need: "n",
        goal: "g",
        answers: "presenting",
        assumed: true,
        answer: "presenting-only",
        flagged: true
      },
      { need: "n", goal: "h", answers: "both", assumed: false, answer: "answered", flagged: false },
      { need: "o", goal: null, answers: null, assumed: false, answer: "unanswered", flagged: false }
    ])

    expect(
      await world.rows(
        "SELECT intervention, microsystem, ways::INTEGER AS ways, works, measure, improved_from, result FROM vision.same_purpose WHERE node = 'g' AND measure IS DISTINCT FROM 'ghost' ORDER BY ALL"
      )
    ).toEqual([
      {
        intervention: "open slots",
        microsystem: "elm",
        ways: 2,
        works: ["w2"],
        measure: "waits",
        improved_from: dayOf(24),
        result: "improved-since"
      },
      {
        intervention: "phone first",
        microsystem: "elm",
        ways: 2,
        works: ["w3"],
        measure: "waits",
        improved_from: null,
        result: "improved-before"
      },
      {
        intervention: "phone first",
        microsystem: "oak",
        ways: 2,
        works: ["w1"],
        measure: "waits",
        improved_from: null,
        result: "slipping"
      }
    ])

    const again = await world.rows(
      "SELECT microsystem, measure, over_by, presenting_goals FROM vision.recurrence GROUP BY ALL"
    )
    expect(again).toEqual([
      { microsystem: "oak", measure: "waits", over_by: "ended", presenting_goals: ["g"] }
    ])
    const [row] = await world.rows<{ days: string; events: ReadonlyArray<string> }>(
      "SELECT days, events FROM vision.recurrence"
    )
    expect(Number(row!.days)).toBeGreaterThan(0)
    expect(row!.events).toHaveLength(2)
    await world.compute()
    expect(
      await world.rows(
        "SELECT measure, microsystem, state FROM plimsoll.signal WHERE rule = 'vision/recurrence'"
      )
    ).toEqual([{ measure: "waits", microsystem: "oak", state: "opened" }])
  } finally {
    await world.close()
  }
}, 300_000)

test("failure demand is the share of coded notes of people who chase, by month that is over, and hidden where it is small", async () => {
  const world = await World.make([
    statistics(),
    control({
      themes: [
        { id: "chasing", title: "Chasing", kind: "failure-demand" },
        { id: "food", title: "Food" }
      ]
    }),
    vision({ failureDemand: true })
  ])
  try {
    const coded = (microsystem: string, day: string, count: number, themes: ReadonlyArray<string>) =>
      Array.from({ length: count }, (_, at) => ({
        note: `${microsystem} ${day} ${themes.join()} ${at}`,
        pass: "first" as const,
        coder: "one",
        microsystem,
        day,
        themes,
        cannotBeCoded: false
      }))
    await world.define({ microsystems: [unit("oak"), unit("elm")] }, "2026-04-10")
    await world.feed(codings, [
      ...coded("oak", "2026-03-03", 6, ["chasing"]),
      ...coded("oak", "2026-03-03", 12, ["food"]),
      ...coded("oak", "2026-03-04", 6, []),
      ...coded("elm", "2026-03-04", 12, ["food"]),
      ...coded("elm", "2026-03-05", 3, ["chasing", "food"]),
      ...coded("oak", "2026-04-02", 20, ["chasing"])
    ])
    await world.compute()
    expect(
      await world.rows(
        "SELECT microsystem, period, notes::INTEGER AS notes, failure_demand::INTEGER AS failure_demand, share, hidden, len(events)::INTEGER AS events FROM vision.failure_demand ORDER BY ALL"
      )
    ).toEqual([
      {
        microsystem: "elm",
        period: "2026-03-01",
        notes: null,
        failure_demand: null,
        share: null,
        hidden: true,
        events: 0
      },
      {
        microsystem: "oak",
        period: "2026-03-01",
        notes: 24,
        failure_demand: 6,
        share: 0.25,
        hidden: false,
        events: 24
      }
    ])
  } finally {
    await world.close()
  }
}, 120_000)
