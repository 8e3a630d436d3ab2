import type { DuckDBConnection } from "@duckdb/node-api"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"

import { makeSums } from "../build/sequential-plain.ts"
import { judge, openDatabase, rowsOf } from "../test/database.ts"
import type { InputRow, OutputRow } from "../test/database.ts"
import { noisy, series, values } from "../test/one-series.ts"

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await openDatabase()
})

const cusum = async (rows: ReadonlyArray<InputRow>, args = ""): Promise<ReadonlyArray<OutputRow>> =>
  (await judge(connection, `cusum('points'${args})`, rows)).get("a") ?? []

/** Values whose first four, the baseline, have mean 50 and average moving range 1.128·sigma, so that z is as given. */
const standard = (zs: ReadonlyArray<number>, sigma = 2): ReadonlyArray<InputRow> =>
  [-0.564, 0.564, -0.564, 0.564, ...zs].map((z, i) => ({
    series: "a",
    period: i - 3,
    value: 50 + z * sigma,
    baseline: i < 4,
    direction: "down"
  }))
const sums = (rows: ReadonlyArray<OutputRow>): ReadonlyArray<unknown> =>
  rows.map((r) => [r.cusum_pos, r.cusum_neg, r.beyond_limits, r.signal])

describe("spc.cusum", () => {
  test("by hand: two signals, each dated from the point after its sum was last 0", async () => {
    const out = (await cusum(standard([2, 2, 1, -4, 3, 0.25, 0.25]), ", profile := 'pbi', h := 2.5")).slice(4)
    const near = (of: (r: OutputRow) => number, them: ReadonlyArray<number>): void =>
      out.forEach((r, i) => expect(of(r)).toBeCloseTo(them[i]!, 9))
    near((r) => r.cusum_pos!, [1.5 + 0.064, 3.064, 3.564, 0, 2.5, 2.25, 2])
    near((r) => r.cusum_neg!, [0, 0, 0, -3.5, 0, 0, 0])
    // The fifth sum is 2.5: on the decision interval, not beyond it.
    expect(out.map((r) => r.beyond_limits)).toEqual([false, true, true, true, false, false, false])
    expect(out.map((r) => r.variation)).toEqual([
      "common",
      "concern",
      "concern",
      "improvement",
      "common",
      "common",
      "common"
    ])
    // The last point of the baseline, 0.564, already left 0.064 in the sum: the change is dated from there.
    const high = { rule: "beyond-limits", side: "high", first: 0, completed: 2, last: 3, points: 4 }
    expect(out[1]!.rules).toEqual([high])
    expect(out[2]!.rules).toEqual([high])
    expect(out[3]!.rules).toEqual([
      { rule: "beyond-limits", side: "low", first: 4, completed: 4, last: 4, points: 1 }
    ])
    expect(out[1]).toMatchObject({
      value: 54,
      centre: 50,
      lcl3: null,
      ucl3: null,
      ucl1: null,
      chart: "cusum"
    })
    expect(out[1]!.sigma).toBeCloseTo(2, 9)
  })

  test("a sum that dips below the interval and comes back is one run; one that was 0 between is two", async () => {
    const args = ", profile := 'pbi', h := 2"
    const dip = (await cusum(standard([3, -0.5, 1.5]), args)).slice(4)
    expect(dip.map((r) => r.beyond_limits)).toEqual([true, false, true])
    expect(dip[0]!.rules).toEqual(dip[2]!.rules)
    expect(dip[2]!.rules).toEqual([
      { rule: "beyond-limits", side: "high", first: 0, completed: 1, last: 3, points: 4 }
    ])
    const two = (await cusum(standard([3, -3, 3]), args)).slice(4)
    expect(two.map((r) => r.rules[0]?.first ?? null)).toEqual([0, 2, 3])
    expect(two.map((r) => r.rules[0]?.side ?? null)).toEqual(["high", "low", "high"])
  })

  test("both sums can be beyond at one point, and both are kept; there is no reset", async () => {
    const out = (await cusum(standard([20, -8, 0]), ", profile := 'pbi'")).slice(4)
    expect(out[1]!.cusum_pos).toBeCloseTo(20 - 0.5 - 8.5 + 0.064, 9)
    expect(out[1]!.cusum_neg).toBeCloseTo(-7.5, 9)
    expect(out[1]).toMatchObject({ variation: "both", direction_of_signal: "both" })
    expect(out[1]!.rules.map((r) => r.side)).toEqual(["high", "low"])
    expect(out[2]!.cusum_pos).toBeCloseTo(10.564, 9)
    expect(out[2]!.cusum_neg).toBeCloseTo(-7, 9)
  })

  test("equals the plain loop in every bit, through all stretches", async () => {
    for (const n of [2, 63, 64, 65, 128, 129, 300]) {
      const ys = noisy(n, 2)
      const out = await cusum(series(ys), ", k := 0.25, h := 4, profile := 'pbi'")
      const add = makeSums(0.25)
      const expected = ys.map((y) => add((y - out[0]!.centre!) / out[0]!.sigma!))
      expect(out.map((r) => [r.cusum_pos, r.cusum_neg])).toEqual(expected.map(([a, b]) => [a + 0, b + 0]))
      expect(out.map((r) => r.beyond_limits)).toEqual(expected.map(([a, b]) => a > 4 || b < -4))
    }
  })

  test("other rules do not apply, whatever the profile; a target is not judged", async () => {
    for (const profile of ["mdc-2023", "anhoej", "nelson"]) {
      const out = await cusum(
        series(noisy(40, 2.5), { target: 3, direction: "up" }),
        `, profile := '${profile}'`
      )
      for (const r of out) {
        expect([r.shift, r.trend, r.two_of_three, r.runs_signal, r.longest_run]).toEqual(Array(5).fill(null))
        expect(r.signal).toBe(r.beyond_limits)
        expect(r.assurance).toBe("not-judged")
      }
      expect(out.filter((r) => r.signal).length).toBeGreaterThan(0)
    }
  })

  test("without a sigma there are no sums and no judgement", async () => {
    const flat = await cusum(series(Array<number>(20).fill(0.1)))
    for (const r of flat)
      expect(r).toMatchObject({
        sigma: 0,
        cusum_pos: null,
        cusum_neg: null,
        judged: false,
        signal: null,
        variation: "not-judged",
        warning: ["constant"]
      })
    const rows = series([...Array<number>(20).fill(5), 6]).map((r, i) => ({ ...r, baseline: i < 20 }))
    const late = await cusum(rows)
    expect(late.at(-1)).toMatchObject({ cusum_pos: null, judged: false })
    expect(late.at(-1)!.warning).toContain("too-little-variation")
    expect((await cusum(series([4]), ", profile := 'pbi'"))[0]).toMatchObject({
      sigma: null,
      cusum_pos: null
    })
  })

  test("a phase starts anew; below the minimum nothing is judged", async () => {
    const [a, b] = [noisy(20), noisy(20, 9)]
    const both = await cusum([
      ...series(a, { phase: 1 }),
      ...b.map((value, i) => ({ series: "a", phase: 2, period: 101 + i, value }))
    ])
    expect(sums(both.slice(20))).toEqual(sums(await cusum(series(b))))
    const few = await cusum(series([1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 50]))
    expect(few.every((r) => r.signal === null && r.cusum_pos !== null)).toBe(true)
  })

  test("at a missing value the sums wait; a ghost changes nothing else", async () => {
    const rows = standard([2, 2, 1, -4, 3].flatMap((z) => [z, z]))
    const plain = await cusum(rows, ", profile := 'pbi'")
    const gap: ReadonlyArray<InputRow> = [...rows, { series: "a", period: 2.5, value: null }].map((r) => ({
      ...r,
      period: r.period * 2
    }))
    const missing = await cusum(gap, ", profile := 'pbi'")
    expect(missing.find((r) => r.value === null)).toMatchObject({
      cusum_pos: null,
      cusum_neg: null,
      signal: null
    })
    expect(sums(missing.filter((r) => r.value !== null))).toEqual(sums(plain))
    expect(missing[0]!.warning).toContain("missing")
    const ghosts = gap.map((r) => (r.value === null ? { ...r, value: 999, excluded: true } : r))
    const ghost = await cusum(ghosts, ", profile := 'pbi'")
    expect(ghost.find((r) => r.excluded)).toMatchObject({ cusum_pos: null, cusum_neg: null, signal: null })
    expect(sums(ghost.filter((r) => !r.excluded))).toEqual(sums(plain))
    expect(plain.some((r) => r.signal)).toBe(true)
  })

  test("an allowance or interval that makes no sense stops the query; an empty table is empty", async () => {
    for (const args of ["k := -0.1", "k := NULL", "h := 0", "h := 'inf'::DOUBLE"])
      await expect(cusum(series([1, 2]), `, ${args}`)).rejects.toThrow(/spc: [kh] must/)
    await connection.run("CREATE OR REPLACE TABLE nothing (series VARCHAR, period INTEGER, value DOUBLE)")
    expect(await rowsOf(connection, "FROM spc.cusum('nothing')")).toEqual([])
    expect(await cusum(series([null, null]))).toHaveLength(2)
  })

  test("the loop, for many lengths at once; units and row order are nothing: the same under a + b·x, b > 0; mirrored under −x", async () => {
    const many = fc.sample(values, { seed: 6, numRuns: 80 })
    const all = (change: (y: number, s: number) => number): ReadonlyArray<InputRow> =>
      many.flatMap((ys, s) => ys.map((y, i) => ({ series: `${s}`, period: i, value: change(y, s) })))
    const call = "cusum('points', profile := 'pbi', k := 0.3, h := 3)"
    const plain = await judge(
      connection,
      call,
      all((y) => y)
    )
    const moved = await judge(
      connection,
      call,
      all((y, s) => (s % 50) - 20 + ((s % 9) + 1) * y)
    )
    const mirrored = await judge(
      connection,
      call,
      all((y) => -y)
    )
    for (const [name, rows] of plain) {
      const add = makeSums(0.3)
      rows.forEach((r, i) => {
        if (r.sigma! > 0)
          expect([r.cusum_pos, r.cusum_neg]).toEqual(add((r.value! - r.centre!) / r.sigma!).map((x) => x + 0))
        const [there, mirror] = [moved.get(name)![i]!, mirrored.get(name)![i]!]
        if (typeof r.cusum_pos !== "number") expect([there.cusum_pos, mirror.cusum_neg]).toEqual([null, null])
        else {
          expect(there.cusum_pos).toBeCloseTo(r.cusum_pos, 8)
          expect(there.cusum_neg).toBeCloseTo(r.cusum_neg!, 8)
          expect(mirror.cusum_neg).toBeCloseTo(-r.cusum_pos, 8)
        }
        expect(there.rules).toEqual(r.rules)
        expect(mirror.signal).toBe(r.signal)
      })
    }
    expect([...plain.values()].flat().filter((r) => r.signal).length).toBeGreaterThan(20)
    expect(await judge(connection, call, all((y) => y).toReversed())).toEqual(plain)
  })
})
