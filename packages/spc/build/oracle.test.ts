import { expect, test } from "vitest"

import { openDatabase } from "../test/database.ts"
import type { Flags } from "./plain.ts"
import { limitsOf, makeFlags, mark, plainProfiles } from "./plain.ts"
import { makeSeries } from "./random.ts"

const rules: ReadonlyArray<readonly [string, Exclude<keyof Flags, "zone">]> = [
  ["beyond-limits", "outside"],
  ["shift", "shift"],
  ["trend", "trend"],
  ["two-of-three", "twoOfThree"],
  ["four-of-five", "fourOfFive"],
  ["stratification", "stratification"],
  ["alternation", "alternation"],
  ["mixture", "mixture"],
  ["runs", "runs"]
]

const count = 400
const lengths = [12, 13, 24, 31, 64, 80]

/** Normal series, half of them rounded so that ties and points on the centre come about, some with a step. */
const series: ReadonlyArray<Float64Array> = Array.from({ length: count }, (_, s) => {
  const y = new Float64Array(lengths[s % lengths.length]!)
  makeSeries(s, s % 3 === 0 ? 0.6 : 0)(y)
  return y.map((v, i) => {
    const moved = s % 5 === 0 && i >= y.length / 2 ? v + 1.5 : v
    return s % 2 === 0 ? moved : Math.round(2 * moved)
  })
})

test.each([null, 24])(
  "spc.xmr marks what the loops mark, limits from the first %s points",
  async (frozen) => {
    const connection = await openDatabase()
    await connection.run(
      "CREATE TABLE points (series INTEGER, period INTEGER, value DOUBLE, baseline BOOLEAN)"
    )
    await connection.run(
      `INSERT INTO points VALUES ${series.flatMap((y, s) => Array.from(y, (v, i) => `(${s}, ${i}, '${v}', ${frozen === null ? "NULL" : i < frozen})`)).join(", ")}`
    )
    for (const profile of plainProfiles) {
      const sql = new Map<string, number>()
      const found = await connection.runAndReadAll(
        `SELECT series, period, r.rule, r.side FROM (SELECT series, period, unnest(rules) AS r FROM spc.xmr('points', profile := '${profile.name}'))`
      )
      for (const [s, i, rule, side] of found.getRows()) {
        const key = `${String(s)} ${String(i)} ${String(rule)}`
        sql.set(key, (sql.get(key) ?? 0) | (side === "high" ? 1 : side === "low" ? 2 : 4))
      }
      const loops = new Map<string, number>()
      const flags = makeFlags(80)
      series.forEach((y, s) => {
        const n = y.length
        const { mean, range } = limitsOf(y, Math.min(n, frozen ?? n), profile.screened)
        mark(y, n, mean, range, profile, flags)
        for (const [rule, marks] of rules) {
          const has = marks === "outside" || profile[marks]
          if (has === null || has === false) continue
          for (let i = 0; i < n; i++)
            if (flags[marks][i] !== 0) loops.set(`${s} ${i} ${rule}`, flags[marks][i]!)
        }
      })
      expect(loops.size).toBeGreaterThan(500)
      const differ = [...new Set([...loops.keys(), ...sql.keys()])].filter((k) => loops.get(k) !== sql.get(k))
      expect(
        differ.slice(0, 10).map((k) => `${k}: loops ${loops.get(k) ?? 0}, SQL ${sql.get(k) ?? 0}`),
        `${profile.name}: ${differ.length} differ`
      ).toEqual([])
    }
    connection.closeSync()
  }
)
