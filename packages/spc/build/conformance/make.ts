import type { Cell, Columns, Draft } from "./case.ts"
import { casesOfCounts } from "./cases-of-counts.ts"
import { casesOfFunnels } from "./cases-of-funnels.ts"
import { casesOfGroups } from "./cases-of-groups.ts"
import { casesOfLimits } from "./cases-of-limits.ts"
import { casesOfOpenData } from "./cases-of-open-data.ts"
import { casesOfRules } from "./cases-of-rules.ts"
import { casesSimulated } from "./cases-simulated.ts"
import { expectedRows } from "./expected.ts"
import { funnelRows } from "./funnel.ts"

/** Every case before its values are worked out. */
export const drafts: ReadonlyArray<Draft> = [
  ...casesOfRules,
  ...casesOfLimits,
  ...casesOfCounts,
  ...casesOfGroups,
  ...casesOfFunnels,
  ...casesSimulated,
  ...casesOfOpenData
]

/** A finished case, as the files have it. */
export interface Case {
  readonly id: string
  readonly title: string
  readonly chart: string
  readonly profile: string | null
  readonly derived: "exact arithmetic" | "both"
  readonly by_hand: ReadonlyArray<string>
  readonly source: string | null
  readonly arguments: Draft["arguments"]
  readonly data: Columns
  readonly expected: { readonly same: Readonly<Record<string, Cell>>; readonly each: Columns }
}

/** Twelve digits: more than the tolerance asks for, and the same on every machine. */
const rounded = (x: Cell): Cell => (typeof x === "number" ? Number(x.toPrecision(12)) + 0 : x)

const near = (a: Cell, b: Cell): boolean =>
  typeof a === "number" && typeof b === "number"
    ? Math.abs(a - b) <= 1e-11 * Math.abs(b) + 1e-13
    : Array.isArray(a) && Array.isArray(b)
      ? a.length === b.length && a.every((x) => b.includes(x as never))
      : a === b

/** Works out a case, and stops where the loops find another value than was worked out by hand. */
export const makeCase = (of: Draft): Case => {
  const rows =
    of.chart === "funnel_pr" || of.chart === "funnel_rc" || of.chart === "funnel_sr"
      ? funnelRows(of.chart, of.arguments, of.data)
      : expectedRows(of.chart, of.profile!, of.arguments, of.data)
  const columns = Object.keys(rows[0]!).map((name) => [name, rows.map((r) => rounded(r[name]!))] as const)
  for (const [name, hand] of Object.entries(of.byHand)) {
    const found = columns.find((c) => c[0] === name)?.[1]
    if (found === undefined || found.length !== hand.length || !found.every((x, i) => near(x, hand[i]!)))
      throw new Error(`${of.id}: ${name} is ${JSON.stringify(found)}, by hand ${JSON.stringify(hand)}`)
  }
  const isKey = (name: string): boolean => name === "period" || name === "unit"
  const equal = (cells: ReadonlyArray<Cell>): boolean =>
    new Set(cells.map((c) => JSON.stringify(c))).size === 1
  const by_hand = Object.keys(of.byHand)
  return {
    id: of.id,
    title: of.title,
    chart: of.chart,
    profile: of.profile,
    derived: by_hand.length === 0 ? "exact arithmetic" : "both",
    by_hand,
    source: of.source ?? null,
    arguments: of.arguments,
    data: of.data as Columns,
    expected: {
      same: Object.fromEntries(
        columns.filter(([name, c]) => !isKey(name) && equal(c)).map(([name, c]) => [name, c[0]!])
      ),
      each: Object.fromEntries(columns.filter(([name, c]) => isKey(name) || !equal(c)))
    }
  }
}
