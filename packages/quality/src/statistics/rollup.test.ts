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
  referenceText,
  whySkipped
} from "../../test/statistics.ts"

interface ShrinkageCase {
  readonly id: string
  readonly x: ReadonlyArray<number>
  readonly n: ReadonlyArray<number>
  readonly expected: Readonly<
    Record<"mu" | "seMu" | "tau2DL" | "tau2REML" | "I2" | "Q" | "pQ", number> &
      Record<"yi" | "vi" | "blup" | "blupProportion" | "reliability", ReadonlyArray<number>>
  >
  readonly tolerance: { readonly DL: number; readonly REML: number }
}

let db: DuckDBConnection
beforeAll(async () => {
  db = await openStatistics()
})

type Unit = readonly [grp: string, unit: number, numerator: number, denominator: number]
const columns = "grp VARCHAR, unit INTEGER, numerator DOUBLE, denominator DOUBLE"
const given = (units: ReadonlyArray<Unit>, name = "units"): Promise<void> => fill(db, name, columns, units)

describe.skipIf(!haveReference)(`shrinkage.json${whySkipped}`, () => {
  test.each(referenceCases<ShrinkageCase>("shrinkage.json"))(
    "$id",
    async ({ x, n, expected: e, tolerance }) => {
      await given(x.map((k, i) => ["g", i, k, n[i]!]))
      const [dl] = await ask(db, "FROM stats.rollup('units', method := 'dl')")
      expect(
        distance(
          [dl!["mu"], dl!["se"], dl!["tau2"], dl!["i2"]! * 100, dl!["q"], dl!["p"]],
          [e.mu, e.seMu, e.tau2DL, e.I2, e.Q, e.pQ]
        )
      ).toBeLessThan(tolerance.DL)
      expect(dl!["p"]! / e.pQ).toBeCloseTo(1, 9)
      const [reml] = await ask(db, "FROM stats.rollup('units')")
      expect(distance([reml!["tau2"]], [e.tau2REML])).toBeLessThan(tolerance.REML)
      const units = await ask(db, "FROM stats.shrunken('units', method := 'dl') ORDER BY unit")
      const column = (name: string) => units.map((row) => row[name])
      expect(distance(column("y"), e.yi)).toBeLessThan(tolerance.DL)
      expect(distance(column("v"), e.vi)).toBeLessThan(tolerance.DL)
      expect(distance(column("estimate"), e.blup)).toBeLessThan(tolerance.DL)
      expect(distance(column("share"), e.blupProportion)).toBeLessThan(tolerance.DL)
      expect(distance(column("reliability"), e.reliability)).toBeLessThan(tolerance.DL)
    }
  )
})

interface PercentCase {
  readonly id: string
  readonly items: ReadonlyArray<string>
  readonly positiveAtOrAbove: number
  readonly group?: string
  readonly expected: {
    readonly personLevel?: { readonly mean: number; readonly seClustered: number }
  }
  readonly tolerance?: number
}

describe.skipIf(!haveReference)(`percent_positive.json${whySkipped}`, () => {
  const cases = referenceCases<PercentCase>("percent_positive.json").filter(
    (c) => c.expected.personLevel !== undefined
  )

  test.each(cases)("$id, clustered", async ({ items, positiveAtOrAbove, expected }) => {
    const [head, ...lines] = referenceText("lq2002.csv").trim().split(/\r?\n/)
    const names = head!.split(",").map((name) => name.replaceAll('"', ""))
    const at = items.map((item) => names.indexOf(item))
    const company = names.indexOf("COMPID")
    await fill(
      db,
      "people",
      "cluster VARCHAR, numerator DOUBLE, denominator DOUBLE",
      lines.map((line) => {
        const cells = line.split(",")
        const positive = at.filter((i) => Number(cells[i]) >= positiveAtOrAbove).length
        return [cells[company]!, positive / items.length, 1]
      })
    )
    const [row] = await ask(db, "FROM stats.cluster_proportion('people')")
    const { mean, seClustered } = expected.personLevel!
    expect(row!["clusters"]).toBe(49)
    expect(distance([row!["estimate"], row!["se"]], [mean, seClustered])).toBeLessThan(1e-9)
    // 48 degrees of freedom: t = 2.010635.
    expect(row!["high"]! - row!["estimate"]!).toBeCloseTo(2.0106347576 * seClustered, 9)
  })
})

describe("a proportion by clusters", () => {
  const clusters = (rows: ReadonlyArray<readonly [string, number, number]>) =>
    fill(db, "clusters", "cluster VARCHAR, numerator DOUBLE, denominator DOUBLE", rows)
  const columnsOf = (row: Readonly<Record<string, unknown>> | undefined) => [
    row!["interval"],
    row!["low"],
    row!["high"]
  ]

  test("by hand: 2 of 10, 5 of 10 and 8 of 20", async () => {
    await clusters([
      ["a", 2, 10],
      ["b", 5, 10],
      ["c", 8, 20]
    ])
    const [row] = await ask(db, "FROM stats.cluster_proportion('clusters')")
    const p = 15 / 40
    const se = Math.sqrt((3 / 2) * ((2 - 10 * p) ** 2 + (5 - 10 * p) ** 2 + (8 - 20 * p) ** 2)) / 40
    expect(
      distance([row!["estimate"], row!["se"], row!["design_effect"]], [p, se, (se * se * 39) / (p * (1 - p))])
    ).toBeLessThan(1e-14)
    expect(row!["low"]).toBe(Math.max(0, p - 4.302652729749462 * se))
  })

  test("where clusters do not differ it is Wilson's interval on the pool, not none", async () => {
    await clusters([
      ["a", 0, 10],
      ["b", 0, 10]
    ])
    const [row] = await ask<Readonly<Record<string, unknown>>>(
      db,
      "FROM stats.cluster_proportion('clusters')"
    )
    expect(columnsOf(row)[0]).toBe("wilson")
    const [wilson] = await ask(db, "SELECT unnest(stats.wilson(0, 20))")
    expect(columnsOf(row).slice(1)).toEqual([wilson!["low"], wilson!["high"]])
  })

  test("one cluster has no interval", async () => {
    await clusters([["a", 3, 10]])
    expect(
      columnsOf(
        (await ask<Readonly<Record<string, unknown>>>(db, "FROM stats.cluster_proportion('clusters')"))[0]
      )
    ).toEqual([null, null, null])
  })
})

/** Binomial counts from a generator of its own, the same each time. */
const draws = (seed: number) => {
  let state = seed
  return (n: number, p: number): number => {
    let x = 0
    for (let i = 0; i < n; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      if (state / 4294967296 < p) x += 1
    }
    return x
  }
}

describe("the same mean, another spread (RULES §2.5)", () => {
  const system = (share: (i: number) => number): ReadonlyArray<Unit> => {
    const binomial = draws(20261123)
    return Array.from({ length: 40 }, (_, i) => ["g", i, binomial(400, share(i)), 400] as const)
  }

  test("40 units all at 20 %: I² below 20 %", async () => {
    await given(system(() => 0.2))
    const [row] = await ask(db, "FROM stats.rollup('units')")
    expect(row!["i2"]).toBeLessThan(0.2)
    expect(row!["reliability"]).toBeLessThan(0.7)
  })

  test("half at 10 %, half at 30 %: I² above 90 %, and the same typical unit within 3 points", async () => {
    await given(system((i) => (i % 2 === 0 ? 0.1 : 0.3)))
    const [row] = await ask(db, "FROM stats.rollup('units')")
    expect(row!["i2"]).toBeGreaterThan(0.9)
    expect(row!["reliability"]).toBeGreaterThan(0.9)
    expect(Math.abs(row!["share"]! - 0.18)).toBeLessThan(0.03)
  })
})

const systems = fc.array(
  fc.integer({ min: 1, max: 300 }).chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n))),
  { minLength: 2, maxLength: 12 }
)

describe("roll-ups of any system", () => {
  test("no order of rows, number of threads or neighbouring group changes a bit", async () => {
    const one = await openStatistics(1)
    await fc.assert(
      fc.asyncProperty(systems, systems, fc.boolean(), async (xs, others, dl) => {
        const units: ReadonlyArray<Unit> = xs.map(([x, n], i) => ["g", i, x, n])
        const neighbours: ReadonlyArray<Unit> = others.map(([x, n], i) => ["h", i, x, n])
        const call = (macro: string) =>
          `FROM stats.${macro}('units', method := '${dl ? "dl" : "reml"}') WHERE grp = 'g' ORDER BY ALL`
        await fill(one, "units", columns, units)
        await given([...neighbours, ...units.toReversed()])
        expect(await ask(db, call("rollup"))).toEqual(await ask(one, call("rollup")))
        expect(await ask(db, call("shrunken"))).toEqual(await ask(one, call("shrunken")))
      }),
      { numRuns: 15 }
    )
  })

  test("a shrunken unit lies between itself and the mean, and its reliability within 0 and 1", async () => {
    await fc.assert(
      fc.asyncProperty(systems, async (xs) => {
        await given(xs.map(([x, n], i) => ["g", i, x, n]))
        for (const row of await ask(db, "FROM stats.shrunken('units')")) {
          const [least, most] = [Math.min(row["y"]!, row["mu"]!), Math.max(row["y"]!, row["mu"]!)]
          expect(row["estimate"]).toBeGreaterThanOrEqual(least - 1e-9)
          expect(row["estimate"]).toBeLessThanOrEqual(most + 1e-9)
          expect(row["reliability"]).toBeGreaterThanOrEqual(0)
          expect(row["reliability"]).toBeLessThan(1)
          expect(row["low"]).toBeLessThan(row["share"]!)
          expect(row["high"]).toBeGreaterThan(row["share"]!)
        }
      }),
      { numRuns: 15 }
    )
  })

  test("REML stands where the restricted likelihood is highest", async () => {
    await fc.assert(
      fc.asyncProperty(systems, async (xs) => {
        await given(xs.map(([x, n], i) => ["g", i, x, n]))
        const [row] = await ask<{ readonly tau2: number; readonly method_used: string }>(
          db,
          "FROM stats.rollup('units')"
        )
        fc.pre(row!.method_used === "reml")
        const units = await ask(db, "SELECT y, v FROM stats.shrunken('units')")
        const likelihood = (tau2: number): number => {
          const w = units.map((u) => 1 / (u["v"]! + tau2))
          const total = w.reduce((a, b) => a + b)
          const mu = units.reduce((s, u, i) => s + w[i]! * u["y"]!, 0) / total
          return (
            -0.5 *
            (w.reduce((s, x) => s - Math.log(x), 0) +
              Math.log(total) +
              units.reduce((s, u, i) => s + w[i]! * (u["y"]! - mu) ** 2, 0))
          )
        }
        const here = likelihood(row!.tau2)
        for (const other of [0, row!.tau2 * 0.99, row!.tau2 * 1.01, row!.tau2 + 1e-3])
          expect(here).toBeGreaterThanOrEqual(likelihood(other) - 1e-9)
      }),
      { numRuns: 25 }
    )
  })
})

describe("means with their standard errors", () => {
  test("as the shares do on the logit", async () => {
    await given([
      ["g", 1, 30, 100],
      ["g", 2, 45, 100],
      ["g", 3, 20, 90],
      ["g", 4, 60, 120]
    ])
    await db.run(
      "CREATE OR REPLACE VIEW logits AS SELECT grp, unit, y AS value, sqrt(v) AS sigma FROM stats.shrunken('units')"
    )
    const [share] = await ask(db, "FROM stats.rollup('units')")
    const [mean] = await ask(db, "FROM stats.rollup_mean('logits')")
    for (const name of ["mu", "se", "tau2", "i2", "q", "p", "reliability"])
      expect(mean![name]).toBeCloseTo(share![name]!, 9)
    expect(mean!["mean"]).toBe(mean!["mu"])
    const units = await ask(db, "FROM stats.shrunken_mean('logits') ORDER BY unit")
    const shares = await ask(db, "FROM stats.shrunken('units') ORDER BY unit")
    expect(
      distance(
        units.map((u) => u["mean"]),
        shares.map((u) => u["estimate"]!)
      )
    ).toBeLessThan(1e-9)
  })
})

describe("what cannot be rolled up", () => {
  test("units without a share are counted, not used; rows of one unit are added", async () => {
    await fill(db, "mixed", "unit VARCHAR, numerator INTEGER, denominator INTEGER", [
      ["a", 3, 10],
      ["a", 4, 10],
      ["b", null, 10],
      ["c", 5, 4],
      ["d", 0, 0],
      ["e", 9, 20]
    ])
    const [row] = await ask(db, "FROM stats.rollup('mixed')")
    expect([row!["units"], row!["left_out"]]).toEqual([2, 3])
    const units = await ask(db, "FROM stats.shrunken('mixed') ORDER BY unit")
    expect(units.map((u) => u["numerator"] ?? null)).toEqual([7, null, 5, 0, 9])
    expect(units.map((u) => u["estimate"] === null)).toEqual([false, true, true, true, false])
  })

  test("a lone unit keeps its own share; an empty relation gives no row", async () => {
    await given([["g", 1, 3, 10]])
    const [row] = await ask(
      db,
      "SELECT tau2, i2, low, high, round(share, 12) AS share FROM stats.rollup('units')"
    )
    expect(row).toEqual({ tau2: null, i2: null, low: null, high: null, share: 0.3 })
    const [unit] = await ask(db, "SELECT reliability, round(share, 12) AS share FROM stats.shrunken('units')")
    expect(unit).toEqual({ reliability: null, share: 0.3 })
    await given([])
    expect(await ask(db, "FROM stats.rollup('units')")).toEqual([])
  })

  test("an unknown method is an error that names those there are", async () => {
    await given([["g", 1, 3, 10]])
    await expect(ask(db, "FROM stats.rollup('units', method := 'paule')")).rejects.toThrow(
      "method must be reml or dl"
    )
  })
})
