import type { Arguments } from "./case.ts"
import { meanOf, medianOf, sumOf } from "./exact.ts"
import type { Drawn } from "./line.ts"
import { lineOf, oneSided, sigmaLine, valuesOf } from "./line.ts"
import type { Phase } from "./phase.ts"
import type { Rulebook } from "./rulebook.ts"

/** Sizes of the steps between neighbours of the baseline, none across a missing value. */
export const rangesOf = (phase: Phase, values: ReadonlyArray<number>): ReadonlyArray<number> =>
  values
    .slice(1)
    .map((y, i) => Math.abs(sumOf([y, -values[i]!])))
    .filter((_, i) => !phase.gaps[i])

/** The average (or median) of ranges, those of 3.267 times it or more left out once where the book screens. */
export const typical = (
  ranges: ReadonlyArray<number>,
  screened: boolean,
  middle: (xs: ReadonlyArray<number>) => number | null = meanOf
): number | null => {
  const all = middle(ranges)
  if (!screened || all === null) return all
  const kept = middle(ranges.filter((r) => r < 3.267 * all))
  return kept === null || kept === 0 ? all : kept
}

const littleOf = (phase: Phase, ranges: ReadonlyArray<number>): ReadonlyArray<string> => {
  const constant = new Set(phase.points.map((p) => p.y)).size === 1
  const zeros = ranges.filter((r) => r === 0).length
  return !constant && ranges.length > 0 && 2 * zeros > ranges.length ? ["too-little-variation"] : []
}

const sigmaOf = (ranges: ReadonlyArray<number>, book: Rulebook): number | null => {
  const median = book.spread === "median"
  const range = typical(ranges, book.screened, median ? medianOf : meanOf)
  return range === null ? null : (range * (median ? book.medianFactor : book.factor)) / 3
}

/** Values about their mean or median. */
export const individuals = (phase: Phase, book: Rulebook, given: Arguments): Drawn => {
  const values = valuesOf(phase)
  const ranges = rangesOf(phase, values)
  const centre =
    typeof given.centre === "number"
      ? given.centre
      : given.centre === "median"
        ? medianOf(values)
        : meanOf(values)
  const line = sigmaLine(centre, sigmaOf(ranges, book))
  return { centre, line: () => line, warnings: littleOf(phase, ranges) }
}

/** Values about their median, without limits. */
export const run = (phase: Phase, _book: Rulebook, given: Arguments): Drawn => {
  const values = valuesOf(phase)
  const centre =
    typeof given.centre === "number"
      ? given.centre
      : given.centre === "mean"
        ? meanOf(values)
        : medianOf(values)
  return { centre, line: () => lineOf(centre), warnings: [] }
}

/** Moving ranges about their average. */
export const movingRanges = (phase: Phase, book: Rulebook, given: Arguments): Drawn => {
  const centre = typeof given.centre === "number" ? given.centre : meanOf(valuesOf(phase))
  if (centre === null) return { centre, line: () => lineOf(null), warnings: [] }
  const upper = 3.267 * centre
  const sigma = (upper - centre) / 3
  const from = book.thirdsFromZero ? 0 : centre
  const third = (k: number): number => from + (k * (upper - from)) / 3
  const line = {
    centre,
    sigma,
    lower: [book.thirdsFromZero ? 0 : centre - sigma, 0, 0],
    upper: [third(1), third(2), upper]
  } as const
  return { centre, line: () => line, warnings: [] }
}

const power = 3.6

/** Times between events: limits of individual values on the scale of the 3.6th root. */
export const timesBetween = (phase: Phase, book: Rulebook, given: Arguments): Drawn => {
  const values = valuesOf(phase)
  const roots = values.map((y) => y ** (1 / power))
  const ranges = rangesOf(phase, roots)
  const sigma = sigmaOf(ranges, book)
  const middle = typeof given.centre === "number" ? given.centre ** (1 / power) : meanOf(roots)
  const asked = typeof given.centre === "string" ? given.centre : book.tCentre
  const centre =
    typeof given.centre === "number"
      ? given.centre
      : asked === "mean"
        ? middle === null
          ? null
          : middle ** power
        : medianOf(values)
  const at = (k: number): number | null =>
    middle === null || sigma === null ? null : Math.max(0, middle + k * sigma) ** power
  const line = { centre, sigma, lower: [at(-1), at(-2), at(-3)], upper: [at(1), at(2), at(3)] } as const
  const draw = () => line
  return {
    centre,
    line: draw,
    warnings: [...littleOf(phase, ranges), ...oneSided(phase, draw, false)],
    sigmaFactor: (given.multiply ?? 1) ** (1 / power)
  }
}
