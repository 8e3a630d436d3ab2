import { Decimal, defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Amount = Decimal(12, 2)
const cents = (amount: string): bigint => BigInt(amount.replace(".", ""))

/** Hours or money of a project: asked for, granted or used. A sum over people, never what one of them gave. */
export const ProjectResource = Schema.Struct({
  id: Id.annotateKey({ description: "The id." }),
  project: Id.annotateKey({ description: "The id of the project." }),
  kind: Schema.Literals(["hours", "money"]).annotateKey({
    description: "`hours`, or `money` in the currency of the organisation."
  }),
  stage: Schema.Literals(["asked", "granted", "used"]).annotateKey({
    description: "`asked`, `granted` or `used`."
  }),
  amount: Amount.annotateKey({ description: "How much." }),
  contributors: Count.annotateKey({
    description: "From how many people, or for money from how many budgets, it comes."
  }),
  largest: Amount.annotateKey({
    description: "The largest part of it that comes from one of them; 0.00 where there are none."
  }),
  second: Amount.annotateKey({ description: "The second largest; 0.00 where there is none." }),
  day: PlainDate.annotateKey({ description: "The day." })
}).check(
  Schema.makeFilter(
    ({ amount, largest, second }) =>
      ![amount, largest, second].some((one) => one.startsWith("-")) &&
      cents(largest) >= cents(second) &&
      cents(largest) + cents(second) <= cents(amount),
    { expected: "amounts of 0 or more, of which the two largest parts are no more than the whole" }
  )
)
export type ProjectResource = typeof ProjectResource.Type

/** The stream of resources. */
export const projectResources = defineStream({
  name: "project-resource",
  domain: "improvement",
  version: 1,
  title: "Hours and money of projects",
  schema: ProjectResource,
  key: ["id"],
  microsystem: null,
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    project: "open",
    kind: "open",
    stage: "open",
    amount: "confidential",
    contributors: "confidential",
    largest: "confidential",
    second: "confidential",
    day: "open"
  }
})

/** How many people of a role group in a unit have a skill of improvement. */
export const ImprovementSkill = Schema.Struct({
  microsystem: Id.annotateKey({ description: "The id of the microsystem." }),
  skill: Id.annotateKey({ description: "The skill, by the name that all units use: `measurement`." }),
  role: Id.annotateKey({ description: "The role group, as headcounts name it." }),
  people: Count.annotateKey({ description: "How many people have it." }),
  day: PlainDate.annotateKey({ description: "The day on which they were counted." })
})
export type ImprovementSkill = typeof ImprovementSkill.Type

/** The stream of skills of improvement. */
export const improvementSkills = defineStream({
  name: "improvement-skill",
  domain: "improvement",
  version: 1,
  title: "How many people have skills of improvement",
  schema: ImprovementSkill,
  key: ["microsystem", "skill", "role"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    microsystem: "open",
    skill: "open",
    role: "confidential",
    people: "confidential",
    day: "open"
  }
})

/** A threshold of the component improvement. */
export const ImprovementSetting = Schema.Struct({
  id: Id.annotateKey({ description: "What is set." }),
  value: Schema.NonEmptyString.annotateKey({ description: "To what." }),
  title: Schema.NonEmptyString.annotateKey({ description: "What it means." }),
  since: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type ImprovementSetting = typeof ImprovementSetting.Type

/** The stream of settings. */
export const improvementSettings = defineStream({
  name: "improvement-setting",
  domain: "improvement",
  version: 1,
  title: "Settings of improvement",
  schema: ImprovementSetting,
  key: ["id"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: { id: "open", value: "open", title: "open", since: "open" }
})
