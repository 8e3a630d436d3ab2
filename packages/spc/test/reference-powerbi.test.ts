import type { DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"

import { haveReference, readCases, whySkipped } from "./cases.ts"
import type { ReferenceCase } from "./cases.ts"
import { openDatabase } from "./database.ts"
import type { OutputRow } from "./database.ts"
import { figures, runCases, settle, sideOf, unequal } from "./settle.ts"
import type { Compare } from "./settle.ts"
import { toolRows } from "./tool-rows.ts"

type Word = "upper" | "lower" | "none"
interface Expected extends Record<string, unknown> {
  readonly kept_rows: ReadonlyArray<number>
  readonly astronomical: ReadonlyArray<Word>
  readonly shift: ReadonlyArray<Word>
  readonly trend: ReadonlyArray<Word>
  readonly two_in_three: ReadonlyArray<Word>
  readonly icon: { readonly variation: ReadonlyArray<string>; readonly assurance: string }
}

const words = { high: "upper", low: "lower" } as const
const word = (row: OutputRow, rule: string): Word => {
  const side = sideOf(row, rule)
  return side === null ? "none" : words[side]
}

const beyondTwoSigma = (row: OutputRow): number =>
  row.value === null || row.ucl2 === null || row.lcl2 === null
    ? 0
    : row.value > row.ucl2
      ? 1
      : row.value < row.lcl2
        ? -1
        : 0

/** With `highlight_series` it flags the third point of two of three as well. */
const twoInThree = (rows: ReadonlyArray<OutputRow>, c: ReferenceCase): ReadonlyArray<Word> => {
  const own = rows.map((r) => word(r, "two-of-three"))
  if (c.parameters.highlight_series !== true) return own
  const wide = [...own]
  rows.forEach((r, i) => {
    const window = [i - 2, i - 1, i].filter((j) => rows[j]?.phase === r.phase)
    const sum = window.reduce((a, j) => a + beyondTwoSigma(rows[j]!), 0)
    const side = sum > 0 ? "upper" : "lower"
    // Only a third point is added to what our rule found: a window that it missed stays missed.
    if (Math.abs(sum) >= 2 && window.filter((j) => own[j] === side).length >= 2)
      for (const j of window) wide[j] = side
  })
  return wide
}

const kinds: Record<string, string> = {
  improvement: "improvement",
  concern: "concern",
  changed: "neutral"
}

/** The icon that a signal on a side deserves by the direction of the chart. */
const iconOf = (row: OutputRow, side: "high" | "low"): string =>
  `${
    row.direction === "neutral"
      ? "neutral"
      : (side === "high") === (row.direction === "up")
        ? "improvement"
        : "concern"
  }${side === "high" ? "High" : "Low"}`

/** The icons of our word for a point: one for each side, named by our word unless that is `both`. */
const icons = (row: OutputRow): ReadonlyArray<string> => {
  if (row.variation === "common") return ["commonCause"]
  const way = row.direction_of_signal
  const sides = way === "both" ? (["high", "low"] as const) : way === null ? [] : [way]
  return sides
    .map((side) =>
      row.variation === "both"
        ? iconOf(row, side)
        : `${kinds[row.variation] ?? row.variation}${side === "high" ? "High" : "Low"}`
    )
    .sort()
}

const assurances: Record<string, string> = {
  pass: "consistentPass",
  fail: "consistentFail",
  "hit-or-miss": "inconsistent",
  "no-target": "none",
  "not-judged": "none"
}

const compare: Compare = (all, c) => {
  const e = c.expected as unknown as Expected
  // It drops rows without a value, and the first row of each phase of an mr chart.
  const rows = e.kept_rows
    .map((i) => all[i]!)
    .filter((r, i, kept) => c.chart !== "mr" || (i > 0 && kept[i - 1]!.phase === r.phase))
  const last = rows.at(-1)!
  const pairs = twoInThree(rows, c)
  // Its icon counts the third point that it flags as well; where only that one shows, the word is ours for its side.
  const third = last.variation === "common" && pairs.at(-1) !== "none"
  const shown = third ? [iconOf(last, pairs.at(-1) === "upper" ? "high" : "low")] : icons(last)
  return [
    ...figures(rows, c, ["y", "centre", "lcl", "ucl", "lcl_2sigma", "ucl_2sigma"]),
    ...unequal(
      "astronomical",
      rows.map((r) => word(r, "beyond-limits")),
      e.astronomical
    ),
    ...unequal(
      "shift",
      rows.map((r) => word(r, "shift")),
      e.shift
    ),
    ...unequal(
      "trend",
      rows.map((r) => word(r, "trend")),
      e.trend
    ),
    ...unequal("two_in_three", pairs, e.two_in_three),
    ...unequal("icon.variation", shown, [...e.icon.variation].sort()),
    ...unequal("icon.assurance", [assurances[last.assurance]], [e.icon.assurance])
  ]
}

/** Our macro for each of its charts, further arguments, and how many cases there are. */
const charts = [
  ["run", "run", "", 18],
  ["i", "xmr", "", 46],
  ["i_m", "xmr", ", centre := 'median'", 16],
  ["i_mm", "xmr", ", centre := 'median', spread := 'median'", 16],
  ["mr", "mr", "", 6],
  ["xbar", "xbar", "", 5],
  ["s", "s", "", 5],
  ["p", "p", "", 14],
  ["pp", "pp", "", 17],
  ["u", "u", "", 9],
  ["up", "up", "", 10],
  ["c", "c", "", 10],
  ["g", "g", "", 6],
  ["t", "t", "", 6]
] as const
const screens = new Set<string>(["xmr", "t", "pp", "up"])

describe.skipIf(!haveReference)(`PowerBI-SPC by the profile pbi${whySkipped}`, () => {
  let connection: DuckDBConnection
  beforeAll(async () => {
    connection = await openDatabase()
  })

  test.each(charts)("%s", async (theirs, macro, more, count) => {
    const cases = readCases(`PowerBI-SPC__${theirs}`)
    expect(cases).toHaveLength(count)
    const out = await runCases(
      connection,
      cases,
      ({ parameters: p }) =>
        `${macro}('points', profile := 'pbi', shift := ${p.shift_n}, trend := ${p.trend_n}${more}${
          screens.has(macro) ? `, screened := ${p.outliers_in_limits !== true}` : ""
        })`,
      (c) => toolRows(c, "valid-rows")
    )
    settle(cases, out, compare)
  })
})
