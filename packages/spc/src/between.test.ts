import type { DuckDBConnection } from "@duckdb/node-api"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"

import { judge, openDatabase } from "../test/database.ts"
import type { InputRow, OutputRow } from "../test/database.ts"

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await openDatabase()
})

const rowsOf = (values: ReadonlyArray<number | null>, more: Partial<InputRow> = {}): InputRow[] =>
  values.map((value, period) => ({ series: "a", period, value, ...more }))
const run = async (
  macro: string,
  values: ReadonlyArray<number | null>,
  more = "",
  of: Partial<InputRow> = {}
): Promise<ReadonlyArray<OutputRow>> =>
  (await judge(connection, `${macro}('points'${more})`, rowsOf(values, of))).get("a") ?? []

describe("g", () => {
  test("worked by hand: mean 8, sigma √72, median 6", async () => {
    for (const r of await run("g", [2, 6, 4, 20, 8])) {
      expect([r.centre, r.lcl3, r.lcl1, r.chart]).toEqual([6, 0, 0, "g"])
      expect(r.sigma).toBeCloseTo(8.48528137424, 10)
      expect(r.ucl3).toBeCloseTo(33.4558441227, 9)
      expect(r.ucl1).toBeCloseTo(16.4852813742, 9)
    }
  })

  test("a given centre is a mean, drawn as its median", async () => {
    const [r] = await run("g", [2, 6, 4], ", centre := 8, multiply := 2")
    expect(r!.centre).toBeCloseTo(11.088, 12)
    expect(r!.ucl3).toBeCloseTo(2 * 33.4558441227, 8)
    const [never] = await run("g", [2, 6, 4], ", centre := -8")
    expect([never!.lcl3, never!.ucl3, never!.sigma]).toEqual([null, null, null])
  })

  test("runs are told about the median: seven above it are a shift though all lie below the mean", async () => {
    const values = [1, 2, 3, 2, 1, 3, 2, 200, 2, 7, 8, 9, 7, 8, 9, 7]
    const rows = (
      await judge(
        connection,
        "g('points')",
        rowsOf(values).map((r, i) => ({ ...r, baseline: i < 9 }))
      )
    ).get("a")!
    expect(rows[0]!.centre).toBe(2)
    expect(rows.filter((r) => r.shift).map((r) => r.period)).toEqual([9, 10, 11, 12, 13, 14, 15])
  })
})

describe("t", () => {
  test("worked by hand: individual values on the scale y^(1/3.6)", async () => {
    // On that scale 1, 2, 3, 2: mean 2, moving ranges 1, 1, 1, sigma 2.66/3.
    const values = [1, 2, 3, 2].map((x) => x ** 3.6)
    for (const r of await run("t", values)) {
      expect(r.sigma).toBeCloseTo(2.66 / 3, 10)
      expect(r.ucl3).toBeCloseTo(4.66 ** 3.6, 8)
      expect(r.lcl2).toBeCloseTo((2 - 5.32 / 3) ** 3.6, 10)
      expect(r.lcl3).toBe(0)
      expect(r.centre).toBeCloseTo(2 ** 3.6, 10)
      expect(r.chart).toBe("t")
    }
  })

  test("the line is the median of the times, and the mean of the scale only where a tool draws it so", async () => {
    const values = [1, 1, 2, 4, 7].map((x) => x ** 3.6)
    const centre = async (more: string): Promise<number> => (await run("t", values, more))[0]!.centre!
    const [median, mean] = [2 ** 3.6, 3 ** 3.6]
    expect(await centre("")).toBeCloseTo(median, 9)
    expect(await centre(", profile := 'nelson'")).toBeCloseTo(median, 9)
    expect(await centre(", profile := 'anhoej'")).toBeCloseTo(mean, 9)
    expect(await centre(", profile := 'pbi'")).toBeCloseTo(mean, 9)
    expect(await centre(", centre := 'mean'")).toBeCloseTo(mean, 9)
    expect(await centre(", profile := 'pbi', centre := 'median'")).toBeCloseTo(median, 9)
    // The limits are about the mean of the scale either way.
    const upper = (await run("t", values))[0]!.ucl3!
    expect(upper).toBeCloseTo((3 + (2.66 * 6) / 4) ** 3.6, 7)
    expect((await run("t", values, ", centre := 'mean'"))[0]!.ucl3).toBeCloseTo(upper, 9)
  })

  test("a given centre is a time, not a point of the scale", async () => {
    const values = [1, 2, 3, 2].map((x) => x ** 3.6)
    const [r] = await run("t", values, `, centre := ${1.5 ** 3.6}`)
    expect(r!.centre).toBeCloseTo(1.5 ** 3.6, 10)
    expect(r!.ucl3).toBeCloseTo((1.5 + 2.66) ** 3.6, 8)
    const [never] = await run("t", values, ", centre := -1")
    expect([never!.centre, never!.lcl3, never!.ucl3]).toEqual([-1, null, null])
  })

  test("screened: a step of 3.267 averages or more is left out, once", async () => {
    // Twelve steps of 1 and one of 16: average 28/13, and 16 is more than 3.267 times that.
    const scale = [...Array.from({ length: 13 }, (_, i) => 2 + (i % 2)), 18]
    const values = scale.map((x) => x ** 3.6)
    expect((await run("t", values))[0]!.sigma).toBeCloseTo(((28 / 13) * 2.66) / 3, 9)
    expect((await run("t", values, ", screened := true"))[0]!.sigma).toBeCloseTo(2.66 / 3, 9)
  })

  test("no time at all between two events is a time", async () => {
    const rows = await run("t", [0, 5, 9, 0, 7])
    expect(rows.map((r) => r.value)).toEqual([0, 5, 9, 0, 7])
    expect([rows[0]!.n, rows[0]!.in_baseline]).toEqual([5, true])
    expect(rows[0]!.warning).toEqual(["few-points"])
  })

  test("always the same time: limits on it, and its target met or not", async () => {
    const values = Array.from({ length: 15 }, () => 30)
    for (const [target, word] of [
      [25, "pass"],
      [31, "fail"]
    ] as const)
      for (const r of await run("t", values, "", { target, direction: "up" })) {
        for (const x of [r.centre!, r.lcl3!, r.ucl3!]) expect(x).toBeCloseTo(30, 9)
        expect([r.sigma, r.beyond_limits, r.assurance]).toEqual([0, false, word])
        expect(r.warning).toContain("constant")
      }
  })

  test("law: k times the times are k times the chart", async () => {
    const times = fc.array(fc.double({ min: 0.1, max: 400, noNaN: true }), { minLength: 13, maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(times, { minLength: 15, maxLength: 15 }),
        fc.double({ min: 0.2, max: 60, noNaN: true }),
        async (some, k) => {
          const rows = some.flatMap((one, s) => rowsOf(one).map((r) => ({ ...r, series: `${s}` })))
          const of = async (
            more: string,
            input: ReadonlyArray<InputRow>
          ): Promise<ReadonlyArray<OutputRow>> =>
            [...(await judge(connection, `t('points'${more})`, input)).values()].flat()
          const before = await of("", rows)
          const after = await of(
            "",
            rows.map((r) => ({ ...r, value: k * r.value! }))
          )
          const told = await of(`, multiply := ${k}`, rows)
          for (const changed of [after, told])
            changed.forEach((r, i) => {
              const q = before[i]!
              for (const name of ["value", "centre", "lcl2", "ucl1", "ucl3"] as const)
                expect(Math.abs(r[name]! - k * q[name]!)).toBeLessThan(1e-9 * Math.max(1, Math.abs(r[name]!)))
              expect(r.sigma).toBeCloseTo(q.sigma! * k ** (1 / 3.6), 9)
              expect([r.beyond_limits, r.shift, r.variation]).toEqual([q.beyond_limits, q.shift, q.variation])
            })
          expect(after.length).toBeGreaterThan(150)
        }
      ),
      { numRuns: 2, seed: 3 }
    )
  })
})

describe.each(["g", "t"])("%s: what cannot be, and the edges", (macro) => {
  const steady = Array.from({ length: 15 }, (_, i) => 20 + ((i * 7) % 9))

  test.each([
    [null, ["missing"]],
    [-3, ["missing", "negative"]],
    [Number.NaN, ["missing"]],
    [Number.POSITIVE_INFINITY, ["missing"]]
  ])("%s is missing, that point only", async (value, warning) => {
    const rows = await run(
      macro,
      steady.map((x, i) => (i === 6 ? value : x))
    )
    const gap = await run(
      macro,
      steady.map((x, i) => (i === 6 ? null : x))
    )
    expect([rows[6]!.value, rows[6]!.signal, rows[6]!.variation]).toEqual([null, null, "not-judged"])
    expect(rows[0]!.warning).toEqual(warning)
    rows.forEach((r, i) => {
      expect([r.centre, r.ucl3, r.lcl3, r.n]).toEqual([gap[i]!.centre, gap[i]!.ucl3, gap[i]!.lcl3, 14])
      expect(r.ucl3).toBeGreaterThan(r.centre!)
    })
  })

  test("two of three beyond 2 sigma is no rule of a skewed chart, except by the profiles that have it", async () => {
    // One step of the scale is 1, so the 2-sigma limit lies under 7 of it and the 3-sigma limit above it.
    const scale = [...Array.from({ length: 20 }, (_, i) => 4 + (i % 2)), 6.6, 6.6]
    const values =
      macro === "t"
        ? scale.map((x) => x ** 3.6)
        : [...Array.from({ length: 20 }, (_, i) => 9 + 2 * (i % 2)), 35, 35]
    const judged = async (profile: string): Promise<ReadonlyArray<OutputRow>> =>
      (
        await judge(
          connection,
          `${macro}('points', profile := '${profile}')`,
          rowsOf(values).map((r, i) => ({ ...r, baseline: i < 20 }))
        )
      ).get("a")!
    for (const profile of ["mdc-2023", "ptd-0.2"]) {
      const last = (await judged(profile)).at(-1)!
      expect(last.value).toBeGreaterThan(last.ucl2!)
      expect(last.value).toBeLessThan(last.ucl3!)
      expect(last.rules.map((r) => r.rule)).not.toContain("two-of-three")
    }
    expect((await judged("pbi")).at(-1)!.rules.map((r) => r.rule)).toContain("two-of-three")
  })

  test("only one side can be told where nothing lies below the lower limit", async () => {
    const values = [3, 0, 5, 20, 1, 0, 9, 2, 14, 4, 0, 6, 1, 11]
    const words = async (direction: "up" | "down"): Promise<ReadonlyArray<string>> =>
      (await run(macro, values, "", { direction }))[0]!.warning.filter((w) => w.startsWith("can-only"))
    expect(await words("up")).toEqual(["can-only-show-better"])
    expect(await words("down")).toEqual(["can-only-show-worse"])
  })

  test("no rows, one row, nothing known", async () => {
    await connection.run("CREATE OR REPLACE TABLE empty (series VARCHAR, period INTEGER, value DOUBLE)")
    expect((await connection.runAndReadAll(`FROM spc.${macro}('empty')`)).currentRowCount).toBe(0)
    const [one] = await run(macro, [7])
    expect([one!.value, one!.centre, one!.n, one!.judged]).toEqual([7, 7, 1, false])
    for (const profile of ["mdc-2023", "anhoej"])
      expect(
        (await run(macro, [null, null], `, profile := '${profile}'`)).map((r) => [
          r.centre,
          r.lcl3,
          r.ucl3,
          r.sigma
        ])
      ).toEqual([
        [null, null, null, null],
        [null, null, null, null]
      ])
  })
})

test("by quantiles, the limits of a g chart hold so much of the geometric distribution", async () => {
  // Mean 11, so each event comes with chance 1/11: the sums of (10/11)^k give the quantiles.
  const values = Array.from({ length: 20 }, (_, i) => 10 + 2 * (i % 2))
  const rows = (await judge(connection, "g('points', profile := 'nelson')", rowsOf(values))).get("a")!
  const quantile = (share: number): number => {
    let k = 0
    while (1 - (10 / 11) ** (k + 1) < share) k++
    return k
  }
  expect([
    rows[0]!.centre,
    rows[0]!.lcl3,
    rows[0]!.lcl1,
    rows[0]!.ucl1,
    rows[0]!.ucl2,
    rows[0]!.ucl3
  ]).toEqual([11, 0, quantile(0.15866), quantile(0.84134), quantile(0.97725), quantile(0.99865)])
  expect(rows[0]!.sigma).toBeCloseTo(Math.sqrt(110), 12)
})
