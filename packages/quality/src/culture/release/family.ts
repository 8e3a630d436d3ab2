import { PlimsollError } from "@plimsoll/schema"

import type { Family } from "./pieces.ts"
import { figuresOf, type WaveScale } from "./wave.ts"
import { itemMeanStanding, pointOf, scaleStanding, type Wave } from "./standing.ts"

const invalid = (message: string, suggestion: string): PlimsollError =>
  new PlimsollError({ code: "wave-invalid", message, suggestion })

/** Whether one of some sets of items is made of the others by sums and differences. */
const dependent = (sets: ReadonlyArray<ReadonlyArray<number>>, items: number): boolean => {
  const reduced: Array<{ readonly row: ReadonlyArray<number>; readonly pivot: number }> = []
  for (const set of sets) {
    let row: ReadonlyArray<number> = Array.from({ length: items }, (_, i) => (set.includes(i) ? 1 : 0))
    for (const { row: other, pivot } of reduced) {
      const factor = row[pivot]!
      row = row.map((value, i) => value - factor * other[i]!)
    }
    const pivot = row.findIndex((value) => Math.abs(value) > 1e-9)
    if (pivot < 0) {
      return true
    }
    reduced.push({ row: row.map((value) => value / row[pivot]!), pivot })
  }
  return false
}

const hasScores = ({ mean = "people" }: WaveScale): boolean => mean === "people"

/**
 * The scales of which another is made, each item in one of them; null where a scale stands for itself. Scores of people on
 * both would differ by those who left an item out, so the larger scale shows the mean of the smaller ones.
 */
export const partsOf = (scales: ReadonlyArray<WaveScale>): ReadonlyArray<ReadonlyArray<number> | null> =>
  scales.map((scale) => {
    const own = new Set(scale.items)
    const inside = scales.flatMap((other, s) =>
      hasScores(other) && other.items.length < own.size && other.items.every((item) => own.has(item))
        ? [s]
        : []
    )
    const covered = inside.flatMap((s) => scales[s]!.items)
    const whole = covered.length === own.size && new Set(covered).size === own.size
    return hasScores(scale) && inside.length > 0 && whole ? inside : null
  })

/** The positions of the items of each scale. Refuses what would give people away, whatever they answer. */
export const itemsOfScales = ({
  items,
  scales
}: Pick<Wave, "items" | "scales">): ReadonlyArray<ReadonlyArray<number>> => {
  const position = new Map(items.map(({ id }, index) => [id, index]))
  if (position.size + new Set(scales.map(({ id }) => id)).size < items.length + scales.length) {
    throw invalid("an item or a scale stands twice in the instrument of the wave", "give every id once")
  }
  for (const { id } of scales) {
    if (position.has(id)) {
      throw invalid(`${id} is both an item and a scale`, "give every id once")
    }
  }
  for (const { id, min, max, figures } of items) {
    if (!(max > min)) {
      throw invalid(`item ${id} has no range`, "give the lowest and the highest value")
    }
    if (max - min === 1 && figures?.includes("mean") && figures.length > 1) {
      throw invalid(
        `item ${id} has two options, so its mean is its percentage`,
        "publish only the percentage"
      )
    }
  }
  const parts = partsOf(scales)
  const ofPeople = scales
    .filter((scale, s) => hasScores(scale) && parts[s] === null)
    .map(({ items: of }) => of.flatMap((item) => position.get(item) ?? []))
  if (dependent(ofPeople, items.length)) {
    throw invalid(
      "the scores of one scale are made of those of others: what differs belongs to those who left an item out",
      'say mean: "items" or "none" for one of the scales that share items'
    )
  }
  return scales.map(({ id, items: of, mean = "people", percentPositive }) => {
    const positions = of.map((item) => {
      const found = position.get(item)
      if (found === undefined) {
        throw invalid(`scale ${id} has the item ${item}, which the instrument has not`, "add the item")
      }
      return found
    })
    const asMean = positions.some((i) => {
      const { min, max } = items[i]!
      const figures = figuresOf(items[i]!)
      return figures.includes("mean") || (max - min === 1 && figures.length > 0)
    })
    if (mean === "people" && asMean) {
      throw invalid(
        `scale ${id} would show the scores of people beside the means of its items: the difference belongs to those who left an item out`,
        `say mean: "items" for ${id}, or publish no means of its items`
      )
    }
    if (
      percentPositive === "people" &&
      of.length === 1 &&
      figuresOf(items[positions[0]!]!).includes("percent-positive")
    ) {
      throw invalid(`scale ${id} has one item, so it would show the same people twice`, "publish the item")
    }
    const bare = (figure: "mean" | "percent-positive") =>
      positions.some((i) => !figuresOf(items[i]!).includes(figure))
    if ((mean === "items" && bare("mean")) || (percentPositive === "items" && bare("percent-positive"))) {
      throw invalid(
        `scale ${id} is made of figures of its items that are not published`,
        "publish them, or make the scale of people's scores"
      )
    }
    return positions
  })
}

/** The figures that have pieces of their own: those of items, and of the scores of people. */
export const familiesOf = (
  wave: Wave,
  ofScales: ReadonlyArray<ReadonlyArray<number>>,
  itemStandings: Uint8Array
): ReadonlyArray<Family> => {
  const { items, scales, cells } = wave
  const all: Array<Family> = []
  items.forEach((item, i) => {
    const { id, min, max, absent } = item
    const figures = figuresOf(item)
    // Without the percentage nobody knows how many were positive.
    const positiveFrom = figures.includes("percent-positive") ? item.positiveFrom : undefined
    if (absent !== undefined) {
      return
    }
    const shape = { thing: i, id, min, max, point: 1, of: [], positiveFrom, both: figures.length > 1 }
    if (figures.includes("percent-positive")) {
      all.push({
        ...shape,
        figure: "percent-positive",
        standings: itemStandings.subarray(i * cells.count, (i + 1) * cells.count)
      })
    }
    if (figures.includes("mean")) {
      const standings = new Uint8Array(cells.count)
      for (let c = 0; c < cells.count; c++) {
        standings[c] = itemMeanStanding(wave, itemStandings, i, c)
      }
      all.push({ ...shape, figure: "mean", standings })
    }
  })
  const parts = partsOf(scales)
  scales.forEach((scale, s) => {
    const of = ofScales[s]!
    if (of.some((i) => items[i]!.absent !== undefined)) {
      return
    }
    const { id, min, max, percentPositive = "none" } = scale
    const ofItsOwn = hasScores(scale) && parts[s] === null
    const both = ofItsOwn && percentPositive === "people"
    const point = pointOf(wave, scale, of)
    const shape = { thing: items.length + s, id, min, max, point, of, positiveFrom: undefined, both }
    const standingsFor = (figure: Family["figure"]): Uint8Array =>
      Uint8Array.from({ length: cells.count }, (_, c) => scaleStanding(wave, itemStandings, s, of, figure, c))
    if (percentPositive === "people") {
      all.push({
        ...shape,
        figure: "percent-positive",
        standings: standingsFor("percent-positive")
      })
    }
    if (ofItsOwn) {
      all.push({ ...shape, figure: "mean", standings: standingsFor("mean") })
    }
  })
  return all
}
