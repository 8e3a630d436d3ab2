import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString
const Ids = Schema.Array(Id).check(Schema.isUnique())
const Slug = Schema.String.check(
  Schema.isPattern(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { expected: "lower-case words joined by hyphens" })
)

/** A question that units want to learn about. */
export const LearningQuestion = Schema.Struct({
  id: Slug.annotateKey({ description: "The id." }),
  title: Schema.NonEmptyString.annotateKey({ description: "The question, in a sentence that names nobody." }),
  microsystem: Id.annotateKey({ description: "The id of the microsystem that asks." }),
  day: PlainDate.annotateKey({ description: "The day on which it was asked." })
})
export type LearningQuestion = typeof LearningQuestion.Type

/** The stream of questions. */
export const learningQuestions = defineStream({
  name: "learning-question",
  domain: "learning",
  version: 1,
  title: "Questions that units want to learn about",
  schema: LearningQuestion,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: { id: "open", title: "open", microsystem: "open", day: "open" }
})

/** What a unit has understood. What it rests on is said by the stream of evidence. */
export const Insight = Schema.Struct({
  id: Id.annotateKey({ description: "The id." }),
  title: Schema.NonEmptyString.annotateKey({ description: "The claim, in a sentence that names nobody." }),
  microsystem: Id.annotateKey({ description: "The id of the microsystem in which it was found." }),
  question: Schema.NullOr(Slug).annotateKey({
    description: "The id of the question that it answers; null: none."
  }),
  answer: Schema.NullOr(Slug).annotateKey({
    description: "Of an answer to a question: what it answers, by the word that others use who say the same."
  }),
  measure: Schema.NullOr(Id).annotateKey({
    description: "The id of the measure that it speaks of; null: none."
  }),
  themes: Ids.annotateKey({ description: "The ids of the themes that it speaks of." }),
  confidence: Schema.Literals(["low", "medium", "high"]).annotateKey({
    description: "How sure those are who claim it: `low`, `medium` or `high`. It changes no grade."
  }),
  author: Schema.NullOr(Id).annotateKey({
    description: "A name that stands for whoever claims it and is not theirs; never published."
  }),
  status: Schema.Literals(["standing", "withdrawn"]).annotateKey({
    description: "`standing` or `withdrawn`."
  }),
  day: PlainDate.annotateKey({ description: "The day from which this holds." })
}).check(
  Schema.makeFilter((row) => (row.question === null) === (row.answer === null), {
    expected: "an answer where there is a question, and nowhere else"
  })
)
export type Insight = typeof Insight.Type

/** The stream of insights. */
export const insights = defineStream({
  name: "insight",
  domain: "learning",
  version: 1,
  title: "Insights",
  schema: Insight,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    title: "open",
    microsystem: "open",
    question: "open",
    answer: "open",
    measure: "open",
    themes: "open",
    confidence: "open",
    author: "confidential",
    status: "open",
    day: "open"
  }
})

/** One thing that an insight rests on: numbers or words that are on the log, or a lesson of others. */
export const InsightEvidence = Schema.Struct({
  id: Id.annotateKey({ description: "The id." }),
  insight: Id.annotateKey({ description: "The id of the insight." }),
  microsystem: Id.annotateKey({ description: "The id of the microsystem whose insight it is." }),
  kind: Schema.Literals(["signal", "figure", "story", "note", "lesson"]).annotateKey({
    description: "What it is: a `signal`, a `figure` of a measure, a `story`, a coded `note`, or a `lesson`."
  }),
  reference: Id.annotateKey({
    description: "Its id; of a figure that of the measure. The id of a story or note is never published."
  }),
  unit: Schema.NullOr(Id).annotateKey({ description: "Of a figure: the id of the microsystem." }),
  period: Schema.NullOr(PlainDate).annotateKey({ description: "Of a figure: the first day of its period." }),
  day: PlainDate.annotateKey({ description: "The day on which it was linked." })
}).check(
  Schema.makeFilter(
    (row) => (row.kind === "figure") === (row.unit !== null) && (row.unit === null) === (row.period === null),
    { expected: "unit and period of a figure, and of nothing else" }
  )
)
export type InsightEvidence = typeof InsightEvidence.Type

/** The stream of evidence. */
export const insightEvidence = defineStream({
  name: "insight-evidence",
  domain: "learning",
  version: 1,
  title: "What insights rest on",
  schema: InsightEvidence,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "confidential",
    insight: "open",
    microsystem: "open",
    kind: "open",
    reference: "confidential",
    unit: "open",
    period: "open",
    day: "open"
  }
})
