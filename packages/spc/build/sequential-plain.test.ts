import { readFileSync } from "node:fs"

import { describe, expect, test } from "vitest"

import { haveReference, whySkipped } from "../test/cases.ts"
import { makeSeries } from "./random.ts"
import { averageRunLength, sumRunLength } from "./sequential-plain.ts"

interface Scheme {
  readonly scheme: string
  readonly lambda?: number
  readonly L?: number
  readonly k?: number
  readonly h?: number
  readonly shift: number
  readonly arl: number
}

// Long run lengths tell little more and cost the time of all others together.
const longest = 600
const repeats = 2000

const read = (): ReadonlyArray<Scheme> =>
  (
    JSON.parse(
      readFileSync(new URL("../../../../shared/reference/spc/tables/arl.json", import.meta.url), "utf8")
    ) as { cases: ReadonlyArray<Scheme> }
  ).cases.filter((c) => c.scheme !== "shewhart" && c.arl < longest)

/** Normal values with a standard deviation of 1 about `mean`, drawn in blocks. */
const makeNext = (seed: number, mean: number): (() => number) => {
  const series = makeSeries(seed)
  const block = new Float64Array(4096)
  let at = block.length
  return () => {
    if (at === block.length) {
      series(block)
      at = 0
    }
    return block[at++]! + mean
  }
}

describe.skipIf(!haveReference)(`average run lengths by the R package spc${whySkipped}`, () => {
  test("the loops reach them within 3 standard errors", () => {
    const schemes = read()
    expect(schemes.length).toBeGreaterThan(35)
    const apart = schemes.map((c, seed) => {
      const next = makeNext(seed + 1, c.shift)
      let total = 0
      let squares = 0
      for (let i = 0; i < repeats; i++) {
        const length =
          c.scheme === "ewma" ? averageRunLength(next, c.lambda!, c.L!) : sumRunLength(next, c.k!, c.h!)
        total += length
        squares += length * length
      }
      const mean = total / repeats
      const error = Math.sqrt((squares / repeats - mean * mean) / repeats)
      return { ...c, z: (mean - c.arl) / error }
    })
    // Seeds are fixed, so this holds always or never: no scheme beyond 3, and no leaning to one side.
    expect(apart.filter((c) => Math.abs(c.z) > 3)).toEqual([])
    const leaning = apart.reduce((sum, c) => sum + c.z, 0) / Math.sqrt(apart.length)
    expect(Math.abs(leaning)).toBeLessThan(3)
  })
})
