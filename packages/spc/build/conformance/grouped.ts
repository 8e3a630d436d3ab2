import type { Arguments } from "./case.ts"
import { c4, rangeMoments } from "./constants.ts"
import { meanOf, sumOf } from "./exact.ts"
import type { Drawn } from "./line.ts"
import { lineOf, sigmaLine } from "./line.ts"
import { deviationOf } from "./phase.ts"
import type { Phase, Row } from "./phase.ts"
import type { Rulebook } from "./rulebook.ts"

const sizeOf = (row: Row): number => row.members?.length ?? 0
const rangeOf = (row: Row): number => row.members!.at(-1)! - row.members![0]!

const d2Of = (n: number, book: Rulebook): number => {
  const d2 = rangeMoments(n)[0]
  return book.d2Decimals === null ? d2 : Math.round(d2 * 10 ** book.d2Decimals) / 10 ** book.d2Decimals
}

/** The spread within the baseline's subgroups of two members or more, as each way to sigma needs it. */
const within = (phase: Phase, book: Rulebook) => {
  const all = phase.rows.filter(
    (r) => sizeOf(r) > 0 && (phase.isBaseline(r) || (r.kind === "none" && r.inBaseline !== false))
  )
  const groups = all.filter((r) => sizeOf(r) > 1 && (r.kind === "counts" || sizeOf(r) < 101))
  const free = groups.reduce((sum, r) => sum + sizeOf(r) - 1, 0)
  const pool = Math.sqrt(sumOf(groups.map((r) => (sizeOf(r) - 1) * deviationOf(r.members!) ** 2)) / free)
  const same = book.spread === "mean-s" && new Set(all.map(sizeOf)).size === 1
  const mean = meanOf(groups.map((r) => deviationOf(r.members!)))
  return {
    none: groups.length === 0,
    sizes: new Set(groups.map(sizeOf)),
    typical: same ? mean! : pool,
    process: same ? mean! / c4(sizeOf(groups[0]!)) : pool / c4(free + 1),
    byRange: meanOf(groups.map((r) => rangeOf(r) / d2Of(sizeOf(r), book)))
  }
}

const littleOf = (phase: Phase, spread: (row: Row) => number): ReadonlyArray<string> => {
  const groups = phase.baseline.filter((r) => sizeOf(r) > 1).map(spread)
  const constant = new Set(phase.points.map((p) => p.y)).size === 1
  return !constant && 2 * groups.filter((x) => x === 0).length > groups.length ? ["too-little-variation"] : []
}

/** Means of subgroups. */
export const means = (phase: Phase, book: Rulebook, given: Arguments): Drawn => {
  const { none, typical, process, byRange } = within(phase, book)
  const centre =
    typeof given.centre === "number" ? given.centre : meanOf(phase.baseline.flatMap((r) => r.members!))
  const line = (row: Row) => {
    const n = sizeOf(row)
    if (none || n === 0) return lineOf(centre)
    const one =
      book.spread === "mean-range" ? byRange! : book.spread !== "rmsdf" && n > 1 ? typical / c4(n) : process
    return sigmaLine(centre, one / Math.sqrt(n))
  }
  return {
    centre,
    line,
    warnings: littleOf(phase, book.spread === "mean-range" ? rangeOf : (r) => deviationOf(r.members!))
  }
}

/** Ranges of subgroups. */
export const ranges = (phase: Phase, book: Rulebook): Drawn => {
  const { none, byRange, sizes } = within(phase, book)
  const large = phase.rows.some((r) => sizeOf(r) > 100) ? ["large-subgroups"] : []
  const line = (row: Row) => {
    const n = sizeOf(row)
    if (n > 100) return lineOf(null)
    const as = n > 1 ? n : sizes.size === 1 ? [...sizes][0]! : null
    if (none || as === null) return lineOf(null)
    const centre = d2Of(as, book) * byRange!
    return n > 1 ? sigmaLine(centre, rangeMoments(n)[1] * byRange!, { least: 0 }) : lineOf(centre)
  }
  return { centre: none ? null : byRange, line, warnings: [...littleOf(phase, rangeOf), ...large] }
}

/** Standard deviations of subgroups. */
export const deviations = (phase: Phase, book: Rulebook): Drawn => {
  const by = book.spread === "mean-range" ? { ...book, spread: "mean-s" } : book
  const { none, typical, process, sizes } = within(phase, by)
  const line = (row: Row) => {
    const n = sizeOf(row)
    const as = n > 1 ? n : sizes.size === 1 ? [...sizes][0]! : null
    if (none) return lineOf(null)
    if (by.spread !== "rmsdf") {
      const sigma = (typical * Math.sqrt(1 - c4(n) ** 2)) / c4(n)
      return n > 1 ? sigmaLine(typical, sigma, book.uncutS ? {} : { least: 0 }) : lineOf(typical)
    }
    if (as === null) return lineOf(null)
    const centre = c4(as) * process
    return n > 1
      ? sigmaLine(centre, process * Math.sqrt(1 - c4(n) ** 2), book.uncutS ? {} : { least: 0 })
      : lineOf(centre)
  }
  return { centre: none ? null : typical, line, warnings: littleOf(phase, (r) => deviationOf(r.members!)) }
}
