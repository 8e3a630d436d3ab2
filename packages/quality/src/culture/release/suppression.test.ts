import { describe, expect, test } from "vitest"

import { haveReference, referenceText, whySkipped } from "../../../test/statistics.ts"
import { attack } from "./attack.ts"
import { derivable, type KnownSet } from "./elimination.ts"
import { releaseWave } from "./release.ts"

interface Suppression {
  readonly audit: ReadonlyArray<{
    readonly id: string
    readonly published: ReadonlyArray<ReadonlyArray<number | null>>
    readonly rowTotals: ReadonlyArray<number | null> | null
    readonly columnTotals: ReadonlyArray<number | null> | null
    readonly grandTotal: number | null
    readonly expected: {
      readonly feasible: Readonly<Record<string, ReadonlyArray<number>>>
      readonly derivable: ReadonlyArray<string>
    }
  }>
  readonly protect: ReadonlyArray<{
    readonly id: string
    readonly counts: ReadonlyArray<ReadonlyArray<number>>
    readonly minimumCount: number
    readonly expected: { readonly minimalHiddenCells: number }
  }>
  readonly means: ReadonlyArray<{
    readonly id: string
    readonly units: ReadonlyArray<{ readonly id: string; readonly n: number; readonly mean: number | null }>
    readonly overall: { readonly n: number; readonly mean: number }
    readonly expected: { readonly derivable: Readonly<Record<string, number>> }
  }>
  readonly queries: ReadonlyArray<{
    readonly id: string
    readonly minimumCount: number
    readonly published: ReadonlyArray<{ readonly id: string; readonly members: ReadonlyArray<number> }>
    readonly expected: { readonly unsafePairs: ReadonlyArray<ReadonlyArray<string>> }
  }>
}

const cases = (): Suppression =>
  haveReference
    ? (JSON.parse(referenceText("suppression.json")) as Suppression)
    : { audit: [], protect: [], means: [], queries: [] }

const known = (atoms: ReadonlyArray<number>, n: number, x = 0): KnownSet => ({ atoms, n, x })

/** The test's attacker sees at least what is derivable by the reference; the release must then show him nothing of it. */
describe.skipIf(!haveReference)(`suppression.json${whySkipped}`, () => {
  test.each(cases().audit)("audit: $id", ({ published, rowTotals, columnTotals, grandTotal, expected }) => {
    const wide = published[0]!.length
    const at = (row: number, column: number) => row * wide + column
    const everything = published.flatMap((row, r) => row.map((_, c) => at(r, c)))
    const sets = [
      ...published.flatMap((row, r) => row.flatMap((n, c) => (n === null ? [] : [known([at(r, c)], n)]))),
      ...(rowTotals ?? []).flatMap((n, r) =>
        n === null
          ? []
          : [
              known(
                everything.filter((one) => Math.floor(one / wide) === r),
                n
              )
            ]
      ),
      ...(columnTotals ?? []).flatMap((n, c) =>
        n === null
          ? []
          : [
              known(
                everything.filter((one) => one % wide === c),
                n
              )
            ]
      ),
      ...(grandTotal === null ? [] : [known(everything, grandTotal)])
    ]
    const hidden = new Map(
      published.flatMap((row, r) =>
        row.flatMap((n, c) => (n === null ? [[at(r, c), `${r},${c}`] as const] : []))
      )
    )
    const found = derivable(sets).filter(({ atoms }) => atoms.length === 1 && hidden.has(atoms[0]!))
    const derived = Object.fromEntries(found.map(({ atoms, n }) => [hidden.get(atoms[0]!)!, Math.round(n)]))
    expect(Object.keys(derived).sort()).toEqual([...expected.derivable].sort())
    for (const [cell, n] of Object.entries(derived)) {
      expect(expected.feasible[cell]).toEqual([n, n])
    }
  })

  test.each(cases().means)("means: $id", ({ units, overall, expected }) => {
    const sets = [
      known(
        units.map((_, index) => index),
        overall.n,
        overall.n * overall.mean
      ),
      ...units.flatMap(({ n, mean }, index) => (mean === null ? [] : [known([index], n, n * mean)]))
    ]
    const derived = derivable(sets)
      .filter(({ atoms }) => atoms.length === 1 && units[atoms[0]!]!.mean === null)
      .map(({ atoms, n, x }) => [units[atoms[0]!]!.id, x / n] as const)
    expect(Object.fromEntries(derived)).toEqual(expected.derivable)
  })

  test.each(cases().queries)("queries: $id", ({ published, minimumCount, expected }) => {
    const sets = published.map(({ members }) => known(members, members.length))
    const small = derivable(sets).filter(({ n }) => n < minimumCount)
    expect(small.length).toBe(expected.unsafePairs.length)
  })

  test.each(cases().protect.filter(({ counts }) => counts.length === 1))(
    "protect: $id, by leaving out of the total in place of hiding a second cell",
    ({ counts, minimumCount, expected }) => {
      const teams = counts[0]!.map((n, index) => ({ unit: `t${index}`, n }))
      const invited = Object.fromEntries(teams.map(({ unit, n }) => [unit, n + 5]))
      const release = releaseWave({
        k: minimumCount,
        units: [{ id: "all", parent: null }, ...teams.map(({ unit }) => ({ id: unit, parent: "all" }))],
        invited,
        answers: teams.map(({ unit, n }) => ({ unit, respondents: n, items: {}, scales: {} })),
        items: [],
        scales: []
      })
      const hidden = release.rows.filter(({ cell, n }) => n === null && cell !== "all/left-out")
      expect(hidden.map(({ unit }) => unit)).toEqual(
        teams.filter(({ n }) => n < minimumCount).map(({ unit }) => unit)
      )
      expect(hidden.length).toBeLessThanOrEqual(expected.minimalHiddenCells + 2)
      const knowledge = { invited, items: [], scales: [], own: null, ownGroups: [], everybody: false }
      expect(attack([{ release, knowledge }])).toEqual([])
    }
  )
})
