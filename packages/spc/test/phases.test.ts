import type { DuckDBConnection } from "@duckdb/node-api"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { phaseMacro, spcCharts } from "../src/index.ts"
import { openDatabase } from "./database.ts"

const row = fc.record({
  value: fc.option(fc.integer({ min: 0, max: 30 }), { nil: null, freq: 9 }),
  denominator: fc.option(fc.integer({ min: 0, max: 60 }), { nil: null, freq: 12 }),
  excluded: fc.boolean(),
  far: fc.integer({ min: 0, max: 14 })
})
const phase = fc.record({
  rows: fc.array(row, { minLength: 1, maxLength: 40, size: "max" }),
  direction: fc.constantFrom("'up'", "'down'", "'neutral'", "NULL"),
  target: fc.constantFrom("NULL", "0.2", "12"),
  ghosts: fc.boolean(),
  /** By how much the later half lies higher. */
  step: fc.constantFrom(0, 25)
})

const columns =
  "value, centre, lcl3, ucl3, assurance, warning, chart, profile, judged, n, target, direction, sigma_z, r1"

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await openDatabase()
  for (const chart of spcCharts) await connection.run(phaseMacro(chart))
})
afterAll(() => connection.closeSync())

test.each(spcCharts)("the phases of spc.%s say what its points say", async (name) => {
  let special = 0
  await fc.assert(
    fc.asyncProperty(fc.array(phase, { minLength: 30, maxLength: 30 }), async (phases) => {
      const rows = phases.flatMap(({ rows, direction, target, ghosts, step }, nth) =>
        rows.map(
          ({ value, denominator, excluded, far }, at) =>
            `('s${nth >> 1}', ${nth % 2}, ${at}, ${value === null ? "NULL" : value + (far === 0 ? 60 : 0) + (at < 20 ? 0 : step)}, ${value === null || denominator === null ? "NULL" : Math.min(value, denominator)}, ${denominator ?? "NULL"}, ${ghosts && excluded && at % 9 === 4}, ${direction}, ${target})`
        )
      )
      await connection.run(
        `CREATE OR REPLACE TEMP TABLE points AS SELECT col0 AS series, col1 AS phase, col2 AS period, col3::DOUBLE AS value, col4::DOUBLE AS numerator,
           col5::DOUBLE AS denominator, col6 AS excluded, col7::VARCHAR AS direction, col8::DOUBLE AS target FROM (VALUES ${rows.join(", ")})`
      )
      const from = ["xbar", "r", "s"].includes(name)
        ? "(SELECT * REPLACE (period // 2 AS period) FROM points)"
        : "(FROM points)"
      await connection.run(`CREATE OR REPLACE TEMP VIEW charted AS FROM ${from}`)
      await connection.run(`CREATE OR REPLACE TEMP TABLE every_point AS FROM spc.${name}('charted')`)
      await connection.run(`CREATE OR REPLACE TEMP TABLE every_phase AS FROM ${name}_phases('charted')`)
      const differ = await connection.runAndReadAll(
        `WITH counting AS (SELECT *, row_number() OVER (PARTITION BY series, phase ORDER BY period DESC) AS back FROM every_point WHERE n > 0 AND value IS NOT NULL AND NOT excluded AND in_baseline),
           last AS (SELECT series, phase, period, ${columns} FROM counting WHERE back = 1),
           here AS (SELECT series, phase, period, ${columns} FROM every_phase WHERE n > 0),
           runs AS (SELECT DISTINCT series, phase, unnest(rules) AS run FROM every_point),
           found AS (SELECT DISTINCT series, phase, unnest(rules) AS run FROM every_phase)
         SELECT 'last' AS what, count(*) AS n FROM ((FROM last EXCEPT FROM here) UNION ALL (FROM here EXCEPT FROM last))
         UNION ALL SELECT 'runs', count(*) FROM ((FROM runs EXCEPT FROM found) UNION ALL (FROM found EXCEPT FROM runs))
         UNION ALL SELECT 'phases', count(*) FROM ((SELECT DISTINCT series, phase FROM every_point) EXCEPT (SELECT series, phase FROM every_phase))`
      )
      expect(differ.getRowsJson()).toEqual([
        ["last", "0"],
        ["runs", "0"],
        ["phases", "0"]
      ])
      const [found] = (
        await connection.runAndReadAll("SELECT count(*) FILTER (len(rules) > 0)::INTEGER FROM every_phase")
      ).getRowsJson()
      special += found![0] as number
    }),
    { numRuns: 2, endOnFailure: true }
  )
  expect(special).toBeGreaterThan(0)
})
