import { notes } from "@plimsoll/schema"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { codedNotes, controlWorld, feedCodings, instant, month, ward } from "../../test/control-world.ts"
import type { World } from "../../test/world.ts"
import { control } from "./module.ts"

describe("what is wrong with what comes in", () => {
  let world: World
  beforeAll(async () => {
    world = await controlWorld({ themes: [{ id: "waiting", title: "Waiting" }] })
    await world.define({ microsystems: [ward("oak"), ward("elm")] }, month(3))
    await feedCodings(world, [
      ...codedNotes("oak", 0, 12, 3),
      ...codedNotes("elm", 0, 20, 8),
      ...codedNotes("nowhere", 0, 5, 1),
      { ...codedNotes("oak", 1, 1, 0)[0]!, themes: ["wating"], cannotBeCoded: false },
      ...codedNotes("oak", 2, 1, 0)
    ])
    await world.compute()
  })
  afterAll(() => world.close())

  test("codings of an unknown unit wait, and count when it arrives", async () => {
    expect(
      await world.rows("SELECT stream, microsystem, rows, first_day FROM control.unplaced_note")
    ).toEqual([{ stream: "coding", microsystem: "nowhere", rows: "5", first_day: month(0) }])
    const query =
      "SELECT coded, with_theme, low, hidden, events FROM control.theme_share WHERE microsystem = 'nowhere'"
    expect(await world.rows(query)).toEqual([])
    await world.define({ microsystems: ["oak", "elm", "nowhere"].map(ward) })
    await world.compute()
    // Five notes are too few to be told of, by their number or by their events.
    expect(await world.rows(query)).toEqual([
      { coded: null, with_theme: null, low: null, hidden: true, events: [] }
    ])
    expect(await world.rows("FROM control.unplaced_note")).toEqual([])
  })

  test("a theme that nobody declared is told, and counts for nothing", async () => {
    expect(
      await world.rows("SELECT theme, codings, len(events) AS events FROM control.unknown_theme")
    ).toEqual([{ theme: "wating", codings: "1", events: "1" }])
  })

  test("small counts are hidden here as in the chart of the theme, and with sealed notes nobody knows how many are not coded", async () => {
    const shares = await world.rows(
      `SELECT s.microsystem, s.coded, s.with_theme, s.share, s.hidden, s.notes, s.uncoded_share, v.value, v.hidden AS chart_hidden
       FROM control.theme_share s JOIN plimsoll.measure_value v ON v.measure = 'theme-' || s.theme AND v.microsystem = s.microsystem AND v.period = s.period
       WHERE s.microsystem IN ('oak', 'elm') AND s.period = '${month(0)}' ORDER BY ALL`
    )
    const sealed = { notes: null, uncoded_share: null }
    expect(shares).toEqual([
      {
        microsystem: "elm",
        coded: "20",
        with_theme: "8",
        share: 0.4,
        hidden: true,
        ...sealed,
        value: 0.4,
        chart_hidden: false
      },
      {
        microsystem: "oak",
        coded: "12",
        with_theme: null,
        share: null,
        hidden: true,
        ...sealed,
        value: null,
        chart_hidden: true
      }
    ])
  })

  test("fewer than 50 notes coded twice say nothing of agreement, and keep no theme from being judged", async () => {
    const [first] = codedNotes("elm", 0, 20, 8)
    // By the same coder: no second opinion.
    await feedCodings(world, [{ ...first!, pass: "second" }])
    await world.compute()
    expect(await world.rows("SELECT double_coded, verdict FROM control.agreement")).toEqual([
      { double_coded: "0", verdict: "too few" }
    ])
    expect(await world.rows("SELECT unjudged FROM plimsoll.measure WHERE id = 'theme-waiting'")).toEqual([
      { unjudged: null }
    ])
  })

  test("a note that cannot be coded has no themes; the coder is in no published relation", async () => {
    const [row] = codedNotes("oak", 2, 1, 1)
    await expect(feedCodings(world, [{ ...row!, cannotBeCoded: true }])).rejects.toMatchObject({
      code: "row-invalid"
    })
    const columns = await world.rows(
      "SELECT 1 FROM duckdb_columns() WHERE column_name = 'coder' OR column_name = 'text'"
    )
    expect(columns).toEqual([])
  })

  test("sealed words reach no file in the clear", async () => {
    const note = {
      id: "n1",
      microsystem: "oak",
      kind: "story",
      at: instant("2022-01-01T00:00:00Z"),
      role: null,
      text: "canary-7732"
    } as const
    await world.feed(notes, [note])
    await world.compute()
    expect(await world.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = 'said'")).toEqual([])
    const files = readdirSync(world.folder, { recursive: true, encoding: "utf8" })
      .map((name) => join(world.folder, name))
      .filter((path) => statSync(path).isFile())
    expect(files.filter((path) => readFileSync(path, "latin1").includes("canary-7732"))).toEqual([])
  })

  test("options that do not fit are refused with their cure", () => {
    const refused = (options: Parameters<typeof control>[0]) => {
      try {
        control(options)
      } catch (error) {
        return error as { readonly code: string; readonly message: string; readonly suggestion: string }
      }
      return undefined
    }
    expect(refused({ thresholds: { data: 75 } })).toMatchObject({
      code: "config-invalid",
      message: "control: thresholds.data is no share"
    })
    expect(refused({ thresholds: { roleLeast: 3 } })?.suggestion).toContain("5 or more")
    expect(refused({ thresholds: { boardDays: 0.5 } })?.code).toBe("config-invalid")
    expect(refused({ themes: [{ id: "Not listened to", title: "x" }] })?.suggestion).toContain(
      "not-listened-to"
    )
  })
})
