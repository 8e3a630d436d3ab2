import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString
const Project = Id.annotateKey({ description: "The id of the project." })
const Words = (what: string, most: number) =>
  Schema.NonEmptyString.check(
    Schema.isMaxLength(most, { expected: `at most ${most} characters` })
  ).annotateKey({ description: `${what}, in words that name nobody: everyone can read them.` })

/** The aim of a project: how much, by when, for whom. */
export const Aim = Schema.Struct({
  id: Id.annotateKey({ description: "The id." }),
  project: Project,
  microsystem: Id.annotateKey({ description: "The id of the microsystem whose figures tell." }),
  measure: Id.annotateKey({ description: "The id of the measure of outcome that tells." }),
  target: Schema.Finite.annotateKey({
    description: "How much: what is to be reached, in the unit of the measure."
  }),
  due: PlainDate.annotateKey({ description: "By when." }),
  forWhom: Words("For whom", 120),
  motivatedFrom: Schema.NullOr(PlainDate).annotateKey({
    description:
      "The first day of the figures that gave rise to the project: from there until the first change they are outside its baseline. Null: the runs of concern that were complete before the first change, and the signals named below."
  }),
  signals: Schema.Array(Id)
    .check(Schema.isUnique())
    .annotateKey({ description: "The ids of the signals that gave rise to it." }),
  day: PlainDate.annotateKey({
    description: "The day on which it was set; a project may set its aim anew, and the latest holds."
  })
}).check(
  Schema.makeFilter((row) => row.due >= row.day, { expected: "an aim that is not due before it is set" })
)
export type Aim = typeof Aim.Type

/** The stream of aims. */
export const aims = defineStream({
  name: "aim",
  domain: "improvement",
  version: 1,
  title: "Aims of projects: how much, by when, for whom",
  schema: Aim,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    project: "open",
    microsystem: "open",
    measure: "open",
    target: "open",
    due: "open",
    forWhom: "open",
    motivatedFrom: "open",
    signals: "open",
    day: "open"
  }
})

/** A driver of a project's aim: what has to be otherwise for the aim to be reached. */
export const Driver = Schema.Struct({
  id: Id.annotateKey({ description: "The id." }),
  project: Project,
  kind: Schema.Literals(["primary", "secondary"]).annotateKey({
    description: "`primary`: drives the aim; `secondary`: drives a primary driver."
  }),
  drives: Schema.NullOr(Id).annotateKey({
    description: "Of a secondary driver: the id of the primary one; else null."
  }),
  title: Words("What it is", 120),
  measure: Schema.NullOr(Id).annotateKey({
    description: "The id of the measure that tells how it stands; null: none yet."
  }),
  day: PlainDate.annotateKey({ description: "The day from which this holds." })
}).check(
  Schema.makeFilter((row) => (row.kind === "secondary") === (row.drives !== null), {
    expected: "a primary driver for a secondary one, and none for a primary one"
  })
)
export type Driver = typeof Driver.Type

/** The stream of drivers. */
export const drivers = defineStream({
  name: "driver",
  domain: "improvement",
  version: 1,
  title: "Primary and secondary drivers",
  schema: Driver,
  key: ["id"],
  microsystem: null,
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    project: "open",
    kind: "open",
    drives: "open",
    title: "open",
    measure: "open",
    day: "open"
  }
})

/** A change idea: what could be done about a driver. */
export const ChangeIdea = Schema.Struct({
  id: Id.annotateKey({ description: "The id." }),
  project: Project,
  driver: Id.annotateKey({ description: "The id of the driver that it works on." }),
  title: Words("What is done", 60),
  day: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type ChangeIdea = typeof ChangeIdea.Type

/** The stream of change ideas. */
export const changeIdeas = defineStream({
  name: "change-idea",
  domain: "improvement",
  version: 1,
  title: "Change ideas",
  schema: ChangeIdea,
  key: ["id"],
  microsystem: null,
  occurredAt: "day",
  covers: "day",
  sensitivity: { id: "open", project: "open", driver: "open", title: "open", day: "open" }
})

/** A measure of a project's family of measures, beside that of its aim. */
export const ProjectMeasure = Schema.Struct({
  project: Project,
  measure: Id.annotateKey({ description: "The id of the measure." }),
  role: Schema.Literals(["outcome", "process", "balancing"]).annotateKey({
    description:
      "`outcome`: whether people are better off; `process`: whether the work is done otherwise; `balancing`: whether harm is done elsewhere."
  }),
  day: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type ProjectMeasure = typeof ProjectMeasure.Type

/** The stream of measures of projects. */
export const projectMeasures = defineStream({
  name: "project-measure",
  domain: "improvement",
  version: 1,
  title: "Families of measures of projects",
  schema: ProjectMeasure,
  key: ["project", "measure"],
  microsystem: null,
  occurredAt: "day",
  covers: "day",
  sensitivity: { project: "open", measure: "open", role: "open", day: "open" }
})
