import fc from "fast-check"
import { describe, expect, test } from "vitest"

import { judge, openDatabase } from "./database.ts"
import type { InputRow, OutputRow } from "./database.ts"

/** What of a row must not change when values are moved and stretched. */
const verdicts = (r: OutputRow) => [
  r.judged,
  r.beyond_limits,
  r.shift,
  r.trend,
  r.two_of_three,
  r.runs_signal,
  r.longest_run,
  r.crossings,
  r.signal,
  r.direction_of_signal,
  r.rules,
  r.warning
]

const chart = fc.record({
  values: fc.array(
    fc.oneof(
      { weight: 1, arbitrary: fc.constant(null) },
      { weight: 9, arbitrary: fc.integer({ min: -60, max: 60 }) }
    ),
    {
      minLength: 1,
      maxLength: 70
    }
  ),
  a: fc.integer({ min: -1000, max: 1000 }),
  b: fc.integer({ min: 1, max: 64 }),
  border: fc.integer({ min: 0, max: 70 }),
  frozen: fc.option(fc.integer({ min: 2, max: 40 }), { nil: undefined }),
  ghosts: fc.array(fc.integer({ min: 0, max: 69 }), { maxLength: 4 })
})

describe.each([
  ["xmr", ""],
  ["xmr", ", profile := 'ptd-0.2'"],
  ["xmr", ", profile := 'nelson', centre := 'median', spread := 'median'"],
  ["run", ""],
  ["run", ", profile := 'mdc-2023'"]
])("%s%s", (macro, options) => {
  test("moved and stretched, nothing is judged otherwise; ghosts move no limit; the order of rows is nothing", async () => {
    const connection = await openDatabase()
    const call = `${macro}('points'${options})`
    await fc.assert(
      fc.asyncProperty(fc.array(chart, { minLength: 25, maxLength: 25 }), async (charts) => {
        const rows = charts.flatMap(({ values, a, b, border, frozen, ghosts }, k) => {
          const made = (name: string, move: (x: number) => number, far = 0): InputRow[] =>
            values.map((v, i) => ({
              series: `${k} ${name}`,
              period: i,
              phase: i < border ? 1 : 2,
              ...(frozen === undefined ? {} : { baseline: (i < border ? i : i - border) < frozen }),
              excluded: ghosts.includes(i),
              value: v === null ? null : move(v) + (ghosts.includes(i) ? far * v : 0)
            }))
          const same = (x: number): number => x
          return [...made("plain", same), ...made("moved", (x) => a + b * x), ...made("wild", same, 1e6)]
        })
        const out = await judge(connection, call, rows)
        charts.forEach(({ a, b }, k) => {
          const plain = out.get(`${k} plain`)!
          const moved = out.get(`${k} moved`)!
          expect(moved.map(verdicts)).toEqual(plain.map(verdicts))
          moved.forEach((r, i) => {
            for (const c of [
              "value",
              "centre",
              "lcl3",
              "lcl2",
              "lcl1",
              "ucl1",
              "ucl2",
              "ucl3",
              "sigma"
            ] as const) {
              const before = plain[i]![c]
              if (before === null) expect(r[c]).toBeNull()
              else {
                const expected = (c === "sigma" ? 0 : a) + b * before
                expect(Math.abs(r[c]! - expected)).toBeLessThanOrEqual(
                  1e-9 * Math.max(1, Math.abs(a), Math.abs(expected))
                )
              }
            }
          })
          const drawn = (of: ReadonlyArray<OutputRow>) =>
            of.map((r) => [r.centre, r.lcl3, r.ucl3, r.sigma, r.signal, r.rules])
          expect(drawn(out.get(`${k} wild`)!)).toEqual(drawn(plain))
        })
        expect(await judge(connection, call, rows.toReversed())).toEqual(out)
      }),
      { numRuns: 4 }
    )
  })
})

// Limits that are the same all over a phase, and limits by point; the other charts are asked with fewer series beside.
test.each(["xmr", "p"])(
  "%s: a series alone is the same among 20,000, on one thread and on two",
  { timeout: 120_000 },
  async (macro) => {
    const among = `SELECT s AS series, p AS period, p < 24 AS baseline, (hash(s, p, 'v') % 997)::DOUBLE AS value, (hash(s, p, 'a') % 9)::DOUBLE AS numerator,
      (40 + hash(s, p, 'd') % 20)::DOUBLE AS denominator FROM range(20000) AS a(s), range(27) AS b(p)`
    const digest = async (threads: number, table: string): Promise<unknown> => {
      const connection = await openDatabase(threads)
      await connection.run(`CREATE TABLE points AS ${table}`)
      // Stored first, or the filter would be pushed down and the other series never be seen.
      await connection.run(`CREATE TABLE judged AS FROM spc.${macro}('points')`)
      return (
        await connection.runAndReadAll(
          "SELECT count(*) AS n, md5(string_agg(j::VARCHAR, '|' ORDER BY j.series, j.period)) AS d FROM judged AS j WHERE j.series IN (7, 19993)"
        )
      ).getRowObjectsJS()
    }
    const alone = await digest(1, `FROM (${among}) AS m WHERE m.series IN (7, 19993)`)
    expect(alone).toEqual([{ n: 54n, d: expect.any(String) }])
    expect(await digest(2, among)).toEqual(alone)
    expect(await digest(1, `FROM (${among}) AS m ORDER BY hash(m.value, m.period)`)).toEqual(alone)
  }
)
