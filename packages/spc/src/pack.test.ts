import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { DuckDBInstance } from "@duckdb/node-api"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"

import { flag, limitsOf, makeFlags } from "../build/plain.ts"
import { fill, judge, openDatabase, rowsOf } from "../test/database.ts"
import type { InputRow } from "../test/database.ts"
import { everRate, falseAlarms, lastPointRate, spcSql } from "./index.ts"

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "spc-"))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Reproducible values without a library: a multiplicative generator and a sum of three uniforms. */
const sample = (series: number, points: number): InputRow[] => {
  let state = 12345
  const uniform = (): number => (state = (state * 48271) % 2147483647) / 2147483647
  return Array.from({ length: series * points }, (_, i) => ({
    series: `s${Math.floor(i / points)}`,
    period: i % points,
    value: uniform() + uniform() + uniform(),
    numerator: Math.floor(uniform() * 12),
    denominator: 40 + Math.floor(uniform() * 9),
    direction: "down" as const,
    target: 1.5
  }))
}

const text = async (threads: number, rows: ReadonlyArray<InputRow>, macro: string): Promise<string> => {
  const connection = await openDatabase(threads)
  await fill(connection, "points", rows)
  // Stored first, or the filter would be pushed down and the other series never be seen.
  await connection.run(`CREATE TABLE judged AS FROM spc.${macro}('points')`)
  return JSON.stringify(await rowsOf(connection, "FROM judged WHERE series < 's2' ORDER BY series, period"))
}

test.each(["xmr", "p", "run"])(
  "%s: neither threads, nor the order of rows, nor other series change a bit",
  async (macro) => {
    const rows = sample(160, 40)
    const once = await text(2, rows, macro)
    expect(once.length).toBeGreaterThan(100_000)
    expect(await text(1, rows, macro)).toBe(once)
    expect(await text(2, rows.toReversed(), macro)).toBe(once)
    expect(
      await text(
        2,
        [...rows].sort((a, b) => (((a.value ?? 0) * 1e6) % 1) - (((b.value ?? 0) * 1e6) % 1)),
        macro
      )
    ).toBe(once)
    expect(
      await text(
        2,
        rows.filter((r) => r.series < "s2"),
        macro
      )
    ).toBe(once)
  }
)

test("a table, a view, a common table expression, another schema and an attached file", async () => {
  const file = join(folder, "pack.duckdb")
  const writer = await DuckDBInstance.create(file)
  const connection = await writer.connect()
  await connection.run(spcSql)
  await connection.run("CREATE SCHEMA plimsoll")
  await connection.run(
    "CREATE TABLE plimsoll.x AS SELECT 'a' AS series, i::INTEGER AS period, (i * 7) % 5 AS value FROM range(20) AS r(i)"
  )
  const expected = JSON.stringify(await rowsOf(connection, "FROM spc.xmr('plimsoll.x') ORDER BY period"))
  connection.closeSync()
  writer.closeSync()

  const reader = await (await DuckDBInstance.create(":memory:")).connect()
  await reader.run(`ATTACH '${file}' AS p (READ_ONLY)`)
  await reader.run("CREATE TABLE mine AS FROM p.plimsoll.x")
  await reader.run("CREATE VIEW seen AS FROM mine")
  for (const from of [
    "FROM p.spc.xmr('p.plimsoll.x')",
    "FROM p.spc.xmr('mine')",
    "FROM p.spc.xmr('seen')",
    "WITH c AS (FROM mine) FROM p.spc.xmr('c')"
  ])
    expect(JSON.stringify(await rowsOf(reader, `${from} ORDER BY period`))).toBe(expected)
  for (const macro of ["p.spc.run('mine')", "p.spc.p('mine')"])
    expect(await rowsOf(reader, `FROM ${macro}`)).toHaveLength(20)
  expect(await rowsOf(reader, "FROM p.spc.false_alarms()")).toHaveLength(falseAlarms.lastPoint.length)
})

test("any type of series, phase, period and value; extra columns and absent ones", async () => {
  const connection = await openDatabase()
  await connection.run(
    `CREATE TABLE odd AS SELECT {'ward': 1, 'team': 'x'} AS series, 'after ' || (i // 15) AS phase, TIMESTAMP '2024-01-01' + to_hours(i::INTEGER) AS period, ((i * 7) % 5)::DECIMAL(9, 2) AS value, i AS profile, 'x' AS "shift" FROM range(30) AS r(i)`
  )
  const odd = await rowsOf(connection, "FROM spc.xmr('odd') ORDER BY period")
  expect(odd).toHaveLength(30)
  expect(odd.every((r) => r.n === 15 && r.judged)).toBe(true)
  await connection.run(
    "CREATE TABLE bare AS SELECT i::INTEGER AS period, i % 3 AS value FROM range(20) AS r(i)"
  )
  expect(
    (await rowsOf(connection, "FROM spc.xmr('bare')")).every((r) => r.n === 20 && r.assurance === "no-target")
  ).toBe(true)
  expect(await rowsOf(connection, "FROM spc.xmr('bare') WHERE period < 0")).toHaveLength(0)
})

test("assurance is by the last point of each phase, on every row of it", async () => {
  const connection = await openDatabase()
  const rows = [0, 1].flatMap((phase) =>
    Array.from({ length: 14 }, (_, i): InputRow => ({
      series: "a",
      phase,
      period: phase * 14 + i,
      value: (phase === 0 ? 10 : 50) + (i % 2),
      target: 30,
      direction: "up"
    }))
  )
  const judged = (await judge(connection, "xmr('points')", rows)).get("a")!
  expect(judged.map((r) => r.assurance)).toEqual(rows.map((r) => (r.phase === 0 ? "fail" : "pass")))
  const moved = rows.map((r) => ({ ...r, target: r.period === 27 ? 70 : 30 }))
  const last = (await judge(connection, "xmr('points')", moved)).get("a")!
  expect(new Set(last.map((r) => r.assurance))).toEqual(new Set(["fail"]))
})

test("every chart has the same columns of the same types", async () => {
  const connection = await openDatabase()
  await fill(connection, "points", sample(1, 20))
  const described = async (macro: string): Promise<string> =>
    JSON.stringify((await connection.runAndReadAll(`DESCRIBE FROM spc.${macro}('points')`)).getRowsJson())
  expect(await described("p")).toBe(await described("xmr"))
  expect(await described("run")).toBe(await described("xmr"))
})

test("the macro agrees with plain loops over arrays on random series", async () => {
  const connection = await openDatabase()
  const value = fc.oneof(fc.integer({ min: -4, max: 4 }), fc.double({ min: -3, max: 3, noNaN: true }))
  const series = fc.array(value, { minLength: 13, maxLength: 80 })
  const rules = ["beyond-limits", "shift", "trend", "two-of-three"] as const
  await fc.assert(
    fc.asyncProperty(
      fc.array(series, { minLength: 60, maxLength: 60 }),
      fc.constantFrom(6, 7),
      fc.constantFrom(6, 7),
      async (many, shift, trend) => {
        const rows = many.flatMap((values, s) =>
          values.map((v, i): InputRow => ({ series: `s${s}`, period: i, value: v, baseline: i < 24 }))
        )
        const out = await judge(connection, `xmr('points', shift := ${shift}, trend := ${trend})`, rows)
        many.forEach((values, s) => {
          const n = values.length
          const y = Float64Array.from(values)
          const flags = makeFlags(n)
          const { mean, range } = limitsOf(y, Math.min(n, 24))
          flag(y, n, mean, range, flags, shift, trend)
          const ours = out.get(`s${s}`)!
          // One bit for high, one for low; a flag says that there is one, the runs say which.
          const sides = (rule: (typeof rules)[number]): ReadonlyArray<number> =>
            ours.map((r) =>
              r.rules
                .filter((run) => run.rule === rule)
                .reduce((bits, run) => bits | (run.side === "high" ? 1 : 2), 0)
            )
          const marked = [flags.outside, flags.shift, flags.trend, flags.twoOfThree]
          expect(rules.map(sides)).toEqual(marked.map((bits) => Array.from(bits)))
          const flagged = (bits: Uint8Array): ReadonlyArray<boolean> => Array.from(bits, (b) => b > 0)
          expect(ours.map((r) => r.beyond_limits)).toEqual(flagged(flags.outside))
          expect(ours.map((r) => r.shift)).toEqual(flagged(flags.shift))
          expect(ours.map((r) => r.trend)).toEqual(flagged(flags.trend))
          expect(ours.map((r) => r.two_of_three)).toEqual(flagged(flags.twoOfThree))
          expect(ours.map((r) => r.signal)).toEqual(ours.map((_, i) => marked.some((bits) => bits[i]! > 0)))
        })
      }
    ),
    { numRuns: 12 }
  )
})

test("false alarms: one look at a steady chart errs far less often than a long one ever does", () => {
  expect(lastPointRate(12)).toBeUndefined()
  const now = lastPointRate(24)!
  const ever = everRate("shift", 24)!
  expect(now.any).toBeGreaterThan(now.concern)
  expect(now.any).toBeLessThan(ever.rate)
  expect(now.standardError).toBeLessThan(0.001)
  expect(lastPointRate(60, 0.4)!.any).toBeGreaterThan(2 * lastPointRate(60)!.any)
  expect(lastPointRate(400)).toEqual(lastPointRate(120))
  expect(everRate("shift", 24, 8)!.rate).toBeLessThan(ever.rate)
  expect(everRate("shift", 24, 40)).toBeUndefined()
})
