import fc from "fast-check"
import { expect, test } from "vitest"

import { partitionOf } from "./partition.ts"
import { allRules } from "./rules.ts"
import { treeOf } from "./tree.ts"
import type { WaveUnit } from "./wave.ts"

// Smaller than any release may use: the same rules, with few enough possibilities to try all of them.
const k = 3

/** Trees of small teams with few invitations, so that all that could have been can be tried. */
const waves = fc
  .record({
    middles: fc.integer({ min: 0, max: 2 }),
    leaves: fc.array(
      fc.record({
        under: fc.nat({ max: 2 }),
        invited: fc.constantFrom(1, 2, 2, 3, 3, 5),
        came: fc.constantFrom(0, 1, 1, 2, 2, 5)
      }),
      { minLength: 6, maxLength: 8 }
    ),
    large: fc.boolean()
  })
  .map(({ middles, leaves, large }) => {
    const units: Array<WaveUnit> = [
      { id: "all", parent: null },
      ...Array.from({ length: middles }, (_, m) => ({ id: `m${m + 1}`, parent: m === 0 ? "all" : "m1" })),
      ...leaves.map(({ under }, index) => ({
        id: `t${index}`,
        parent: under % (middles + 1) === 0 ? "all" : `m${under % (middles + 1)}`
      })),
      ...(large ? [{ id: "big", parent: "all" }] : [])
    ]
    // A unit without teams below it would be a team itself.
    const parents = new Set(units.map(({ parent }) => parent))
    const kept = units.filter(({ id }) => id[0] !== "m" || parents.has(id))
    return { units: kept, leaves, large }
  })

/** What everybody sees of the division: the cells and how many people are in each. */
const seen = (tree: ReturnType<typeof treeOf>, respondents: Float64Array, invited: Float64Array): string => {
  const { ids, units, count } = partitionOf(tree, respondents, invited, k, allRules)
  let text = ""
  for (let c = 0; c < count; c++) {
    text += `${ids[c]}:${units[c]!.reduce((n, u) => n + respondents[u]!, 0)} `
  }
  return text
}

test("whoever replays the rules on everything that could have been cannot tell that a hidden team answered at all", () => {
  let pooled = 0
  fc.assert(
    fc.property(waves, ({ units, leaves, large }) => {
      const tree = treeOf(units)
      const size = tree.ids.length
      const invited = new Float64Array(size)
      const actual = new Float64Array(size)
      const hidden: Array<number> = []
      leaves.forEach(({ invited: asked, came }, index) => {
        const u = tree.position.get(`t${index}`)!
        invited[u] = asked
        actual[u] = Math.min(came, asked)
        if (actual[u]! < k) {
          hidden.push(u)
        }
      })
      if (large) {
        invited[tree.position.get("big")!] = 20
        actual[tree.position.get("big")!] = 12
      }
      const public_ = seen(tree, actual, invited)
      pooled += public_.includes("rest") ? 1 : 0
      const possible: Array<ReadonlyArray<number>> = []
      const trial = actual.slice()
      const tryAll = (index: number): void => {
        if (index === hidden.length) {
          if (seen(tree, trial, invited) === public_) {
            possible.push(hidden.map((u) => trial[u]!))
          }
          return
        }
        const u = hidden[index]!
        for (let n = 0; n <= Math.min(k - 1, invited[u]!); n++) {
          trial[u] = n
          tryAll(index + 1)
        }
      }
      tryAll(0)
      // Nobody's view, and that of each team that has somebody to see with.
      for (const own of [-1, ...hidden.keys()]) {
        if (own >= 0 && actual[hidden[own]!] === 0) {
          continue
        }
        const left = possible.filter((one) => own < 0 || one[own] === actual[hidden[own]!])
        hidden.forEach((u, index) => {
          if (index !== own && invited[u]! > 0) {
            const least = Math.min(...left.map((one) => one[index]!))
            expect(least, `${tree.ids[u]} seen by ${own}: ${public_}`).toBe(0)
          }
        })
      }
    }),
    { numRuns: 120 }
  )
  expect(pooled).toBeGreaterThan(5)
}, 120_000)
