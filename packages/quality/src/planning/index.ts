/** Planning for quality. */
export {
  ContributoryFactor,
  contributoryFactors,
  FactorFrame,
  Goal,
  goals,
  Intervention,
  interventions,
  Issue,
  issues,
  Need,
  needs,
  PlanningSetting,
  planningSettings,
  PriorityWeight,
  priorityWeights
} from "./events.ts"
export { planning, type PlanningOptions } from "./module.ts"
