import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString
const Ids = Schema.Array(Id).check(Schema.isUnique())

/** Something that goes wrong, and the signals that it is seen by. */
export const Issue = Schema.Struct({
  id: Id.annotateKey({ description: "The id." }),
  title: Schema.NonEmptyString.annotateKey({
    description: "What goes wrong, in a sentence that names nobody."
  }),
  microsystem: Id.annotateKey({
    description: "The id of the microsystem where it goes wrong; with all units below it."
  }),
  measure: Schema.NullOr(Id).annotateKey({
    description: "The id of the measure that counts its cases; null: its burden is declared as a weight."
  }),
  needs: Ids.annotateKey({ description: "The ids of the needs that are not met because of it." }),
  signals: Ids.annotateKey({ description: "The ids of the signals that raised it." }),
  status: Schema.Literals(["open", "closed"]).annotateKey({ description: "`open` or `closed`." }),
  day: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type Issue = typeof Issue.Type

/** The stream of issues. */
export const issues = defineStream({
  name: "issue",
  domain: "planning",
  version: 1,
  title: "Issues",
  schema: Issue,
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
    signals: "open",
    status: "open",
    day: "open"
  }
})

/** Where a contributory factor lies, from the act outwards. */
export const FactorFrame = Schema.Literals([
  "active-failure",
  "situational",
  "local",
  "organisational",
  "external"
])
export type FactorFrame = typeof FactorFrame.Type

/** A contributory factor of an issue that no explanation of a signal has named. */
export const ContributoryFactor = Schema.Struct({
  issue: Id.annotateKey({ description: "The id of the issue." }),
  factor: Id.annotateKey({
    description: "The id of the factor; where it is an assignable cause of signals, the word for that cause."
  }),
  title: Schema.NonEmptyString.annotateKey({ description: "What it is, in a sentence that names nobody." }),
  frame: FactorFrame.annotateKey({
    description:
      "`active-failure` (an act not as it was meant), `situational` (who and what was there), `local` (the place of work), `organisational`, or `external`."
  }),
  day: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type ContributoryFactor = typeof ContributoryFactor.Type

/** The stream of contributory factors. */
export const contributoryFactors = defineStream({
  name: "contributory-factor",
  domain: "planning",
  version: 1,
  title: "Contributory factors that were found by looking",
  schema: ContributoryFactor,
  key: ["issue", "factor"],
  microsystem: null,
  occurredAt: "day",
  covers: "day",
  sensitivity: { issue: "open", factor: "open", title: "open", frame: "open", day: "open" }
})

/** One weight of the priority of an issue, and what it rests on. */
export const PriorityWeight = Schema.Struct({
  issue: Id.annotateKey({ description: "The id of the issue." }),
  factor: Schema.Literals(["burden", "preventability", "equity", "confidence", "effort"]).annotateKey({
    description:
      "`burden`: cases a year, where no measure counts them; `preventability`, `confidence`: shares, up to 1; `equity`: 1 is neutral; `effort`: in the unit of the capacity."
  }),
  value: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)).annotateKey({ description: "The weight." }),
  basis: Schema.Literals(["measured", "published", "agreed", "guessed"]).annotateKey({
    description: "What it rests on: `measured` here, `published` elsewhere, `agreed` by people, or `guessed`."
  }),
  day: PlainDate.annotateKey({ description: "The day from which this holds." })
}).check(
  Schema.makeFilter(
    (row) => !(row.factor === "preventability" || row.factor === "confidence") || row.value <= 1,
    { expected: "a share of at most 1 for preventability and confidence" }
  ),
  Schema.makeFilter((row) => !(row.factor === "effort" || row.factor === "equity") || row.value > 0, {
    expected: "effort and equity above 0"
  })
)
export type PriorityWeight = typeof PriorityWeight.Type

/** The stream of weights. */
export const priorityWeights = defineStream({
  name: "priority-weight",
  domain: "planning",
  version: 1,
  title: "The weights of priorities",
  schema: PriorityWeight,
  key: ["issue", "factor"],
  microsystem: null,
  occurredAt: "day",
  covers: "day",
  sensitivity: { issue: "open", factor: "open", value: "open", basis: "open", day: "open" }
})
