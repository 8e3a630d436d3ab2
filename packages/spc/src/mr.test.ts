import type { DuckDBConnection } from "@duckdb/node-api"
import fc from "fast-check"
import { beforeAll, expect, test } from "vitest"

import { fill, judge, openDatabase, rowsOf } from "../test/database.ts"
import type { InputRow, OutputRow } from "../test/database.ts"

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await openDatabase()
})

const rowsFrom = (values: ReadonlyArray<number | null>, more: Partial<InputRow> = {}): InputRow[] =>
  values.map((value, period) => ({ series: "a", period, value, ...more }))
const mr = async (rows: ReadonlyArray<InputRow>, more = ""): Promise<ReadonlyArray<OutputRow>> =>
  (await judge(connection, `mr('points'${more})`, rows)).get("a") ?? []

test("worked by hand: ranges 2, 4, 3, average 3", async () => {
  const rows = await mr(rowsFrom([10, 12, 8, 11]))
  expect(rows.map((r) => r.value)).toEqual([null, 2, 4, 3])
  for (const r of rows) {
    expect(r.centre).toBe(3)
    expect(r.ucl3).toBeCloseTo(9.801, 12)
    expect(r.sigma).toBeCloseTo(6.801 / 3, 12)
    expect(r.ucl2).toBeCloseTo(3 + (2 * 6.801) / 3, 12)
    expect(r.ucl1).toBeCloseTo(3 + 6.801 / 3, 12)
    expect(r.lcl1).toBeCloseTo(3 - 6.801 / 3, 12)
    expect([r.lcl3, r.lcl2]).toEqual([0, 0])
    expect([r.chart, r.n, r.r1, r.sigma_z]).toEqual(["mr", 3, null, null])
  }
  expect(rows.map((r) => r.in_baseline)).toEqual([false, true, true, true])
  expect(rows.map((r) => r.excluded)).toEqual([false, false, false, false])
  expect(rows[0]!.signal).toBeNull()
  expect(rows[0]!.variation).toBe("not-judged")
  expect(rows[0]!.warning).toEqual(["few-points"])
})

test("a range beyond 3.267 averages is beyond the limits, one on it is not", async () => {
  // 29 ranges of 1 and one of 4: average 1.1, limit 3.5937; then one of exactly the limit of a given centre.
  const steps = Array.from({ length: 30 }, (_, i) => (i === 20 ? 4 : 1))
  const values = steps.reduce<number[]>((all, s, i) => [...all, all.at(-1)! + (i % 2 ? -s : s)], [0])
  const rows = await mr(rowsFrom(values))
  expect(rows.flatMap((r) => (r.beyond_limits === true ? [r.period] : []))).toEqual([21])
  const given = await mr(rowsFrom([...values, values.at(-1)! + 3.267]), ", centre := 1")
  expect(given.flatMap((r) => (r.beyond_limits === true ? [r.period] : []))).toEqual([21])
  for (const r of given) expect([r.centre, r.ucl3]).toEqual([1, 3.267])
})

test("a missing value leaves two points without a range, and only the missing value is warned of", async () => {
  const rows = await mr(rowsFrom([10, 12, null, 8, 11]))
  expect(rows.map((r) => r.value)).toEqual([null, 2, null, null, 3])
  for (const r of rows) expect([r.centre, r.n, r.warning]).toEqual([2.5, 2, ["few-points", "missing"]])
})

test("a ghost is left out and its neighbours become neighbours", async () => {
  const rows = await mr(rowsFrom([10, 12, 99, 8, 11]).map((r) => ({ ...r, excluded: r.period === 2 })))
  expect(rows.map((r) => [r.value, r.excluded])).toEqual([
    [null, false],
    [2, false],
    [null, true],
    [4, false],
    [3, false]
  ])
  for (const r of rows) expect([r.centre, r.warning]).toEqual([3, ["few-points"]])
})

test("each phase starts anew; a range is of the baseline if both its values are", async () => {
  const phased = await mr(
    rowsFrom([10, 12, 8, 50, 51, 55]).map((r) => ({ ...r, phase: r.period < 3 ? 0 : 1 }))
  )
  expect(phased.map((r) => [r.value, r.centre])).toEqual([
    [null, 3],
    [2, 3],
    [4, 3],
    [null, 2.5],
    [1, 2.5],
    [4, 2.5]
  ])
  const frozen = await mr(rowsFrom([10, 12, 8, 50, 51]).map((r) => ({ ...r, baseline: r.period < 3 })))
  expect(frozen.map((r) => [r.value, r.centre, r.in_baseline])).toEqual([
    [null, 3, false],
    [2, 3, true],
    [4, 3, true],
    [42, 3, false],
    [1, 3, false]
  ])
})

test("a constant series lies on its limits and is not out of them", async () => {
  for (const r of (await mr(rowsFrom(Array.from({ length: 15 }, () => 7)))).slice(1)) {
    expect([r.value, r.centre, r.lcl3, r.ucl3, r.sigma]).toEqual([0, 0, 0, 0, 0])
    expect([r.beyond_limits, r.signal, r.warning]).toEqual([false, false, ["constant"]])
  }
})

test("one row, two rows, no row, no value", async () => {
  expect((await mr(rowsFrom([5]))).map((r) => [r.value, r.centre, r.ucl3, r.judged, r.n])).toEqual([
    [null, null, null, false, 0]
  ])
  const two = await mr(rowsFrom([5, 9]), ", profile := 'anhoej'")
  expect(two.map((r) => [r.value, r.centre])).toEqual([
    [null, 4],
    [4, 4]
  ])
  await fill(connection, "points", rowsFrom([5]))
  expect(await rowsOf(connection, "WITH none AS (FROM points WHERE false) FROM spc.mr('none')")).toEqual([])
  expect((await mr(rowsFrom([null, null]))).map((r) => [r.value, r.lcl3, r.warning])).toEqual([
    [null, null, ["few-points", "missing"]],
    [null, null, ["few-points", "missing"]]
  ])
})

test("thirds of the upper limit where the profile's tool draws them", async () => {
  for (const profile of ["anhoej", "pbi"])
    for (const r of await mr(rowsFrom([10, 12, 8, 11]), `, profile := '${profile}'`)) {
      expect(r.ucl2).toBeCloseTo(6.534, 12)
      expect(r.ucl1).toBeCloseTo(3.267, 12)
      expect([r.lcl1, r.lcl2, r.lcl3]).toEqual([0, 0, 0])
    }
})

/** What of a row must not change when values are moved and stretched. */
const flags = (r: OutputRow) => [r.beyond_limits, r.shift, r.trend, r.two_of_three, r.rules, r.warning]

test("moved values change nothing, stretched ones stretch all; the order of rows never matters", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.constant(null), fc.integer({ min: -500, max: 500 })), {
        minLength: 1,
        maxLength: 40
      }),
      fc.integer({ min: -1000, max: 1000 }),
      fc.integer({ min: 1, max: 64 }),
      fc.integer({ min: 0, max: 40 }),
      async (values, a, b, ghost) => {
        const made = (series: string, move: (x: number) => number, far = 0): InputRow[] =>
          values.map((x, period) => ({
            series,
            period,
            value: x === null ? null : move(x) + (period === ghost ? far : 0),
            excluded: period === ghost
          }))
        const same = (x: number): number => x
        const rows = [...made("plain", same), ...made("moved", (x) => a + b * x), ...made("wild", same, 1e6)]
        const out = await judge(connection, "mr('points')", rows)
        const [plain, moved] = [out.get("plain")!, out.get("moved")!]
        expect(moved.map(flags)).toEqual(plain.map(flags))
        const near = (x: number | null, y: number | null): void => {
          if (y === null) expect(x).toBeNull()
          else expect(Math.abs(x! - b * y)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(b * y)))
        }
        moved.forEach((r, i) => {
          for (const c of ["value", "centre", "ucl3", "lcl1", "sigma"] as const) near(r[c], plain[i]![c])
        })
        expect(out.get("wild")).toEqual(plain.map((r) => ({ ...r, series: "wild" })))
        expect(await judge(connection, "mr('points')", rows.toReversed())).toEqual(out)
      }
    ),
    { numRuns: 15 }
  )
})
