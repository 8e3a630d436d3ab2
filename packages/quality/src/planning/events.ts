export { Goal, goals } from "./goal-events.ts"
export { Need, needs } from "./need-events.ts"
export {
  ContributoryFactor,
  contributoryFactors,
  FactorFrame,
  Issue,
  issues,
  PriorityWeight,
  priorityWeights
} from "./issue-events.ts"
export { Intervention, interventions } from "./intervention-events.ts"
export { PlanningSetting, planningSettings } from "./setting-events.ts"
