import type { DuckDBConnection } from "@duckdb/node-api"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"

import { funnel, openFunnels } from "../test/funnel.ts"
import type { FunnelRow, Unit } from "../test/funnel.ts"

const kinds = ["pr", "rc", "sr"] as const
const limits = ["lcl95", "ucl95", "lcl998", "ucl998"] as const
const scaled = ["value", "target", ...limits, "od_lcl95", "od_ucl95", "od_lcl998", "od_ucl998"] as const

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await openFunnels()
})

/** Numbers in [0, 1) from a fixed seed (mulberry32). */
const seeded = (seed: number): (() => number) => {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let x = Math.imul(a ^ (a >>> 15), 1 | a)
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296
  }
}

const name = (i: number): string => `u${String(i).padStart(3, "0")}`

const drawn = (shares: ReadonlyArray<number>, n: number): ReadonlyArray<Unit> => {
  const next = seeded(20260101)
  return shares.map((p, i) => ({
    unit: name(i),
    numerator: Array.from({ length: n }, () => (next() < p ? 1 : 0)).reduce<number>((a, b) => a + b, 0),
    denominator: n
  }))
}

const units = fc
  .array(
    fc.record({
      denominator: fc.integer({ min: 5, max: 3000 }),
      share: fc.double({ min: 0, max: 1, noNaN: true })
    }),
    { minLength: 1, maxLength: 25 }
  )
  .map((xs) =>
    xs.map((x, i) => ({
      unit: name(i),
      numerator: Math.floor(x.share * x.denominator),
      denominator: x.denominator
    }))
  )

const close = (ours: number | null, theirs: number | null): boolean =>
  ours === null || theirs === null
    ? ours === theirs
    : Math.abs(ours - theirs) <= 1e-9 * Math.max(Math.abs(theirs), 1e-6)

describe("exact and Byar limits", () => {
  // Quantiles from scipy 1.x: gamma(E), gamma(E + 1) over E; beta and beta-prime at the expected count.
  test.each([
    [0.3, [1.0618930105797232e-5, 14.312590369545259, 2.3242330322611149e-10, 25.541209617259078]],
    [4.9, [0.3199770014229685, 2.35253362109034, 0.14398080901484894, 3.32476147157282]],
    [171.49, [0.8559293334171755, 1.1613794046168955, 0.7805283527772323, 1.2591987143826318]],
    [2000.5, [0.9566547129750916, 1.0448029957729827, 0.932330960020925, 1.071035113503431]]
  ])("funnel_sr at %d expected is the exact Poisson", async (expected, theirs) => {
    // Units of other sizes stand beside it: lists of unequal length once took another row's numbers.
    const beside = [9000, 1.5, 60, 800].map((denominator, i) => ({
      unit: name(i),
      numerator: 3,
      denominator
    }))
    const rows = await funnel(connection, "sr", [
      ...beside,
      { unit: "x", numerator: 5, denominator: expected }
    ])
    const x = rows.find((r) => r.unit === "x")!
    limits.forEach((k, i) => expect(x[k]! / theirs[i]!).toBeCloseTo(1, 9))
  })

  const binomial = [
    [3, 0.2, [0.0005527109946111176, 0.8420943778246631, 2.583685866882194e-6, 0.9596167543136439]],
    [400, 0.2, [0.16189520044951383, 0.24261004974335762, 0.1423824682028272, 0.2678614084953549]],
    [12000, 0.02, [0.017570421916980467, 0.022666156373956668, 0.016276694421890125, 0.024266925542513536]],
    [50, 0.9, [0.7818646335657977, 0.9667249064109775, 0.7066864947990713, 0.9847070484468095]]
  ] as const
  const ratio = [
    [3, 0.2, [0.0004660230031788447, 3.471375683434634, 2.1773508585725218e-6, 12.409469649418558]],
    [400, 0.2, [0.15530146225526892, 0.2548295823196877, 0.1337806554490059, 0.2900398909102843]],
    [12000, 0.02, [0.017527418367261294, 0.022727369775926872, 0.01621571681676135, 0.02437198141552611]],
    [50, 0.9, [0.5880162295881832, 1.3740002646428697, 0.46334839138743084, 1.7358415485292642]]
  ] as const
  test.each([
    ...binomial.map(([n, p, x]) => ["pr", n, p, x] as const),
    ...ratio.map(([n, p, x]) => ["rc", n, p, x] as const)
  ])("funnel_%s at %d and %d is the exact binomial", async (kind, n, p, theirs) => {
    const beside = [250, 100, 37, 5000].map((denominator, i) => ({
      unit: name(i),
      numerator: 3,
      denominator
    }))
    const rows = await funnel(
      connection,
      kind,
      [...beside, { unit: "x", numerator: 1, denominator: n }],
      `limits := 'exact', target := ${p}`
    )
    const x = rows.find((r) => r.unit === "x")!
    limits.forEach((k, i) => expect(x[k]! / theirs[i]!).toBeCloseTo(1, 9))
  })

  test("Byar's limits of 10 expected are 4.79 and 18.39", async () => {
    const [x] = await funnel(
      connection,
      "sr",
      [{ unit: "x", numerator: 10, denominator: 10 }],
      "limits := 'byar'"
    )
    expect(x!.lcl95! * 10).toBeCloseTo(4.79, 2)
    expect(x!.ucl95! * 10).toBeCloseTo(18.39, 2)
  })

  test("exact limits bend no bit with neighbours", async () => {
    const many = drawn(
      Array.from({ length: 30 }, (_, i) => i / 40),
      60
    ).map((u, i) => ({ ...u, denominator: u.denominator! + i * i * 7 }))
    const together = await funnel(connection, "pr", many, "limits := 'exact', target := 0.3")
    for (const u of [many[2]!, many[11]!, many[29]!]) {
      const [alone] = await funnel(connection, "pr", [u], "limits := 'exact', target := 0.3")
      const x = together.find((r) => r.unit === u.unit)!
      expect(limits.map((k) => x[k])).toEqual(limits.map((k) => alone![k]))
    }
  })
})

describe("where tools go wrong", () => {
  const some = Array.from({ length: 12 }, (_, i) => ({
    unit: name(i),
    numerator: 8 + (i % 5),
    denominator: 10.3 + i
  }))

  test.each(["SHMI", "CQC", "square-root"])(
    "no events take the square-root z and stay out of phi (%s)",
    async (method) => {
      const named = `method := '${method}'`
      const without = await funnel(connection, "sr", some, named)
      const rows = await funnel(
        connection,
        "sr",
        [...some, { unit: "zero", numerator: 0, denominator: 9 }],
        named
      )
      const zero = rows.find((r) => r.unit === "zero")!
      expect(zero.z).toBe(-6)
      expect(zero.value).toBe(0)
      expect(zero.warning).toContain("no-events")
      expect([zero.phi, zero.tau2]).toEqual([without[0]!.phi, without[0]!.tau2])
      expect(rows.filter((r) => r.warning.includes("no-events")).length).toBe(1)
    }
  )

  test.each(kinds)("a denominator of 0 has no ratio and moves nothing (%s)", async (kind) => {
    for (const named of ["", "limits := 'exact'", "limits := 'byar'"]) {
      const without = await funnel(connection, kind, some, named)
      const rows = await funnel(
        connection,
        kind,
        [...some, { unit: "zero", numerator: 0, denominator: 0 }],
        named
      )
      const zero = rows.find((r) => r.unit === "zero")!
      expect([zero.value, zero.z, zero.outlier, ...limits.map((k) => zero[k])]).toEqual(Array(7).fill(null))
      expect(zero.warning).toContain("zero-denominator")
      expect(zero.target).toBe(without[0]!.target)
      expect(rows.filter((r) => r.unit !== "zero")).toEqual(without)
    }
  })

  test("missing and impossible counts have no ratio, and it is said", async () => {
    const rows = await funnel(connection, "pr", [
      ...some,
      { unit: "x", numerator: null, denominator: 20 },
      { unit: "y", numerator: 30, denominator: 20 },
      { unit: "z", numerator: -1, denominator: 20 }
    ])
    const of = (unit: string): FunnelRow => rows.find((r) => r.unit === unit)!
    expect(["x", "y", "z"].map((u) => [of(u).value, of(u).z, of(u).lcl95])).toEqual(
      Array.from({ length: 3 }, () => [null, null, null])
    )
    expect(["x", "y", "z"].map((u) => of(u).warning[0])).toEqual(["missing", "invalid", "invalid"])
    expect(of("u000").target).toBe((await funnel(connection, "pr", some))[0]!.target)
  })

  test("a row with a gap is left out of its unit's sums", async () => {
    const rows = await funnel(connection, "rc", [
      { unit: "a", numerator: 2, denominator: 10 },
      { unit: "a", numerator: 3, denominator: 20 },
      { unit: "a", numerator: null, denominator: 500 },
      { unit: "b", numerator: 4, denominator: 30 }
    ])
    expect(rows.map((r) => [r.numerator, r.denominator])).toEqual([
      [5, 30],
      [4, 30]
    ])
    expect(rows[0]!.warning).toContain("missing")
    expect(rows[1]!.warning).not.toContain("missing")
  })

  test.each(kinds)("one unit alone has limits and no dispersion (%s)", async (kind) => {
    const [x] = await funnel(
      connection,
      kind,
      [{ unit: "x", numerator: 7, denominator: 40 }],
      "target := 0.2"
    )
    expect([x!.phi, x!.tau2, x!.outlier]).toEqual([null, null, null])
    expect(x!.lcl998! < 0.175 && x!.ucl998! > 0.2).toBe(true)
    expect(x!.warning).toContain("few-units")
  })

  test.each(["pr", "rc"] as const)("no event anywhere: everyone lies on the target (%s)", async (kind) => {
    const none = some.map((u) => ({ ...u, numerator: 0 }))
    for (const named of ["", "limits := 'exact'", "limits := 'byar'"]) {
      const rows = await funnel(connection, kind, none, named)
      expect(rows.map((r) => [r.target, r.z, r.phi, r.tau2, r.lcl998, r.outlier])).toEqual(
        some.map(() => [0, 0, 0, 0, 0, null])
      )
    }
  })

  test("events in everyone: proportions of 1 are inside", async () => {
    const all = some.map((u, i) => ({ ...u, numerator: 20 + i, denominator: 20 + i }))
    for (const named of ["", "limits := 'exact'", "limits := 'byar'"]) {
      const rows = await funnel(connection, "pr", all, named)
      expect(rows.map((r) => [r.target, r.ucl998, r.outlier])).toEqual(all.map(() => [1, 1, null]))
    }
  })

  test("small units have no lower limit below 0 and none that turns back up", async () => {
    const rows = await funnel(
      connection,
      "pr",
      [1, 2, 3, 5, 8, 200].map((denominator, i) => ({ unit: name(i), numerator: 0, denominator })),
      "target := 0.05"
    )
    expect(rows.map((r) => r.lcl998)).toEqual([0, 0, 0, 0, 0, expect.closeTo(0.01345, 4)])
  })

  test("no rows give no rows", async () => {
    for (const kind of kinds) expect(await funnel(connection, kind, [])).toEqual([])
  })

  test.each([
    ["pr", "overdispersion := 'some'", "overdispersion must be"],
    ["pr", "limits := 'wald'", "limits must be"],
    ["pr", "trim_by := 0.5", "trim_by must be"],
    ["rc", "multiply := 0", "multiply must be"],
    ["pr", "target := 1.2", "target must be"],
    ["sr", "method := 'HSMR'", "method must be"]
  ] as const)("funnel_%s(%s) stops and says why", async (kind, named, message) => {
    await expect(funnel(connection, kind, some, named)).rejects.toThrow(message)
  })
})

describe("overdispersion", () => {
  const wide = drawn(
    Array.from({ length: 40 }, (_, i) => (i < 20 ? 0.1 : 0.3)),
    400
  )

  test("multiplicative limits are the normal ones with sqrt(phi) times the error", async () => {
    const rows = await funnel(connection, "pr", wide, "overdispersion := 'multiplicative'")
    const { target, phi, od_ucl95: upper } = rows[0]!
    const half = 1.959964 * Math.sqrt(phi! / (4 * 400))
    expect(upper).toBeCloseTo(Math.sin(Math.asin(Math.sqrt(target)) + half) ** 2, 12)
  })

  test("square-root limits are squared, CQC's are not and say so", async () => {
    const one = [{ unit: "x", numerator: 20, denominator: 16 }]
    const [root] = await funnel(connection, "sr", one, "method := 'square-root', limits := 'normal'")
    const [cqc] = await funnel(connection, "sr", one, "method := 'CQC', limits := 'normal'")
    expect(root!.ucl95).toBeCloseTo((1 + 1.959964 / 8) ** 2, 12)
    expect(cqc!.ucl95).toBeCloseTo(1 + 1.959964 / 8, 12)
    expect([root, cqc].map((r) => r!.warning.includes("narrow-limits"))).toEqual([false, true])
  })

  test("normal limits of a ratio of counts say that they are narrow; exact ones are wider", async () => {
    const [normal] = await funnel(connection, "rc", wide, "overdispersion := 'none'")
    const [exact] = await funnel(connection, "rc", wide, "overdispersion := 'none', limits := 'exact'")
    expect(normal!.warning).toContain("narrow-limits")
    expect(exact!.warning).not.toContain("narrow-limits")
    expect(exact!.ucl998! - exact!.lcl998!).toBeGreaterThan(2 * (normal!.ucl998! - normal!.lcl998!))
  })

  test("winsorising tames one wild unit", async () => {
    const calm = drawn(Array(40).fill(0.2), 400)
    const wild = [...calm, { unit: "wild", numerator: 399, denominator: 400 }]
    const [plain] = await funnel(connection, "pr", wild, "trim_by := 0, target := 0.2")
    const [trimmed] = await funnel(connection, "pr", wild, "target := 0.2")
    expect(plain!.phi).toBeGreaterThan(20)
    expect(trimmed!.phi).toBeLessThan(2)
  })

  test("units that do not differ: at most 1 of 40 outside; half and half: at least 30, and it is said", async () => {
    const calm = await funnel(connection, "pr", drawn(Array(40).fill(0.2), 400), "overdispersion := 'none'")
    const split = await funnel(connection, "pr", wide, "overdispersion := 'none'")
    expect(calm.filter((r) => r.outlier !== null).length).toBeLessThanOrEqual(1)
    expect(calm[0]!.warning).toEqual([])
    expect(split.filter((r) => r.outlier !== null).length).toBeGreaterThanOrEqual(30)
    expect(new Set(split.map((r) => r.outlier))).toEqual(
      new Set(["low", "high", ...(split.some((r) => r.outlier === null) ? [null] : [])])
    )
    expect(split.every((r) => r.warning.includes("overdispersed"))).toBe(true)
    const adjusted = await funnel(connection, "pr", wide)
    expect(adjusted.filter((r) => r.outlier !== null)).toEqual([])
  })
})

describe("laws", () => {
  test("multiplying scales value, target and limits, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(
        units,
        fc.constantFrom(...kinds),
        fc.constantFrom(100, 1000, 0.5),
        async (xs, kind, m) => {
          const one = await funnel(connection, kind, xs)
          const many = await funnel(connection, kind, xs, `multiply := ${m}`)
          one.forEach((r, i) => {
            const s = many[i]!
            for (const k of scaled) expect(close(s[k], r[k] === null ? null : r[k] * m)).toBe(true)
            expect([s.z, s.phi, s.tau2, s.warning]).toEqual([r.z, r.phi, r.tau2, r.warning])
          })
        }
      ),
      { numRuns: 6, seed: 5 }
    )
  })

  test("the order of rows and the number of threads change no bit", async () => {
    const single = await openFunnels(1)
    await fc.assert(
      fc.asyncProperty(
        units,
        fc.constantFrom(...kinds),
        fc.constantFrom("normal", "exact"),
        async (xs, kind, l) => {
          const rows = xs.flatMap((x) => [x, { ...x, numerator: 0.1, denominator: 0.7 }])
          const turned = rows.toSorted(
            (a, b) => ((a.denominator * 7919) % 101) - ((b.denominator * 7919) % 101)
          )
          const here = await funnel(connection, kind, rows, `limits := '${l}'`)
          expect(await funnel(connection, kind, turned, `limits := '${l}'`)).toEqual(here)
          expect(await funnel(single, kind, rows, `limits := '${l}'`)).toEqual(here)
        }
      ),
      { numRuns: 5, seed: 6 }
    )
  })

  test("identical units have no dispersion and nobody is outside", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 30 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 0, max: 500 }),
        fc.constantFrom(...kinds),
        async (n, events, more, kind) => {
          const named = kind === "sr" ? `target := ${events / (events + more)}` : ""
          const xs = Array.from({ length: n }, (_, i) => ({
            unit: name(i),
            numerator: events,
            denominator: events + more
          }))
          const rows = await funnel(connection, kind, xs, named)
          // The halves added to both counts leave a ratio of counts a trace beside its target.
          for (const r of rows) expect(r.phi).toBeLessThan(kind === "rc" ? 0.2 : 1e-12)
          expect(rows.map((r) => [r.tau2, r.outlier])).toEqual(xs.map(() => [0, null]))
        }
      ),
      { numRuns: 8, seed: 7 }
    )
  })
})
