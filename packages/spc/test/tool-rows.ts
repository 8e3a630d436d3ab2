import type { ReferenceCase } from "./cases.ts"
import type { InputRow } from "./database.ts"

/** How a tool counts the rows of its baseline. */
export type Frozen = "rows" | "rows-of-each-phase" | "valid-rows"

const listed = (x: number | ReadonlyArray<number> | undefined): ReadonlyArray<number> =>
  x === undefined ? [] : typeof x === "number" ? [x] : x

const middle = (xs: ReadonlyArray<number>): number => {
  const s = [...xs].sort((a, b) => a - b)
  return (s[(s.length - 1) >> 1]! + s[s.length >> 1]!) / 2
}
const mean = (xs: ReadonlyArray<number>): number => xs.reduce((a, b) => a + b, 0) / xs.length

const ways = { increase: "up", decrease: "down", neutral: "neutral" } as const
const subgroupCharts = new Set(["xbar", "r", "s", "qcc-xbar", "qcc-R", "qcc-S"])

interface Slot {
  readonly members: ReadonlyArray<number>
  readonly numerator: number | null
  readonly denominator: number | null
}

/** The rows of one place on the chart: qicharts2 and NHSRplotthedots take equal periods together, PowerBI-SPC does not. */
const slotsOf = (c: ReferenceCase, together: boolean): ReadonlyArray<Slot> => {
  const order = c.data.period.map((_, i) => i)
  const key = (i: number): string | number => c.data.period[i]!
  order.sort((i, j) => (key(i) < key(j) ? -1 : key(i) > key(j) ? 1 : i - j))
  const groups = Map.groupBy(order, (i) => (together ? key(i) : i))
  const total = (
    column: ReadonlyArray<number | null> | undefined,
    at: ReadonlyArray<number>
  ): number | null =>
    column === undefined || at.some((i) => column[i] === null) ? null : at.reduce((a, i) => a + column[i]!, 0)
  return [...groups.values()].map((at) => ({
    members: at.flatMap((i) => {
      const value = c.data.value?.[i] ?? []
      return (typeof value === "number" ? [value] : value).filter((x) => x !== null)
    }),
    numerator: total(c.data.numerator, at),
    denominator: total(c.data.denominator, at)
  }))
}

/** The points of a case as input rows: periods are counted from 0 in the tool's order, phases too. */
export const toolRows = (c: ReferenceCase, frozen: Frozen): ReadonlyArray<InputRow> => {
  const p = c.parameters
  const part = listed(p.part)
  const first = p.fix_after_n_points ?? (part.length > 0 ? undefined : p.freeze)
  const way = p.improvement_direction ?? p.direction
  const counted = new Map<number, number>()
  const periods = [...c.data.period].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const together = frozen !== "valid-rows"
  const shown = together ? [...new Set(periods)] : periods
  return slotsOf(c, together).flatMap((slot, i): ReadonlyArray<InputRow> => {
    const members = subgroupCharts.has(c.chart)
    const missing = c.data.numerator
      ? slot.numerator === null || slot.denominator === null
      : slot.members.length < (members ? 2 : 1)
    const phase = p.rebase
      ? p.rebase.filter((d) => String(shown[i]) >= d).length
      : part.filter((last) => i + 1 > last).length
    const scope = frozen === "rows-of-each-phase" ? phase : 0
    if (frozen !== "valid-rows" || !missing) counted.set(scope, (counted.get(scope) ?? 0) + 1)
    const row = {
      series: c.id,
      period: i,
      phase,
      excluded: listed(p.exclude).includes(i + 1),
      ...(first === undefined ? {} : { baseline: (counted.get(scope) ?? 0) <= first }),
      // qicharts2 takes a given centre of a t chart on the scale y^(1/3.6).
      ...(p.cl === undefined ? {} : { centre: c.chart === "t" ? p.cl ** 3.6 : p.cl }),
      ...(p.target === undefined || p.target === null ? {} : { target: p.target }),
      ...(way === undefined ? {} : { direction: ways[way] })
    }
    if (c.data.numerator) return [{ ...row, numerator: slot.numerator, denominator: slot.denominator }]
    if (members)
      return slot.members.length === 0
        ? [{ ...row, value: null }]
        : slot.members.map((value) => ({ ...row, value }))
    const combine = p["agg.fun"] === "median" ? middle : mean
    return [{ ...row, value: slot.members.length === 0 ? null : combine(slot.members) }]
  })
}
