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

type Column = ReadonlyArray<number | null>

interface Case {
  readonly id: string
  readonly weeks: ReadonlyArray<number>
  readonly adopted: ReadonlyArray<number>
  readonly expected: Readonly<
    Record<"t" | "atRisk" | "events" | "adoptedShare" | "se" | "lower" | "upper", Column> & {
      medianWeeks: number
    }
  >
  readonly tolerance: number
}

type Wait = readonly [group: string, time: number | null, happened: boolean | null]

let db: DuckDBConnection
beforeAll(async () => {
  db = await openStatistics()
})

const given = (waits: ReadonlyArray<Wait>): Promise<void> =>
  fill(db, "waits", "grp VARCHAR, time DOUBLE, happened BOOLEAN", waits)

const curve = "FROM stats.kaplan_meier('waits') ORDER BY grp, time"
const summary = "FROM stats.kaplan_meier_median('waits') ORDER BY grp"

const happened = (...times: ReadonlyArray<number>): ReadonlyArray<Wait> =>
  times.map((time) => ["a", time, true])
const censored = (...times: ReadonlyArray<number>): ReadonlyArray<Wait> =>
  times.map((time) => ["a", time, false])

describe.skipIf(!haveReference)(`adoption_curve.json${whySkipped}`, () => {
  test.each(referenceCases<Case>("adoption_curve.json"))(
    "$id",
    async ({ weeks, adopted, expected: e, tolerance }) => {
      await given(weeks.map((week, i) => ["a", week, adopted[i] === 1]))
      const rows = await ask(db, curve)
      const column = (name: string): Column => rows.map((row) => row[name]!)
      expect(column("time")).toEqual(e.t)
      expect(column("at_risk")).toEqual(e.atRisk)
      expect(column("happened")).toEqual(e.events)
      for (const [name, expected] of [
        ["share", e.adoptedShare],
        ["se", e.se],
        ["low", e.lower],
        ["high", e.upper]
      ] as const) {
        expect(distance(column(name), expected), name).toBeLessThan(tolerance)
      }
      expect((await ask(db, summary))[0]).toMatchObject({ cases: 28, median: e.medianWeeks })
    }
  )
})

describe("time to an event", () => {
  test("half at exactly one half is the midpoint of the level stretch", async () => {
    await given([...happened(2, 3, 5, 8, 13, 21), ...censored(30, 30, 45, 60)])
    expect(await ask(db, summary)).toMatchObject([
      { cases: 10, happened: 6, lower_quartile: 5, median: 17, upper_quartile: null }
    ])
  })

  test("half at exactly one half, and nothing after it: its own time", async () => {
    await given([...happened(1, 2), ...censored(9, 9)])
    expect(await ask(db, summary)).toMatchObject([{ median: 2, upper_quartile: null }])
  })

  test("what has happened to nobody has no time and no limits", async () => {
    await given(censored(4, 9))
    expect(await ask(db, summary)).toMatchObject([
      { cases: 2, happened: 0, lower_quartile: null, median: null, upper_quartile: null, median_low: null }
    ])
    expect(
      await ask(db, "SELECT share, se, low, high FROM stats.kaplan_meier('waits') WHERE time = 9")
    ).toEqual([{ share: 0, se: 0, low: null, high: null }])
  })

  test("rows without a time, without an outcome or from before the start are left out; a group may be missing", async () => {
    await given([...happened(1), ["a", null, true], ["a", 2, null], ["a", -1, true]])
    expect(await ask(db, summary)).toMatchObject([{ cases: 1, happened: 1, median: 1 }])
    await db.run("ALTER TABLE waits DROP COLUMN grp")
    expect(await ask(db, summary)).toMatchObject([{ grp: null, cases: 1 }])
  })

  test("an impossible level gives no limits", async () => {
    await given(happened(1, 2, 3))
    expect(await ask(db, "SELECT DISTINCT low, high FROM stats.kaplan_meier('waits', level := 1)")).toEqual([
      { low: null, high: null }
    ])
  })

  const wait = fc.tuple(fc.constantFrom("a", "b"), fc.integer({ min: 0, max: 20 }), fc.boolean())

  test("the share only rises, within its limits; without censoring it is the share that it has happened to", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(wait, { minLength: 1, maxLength: 60 }), async (waits) => {
        await given(waits)
        const rows = await ask(db, curve)
        for (const [i, row] of rows.entries()) {
          const before = rows[i - 1]
          expect(row["share"]).toBeGreaterThanOrEqual(
            before !== undefined && before["grp"] === row["grp"] ? before["share"]! : 0
          )
          expect(row["share"]).toBeLessThanOrEqual(1)
          if (row["low"] !== null) {
            expect(row["low"]).toBeLessThanOrEqual(row["share"]!)
            expect(row["high"]).toBeGreaterThanOrEqual(row["share"]!)
          }
        }
        await given(waits.map(([group, time]) => [group, time, true]))
        for (const row of await ask<{ grp: string; time: number; share: number }>(db, curve)) {
          const group = waits.filter(([name]) => name === row.grp)
          const share = group.filter(([, time]) => time <= row.time).length / group.length
          expect(distance([row.share], [share])).toBeLessThan(1e-12)
        }
      }),
      { numRuns: 12 }
    )
  })

  test("the order of rows and the unit of time change no share, and the number of threads no bit", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(wait, { minLength: 1, maxLength: 60 }), async (waits) => {
        await given(waits)
        const rows = await ask(db, curve)
        const quartiles = await ask(db, summary)
        await given(waits.toReversed())
        await db.run("SET threads = 1")
        expect(await ask(db, curve)).toEqual(rows)
        await db.run("SET threads = 2")
        await given(waits.map(([group, time, done]) => [group, time * 7, done]))
        expect((await ask(db, curve)).map((row) => row["low"])).toEqual(rows.map((row) => row["low"]))
        expect((await ask(db, summary)).map((row) => row["median"])).toEqual(
          quartiles.map((row) => (row["median"] === null ? null : row["median"]! * 7))
        )
      }),
      { numRuns: 12 }
    )
  })
})
