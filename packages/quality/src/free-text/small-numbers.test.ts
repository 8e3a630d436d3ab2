import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { feedCodings, ward } from "../../test/control-world.ts"
import { checkOf, feedScans, freeTextWorld, texts } from "../../test/free-text-world.ts"
import type { World } from "../../test/world.ts"
import type { Coding } from "../control/events.ts"
import {
  type Redaction,
  redactions,
  type SealedText,
  type ThemeSuggestion,
  themeSuggestions
} from "./index.ts"

/** The same numbers at every run: a generator after Park and Miller. */
const draws = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

/** How many of so many were drawn: often none, all, or all but a few, where rules of small numbers are needed. */
const part = (draw: (below: number) => number, whole: number): number =>
  [0, whole, Math.max(0, whole - 1 - draw(4)), Math.min(whole, 1 + draw(4)), draw(whole + 1)][draw(5)]!

const units = Array.from({ length: 300 }, (_, n) => `u${n}`)
const few = (count: number): boolean => count >= 1 && count <= 4

interface Cell {
  readonly texts: number
  readonly flagged: number
  readonly checked: number
  readonly suggested: number
  readonly coded: number
  readonly twice: number
  readonly waiting: number
}

/** Whoever has every row of the published file, and the charts of themes that `control` publishes of the same codings. */
describe("what small numbers can be had from the figures of free text", () => {
  let world: World
  const cells = new Map<string, Cell>()
  beforeAll(async () => {
    const draw = draws(7)
    const scans: SealedText[] = []
    const checks: Redaction[] = []
    const suggestions: ThemeSuggestion[] = []
    const codings: Coding[] = []
    for (const unit of units) {
      const whole = 4 + draw(30)
      const flagged = part(draw, whole)
      const own = [
        ...texts(unit, "2022-01-10", flagged, "Nurse Ann was late."),
        ...texts(unit, "2022-01-11", whole - flagged, "It was all right.")
      ]
      const checked = part(draw, whole)
      const suggested = part(draw, whole)
      const coded = part(draw, whole)
      const twice = part(draw, coded)
      const waiting = part(draw, coded)
      cells.set(unit, { texts: whole, flagged, checked, suggested, coded, twice, waiting })
      scans.push(...own)
      checks.push(...own.slice(0, checked).map((one) => checkOf(one, "accepted", "2022-02-03")))
      for (const [at, one] of own.entries()) {
        const { id, seal, microsystem, day } = one
        const span =
          at < suggested
            ? { themes: ["waiting"], starts: [0], ends: [5] }
            : { themes: [], starts: [], ends: [] }
        suggestions.push({ text: id, method: "terms", seal, microsystem, day, basis: "terms:0", ...span })
        if (at >= coded) continue
        const coding = { note: id, microsystem, day, cannotBeCoded: false }
        codings.push({ ...coding, pass: "first", coder: "c1", themes: at < waiting ? ["waiting"] : [] })
        if (at < twice) codings.push({ ...coding, pass: "second", coder: "c2", themes: ["waiting"] })
      }
    }
    world = await freeTextWorld()
    await world.define({ microsystems: units.map(ward) }, "2022-03-10")
    await feedScans(world, scans)
    await world.feed(redactions, checks)
    await world.feed(themeSuggestions, suggestions)
    await feedCodings(world, codings)
    await world.compute()
  })
  afterAll(() => world.close())

  test("of no unit a part of 1 to 4 is told, nor can it be had from what stands beside it", async () => {
    const rows = await world.rows<{ readonly [column: string]: string | null }>("FROM free_text.progress")
    expect(rows).toHaveLength(units.length)
    let [told, hidden] = [0, 0]
    for (const row of rows) {
      const of = (column: string): number | undefined =>
        row[column] === null ? undefined : Number(row[column])
      const cell = cells.get(String(row["microsystem"]))!
      const whole = of("texts")
      const kept = (part: number | undefined): void => {
        if (part === undefined) return
        told += 1
        expect([row["microsystem"], few(part)]).toEqual([row["microsystem"], false])
        expect(whole).toBeDefined()
        expect(few(whole! - part)).toBe(false)
      }
      for (const column of [
        "flagged",
        "redacted",
        "clean",
        "unchecked",
        "suggested",
        "not_looked",
        "uncoded"
      ])
        kept(of(column))
      kept(of("coded"))
      kept(of("coded_twice"))
      if (of("coded") !== undefined) expect(few(of("coded")! - of("coded_twice")!)).toBe(false)
      // The chart of a theme tells how many are coded, from ten on.
      if (whole !== undefined && cell.coded >= 10) expect(few(whole - cell.coded)).toBe(false)
      if (whole !== undefined) expect(whole).toBeGreaterThanOrEqual(10)
      if (few(cell.texts - cell.coded) || few(cell.texts - cell.checked)) hidden += 1
    }
    // There was something to tell, and something to hide.
    expect([told > 60, hidden > 15]).toEqual([true, true])
  })

  test("totals are of units that tell theirs: less these they tell nothing of the others", async () => {
    const [row] = await world.rows<{ readonly [column: string]: string | null }>(
      "SELECT texts, coded FROM free_text.suggestion WHERE theme = 'waiting' AND pass = 'first'"
    )
    const rows = await world.rows<{ readonly microsystem: string }>(
      "SELECT microsystem FROM free_text.progress WHERE suggested IS NOT NULL AND coded IS NOT NULL"
    )
    // What `control` publishes of these units: both the number that has the theme, and the number that has not.
    const own = rows
      .map(({ microsystem }) => cells.get(microsystem)!)
      .filter(({ coded, waiting }) => coded >= 10 && !few(waiting) && !few(coded - waiting))
    // There are units of each kind that the rule leaves out.
    const all = rows.map(({ microsystem }) => cells.get(microsystem)!)
    expect(all.filter(({ coded, waiting }) => coded >= 10 && few(waiting)).length).toBeGreaterThan(0)
    expect(all.filter(({ coded, waiting }) => coded >= 10 && few(coded - waiting)).length).toBeGreaterThan(0)
    const sum = (of: (cell: Cell) => number): string => String(own.reduce((all, cell) => all + of(cell), 0))
    expect(own.length).toBeGreaterThan(3)
    expect(own.length).toBeLessThan(rows.length)
    expect(row).toEqual({ texts: sum((cell) => cell.coded), coded: sum((cell) => cell.waiting) })
  })

  test("without the rule the same figures would tell of a few people in many units", async () => {
    const bare = [...cells.values()].filter(
      (cell) =>
        few(cell.flagged) ||
        few(cell.checked) ||
        few(cell.texts - cell.checked) ||
        few(cell.coded) ||
        few(cell.texts - cell.coded)
    )
    expect(bare.length).toBeGreaterThan(20)
  })
})
