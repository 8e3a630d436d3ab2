import { afterAll, beforeAll, expect, test } from "vitest"
import { relationshipsWorld, unit } from "../../test/relationships-world.ts"
import type { World } from "../../test/world.ts"
import { type ReleasedFigure, releasedFigures, releases } from "../culture/waves.ts"
import { roleStatements } from "./events.ts"

let world: World
const figure = (wave: string, microsystem: string, row: Partial<ReleasedFigure> = {}): ReleasedFigure => ({
  wave,
  cell: row.rest === true ? `${microsystem}/rest` : microsystem,
  breakdown: "all",
  figure: "percent-positive",
  subject: "my-role",
  microsystem,
  rest: false,
  day: "2026-03-01",
  n: 30,
  value: 80,
  low: 70,
  high: 90,
  bound: "exact",
  reason: null,
  ...row
})

beforeAll(async () => {
  world = await relationshipsWorld({ understandingItem: "my-role" })
  const units = [unit("house"), ...["oak", "elm"].map((id) => ({ ...unit(id), parent: "house" }))]
  await world.define({ microsystems: units }, "2026-06-15")
  await world.feed(
    roleStatements,
    Array.from({ length: 24 }, (_, n) => ({
      id: `s${n}`,
      microsystem: "oak",
      role: "nursing",
      confirmed: n < 11 ? "2026-01-01" : "2025-01-01"
    }))
  )
  const released = {
    state: "released" as const,
    day: "2026-03-01",
    reason: null,
    method: "m",
    k: 10,
    through: "{}",
    leftOut: "[]",
    tree: "{}"
  }
  await world.feed(releases, [
    { ...released, wave: "staff-2026", read: "r", digest: "d", figures: 5 },
    {
      ...released,
      wave: "staff-2025",
      read: "r",
      digest: "d",
      figures: 1,
      state: "withdrawn",
      reason: "wrong units"
    }
  ])
  await world.feed(releasedFigures, [
    figure("staff-2026", "house"),
    figure("staff-2026", "house", { rest: true, n: 12 }),
    figure("staff-2026", "oak", { value: 91, bound: "at-least", low: null, high: null }),
    figure("staff-2026", "elm", {
      n: null,
      value: null,
      low: null,
      high: null,
      bound: null,
      reason: "too-few"
    }),
    figure("staff-2026", "oak", { subject: "my-team" }),
    figure("staff-2026", "oak", { figure: "mean", value: 4 }),
    figure("staff-2026", "house", { breakdown: "role=nursing", cell: "house?role=nursing" }),
    figure("staff-2025", "house")
  ])
  await world.compute()
})
afterAll(() => world.close())

test("the item as released beside what was confirmed, for the same unit", async () => {
  const rows = await world.rows(
    "SELECT wave, microsystem, rest, n, value, bound, reason, statements_before, statements, len(events) AS events FROM relationships.understanding ORDER BY microsystem, rest"
  )
  const own = { wave: "staff-2026", rest: false, events: "1" }
  const fewer = "fewer than half are confirmed"
  expect(rows).toEqual([
    {
      ...own,
      microsystem: "elm",
      n: null,
      value: null,
      bound: null,
      reason: "too-few",
      statements_before: null,
      statements: null
    },
    {
      ...own,
      microsystem: "house",
      n: "30",
      value: 80,
      bound: "exact",
      reason: null,
      statements_before: "2026-06-01",
      statements: fewer
    },
    {
      ...own,
      microsystem: "house",
      rest: true,
      n: "12",
      value: 80,
      bound: "exact",
      reason: null,
      statements_before: null,
      statements: null
    },
    {
      ...own,
      microsystem: "oak",
      n: "30",
      value: 91,
      bound: "at-least",
      reason: null,
      statements_before: "2026-06-01",
      statements: fewer
    }
  ])
})
