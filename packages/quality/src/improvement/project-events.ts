import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString

/** An improvement project. */
export const Project = Schema.Struct({
  id: Id.annotateKey({ description: "The id." }),
  title: Schema.NonEmptyString.annotateKey({ description: "What it says, in a sentence that names nobody." }),
  microsystem: Id.annotateKey({ description: "The id of the microsystem that leads it." }),
  goal: Schema.NullOr(Id).annotateKey({ description: "The id of the goal that it works for; null: none." }),
  intervention: Schema.NullOr(Id).annotateKey({
    description: "The way in which it is done, by the name that other units use for it; null: not said."
  }),
  lesson: Schema.NullOr(Id).annotateKey({
    description: "The id of the lesson of others that it began from; null: none."
  }),
  started: PlainDate.annotateKey({ description: "The day on which it began." }),
  ended: Schema.NullOr(PlainDate).annotateKey({ description: "The day on which it ended; null: it goes on." })
}).check(
  Schema.makeFilter((row) => row.ended === null || row.ended >= row.started, {
    expected: "a project that does not end before it begins"
  })
)
export type Project = typeof Project.Type

/** The stream of projects. */
export const projects = defineStream({
  name: "project",
  domain: "improvement",
  version: 1,
  title: "Improvement projects",
  schema: Project,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "started",
  covers: "day",
  sensitivity: {
    id: "open",
    title: "open",
    microsystem: "open",
    goal: "open",
    intervention: "open",
    lesson: "open",
    started: "open",
    ended: "open"
  }
})
