import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString

/** What a team makes of one thing that moved around a signal of its own. */
export const Interpretation = Schema.Struct({
  signal: Id.annotateKey({ description: "The id of the signal." }),
  microsystem: Id.annotateKey({ description: "The id of the microsystem that the signal is about." }),
  kind: Schema.Literals(["measure", "staffing", "theme", "culture", "mark", "project"]).annotateKey({
    description: "The kind of the thing, as `learning.around` has it."
  }),
  subject: Id.annotateKey({ description: "Its id, as `learning.around` has it." }),
  unit: Id.annotateKey({ description: "The id of the microsystem in which it moved." }),
  reading: Schema.Literals(["related", "unrelated", "cannot-tell"]).annotateKey({
    description: "Whether the team takes it to have to do with the signal."
  }),
  note: Schema.NullOr(Id).annotateKey({
    description: "The id of the note that holds the words; null: none."
  }),
  day: PlainDate.annotateKey({ description: "The day on which the team said so." })
})
export type Interpretation = typeof Interpretation.Type

/** The stream of interpretations. */
export const interpretations = defineStream({
  name: "interpretation",
  domain: "learning",
  version: 1,
  title: "What teams make of what moved around their signals",
  schema: Interpretation,
  key: ["signal", "kind", "subject", "unit"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    signal: "open",
    microsystem: "open",
    kind: "open",
    subject: "open",
    unit: "open",
    reading: "open",
    note: "confidential",
    day: "open"
  }
})

/** To which family a measure belongs: measures that tell of the same problem. */
export const MeasureFamily = Schema.Struct({
  measure: Id.annotateKey({ description: "The id of the measure." }),
  family: Id.annotateKey({
    description:
      "The family, by one word for all of its measures; `staffing`: how many people are there to do the work."
  }),
  since: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type MeasureFamily = typeof MeasureFamily.Type

/** The stream of families of measures. */
export const measureFamilies = defineStream({
  name: "measure-family",
  domain: "learning",
  version: 1,
  title: "Families of measures",
  schema: MeasureFamily,
  key: ["measure"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: { measure: "open", family: "open", since: "open" }
})

/** A setting of this component, said on the log so that every figure can be traced to it. */
export const LearningSetting = Schema.Struct({
  id: Id.annotateKey({ description: "What is set." }),
  value: Schema.Finite.annotateKey({ description: "To what." }),
  title: Schema.NonEmptyString.annotateKey({ description: "What it means." }),
  since: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type LearningSetting = typeof LearningSetting.Type

/** The stream of settings. */
export const learningSettings = defineStream({
  name: "learning-setting",
  domain: "learning",
  version: 1,
  title: "Settings of the learning system",
  schema: LearningSetting,
  key: ["id"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: { id: "open", value: "open", title: "open", since: "open" }
})
