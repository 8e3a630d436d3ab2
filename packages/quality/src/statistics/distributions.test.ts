import type { DuckDBConnection } from "@duckdb/node-api"
import betaQuantile from "@stdlib/stats-base-dists-beta-quantile"
import chiSquareCdf from "@stdlib/stats-base-dists-chisquare-cdf"
import normalCdf from "@stdlib/stats-base-dists-normal-cdf"
import normalQuantile from "@stdlib/stats-base-dists-normal-quantile"
import studentCdf from "@stdlib/stats-base-dists-t-cdf"
import studentQuantile from "@stdlib/stats-base-dists-t-quantile"
import { beforeAll, describe, expect, test } from "vitest"

import { ask, openStatistics } from "../../test/statistics.ts"

let db: DuckDBConnection
beforeAll(async () => {
  db = await openStatistics()
})

interface Point {
  readonly a: number
  readonly b: number
  readonly y: number
}

const grid = (from: number, to: number, count: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1))

/** The greatest error relative to `scale` of what `sql` makes of all pairs of a and b. */
const worst = async (
  sql: string,
  as: ReadonlyArray<number>,
  bs: ReadonlyArray<number>,
  exact: (a: number, b: number) => number,
  scale: (y: number) => number
): Promise<number> => {
  const list = (xs: ReadonlyArray<number>): string =>
    `unnest([${xs.map((x) => `'${x}'`).join(", ")}]::DOUBLE[])`
  const rows = await ask<Point>(
    db,
    `SELECT a, b, ${sql} AS y FROM (SELECT ${list(as)} AS a) CROSS JOIN (SELECT ${list(bs)} AS b)`
  )
  expect(rows.length).toBe(as.length * bs.length)
  return rows.reduce((most, { a, b, y }) => {
    const e = exact(a, b)
    return Math.max(most, Number.isFinite(y) ? Math.abs(y - e) / scale(e) : Infinity)
  }, 0)
}

const relative = (y: number): number => Math.abs(y)
const absolute = (): number => 1
const either = (y: number): number => Math.max(Math.abs(y), 1)
const shares = [
  1e-12,
  1e-9,
  1e-6,
  1e-4,
  0.001,
  0.0025,
  0.005,
  0.01,
  ...grid(0.02, 0.98, 49),
  0.995,
  0.9975,
  0.999,
  0.999999
]
const degrees = [1, 1.3, 2, 2.5, 3, 4, 5, 7.5, 10, 15, 20, 39, 60, 79, 81, 120, 499, 1000, 5000, 1e5, 1e6]

describe("normal", () => {
  test("its lower tail to 1e-12 of itself", async () => {
    expect(
      await worst("stats.normal_cdf(a)", grid(-37, 8, 1801), [0], (z) => normalCdf(z, 0, 1), relative)
    ).toBeLessThan(1e-12)
  })

  test("two-sided p", async () => {
    expect(
      await worst(
        "stats.normal_p(a)",
        grid(-37, 37, 741),
        [0],
        (z) => 2 * normalCdf(-Math.abs(z), 0, 1),
        relative
      )
    ).toBeLessThan(1e-12)
  })

  // The library's own quantiles are wrong from the seventh digit on at 1e-12: the far tails are held by the next test.
  test("its quantiles", async () => {
    expect(
      await worst(
        "stats.normal_quantile(a)",
        shares.filter((p) => p >= 1e-4 && p <= 0.9999),
        [0],
        (p) => normalQuantile(p, 0, 1),
        either
      )
    ).toBeLessThan(1e-12)
  })

  test("a quantile has its share below it", async () => {
    expect(
      await worst(
        "stats.normal_cdf(stats.normal_quantile(a))",
        [1e-300, 1e-100, 1e-30, ...shares],
        [0],
        (p) => p,
        relative
      )
    ).toBeLessThan(1e-12)
  })
})

describe("Student", () => {
  test("its distribution function", async () => {
    expect(
      await worst(
        "stats.t_cdf(a, b)",
        [...grid(-12, 12, 241), -40, -100, 40, 1e3],
        degrees,
        studentCdf,
        absolute
      )
    ).toBeLessThan(1e-12)
  })

  test("its far tails to ten digits", async () => {
    expect(
      await worst(
        "stats.t_p(a, b)",
        grid(3, 60, 58),
        degrees.filter((v) => v <= 120),
        (t, v) => 2 * studentCdf(-t, v),
        relative
      )
    ).toBeLessThan(1e-10)
  })

  test("its quantiles", async () => {
    expect(
      await worst(
        "stats.t_quantile(a, b)",
        shares.slice(2),
        degrees.filter((v) => v <= 1000),
        studentQuantile,
        either
      )
    ).toBeLessThan(1e-10)
  })

  test("a quantile has its share below it, whatever the degrees", async () => {
    expect(
      await worst("stats.t_cdf(stats.t_quantile(a, b), b)", shares, degrees, (p) => p, relative)
    ).toBeLessThan(1e-10)
  })

  test("the factors of intervals as printed in tables", async () => {
    const [row] = await ask(
      db,
      "SELECT stats.t_quantile(0.975, 39) AS a, stats.t_quantile(0.995, 4) AS b, stats.t_quantile(0.975, 1e12) AS c"
    )
    expect([row!["a"]!.toFixed(6), row!["b"]!.toFixed(6), row!["c"]!.toFixed(6)]).toEqual([
      "2.022691",
      "4.604095",
      "1.959964"
    ])
  })

  test("less than one degree of freedom is none", async () => {
    expect(await ask(db, "SELECT stats.t_p(2, 0) AS a, stats.t_quantile(0.975, 0) AS b")).toEqual([
      { a: null, b: null }
    ])
  })
})

describe("chi-square", () => {
  test("its upper tail", async () => {
    expect(
      await worst(
        "stats.chi_square_p(a, b)",
        [0, 1e-6, 0.01, ...grid(0.1, 400, 200)],
        [1, 2, 3, 5, 13, 39, 99, 200],
        (x, v) => 1 - chiSquareCdf(x, v),
        absolute
      )
    ).toBeLessThan(1e-12)
  })

  // With an even number of degrees the tail is a sum of Poisson probabilities.
  const poisson = (x: number, v: number): number => {
    let term = -x / 2
    let total = Math.exp(term)
    for (let k = 1; k < v / 2; k++) {
      term += Math.log(x / 2 / k)
      total += Math.exp(term)
    }
    return total
  }

  test("with thousands of degrees", async () => {
    expect(
      await worst(
        "stats.chi_square_p(a * b, b)",
        grid(0.9, 1.1, 41),
        [1000, 5000],
        (x, v) => poisson(x * v, v),
        absolute
      )
    ).toBeLessThan(1e-11)
  })
})

describe("Clopper and Pearson", () => {
  const ns = [1, 2, 5, 11, 50, 200, 1000, 20000]
  const parts = [0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1]
  const levels = [0.5, 0.8, 0.95, 0.998]

  test.each(levels)("the quantiles of the beta distribution at %s", async (level) => {
    const p = (1 - level) / 2
    const low = (n: number, s: number): number => {
      const x = Math.round(n * s)
      return x === 0 ? 0 : betaQuantile(p, x, n - x + 1)
    }
    const high = (n: number, s: number): number => {
      const x = Math.round(n * s)
      return x === n ? 1 : betaQuantile(1 - p, x + 1, n - x)
    }
    expect(
      await worst(`stats.clopper_pearson(round(a * b), a, ${level}).low`, ns, parts, low, absolute)
    ).toBeLessThan(1e-10)
    expect(
      await worst(`stats.clopper_pearson(round(a * b), a, ${level}).high`, ns, parts, high, absolute)
    ).toBeLessThan(1e-10)
  })
})
