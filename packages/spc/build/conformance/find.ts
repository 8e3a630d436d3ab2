import type { Run } from "./case.ts"
import type { Rulebook } from "./rulebook.ts"

/** What a rule needs of a point: its value, and where it lies (±4 beyond 3 sigma … ±1 off the centre, 0 on it). */
export interface Placed {
  readonly period: number | string
  readonly y: number
  readonly zone: number
}

/** A run with the positions of the points that it marks. */
export interface FoundRun {
  readonly run: Run
  readonly marks: ReadonlyArray<number>
}

const sideOf = (sign: number): "high" | "low" => (sign > 0 ? "high" : "low")

/** Stretches of equal classes, first and last positions; class 0 belongs to none. */
const stretches = (
  classes: ReadonlyArray<number>
): ReadonlyArray<{ readonly first: number; readonly last: number; readonly of: number }> => {
  const out: { first: number; last: number; of: number }[] = []
  classes.forEach((c, i) => {
    const open = out.at(-1)
    if (c === 0) return
    if (open !== undefined && open.last === i - 1 && open.of === c) open.last = i
    else out.push({ first: i, last: i, of: c })
  })
  return out
}

const span = (first: number, last: number): ReadonlyArray<number> =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i)

/** Every maximal run of every rule of the book, over the points of one phase. `skewed`: g and t charts. */
export const findRuns = (
  points: ReadonlyArray<Placed>,
  book: Rulebook,
  skewed: boolean
): ReadonlyArray<FoundRun> => {
  const out: FoundRun[] = []
  const zones = points.map((p) => p.zone)
  const sides = zones.map((z) => Math.sign(z))
  const add = (
    rule: string,
    side: Run["side"],
    first: number,
    completed: number,
    last: number,
    marks: ReadonlyArray<number>
  ): void => {
    const at = (i: number): number | string => points[i]!.period
    const all = {
      rule,
      side,
      first: at(first),
      completed: at(completed),
      last: at(last),
      points: marks.length
    }
    out.push(
      book.completing
        ? { run: { rule, side }, marks: marks.filter((i) => i >= completed) }
        : { run: all, marks }
    )
  }

  for (const s of stretches(zones.map((z) => (Math.abs(z) === 4 ? z : 0))))
    add("beyond-limits", sideOf(s.of), s.first, s.first, s.last, span(s.first, s.last))

  if (book.shift !== null)
    for (const s of stretches(sides))
      if (s.last - s.first + 1 >= book.shift)
        add("shift", sideOf(s.of), s.first, s.first + book.shift - 1, s.last, span(s.first, s.last))

  const steps = points.slice(1).map((p, i) => {
    const before = points[i]!.y
    return Math.abs(p.y - before) <= 1e-9 * Math.max(Math.abs(p.y), Math.abs(before))
      ? 0
      : Math.sign(p.y - before)
  })
  if (book.trend !== null)
    for (const s of stretches(steps))
      if (s.last - s.first + 2 >= book.trend)
        add("trend", sideOf(s.of), s.first, s.first + book.trend - 1, s.last + 1, span(s.first, s.last + 1))

  const form = book.twoOfThree
  if (form === "current")
    for (const sign of [1, -1]) {
      const far = zones.map((z) => sign * z >= 3)
      const done = zones.map((_, i) =>
        i >= 2 && far[i] === true && far.slice(i - 2, i + 1).filter(Boolean).length >= 2 ? 1 : 0
      )
      for (const s of stretches(done))
        add("two-of-three", sideOf(sign), s.first, s.first, s.last, span(s.first, s.last))
    }
  else if (form !== null && (!skewed || form === "pbi"))
    for (const sign of [1, -1]) {
      const far = zones.map((z) => sign * z >= 3 && !(form === "between" && Math.abs(z) === 4))
      const holds = (end: number): boolean => {
        const three = span(end - 2, end)
        const count = three.filter((i) => far[i]).length
        if (form === "pbi") return count - three.filter((i) => sign * zones[i]! <= -3).length >= 2
        return count >= 2 && three.every((i) => sides[i] === sign)
      }
      let run: { marks: number[]; completed: number } | undefined
      const close = (): void => {
        if (run !== undefined)
          add("two-of-three", sideOf(sign), run.marks[0]!, run.completed, run.marks.at(-1)!, run.marks)
        run = undefined
      }
      for (let end = 2; end < points.length; end++) {
        if (!holds(end)) continue
        const marks = span(end - 2, end).filter((i) => far[i])
        if (run === undefined || run.marks.at(-1)! < marks[0]!) {
          close()
          run = { marks: [...marks], completed: end }
        } else run.marks.push(...marks.filter((i) => i > run!.marks.at(-1)!))
      }
      close()
    }

  if (book.fourOfFive)
    for (const sign of [1, -1])
      for (let end = 4; end < points.length; end++) {
        const five = span(end - 4, end).filter((i) => sign * zones[i]! >= 2)
        if (five.length >= 4 && five.at(-1) === end)
          add("four-of-five", sideOf(sign), end - 4, end, end, [end])
      }

  const { stratification, alternation, mixture } = book
  if (stratification !== null)
    for (const s of stretches(zones.map((z) => (Math.abs(z) <= 1 ? 1 : 0))))
      if (s.last - s.first + 1 >= stratification)
        add("stratification", null, s.first, s.first + stratification - 1, s.last, span(s.first, s.last))
  if (alternation !== null)
    for (let end = alternation - 1; end < points.length; end++)
      if (
        span(end - alternation + 3, end).every((i) => steps[i - 1] !== 0 && steps[i - 1] === -steps[i - 2]!)
      )
        add("alternation", null, end, end, end, [end])
  if (mixture !== null)
    for (let end = mixture - 1; end < points.length; end++) {
      const those = zones.slice(end - mixture + 1, end + 1)
      if (those.every((z) => Math.abs(z) >= 2) && Math.min(...those) < 0 && Math.max(...those) > 0)
        add("mixture", null, end, end, end, [end])
    }
  return out
}

/** The tests of a whole phase by its runs about the centre. */
export interface WholePhase {
  readonly useful: number
  readonly longest: number | null
  readonly longestLimit: number | null
  readonly crossings: number | null
  readonly crossingsLimit: number | null
  readonly unusual: boolean
}

/** Longest run and crossings of the points off the centre (Anhøj and Olesen 2014). */
export const wholePhase = (points: ReadonlyArray<Placed>): WholePhase => {
  const off = points.map((p) => Math.sign(p.zone)).filter((s) => s !== 0)
  if (off.length === 0)
    return {
      useful: 0,
      longest: null,
      longestLimit: null,
      crossings: null,
      crossingsLimit: null,
      unusual: false
    }
  const runs = stretches(off)
  const longest = Math.max(...runs.map((s) => s.last - s.first + 1))
  const tosses = off.length - 1
  let choose = 1n
  let below = 1n
  let fewest = 0
  while (below * 20n < 1n << BigInt(tosses)) {
    choose = (choose * BigInt(tosses - fewest)) / BigInt(fewest + 1)
    below += choose
    fewest++
  }
  const longestLimit = Math.round(Math.log2(off.length)) + 3
  const crossings = runs.length - 1
  const unusual = longest > longestLimit || crossings < fewest
  return { useful: off.length, longest, longestLimit, crossings, crossingsLimit: fewest, unusual }
}
