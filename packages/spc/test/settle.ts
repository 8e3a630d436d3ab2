import type { DuckDBConnection } from "@duckdb/node-api"
import { expect } from "vitest"

import { agrees } from "./cases.ts"
import type { Column, ReferenceCase } from "./cases.ts"
import { judge } from "./database.ts"
import type { InputRow, OutputRow } from "./database.ts"
import { matters } from "./matters.ts"

/** Names of what differs between our rows and a tool's case; empty where all agrees. */
export type Compare = (rows: ReadonlyArray<OutputRow>, c: ReferenceCase) => ReadonlyArray<string>

/** A name, if two lists of flags, words or counts are not the same. */
export const unequal = (
  name: string,
  ours: ReadonlyArray<unknown>,
  theirs: ReadonlyArray<unknown>
): ReadonlyArray<string> =>
  ours.length === theirs.length && ours.every((x, i) => x === theirs[i]) ? [] : [name]

/** The same for numbers. A tool's column may be one number for the chart, or null where it has none. */
export const apart = (
  name: string,
  ours: ReadonlyArray<number | null | undefined>,
  theirs: Column | number | null,
  tolerance?: number
): ReadonlyArray<string> =>
  (theirs !== null && typeof theirs !== "number" && theirs.length !== ours.length) ||
  ours.some(
    (x, i) =>
      !agrees(x, theirs === null || typeof theirs === "number" ? theirs : (theirs[i] ?? null), tolerance)
  )
    ? [name]
    : []

/** The tools' names of what is drawn, and ours. */
const drawn = {
  y: "value",
  centre: "centre",
  lcl: "lcl3",
  ucl: "ucl3",
  lcl_2sigma: "lcl2",
  ucl_2sigma: "ucl2"
} as const

/** The names of those columns of numbers that differ. */
export const figures = (
  rows: ReadonlyArray<OutputRow>,
  c: ReferenceCase,
  names: ReadonlyArray<keyof typeof drawn>,
  tolerance?: number
): ReadonlyArray<string> =>
  names.flatMap((name) =>
    apart(
      name,
      rows.map((r) => r[drawn[name]]),
      c.expected[name] as Column | number | null,
      tolerance
    )
  )

/** On which side a rule marks a point; of two runs the later one, since the tools keep one word a point. */
export const sideOf = (row: OutputRow, rule: string): "high" | "low" | null =>
  row.rules.filter((r) => r.rule === rule).sort((a, b) => b.completed - a.completed)[0]?.side ?? null

/** Runs every case by its own call of a macro, those of one call in one query. */
export const runCases = async (
  connection: DuckDBConnection,
  cases: ReadonlyArray<ReferenceCase>,
  call: (c: ReferenceCase) => string,
  input: (c: ReferenceCase) => ReadonlyArray<InputRow>
): Promise<ReadonlyMap<string, ReadonlyArray<OutputRow>>> => {
  const out = new Map<string, ReadonlyArray<OutputRow>>()
  for (const [text, mine] of Map.groupBy(cases, call))
    for (const [id, rows] of await judge(connection, text, mine.flatMap(input))) out.set(id, rows)
  return out
}

/** Holds every case to "agrees" or to its matters: the fields named there differ, each of them and no other. */
export const settle = (
  cases: ReadonlyArray<ReferenceCase>,
  out: ReadonlyMap<string, ReadonlyArray<OutputRow>>,
  compare: Compare
): void => {
  expect(
    cases.flatMap((c) => {
      const rows = out.get(c.id)!
      const decided = matters.filter((m) => m.cases[c.id])
      const permitted = [...new Set(decided.flatMap((m) => m.cases[c.id]!))].sort()
      const found = [...new Set(c.expected.error === undefined ? compare(rows, c) : ["error"])].sort()
      for (const m of decided) m.ours(rows, c)
      return found.join() === permitted.join()
        ? []
        : [`${c.id}: differs in [${found.join(", ")}], decided [${permitted.join(", ")}]`]
    })
  ).toEqual([])
}
