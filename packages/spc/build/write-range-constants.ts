/**
 * Makes `src/range-constant-table.ts`. Run by hand, from the root: `node packages/spc/build/write-range-constants.ts`.
 */
import { writeFileSync } from "node:fs"

import { rangeMoments } from "./range-moments.ts"

const { d2, d3 } = rangeMoments(100)
const list = (numbers: ReadonlyArray<number>): string =>
  `[\n${numbers.map((x) => `  ${Number(x.toFixed(12))}`).join(",\n")}\n]`

writeFileSync(
  new URL("../src/range-constant-table.ts", import.meta.url),
  `// Made by build/write-range-constants.ts; not to be edited.
/** Mean of the range of 2 … 100 normal values, in their standard deviation. */
export const d2: ReadonlyArray<number> = ${list(d2)}

/** Standard deviation of the range of 2 … 100 normal values, in their standard deviation. */
export const d3: ReadonlyArray<number> = ${list(d3)}
`
)
