import type { Arguments } from "./case.ts"
import type { Fraction } from "./exact.ts"
import { exactSum, meanOf, medianOf, quotient, toNumber } from "./exact.ts"
import type { Drawn, Line } from "./line.ts"
import { lineOf, oneSided, sigmaLine, valuesOf } from "./line.ts"
import { typical } from "./moving.ts"
import type { Phase, Row } from "./phase.ts"
import type { Rulebook } from "./rulebook.ts"
import { usualBinomial, usualPoisson } from "./tails.ts"
import type { Usual } from "./tails.ts"

const negative = (phase: Phase): ReadonlyArray<string> =>
  phase.rows.some((r) => r.wrong === "negative") ? ["negative"] : []

const fractionOf = (x: number): Fraction => exactSum([x])

/** Exact limits for 1, 2 and 3 sigma, each count turned into a value. */
const exactLine = (
  centre: number,
  sigma: number,
  usual: (sigmas: 1 | 2 | 3) => Usual,
  turn: (count: number) => number
): Line => {
  const both = ([1, 2, 3] as const).map((k) => {
    const { low, high } = usual(k)
    const [a, b] = [turn(low), turn(high)]
    return [Math.min(a, b), Math.max(a, b)] as const
  })
  const [one, two, three] = [both[0]!, both[1]!, both[2]!]
  return { centre, sigma, lower: [one[0], two[0], three[0]], upper: [one[1], two[1], three[1]] }
}

/** Counts over equal exposures. */
export const counts = (phase: Phase, book: Rulebook, given: Arguments): Drawn => {
  const values = valuesOf(phase)
  const centre = typeof given.centre === "number" ? given.centre : meanOf(values)
  if (centre === null) return { centre, line: () => lineOf(null), warnings: negative(phase) }
  const few = centre < 5
  const sum = exactSum(values)
  const mean =
    typeof given.centre === "number"
      ? fractionOf(given.centre)
      : { over: sum.over, under: sum.under * BigInt(values.length) }
  const line =
    few && book.exact && centre > 0
      ? exactLine(
          centre,
          Math.sqrt(centre),
          (k) => usualPoisson(mean, k),
          (x) => x
        )
      : sigmaLine(centre, Math.sqrt(centre), { least: 0 })
  const draw = () => line
  return {
    centre,
    line: draw,
    warnings: [...negative(phase), ...(few ? ["small-counts"] : []), ...oneSided(phase, draw, false)]
  }
}

// The published figure for ln 2, which the contract names.
const medianOfMean = 693 / 1000

/** Cases between events. */
export const casesBetween = (phase: Phase, _book: Rulebook, given: Arguments): Drawn => {
  const values = valuesOf(phase)
  const mean = typeof given.centre === "number" ? given.centre : meanOf(values)
  const centre = typeof given.centre === "number" ? medianOfMean * given.centre : medianOf(values)
  const sigma = mean === null ? null : Math.sqrt(mean * (mean + 1))
  const line = sigmaLine(centre, sigma, { about: mean, least: 0 })
  const draw = () => line
  return { centre, line: draw, warnings: [...negative(phase), ...oneSided(phase, draw, false)] }
}

const pairWarnings = (phase: Phase, few: boolean): ReadonlyArray<string> => {
  const sizes = phase.baseline.map((r) => r.denominator!)
  return [
    ...negative(phase),
    ...(phase.rows.some((r) => r.wrong === "above-one") ? ["above-one"] : []),
    ...(few ? ["small-counts"] : []),
    ...(sizes.length > 1 && 2 * Math.max(...sizes) > sizes.reduce((a, b) => a + b, 0)
      ? ["dominant-denominator"]
      : [])
  ]
}

/** Asks for the line of each size but once. */
const bySize = (line: (row: Row) => Line): ((row: Row) => Line) => {
  const known = new Map<number | null, Line>()
  return (row) => {
    const size = usable(row)
    const found = known.get(size) ?? line(row)
    known.set(size, found)
    return found
  }
}

const usable = (row: Row): number | null =>
  row.numerator !== null && row.denominator !== null && row.denominator > 0 ? row.denominator : null

const least = ({ over, under }: Fraction): Fraction =>
  2n * over > under ? { over: under - over, under } : { over, under }

const pooled = (phase: Phase): Fraction | null =>
  phase.baseline.length === 0
    ? null
    : quotient(
        exactSum(phase.baseline.map((r) => r.numerator!)),
        exactSum(phase.baseline.map((r) => r.denominator!))
      )

/** Proportions or rates, plain, widened after Laney, or by test. */
export const ratio =
  (of: "p" | "u", limits: "plain" | "laney" | "auto") =>
  (phase: Phase, book: Rulebook, given: Arguments): Drawn => {
    const share = typeof given.centre === "number" ? fractionOf(given.centre) : pooled(phase)
    if (share === null)
      return { centre: null, line: () => lineOf(null), warnings: pairWarnings(phase, false), sigmaZ: null }
    const centre = toNumber(share)
    const capped = of === "p"
    const variance = capped ? centre * (1 - centre) : centre
    const fewer = capped ? Math.min(centre, 1 - centre) : centre
    const sizes = phase.baseline.map((r) => r.denominator!)
    const few = sizes.length > 0 && (meanOf(sizes) ?? 0) * fewer < 5

    const steps: number[] = []
    for (const [i, row] of phase.baseline.entries()) {
      const before = phase.baseline[i - 1]
      if (before === undefined || phase.gaps[i - 1] === true || variance === 0) continue
      const [d, b] = [row.denominator!, before.denominator!]
      steps.push(
        book.spread === "normalised"
          ? (Math.sqrt(Math.PI / 2) * 1.128 * Math.abs(row.y! - before.y!)) /
              Math.sqrt(variance * (1 / d + 1 / b))
          : Math.abs(
              (row.y! - centre) * Math.sqrt(d / variance) - (before.y! - centre) * Math.sqrt(b / variance)
            )
      )
    }
    const plainZ = steps.length === 0 ? null : meanOf(steps)! / 1.128
    const screenedZ = steps.length === 0 ? null : typical(steps, book.screened)! / 1.128
    const over = plainZ !== null && plainZ > 1 + 1.645 * Math.sqrt(0.826 / (phase.baseline.length - 1))
    const widened = limits === "laney" || (limits === "auto" && over)
    const width =
      limits === "laney" ? (variance === 0 ? 0 : screenedZ) : widened ? Math.max(1, screenedZ!) : 1

    const line = bySize((row) => {
      const d = usable(row)
      if (d === null) return lineOf(centre)
      const error = Math.sqrt(variance / d)
      if (few && variance > 0 && book.exact && !widened && (!capped || d >= 1)) {
        const usual = (k: 1 | 2 | 3): Usual =>
          capped
            ? usualBinomial(Math.floor(d), least(share), k)
            : usualPoisson(
                { over: share.over * fractionOf(d).over, under: share.under * fractionOf(d).under },
                k
              )
        return exactLine(centre, error, usual, (count) =>
          capped && centre > 0.5 ? 1 - count / d : count / d
        )
      }
      return sigmaLine(centre, width === null ? null : error * width, {
        least: 0,
        ...(capped ? { most: 1 } : {})
      })
    })
    const tops = phase.rows.map((r) => line(r).upper[2]).filter((x) => x !== null)
    const full = capped && tops.length > 0 && Math.min(...tops) >= 1
    return {
      centre,
      line,
      chart: widened ? `${of}p` : of,
      sigmaZ: widened ? screenedZ : plainZ,
      warnings: [
        ...(limits === "plain" && over ? ["overdispersed"] : []),
        ...(limits === "auto" && over ? ["laney-chosen"] : []),
        ...pairWarnings(phase, few),
        ...oneSided(phase, line, full)
      ]
    }
  }

/** Cases of each subgroup. */
export const cases = (phase: Phase, book: Rulebook, given: Arguments): Drawn => {
  const share = pooled(phase)
  const sizes = phase.baseline.map((r) => r.denominator!)
  const size = meanOf(sizes)
  if (share === null || size === null)
    return { centre: null, line: () => lineOf(null), warnings: pairWarnings(phase, false) }
  const known = typeof given.centre === "number" ? given.centre : null
  const centre = known ?? size * toNumber(share)
  const few = Math.min(centre, size - centre) < 5
  const line = bySize((row) => {
    const d = usable(row)
    if (d === null) return lineOf(null)
    const part = known === null ? share : quotient(fractionOf(known), fractionOf(d))
    const q = toNumber(part)
    const middle = known ?? d * q
    const sigma = Math.sqrt(middle * (1 - q))
    if (few && book.exact && d >= 1 && q > 0 && q < 1)
      return exactLine(
        middle,
        sigma,
        (k) => usualBinomial(Math.floor(d), least(part), k),
        (count) => (q > 0.5 ? d - count : count)
      )
    return sigmaLine(middle, sigma, { least: 0, most: d })
  })
  const full = !phase.rows.some((r) => {
    const top = line(r).upper[2]
    return top !== null && top < r.denominator!
  })
  return { centre, line, warnings: [...pairWarnings(phase, few), ...oneSided(phase, line, full)] }
}
