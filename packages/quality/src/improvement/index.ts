export { Project, projects } from "./project-events.ts"
export {
  Aim,
  aims,
  ChangeIdea,
  changeIdeas,
  Driver,
  drivers,
  ProjectMeasure,
  projectMeasures
} from "./aim-events.ts"
export {
  Adoption,
  adoptions,
  Pdsa,
  pdsas,
  pdsaScales,
  ProgressClaim,
  progressClaims,
  progressScores
} from "./pdsa-events.ts"
export {
  ImprovementSetting,
  improvementSettings,
  ImprovementSkill,
  improvementSkills,
  ProjectResource,
  projectResources
} from "./resource-events.ts"
export { improvement, type ImprovementOptions } from "./module.ts"
