import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString

/** What a unit learnt and offers to others. */
export const Lesson = Schema.Struct({
  id: Id.annotateKey({ description: "The id." }),
  title: Schema.NonEmptyString.annotateKey({ description: "What it says, in a sentence that names nobody." }),
  microsystem: Id.annotateKey({ description: "The id of the microsystem that learnt it." }),
  insights: Schema.Array(Id)
    .check(Schema.isUnique())
    .annotateKey({ description: "The ids of the insights that it rests on." }),
  project: Schema.NullOr(Id).annotateKey({
    description: "The id of the improvement project that it comes from; null: none."
  }),
  worked: Schema.NullOr(Schema.Boolean).annotateKey({
    description: "Whether what was tried helped; null: nothing was tried. What failed is a lesson, too."
  }),
  status: Schema.Literals(["shared", "withdrawn"]).annotateKey({ description: "`shared` or `withdrawn`." }),
  day: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type Lesson = typeof Lesson.Type

/** The stream of lessons. */
export const lessons = defineStream({
  name: "lesson",
  domain: "learning",
  version: 1,
  title: "Lessons",
  schema: Lesson,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    title: "open",
    microsystem: "open",
    insights: "open",
    project: "open",
    worked: "open",
    status: "open",
    day: "open"
  }
})

/** That a unit used a lesson of another. */
export const Reuse = Schema.Struct({
  id: Id.annotateKey({ description: "The id." }),
  lesson: Id.annotateKey({ description: "The id of the lesson." }),
  microsystem: Id.annotateKey({ description: "The id of the microsystem that uses it." }),
  changed: Schema.Boolean.annotateKey({ description: "Whether it was changed to fit the place." }),
  project: Schema.NullOr(Id).annotateKey({
    description: "The id of the unit's own improvement project that shows the result; null: none yet."
  }),
  day: PlainDate.annotateKey({ description: "The day on which it was first used." })
})
export type Reuse = typeof Reuse.Type

/** The stream of reuses. */
export const reuses = defineStream({
  name: "reuse",
  domain: "learning",
  version: 1,
  title: "Lessons that others used",
  schema: Reuse,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    lesson: "open",
    microsystem: "open",
    changed: "open",
    project: "open",
    day: "open"
  }
})
