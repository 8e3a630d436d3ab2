/** The learning system. */
export {
  AgreedTry,
  agreedTries,
  communities,
  Community,
  CommunityMember,
  communityMembers,
  CommunitySession,
  communitySessions
} from "./community-events.ts"
export {
  Insight,
  InsightEvidence,
  insightEvidence,
  insights,
  LearningQuestion,
  learningQuestions
} from "./insight-events.ts"
export { Lesson, lessons, Reuse, reuses } from "./lesson-events.ts"
export { learning, type LearningOptions } from "./module.ts"
export {
  Interpretation,
  interpretations,
  LearningSetting,
  learningSettings,
  measureFamilies,
  MeasureFamily
} from "./sense-events.ts"
export { type FoundText, type OpenText, searchOpenText, type SearchOptions } from "./search.ts"
