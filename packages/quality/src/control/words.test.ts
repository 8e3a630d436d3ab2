import { openNotes } from "@plimsoll/schema"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  codedNotes,
  controlWorld,
  falls,
  feedCodings,
  feedFalls,
  instant,
  month,
  ward
} from "../../test/control-world.ts"
import type { World } from "../../test/world.ts"

const steady = (length: number): ReadonlyArray<number> =>
  Array.from({ length }, (_, at) => 20 + [0, 3, -2, 1, -3, 2][at % 6]!)
const raised = (length: number): ReadonlyArray<number> => steady(length).map((value) => value + 25)
/** Of 50 notes in a month about ten, then twice as many, are on waiting. */
const usual = (at: number): number => 10 + [0, 1, -1][at % 3]!
const doubled = (at: number): number => 2 * usual(at)

describe("what notes say beside what figures show", () => {
  let world: World
  const said = (from: number, to: number, waiting: { readonly [unit: string]: (at: number) => number }) =>
    Object.entries(waiting).flatMap(([unit, count]) =>
      Array.from({ length: to - from }, (_, n) => codedNotes(unit, from + n, 50, count(from + n))).flat()
    )
  beforeAll(async () => {
    world = await controlWorld({
      notes: "open",
      themes: [
        { id: "waiting", title: "Waiting", measures: ["falls"] },
        { id: "chasing", title: "Chasing, again", kind: "failure-demand" }
      ]
    })
    await world.define(
      { measures: [falls], microsystems: ["oak", "elm", "ash", "fir", "yew"].map(ward) },
      month(28)
    )
    // 26 steady months everywhere, then two more: words move at oak and ash, figures at ash and fir, nothing at elm.
    for (const unit of ["oak", "elm"]) await feedFalls(world, unit, steady(28))
    for (const unit of ["ash", "fir"]) await feedFalls(world, unit, [...steady(26), ...raised(2)])
    await feedCodings(world, said(0, 26, { oak: usual, elm: usual, ash: usual, fir: usual }))
    await feedCodings(world, said(26, 28, { oak: doubled, elm: usual, ash: doubled, fir: usual }))
    // The same notes as at oak, which nobody has coded.
    await feedFalls(world, "yew", steady(28))
    await world.feed(
      openNotes,
      Array.from({ length: 28 * 50 }, (_, n) => ({
        id: `yew-${n}`,
        microsystem: "yew",
        kind: "story" as const,
        at: instant(`${month(Math.floor(n / 50))}T10:00:00Z`),
        role: null,
        text: "We waited."
      }))
    )
    // A month is over for a stream when a row of the next one is there.
    await feedCodings(world, codedNotes("elm", 28, 50, 10))
    await feedFalls(world, "elm", [20], 28)
    await world.compute()
  })
  afterAll(() => world.close())

  const signals = () =>
    world.rows<{ microsystem: string }>(
      "SELECT microsystem, measure, state, first_period, words FROM plimsoll.signal WHERE rule = 'control/words-only' ORDER BY ALL"
    )

  test("stable figures and twice as many notes on waiting give one words-only signal", async () => {
    expect(await signals()).toEqual([
      {
        microsystem: "oak",
        measure: "theme-waiting",
        state: "opened",
        first_period: month(26),
        words:
          'What notes say of "Waiting" has moved since 2024-03-01, and the figures that belong to it do not show it.'
      }
    ])
  })

  test("the verdict is told of every unit where something moved, and of no other", async () => {
    const rows = await world.rows(
      "SELECT microsystem, theme, measure, verdict, active, could_tell FROM control.words_and_numbers ORDER BY ALL"
    )
    expect(rows).toEqual([
      {
        microsystem: "ash",
        theme: "waiting",
        measure: "falls",
        verdict: "agree",
        active: true,
        could_tell: true
      },
      {
        microsystem: "fir",
        theme: null,
        measure: "falls",
        verdict: "numbers only",
        active: true,
        could_tell: true
      },
      {
        microsystem: "oak",
        theme: "waiting",
        measure: null,
        verdict: "words only",
        active: true,
        could_tell: true
      }
    ])
  })

  test("notes that nobody coded give no signal, and are shown as uncoded", async () => {
    const [row] = await world.rows(
      `SELECT count(*) AS periods, min(uncoded_share) AS least, max(coded) AS coded, max(notes) AS notes, count(share) AS shares
       FROM control.theme_share WHERE microsystem = 'yew' AND theme = 'waiting'`
    )
    expect(row).toEqual({ periods: "28", least: 1, coded: "0", notes: "50", shares: "0" })
    expect(await world.rows("FROM plimsoll.signal WHERE microsystem = 'yew'")).toEqual([])
  })

  test("the share of a theme has its interval, its denominator with what cannot be coded, and its events", async () => {
    const [row] = await world.rows(
      `SELECT coded, with_theme, share, round(low, 4) AS low, round(high, 4) AS high, cannot_be_coded_share, hidden, len(events) AS events, events[1] LIKE 'coding/%' AS named
       FROM control.theme_share WHERE microsystem = 'oak' AND theme = 'waiting' AND period = '${month(26)}'`
    )
    // One of the 50 cannot be coded: 1 to 4 are not told. Wilson for 18 of 50.
    expect(row).toEqual({
      coded: "50",
      with_theme: "18",
      share: 0.36,
      low: 0.2414,
      high: 0.4986,
      cannot_be_coded_share: null,
      hidden: true,
      events: "50",
      named: true
    })
  })

  test("as more months come, and a second rule with them, it stays one signal", async () => {
    await feedCodings(world, said(28, 34, { oak: doubled, ash: doubled, fir: usual }))
    await feedCodings(world, codedNotes("oak", 34, 50, 20))
    for (const unit of ["oak", "elm"]) await feedFalls(world, unit, steady(6), 28)
    await feedFalls(world, "elm", [20], 34)
    await world.core.tick(month(34))
    await world.compute()
    const rules = await world.rows(
      "SELECT DISTINCT rule FROM plimsoll.special_cause WHERE microsystem = 'oak' AND measure = 'theme-waiting' AND active ORDER BY ALL"
    )
    expect(rules.length).toBeGreaterThan(1)
    expect(await signals()).toHaveLength(1)
    expect(
      await world.rows(
        "FROM plimsoll.signal_event WHERE measure = 'theme-waiting' AND signal IN (SELECT signal FROM plimsoll.signal WHERE rule = 'control/words-only')"
      )
    ).toHaveLength(1)
  })

  test("the board tells what was said since, by theme, to the end of the last closed month", async () => {
    const rows = await world.rows<{ section: string; said: unknown; measure: string }>(
      "SELECT section, measure, rule, said FROM control.board WHERE microsystem = 'oak' AND rule = 'control/words-only'"
    )
    const notes = Array.from({ length: 8 }, (_, n) => doubled(26 + n)).reduce((a, b) => a + b, 0)
    const [row] = rows
    const [first] = row!.said as ReadonlyArray<{ readonly [field: string]: unknown }>
    expect(rows).toHaveLength(1)
    expect(row!.section).toBe("slipping")
    expect(first).toEqual({
      theme: "waiting",
      title: "Waiting",
      notes: String(notes),
      hidden: false,
      mapped: true
    })
  })
})
