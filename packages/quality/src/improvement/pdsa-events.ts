import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString
const Stage = (what: string) =>
  Schema.NullOr(PlainDate).annotateKey({ description: `${what}; null: not yet, or never written down.` })
const Direction = Schema.Literals(["better", "same", "worse"])

/** The scales of a test, from the smallest on. */
export const pdsaScales = ["one-case", "one-shift", "one-unit", "several-units", "everywhere"] as const

/** A PDSA cycle: its days and coded facts. Its words are kept where they are sealed. */
export const Pdsa = Schema.Struct({
  id: Id.annotateKey({ description: "The id." }),
  project: Id.annotateKey({ description: "The id of the project." }),
  microsystem: Id.annotateKey({ description: "The id of the microsystem in which it is tried." }),
  idea: Id.annotateKey({ description: "The id of the change idea that is tried." }),
  scale: Schema.Literals(pdsaScales).annotateKey({
    description: "How much is tried: `one-case`, `one-shift`, `one-unit`, `several-units`, `everywhere`."
  }),
  day: PlainDate.annotateKey({ description: "The day on which the cycle began." }),
  planned: Stage("Plan: the day on which it was written"),
  did: Stage("Do: the first day on which it was tried"),
  doneUntil: Stage("Do: the last day on which it was tried"),
  studied: Stage("Study: the day on which it was written"),
  acted: Stage("Act: the day on which it was decided what follows"),
  measure: Schema.NullOr(Id).annotateKey({
    description: "The id of the measure that the prediction is about; null: not said."
  }),
  predicted: Schema.NullOr(Direction).annotateKey({
    description: "What was predicted in the plan: `better`, `same` or `worse`; null: nothing."
  }),
  found: Schema.NullOr(Schema.Literals([...Direction.literals, "cannot-tell"])).annotateKey({
    description: "What the study found: `better`, `same`, `worse` or `cannot-tell`; null: no study."
  }),
  points: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)).annotateKey({
    description: "On how many points over time the study rests."
  }),
  learned: Schema.Boolean.annotateKey({
    description: "Whether it is written down what was learnt. The words are kept with the note."
  }),
  decision: Schema.NullOr(Schema.Literals(["adopt", "adapt", "abandon"])).annotateKey({
    description: "Of act: `adopt`, `adapt` or `abandon`; null: not decided."
  }),
  note: Schema.NullOr(Id).annotateKey({
    description: "The id of the sealed note that holds the words; null: none."
  })
}).check(
  Schema.makeFilter((row) => (row.studied === null) === (row.found === null), {
    expected: "what was found for a study, and for nothing else"
  }),
  Schema.makeFilter((row) => (row.acted === null) === (row.decision === null), {
    expected: "a decision for act, and for nothing else"
  }),
  Schema.makeFilter((row) => row.measure === null || row.predicted !== null, {
    expected: "a measure for a prediction only"
  }),
  Schema.makeFilter((row) => row.doneUntil === null || (row.did !== null && row.doneUntil >= row.did), {
    expected: "a last day of trying that is not before the first"
  }),
  Schema.makeFilter(
    (row) => [row.planned, row.did, row.studied, row.acted].every((day) => day === null || day >= row.day),
    { expected: "no stage before the day on which the cycle began" }
  )
)
export type Pdsa = typeof Pdsa.Type

/** The stream of PDSA cycles. */
export const pdsas = defineStream({
  name: "pdsa",
  domain: "improvement",
  version: 1,
  title: "PDSA cycles: days and coded facts",
  schema: Pdsa,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    project: "open",
    microsystem: "open",
    idea: "open",
    scale: "open",
    day: "open",
    planned: "open",
    did: "open",
    doneUntil: "open",
    studied: "open",
    acted: "open",
    measure: "open",
    predicted: "open",
    found: "open",
    points: "open",
    learned: "open",
    decision: "open",
    note: "confidential"
  }
})

/** The values of the progress score, from 0.5 to 5. */
export const progressScores = [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5] as const

/** What a team says of its own progress. */
export const ProgressClaim = Schema.Struct({
  project: Id.annotateKey({ description: "The id of the project." }),
  day: PlainDate.annotateKey({ description: "The day on which it was said." }),
  score: Schema.Literals(progressScores).annotateKey({
    description: "The progress score that the team gives itself: 0.5, 1, … 5."
  })
})
export type ProgressClaim = typeof ProgressClaim.Type

/** The stream of claims of progress. */
export const progressClaims = defineStream({
  name: "progress-claim",
  domain: "improvement",
  version: 1,
  title: "What teams say of their progress",
  schema: ProgressClaim,
  key: ["project", "day"],
  microsystem: null,
  occurredAt: "day",
  covers: "day",
  sensitivity: { project: "open", day: "open", score: "open" }
})

/** That a site was offered a project's change, and what it did with it. */
export const Adoption = Schema.Struct({
  project: Id.annotateKey({ description: "The id of the project whose change it is." }),
  microsystem: Id.annotateKey({ description: "The id of the site." }),
  offered: PlainDate.annotateKey({ description: "The day from which on the site could have adopted it." }),
  adopted: Schema.NullOr(PlainDate).annotateKey({
    description: "The first day on which the site worked by it; null: not yet."
  }),
  ended: Schema.NullOr(PlainDate).annotateKey({
    description:
      "The day on which the site gave it up, or, where it never adopted it, said no; null: neither."
  })
}).check(
  Schema.makeFilter((row) => row.adopted === null || row.adopted >= row.offered, {
    expected: "no adoption before it was offered"
  }),
  Schema.makeFilter((row) => row.ended === null || row.ended >= (row.adopted ?? row.offered), {
    expected: "no end before the beginning"
  })
)
export type Adoption = typeof Adoption.Type

/** The stream of adoptions. */
export const adoptions = defineStream({
  name: "adoption",
  domain: "improvement",
  version: 1,
  title: "Which sites adopted a change, and when",
  schema: Adoption,
  key: ["project", "microsystem"],
  microsystem: "microsystem",
  occurredAt: "offered",
  covers: "day",
  sensitivity: { project: "open", microsystem: "open", offered: "open", adopted: "open", ended: "open" }
})
