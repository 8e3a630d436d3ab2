import type { DuckDBConnection } from "@duckdb/node-api"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"

import {
  ask,
  distance,
  fill,
  haveReference,
  openStatistics,
  referenceCases,
  whySkipped
} from "../../test/statistics.ts"

type Totals = Readonly<Record<string, number>>

interface Case {
  readonly id: string
  readonly A: ReadonlyArray<string>
  readonly B: ReadonlyArray<string>
  readonly y: ReadonlyArray<number>
  readonly marginA: Totals
  readonly marginB: Totals
  readonly expected: {
    readonly weights: ReadonlyArray<number>
    readonly weightedMean: number
    readonly kishDeff: number
    readonly effectiveN: number
  }
  readonly tolerance: number
}

interface Cell {
  readonly grp: string | null
  readonly cell: string
  readonly n: number
  readonly weight: number | null
  readonly design_effect: number | null
  readonly effective_n: number | null
  readonly reason: string | null
}

let db: DuckDBConnection
beforeAll(async () => {
  db = await openStatistics()
})

/** Cells by role and shift, and what role and shift ought to add up to. */
const given = async (
  cells: ReadonlyArray<readonly [role: string, shift: string, n: number]>,
  roles: Totals,
  shifts: Totals
): Promise<void> => {
  await fill(
    db,
    "cells",
    "cell VARCHAR, margin VARCHAR, category VARCHAR, n INTEGER",
    cells.flatMap(([role, shift, n]) => [
      [`${role}/${shift}`, "role", role, n],
      [`${role}/${shift}`, "shift", shift, n]
    ])
  )
  await fill(db, "goals", "margin VARCHAR, category VARCHAR, total DOUBLE", [
    ...Object.entries(roles).map(([category, total]) => ["role", category, total]),
    ...Object.entries(shifts).map(([category, total]) => ["shift", category, total])
  ])
}

const rake = (): Promise<ReadonlyArray<Cell>> =>
  ask<Cell>(db, "FROM stats.rake('cells', 'goals') ORDER BY grp, cell")

describe.skipIf(!haveReference)(`raking.json${whySkipped}`, () => {
  test.each(referenceCases<Case>("raking.json"))(
    "$id",
    async ({ A, B, y, expected: e, tolerance, ...one }) => {
      const counts = new Map<string, number>()
      for (const [i, role] of A.entries()) {
        const cell = `${role}/${B[i]}`
        counts.set(cell, (counts.get(cell) ?? 0) + 1)
      }
      await given(
        [...counts].map(([cell, n]) => [cell.split("/")[0]!, cell.split("/")[1]!, n]),
        one.marginA,
        one.marginB
      )
      const rows = await rake()
      const weights = new Map(rows.map((row) => [row.cell, row.weight!]))
      const own = A.map((role, i) => weights.get(`${role}/${B[i]}`)!)
      expect(distance(own, e.weights)).toBeLessThan(tolerance)
      const mean = own.reduce((s, w, i) => s + w * y[i]!, 0) / own.reduce((s, w) => s + w, 0)
      expect(
        distance(
          [mean, rows[0]!.design_effect, rows[0]!.effective_n],
          [e.weightedMean, e.kishDeff, e.effectiveN]
        )
      ).toBeLessThan(tolerance)
    }
  )
})

describe("raking", () => {
  test("one whose cells are as they ought to be weighs all alike", async () => {
    await given(
      [
        ["nurse", "day", 30],
        ["nurse", "night", 10],
        ["doctor", "day", 15],
        ["doctor", "night", 5]
      ],
      { nurse: 80, doctor: 40 },
      { day: 90, night: 30 }
    )
    const rows = await rake()
    expect(
      distance(
        rows.map((row) => row.weight),
        [2, 2, 2, 2]
      )
    ).toBeLessThan(1e-9)
    expect(distance([rows[0]!.design_effect, rows[0]!.effective_n], [1, 60])).toBeLessThan(1e-9)
  })

  test.each<readonly [reason: string, roles: Totals, shifts: Totals]>([
    ["no-target", { nurse: 80 }, { day: 60, night: 20 }],
    ["nobody-answered", { nurse: 80, doctor: 30, porter: 10 }, { day: 90, night: 30 }],
    ["totals-differ", { nurse: 80, doctor: 40 }, { day: 90, night: 60 }]
  ])("where it cannot be done there are no weights, and the reason is %s", async (reason, roles, shifts) => {
    await given(
      [
        ["nurse", "day", 30],
        ["nurse", "night", 10],
        ["doctor", "day", 15]
      ],
      roles,
      shifts
    )
    for (const row of await rake())
      expect(row).toMatchObject({ weight: null, design_effect: null, effective_n: null, reason })
  })

  test("margins that no weights can meet do not settle; a cell without a margin is unclear", async () => {
    // Every nurse by day, every doctor by night, and twice as many by day as nurses.
    await given(
      [
        ["nurse", "day", 10],
        ["doctor", "night", 10]
      ],
      { nurse: 50, doctor: 50 },
      { day: 90, night: 10 }
    )
    expect((await rake()).map((row) => row.reason)).toEqual(["not-settled", "not-settled"])
    await db.run("UPDATE cells SET n = 11 WHERE cell = 'doctor/night' AND margin = 'shift'")
    expect((await rake()).map((row) => row.reason)).toEqual(["cells-unclear", "cells-unclear"])
    await db.run("DELETE FROM cells WHERE cell = 'doctor/night' AND margin = 'shift'")
    expect((await rake()).map((row) => row.reason)).toEqual(["cells-unclear", "cells-unclear"])
  })

  test("groups never influence each other", async () => {
    await given(
      [
        ["nurse", "day", 30],
        ["nurse", "night", 10],
        ["doctor", "day", 15],
        ["doctor", "night", 9]
      ],
      { nurse: 70, doctor: 50 },
      { day: 90, night: 30 }
    )
    const alone = await rake()
    await db.run(
      "CREATE OR REPLACE TABLE cells AS SELECT 'a' AS grp, * FROM cells UNION ALL SELECT 'b', * FROM cells WHERE cell <> 'nurse/day'"
    )
    await db.run(
      "CREATE OR REPLACE TABLE goals AS SELECT grp, goals.* FROM goals, (VALUES ('a'), ('b')) AS _(grp)"
    )
    const both = await rake()
    expect(both.filter((row) => row.grp === "a")).toEqual(alone.map((row) => ({ ...row, grp: "a" })))
    expect(both.filter((row) => row.grp === "b")).toHaveLength(3)
  })

  test("every margin is met, no weight is below 0, and neither the order of rows nor threads change a bit", async () => {
    const count = fc.integer({ min: 1, max: 60 })
    const total = fc.integer({ min: 10, max: 500 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(count, { minLength: 6, maxLength: 6 }),
        fc.tuple(total, total, total),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        async (n, [a, b, c], share) => {
          const all = a + b + c
          const day = Math.round(all * share)
          const roles = { a, b, c }
          const shifts = { day, night: all - day }
          await given(
            ["a", "b", "c"].flatMap(
              (role, i) =>
                [
                  [role, "day", n[2 * i]!],
                  [role, "night", n[2 * i + 1]!]
                ] as const
            ),
            roles,
            shifts
          )
          const rows = await rake()
          for (const [category, goal] of Object.entries({ ...roles, ...shifts })) {
            const own = rows.filter((row) => row.cell.split("/").includes(category))
            expect(distance([own.reduce((s, row) => s + row.n * row.weight!, 0)], [goal])).toBeLessThan(
              1e-8 * all
            )
          }
          for (const row of rows) expect(row.weight).toBeGreaterThan(0)
          expect(rows[0]!.design_effect).toBeGreaterThanOrEqual(1 - 1e-12)
          await db.run("CREATE OR REPLACE TABLE cells AS FROM cells ORDER BY n, margin DESC, cell DESC")
          await db.run("SET threads = 1")
          expect(await rake()).toEqual(rows)
          await db.run("SET threads = 2")
        }
      ),
      { numRuns: 10 }
    )
  })
})
