import type { DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"

import { haveReference, readCases, whySkipped } from "./cases.ts"
import type { Column } from "./cases.ts"
import { openDatabase } from "./database.ts"
import { figures, runCases, settle, unequal } from "./settle.ts"
import type { Compare } from "./settle.ts"
import { toolRows } from "./tool-rows.ts"

interface Part {
  readonly n_useful: number
  readonly longest_run: number
  readonly longest_run_max: number
  readonly n_crossings: number
  readonly n_crossings_min: number
  readonly runs_signal: boolean
}

const compare: Compare = (rows, c) => {
  const e = c.expected as unknown as Record<string, Column | null> & {
    readonly sigma_signal: ReadonlyArray<boolean>
    readonly parts: ReadonlyArray<Part>
  }
  const parts = [...Map.groupBy(rows, (r) => r.phase).values()].map((r) => r[0]!)
  const counts = (name: keyof Part, ours: ReadonlyArray<unknown>): ReadonlyArray<string> =>
    unequal(
      name,
      ours,
      e.parts.map((p) => p[name])
    )
  return [
    ...figures(rows, c, ["y", "centre", "lcl", "ucl", "lcl_2sigma", "ucl_2sigma"]),
    ...unequal(
      "sigma_signal",
      rows.map((r) => r.beyond_limits ?? false),
      e.sigma_signal
    ),
    ...counts(
      "n_useful",
      parts.map((r) => r.n_useful)
    ),
    ...counts(
      "longest_run",
      parts.map((r) => r.longest_run)
    ),
    ...counts(
      "longest_run_max",
      parts.map((r) => r.longest_run_limit)
    ),
    ...counts(
      "n_crossings",
      parts.map((r) => r.crossings)
    ),
    ...counts(
      "n_crossings_min",
      parts.map((r) => r.crossings_limit)
    ),
    ...counts(
      "runs_signal",
      parts.map((r) => r.runs_signal)
    )
  ]
}

/** Our macro for each of its charts, and how many cases there are. */
const charts = [
  ["run", "run", 42],
  ["i", "xmr", 28],
  ["mr", "mr", 6],
  ["xbar", "xbar", 7],
  ["s", "s", 6],
  ["p", "p", 16],
  ["pp", "pp", 20],
  ["u", "u", 22],
  ["up", "up", 15],
  ["c", "c", 12],
  ["g", "g", 7],
  ["t", "t", 9],
  ["ip", "pp", 1]
] as const
const screens = new Set<string>(["xmr", "t", "pp", "up"])

describe.skipIf(!haveReference)(`qicharts2 by the profile anhoej${whySkipped}`, () => {
  let connection: DuckDBConnection
  beforeAll(async () => {
    connection = await openDatabase()
  })

  test.each(charts)("%s", async (theirs, macro, count) => {
    const cases = readCases(`qicharts2__${theirs}`)
    expect(cases).toHaveLength(count)
    const out = await runCases(
      connection,
      cases,
      (c) =>
        `${macro}('points', profile := 'anhoej', multiply := ${c.parameters.multiply ?? 1}${
          theirs === "ip" ? ", spread := 'normalised'" : ""
        }${screens.has(macro) ? `, screened := ${c.options?.["qic.screenedmr"] ?? true}` : ""})`,
      (c) => toolRows(c, "rows")
    )
    settle(cases, out, compare)
  })
})
