import { PlimsollError } from "@plimsoll/schema"

import { agreementOf, itemStandings, leastOnASide, mixed, reasonOf, standing, type Wave } from "./standing.ts"
import { bandOf } from "./agreement.ts"
import { breakdownOf } from "./breakdown.ts"
import { type Composite, compositeOf, roomFor, type Told } from "./composite.ts"
import { correlationOf, estimateOf, estimateOfOne } from "./estimate.ts"
import { familiesOf, itemsOfScales, partsOf } from "./family.ts"
import { designEffect, ofPeople, wilson } from "./intervals.ts"
import { partitionOf } from "./partition.ts"
import { firstFrom, isBounded, piecesOf } from "./pieces.ts"
import type { BreakdownComposition, Composition, Figure, Reason, ReleaseRow, WaveRelease } from "./result.ts"
import { blank, bounded, type Place, told } from "./rows.ts"
import { allRules, type Rules } from "./rules.ts"
import { gathered, sumsOf } from "./sums.ts"
import { treeOf } from "./tree.ts"
import { figuresOf, type WaveInput } from "./wave.ts"

const defaultK = 10
const leastK = 5
const leastForReliability = 100
const leastForSpread = 30

/** A figure with all that its rows need. */
interface Ready extends Told {
  readonly correlation: number
}

/** {@link releaseWave} with rules switched off: for the attack test only, so not exported from the package. */
export const releaseUnder = (input: WaveInput, rules: Rules): WaveRelease => {
  const k = input.k ?? defaultK
  if (!(Number.isInteger(k) && k >= leastK)) {
    throw new PlimsollError({
      code: "wave-invalid",
      message: `a wave cannot be released with k = ${k}`,
      suggestion: `give a whole number of people, ${leastK} or more; ${defaultK} is usual`
    })
  }
  const { items, scales } = input
  const ofScales = itemsOfScales({ items, scales })
  const parts = partsOf(scales)
  const tree = treeOf(input.units)
  const size = tree.ids.length
  const things = items.length + scales.length
  const byUnit = sumsOf(tree, items, scales, input.answers)
  const invited = Float64Array.from(tree.ids, (id) => input.invited[id] ?? Number.NaN)
  const reach = invited.map((count, u) => (Number.isNaN(count) ? (tree.first[u] === u ? k - 1 : 0) : count))
  const cells = partitionOf(tree, byUnit.respondents, reach, k, rules)
  const byCell = gathered(byUnit, cells.units, things)
  const wave: Wave = { k, rules, items, scales, cells, byUnit, byCell }
  const standingOfItems = itemStandings(wave)
  const ready: Array<Ready> = familiesOf(wave, ofScales, standingOfItems).map((family) => {
    const pieces = piecesOf(tree, wave, family, standingOfItems)
    return { family, pieces, correlation: correlationOf(family, pieces) }
  })
  const find = (id: string, figure: Figure): Ready | undefined =>
    ready.find(({ family }) => family.id === id && family.figure === figure)
  const composites = scales.flatMap((scale, s) => {
    const made = (
      figure: "percent-positive" | "mean",
      members: ReadonlyArray<readonly [id: string, weight: number]>
    ): ReadonlyArray<Composite<Ready>> => {
      const of = members.map(([id]) => find(id, figure))
      const all = members.reduce((sum, [, weight]) => sum + weight, 0)
      const shares = members.map(([, weight]) => weight / all)
      return of.every((one) => one !== undefined) ? [{ id: scale.id, figure, of, shares, range: scale }] : []
    }
    const ofItems = ofScales[s]!.map((i) => [items[i]!.id, 1] as const)
    return [
      ...(scale.percentPositive === "items" ? made("percent-positive", ofItems) : []),
      ...(scale.mean === "items" ? made("mean", ofItems) : []),
      ...(parts[s] === null || parts[s] === undefined
        ? []
        : made(
            "mean",
            parts[s].map((part) => [scales[part]!.id, scales[part]!.items.length] as const)
          ))
    ]
  })
  const asked = scales.flatMap((scale, s) =>
    ofScales[s]!.some((i) => items[i]!.absent !== undefined) ? [] : [{ id: scale.id, of: ofScales[s]! }]
  )
  const absent: ReadonlyArray<readonly [Figure, string, Reason]> = [
    ...items.flatMap((item) => {
      const { id, absent: reason } = item
      return reason === undefined ? [] : figuresOf(item).map((figure) => [figure, id, reason] as const)
    }),
    ...scales.flatMap(({ id, mean = "people", percentPositive = "none" }, s) => {
      const reason = ofScales[s]!.map((i) => items[i]!.absent).find((one) => one !== undefined)
      return reason === undefined
        ? []
        : [
            ...(mean === "none" ? [] : [["mean", id, reason] as const]),
            ...(percentPositive === "none" ? [] : [["percent-positive", id, reason] as const])
          ]
    })
  ]
  const rows: Array<ReleaseRow> = []
  const nobody = byUnit.respondents.every((n) => n === 0)

  const response = (place: Place, n: number, of: number): void => {
    const rate = of > 0 ? (100 * n) / of : null
    rows.push({ ...blank(place, "response", null, null, n), value: rate, bound: "exact" })
  }
  const invitedTo = (units: ReadonlyArray<number>): number => units.reduce((sum, u) => sum + invited[u]!, 0)

  const spread = (place: Place, { family }: Ready, c: number): void => {
    const index = family.thing * byCell.places + c
    const n = byCell.n[index]!
    const high = byCell.positive[index]!
    const low = byCell.negative[index]!
    const people = find(family.id, "percent-positive")
    // In a pool, somebody could take his own team's answers away.
    if (
      cells.units[c]!.length > 1 ||
      n < leastForSpread ||
      !(Math.min(low, n - low - high, high) >= leastOnASide) ||
      (people !== undefined && people.family.standings[c] !== standing.exact)
    ) {
      return
    }
    const thirds: ReadonlyArray<readonly [Figure, number]> = [
      ["spread-low", low],
      ["spread-middle", n - low - high],
      ["spread-high", high]
    ]
    for (const [figure, count] of thirds) {
      rows.push({ ...blank(place, figure, family.id, null, n), value: (100 * count) / n, bound: "exact" })
    }
  }

  /** All figures of one cell. */
  const cellRows = (c: number): void => {
    const u = cells.at[c]!
    const place: Place = { cell: cells.ids[c]!, unit: tree.ids[u]!, rest: cells.rest[c]! }
    const teams = cells.units[c]!.length
    response(place, byCell.respondents[c]!, invitedTo(cells.units[c]!))
    for (const one of ready) {
      const { family, correlation } = one
      const { figure, id, thing } = family
      const index = thing * byCell.places + c
      const n = byCell.n[index]!
      const x = (figure === "mean" ? byCell.sum : byCell.positive)[index]!
      const s = family.standings[c]!
      const exact = () => estimateOfOne(family, n, x, byCell.squares[index]!, teams, correlation)
      if (s === standing.exact) {
        rows.push(told(place, figure, id, exact()))
      } else if (s === standing.tooFew) {
        const given = rules.hiddenCounts || n === 0 ? {} : { ...exact(), n: null }
        rows.push({ ...blank(place, figure, id, "too-few"), ...given })
      } else if (isBounded(wave, family, standingOfItems, c)) {
        rows.push(bounded(place, id, n, x))
      } else {
        rows.push(blank(place, figure, id, reasonOf(s), n))
        if (s === standing.disagreement) {
          spread(place, one, c)
        }
      }
    }
    for (const { id, figure, of, shares, range } of composites) {
      const failing = of.find(({ family }) => family.standings[c] !== standing.exact)
      if (failing !== undefined && rules.answered) {
        rows.push(blank(place, figure, id, reasonOf(failing.family.standings[c]!)))
        continue
      }
      let value = 0
      let variance = 0
      let people = Number.POSITIVE_INFINITY
      let correlation = 0
      for (const [part, { family, correlation: alike }] of of.entries()) {
        const share = shares[part]!
        const index = family.thing * byCell.places + c
        const n = byCell.n[index]!
        const factor = figure === "mean" ? (range.max - range.min) / (family.max - family.min) : 1
        const mean = (figure === "mean" ? byCell.sum : byCell.positive)[index]! / n
        value += (mean - (figure === "mean" ? family.min : 0)) * factor * share
        variance +=
          (Math.max(0, byCell.squares[index]! - n * mean * mean) / Math.max(1, n - 1)) *
          factor *
          factor *
          share
        people = Math.min(people, n)
        correlation += alike * share
      }
      const effect = teams > 1 ? designEffect(correlation, people, teams) : 1
      rows.push(
        told(
          place,
          figure,
          id,
          figure === "mean"
            ? {
                n: people,
                value: range.min + value,
                ...ofPeople(range.min + value, variance, people, range.min, range.max, effect)
              }
            : { n: people, value: 100 * value, ...wilson(value, people / effect) }
        )
      )
    }
    if (teams === 1) {
      for (const { id, of } of asked) {
        const few = of.some((i) => byCell.n[i * byCell.places + c]! < (rules.answered ? cells.least[c]! : 2))
        const band = few ? null : bandOf(agreementOf(wave, of, c)!)
        rows.push({
          ...blank(place, "agreement", id, few ? "too-few" : null),
          low: band?.[0] ?? null,
          high: band?.[1] ?? null
        })
      }
    }
  }

  const every = (place: Place, reason: Reason): void => {
    rows.push(blank(place, "response", null, reason))
    for (const { family } of ready) {
      rows.push(blank(place, family.figure, family.id, reason))
    }
    for (const { id, figure } of composites) {
      rows.push(blank(place, figure, id, reason))
    }
    for (const { id } of asked) {
      rows.push(blank(place, "agreement", id, reason))
    }
  }

  /** What a unit and all below it show with rule 2 switched off: everybody. */
  const everybody = (place: Place, u: number): void => {
    const all = Array.from({ length: u - tree.first[u]! + 1 }, (_, index) => tree.first[u]! + index)
    const total = gathered(byUnit, [all], things)
    response(place, total.respondents[0]!, invitedTo(all))
    for (const { family, correlation } of ready) {
      const n = total.n[family.thing]!
      const x = (family.figure === "mean" ? total.sum : total.positive)[family.thing]!
      rows.push(
        n >= k && (family.figure === "mean" || mixed(rules, n, x))
          ? told(
              place,
              family.figure,
              family.id,
              estimateOfOne(family, n, x, total.squares[family.thing]!, all.length, correlation)
            )
          : blank(place, family.figure, family.id, "too-few")
      )
    }
  }

  const room = roomFor(cells.count + 2 * size)
  const poolRows = ready.map(({ pieces }) => Map.groupBy(pieces.pools, ({ piece }) => pieces.at[piece]!))
  /** The totals of a unit that has others below it, and its pools. */
  const totals = (place: Place, u: number): void => {
    const first = tree.first[u]!
    let n = 0
    let of = 0
    for (let c = cells.start[first]!; c < cells.start[u + 1]!; c++) {
      n += byCell.respondents[c]!
      of += invitedTo(cells.units[c]!)
    }
    if (n === 0) {
      rows.push(blank(place, "response", null, "hidden-to-protect"))
    } else {
      response(place, n, of)
    }
    ready.forEach(({ family, pieces, correlation }, index) => {
      const from = firstFrom(pieces, first)
      const to = firstFrom(pieces, u + 1)
      rows.push(
        from === to
          ? blank(place, family.figure, family.id, "hidden-to-protect")
          : told(place, family.figure, family.id, estimateOf(family, pieces, from, to, correlation))
      )
      for (const { piece, kind } of poolRows[index]!.get(u) ?? []) {
        const pool = { cell: `${place.unit}/${kind}`, unit: place.unit, rest: true }
        rows.push(
          told(pool, family.figure, family.id, estimateOf(family, pieces, piece, piece + 1, correlation))
        )
      }
    })
    for (const composite of composites) {
      const { id, figure } = composite
      const estimate = compositeOf(composite, first, u, room)
      rows.push(
        estimate === null ? blank(place, figure, id, "hidden-to-protect") : told(place, figure, id, estimate)
      )
    }
  }

  let leftOut = false
  for (let u = 0; u < size; u++) {
    const id = tree.ids[u]!
    const place: Place = { cell: id, unit: id, rest: false }
    const leaf = tree.first[u] === u
    leftOut ||= cells.of[u] === -1 && Math.max(reach[u]!, byUnit.respondents[u]!) > 0
    if (nobody) {
      every(place, "no-answer")
    } else if (!leaf) {
      if (rules.partition) {
        totals(place, u)
      } else {
        everybody(place, u)
      }
    } else if (cells.of[u] === -1 || cells.rest[cells.of[u]!]) {
      // Nobody and a few look the same, unless nobody was asked at all.
      every(place, invited[u] === 0 && byUnit.respondents[u] === 0 ? "not-asked" : "too-few")
    }
    for (let c = cells.start[u]!; c < cells.start[u + 1]!; c++) {
      cellRows(c)
    }
    for (const [figure, of, reason] of absent) {
      rows.push(blank(place, figure, of, reason))
    }
  }
  const root = tree.ids[size - 1]!
  if (leftOut && !nobody) {
    rows.push(blank({ cell: `${root}/left-out`, unit: root, rest: true }, "response", null, "too-few"))
  }
  const breakdowns: Array<BreakdownComposition> = []
  for (const breakdown of input.breakdowns ?? []) {
    const made = breakdownOf(wave, tree, ready, composites, breakdown)
    for (const row of made.rows) {
      rows.push(row)
    }
    breakdowns.push(...made.compositions)
  }
  return {
    k,
    units: input.units.map(({ id, parent }) => ({ id, parent })),
    cells: cells.ids.map((cell, c) => ({
      cell,
      unit: tree.ids[cells.at[c]!]!,
      rest: cells.rest[c]!,
      units: cells.units[c]!.map((u) => tree.ids[u]!)
    })),
    compositions: [
      {
        figure: "response",
        of: null,
        exact: Int32Array.from({ length: cells.count }, (_, c) => c),
        exactN: byCell.respondents,
        pools: []
      },
      ...ready.map(({ family, pieces }): Composition => {
        const { key, n, at, pools } = pieces
        const exact = key.filter((cell) => cell < cells.count)
        return {
          figure: family.figure,
          of: family.id,
          exact,
          exactN: n.filter((_, piece) => key[piece]! < cells.count),
          pools: pools.map(({ piece, kind, cells: members }) => ({
            cell: `${tree.ids[at[piece]!]}/${kind}`,
            unit: tree.ids[at[piece]!]!,
            n: n[piece]!,
            cells: members
          }))
        }
      })
    ],
    breakdowns,
    rows,
    reliability: asked.map(({ id, of }) => ({
      scale: id,
      allowed:
        of.length > 1 &&
        of.every((i) => {
          let n = 0
          for (let c = 0; c < cells.count; c++) {
            n += byCell.n[i * byCell.places + c]!
          }
          return n >= leastForReliability
        })
    }))
  }
}

/**
 * What may be seen of a closed wave, and why the rest may not (RULES 4): the one decision about a wave, made once. Every
 * total is made of cells that show the same figure themselves, so no two figures can be taken from one another to leave
 * fewer than `k` people. Throws `wave-invalid` for a `k` below 5, a tree that is none, answers of unknown units or items,
 * and an instrument whose figures would give people away whatever they answered.
 *
 * ```ts
 * const { rows } = releaseWave({ units, invited, answers, items, scales })
 * rows.filter(({ unit, figure }) => unit === "north" && figure === "response")
 * ```
 */
export const releaseWave = (input: WaveInput): WaveRelease => releaseUnder(input, allRules)
