import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString
const Share = Schema.NullOr(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0), Schema.isLessThan(1)))

/** Something that could be done about an issue. */
export const Intervention = Schema.Struct({
  id: Id.annotateKey({ description: "The id." }),
  title: Schema.NonEmptyString.annotateKey({
    description: "What is to be done, in a sentence that names nobody."
  }),
  issue: Id.annotateKey({ description: "The id of the issue." }),
  factors: Schema.Array(Id)
    .check(Schema.isUnique())
    .annotateKey({ description: "The contributory factors of the issue that it acts on; empty: none." }),
  actionClass: Schema.Literals(["strong", "intermediate", "weak"]).annotateKey({
    description:
      "How far it rests on people remembering. `strong`: the work is made so that it cannot go wrong; `weak`: told, trained, reminded."
  }),
  actionAim: Schema.Literals(["process", "person"]).annotateKey({ description: "What it is aimed at." }),
  effect: Share.annotateKey({
    description: "The share of the burden that it is expected to take away, below 1; null: nobody has said."
  }),
  effectLow: Share.annotateKey({ description: "The lower end of the 95 % interval of that share." }),
  effectHigh: Share.annotateKey({ description: "The upper end." }),
  day: PlainDate.annotateKey({ description: "The day from which this holds." })
}).check(
  Schema.makeFilter(
    (row) =>
      (row.effect === null) === (row.effectLow === null) &&
      (row.effect === null) === (row.effectHigh === null),
    { expected: "an effect with both ends of its interval, or none of the three" }
  ),
  Schema.makeFilter(
    (row) =>
      row.effect === null ||
      row.effectLow === null ||
      row.effectHigh === null ||
      (row.effectLow <= row.effect && row.effect <= row.effectHigh),
    { expected: "an effect within its interval" }
  )
)
export type Intervention = typeof Intervention.Type

/** The stream of interventions. */
export const interventions = defineStream({
  name: "intervention",
  domain: "planning",
  version: 1,
  title: "What could be done about issues",
  schema: Intervention,
  key: ["id"],
  microsystem: null,
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    title: "open",
    issue: "open",
    factors: "open",
    actionClass: "open",
    actionAim: "open",
    effect: "open",
    effectLow: "open",
    effectHigh: "open",
    day: "open"
  }
})
