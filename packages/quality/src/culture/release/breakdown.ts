import { PlimsollError } from "@plimsoll/schema"

import type { Composite } from "./composite.ts"
import { estimateOfOne } from "./estimate.ts"
import type { Family } from "./pieces.ts"
import type { BreakdownComposition, Figure, ReleaseRow } from "./result.ts"
import { blank, type Place, told } from "./rows.ts"
import { amid, mixed, standing, type Wave } from "./standing.ts"
import { gathered, type Sums, sumsOf } from "./sums.ts"
import type { Tree } from "./tree.ts"
import { designEffect, ofPeople, wilson } from "./intervals.ts"
import type { Breakdown } from "./wave.ts"

/** A figure with the correlation of the people of one cell. */
interface Ready {
  readonly family: Family
  readonly correlation: number
}

interface Group {
  readonly name: string
  readonly byUnit: Sums
  readonly byCell: Sums
}

const joined = (one: Sums, other: Sums, sign: 1 | -1): Sums => {
  const both = (a: Float64Array, b: Float64Array): Float64Array => {
    const all = new Float64Array(a.length)
    for (let at = 0; at < a.length; at++) all[at] = a[at]! + sign * b[at]!
    return all
  }
  return {
    places: one.places,
    respondents: both(one.respondents, other.respondents),
    n: both(one.n, other.n),
    positive: both(one.positive, other.positive),
    negative: both(one.negative, other.negative),
    sum: both(one.sum, other.sum),
    squares: both(one.squares, other.squares)
  }
}

const merged = (one: Sums, other: Sums): Sums => joined(one, other, 1)

const less = (one: Sums, other: Sums): Sums => joined(one, other, -1)

/** Of whom it is not known to which group they belong: everybody but the groups. */
const withUnstated = (
  { byUnit }: Wave,
  by: string,
  groups: ReadonlyArray<{ readonly name: string; readonly byUnit: Sums }>
): ReadonlyArray<{ readonly name: string; readonly byUnit: Sums }> => {
  const left = groups.reduce((sums, group) => less(sums, group.byUnit), byUnit)
  if (left.n.some((n) => n < 0) || left.respondents.some((n) => n < 0)) {
    throw new PlimsollError({
      code: "wave-invalid",
      message: `the groups of ${by} hold more people than the units`,
      suggestion: "put each respondent in one group"
    })
  }
  return left.respondents.some((n) => n > 0) ? [...groups, { name: "unstated", byUnit: left }] : groups
}

/** The groups, the smallest put together until each has enough people in the cells. */
const groupsOf = (wave: Wave, tree: Tree, { by, groups }: Breakdown): ReadonlyArray<Group> => {
  const { items, scales, cells, k, rules } = wave
  const given = groups.map(({ group, answers }) => ({
    name: group,
    byUnit: sumsOf(tree, items, scales, answers)
  }))
  let all = withUnstated(wave, by, given).map(({ name, byUnit }) => {
    let people = 0
    byUnit.respondents.forEach((n, u) => {
      people += cells.of[u]! >= 0 ? n : 0
    })
    return { name, byUnit, people }
  })
  for (;;) {
    all = all.sort((a, b) => a.people - b.people || (a.name < b.name ? -1 : 1))
    const [least, next] = all
    if (least === undefined || next === undefined || !rules.answered || least.people >= k) {
      break
    }
    all = [
      {
        name: `${least.name} + ${next.name}`,
        byUnit: merged(least.byUnit, next.byUnit),
        people: least.people + next.people
      },
      ...all.slice(2)
    ]
  }
  return all.map(({ name, byUnit }) => ({
    name,
    byUnit,
    byCell: gathered(byUnit, cells.units, items.length + scales.length)
  }))
}

/**
 * One way to divide the people of the organisation. A figure uses only cells that show it themselves and in which every
 * group has nobody or at least `k` people: so no group and no unit differ by fewer. Where one group cannot be told, none
 * is, since the others and the units would tell it.
 */
export const breakdownOf = (
  wave: Wave,
  tree: Tree,
  ready: ReadonlyArray<Ready>,
  composites: ReadonlyArray<Composite<Ready>>,
  breakdown: Breakdown
): {
  readonly rows: ReadonlyArray<ReleaseRow>
  readonly compositions: ReadonlyArray<BreakdownComposition>
} => {
  const { cells, k, rules } = wave
  const groups = groupsOf(wave, tree, breakdown)
  const root = tree.ids.at(-1)!
  const place: Place = { cell: root, unit: root, rest: false }
  const label = ({ name }: Group): string => `${breakdown.by}=${name}`
  const rows: Array<ReleaseRow> = []
  const compositions: Array<BreakdownComposition> = []

  /** People of a group, by unit and by cell, for one thing; the respondents where there is none. */
  const count = ({ byUnit, byCell }: Group, thing: number | null) => ({
    ofUnit: (u: number) => (thing === null ? byUnit.respondents[u]! : byUnit.n[thing * byUnit.places + u]!),
    ofCell: (c: number) => (thing === null ? byCell.respondents[c]! : byCell.n[thing * byCell.places + c]!)
  })
  const enough = (n: number): boolean => n === 0 || !rules.answered || n >= k
  const takesPart = (c: number, thing: number | null): boolean =>
    groups.every((group) => {
      const { ofUnit, ofCell } = count(group, thing)
      return (
        enough(ofCell(c)) &&
        (cells.units[c]!.length === 1 ||
          !rules.ownTeam ||
          cells.units[c]!.every((u) => enough(ofCell(c) - ofUnit(u))))
      )
    })
  const usedBy = (family: Family | null): ReadonlyArray<number> => {
    const used: Array<number> = []
    for (let c = 0; c < cells.count; c++) {
      if (
        (family === null || family.standings[c] === standing.exact) &&
        takesPart(c, family?.thing ?? null)
      ) {
        used.push(c)
      }
    }
    let fewest: number | null = null
    for (const group of groups) {
      for (const c of used) {
        const n = count(group, family?.thing ?? null).ofCell(c)
        fewest = n > 0 ? Math.min(n, fewest ?? n) : fewest
      }
    }
    const figure = family?.figure ?? "response"
    compositions.push({ by: breakdown.by, figure, of: family?.id ?? null, cells: used, fewest })
    return used
  }

  const used = usedBy(null)
  for (const group of groups) {
    const n = used.reduce((sum, c) => sum + group.byCell.respondents[c]!, 0)
    rows.push(
      n === 0
        ? blank(place, "response", null, "too-few", null, label(group))
        : { ...blank(place, "response", null, null, n, label(group)), bound: "exact" }
    )
  }
  const shown = new Map<string, ReadonlyArray<{ n: number; x: number; squares: number; parts: number }>>()
  const key = (figure: Figure, id: string): string => `${figure} ${id}`
  for (const { family, correlation } of ready) {
    const members = usedBy(family)
    const { figure, id, thing, min, max, point } = family
    const source = figure === "mean" ? "sum" : "positive"
    const shows = (n: number, x: number): boolean =>
      figure === "mean" ? amid(rules, x / n, min, max, point) : mixed(rules, n, x)
    const sums = groups.map(({ byCell }) => {
      const total = { n: 0, x: 0, squares: 0, parts: 0 }
      for (const c of members) {
        const index = thing * byCell.places + c
        total.n += byCell.n[index]!
        total.x += byCell[source][index]!
        total.squares += byCell.squares[index]!
        total.parts += byCell.n[index]! > 0 ? 1 : 0
      }
      return total
    })
    const holds = groups.every(({ byUnit }, g) => {
      const { n, x } = sums[g]!
      const without = (u: number): boolean => {
        const index = thing * byUnit.places + u
        const rest = n - byUnit.n[index]!
        return byUnit.n[index] === 0 || rest === 0 || shows(rest, x - byUnit[source][index]!)
      }
      return (
        n === 0 || (shows(n, x) && (!rules.ownTeam || members.every((c) => cells.units[c]!.every(without))))
      )
    })
    if (holds) {
      shown.set(key(figure, id), sums)
    }
    groups.forEach((group, g) => {
      const { n, x, squares, parts } = sums[g]!
      rows.push(
        !holds || n === 0
          ? blank(place, figure, id, holds ? "too-few" : "hidden-to-protect", null, label(group))
          : told(place, figure, id, estimateOfOne(family, n, x, squares, parts, correlation), label(group))
      )
    })
  }
  for (const { id, figure, of, shares, range } of composites) {
    const parts = of.map(({ family }) => shown.get(key(figure, family.id)))
    groups.forEach((group, g) => {
      const sums = parts.map((one) => one?.[g])
      if (sums.some((one) => one === undefined || one.n === 0)) {
        rows.push(blank(place, figure, id, "hidden-to-protect", null, label(group)))
        return
      }
      const width = range.max - range.min
      const people = Math.min(...sums.map((one) => one!.n))
      let value = figure === "mean" ? range.min : 0
      let variance = 0
      let effect = 0
      sums.forEach((one, index) => {
        const { family, correlation } = of[index]!
        const { n, x, squares, parts: clusters } = one!
        const factor = figure === "mean" ? width / (family.max - family.min) : 1
        const share = shares[index]!
        value += (x / n - (figure === "mean" ? family.min : 0)) * factor * share
        variance += (Math.max(0, squares - (x * x) / n) / (n - 1)) * factor * factor * share
        effect += designEffect(correlation, n, clusters) * share
      })
      const interval =
        figure === "mean"
          ? ofPeople(value, variance, people, range.min, range.max, effect)
          : wilson(value, people / effect)
      const estimate = { n: people, value: figure === "mean" ? value : 100 * value, ...interval }
      rows.push(told(place, figure, id, estimate, label(group)))
    })
  }
  return { rows, compositions }
}
