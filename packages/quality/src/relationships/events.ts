export {
  Contribution,
  contributions,
  ContributionStep,
  contributionSteps,
  ContributorCount,
  contributorCounts
} from "./contribution-events.ts"
export {
  ProcessStep,
  processSteps,
  RelationshipsSetting,
  relationshipsSettings,
  RoleStatement,
  roleStatements,
  Skill,
  SkillLevel,
  skillLevels,
  skills
} from "./role-events.ts"
