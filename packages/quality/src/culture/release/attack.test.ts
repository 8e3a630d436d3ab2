import fc from "fast-check"
import { describe, expect, test } from "vitest"

import { attack, type Finding, type Knowledge } from "./attack.ts"

import { auditRelease } from "./audit.ts"
import { releaseUnder } from "./release.ts"

import { allRules, type Rules } from "./rules.ts"
import { answersOf, breakdownsOf, inputOf, manners, peopleOf, type Team, type Trial } from "./trial-wave.ts"
import type { WaveItem, WaveScale, WaveUnit } from "./wave.ts"

const item = (id: string, figures: WaveItem["figures"]): WaveItem => ({
  id,
  min: 1,
  max: 5,
  positiveFrom: 4,
  ...(figures === undefined ? {} : { figures })
})

/** Instruments of three kinds: scores of people beside percentages of items, means of items, and scores of people alone. */
const instruments: ReadonlyArray<{ items: ReadonlyArray<WaveItem>; scales: ReadonlyArray<WaveScale> }> = [
  {
    items: ["a", "b", "c"].map((id) => item(id, undefined)),
    scales: [
      { id: "s", items: ["a", "b", "c"], min: 1, max: 5, mean: "people", percentPositive: "people" },
      { id: "t", items: ["a", "b"], min: 1, max: 5, mean: "none", percentPositive: "items" }
    ]
  },
  {
    items: ["a", "b"].map((id) => item(id, ["percent-positive", "mean"])),
    scales: [{ id: "s", items: ["a", "b"], min: 1, max: 5, mean: "items", percentPositive: "items" }]
  },
  {
    items: ["a", "b", "c"].map((id) => ({ id, min: 1, max: 5, figures: [] })),
    scales: [
      { id: "s", items: ["a", "b", "c"], min: 1, max: 5, percentPositive: "people" },
      { id: "t", items: ["b"], min: 1, max: 5, percentPositive: "people" }
    ]
  }
]

const instrument = instruments[0]!

/** All that anybody could know beside the release, for each team that could know it. */
const attackers = (trial: Trial, everybody = false): ReadonlyArray<Knowledge> => {
  const { invited, items, scales, people } = trial
  const all = { invited, items, scales, everybody }
  const teams = answersOf(trial, people)
  return [
    { ...all, own: null, ownGroups: [] },
    ...teams.map((own) => ({ ...all, own, ownGroups: breakdownsOf(trial) }))
  ]
}

const findings = (trial: Trial, rules: Rules = allRules): ReadonlyArray<Finding> => {
  const release = releaseUnder(inputOf(trial), rules)
  return attackers(trial, !rules.partition).flatMap((knowledge) => attack([{ release, knowledge }]))
}

/** A tree of up to four levels, with small and large teams that answer in all manners. */
const trials = (sizes: ReadonlyArray<number>, maxTeams: number): fc.Arbitrary<Trial> =>
  fc
    .record({
      k: fc.constantFrom(5, 10),
      kind: fc.constantFrom(...instruments),
      parents: fc.array(fc.nat({ max: 20 }), { minLength: 3, maxLength: maxTeams }),
      teams: fc.array(
        fc.record({
          size: fc.oneof(fc.constantFrom(...sizes), fc.nat({ max: 6 })),
          manners: fc.array(fc.constantFrom(...manners, "mixed" as const, "mixed" as const), {
            minLength: 3,
            maxLength: 3
          }),
          missing: fc.constantFrom(0, 0, 0.05, 0.4),
          groups: fc.constantFrom(["x"], ["x", "y"], ["x", "x", "y"], ["x", "y", "z"]),
          silent: fc.nat({ max: 8 })
        }),
        { minLength: maxTeams + 1, maxLength: maxTeams + 1 }
      ),
      by: fc.boolean(),
      ownOfInner: fc.boolean(),
      seed: fc.nat()
    })
    .map(({ k, kind, parents, teams, by, ownOfInner, seed }) => {
      // Every unit hangs below one before it, preferring few, so that depth and width both occur.
      const units: Array<WaveUnit> = [
        { id: "u0", parent: null },
        ...parents.map((at, index) => ({ id: `u${index + 1}`, parent: `u${at % Math.min(index + 1, 4)}` }))
      ]
      const inner = new Set(units.map(({ parent }) => parent))
      const made: Array<Team> = units.flatMap(({ id }, index) => {
        const { size, manners: how, missing, groups } = teams[index]!
        return inner.has(id) && !ownOfInner ? [] : [{ unit: id, size, manners: how, missing, groups }]
      })
      return {
        k,
        units,
        invited: Object.fromEntries(made.map(({ unit, size }, index) => [unit, size + teams[index]!.silent])),
        ...kind,
        people: peopleOf(made, kind.items.length, seed),
        ...(by ? { by: "role" } : {})
      }
    })

const told = (all: ReadonlyArray<Finding>): string => JSON.stringify(all.slice(0, 3))

describe("an attacker who holds every row and his own team's answers", () => {
  test("finds nothing in waves of small and large teams", () => {
    fc.assert(
      fc.property(trials([4, 7, 9, 10, 11, 12, 14, 25, 40], 10), (trial) => {
        const found = findings(trial)
        expect(found, told(found)).toEqual([])
      }),
      { numRuns: 300 }
    )
  })

  test("finds nothing in waves of many small teams, which pool", () => {
    fc.assert(
      fc.property(trials([2, 3, 4, 5, 6, 7, 8, 9, 11], 14), (trial) => {
        const found = findings(trial)
        expect(found, told(found)).toEqual([])
      }),
      { numRuns: 150 }
    )
  })

  test("finds nothing in waves of many teams just above k, which pool by figure", () => {
    fc.assert(
      fc.property(trials([10, 11, 12, 13, 15], 13), (trial) => {
        const found = findings(trial)
        expect(found, told(found)).toEqual([])
      }),
      { numRuns: 200 }
    )
  })
})

const flat = (
  teams: ReadonlyArray<Omit<Team, "groups" | "missing"> & Partial<Team>>,
  rest: Partial<Trial> = {}
): Trial => ({
  k: 10,
  units: [{ id: "all", parent: null }, ...teams.map(({ unit }) => ({ id: unit, parent: "all" }))],
  invited: Object.fromEntries(teams.map(({ unit, size }) => [unit, size + 5])),
  ...instrument,
  people: peopleOf(
    teams.map((team) => ({ groups: ["x"], missing: 0, ...team })),
    3,
    7
  ),
  ...rest
})

const kinds = (trial: Trial, off: keyof Rules): ReadonlyArray<string> => [
  ...new Set(findings(trial, { ...allRules, [off]: false }).map(({ kind }) => kind))
]

const usual: Team["manners"] = ["mixed", "mixed", "mixed"]

describe("the same attacker succeeds without", () => {
  const cases: ReadonlyArray<{ rule: string; off: keyof Rules; found: Finding["kind"]; trial: Trial }> = [
    {
      rule: "rule 2: totals of everybody give away the four who are too few",
      off: "partition",
      found: "small-set",
      trial: flat([
        { unit: "a", size: 12, manners: usual },
        { unit: "b", size: 12, manners: usual },
        { unit: "c", size: 4, manners: usual }
      ])
    },
    {
      rule: "rule 3: an item that seven people of a team answered",
      off: "answered",
      found: "small-set",
      trial: flat([
        { unit: "a", size: 14, manners: ["mixed", "silent", "mixed"] },
        { unit: "b", size: 14, manners: usual }
      ])
    },
    {
      rule: "rule 4: a team in which all answer alike",
      off: "unanimity",
      found: "unanimous",
      trial: flat([
        { unit: "a", size: 15, manners: ["all-high", "mixed", "mixed"] },
        { unit: "b", size: 15, manners: usual }
      ])
    },
    {
      rule: "rule 5: the mean of people who disagree",
      off: "disagreement",
      found: "hidden-mean",
      trial: flat([
        { unit: "a", size: 16, manners: ["divided", "divided", "divided"] },
        { unit: "b", size: 15, manners: usual }
      ])
    },
    {
      rule: "rule 7: the limits of a percentage whose count is hidden",
      off: "hiddenCounts",
      found: "hidden-count",
      trial: flat([
        { unit: "a", size: 14, manners: ["mixed", "silent", "mixed"] },
        { unit: "b", size: 14, manners: usual }
      ])
    },
    {
      rule: "the view of somebody who knows one team of a pool",
      off: "ownTeam",
      found: "hidden-count",
      trial: flat([
        { unit: "a", size: 6, manners: usual },
        { unit: "b", size: 6, manners: usual },
        { unit: "c", size: 6, manners: usual },
        { unit: "d", size: 12, manners: usual }
      ])
    }
  ]
  test.each(cases)("$rule", ({ off, found, trial }) => {
    expect(findings(trial), told(findings(trial))).toEqual([])
    expect(kinds(trial, off)).toContain(found)
  })

  test("rule 2, found by the audit too", () => {
    const trial = cases[0]!.trial
    expect(auditRelease(releaseUnder(inputOf(trial), allRules))).toEqual([])
    expect(auditRelease(releaseUnder(inputOf(trial), { ...allRules, partition: false }))).toContainEqual({
      figure: "response",
      of: null,
      between: ["all", "the cells below it"],
      people: 4
    })
  })
})

describe("several waves", () => {
  test("are no more than each by itself, since nobody is the same person in two of them", () => {
    const team = (size: number) =>
      flat([
        { unit: "a", size, manners: usual },
        { unit: "b", size: 13, manners: usual }
      ])
    const waves = [14, 15].map((size) => {
      const trial = team(size)
      return { release: releaseUnder(inputOf(trial), allRules), knowledge: attackers(trial)[1]! }
    })
    expect(attack(waves)).toEqual([])
  })
})
