import type { DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"

import { haveReference, readCases, whySkipped } from "./cases.ts"
import type { Column } from "./cases.ts"
import { openDatabase } from "./database.ts"
import type { OutputRow } from "./database.ts"
import { apart, figures, runCases, settle, unequal } from "./settle.ts"
import type { Compare } from "./settle.ts"
import { toolRows } from "./tool-rows.ts"

/** Its numbered rules by our names, in its order. */
const ruleSets = {
  western_electric: ["beyond-limits", "two-of-three", "four-of-five", "shift"],
  nelson: [
    "beyond-limits",
    "shift",
    "trend",
    "alternation",
    "two-of-three",
    "four-of-five",
    "stratification",
    "mixture"
  ]
} as const
const profiles = { western_electric: "western-electric", nelson: "nelson" } as const

type Indices = Readonly<Record<string, ReadonlyArray<number>>>

/** It counts points from 1. */
const where = (rows: ReadonlyArray<OutputRow>, marks: (r: OutputRow) => boolean): ReadonlyArray<number> =>
  rows.flatMap((r, i) => (marks(r) ? [i + 1] : []))

const shewhart =
  (set: keyof typeof ruleSets): Compare =>
  (rows, c) => {
    const theirs = c.expected[set] as Indices | null
    return [
      ...figures(rows, c, ["y", "centre", "lcl", "ucl"]),
      ...(theirs === null
        ? []
        : ruleSets[set].flatMap((rule, k) =>
            unequal(
              `${set}.rule${k + 1}`,
              where(rows, (r) => r.rules.some((x) => x.rule === rule)),
              theirs[`rule${k + 1}`]!
            )
          ))
    ]
  }

/** Our macro for each of its charts, and how many cases there are. */
const charts = [
  ["xbar.one", "xmr", 5],
  ["xbar", "xbar", 3],
  ["R", "r", 2],
  ["S", "s", 2],
  ["np", "np", 1],
  ["p", "p", 3],
  ["u", "u", 2],
  ["c", "c", 1],
  ["g", "g", 1]
] as const

const ewma: Compare = (rows, c) => {
  const e = c.expected as unknown as Record<string, Column>
  const near = (
    name: string,
    ours: ReadonlyArray<number | null | undefined>,
    theirs: Column | number
  ): ReadonlyArray<string> => apart(name, ours, theirs, 1e-8)
  return [
    ...near(
      "ewma",
      rows.map((r) => r.ewma),
      e["ewma"]!
    ),
    ...figures(rows, c, ["centre", "lcl", "ucl"], 1e-8),
    ...near(
      "sigma",
      rows.map((r) => r.sigma),
      e["sigma"]!
    ),
    ...unequal(
      "violations",
      where(rows, (r) => r.beyond_limits === true),
      e["violations"]!
    )
  ]
}

const cusum: Compare = (rows, c) => {
  const e = c.expected as unknown as Record<string, Column>
  const beyond = (side: "high" | "low") => (r: OutputRow) =>
    r.rules.some((x) => x.rule === "beyond-limits" && x.side === side)
  return [
    ...apart(
      "pos",
      rows.map((r) => r.cusum_pos),
      e["pos"]!,
      1e-8
    ),
    ...apart(
      "neg",
      rows.map((r) => r.cusum_neg),
      e["neg"]!,
      1e-8
    ),
    ...apart(
      "centre",
      rows.map((r) => r.centre),
      e["centre"]!,
      1e-8
    ),
    ...apart(
      "std_dev",
      rows.map((r) => r.sigma),
      e["std_dev"]!,
      1e-8
    ),
    ...unequal("violations_upper", where(rows, beyond("high")), e["violations_upper"]!),
    ...unequal("violations_lower", where(rows, beyond("low")), e["violations_lower"]!)
  ]
}

describe.skipIf(!haveReference)(`qcc by the profiles western-electric and nelson${whySkipped}`, () => {
  let connection: DuckDBConnection
  beforeAll(async () => {
    connection = await openDatabase()
  })

  describe.each(["western_electric", "nelson"] as const)("%s", (set) => {
    test.each(charts)("%s", async (theirs, macro, count) => {
      const cases = readCases(`qcc__qcc-${theirs}`)
      expect(cases).toHaveLength(count)
      const out = await runCases(
        connection,
        cases,
        (c) =>
          `${macro}('points', profile := '${profiles[set]}'${c.parameters["std.dev"] === "RMSDF" ? ", spread := 'rmsdf'" : c.parameters["std.dev"] === "SD" ? ", spread := 'sd'" : ""})`,
        (c) => toolRows(c, "rows")
      )
      settle(cases, out, shewhart(set))
    })
  })

  test.each([
    ["ewma", ewma],
    ["cusum", cusum]
  ] as const)("%s", async (chart, compare) => {
    const cases = readCases(`qcc__${chart}`)
    expect(cases).toHaveLength(3)
    const out = await runCases(
      connection,
      cases,
      ({ parameters: p }) =>
        chart === "ewma"
          ? `ewma('points', profile := 'western-electric', weight := ${p.lambda}, nsigmas := ${p.nsigmas})`
          : `cusum('points', profile := 'western-electric', k := ${p.se_shift! / 2}, h := ${p.decision_interval})`,
      (c) => toolRows(c, "rows")
    )
    settle(cases, out, compare)
  })
})
