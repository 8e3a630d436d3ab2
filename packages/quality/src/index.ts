/** The components of the quality management system, each a module of the analytic core. */
export { components, type ComponentsOptions } from "./components.ts"
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
export {
  Annotation,
  annotations,
  AssignableCause,
  Coding,
  codings,
  control,
  type ControlOptions,
  ControlSetting,
  controlSettings,
  Headcount,
  headcounts,
  Huddle,
  huddles,
  SignalResponse,
  signalResponses,
  Theme,
  type ThemeOptions,
  themes
} from "./control/index.ts"
export {
  ActionKind,
  Assessment,
  assessments,
  Claim,
  claims,
  Criterion,
  criteria,
  CriterionAttribute,
  Evidence,
  evidence,
  Finding,
  FindingAction,
  findingActions,
  findings,
  ScoreWeight,
  scoreWeights,
  Standard,
  StandardPart,
  standards
} from "./assurance/events.ts"
export {
  assurance,
  type AssuranceOptions,
  type CriterionRow,
  type ScoreWeightRow,
  type StandardRow
} from "./assurance/module.ts"
export {
  codesignSources,
  controlSources,
  improvementSources,
  learningSources,
  planningSources,
  systemSources,
  visionSources
} from "./assurance/component-sources.ts"
export type { EvidenceSource } from "./assurance/evidence-source.ts"
export { ownStandard, type OwnStandard } from "./assurance/own-standard.ts"
export { statistics } from "./statistics/module.ts"
export {
  type DeclaredVision,
  type VisionLinkOptions,
  type VisionNodeOptions,
  type VisionVersionOptions
} from "./vision/declared.ts"
export {
  VisionLink,
  visionLinks,
  VisionNode,
  visionNodes,
  VisionVersion,
  visionVersions
} from "./vision/events.ts"
export { mayServe, type VisionKind, visionKinds } from "./vision/kind.ts"
export { vision, type VisionOptions } from "./vision/module.ts"
export {
  Composite,
  CompositeMember,
  compositeMembers,
  composites,
  CompositeWeight,
  compositeWeights,
  EquityStratum,
  equityStrata,
  Indicator,
  indicators,
  IndicatorScale
} from "./system/events.ts"
export { type CompositeOptions, type IndicatorOptions, system, type SystemOptions } from "./system/module.ts"
export {
  Capacity,
  CodesignContribution,
  codesignContributions,
  CodesignDecision,
  codesignDecisions,
  CodesignLevel,
  CodesignStage,
  CodesignSubject,
  Engagement,
  EngagementParticipants,
  engagementParticipants,
  engagements,
  Population,
  populations,
  SaidAndDone,
  saidAndDone,
  stories,
  Story,
  StoryConsent,
  storyConsents,
  StoryFact,
  storyFacts
} from "./codesign/events.ts"
export { codesign, type CodesignOptions, type PopulationGroup } from "./codesign/module.ts"
export {
  Instrument,
  InstrumentItem,
  InstrumentScale,
  InstrumentScoring
} from "./culture/instrument/instrument.ts"
export { checkInstrument } from "./culture/instrument/check.ts"
export { defineInstrument, type InstrumentEntry, loadInstrument } from "./culture/instrument/load.ts"
export {
  type AnswerColumns,
  type AnswerState,
  instrumentSql,
  type InstrumentSql,
  type ItemScore,
  scaleSql,
  type ScaleSql,
  type ScaleScore,
  scoreItem,
  scoreScale
} from "./culture/instrument/score.ts"
export { InstrumentKey, instrumentRow, instruments } from "./culture/instrument/events.ts"
export { edmondson } from "./culture/instrument/keys/edmondson.ts"
export { iMatter, type IMatterOptions } from "./culture/instrument/keys/imatter.ts"
export { saqShortForm } from "./culture/instrument/keys/saq-short-form.ts"
export { type KeyOptions, sopsHospital } from "./culture/instrument/keys/sops-hospital.ts"
export {
  Contribution,
  contributions,
  ContributionStep,
  contributionSteps,
  ContributorCount,
  contributorCounts,
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
} from "./relationships/events.ts"
export {
  type ProcessOptions,
  relationships,
  type RelationshipsOptions,
  type SkillOptions
} from "./relationships/module.ts"
export { type ClosedWave, closeWave, type CloseOptions, frozenBy } from "./culture/wave/close.ts"
export { type Ask, digestOfReleased, knownRelease, type WaveFacts, waveFacts } from "./culture/wave/facts.ts"
export type { OpenedAnswers, SetAside } from "./culture/wave/intake.ts"
export {
  Answer,
  answers,
  Invitation,
  invitations,
  Release,
  ReleasedFigure,
  releasedFigures,
  releases,
  Wave,
  waves
} from "./culture/waves.ts"
export { auditRelease, type Violation } from "./culture/release/audit.ts"
export { releaseWave } from "./culture/release/release.ts"
export type {
  BaseCell,
  BreakdownComposition,
  Composition,
  Figure,
  Pool,
  Reason,
  ReleaseRow,
  Reliability,
  WaveRelease
} from "./culture/release/result.ts"
export type {
  Absence,
  Breakdown,
  ItemFigure,
  ItemSums,
  ScaleSums,
  UnitAnswers,
  WaveInput,
  WaveItem,
  WaveScale,
  WaveUnit
} from "./culture/release/wave.ts"
export {
  type Alike,
  CodedTexts,
  type DeclaredTerm,
  digestOfTerms,
  type Found,
  freeText,
  type FreeTextOptions,
  FreeTextSetting,
  freeTextSettings,
  hideSpans,
  inSample,
  type LearnedTerm,
  patternsVersion,
  proposeRedactions,
  RedactedText,
  redactedTexts,
  Redaction,
  redactions,
  redactText,
  RepeatedText,
  repeatedTexts,
  Repeats,
  scanText,
  type SealedText,
  similarityOf,
  SpanPattern,
  suggestByTerms,
  type Suggested,
  TextScan,
  textScans,
  TextSource,
  ThemeSuggestion,
  themeSuggestions,
  ThemeTerm,
  themeTerms
} from "./free-text/index.ts"
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
  planning,
  type PlanningOptions,
  PlanningSetting,
  planningSettings,
  PriorityWeight,
  priorityWeights
} from "./planning/index.ts"
export {
  Adoption,
  adoptions,
  Aim,
  aims,
  ChangeIdea,
  changeIdeas,
  Driver,
  drivers,
  improvement,
  type ImprovementOptions,
  ImprovementSetting,
  improvementSettings,
  ImprovementSkill,
  improvementSkills,
  Pdsa,
  pdsas,
  pdsaScales,
  ProgressClaim,
  progressClaims,
  progressScores,
  Project,
  ProjectMeasure,
  projectMeasures,
  ProjectResource,
  projectResources,
  projects
} from "./improvement/index.ts"
export {
  agreedTries,
  AgreedTry,
  communities,
  Community,
  CommunityMember,
  communityMembers,
  CommunitySession,
  communitySessions,
  type FoundText,
  Insight,
  InsightEvidence,
  insightEvidence,
  insights,
  Interpretation,
  interpretations,
  learning,
  type LearningOptions,
  LearningQuestion,
  learningQuestions,
  LearningSetting,
  learningSettings,
  Lesson,
  lessons,
  measureFamilies,
  MeasureFamily,
  type OpenText,
  Reuse,
  reuses,
  searchOpenText,
  type SearchOptions
} from "./learning/index.ts"
export {
  type ChangeSource,
  culture,
  CultureActionKind,
  type CultureActionKindOptions,
  cultureActionKinds,
  type CultureOptions,
  CulturePair,
  type CulturePairOptions,
  culturePairs,
  CultureSetting,
  cultureSettings,
  cultureSources,
  Flow,
  type FlowOptions,
  flows,
  IncidentReview,
  incidentReviews,
  LeaderPromise,
  leaderPromises,
  pdsaChanges,
  publishedActionKinds,
  ReviewAction,
  reviewActions,
  type WaveOptions
} from "./culture/index.ts"
