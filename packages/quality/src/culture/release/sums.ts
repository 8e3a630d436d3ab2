import { PlimsollError } from "@plimsoll/schema"

import type { Tree } from "./tree.ts"
import type { UnitAnswers, WaveItem, WaveScale } from "./wave.ts"

/** Sums by thing (items first, then scales) and place (unit or cell): the number of `thing` at `place` is at thing × places + place. */
export interface Sums {
  readonly places: number
  readonly respondents: Float64Array
  readonly n: Float64Array
  readonly positive: Float64Array
  /** NaN where the lowest category was not counted. */
  readonly negative: Float64Array
  readonly sum: Float64Array
  readonly squares: Float64Array
}

const empty = (things: number, places: number): Sums => ({
  places,
  respondents: new Float64Array(places),
  n: new Float64Array(things * places),
  positive: new Float64Array(things * places),
  negative: new Float64Array(things * places),
  sum: new Float64Array(things * places),
  squares: new Float64Array(things * places)
})

/** The answers by unit. Refuses a unit that is not in the tree or stands twice, an item that the instrument has not, and counts that cannot be. */
export const sumsOf = (
  tree: Tree,
  items: ReadonlyArray<WaveItem>,
  scales: ReadonlyArray<WaveScale>,
  answers: Iterable<UnitAnswers>
): Sums => {
  const things = new Map([...items, ...scales].map(({ id }, index) => [id, index]))
  const sums = empty(items.length + scales.length, tree.ids.length)
  const seen = new Set<string>()
  const invalid = (unit: string, what: string, suggestion: string): PlimsollError =>
    new PlimsollError({ code: "wave-invalid", message: `the answers of ${unit} ${what}`, suggestion })
  for (const { unit, respondents, items: ofItems, scales: ofScales } of answers) {
    const u = tree.position.get(unit)
    if (u === undefined) {
      throw invalid(unit, "are of no unit of the wave's tree", "use the tree that was frozen at the close")
    }
    if (seen.has(unit)) {
      throw invalid(unit, "stand twice", "add them up first")
    }
    seen.add(unit)
    if (!Number.isInteger(respondents) || respondents < 0) {
      throw invalid(unit, "have no whole number of respondents", "count people")
    }
    sums.respondents[u] = respondents
    for (const given of [ofItems, ofScales]) {
      for (const id in given) {
        const { n, positive = 0, negative = Number.NaN, sum, squares } = given[id]!
        const thing = things.get(id)
        if (thing === undefined || thing < items.length !== (given === ofItems)) {
          throw invalid(unit, `name ${id}, which the instrument has not`, "use the instrument of the wave")
        }
        if (!(Number.isInteger(n) && n >= 0 && n <= respondents && positive >= 0 && positive <= n)) {
          throw invalid(unit, `to ${id} cannot be counts of its respondents`, "count each person once")
        }
        const place = thing * sums.places + u
        sums.n[place] = n
        sums.positive[place] = positive
        sums.negative[place] = negative
        sums.sum[place] = sum
        sums.squares[place] = squares
      }
    }
  }
  return sums
}

/** The same sums for groups of places. */
export const gathered = (sums: Sums, groups: ReadonlyArray<ReadonlyArray<number>>, things: number): Sums => {
  const all = empty(things, groups.length)
  groups.forEach((members, g) => {
    for (const member of members) {
      all.respondents[g]! += sums.respondents[member]!
    }
    for (let thing = 0; thing < things; thing++) {
      const to = thing * groups.length + g
      for (const member of members) {
        const from = thing * sums.places + member
        if (sums.n[from]! > 0) {
          all.n[to]! += sums.n[from]!
          all.positive[to]! += sums.positive[from]!
          all.negative[to]! += sums.negative[from]!
          all.sum[to]! += sums.sum[from]!
          all.squares[to]! += sums.squares[from]!
        }
      }
    }
  })
  return all
}
