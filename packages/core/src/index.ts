/** The analytic core: DuckDB, landing, measures, signals, publishing. */
export { type Core, type CoreOptions, type CoreUpdate, openCore } from "./core.ts"
export {
  type Declaration,
  defineModule,
  type Emission,
  type ModuleOptions,
  type QualityModule
} from "./module.ts"
export type { ModuleRelation } from "./module-sql.ts"
export { publishedChecksum } from "./publish.ts"
export { publishedLayout } from "./published-layout.ts"
export type { PublishedRelation } from "./published-point.ts"
export {
  type BoardRow,
  type Expectation,
  Published,
  type PublishedMeasure,
  type PublishedPoint
} from "./published.ts"
export { storeVersion } from "./store.ts"
export type { Figure, TracedEvent } from "./trace.ts"
