import { existsSync, readFileSync } from "node:fs"

import type { DuckDBConnection } from "@duckdb/node-api"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"

import { agrees } from "../test/cases.ts"
import { fill, judge, openDatabase, rowsOf } from "../test/database.ts"
import type { InputRow, OutputRow } from "../test/database.ts"
import { c4 } from "./c4.ts"

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await openDatabase()
})

type Members = ReadonlyArray<number | null>
const rowsFrom = (
  subgroups: ReadonlyArray<Members>,
  more: (period: number) => Partial<InputRow> = () => ({})
): InputRow[] =>
  subgroups.flatMap((members, period) =>
    (members.length === 0 ? [null] : members).map((value) => ({
      series: "a",
      period,
      value,
      ...more(period)
    }))
  )
const run = async (call: string, rows: ReadonlyArray<InputRow>): Promise<ReadonlyArray<OutputRow>> =>
  (await judge(connection, call, rows)).get("a") ?? []
const near = (ours: number | null | undefined, expected: number): void => {
  expect(agrees(ours, expected), `${ours} for ${expected}`).toBe(true)
}

/** c4 of 2 … 5, from their closed forms. */
const [c2, c3, c5] = [
  Math.sqrt(2 / Math.PI),
  Math.sqrt(Math.PI) / 2,
  (3 / 4) * Math.sqrt(Math.PI / 2)
] as const
const range2 = { d2: 2 / Math.sqrt(Math.PI), d3: Math.sqrt(2 - 4 / Math.PI) }
const range3 = { d2: 3 / Math.sqrt(Math.PI), d3: Math.sqrt(2 + (3 * Math.sqrt(3) - 9) / Math.PI) }

describe("c4", () => {
  const c4Of = async (sizes: string): Promise<ReadonlyArray<number>> =>
    (
      await connection.runAndReadAll(
        `SELECT ${c4("n")} AS c FROM (SELECT unnest(${sizes})::DOUBLE AS n) ORDER BY n`
      )
    ).getColumnsJS()[0] as number[]

  test("closed forms; nothing for one; series and gamma functions meet at 300", async () => {
    const [one, two, three, five] = await c4Of("[1, 2, 3, 5]")
    expect(one).toBeNull()
    near(two, c2)
    near(three, c3)
    near(five, c5)
    // c4(n + 1) = (n − 1) / (n c4(n)), from the recursion of the gamma function.
    const around = await c4Of("range(295, 310)")
    around.slice(1).forEach((c, i) => {
      const v = 294 + i
      near(c, Math.sqrt(v / (v + 1)) / around[i]!)
    })
    for (const c of await c4Of("[1e6, 1e12, 1e17]")) expect(c <= 1 && c > 0.9999997).toBe(true)
  })

  const table = new URL("../../../../shared/reference/spc/tables/subgroup_constants.json", import.meta.url)
  const have = existsSync(table) || process.env["CI"] === "true"
  test.skipIf(!have)(
    `c4, A3, B3 and B4 of R for 2 to 200${have ? "" : " (skipped: no ../shared)"}`,
    async () => {
      const expected = JSON.parse(readFileSync(table, "utf8")) as Record<
        "n" | "c4" | "A3" | "B3" | "B4",
        number[]
      >
      const ours = await c4Of("range(2, 201)")
      expect(expected.n).toEqual(Array.from({ length: 199 }, (_, i) => i + 2))
      expected.n.forEach((n, i) => {
        const c = ours[i]!
        near(c, expected.c4[i]!)
        near(3 / (c * Math.sqrt(n)), expected.A3[i]!)
        const half = (3 * Math.sqrt(1 - c * c)) / c
        near(Math.max(0, 1 - half), expected.B3[i]!)
        near(1 + half, expected.B4[i]!)
      })
    }
  )
})

describe("worked by hand: 1 3, 2 6, 5 5", () => {
  const rows = rowsFrom([
    [3, 1],
    [2, 6],
    [5, 5]
  ])
  // Means 2, 4, 5; ranges 2, 4, 0; standard deviations √2, √8, 0.
  const deviations = [Math.SQRT2, Math.sqrt(8), 0]

  test.each([
    ["mean-s", Math.SQRT2 / c2],
    ["pooled", Math.sqrt(10 / 3) / c2],
    ["rmsdf", Math.sqrt(10 / 3) / (2 * Math.sqrt(2 / (3 * Math.PI)))],
    ["mean-range", 2 / range2.d2]
  ])("xbar, %s", async (spread, process) => {
    const out = await run(`xbar('points', spread := '${spread}')`, rows)
    expect(out.map((r) => [r.value, r.numerator, r.denominator])).toEqual([
      [2, null, 2],
      [4, null, 2],
      [5, null, 2]
    ])
    for (const r of out) {
      near(r.centre, 11 / 3)
      near(r.sigma, process / Math.SQRT2)
      for (const k of [1, 2, 3] as const) {
        near(r[`ucl${k}`], 11 / 3 + (k * process) / Math.SQRT2)
        near(r[`lcl${k}`], 11 / 3 - (k * process) / Math.SQRT2)
      }
      expect([r.chart, r.n, r.warning]).toEqual(["xbar", 3, ["few-points"]])
    }
  })

  test("r", async () => {
    const out = await run("r('points')", rows)
    expect(out.map((r) => [r.value, r.denominator])).toEqual([
      [2, 2],
      [4, 2],
      [0, 2]
    ])
    for (const r of out) {
      near(r.centre, 2)
      near(r.sigma, (2 * range2.d3) / range2.d2)
      near(r.ucl3, 2 + (6 * range2.d3) / range2.d2)
      near(r.ucl1, 2 + (2 * range2.d3) / range2.d2)
      near(r.lcl1, 2 - (2 * range2.d3) / range2.d2)
      expect([r.lcl3, r.lcl2]).toEqual([0, 0])
    }
    const printed = await run("r('points', profile := 'nelson')", rows)
    // The tool's d3 of two members, off in the sixth digit.
    for (const r of printed) near(r.sigma, (2 * 0.8525033) / 1.128)
  })

  test.each([
    ["mean-s", Math.SQRT2],
    ["mean-range", Math.SQRT2],
    ["pooled", Math.sqrt(10 / 3)],
    ["rmsdf", (Math.sqrt(10 / 3) / (2 * Math.sqrt(2 / (3 * Math.PI)))) * c2]
  ])("s, %s", async (spread, centre) => {
    const out = await run(`s('points', spread := '${spread}')`, rows)
    out.forEach((r, i) => {
      expect(Math.abs(r.value! - deviations[i]!)).toBeLessThan(1e-12)
      near(r.centre, centre)
      near(r.sigma, (centre * Math.sqrt(1 - c2 * c2)) / c2)
      near(r.ucl3, centre + (3 * centre * Math.sqrt(1 - c2 * c2)) / c2)
      expect(r.lcl3).toBe(0)
    })
    const uncut = await run(`s('points', profile := 'pbi', spread := '${spread}')`, rows)
    for (const r of uncut) near(r.lcl3, centre - (3 * centre * Math.sqrt(1 - c2 * c2)) / c2)
  })

  test("a given centre", async () => {
    const [xbar, r, s] = [
      await run("xbar('points', centre := 3)", rows),
      await run("r('points', centre := 3)", rows),
      await run("s('points', centre := 3)", rows)
    ]
    for (const x of xbar) {
      expect(x.centre).toBe(3)
      near(x.ucl3, 3 + (3 * Math.SQRT2) / c2 / Math.SQRT2)
    }
    for (const x of r) {
      expect(x.centre).toBe(3)
      near(x.ucl3, 3 + (9 * range2.d3) / range2.d2)
    }
    for (const x of s) {
      expect(x.centre).toBe(3)
      near(x.ucl3, 3 + (9 * Math.sqrt(1 - c2 * c2)) / c2)
    }
  })

  test("what is multiplied", async () => {
    for (const macro of ["xbar", "r", "s"]) {
      const plain = await run(`${macro}('points')`, rows)
      const out = await run(`${macro}('points', multiply := 10)`, rows)
      out.forEach((r, i) => {
        near(r.ucl3, 10 * plain[i]!.ucl3!)
        near(r.centre, 10 * plain[i]!.centre!)
        near(r.sigma, 10 * plain[i]!.sigma!)
        expect(r.denominator).toBe(2)
      })
    }
  })
})

describe("unequal sizes: 1 3, 2 4 6", () => {
  const rows = rowsFrom([
    [1, 3],
    [2, 4, 6]
  ])
  const pooled = Math.sqrt((2 + 8) / 3)

  test("xbar by mean-s pools; limits by each size", async () => {
    const out = await run("xbar('points')", rows)
    const [two, three] = out
    near(two!.centre, 16 / 5)
    near(two!.sigma, pooled / (c2 * Math.SQRT2))
    near(three!.sigma, pooled / (c3 * Math.sqrt(3)))
  })

  test("s", async () => {
    const [two, three] = await run("s('points')", rows)
    near(two!.centre, pooled)
    near(three!.sigma, (pooled * Math.sqrt(1 - c3 * c3)) / c3)
  })

  test("r and xbar by ranges", async () => {
    const process = (2 / range2.d2 + 4 / range3.d2) / 2
    const [two, three] = await run("r('points')", rows)
    near(two!.centre, process * range2.d2)
    near(three!.centre, process * range3.d2)
    near(three!.sigma, process * range3.d3)
    const means = await run("xbar('points', spread := 'mean-range')", rows)
    near(means[0]!.sigma, process / Math.SQRT2)
    near(means[1]!.sigma, process / Math.sqrt(3))
  })
})

test("a row with no deviation has a centre where all sizes of the baseline are one", async () => {
  for (const call of ["s('points', spread := 'rmsdf')", "r('points')"]) {
    const even = await run(call, rowsFrom([[1, 3], [2, 6], []]))
    expect(even[2]!.centre).toBe(even[0]!.centre)
    expect(even[2]!.ucl3).toBeNull()
    const uneven = await run(call, rowsFrom([[1, 3], [2, 6, 7], []]))
    expect(uneven[2]!.centre).toBeNull()
    expect(uneven[1]!.centre).toBeGreaterThan(uneven[0]!.centre!)
  }
})

describe("one member", () => {
  const rows = rowsFrom([[1, 3], [9], [2, 4, 6], [4, 4, null]])

  test("xbar: a mean with limits of the process", async () => {
    const out = await run("xbar('points')", rows)
    const pooled = Math.sqrt((2 + 8 + 0) / 4)
    expect(out.map((r) => [r.value, r.denominator])).toEqual([
      [2, 2],
      [9, 1],
      [4, 3],
      [4, 2]
    ])
    near(out[0]!.centre, (4 + 9 + 12 + 8) / 8)
    near(out[1]!.sigma, pooled / c5)
    expect(out[1]!.in_baseline).toBe(true)
  })

  test.each(["r", "s"])("%s: no value, no limits, no warning", async (macro) => {
    const out = await run(`${macro}('points')`, rows)
    const one = out[1]!
    expect([one.value, one.lcl3, one.ucl3, one.sigma, one.signal, one.denominator]).toEqual([
      null,
      null,
      null,
      null,
      null,
      1
    ])
    expect([one.variation, one.in_baseline, one.excluded, one.n]).toEqual(["not-judged", false, false, 3])
    expect(one.warning).toEqual(["few-points"])
  })

  test("nothing but single members: a centre, no limits, runs judged", async () => {
    const out = await run("xbar('points')", rowsFrom(Array.from({ length: 14 }, (_, i) => [i < 7 ? 1 : 2])))
    for (const r of out) {
      expect([r.centre, r.sigma, r.lcl3, r.ucl3]).toEqual([1.5, null, null, null])
      expect([r.beyond_limits, r.two_of_three, r.shift]).toEqual([null, null, true])
    }
  })
})

test("missing members are left out, a subgroup without members is missing", async () => {
  const rows = rowsFrom([[1, null, 3], [null, null], [], [5, 5]])
  for (const [macro, values] of [
    ["xbar", [2, null, null, 5]],
    ["r", [2, null, null, 0]]
  ] as const) {
    const out = await run(`${macro}('points')`, rows)
    expect(out.map((r) => r.value)).toEqual(values)
    expect(out.map((r) => r.denominator)).toEqual([2, null, null, 2])
    for (const r of out) expect(r.warning).toEqual(expect.arrayContaining(["few-points", "missing"]))
    expect(out.flatMap((r) => r.warning)).not.toContain("zero-denominator")
    expect(out.map((r) => r.signal)).toEqual([null, null, null, null])
  }
})

test("a subgroup is a ghost if a member is, of the baseline if all are, and has the greatest target", async () => {
  const rows: InputRow[] = [
    { series: "a", period: 0, value: 1, baseline: true, target: 4 },
    { series: "a", period: 0, value: 3, baseline: true, target: 5 },
    { series: "a", period: 1, value: 90, baseline: true },
    { series: "a", period: 1, value: 70, baseline: true, excluded: true },
    { series: "a", period: 2, value: 6, baseline: true },
    { series: "a", period: 2, value: 8, baseline: false }
  ]
  const out = await run("xbar('points')", rows)
  expect(out.map((r) => [r.value, r.excluded, r.in_baseline, r.target, r.centre])).toEqual([
    [2, false, true, 5, 2],
    [80, true, false, null, 2],
    [7, false, false, null, 2]
  ])
})

test("sizes are compared in the baseline alone: a later subgroup of another size moves no limit", async () => {
  const frozen = (subgroups: ReadonlyArray<Members>) =>
    rowsFrom(subgroups, (period) => ({ baseline: period < 3, excluded: period === 4 }))
  const base: ReadonlyArray<Members> = [
    [1, 3],
    [2, 6],
    [5, 4]
  ]
  for (const macro of ["xbar", "s", "r"]) {
    const few = await run(`${macro}('points')`, frozen(base))
    const more = await run(`${macro}('points')`, frozen([...base, [40, 1, 7], [900, 1, 3, 5], [3, 4]]))
    for (const i of [0, 1, 2]) expect(more[i]!.ucl3).toBe(few[i]!.ucl3)
    expect(more[5]!.ucl3).toBe(few[0]!.ucl3)
  }
})

test("constant members: no deviation, no division by zero, no signal; too little variation is told", async () => {
  const constant = rowsFrom(
    Array.from({ length: 14 }, (_, i) => (i % 2 ? [0.1, 0.1, 0.1] : [0.1, 0.1])),
    () => ({ target: 0.05, direction: "up" })
  )
  for (const [macro, value] of [
    ["xbar", 0.1],
    ["r", 0],
    ["s", 0]
  ] as const)
    for (const r of await run(`${macro}('points')`, constant)) {
      expect([r.value, r.centre, r.lcl3, r.ucl3, r.sigma]).toEqual([value, value, value, value, 0])
      expect([r.signal, r.warning]).toEqual([false, ["constant"]])
      expect(r.assurance).toBe(macro === "xbar" ? "pass" : "fail")
    }
  const stepped = await run("xbar('points')", rowsFrom(Array.from({ length: 14 }, (_, i) => [i, i])))
  expect(stepped[0]!.warning).toContain("too-little-variation")
})

test("more than 100 members: a range is drawn and not judged", async () => {
  const many = Array.from({ length: 101 }, (_, i) => i)
  const rows = rowsFrom([[1, 3], many, [2, 6]])
  const out = await run("r('points')", rows)
  expect([out[1]!.value, out[1]!.ucl3, out[1]!.signal, out[1]!.in_baseline]).toEqual([100, null, null, false])
  near(out[0]!.centre, 3)
  for (const r of out) expect(r.warning).toContain("large-subgroups")
  const means = await run("xbar('points', spread := 'mean-range')", rows)
  near(means[1]!.sigma, 3 / range2.d2 / Math.sqrt(101))
  for (const r of means) expect(r.warning).toContain("large-subgroups")
  expect((await run("xbar('points')", rows))[0]!.warning).not.toContain("large-subgroups")
  expect((await run("r('points')", rowsFrom([[1, 3], many.slice(1), [2, 6]])))[1]!.ucl3).toBeGreaterThan(0)
})

test("no row, one row, phases, no period, an unknown spread", async () => {
  await fill(connection, "points", rowsFrom([[1, 2]]))
  for (const macro of ["xbar", "r", "s"]) {
    expect(
      await rowsOf(connection, `WITH none AS (FROM points WHERE false) FROM spc.${macro}('none')`)
    ).toEqual([])
    const one = await run(`${macro}('points')`, rowsFrom([[5]]))
    expect(one.map((r) => [r.ucl3, r.judged])).toEqual([[null, false]])
    const two = await run(
      `${macro}('points')`,
      rowsFrom(
        [
          [1, 3],
          [2, 6],
          [11, 13],
          [22, 42]
        ],
        (period) => ({ phase: period < 2 ? 0 : 1 })
      )
    )
    expect(two[0]!.centre).toBe(two[1]!.centre)
    expect(two[2]!.centre).toBe(two[3]!.centre)
    expect(two[3]!.centre).toBeGreaterThan(two[0]!.centre!)
  }
  const dateless = await rowsOf(
    connection,
    "WITH x AS (SELECT 'a' AS series, NULL::INTEGER AS period, 4 AS value) FROM spc.xbar('x')"
  )
  expect(dateless.map((r) => [r.value, r.n, r.signal])).toEqual([[4, 0, null]])
  for (const macro of ["xbar", "s"])
    await expect(rowsOf(connection, `FROM spc.${macro}('points', spread := 'guess')`)).rejects.toThrow(
      "spread must be mean-s, pooled, mean-range or rmsdf"
    )
})

test.each(["mr", "xbar", "r", "s"])(
  "%s: neither threads, nor the order of rows, nor other series change a bit",
  { timeout: 60_000 },
  async (macro) => {
    // More rows than one row group holds, or one thread would do all the work.
    const made = `SELECT i % 500 AS series, i // 500 // 5 AS period, (i * 7919 % 1009) / 1000.0 + (i * 104729 % 977) / 977.0 AS value,
      i % 131 = 0 AS excluded, i // 500 // 5 < 24 AS baseline FROM range(130000) AS r(i)`
    const digest = async (threads: number, table: string): Promise<unknown> => {
      const own = await openDatabase(threads)
      await own.run(`CREATE TABLE points AS ${table}`)
      await own.run(`CREATE TABLE judged AS FROM spc.${macro}('points')`)
      return (
        await own.runAndReadAll(
          "SELECT count(*) AS n, md5(string_agg(j::VARCHAR, '|' ORDER BY j.period, j::VARCHAR)) AS d FROM judged AS j WHERE j.series = 7"
        )
      ).getRowObjectsJS()
    }
    const once = await digest(2, made)
    expect(once).toEqual([{ n: macro === "mr" ? 260n : 52n, d: expect.any(String) }])
    expect(await digest(1, `FROM (${made}) AS m ORDER BY hash(m.value)`)).toEqual(once)
    expect(await digest(1, `FROM (${made}) AS m WHERE m.series = 7`)).toEqual(once)
  }
)

/** What of a row must not change when values are moved and stretched. */
const flags = (r: OutputRow) => [r.beyond_limits, r.shift, r.trend, r.two_of_three, r.rules, r.warning]

test.each([
  ["xbar", "mean-s"],
  ["xbar", "mean-range"],
  ["r", "mean-range"],
  ["s", "pooled"]
])("%s (%s): moved, stretched, in any order, with or without what is excluded", async (macro, spread) => {
  const one = fc.record({
    subgroups: fc.array(
      fc.array(fc.oneof(fc.constant(null), fc.integer({ min: -200, max: 200 })), { maxLength: 6 }),
      { minLength: 1, maxLength: 30 }
    ),
    a: fc.integer({ min: -1000, max: 1000 }),
    b: fc.integer({ min: 1, max: 64 }),
    ghost: fc.integer({ min: 0, max: 30 })
  })
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: 10, maxLength: 10 }), async (cases) => {
      const rows = cases.flatMap(({ subgroups, a, b, ghost }, k) => {
        const made = (series: string, move: (x: number) => number, far = 0): InputRow[] =>
          rowsFrom(subgroups, (period) => ({ excluded: period === ghost })).map((r) => ({
            ...r,
            series: `${k} ${series}`,
            value: typeof r.value === "number" ? move(r.value) + (r.excluded ? far * r.value : 0) : null
          }))
        const same = (x: number): number => x
        return [...made("plain", same), ...made("moved", (x) => a + b * x), ...made("wild", same, 1e6)]
      })
      const call = `${macro}('points', spread := '${spread}')`
      const out = await judge(connection, call, rows)
      cases.forEach(({ a, b }, k) => {
        const plain = out.get(`${k} plain`)!
        const moved = out.get(`${k} moved`)!
        expect(moved.map(flags)).toEqual(plain.map(flags))
        const shifted = (x: number | null, y: number | null, by: number): void => {
          if (y === null) expect(x).toBeNull()
          else
            expect(Math.abs(x! - by - b * y)).toBeLessThanOrEqual(
              1e-9 * Math.max(1, Math.abs(by), Math.abs(b * y))
            )
        }
        moved.forEach((r, i) => {
          for (const c of ["value", "centre", "ucl3", "lcl1"] as const)
            shifted(r[c], plain[i]![c], macro === "xbar" ? a : 0)
          shifted(r.sigma, plain[i]!.sigma, 0)
        })
        const judged = (of: ReadonlyArray<OutputRow>) =>
          of.map((r) => [r.centre, r.lcl3, r.ucl3, r.signal, r.rules])
        expect(judged(out.get(`${k} wild`)!)).toEqual(judged(plain))
      })
      expect(await judge(connection, call, rows.toReversed())).toEqual(out)
    }),
    { numRuns: 3 }
  )
})
