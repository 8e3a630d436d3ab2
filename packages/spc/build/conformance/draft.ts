import type { Arguments, Cell, Columns, Data, Draft } from "./case.ts"

type Hand = Readonly<Record<string, Cell | ReadonlyArray<Cell>>>

const flags: Readonly<Record<string, boolean | null>> = { x: true, ".": false, "-": null }

/**
 * Columns by hand: one value for every row, a list of values, or for flags a word of `x` (true), `.` (false) and `-`
 * (null). What is shorter than the rows stands for the last of them; before it flags are false.
 */
const byHand = (hand: Hand, count: number): Columns =>
  Object.fromEntries(
    Object.entries(hand).map(([name, said]) => {
      const isFlags = typeof said === "string" && /^[x.-]+$/.test(said)
      if (isFlags) return [name, [...said.padStart(count, ".")].map((c) => flags[c]!)]
      if (Array.isArray(said) && name !== "warning") return [name, said as ReadonlyArray<Cell>]
      return [name, Array.from({ length: count }, () => said as Cell)]
    })
  )

/** A draft of a case of a chart over time; periods count from 1 where none are given. */
export const draft = (
  id: string,
  title: string,
  chart: string,
  data: Data,
  more: {
    readonly profile?: string
    readonly given?: Arguments
    readonly hand?: Hand
    readonly source?: string
  } = {}
): Draft => {
  const rows = (data.value ?? data.numerator ?? []).length
  const period = data.period ?? Array.from({ length: rows }, (_, i) => i + 1)
  return {
    id,
    title,
    chart,
    profile: more.profile ?? (chart === "run" ? "anhoej" : "mdc-2023"),
    arguments: more.given ?? {},
    data: { period, ...data },
    byHand: byHand(more.hand ?? {}, new Set(period).size),
    ...(more.source === undefined ? {} : { source: more.source })
  }
}

/** The same value over and over. */
export const repeat = <T>(count: number, x: T): ReadonlyArray<T> => Array.from({ length: count }, () => x)

/** Twelve values of mean 10 and average moving range 2: limits at 4.68 and 15.32. They end with 9. */
export const twelve: ReadonlyArray<number> = [11, 9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 9]

/** Those twelve as a frozen baseline, with a tail that is judged against them. */
export const frozen = (tail: ReadonlyArray<number | null>): Data => ({
  value: [...twelve, ...tail],
  baseline: [...repeat(12, true), ...repeat(tail.length, false)]
})
