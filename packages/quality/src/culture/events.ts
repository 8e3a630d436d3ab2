import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString
const Unit = Id.annotateKey({ description: "The id of the microsystem." })
const Since = PlainDate.annotateKey({ description: "The day from which this holds." })
const Slug = Schema.String.check(
  Schema.isPattern(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { expected: "lower-case words joined by hyphens" }),
  Schema.isMaxLength(40, { expected: "at most 40 characters" })
)

/** A measure of how much is reported, beside one of harm that does not depend on anybody reporting it. */
export const CulturePair = Schema.Struct({
  id: Slug.annotateKey({ description: "The id of the pair." }),
  title: Schema.NonEmptyString.annotateKey({ description: "Its name for people." }),
  reporting: Id.annotateKey({
    description:
      "The id of the measure of reporting: all incident reports per 1,000 bed-days, or contacts. More is no harm."
  }),
  harm: Schema.NullOr(Id).annotateKey({
    description: "The id of the measure of harm; null: there is none, and nothing can be told of safety."
  }),
  independent: Schema.Boolean.annotateKey({
    description:
      "Whether harm is counted whoever reports: infections by a laboratory, deaths, reviewed case notes."
  }),
  survey: Schema.Array(Id).check(Schema.isUnique()).annotateKey({
    description:
      "The ids of the survey's scales and items on safety and on reporting: a fall of one before a fall in reporting is the fear pattern."
  }),
  since: Since
}).check(
  Schema.makeFilter((row) => row.harm !== row.reporting, { expected: "two measures" }),
  Schema.makeFilter((row) => row.harm !== null || !row.independent, {
    expected: "a measure of harm where independent is true"
  })
)
export type CulturePair = typeof CulturePair.Type

/** The stream of pairs. */
export const culturePairs = defineStream({
  name: "culture-pair",
  domain: "culture",
  version: 1,
  title: "Reporting beside independent harm",
  schema: CulturePair,
  key: ["id"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: {
    id: "open",
    title: "open",
    reporting: "open",
    harm: "open",
    independent: "open",
    survey: "open",
    since: "open"
  }
})

/** A kind of action, and how strong it is: how little it rests on people remembering. */
export const CultureActionKind = Schema.Struct({
  id: Slug.annotateKey({ description: "The id of the kind." }),
  strength: Schema.Literals(["strong", "intermediate", "weak"]).annotateKey({
    description:
      "`strong`: the work is made so that it cannot go wrong; `weak`: told, trained, reminded, which is no blame."
  }),
  title: Schema.NonEmptyString.annotateKey({ description: "What is meant by it." }),
  source: Schema.NonEmptyString.annotateKey({ description: "The published hierarchy that classes it so." }),
  since: Since
})
export type CultureActionKind = typeof CultureActionKind.Type

/** The stream of kinds of action. */
export const cultureActionKinds = defineStream({
  name: "action-kind",
  domain: "culture",
  version: 1,
  title: "Kinds of action, by a published hierarchy",
  schema: CultureActionKind,
  key: ["id"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: { id: "open", strength: "open", title: "open", source: "open", since: "open" }
})

/** That an incident was reviewed, and which factors were found, as codes. There are no words and no people in it. */
export const IncidentReview = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the review." }),
  microsystem: Unit,
  day: PlainDate.annotateKey({ description: "The day on which the review ended." }),
  systemFactors: Schema.Array(Slug)
    .check(Schema.isUnique())
    .annotateKey({ description: "Codes of what in the system contributed: `staffing`, `equipment`." }),
  individualFactors: Schema.Array(Slug)
    .check(Schema.isUnique())
    .annotateKey({ description: "Codes of what in people contributed: `slip`, `fatigue`." })
})
export type IncidentReview = typeof IncidentReview.Type

/** The stream of reviews. */
export const incidentReviews = defineStream({
  name: "incident-review",
  domain: "culture",
  version: 1,
  title: "Reviews of incidents",
  schema: IncidentReview,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    microsystem: "open",
    day: "open",
    systemFactors: "confidential",
    individualFactors: "confidential"
  }
})

/** An action that a review asked for. */
export const ReviewAction = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the action." }),
  review: Id.annotateKey({ description: "The id of the review." }),
  kind: Slug.annotateKey({ description: "What kind of action; its strength follows from it." }),
  aim: Schema.Literals(["process", "person"]).annotateKey({
    description: "Whether it is to change the `process` or a `person`: no matter of its strength."
  }),
  agreed: PlainDate.annotateKey({ description: "The day on which it was agreed." })
})
export type ReviewAction = typeof ReviewAction.Type

/** The stream of actions. */
export const reviewActions = defineStream({
  name: "review-action",
  domain: "culture",
  version: 1,
  title: "What reviews of incidents asked for",
  schema: ReviewAction,
  key: ["id"],
  microsystem: null,
  occurredAt: "agreed",
  covers: "day",
  sensitivity: { id: "open", review: "open", kind: "open", aim: "confidential", agreed: "open" }
})

/** What a leadership team promised to a unit, on a walk-round or elsewhere, and when it was kept. */
export const LeaderPromise = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the promise." }),
  leadershipTeam: Slug.annotateKey({
    description: "The leadership team that gave it: `executive`, `surgery-triumvirate`. Never a person."
  }),
  microsystem: Unit.annotateKey({ description: "The id of the microsystem that it was given to." }),
  made: PlainDate.annotateKey({ description: "The day on which it was given." }),
  due: PlainDate.annotateKey({ description: "The last day to keep it." }),
  kept: Schema.NullOr(PlainDate).annotateKey({
    description: "The day on which it was kept; null: not yet."
  })
}).check(
  Schema.makeFilter((row) => row.due >= row.made, {
    expected: "a promise that is not due before it is made"
  }),
  Schema.makeFilter((row) => row.kept === null || row.kept >= row.made, {
    expected: "a promise that is not kept before it is made"
  })
)
export type LeaderPromise = typeof LeaderPromise.Type

/** The stream of promises. */
export const leaderPromises = defineStream({
  name: "promise",
  domain: "culture",
  version: 1,
  title: "What leadership teams promised",
  schema: LeaderPromise,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "made",
  covers: "day",
  sensitivity: {
    id: "open",
    leadershipTeam: "open",
    microsystem: "open",
    made: "open",
    due: "open",
    kept: "open"
  }
})

/** That one unit's work flows into another's. */
export const Flow = Schema.Struct({
  from: Id.annotateKey({ description: "The id of the microsystem that it comes from." }),
  to: Id.annotateKey({ description: "The id of the microsystem that it goes to." }),
  kind: Schema.Literals(["patients", "information", "supplies", "staff"]).annotateKey({
    description: "What flows: `patients`, `information`, `supplies` or `staff`."
  }),
  since: Since
}).check(Schema.makeFilter((row) => row.from !== row.to, { expected: "two units" }))
export type Flow = typeof Flow.Type

/** The stream of flows. */
export const flows = defineStream({
  name: "flow",
  domain: "culture",
  version: 1,
  title: "Which unit's work flows into which",
  schema: Flow,
  key: ["from", "to", "kind"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: { from: "open", to: "open", kind: "open", since: "open" }
})
