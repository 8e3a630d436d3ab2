import { averageSigma, makeAverage, makeSums } from "../sequential-plain.ts"
import type { Arguments, Cell } from "./case.ts"
import type { FoundRun } from "./find.ts"
import { lineOf } from "./line.ts"
import type { Drawn, Line } from "./line.ts"
import type { Phase, Row } from "./phase.ts"

/** What a chart of running statistics puts in the place of values and rules. */
export interface Sequence {
  readonly line: (row: Row) => Line
  readonly canJudge: boolean
  readonly find: () => ReadonlyArray<FoundRun>
  readonly columns: (i: number, by: number) => Record<string, Cell>
}

/** Stretches of positions for which something holds, as lists. */
const together = (count: number, same: (i: number) => number): ReadonlyArray<ReadonlyArray<number>> => {
  const out: number[][] = []
  for (let i = 0; i < count; i++) {
    if (same(i) === 0) continue
    const open = out.at(-1)
    if (open !== undefined && open.at(-1) === i - 1 && same(i - 1) === same(i)) open.push(i)
    else out.push([i])
  }
  return out
}

/** The running statistics of `ewma` and `cusum`, about the centre and by the sigma of individual values. */
export const sequence = (chart: string, phase: Phase, drawn: Drawn, given: Arguments): Sequence => {
  const { points } = phase
  const { centre, sigma } = points[0] === undefined ? lineOf(null) : drawn.line(points[0])
  const name = (i: number): number | string => points[i]!.period
  const made = (high: boolean, first: number, marks: ReadonlyArray<number>): FoundRun => ({
    run: {
      rule: "beyond-limits",
      side: high ? "high" : "low",
      first: name(first),
      completed: name(marks[0]!),
      last: name(marks.at(-1)!),
      points: marks.at(-1)! - first + 1
    },
    marks
  })
  if (chart === "ewma") {
    const [weight, width] = [given.weight ?? 0.2, given.nsigmas ?? 3]
    const add = makeAverage(weight, centre ?? 0)
    const averages = points.map((p) => add(p.y!))
    const line = (row: Row): Line => {
      const i = points.indexOf(row)
      if (i < 0 || centre === null || sigma === null) return lineOf(centre)
      const s = sigma * averageSigma(weight, i + 1)
      const at = (k: number): number => centre + (k * width * s) / 3
      return { centre, sigma: s, lower: [at(-1), at(-2), at(-3)], upper: [at(1), at(2), at(3)] }
    }
    const side = (i: number): number => {
      const { lower, upper, sigma: s } = line(points[i]!)
      const [e, u, l] = [averages[i]!, upper[2], lower[2]]
      if (u === null || l === null) return 0
      const slack = (x: number): number => 1e-9 * Math.max(Math.abs(x), s ?? 0)
      return e > u + slack(u) ? 1 : e < l - slack(l) ? -1 : 0
    }
    return {
      line,
      canJudge: true,
      find: () => together(points.length, side).map((m) => made(side(m[0]!) > 0, m[0]!, m)),
      columns: (i, by) => ({ ewma: i < 0 || centre === null ? null : averages[i]! * by })
    }
  }
  const scaled = centre !== null && sigma !== null && sigma > 0
  const interval = given.h ?? 5
  const add = makeSums(given.k ?? 0.5)
  const sums = scaled ? points.map((p) => add((p.y! - centre) / sigma)) : []
  const find = (): ReadonlyArray<FoundRun> =>
    [0, 1].flatMap((way) => {
      const sum = (i: number): number => Math.abs(sums[i]![way as 0 | 1])
      return together(points.length, (i) => (sum(i) > 1e-9 ? 1 : 0)).flatMap((stretch) => {
        const marks = stretch.filter((i) => sum(i) > interval * (1 + 1e-9))
        return marks.length === 0 ? [] : [made(way === 0, stretch[0]!, marks)]
      })
    })
  return {
    line: () => ({ ...lineOf(centre), sigma }),
    canJudge: scaled,
    find,
    columns: (i) => ({ cusum_pos: sums[i]?.[0] ?? null, cusum_neg: sums[i]?.[1] ?? null })
  }
}
