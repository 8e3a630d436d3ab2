import { expect, test } from "vitest"

import { latestCounts, latestSeries } from "../src/multiplicity-table.ts"
import { plainProfiles } from "./plain.ts"
import { simulateLatest } from "./simulate-latest.ts"

test("the table is what the simulation gives, by another seed, within five standard errors", () => {
  const series = 2000
  const rows = simulateLatest(plainProfiles, series, 4711)
  expect(rows.map((r) => [r.profile, r.rule, r.lengths])).toEqual(
    latestCounts.map(([profile, rule, lengths]) => [profile, rule, lengths])
  )
  for (const [i, row] of rows.entries())
    for (const [counts, stored] of [
      [row.all, latestCounts[i]![3]],
      [row.frozen, latestCounts[i]![4]]
    ] as const)
      for (const [at, text] of stored.split(", ").entries()) {
        const share = Number(text.split(" ")[0]) / latestSeries
        const found = (counts[at]![0] ?? 0) / series
        expect(Math.abs(found - share)).toBeLessThan(
          5 * Math.sqrt((share * (1 - share) + 1 / series) / series)
        )
      }
})
