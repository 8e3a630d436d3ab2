import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString
const Unit = Id.annotateKey({ description: "The id of the microsystem." })
const People = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Slug = Schema.String.check(
  Schema.isPattern(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { expected: "lower-case words joined by hyphens" })
)

/** What people can have a say in: a goal or a piece of work of the vision (`project`), or a standard. */
export const CodesignSubject = Schema.Literals(["goal", "project", "standard"])
/** In what capacity somebody takes part. */
export const Capacity = Schema.Literals(["service-user", "family", "community", "staff"])
/** The stages of a piece of design, the first first. */
export const CodesignStage = Schema.Literals(["discover", "define", "develop", "deliver", "evaluate"])
/** The levels of taking part, the lowest first. */
export const CodesignLevel = Schema.Literals([
  "inform",
  "consult",
  "involve",
  "collaborate",
  "co-produce",
  "led-by-people"
])

const subject = {
  subjectKind: CodesignSubject.annotateKey({
    description: "What it was about: a `goal` or a `project` (work) of the vision, or a `standard`."
  }),
  subject: Id.annotateKey({ description: "The id of the goal, the project or the standard." })
}

/** Something at which people had a say: a meeting, a workshop, a walk through the ward. */
export const Engagement = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the engagement." }),
  microsystem: Id.annotateKey({ description: "The id of the microsystem that held it." }),
  ...subject,
  stage: CodesignStage.annotateKey({
    description: "`discover`, `define`, `develop`, `deliver` or `evaluate`."
  }),
  claimed: CodesignLevel.annotateKey({
    description:
      "The level that its makers claim: `inform`, `consult`, `involve`, `collaborate`, `co-produce` or `led-by-people`."
  }),
  day: PlainDate.annotateKey({ description: "The day." })
})
export type Engagement = typeof Engagement.Type

/** The stream of engagements. */
export const engagements = defineStream({
  name: "engagement",
  domain: "codesign",
  version: 1,
  title: "Occasions at which people had a say",
  schema: Engagement,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    microsystem: "open",
    subjectKind: "open",
    subject: "open",
    stage: "open",
    claimed: "open",
    day: "open"
  }
})

/** How many people of a capacity, and of a group of the population, took part. Nobody is named. */
export const EngagementParticipants = Schema.Struct({
  engagement: Id.annotateKey({ description: "The id of the engagement." }),
  capacity: Capacity.annotateKey({ description: "`service-user`, `family`, `community` or `staff`." }),
  dimension: Slug.annotateKey({
    description:
      "By what they are counted: `deprivation`, `age`; `whole`: all of the capacity, not broken down."
  }),
  group: Slug.annotateKey({
    description: "The group: `quintile-1`; `whole` where the dimension is `whole`."
  }),
  people: People.annotateKey({ description: "How many people." }),
  day: PlainDate.annotateKey({ description: "The day of the engagement." })
}).check(
  Schema.makeFilter((row) => (row.dimension === "whole") === (row.group === "whole"), {
    expected: "the group whole for the dimension whole, and for no other"
  })
)
export type EngagementParticipants = typeof EngagementParticipants.Type

/** The stream of those who took part. */
export const engagementParticipants = defineStream({
  name: "engagement-participants",
  domain: "codesign",
  version: 1,
  title: "How many people took part, by capacity and group",
  schema: EngagementParticipants,
  key: ["engagement", "capacity", "dimension", "group"],
  microsystem: null,
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    engagement: "open",
    capacity: "open",
    dimension: "open",
    group: "open",
    people: "confidential",
    day: "open"
  }
})

/** That somebody put something in. The words, if there are any, belong to a sealed stream. */
export const CodesignContribution = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the contribution, which stands for no person." }),
  engagement: Id.annotateKey({ description: "The id of the engagement at which it was made." }),
  capacity: Capacity.annotateKey({ description: "In what capacity: never who." }),
  day: PlainDate.annotateKey({ description: "The day." })
})
export type CodesignContribution = typeof CodesignContribution.Type

/** The stream of contributions. */
export const codesignContributions = defineStream({
  name: "codesign-contribution",
  domain: "codesign",
  version: 1,
  title: "What people put in, without their words",
  schema: CodesignContribution,
  key: ["id"],
  microsystem: null,
  occurredAt: "day",
  covers: "day",
  sensitivity: { id: "confidential", engagement: "open", capacity: "open", day: "open" }
})

/** A decision, and the contributions that it rests on. */
export const CodesignDecision = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the decision." }),
  microsystem: Id.annotateKey({ description: "The id of the microsystem that took it." }),
  ...subject,
  contributions: Schema.Array(Id)
    .check(Schema.isUnique())
    .annotateKey({ description: "The ids of the contributions that it rests on; empty: on none." }),
  changed: Schema.Boolean.annotateKey({
    description: "Whether something is done otherwise because of them."
  }),
  day: PlainDate.annotateKey({ description: "The day." })
}).check(
  Schema.makeFilter((row) => !row.changed || row.contributions.length > 0, {
    expected: "changed only where the decision rests on a contribution"
  })
)
export type CodesignDecision = typeof CodesignDecision.Type

/** The stream of decisions. */
export const codesignDecisions = defineStream({
  name: "decision",
  domain: "codesign",
  version: 1,
  title: "Decisions, and what they rest on",
  schema: CodesignDecision,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    microsystem: "open",
    subjectKind: "open",
    subject: "open",
    contributions: "confidential",
    changed: "open",
    day: "open"
  }
})

/** How much of the population a group is. */
export const Population = Schema.Struct({
  dimension: Slug.check(
    Schema.makeFilter((dimension) => dimension !== "whole", { expected: "a dimension other than whole" })
  ).annotateKey({ description: "By what people are counted: `deprivation`." }),
  group: Slug.annotateKey({ description: "The group: `quintile-1`." }),
  share: Schema.NullOr(
    Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(1))
  ).annotateKey({ description: "Its share, above 0 and up to 1; null: `people` is given." }),
  people: Schema.NullOr(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))).annotateKey({
    description: "How many people it has; null: `share` is given. All groups of a dimension give the same."
  }),
  since: PlainDate.annotateKey({ description: "The day from which this holds." })
}).check(
  Schema.makeFilter((row) => (row.share === null) !== (row.people === null), {
    expected: "either share or people"
  })
)
export type Population = typeof Population.Type

/** The stream of groups of the population. */
export const populations = defineStream({
  name: "population",
  domain: "codesign",
  version: 1,
  title: "The population that is served, by group",
  schema: Population,
  key: ["dimension", "group"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: { dimension: "open", group: "open", share: "open", people: "confidential", since: "open" }
})

/** What people said and what was done about it: an entry of the public list of replies. */
export const SaidAndDone = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the entry." }),
  microsystem: Unit,
  theme: Id.annotateKey({ description: "The id of the theme of what was said." }),
  story: Schema.NullOr(Id).annotateKey({ description: "The id of the story that said it; null: none." }),
  said: PlainDate.annotateKey({ description: "The day on which it was said." }),
  answered: Schema.NullOr(PlainDate).annotateKey({
    description: "The day of the first answer; null: not yet."
  }),
  done: Schema.NullOr(PlainDate).annotateKey({
    description: "The day on which it was done, or refused with a reason; null: not yet."
  }),
  outcome: Schema.NullOr(Schema.Literals(["changed", "partly-changed", "not-changed"])).annotateKey({
    description: "What came of it; null: nothing yet."
  }),
  reason: Schema.NullOr(
    Schema.Literals([
      "too-costly",
      "not-safe",
      "not-lawful",
      "another-service",
      "others-asked-otherwise",
      "was-so-already"
    ])
  ).annotateKey({ description: "Of `not-changed`: why." }),
  decision: Schema.NullOr(Id).annotateKey({ description: "The id of the decision behind it; null: none." })
}).check(
  Schema.makeFilter((row) => (row.done === null) === (row.outcome === null), {
    expected: "an outcome where done is given, and nowhere else"
  }),
  Schema.makeFilter((row) => (row.outcome === "not-changed") === (row.reason !== null), {
    expected: "a reason for not-changed, and for nothing else"
  }),
  Schema.makeFilter((row) => row.answered === null || row.answered >= row.said, {
    expected: "no answer before it was said"
  }),
  Schema.makeFilter((row) => row.done === null || (row.answered !== null && row.done >= row.answered), {
    expected: "done only once answered"
  })
)
export type SaidAndDone = typeof SaidAndDone.Type

/** The stream of replies. */
export const saidAndDone = defineStream({
  name: "said-and-done",
  domain: "codesign",
  version: 1,
  title: "You said, we did",
  schema: SaidAndDone,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "said",
  covers: "day",
  sensitivity: {
    id: "open",
    microsystem: "open",
    theme: "open",
    story: "confidential",
    said: "open",
    answered: "open",
    done: "open",
    outcome: "open",
    reason: "open",
    decision: "open"
  }
})

/** What may be known of a story without its words. */
export const StoryFact = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the story; it stands for no person." }),
  microsystem: Unit,
  day: PlainDate.annotateKey({ description: "The day on which it was told." }),
  themes: Schema.Array(Id)
    .check(Schema.isUnique())
    .annotateKey({ description: "The ids of its themes; empty: none, or not coded yet." }),
  source: Slug.annotateKey({ description: "How it came: `care-opinion`, `interview`, `complaint`." })
})
export type StoryFact = typeof StoryFact.Type

/** The stream of what is known of stories. */
export const storyFacts = defineStream({
  name: "story-fact",
  domain: "codesign",
  version: 1,
  title: "Stories, without their words",
  schema: StoryFact,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: { id: "confidential", microsystem: "open", day: "open", themes: "open", source: "open" }
})

/**
 * That whoever told a story lets it be used, or does so no longer. What is withdrawn stays withdrawn, whatever is said
 * later and in whatever order it comes: the key of its words is gone.
 */
export const StoryConsent = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the story." }),
  microsystem: Unit,
  state: Schema.Literals(["given", "withdrawn"]).annotateKey({ description: "`given` or `withdrawn`." }),
  day: PlainDate.annotateKey({ description: "The day." })
})
export type StoryConsent = typeof StoryConsent.Type

/** The stream of consent. */
export const storyConsents = defineStream({
  name: "story-consent",
  domain: "codesign",
  version: 1,
  title: "Consent to the use of stories, given and withdrawn",
  schema: StoryConsent,
  key: ["id", "state"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: { id: "confidential", microsystem: "open", state: "open", day: "open" }
})

/** The words of a story. Nothing in this component reads them. */
export const Story = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the story." }),
  microsystem: Unit,
  day: PlainDate.annotateKey({ description: "The day on which it was told." }),
  text: Schema.NonEmptyString.check(
    Schema.isMaxLength(20_000, { expected: "at most 20,000 characters" })
  ).annotateKey({ description: "The words." })
})
export type Story = typeof Story.Type

/** The stream of the words of stories: sealed, each with a key of its own, so that one can be erased. */
export const stories = defineStream({
  name: "story",
  domain: "codesign",
  version: 1,
  title: "Stories in the words of those who told them",
  schema: Story,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: { id: "confidential", microsystem: "open", day: "open", text: "confidential" },
  access: "sealed",
  sealedBy: "id"
})
