import { observations, openNotes } from "@plimsoll/schema"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { controlWorld, falls, instant, ward } from "../../test/control-world.ts"
import type { World } from "../../test/world.ts"
import { headcounts, huddles } from "./events.ts"

/** Mondays from 27 May 2024 on. The clock says 10 September: the last 13 weeks of closed months end on 25 August. */
const monday = (week: number): string => new Date(Date.UTC(2024, 4, 27 + 7 * week)).toISOString().slice(0, 10)

describe("whether control is part of the work", () => {
  let world: World
  const note = (unit: string, week: number, role: string | null, id = "") => ({
    id: `${unit}-${week}${id}`,
    microsystem: unit,
    kind: "huddle" as const,
    at: instant(`${monday(week)}T08:00:00Z`),
    role,
    text: "canary-7731"
  })
  const huddle = (unit: string, week: number) => ({
    id: `${unit}-${week}`,
    microsystem: unit,
    day: monday(week),
    roles: null
  })
  const weeks = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, week) => week)

  beforeAll(async () => {
    world = await controlWorld({ notes: "open", thresholds: { data: 0.9, note: 0.5, huddle: 0.5 } })
    await world.define(
      {
        measures: [falls],
        microsystems: [
          { id: "trust", name: "Trust", kind: "organisation", parent: null, since: "2000-01-01" },
          ...["oak", "elm", "ash"].map((id) => ({ ...ward(id), parent: "trust" }))
        ]
      },
      "2024-09-10"
    )
    const figure = (microsystem: string, day: string) => ({
      microsystem,
      measure: "falls",
      day,
      numerator: "3.000000",
      denominator: null
    })
    // oak counts every month, elm not in July; ash never.
    await world.feed(observations, [
      ...["05", "06", "07", "08", "09"].map((month) => figure("oak", `2024-${month}-01`)),
      ...["05", "06", "08"].map((month) => figure("elm", `2024-${month}-01`))
    ])
    await world.feed(openNotes, [
      ...weeks(10).map((week) => note("oak", week, week < 6 ? "nursing" : "medical")),
      // Twice in a week is one week; the week of the month that is not over counts for nothing.
      note("oak", 0, "domestic", "-again"),
      note("oak", 14, "therapy"),
      ...weeks(13).map((week) => note("elm", week, null)),
      note("nowhere", 1, null)
    ])
    await world.feed(huddles, [
      ...weeks(7).map((week) => huddle("oak", week)),
      huddle("ash", 3),
      huddle("ash", 14)
    ])
    await world.feed(
      headcounts,
      (
        [
          ["nursing", 24],
          ["medical", 10],
          ["therapy", 12],
          // One of three people: whether they wrote is not told.
          ["domestic", 3]
        ] as const
      ).map(([role, people]) => ({ microsystem: "oak", role, people, since: "2024-01-01" }))
    )
    await world.compute()
  })
  afterAll(() => world.close())

  test("of each unit that does the work, and of all of them", async () => {
    const rows = await world.rows(
      `SELECT microsystem, units, round(data_share, 4) AS data, round(note_share, 4) AS note, round(huddle_share, 4) AS huddle, roles, roles_heard, embedded
       FROM control.embedded ORDER BY microsystem NULLS LAST`
    )
    const share = (n: number, of = 13): number => Number((n / of).toFixed(4))
    expect(rows).toEqual([
      {
        microsystem: "ash",
        units: "1",
        data: 0,
        note: 0,
        huddle: share(1),
        roles: "0",
        roles_heard: "0",
        embedded: "0"
      },
      // July has four weeks of its own, that of 1 July to that of 22 July; its other days lie in weeks of June and August.
      {
        microsystem: "elm",
        units: "1",
        data: share(9),
        note: 1,
        huddle: 0,
        roles: "0",
        roles_heard: "0",
        embedded: "0"
      },
      {
        microsystem: "oak",
        units: "1",
        data: 1,
        note: share(10),
        huddle: share(7),
        roles: "3",
        roles_heard: "2",
        embedded: "1"
      },
      {
        microsystem: null,
        units: "3",
        data: share(22, 39),
        note: share(23, 39),
        huddle: share(8, 39),
        roles: "3",
        roles_heard: "2",
        embedded: "1"
      }
    ])
    expect(await world.rows("SELECT DISTINCT since, until FROM control.embedded")).toEqual([
      { since: "2024-05-27", until: "2024-08-26" }
    ])
  })

  test("a threshold comes from the log, where the config said it", async () => {
    expect(
      await world.rows("SELECT value, len(events) AS events FROM control.setting WHERE id = 'embedded-data'")
    ).toEqual([{ value: "0.9", events: "1" }])
  })

  test("a role group too small to be told of is not in any figure, and what is not over is not counted", async () => {
    const [before] = await world.rows(
      "SELECT roles, roles_heard, note_share FROM control.embedded WHERE microsystem = 'oak'"
    )
    await world.feed(openNotes, [note("oak", 1, "domestic", "-more"), note("oak", 13, "therapy", "-late")])
    await world.compute()
    const [after] = await world.rows(
      "SELECT roles, roles_heard, note_share FROM control.embedded WHERE microsystem = 'oak'"
    )
    expect(after).toEqual(before)
  })

  test("a figure leads back to its events, and without one of them it is another", async () => {
    const [row] = await world.rows<{ events: ReadonlyArray<string>; huddle_share: number }>(
      "SELECT events, huddle_share FROM control.embedded WHERE microsystem = 'ash'"
    )
    expect(row!.events).toHaveLength(1)
    expect(row!.events[0]).toMatch(/^huddle\/\d+\/\d+$/)
    await world.remove(huddles, [{ id: "ash-3" }])
    await world.compute()
    expect(
      await world.rows("SELECT events, huddle_share FROM control.embedded WHERE microsystem = 'ash'")
    ).toEqual([{ events: [], huddle_share: 0 }])
  })

  test("what is said of an unknown unit waits, and is told; no word of a note is in any other relation", async () => {
    expect(
      await world.rows("SELECT stream, microsystem, rows, len(events) AS events FROM control.unplaced_note")
    ).toEqual([{ stream: "note", microsystem: "nowhere", rows: "1", events: "1" }])
    const tables = await world.rows<{ place: string }>(
      "SELECT schema_name || '.' || table_name AS place FROM duckdb_tables() WHERE schema_name IN ('control', 'main')"
    )
    expect(tables.length).toBeGreaterThan(20)
    for (const { place } of tables) {
      if (place === "control.said") continue
      const found = await world.rows(
        `SELECT 1 FROM ${place} t WHERE contains(to_json(t)::VARCHAR, 'canary-7731')`
      )
      expect(found, place).toEqual([])
    }
  })
})
