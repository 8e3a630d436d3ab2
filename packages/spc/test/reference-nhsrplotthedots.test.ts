import type { DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"

import { haveReference, readCases, whySkipped } from "./cases.ts"
import type { Column } from "./cases.ts"
import { openDatabase } from "./database.ts"
import type { OutputRow } from "./database.ts"
import { figures, runCases, settle, sideOf, unequal } from "./settle.ts"
import type { Compare } from "./settle.ts"
import { toolRows } from "./tool-rows.ts"

/** Its one label for a point: the first of outside, trend, two of three, shift. */
const labels = [
  ["beyond-limits", { high: "Above UCL", low: "Below LCL" }],
  ["trend", { high: "7 Point Trend (Increasing)", low: "7 Point Trend (Decreasing)" }],
  ["two-of-three", { high: "2 in 3 Above CL", low: "2 in 3 Below CL" }],
  ["shift", { high: "7 Points Above CL", low: "7 Points Below CL" }]
] as const

const leading = (row: OutputRow): readonly [string, "high" | "low" | null] => {
  for (const [rule, words] of labels) {
    const side = sideOf(row, rule)
    if (side) return [words[side], side]
  }
  return ["Common Cause", null]
}

/** The word for a point whose one label lies on a side; a point that we call `both` keeps both with us. */
const pointType = (row: OutputRow): string => {
  const [, side] = leading(row)
  if (side === null) return row.variation === "common" ? "common_cause" : row.variation
  if (row.direction === "neutral")
    return row.variation === "changed" ? `special_cause_neutral_${side}` : row.variation
  const word = (side === "high") === (row.direction === "up") ? "improvement" : "concern"
  return row.variation === word || row.variation === "both" ? `special_cause_${word}` : row.variation
}

const assurances: Record<string, string | null> = {
  pass: "consistent_pass",
  fail: "consistent_fail",
  "hit-or-miss": "inconsistent",
  "no-target": null,
  "not-judged": null
}

const compare: Compare = (rows, c) => {
  const e = c.expected as unknown as Record<string, Column> & {
    readonly outside_limits: ReadonlyArray<boolean>
    readonly close_to_limits: ReadonlyArray<boolean>
    readonly special_cause_type: ReadonlyArray<string>
    readonly point_type: ReadonlyArray<string>
    readonly short_group_warning: ReadonlyArray<boolean>
    readonly icon: { readonly variation: string | null; readonly assurance: string | null }
  }
  const between = (r: OutputRow): boolean | null =>
    r.value === null || r.ucl2 === null || r.lcl2 === null
      ? null
      : r.beyond_limits === false && (r.value > r.ucl2 || r.value < r.lcl2)
  const last = rows.at(-1)!
  return [
    ...figures(rows, c, ["y", "centre", "lcl", "ucl"]),
    ...unequal(
      "outside_limits",
      rows.map((r) => r.beyond_limits),
      e.outside_limits
    ),
    ...unequal("close_to_limits", rows.map(between), e.close_to_limits),
    ...unequal(
      "special_cause_type",
      rows.map((r) => leading(r)[0]),
      e.special_cause_type
    ),
    ...unequal("point_type", rows.map(pointType), e.point_type),
    ...unequal(
      "short_group_warning",
      rows.map((r) => r.warning.includes("few-points")),
      e.short_group_warning
    ),
    ...unequal("icon.variation", [pointType(last)], [e.icon.variation]),
    ...unequal("icon.assurance", [assurances[last.assurance]], [e.icon.assurance])
  ]
}

describe.skipIf(!haveReference)(`NHSRplotthedots by the profile ptd-0.2${whySkipped}`, () => {
  let connection: DuckDBConnection
  beforeAll(async () => {
    connection = await openDatabase()
  })

  test("xmr", async () => {
    const cases = readCases("NHSRplotthedots__xmr")
    expect(cases).toHaveLength(58)
    const out = await runCases(
      connection,
      cases,
      (c) => `xmr('points', profile := 'ptd-0.2', screened := ${c.parameters.screen_outliers})`,
      (c) => toolRows(c, "rows-of-each-phase")
    )
    settle(cases, out, compare)
  })
})
