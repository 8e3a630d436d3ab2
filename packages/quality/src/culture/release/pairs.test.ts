import fc from "fast-check"
import { expect, test } from "vitest"

import { below, unitsOf } from "./attack.ts"
import { auditRelease } from "./audit.ts"
import { releaseWave } from "./release.ts"
import { inputOf, manners, peopleOf, type Person, type Trial } from "./trial-wave.ts"
import type { WaveUnit } from "./wave.ts"

const trials: fc.Arbitrary<Trial> = fc
  .record({
    k: fc.constantFrom(5, 10),
    means: fc.boolean(),
    parents: fc.array(fc.nat({ max: 20 }), { minLength: 4, maxLength: 14 }),
    teams: fc.array(
      fc.record({
        size: fc.oneof(fc.nat({ max: 9 }), fc.integer({ min: 10, max: 15 }), fc.constantFrom(30, 60)),
        manners: fc.array(fc.constantFrom(...manners, "mixed" as const, "mixed" as const), {
          minLength: 3,
          maxLength: 3
        }),
        missing: fc.constantFrom(0, 0, 0.1),
        groups: fc.constantFrom(["x"], ["x", "y"], ["y", "z"])
      }),
      { minLength: 15, maxLength: 15 }
    ),
    seed: fc.nat()
  })
  .map(({ k, means, parents, teams, seed }) => {
    const units: Array<WaveUnit> = [
      { id: "u0", parent: null },
      ...parents.map((at, index) => ({ id: `u${index + 1}`, parent: `u${at % Math.min(index + 1, 3)}` }))
    ]
    const made = units.map(({ id }, index) => ({ unit: id, ...teams[index]! }))
    return {
      k,
      units,
      invited: Object.fromEntries(made.map(({ unit, size }) => [unit, size + 3])),
      items: ["a", "b", "c"].map((id) => ({
        id,
        min: 1,
        max: 5,
        positiveFrom: 4,
        ...(means ? { figures: ["percent-positive", "mean"] as const } : {})
      })),
      scales: [
        {
          id: "s",
          items: ["a", "b", "c"],
          min: 1,
          max: 5,
          mean: means ? ("items" as const) : ("people" as const),
          percentPositive: means ? ("items" as const) : ("people" as const)
        }
      ],
      people: peopleOf(made, 3, seed),
      by: "role"
    }
  })

/** The score of a person, or the answer to an item, or null. */
const valueOf = (trial: Trial, { answers }: Person, of: string): number | null => {
  const index = trial.items.findIndex(({ id }) => id === of)
  if (index >= 0) {
    return answers[index]!
  }
  const given = answers.flatMap((answer) => answer ?? [])
  return given.length >= 2 ? given.reduce((sum, answer) => sum + answer, 0) / given.length : null
}

test("the people of any two figures of one kind differ by nobody or by k, and every figure is that of its people", () => {
  let rows = 0
  let groups = 0
  fc.assert(
    fc.property(trials, (trial) => {
      const release = releaseWave(inputOf(trial))
      const tree = below(release)
      expect(auditRelease(release)).toEqual([])
      const sets = new Map<string | null, Array<{ of: string; who: Set<number> }>>()
      for (const composition of release.compositions) {
        const { figure, of } = composition
        const told = release.rows.filter(
          (row) => row.figure === figure && row.of === of && row.bound === "exact"
        )
        for (const row of told) {
          const used = release.breakdowns.find((one) => one.figure === figure && one.of === of)!
          const units = new Set(
            row.breakdown === null
              ? unitsOf(release, tree, composition, row, false)
              : used.cells.flatMap((c) => release.cells[c]!.units)
          )
          const inGroup = row.breakdown?.split("=")[1]?.split(" + ")
          const who: Array<number> = []
          const values: Array<number> = []
          trial.people.forEach((person, index) => {
            const value = of === null ? 0 : valueOf(trial, person, of)
            if (units.has(person.unit) && value !== null && inGroup?.includes(person.group) !== false) {
              who.push(index)
              values.push(value)
            }
          })
          expect(who.length).toBe(row.n)
          expect(who.length).toBeGreaterThanOrEqual(trial.k)
          const threshold = of === "s" ? 5 - 4 / 3 : 4
          const expected =
            figure === "response"
              ? row.value
              : figure === "mean"
                ? values.reduce((sum, value) => sum + value, 0) / who.length
                : (100 * values.filter((value) => value >= threshold).length) / who.length
          if (expected === null) {
            expect(row.value).toBeNull()
          } else {
            expect(row.value).toBeCloseTo(expected, 9)
          }
          if (row.low !== null) {
            expect(row.low).toBeLessThanOrEqual(row.value! + 1e-9)
            expect(row.high).toBeGreaterThanOrEqual(row.value! - 1e-9)
          }
          const list = sets.get(of) ?? []
          list.push({ of: `${figure} ${row.cell} ${row.breakdown}`, who: new Set(who) })
          sets.set(of, list)
          rows++
          groups += row.breakdown === null ? 0 : 1
        }
      }
      for (const [of, list] of sets) {
        for (const a of list) {
          for (const b of list) {
            const left = [...a.who].filter((person) => !b.who.has(person)).length
            expect(left === 0 || left >= trial.k, `${of}: ${a.of} and ${b.of} differ by ${left}`).toBe(true)
          }
        }
      }
    }),
    { numRuns: 200 }
  )
  expect(rows).toBeGreaterThan(1000)
  expect(groups).toBeGreaterThan(100)
})
