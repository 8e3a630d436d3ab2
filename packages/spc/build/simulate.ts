/**
 * Makes `src/false-alarm-table.ts`: how often charts of a process in control are flagged all the same.
 * Run by hand, from the root: `node packages/spc/build/simulate.ts`. The same seed gives the same file.
 */
import { writeFileSync } from "node:fs"

import { flag, limitsOf, makeFlags } from "./plain.ts"

const seriesPerTable = 100_000
const longest = 60
const frozenAt = 24
const burnIn = 100
const phis = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
const lengths = [...Array.from({ length: 24 }, (_, i) => 13 + i), 42, 48, 54, 60]
const runLengths = [5, 6, 7, 8, 9, 10, 11, 12]

/** xoshiro128** by Blackman and Vigna, seeded through splitmix32. */
const makeUniform = (seed: number): (() => number) => {
  const state = new Uint32Array(4)
  let z = seed >>> 0
  for (let i = 0; i < 4; i++) {
    z = (z + 0x9e3779b9) >>> 0
    let x = z
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
    state[i] = (x ^ (x >>> 16)) >>> 0
  }
  const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k))
  return () => {
    const result = Math.imul(rotate(Math.imul(state[1]!, 5), 7), 9) >>> 0
    const t = state[1]! << 9
    state[2]! ^= state[0]!
    state[3]! ^= state[1]!
    state[1]! ^= state[2]!
    state[0]! ^= state[3]!
    state[2]! ^= t
    state[3] = rotate(state[3]!, 11)
    return (result + 0.5) / 4294967296
  }
}

const makeNormal = (uniform: () => number): (() => number) => {
  let spare: number | undefined
  return () => {
    if (spare !== undefined) {
      const x = spare
      spare = undefined
      return x
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()))
    const angle = 2 * Math.PI * uniform()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}

const last: Array<readonly number[]> = []
const ever: Array<readonly number[]> = []
const flags = makeFlags(longest)
const y = new Float64Array(longest)

for (const [index, phi] of phis.entries()) {
  const normal = makeNormal(makeUniform(20231101 + index))
  const lastAny = new Float64Array(lengths.length)
  const lastHigh = new Float64Array(lengths.length)
  const everRule = lengths.map(() => new Float64Array(2 + 2 * runLengths.length))
  for (let s = 0; s < seriesPerTable; s++) {
    let x = normal() / Math.sqrt(1 - phi * phi)
    if (phi > 0) for (let i = 0; i < burnIn; i++) x = phi * x + normal()
    for (let i = 0; i < longest; i++) {
      y[i] = x
      x = phi * x + normal()
    }
    for (let at = 0; at < lengths.length; at++) {
      const n = lengths[at]!
      const { mean, range } = limitsOf(y, Math.min(n, frozenAt))
      flag(y, n, mean, range, flags)
      const now = flags.outside[n - 1]! | flags.shift[n - 1]! | flags.trend[n - 1]! | flags.twoOfThree[n - 1]!
      if (now !== 0) lastAny[at]!++
      // Either direction is the direction of concern on half of the charts; counting both halves the error.
      if ((now & 1) !== 0) lastHigh[at]! += 0.5
      if ((now & 2) !== 0) lastHigh[at]! += 0.5
      if (phi > 0) continue
      const counts = everRule[at]!
      let out = false
      let far = false
      let side = 0
      let onSide = 0
      let most = 0
      let way = 0
      let rising = 0
      let mostRising = 0
      for (let i = 0; i < n; i++) {
        if (flags.outside[i] !== 0) out = true
        if (flags.twoOfThree[i] !== 0) far = true
        const here = y[i]! > mean ? 1 : 2
        onSide = here === side ? onSide + 1 : 1
        side = here
        if (onSide > most) most = onSide
        if (i > 0) {
          const step = y[i]! > y[i - 1]! ? 1 : 2
          rising = step === way ? rising + 1 : 2
          way = step
          if (rising > mostRising) mostRising = rising
        }
      }
      if (out) counts[0]!++
      if (far) counts[1]!++
      for (let k = 0; k < runLengths.length; k++) {
        if (most >= runLengths[k]!) counts[2 + k]!++
        if (mostRising >= runLengths[k]!) counts[2 + runLengths.length + k]!++
      }
    }
  }
  lengths.forEach((n, at) => {
    last.push([phi, n, lastAny[at]!, Math.round(lastHigh[at]!)])
    if (phi === 0) ever.push([n, ...everRule[at]!])
  })
}

writeFileSync(
  new URL("../src/false-alarm-table.ts", import.meta.url),
  `// Made by build/simulate.ts; not to be edited. Counts of charts among ${seriesPerTable} simulated ones.

/** Simulated charts behind every count. */
export const simulatedSeries = ${seriesPerTable}

/** Points of a phase after which the limits of the simulated charts no longer move. */
export const simulatedFreeze = ${frozenAt}

/** Run lengths of the columns of \`everCounts\`. */
export const simulatedRunLengths: ReadonlyArray<number> = [${runLengths.join(", ")}]

/** phi, points, charts whose latest point is in a run, charts where that run is in one given direction. */
export const lastPointCounts: ReadonlyArray<readonly [number, number, number, number]> = [
${last.map((r) => `  [${r.join(", ")}]`).join(",\n")}
]

/** points, charts ever outside, ever two of three, ever a run on one side of 5 to 12, ever rising or falling for 5 to 12. */
export const everCounts: ReadonlyArray<ReadonlyArray<number>> = [
${ever.map((r) => `  [${r.join(", ")}]`).join(",\n")}
]
`
)
