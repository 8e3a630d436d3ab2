/** Something measured: so many units in so many seconds. */
export interface Rate {
  readonly units: number
  readonly seconds: number
}

/** One thing measured beside another, in turns. */
export interface Comparison {
  readonly what: string
  readonly unit: string
  readonly beside: string
  readonly goal: string
  readonly runs?: number
  readonly ours: () => Promise<Rate>
  readonly peer: () => Promise<Rate>
}

const median = (values: ReadonlyArray<number>): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
const count = (value: number): string => Math.round(value).toLocaleString("en")

/**
 * Measures both in turns, A B A B, after one turn that is not counted, and prints the medians and the ratio pair by
 * pair with its spread: absolute figures move with the machine, ratios less.
 */
export const compare = async (comparison: Comparison): Promise<void> => {
  const { what, unit, beside, goal, runs = 3 } = comparison
  await comparison.ours()
  await comparison.peer()
  const ours: number[] = []
  const peer: number[] = []
  for (let run = 0; run < runs; run++) {
    const one = await comparison.ours()
    ours.push(one.units / one.seconds)
    const other = await comparison.peer()
    peer.push(other.units / other.seconds)
  }
  const ratios = ours.map((rate, run) => rate / peer[run]!)
  console.log(
    `${what}: ${count(median(ours))} ${unit}/s (${count(Math.min(...ours))}–${count(Math.max(...ours))}); ` +
      `${beside}: ${count(median(peer))} ${unit}/s; ratio ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}), ` +
      `${runs} pairs; goal ${goal}`
  )
}

/** How long some work took. */
export const timed = async (units: number, work: () => Promise<unknown>): Promise<Rate> => {
  const start = performance.now()
  await work()
  return { units, seconds: (performance.now() - start) / 1000 }
}
