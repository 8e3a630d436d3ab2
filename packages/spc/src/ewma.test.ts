import type { DuckDBConnection } from "@duckdb/node-api"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"

import { averageSigma, makeAverage } from "../build/sequential-plain.ts"
import { judge, openDatabase, rowsOf } from "../test/database.ts"
import type { InputRow, OutputRow } from "../test/database.ts"
import { noisy, series, values } from "../test/one-series.ts"

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await openDatabase()
})

const ewma = async (rows: ReadonlyArray<InputRow>, args = ""): Promise<ReadonlyArray<OutputRow>> =>
  (await judge(connection, `ewma('points'${args})`, rows)).get("a") ?? []

const close = (ours: number | null | undefined, theirs: number, scale = 1): void => {
  expect(ours).not.toBeNull()
  expect(Math.abs(ours! - theirs)).toBeLessThanOrEqual(1e-9 * Math.max(scale, Math.abs(theirs)))
}

describe("spc.ewma", () => {
  test("by hand: four values about 10, weight ½", async () => {
    const out = await ewma(series([10, 12, 8, 14]), ", profile := 'pbi', centre := 10, weight := 0.5")
    expect(out.map((r) => r.value)).toEqual([10, 12, 8, 14])
    expect(out.map((r) => r.ewma)).toEqual([10, 11, 9.5, 11.75])
    const sigma = 4 / 1.128
    close(out[0]!.sigma, sigma * 0.5)
    close(out[1]!.sigma, sigma * Math.sqrt(0.3125))
    close(out[1]!.ucl3, 10 + 3 * sigma * Math.sqrt(0.3125))
    close(out[1]!.ucl2, 10 + 2 * sigma * Math.sqrt(0.3125))
    close(out[1]!.lcl1, 10 - sigma * Math.sqrt(0.3125))
    expect(out.every((r) => r.centre === 10 && r.chart === "ewma" && r.judged)).toBe(true)
  })

  test("equals the plain loop in every bit, through all stretches, and its limits", async () => {
    for (const n of [1, 2, 63, 64, 65, 128, 129, 300]) {
      const ys = noisy(n)
      const out = await ewma(series(ys), ", centre := 22, weight := 0.1, nsigmas := 2.7, profile := 'pbi'")
      const add = makeAverage(0.1, 22)
      expect(out.map((r) => r.ewma)).toEqual(ys.map(add))
      if (n > 1) {
        const sigma = out[0]!.sigma! / averageSigma(0.1, 1)
        out.forEach((r, i) => close(r.ucl3, 22 + 2.7 * sigma * averageSigma(0.1, i + 1)))
        out.forEach((r, i) => close(r.lcl3, 22 - 2.7 * sigma * averageSigma(0.1, i + 1)))
      } else expect(out[0]).toMatchObject({ sigma: null, ucl3: null, beyond_limits: null })
    }
  })

  test("the average is judged, not the value; one run is one run", async () => {
    const rows = series(noisy(40, 3), { direction: "down" }).map((r, i) => ({ ...r, baseline: i < 20 }))
    const out = await ewma(rows)
    const beyond = out.filter((r) => r.ewma! > r.ucl3! || r.ewma! < r.lcl3!)
    expect(beyond.length).toBeGreaterThan(5)
    expect(out.filter((r) => r.beyond_limits)).toEqual(beyond)
    expect(out.some((r) => r.value! > r.ucl3! && r.beyond_limits === false)).toBe(true)
    const last = out.at(-1)!
    expect(last).toMatchObject({ variation: "concern", direction_of_signal: "high" })
    expect(last.warning).toContain("not-stable")
    expect(last.rules).toEqual([
      {
        rule: "beyond-limits",
        side: "high",
        first: last.rules[0]!.completed,
        completed: last.rules[0]!.completed,
        last: 40,
        points: 41 - last.rules[0]!.first
      }
    ])
  })

  test("weight 1 is the chart of individual values", async () => {
    const ys = [...noisy(30), 60, 21, -10, 22]
    const x = (await judge(connection, "xmr('points')", series(ys))).get("a")!
    const e = await ewma(series(ys), ", weight := 1")
    expect(e.map((r) => [r.ewma, r.ucl3, r.lcl3, r.beyond_limits])).toEqual(
      x.map((r) => [r.value, r.ucl3, r.lcl3, r.beyond_limits])
    )
    expect(e.filter((r) => r.beyond_limits)).toHaveLength(2)
  })

  test("other rules do not apply, whatever the profile", async () => {
    for (const profile of ["mdc-2023", "anhoej", "ptd-0.2", "western-electric", "nelson", "pbi"]) {
      const out = await ewma(series(noisy(40, 2.5)), `, profile := '${profile}'`)
      for (const r of out) {
        expect([r.shift, r.trend, r.two_of_three, r.runs_signal, r.longest_run]).toEqual(Array(5).fill(null))
        expect(r.signal).toBe(r.beyond_limits)
      }
    }
  })

  test("a profile without limits asks nothing; below the minimum nothing is judged", async () => {
    await connection.run("CREATE OR REPLACE TABLE quiet AS SELECT 'quiet' AS name, false AS beyond_limits")
    const quiet = await ewma(series(noisy(40, 9)), ", profile := 'quiet', profile_table := 'quiet'")
    expect(quiet.every((r) => r.beyond_limits === null && r.signal === false)).toBe(true)
    const few = await ewma(series([1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 50]))
    expect(few.every((r) => r.signal === null && r.ewma !== null && r.variation === "not-judged")).toBe(true)
  })

  test("says nothing about a target, which single values meet or miss", async () => {
    const far = await ewma(series(noisy(30), { target: 90, direction: "down" }))
    expect(far.at(-1)!.assurance).toBe("not-judged")
    expect((await ewma(series(noisy(30))))[0]!.assurance).toBe("no-target")
  })

  test("multiply scales everything but the judgement", async () => {
    const one = await ewma(series(noisy(30, 3)))
    const many = await ewma(series(noisy(30, 3)), ", multiply := 1000")
    one.forEach((r, i) => {
      close(many[i]!.ewma, r.ewma! * 1000)
      close(many[i]!.ucl3, r.ucl3! * 1000)
      expect(many[i]!.signal).toBe(r.signal)
    })
  })

  test("a phase starts anew; the baseline alone sets centre and limits", async () => {
    const [a, b] = [noisy(20), noisy(20, 9)]
    const both = await ewma([
      ...series(a, { phase: 1 }),
      ...b.map((value, i) => ({ series: "a", phase: 2, period: 101 + i, value }))
    ])
    const alone = await ewma(series(b))
    expect(both.slice(20).map((r) => [r.ewma, r.ucl3, r.signal])).toEqual(
      alone.map((r) => [r.ewma, r.ucl3, r.signal])
    )
    const frozen = await ewma(series([...a, ...b]).map((r, i) => ({ ...r, baseline: i < 20 })))
    const before = await ewma(series(a))
    expect(frozen.slice(0, 20).map((r) => [r.ewma, r.ucl3])).toEqual(before.map((r) => [r.ewma, r.ucl3]))
  })

  test("at a missing value the average waits; a ghost changes nothing else", async () => {
    const ys = noisy(30)
    const plain = await ewma(series(ys), ", centre := 22")
    const gap = await ewma(series([...ys.slice(0, 10), null, ...ys.slice(10)]), ", centre := 22")
    expect(gap[10]).toMatchObject({
      ewma: null,
      ucl3: null,
      sigma: null,
      signal: null,
      variation: "not-judged"
    })
    expect(gap.filter((_, i) => i !== 10).map((r) => r.ewma)).toEqual(plain.map((r) => r.ewma))
    expect(gap[0]!.warning).toContain("missing")
    const ghost = await ewma(
      [...series(ys), { series: "a", period: 10.5, value: 999, excluded: true }].map((r) => ({
        ...r,
        period: r.period * 2
      })),
      ", centre := 22"
    )
    expect(ghost.find((r) => r.excluded)).toMatchObject({ value: 999, ewma: null, ucl3: null, signal: null })
    expect(ghost.filter((r) => !r.excluded).map((r) => [r.ewma, r.ucl3, r.signal])).toEqual(
      plain.map((r) => [r.ewma, r.ucl3, r.signal])
    )
  })

  test("constant values lie on the centre; after a constant baseline every change is beyond", async () => {
    const flat = await ewma(series(Array<number>(20).fill(0.1)))
    for (const r of flat) {
      close(r.ewma, 0.1)
      expect(r).toMatchObject({ sigma: 0, judged: true, signal: false, warning: ["constant"] })
    }
    const rows = series([...Array<number>(20).fill(5), 6]).map((r, i) => ({ ...r, baseline: i < 20 }))
    const out = await ewma(rows)
    expect(out.at(-1)).toMatchObject({ signal: true, direction_of_signal: "high" })
    expect(out[0]!.warning).toContain("too-little-variation")
  })

  test("a weight or width that makes no sense stops the query; an empty table is empty", async () => {
    for (const args of [
      "weight := 0",
      "weight := 1.01",
      "weight := NULL",
      "nsigmas := 0",
      "nsigmas := 'inf'::DOUBLE"
    ])
      await expect(ewma(series([1, 2]), `, ${args}`)).rejects.toThrow(/spc: (weight|nsigmas) must/)
    await connection.run("CREATE OR REPLACE TABLE nothing (series VARCHAR, period INTEGER, value DOUBLE)")
    expect(await rowsOf(connection, "FROM spc.ewma('nothing')")).toEqual([])
    expect(await ewma(series([null, null]))).toHaveLength(2)
  })

  test("the loop, for many lengths at once; f(a + b·x) = a + b·f(x); row order is nothing", async () => {
    const many = fc.sample(values, { seed: 5, numRuns: 80 })
    const all = (change: (y: number, s: number) => number): ReadonlyArray<InputRow> =>
      many.flatMap((ys, s) => ys.map((y, i) => ({ series: `${s}`, period: i, value: change(y, s) })))
    const call = "ewma('points', profile := 'pbi', nsigmas := 1.5)"
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
    for (const [name, rows] of plain) {
      const [a, b] = [(Number(name) % 50) - 20, (Number(name) % 9) + 1]
      expect(rows.map((r) => r.ewma)).toEqual(
        rows.map((r) => r.value!).map(makeAverage(0.2, rows[0]!.centre!))
      )
      rows.forEach((r, i) => {
        const there = moved.get(name)![i]!
        close(there.ewma, a + b * r.ewma!, 3000)
        if (r.ucl3 !== null) close(there.ucl3, a + b * r.ucl3, 3000)
        expect(there.signal).toBe(r.signal)
      })
    }
    expect([...plain.values()].flat().filter((r) => r.signal).length).toBeGreaterThan(5)
    expect(await judge(connection, call, all((y) => y).toReversed())).toEqual(plain)
  })
})
