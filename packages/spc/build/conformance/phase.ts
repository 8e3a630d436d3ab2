import type { Data } from "./case.ts"

/** One plotted row. `counts`: judged and counted; `none`: has no value by its nature, such as the first moving range. */
export interface Row {
  readonly period: number | string
  readonly y: number | null
  readonly kind: "counts" | "missing" | "ghost" | "none"
  readonly numerator: number | null
  readonly denominator: number | null
  readonly inBaseline: boolean | null
  readonly target: number | null
  readonly direction: "up" | "down" | "neutral" | null
  readonly wrong?: "negative" | "above-one"
  /** Members of a subgroup, from the least. */
  readonly members?: ReadonlyArray<number>
}

/** One phase: all rows in order of period, those that count, and those that set the limits. */
export interface Phase {
  readonly rows: ReadonlyArray<Row>
  readonly points: ReadonlyArray<Row>
  readonly baseline: ReadonlyArray<Row>
  /** Whether a value is missing between a baseline point and the next. */
  readonly gaps: ReadonlyArray<boolean>
  readonly isBaseline: (row: Row) => boolean
}

/** A phase of rows that are in order of period. */
export const phaseOf = (rows: ReadonlyArray<Row>): Phase => {
  const points = rows.filter((r) => r.kind === "counts")
  const said = rows.some((r) => r.inBaseline !== null)
  const isBaseline = (r: Row): boolean => r.kind === "counts" && (!said || r.inBaseline === true)
  const baseline = points.filter(isBaseline)
  const gaps = baseline
    .slice(1)
    .map((r, i) =>
      rows.slice(rows.indexOf(baseline[i]!) + 1, rows.indexOf(r)).some((x) => x.kind === "missing")
    )
  return { rows, points, baseline, gaps, isBaseline }
}

type Made = Pick<Row, "y" | "kind"> & Partial<Row>
type Raw = Pick<Row, "numerator" | "denominator"> & { readonly value: number | null }

const single = (raw: Raw): Made => {
  const y = raw.value ?? (raw.numerator === null || !raw.denominator ? null : raw.numerator / raw.denominator)
  return { y, kind: y === null ? "missing" : "counts" }
}

const notNegative = (raw: Raw): Made => {
  const y = raw.value ?? raw.numerator
  if (y === null) return { y, kind: "missing" }
  return y < 0 ? { y: null, kind: "missing", wrong: "negative" } : { y, kind: "counts" }
}

const pair =
  (divided: boolean, capped: boolean) =>
  ({ numerator: a, denominator: d }: Raw): Made => {
    if ((a ?? 0) < 0 || (d ?? 0) < 0) return { y: null, kind: "missing", wrong: "negative" }
    if (a === null || d === null || d === 0) return { y: null, kind: "missing" }
    const y = divided ? a / d : a
    return capped && a > d ? { y, kind: "missing", wrong: "above-one" } : { y, kind: "counts" }
  }

const readings: Readonly<Record<string, (raw: Raw) => Made>> = {
  run: single,
  xmr: single,
  mr: single,
  ewma: single,
  cusum: single,
  c: notNegative,
  g: notNegative,
  t: notNegative,
  np: pair(false, true),
  p: pair(true, true),
  pp: pair(true, true),
  p_auto: pair(true, true),
  u: pair(true, false),
  up: pair(true, false),
  u_auto: pair(true, false)
}

const grouped = (chart: string, members: ReadonlyArray<number>): Made => {
  const n = members.length
  if (n === 0) return { y: null, kind: "missing", members }
  const mean = members.reduce((a, b) => a + b, 0) / n
  if (chart === "xbar") return { y: mean, kind: "counts", members }
  if (n === 1) return { y: null, kind: "none", members }
  // The range of more than a hundred is drawn, and nothing is said of it.
  if (chart === "r" && n > 100) return { y: members[n - 1]! - members[0]!, kind: "none", members }
  return { y: chart === "r" ? members[n - 1]! - members[0]! : deviationOf(members), kind: "counts", members }
}

/** The standard deviation of members, over n − 1. */
export const deviationOf = (members: ReadonlyArray<number>): number => {
  const mean = members.reduce((a, b) => a + b, 0) / members.length
  return Math.sqrt(members.reduce((a, y) => a + (y - mean) ** 2, 0) / (members.length - 1))
}

/** The phases of a series, each with its name, in order. */
export const phasesOf = (chart: string, data: Data): ReadonlyArray<readonly [number | null, Phase]> => {
  const periods = data.period ?? []
  const at = <T>(column: ReadonlyArray<T> | undefined, i: number): T | null => column?.[i] ?? null
  const order = periods
    .map((period, i) => ({ period, i, phase: at(data.phase, i) }))
    .toSorted((a, b) => (a.period < b.period ? -1 : a.period > b.period ? 1 : 0))
  const names = [...new Set(order.map((o) => o.phase))].toSorted((a, b) => Number(a) - Number(b))
  const subgroups = chart === "xbar" || chart === "r" || chart === "s"
  return names.map((name) => {
    const here = order.filter((o) => o.phase === name)
    const rows: Row[] = []
    for (const period of new Set(here.map((o) => o.period))) {
      const those = here.filter((o) => o.period === period).map((o) => o.i)
      const i = those[0]!
      const numbers = those.map((j) => at(data.value, j)).filter((y) => y !== null)
      const raw = {
        value: at(data.value, i),
        numerator: at(data.numerator, i),
        denominator: at(data.denominator, i)
      }
      const made = subgroups
        ? {
            ...grouped(
              chart,
              numbers.toSorted((a, b) => a - b)
            ),
            denominator: numbers.length === 0 ? null : numbers.length
          }
        : readings[chart]!(raw)
      rows.push({
        period,
        numerator: raw.numerator,
        denominator: raw.denominator,
        inBaseline: data.baseline === undefined ? null : those.every((j) => data.baseline![j] === true),
        target: at(data.target, i),
        direction: at(data.direction, i),
        ...made,
        ...(those.some((j) => at(data.excluded, j) === true) ? { kind: "ghost" as const } : {})
      })
    }
    return [name, phaseOf(chart === "mr" ? moved(rows) : rows)] as const
  })
}

/** Moving ranges in the place of the values: of neighbours, ghosts being nobody's neighbour, and across no gap. */
const moved = (rows: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  let before: Row | undefined
  return rows.map((row) => {
    if (row.kind === "ghost") return { ...row, y: null }
    const [last, here] = [before?.y ?? null, row.y]
    const inBaseline = row.inBaseline === null ? null : row.inBaseline && (before?.inBaseline ?? true)
    before = row
    if (here === null) return { ...row, y: null, inBaseline }
    if (last === null) return { ...row, y: null, kind: "none" as const, inBaseline }
    return { ...row, y: Math.abs(here - last), inBaseline }
  })
}
