import type { DuckDBConnection } from "@duckdb/node-api"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"

import { fill, judge, openDatabase, rowsOf } from "./database.ts"
import type { InputRow, OutputRow } from "./database.ts"

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await openDatabase()
})

/** Rows that every chart of counts, proportions, rates and rare events can read, with all that goes wrong in them. */
const cell = fc.record({
  value: fc.option(fc.integer({ min: -1, max: 30 }), { freq: 12, nil: null }),
  numerator: fc.option(fc.integer({ min: -1, max: 12 }), { freq: 12, nil: null }),
  denominator: fc.option(fc.integer({ min: 0, max: 90 }), { freq: 12, nil: null })
})
const charts = fc
  .array(fc.array(cell, { minLength: 1, maxLength: 30 }), { minLength: 25, maxLength: 25 })
  .map((some) =>
    some.flatMap((one, s) =>
      one.map((x, period): InputRow => ({
        series: `${s}`,
        phase: s % 3 === 0 && period > 14 ? 1 : 0,
        period,
        baseline: s % 2 === 0 || period < 12,
        excluded: period % 11 === 7,
        target: 5,
        direction: s % 2 ? "up" : "down",
        ...x,
        // Thirds cannot be added in any order with one result.
        value: x.value === null ? null : x.value / 3,
        denominator: x.denominator === null ? null : x.denominator / 3
      }))
    )
  )

describe.each(["p", "pp", "p_auto", "u", "up", "u_auto", "np", "c", "g", "t"])("%s", (macro) => {
  const call = `${macro}('points')`

  test("the order of rows, the other series and the number of threads change nothing", async () => {
    const single = await openDatabase(1)
    await fc.assert(
      fc.asyncProperty(charts, fc.nat(), async (rows, seed) => {
        const base = await judge(connection, call, rows)
        const mixed = rows
          .map((r, i) => [Math.imul(i + 1, 2654435761 ^ seed) >>> 0, r] as const)
          .sort((a, b) => a[0] - b[0])
          .map(([, r]) => r)
        expect(await judge(single, call, mixed)).toEqual(base)
        for (const s of ["0", "7"])
          expect(
            await judge(
              connection,
              call,
              rows.filter((r) => r.series === s)
            )
          ).toEqual(new Map([[s, base.get(s)]]))
      }),
      { numRuns: 2, seed: 21 }
    )
  })

  test("a ghost moves no limit and no flag, whatever it says", async () => {
    const told = (rows: ReadonlyArray<OutputRow>): ReadonlyArray<unknown> =>
      rows
        .filter((r) => !r.excluded)
        .map((r) => [r.value, r.centre, r.lcl3, r.ucl1, r.sigma, r.signal, r.sigma_z, r.r1, r.n, r.rules])
    await fc.assert(
      fc.asyncProperty(charts, async (rows) => {
        const wild = rows.map((r) =>
          r.excluded === true ? { ...r, value: 1e6, numerator: 1e6, denominator: 2e6 } : r
        )
        const before = [...(await judge(connection, call, rows)).values()].flat()
        const after = [...(await judge(connection, call, wild)).values()].flat()
        expect(after.some((r) => r.excluded)).toBe(true)
        expect(told(after)).toEqual(told(before))
        await fill(
          connection,
          "points",
          rows.filter((r) => r.excluded !== true)
        )
        const without = await rowsOf(connection, `FROM spc.${call} ORDER BY series, period`)
        expect(told(without)).toEqual(told(before))
      }),
      { numRuns: 2, seed: 22 }
    )
  })
})
