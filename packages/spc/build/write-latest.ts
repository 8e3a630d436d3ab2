/**
 * Makes `src/multiplicity-table.ts`. Run by hand, from the root: `node packages/spc/build/write-latest.ts`.
 * The same seed gives the same file.
 */
import { writeFileSync } from "node:fs"

import { plainProfiles } from "./plain.ts"
import { simulateLatest } from "./simulate-latest.ts"

const series = 100_000

const lists = (counts: ReadonlyArray<ReadonlyArray<number>>): string =>
  `"${counts.map((c) => c.join(" ")).join(", ")}"`

writeFileSync(
  new URL("../src/multiplicity-table.ts", import.meta.url),
  `// Made by build/write-latest.ts; not to be edited.

/** Steady charts behind every count. */
export const latestSeries = ${series}

/**
 * Profile, rule, numbers of points; then for limits from all points, and for frozen ones, by the number of points:
 * charts whose latest point shows the rule with at least 1, 2, 3 … points in a row, on either side. The last count
 * stands for any longer row.
 */
export const latestCounts: ReadonlyArray<readonly [string, string, ReadonlyArray<number>, string, string]> = [
${simulateLatest(plainProfiles, series, 20251123)
  .map(
    (r) =>
      `  [\n    "${r.profile}",\n    "${r.rule}",\n    [${r.lengths.join(", ")}],\n    ${lists(r.all)},\n    ${lists(r.frozen)}\n  ]`
  )
  .join(",\n")}
]
`
)
