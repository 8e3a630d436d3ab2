import { evenVariance, leastAgreement, rwgJ } from "./agreement.ts"
import { varianceOf } from "./intervals.ts"
import type { Cells } from "./partition.ts"
import type { Reason } from "./result.ts"
import type { Rules } from "./rules.ts"
import type { Sums } from "./sums.ts"
import { figuresOf, type WaveItem, type WaveScale } from "./wave.ts"

/** Fewer people than these on one side of a percentage, and it is only bounded. */
export const leastOnASide = 3

/** A mean this near to the end of its range, in points of the items, is not told. */
const nearEnd = 0.2

/** All that is needed to judge figures: who the people are, and what they answered by unit and by cell. */
export interface Wave {
  readonly k: number
  readonly rules: Rules
  readonly items: ReadonlyArray<WaveItem>
  readonly scales: ReadonlyArray<WaveScale>
  readonly cells: Cells
  readonly byUnit: Sums
  readonly byCell: Sums
}

/** How a figure of a cell stands: told exactly, bounded, or withheld for a reason. */
export const standings = ["exact", "too-few", "too-alike", "hidden-to-protect", "disagreement"] as const

const [exact, tooFew, tooAlike, toProtect, disagreement] = [0, 1, 2, 3, 4]
/** The numbers of {@link standings}. */
export const standing = { exact, tooFew, tooAlike, toProtect, disagreement }

/** The reason of a standing; null for an exact figure. */
export const reasonOf = (s: number): Reason | null => {
  const name = standings[s]!
  return name === "exact" ? null : name
}

/** Whether a percentage of `n` people, `positive` of them, may be told as it is. */
export const mixed = (rules: Rules, n: number, positive: number): boolean =>
  !rules.unanimity || (positive >= leastOnASide && n - positive >= leastOnASide)

/** Whether a mean is far enough from both ends of its range; `point` is what one point of an item is worth. */
export const amid = (rules: Rules, mean: number, min: number, max: number, point: number): boolean =>
  !rules.unanimity || (mean > min + nearEnd * point && mean < max - nearEnd * point)

/** Whether every figure of cell `c` holds as well for somebody who takes his own unit's answers away. */
const holdsWithout = (
  { cells, byUnit, rules }: Wave,
  thing: number,
  c: number,
  holds: (place: number) => boolean
): boolean =>
  !rules.ownTeam ||
  cells.units[c]!.length === 1 ||
  cells.units[c]!.every((u) => byUnit.n[thing * byUnit.places + u] === 0 || holds(thing * byUnit.places + u))

const percentage = (wave: Wave, thing: number, c: number, published = true): number => {
  const { rules, cells, byUnit, byCell } = wave
  const place = thing * byCell.places + c
  const n = byCell.n[place]!
  const positive = byCell.positive[place]!
  if (n < (rules.answered ? cells.least[c]! : 1)) {
    return tooFew!
  }
  if (!published) {
    return exact!
  }
  if (!mixed(rules, n, positive)) {
    return tooAlike!
  }
  const alone = (p: number) => mixed(rules, n - byUnit.n[p]!, positive - byUnit.positive[p]!)
  return holdsWithout(wave, thing, c, alone) ? exact! : toProtect!
}

const ofMean = (wave: Wave, thing: number, c: number, min: number, max: number, point: number): number => {
  const { rules, byUnit, byCell } = wave
  const place = thing * byCell.places + c
  const n = byCell.n[place]!
  const sum = byCell.sum[place]!
  if (!amid(rules, sum / n, min, max, point)) {
    return tooAlike!
  }
  const alone = (p: number) => amid(rules, (sum - byUnit.sum[p]!) / (n - byUnit.n[p]!), min, max, point)
  return holdsWithout(wave, thing, c, alone) ? exact! : toProtect!
}

/** r_wg(J) of some items in a cell; null where an item has fewer than two answers. */
export const agreementOf = ({ items, byCell }: Wave, of: ReadonlyArray<number>, c: number): number | null => {
  let ratio = 0
  for (const i of of) {
    const place = i * byCell.places + c
    const n = byCell.n[place]!
    if (n < 2) {
      return null
    }
    ratio +=
      varianceOf(n, byCell.sum[place]!, byCell.squares[place]!) / evenVariance(items[i]!.min, items[i]!.max)
  }
  return rwgJ(of.length, ratio / of.length)
}

const agrees = (wave: Wave, of: ReadonlyArray<number>, c: number): boolean =>
  !wave.rules.disagreement || (agreementOf(wave, of, c) ?? 1) >= leastAgreement

/** How each item stands in each cell: item × cells + cell. One that shows no percentage only needs enough answers. */
export const itemStandings = (wave: Wave): Uint8Array => {
  const count = wave.cells.count
  const all = new Uint8Array(wave.items.length * count)
  for (let i = 0; i < wave.items.length; i++) {
    const published = figuresOf(wave.items[i]!).includes("percent-positive")
    for (let c = 0; c < count; c++) {
      all[i * count + c] = percentage(wave, i, c, published)
    }
  }
  return all
}

/** What one point of an item is worth on the range of a scale. */
export const pointOf = (wave: Wave, scale: WaveScale, of: ReadonlyArray<number>): number =>
  (scale.max - scale.min) / Math.min(...of.map((i) => wave.items[i]!.max - wave.items[i]!.min))

/** How the mean of an item stands in a cell. */
export const itemMeanStanding = (wave: Wave, standingOfItems: Uint8Array, i: number, c: number): number => {
  const { min, max } = wave.items[i]!
  const s = standingOfItems[i * wave.cells.count + c]!
  const mean = s === exact ? ofMean(wave, i, c, min, max, 1) : s
  return mean === exact && !agrees(wave, [i], c) ? disagreement! : mean
}

/** How a figure of people's scores on a scale stands in a cell; withheld wherever one of the items is. */
export const scaleStanding = (
  wave: Wave,
  standingOfItems: Uint8Array,
  scale: number,
  of: ReadonlyArray<number>,
  figure: "percent-positive" | "mean",
  c: number
): number => {
  const { rules, cells, byCell, items, scales } = wave
  const thing = items.length + scale
  if (byCell.n[thing * byCell.places + c]! < (rules.answered ? cells.least[c]! : 1)) {
    return tooFew!
  }
  if (rules.answered) {
    for (const i of of) {
      const s = standingOfItems[i * cells.count + c]!
      if (s !== exact) {
        // The people themselves are enough: what is few is the item.
        return s === tooFew ? toProtect! : s
      }
    }
  }
  if (figure === "percent-positive") {
    return percentage(wave, thing, c)
  }
  const { min, max } = scales[scale]!
  const mean = ofMean(wave, thing, c, min, max, pointOf(wave, scales[scale]!, of))
  return mean === exact && !agrees(wave, of, c) ? disagreement! : mean
}
