import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  employ,
  bring,
  contribution,
  inStore,
  relationshipsWorld,
  unit
} from "../../test/relationships-world.ts"
import type { World } from "../../test/world.ts"
import { processSteps, roleStatements } from "./events.ts"

describe("what quality means in my role", () => {
  let world: World
  const statements = (microsystem: string, role: string, count: number, confirmed: string) =>
    Array.from({ length: count }, (_, n) => ({
      id: `${microsystem}-${role}-${confirmed}-${n}`,
      microsystem,
      role,
      confirmed
    }))
  const state =
    "SELECT statement, confirmed, state, state_then FROM relationships.role_statement_state WHERE microsystem = 'ash' ORDER BY ALL"

  beforeAll(async () => {
    world = await relationshipsWorld()
    await world.define({ microsystems: ["oak", "elm", "ash"].map(unit) }, "2026-06-15")
    await world.feed(roleStatements, [
      ...statements("oak", "nursing", 15, "2026-01-10"),
      ...statements("oak", "nursing", 9, "2025-01-10"),
      ...statements("elm", "nursing", 4, "2026-01-10"),
      ...statements("elm", "medical", 12, "2024-01-10"),
      { id: "on-the-day", microsystem: "ash", role: "medical", confirmed: "2025-06-15" },
      { id: "a-day-more", microsystem: "ash", role: "medical", confirmed: "2025-06-14" },
      { id: "again", microsystem: "ash", role: "medical", confirmed: "2023-06-14" },
      { id: "again", microsystem: "ash", role: "medical", confirmed: "2026-06-01" },
      { id: "new", microsystem: "ash", role: "medical", confirmed: "2026-06-02" },
      { id: "to-come", microsystem: "ash", role: "medical", confirmed: "2026-06-16" },
      { id: "lost", microsystem: "nowhere", role: "medical", confirmed: "2026-01-01" }
    ])
    await world.compute()
  })
  afterAll(() => world.close())

  test("a statement that was confirmed more than twelve months ago is unconfirmed", async () => {
    expect(await inStore(world, state)).toEqual([
      { statement: "a-day-more", confirmed: "2025-06-14", state: "unconfirmed", state_then: "confirmed" },
      { statement: "again", confirmed: "2026-06-01", state: "confirmed", state_then: "unconfirmed" },
      { statement: "new", confirmed: "2026-06-02", state: "confirmed", state_then: null },
      { statement: "on-the-day", confirmed: "2025-06-15", state: "confirmed", state_then: "confirmed" }
    ])
  })

  test("to others as it stood when the last month was over: all by number, units and roles in words", async () => {
    const rows = await world.rows(
      `SELECT before, part, microsystem, role, statements, confirmed, round(share, 4) AS share, verdict
       FROM relationships.role_statement ORDER BY part, microsystem, role`
    )
    const hidden = { before: "2026-06-01", statements: null, confirmed: null, share: null }
    expect(rows).toEqual([
      {
        before: "2026-06-01",
        part: "all",
        microsystem: null,
        role: null,
        statements: "43",
        confirmed: "21",
        share: 0.4884,
        verdict: "fewer than half are confirmed"
      },
      { part: "role", microsystem: null, role: "medical", ...hidden, verdict: null },
      { part: "role", microsystem: null, role: "nursing", ...hidden, verdict: "at least half are confirmed" },
      { part: "unit", microsystem: "elm", role: null, ...hidden, verdict: null },
      { part: "unit", microsystem: "oak", role: null, ...hidden, verdict: "at least half are confirmed" }
    ])
    expect(
      await world.rows(
        "SELECT 1 FROM duckdb_columns() WHERE schema_name = 'relationships' AND column_name = 'statement'"
      )
    ).toEqual([])
  })

  test("what is of a day to come, or of an unknown unit, is named", async () => {
    expect(await world.rows("FROM relationships.unfit")).toEqual([
      { stream: "role-statement", id: "to-come", reason: "is of a day to come" }
    ])
    expect(await world.rows("FROM relationships.unplaced")).toEqual([
      { stream: "role-statement", microsystem: "nowhere" }
    ])
  })
})

describe("processes as steps and role groups", () => {
  let world: World
  const voices =
    "SELECT process, position, step, role, voice FROM relationships.process_step ORDER BY process, position, role"

  beforeAll(async () => {
    world = await relationshipsWorld({
      processes: [
        {
          id: "discharge",
          steps: [
            { id: "plan", title: "Plan it", roles: ["nursing", "medical"] },
            { id: "medicines", title: "Make the medicines ready", roles: ["pharmacy"] },
            { id: "home", title: "Bring them home", roles: ["transport", "porters", "nursing"] }
          ]
        }
      ]
    })
    await world.define({ microsystems: ["oak", "elm"].map(unit) }, "2026-07-20")
    await employ(world, "oak", { nursing: 40, medical: 12, porters: 4, pharmacy: 6 })
    await employ(world, "elm", { pharmacy: 6 })
    await bring(world, [
      contribution({ id: "a", day: "2026-01-01", role: "nursing" }),
      contribution({ id: "b", day: "2026-06-30", role: "pharmacy", microsystem: "elm", kind: "thanks" }),
      // Before the two quarters, and after them.
      contribution({ id: "c", day: "2025-12-31", role: "medical" }),
      contribution({ id: "d", day: "2026-07-01", role: "medical" })
    ])
    await world.compute()
  })
  afterAll(() => world.close())

  test("steps whose group brought nothing within six months", async () => {
    const discharge = (position: number, step: string, role: string, voice: string) => ({
      process: "discharge",
      position: String(position),
      step,
      role,
      voice
    })
    expect(await world.rows(voices)).toEqual([
      discharge(1, "plan", "medical", "not heard"),
      discharge(1, "plan", "nursing", "heard"),
      discharge(2, "medicines", "pharmacy", "heard"),
      discharge(3, "home", "nursing", "heard"),
      discharge(3, "home", "porters", "too few to tell"),
      discharge(3, "home", "transport", "no headcount")
    ])
    expect(await world.rows("SELECT DISTINCT since, until FROM relationships.process_step")).toEqual([
      { since: "2026-01-01", until: "2026-07-01" }
    ])
  })

  test("as the months go by", async () => {
    await world.core.tick("2026-10-02")
    await world.compute()
    expect(
      await world.rows(
        `SELECT DISTINCT role, voice FROM (${voices}) WHERE role IN ('medical', 'nursing') ORDER BY ALL`
      )
    ).toEqual([
      { role: "medical", voice: "heard" },
      { role: "nursing", voice: "not heard" }
    ])
  })

  test("a step that nobody takes does not fit", async () => {
    const row = { process: "p", step: "s", position: 1, title: "t", roles: [], since: "2026-01-01" }
    await expect(world.feed(processSteps, [row])).rejects.toMatchObject({ code: "row-invalid" })
  })
})
