import type { DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, expect, test } from "vitest"

import { judge, openDatabase } from "../test/database.ts"
import type { InputRow } from "../test/database.ts"
import { binomialTails } from "../test/exact-tails.ts"

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await openDatabase()
})

const steady = (n: number, numerators: ReadonlyArray<number>): InputRow[] =>
  numerators.map((numerator, i) => ({ series: "a", period: i, numerator, denominator: n, baseline: i < 20 }))

test.each([
  [20, 2],
  [200, 4],
  [60, 0.5],
  [50, 48]
])(
  "small counts (n = %d, about %d cases): a count is beyond its limits exactly where its binomial tail is 0.00135 or less",
  async (n, mean) => {
    const total = Math.round(mean * 20)
    const base = Array.from(
      { length: 20 },
      (_, i) => Math.floor(((i + 1) * total) / 20) - Math.floor((i * total) / 20)
    )
    const every = Array.from({ length: n + 1 }, (_, k) => k)
    const rows = (await judge(connection, "p('points')", steady(n, [...base, ...every]))).get("a")!.slice(20)
    const { atMost, atLeast } = binomialTails(n, BigInt(total), BigInt(20 * n))
    expect(rows.map((r) => r.beyond_limits)).toEqual(
      every.map((k) => atLeast[k]! <= 0.00135 || atMost[k]! <= 0.00135)
    )
    expect(rows.map((r) => r.rules.find((run) => run.rule === "beyond-limits")?.side ?? null)).toEqual(
      every.map((k) => (atLeast[k]! <= 0.00135 ? "high" : atMost[k]! <= 0.00135 ? "low" : null))
    )
    expect(rows[0]!.warning).toContain("small-counts")
  }
)

test("ordinary counts: limits of the binomial sigma, cut at 0 and 1", async () => {
  const rows = (
    await judge(
      connection,
      "p('points')",
      steady(
        400,
        Array.from({ length: 20 }, (_, i) => 100 + (i % 2))
      )
    )
  ).get("a")!
  const p = 100.5 / 400
  expect(rows[0]!.centre).toBeCloseTo(p, 12)
  expect(rows[0]!.ucl3).toBeCloseTo(p + 3 * Math.sqrt((p * (1 - p)) / 400), 12)
  expect(rows[0]!.warning).toEqual([])
})

test("more spread than binomial is told: sigma_z above 1 + 1.645 √(0.826 / (m − 1))", async () => {
  const wide = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 4800 : 5200))
  const rows = (await judge(connection, "p('points')", steady(10_000, wide))).get("a")!
  // Every z is ±4, so every step is 8.
  expect(rows[0]!.sigma_z).toBeCloseTo(8 / 1.128, 9)
  expect(rows[0]!.warning).toContain("overdispersed")
})

test("a zero denominator loses its own limits, never those of the chart", async () => {
  const rows = steady(
    400,
    Array.from({ length: 20 }, () => 100)
  ).map((r, i) => (i === 4 ? { ...r, numerator: 0, denominator: 0 } : r))
  const out = (await judge(connection, "p('points')", rows)).get("a")!
  expect([out[4]!.value, out[4]!.ucl3, out[4]!.variation]).toEqual([null, null, "not-judged"])
  expect(out[5]!.ucl3).toBeGreaterThan(0.25)
  expect(out[0]!.warning).toContain("zero-denominator")
})

test("a lower limit at zero can only show one way", async () => {
  const word = async (direction: "up" | "down"): Promise<ReadonlyArray<string>> =>
    (
      await judge(
        connection,
        "p('points')",
        steady(
          40,
          Array.from({ length: 20 }, (_, i) => i % 3)
        ).map((r) => ({ ...r, direction }))
      )
    ).get("a")![0]!.warning
  expect(await word("down")).toContain("can-only-show-worse")
  expect(await word("up")).toContain("can-only-show-better")
})
