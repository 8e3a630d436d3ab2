/** Leadership and culture. */
export { publishedActionKinds } from "./action-kind.ts"
export { type ChangeSource, pdsaChanges } from "./change-source.ts"
export {
  CultureActionKind,
  cultureActionKinds,
  CulturePair,
  culturePairs,
  Flow,
  flows,
  IncidentReview,
  incidentReviews,
  LeaderPromise,
  leaderPromises,
  ReviewAction,
  reviewActions
} from "./events.ts"
export {
  culture,
  type CultureActionKindOptions,
  type CultureOptions,
  type CulturePairOptions,
  type FlowOptions,
  type WaveOptions
} from "./module.ts"
export { CultureSetting, cultureSettings } from "./settings.ts"
export { cultureSources } from "./sources.ts"
