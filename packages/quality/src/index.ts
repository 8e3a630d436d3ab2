/** The components of the quality management system, each a module of the analytic core. */
export { components } from "./components.ts"
export { defineModule, type ModuleOptions, type QualityModule } from "@plimsoll/core"
export {
  type CellDifference,
  type ChainedPartition,
  compareReport,
  type FigureDifference,
  type FileDifference,
  type PackDifference,
  readManifest,
  type ReportComparison,
  type ReportContext,
  type ReportManifest,
  writeReport
} from "./report/index.ts"
