import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { inStore, relationshipsWorld, unit } from "../../test/relationships-world.ts"
import type { World } from "../../test/world.ts"
import { type SkillLevel, skillLevels } from "./events.ts"

const level = (shift: string, day: string, evidenced: number, row: Partial<SkillLevel> = {}): SkillLevel => ({
  microsystem: "oak",
  skill: "resuscitation",
  shift,
  day,
  level: 3,
  people: evidenced,
  evidenced,
  ...row
})

describe("skills that shifts need", () => {
  let world: World
  const gaps =
    "SELECT microsystem, skill, shifts, uncovered, out_of_date, uncovered_before, change FROM relationships.skill_gap ORDER BY ALL"

  beforeAll(async () => {
    world = await relationshipsWorld({
      skills: [
        { id: "resuscitation", title: "Resuscitation", needed: 2 },
        { id: "transfusion", title: "Transfusion", able: 4 }
      ]
    })
    await world.define({ microsystems: ["oak", "elm"].map(unit) }, "2026-06-30")
    await world.feed(skillLevels, [
      // Day: two, now as then. Night: one and one; a year ago none.
      level("day", "2025-05-01", 2),
      level("day", "2026-05-01", 2),
      level("night", "2025-05-01", 0),
      level("night", "2026-05-01", 1),
      level("night", "2026-05-01", 1, { level: 4 }),
      // Weekend: five people, of whom one has evidence in date; a year ago there were two.
      level("weekend", "2025-05-01", 2),
      level("weekend", "2026-05-01", 1, { people: 5 }),
      level("weekend", "2026-05-01", 6, { level: 2 }),
      // On call: counted 13 months ago, and never since.
      level("on-call", "2025-05-29", 2),
      // Another skill asks for level 4.
      level("day", "2026-05-01", 3, { skill: "transfusion" }),
      level("night", "2026-05-01", 1, { skill: "transfusion", level: 4 }),
      level("day", "2026-05-01", 1, { microsystem: "nowhere" }),
      level("day", "2026-05-01", 1, { skill: "juggling" }),
      level("day", "2026-07-01", 0, { level: 0 })
    ])
    await world.compute()
  })
  afterAll(() => world.close())

  test("elsewhere the number of uncovered shifts and its change over a year; which they are, to the own team", async () => {
    expect(await world.rows(gaps)).toEqual([
      {
        microsystem: "oak",
        skill: "resuscitation",
        shifts: "3",
        uncovered: "1",
        out_of_date: "1",
        uncovered_before: "1",
        change: "0"
      },
      {
        microsystem: "oak",
        skill: "transfusion",
        shifts: "2",
        uncovered: "1",
        out_of_date: "0",
        uncovered_before: null,
        change: null
      }
    ])
    expect(
      await inStore(
        world,
        "SELECT shift, covered, covered_before FROM relationships.skill_cover WHERE skill = 'resuscitation' ORDER BY shift"
      )
    ).toEqual([
      { shift: "day", covered: true, covered_before: true },
      { shift: "night", covered: true, covered_before: false },
      { shift: "on-call", covered: null, covered_before: true },
      { shift: "weekend", covered: false, covered_before: true }
    ])
    expect(
      await world.rows(
        "SELECT 1 FROM duckdb_columns() WHERE schema_name = 'relationships' AND column_name IN ('shift', 'able', 'covered', 'evidenced')"
      )
    ).toEqual([])
  })

  test("a figure leads back to its counts, and without one of them it is another", async () => {
    const [row] = await world.rows<{ events: ReadonlyArray<string> }>(
      "SELECT events FROM relationships.skill_gap WHERE skill = 'transfusion'"
    )
    expect(row!.events).toHaveLength(2)
    expect(row!.events[0]).toMatch(/^skill-level\/\d+\/\d+$/)
    const key = { microsystem: "oak", skill: "resuscitation", shift: "night", day: "2026-05-01", level: 4 }
    await world.remove(skillLevels, [key])
    await world.compute()
    expect(
      await world.rows("SELECT uncovered, change FROM relationships.skill_gap WHERE skill = 'resuscitation'")
    ).toEqual([{ uncovered: "2", change: "1" }])
  })

  test("what does not fit is named, and counts for nothing", async () => {
    expect(await world.rows("FROM relationships.unfit ORDER BY ALL")).toEqual([
      { stream: "skill-level", id: "juggling", reason: "is of a skill that nobody has declared" },
      { stream: "skill-level", id: "resuscitation", reason: "is of a day to come" }
    ])
    expect(await world.rows("FROM relationships.unplaced")).toEqual([
      { stream: "skill-level", microsystem: "nowhere" }
    ])
    await expect(
      world.feed(skillLevels, [level("day", "2026-05-01", 2, { people: 1 })])
    ).rejects.toMatchObject({
      code: "row-invalid"
    })
    await expect(
      world.feed(skillLevels, [level("day", "2026-05-01", 1, { level: 5 })])
    ).rejects.toMatchObject({
      code: "row-invalid"
    })
  })
})
