import type { DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, expect, test } from "vitest"

import { makeSeries } from "../build/random.ts"
import { fill, openDatabase } from "../test/database.ts"
import type { InputRow } from "../test/database.ts"
import { everRate, lastPointRate } from "./index.ts"

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await openDatabase()
})

interface Summary {
  readonly profile: string
  readonly charts: number
  readonly judged: number
  readonly not_measured: number
  readonly active_now: number
  readonly active_measured: number
  readonly expected_false: number
  readonly stands_out: number
}

interface Single {
  readonly series: string
  readonly n: number
  readonly baseline: string
  readonly judged: boolean
  readonly active: boolean
  readonly variation: string | null
  readonly rules: { readonly items: ReadonlyArray<string> } | ReadonlyArray<string>
  readonly expected_false: number | null
  readonly p_value: number | null
  readonly q_value: number | null
}

const read = async <A>(sql: string): Promise<ReadonlyArray<A>> =>
  (await connection.runAndReadAll(sql)).getRowObjectsJS() as unknown as ReadonlyArray<A>

/** Steady charts of so many points, whose limits come from all points or, after 24, from the first 24. */
const steady = (
  charts: number,
  n: number,
  more: (s: number, i: number) => Partial<InputRow> = () => ({})
) => {
  const next = makeSeries(7)
  return Array.from({ length: charts }, (_, s) => {
    const y = new Float64Array(n)
    next(y)
    return Array.from(y, (value, i): InputRow => ({
      series: `s${String(s).padStart(4, "0")}`,
      period: i,
      value,
      ...more(s, i)
    }))
  }).flat()
}

const judged = async (rows: ReadonlyArray<InputRow>, call = "xmr('points')"): Promise<void> => {
  await fill(connection, "points", rows)
  await connection.run(`CREATE OR REPLACE TABLE judged AS FROM spc.${call}`)
}

const summary = async (): Promise<Summary> => (await read<Summary>("FROM spc.multiplicity('judged')"))[0]!
const singles = (): Promise<ReadonlyArray<Single>> =>
  read<Single>("FROM spc.multiplicity_by_chart('judged') ORDER BY series")

test("charts of a steady process have as many signals as expected, now", async () => {
  await judged(steady(2000, 36, (_, i) => ({ baseline: i < 24 })))
  const found = await summary()
  expect(found).toMatchObject({ profile: "mdc-2023", charts: 2000, judged: 2000, not_measured: 0 })
  expect(found.expected_false).toBeCloseTo(2000 * lastPointRate(36)!.any, 2)
  // Four standard errors of a count that is nearly Poisson.
  expect(Math.abs(found.active_now - found.expected_false)).toBeLessThan(4 * Math.sqrt(found.expected_false))
  expect(found.stands_out).toBe(0)
})

test("with a direction only the side of concern counts, in what is found and in what is expected", async () => {
  await judged(steady(2000, 36, (s, i) => ({ baseline: i < 24, direction: s % 2 === 0 ? "up" : "down" })))
  const found = await summary()
  expect(found.expected_false).toBeCloseTo(2000 * lastPointRate(36)!.concern, 2)
  expect(Math.abs(found.active_now - found.expected_false)).toBeLessThan(4 * Math.sqrt(found.expected_false))
  const rows = await singles()
  expect(rows.filter((r) => r.variation === "improvement").length).toBeGreaterThan(5)
  expect(rows.every((r) => r.active === (r.variation === "concern" || r.variation === "both"))).toBe(true)
})

test("the scheme of limits and the number of points choose the rate", async () => {
  const scheme = async (n: number, frozen: boolean): Promise<readonly [string, number | null]> => {
    await judged(steady(1, n, (_, i) => (frozen ? { baseline: i < 24 } : {})))
    const [only] = await singles()
    return [only!.baseline, only!.expected_false]
  }
  for (const n of [20, 24, 48]) {
    const [name, rate] = await scheme(n, false)
    expect(name).toBe(n <= 24 ? "frozen" : "all")
    expect(rate).toBeCloseTo(lastPointRate(n, 0, "mdc-2023", "all")!.any, 6)
  }
  const [name, rate] = await scheme(48, true)
  expect(name).toBe("frozen")
  expect(rate).toBeCloseTo(lastPointRate(48)!.any, 6)
  expect(rate).not.toBeCloseTo(lastPointRate(48, 0, "mdc-2023", "all")!.any, 3)
})

test("q-values by hand: rate times charts by rank", async () => {
  // Of 40 charts one has 12 points on one side at its end, and two a last point far out.
  await judged(
    steady(40, 36, (s, i) => ({
      baseline: i < 24,
      value: s === 3 && i >= 24 ? 1 + (i % 3) / 10 : (s === 5 || s === 9) && i === 35 ? 30 : (i * 7 + s) % 3
    }))
  )
  const rows = await singles()
  const active = rows.filter((r) => r.active)
  expect(active.map((r) => r.series)).toEqual(["s0005", "s0009"])
  const p = lastPointRate(36)!.any
  for (const row of active) {
    expect(row.p_value).toBeCloseTo(p, 6)
    expect(row.q_value).toBeCloseTo((p * 40) / 2, 5)
  }
  for (const row of rows.filter((r) => !r.active)) expect([row.p_value, row.q_value]).toEqual([1, 1])
})

test("when most of the charts have moved, they stand out; when one of many has, it may be luck", async () => {
  const moved =
    (many: number) =>
    (s: number, i: number): Partial<InputRow> => ({
      baseline: i < 24,
      value: s < many && i === 35 ? 30 : (i * 7 + s) % 3
    })
  await judged(steady(50, 36, moved(45)))
  const most = await summary()
  expect(most.active_now).toBe(45)
  expect(most.stands_out).toBe(most.active_now)
  await judged(steady(50, 36, moved(1)))
  const one = await summary()
  expect([one.active_now, one.stands_out]).toEqual([1, 0])
})

test("the rarer the state, the smaller its p-value: one long row stands out of fifty charts", async () => {
  await judged(
    steady(50, 36, (s, i) => ({
      baseline: i < 24,
      direction: "down",
      value: s === 7 && i >= 22 ? 2.2 + (i % 2) / 10 : ((i * 7 + s) % 3) + ((i * 13) % 5) / 5
    }))
  )
  const row = (await singles()).find((r) => r.series === "s0007")!
  expect(row.active).toBe(true)
  expect(row.p_value!).toBeLessThan(lastPointRate(36)!.concern / 10)
  expect(row.q_value!).toBeLessThan(0.05)
  expect((await summary()).stands_out).toBe(1)
})

test("p-values of steady charts of another seed are no smaller than they may be", async () => {
  for (const direction of [undefined, "up"] as const) {
    await judged(
      steady(3000, 36, (_, i) => ({ baseline: i < 24, ...(direction === undefined ? {} : { direction }) }))
    )
    const rows = await singles()
    for (const p of [0.03, 0.01, 0.003]) {
      const found = rows.filter((r) => r.p_value! <= p).length
      expect(found).toBeLessThan(3000 * p + 4 * Math.sqrt(3000 * p))
    }
    expect(rows.some((r) => r.p_value! < 0.01)).toBe(true)
  }
})

test("what was not judged or not measured is counted as that, and takes no part", async () => {
  const rows = [...steady(10, 30), ...steady(4, 9).map((r) => ({ ...r, series: `short ${r.series}` }))]
  await judged(rows)
  expect(await summary()).toMatchObject({ charts: 14, judged: 10, not_measured: 0 })
  const short = (await singles()).filter((r) => r.series.startsWith("short"))
  expect(short.map((r) => [r.judged, r.active, r.variation, r.p_value, r.q_value, r.expected_false])).toEqual(
    short.map(() => [false, false, null, null, null, null])
  )
  await connection.run("CREATE OR REPLACE TABLE own AS SELECT 'ours' AS name")
  await judged(rows, "xmr('points', profile := 'ours', profile_table := 'own')")
  expect(await summary()).toMatchObject({ profile: "ours", judged: 14, not_measured: 14, expected_false: 0 })
  await judged(rows, "mr('points')")
  expect((await summary()).not_measured).toBe(10)
})

test("run charts have the rate of their runs, whatever the direction", async () => {
  for (const direction of [undefined, "up"] as const) {
    await judged(
      steady(300, 24, () => (direction === undefined ? {} : { direction })),
      "run('points')"
    )
    const found = await summary()
    expect(found.expected_false).toBeCloseTo(300 * everRate("runs", 24, 7, "anhoej")!.rate, 3)
    // The rate was measured about the mean; about the median, where the sides are equal, crossings are a little fewer.
    expect(Math.abs(found.active_now - found.expected_false)).toBeLessThan(
      5 * Math.sqrt(found.expected_false)
    )
  }
})

test("the latest phase counts, and neither order nor threads change a bit", async () => {
  const rows = steady(60, 60, (s, i) => ({ phase: i < 30 ? 0 : 1, direction: s % 3 === 0 ? "up" : "down" }))
  await judged(rows)
  expect((await singles()).every((r) => r.n === 30)).toBe(true)
  const told = async (): Promise<string> => JSON.stringify([await summary(), await singles()])
  const once = await told()
  await judged(rows.toReversed())
  expect(await told()).toBe(once)
  await connection.run("SET threads = 1")
  expect(await told()).toBe(once)
  await connection.run("SET threads = 2")
})

test("nothing in, nothing out", async () => {
  await judged(steady(1, 20))
  await connection.run("DELETE FROM judged")
  expect(await read("FROM spc.multiplicity('judged')")).toEqual([])
  expect(await singles()).toEqual([])
})
