import { DuckDBInstance } from "@duckdb/node-api"
import { spcSql } from "@plimsoll/spc"
import { flag, limitsOf, makeFlags } from "../../packages/spc/build/plain.ts"
import { compare, timed } from "./comparison.ts"

/** `spc.xmr` with all rules of mdc-2023 over many series, beside the same rules as plain loops over typed arrays. */
export const spc = async (series: number, points: number): Promise<void> => {
  const instance = await DuckDBInstance.create(":memory:")
  const connection = await instance.connect()
  await connection.run(spcSql)
  await connection.run(
    `CREATE TABLE charts AS SELECT s AS series, p AS period, 50 + (hash(s * 1000 + p) % 1000) / 100.0::DOUBLE AS value, p < 24 AS baseline
     FROM range(${series}) a(s), range(${points}) b(p)`
  )
  const values = Float64Array.from(
    (await connection.runAndReadAll("SELECT value FROM charts ORDER BY series, period"))
      .getRows()
      .map((row) => Number(row[0]))
  )
  await compare({
    what: `spc.xmr, ${series.toLocaleString("en")} series × ${points} points, all rules`,
    unit: "points",
    beside: "plain TypeScript loops",
    goal: "≥ 2,000,000 points/s and ratio ≥ 0.5",
    runs: 5,
    ours: () =>
      timed(series * points, () =>
        connection.run("CREATE OR REPLACE TEMP TABLE judged AS FROM spc.xmr('charts')")
      ),
    peer: () =>
      timed(series * points, async () => {
        const flags = makeFlags(points)
        let flagged = 0
        for (let at = 0; at < series; at++) {
          const y = values.subarray(at * points, (at + 1) * points)
          const { mean, range } = limitsOf(y, 24)
          flag(y, points, mean, range, flags, 7, 7)
          for (let point = 0; point < points; point++) {
            if (flags.outside[point]! | flags.shift[point]! | flags.trend[point]! | flags.twoOfThree[point]!)
              flagged++
          }
        }
        if (flagged === 0) throw new Error("the loops flagged nothing")
      })
  })
  connection.closeSync()
  instance.closeSync()
}
