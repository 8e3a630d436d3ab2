import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString
const Ids = Schema.Array(Id).check(Schema.isUnique())

/** A goal: which measure of which unit is to reach what by when, and why. */
export const Goal = Schema.Struct({
  id: Id.annotateKey({
    description: "The id; where the goal is also a node of the vision, the id of that node."
  }),
  title: Schema.NonEmptyString.annotateKey({ description: "What it says, in a sentence that names nobody." }),
  microsystem: Id.annotateKey({ description: "The id of the microsystem whose goal it is." }),
  measure: Id.annotateKey({ description: "The id of the measure that tells whether it is reached." }),
  needs: Ids.annotateKey({ description: "The ids of the needs that it answers." }),
  issues: Ids.annotateKey({ description: "The ids of the issues that it takes up." }),
  insights: Ids.annotateKey({ description: "The ids of the insights that it rests on." }),
  override: Schema.NullOr(Id).annotateKey({
    description:
      "Who answers for a goal that rests on an insight of partial evidence: a name that stands for a person. Null: nobody."
  }),
  baselineFrom: Schema.NullOr(PlainDate).annotateKey({
    description: "The first day of its baseline; null: none was measured, and the goal is unsupported."
  }),
  baselineUntil: Schema.NullOr(PlainDate).annotateKey({ description: "The last day of its baseline." }),
  target: Schema.Finite.annotateKey({ description: "What is to be reached, in the unit of the measure." }),
  due: PlainDate.annotateKey({ description: "The day by which." }),
  status: Schema.Literals(["active", "retired"]).annotateKey({ description: "`active` or `retired`." }),
  day: PlainDate.annotateKey({
    description: "The day from which this holds; of a retired goal, the day of its retirement."
  })
}).check(
  Schema.makeFilter((row) => (row.baselineFrom === null) === (row.baselineUntil === null), {
    expected: "both ends of a baseline, or neither"
  }),
  Schema.makeFilter(
    (row) => row.baselineFrom === null || row.baselineUntil === null || row.baselineFrom <= row.baselineUntil,
    { expected: "a baseline that does not end before it begins" }
  )
)
export type Goal = typeof Goal.Type

/** The stream of goals. */
export const goals = defineStream({
  name: "goal",
  domain: "planning",
  version: 1,
  title: "Goals",
  schema: Goal,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    title: "open",
    microsystem: "open",
    measure: "open",
    needs: "open",
    issues: "open",
    insights: "open",
    override: "confidential",
    baselineFrom: "open",
    baselineUntil: "open",
    target: "open",
    due: "open",
    status: "open",
    day: "open"
  }
})
