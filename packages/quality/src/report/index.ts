/** The assurance report: one page for everybody, a pack for regulators, and the comparison with what the log gives. */
export {
  compareReport,
  type FileDifference,
  type PackDifference,
  type ReportComparison
} from "./comparison.ts"
export type { CellDifference } from "./difference.ts"
export type { FigureDifference } from "./figure.ts"
export { type ChainedPartition, readManifest, type ReportManifest } from "./manifest.ts"
export type { ReportContext } from "./context.ts"
export { writeReport } from "./pack.ts"
