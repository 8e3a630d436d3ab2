import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Level = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4 }))

/** A skill that shifts need. */
export const Skill = Schema.Struct({
  id: Id.annotateKey({ description: "The id." }),
  title: Schema.NonEmptyString.annotateKey({ description: "What it is." }),
  able: Level.annotateKey({ description: "The level from which on somebody is able: 0 to 4." }),
  needed: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)).annotateKey({
    description: "How many able people cover a shift."
  }),
  since: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type Skill = typeof Skill.Type

/** The stream of skills. */
export const skills = defineStream({
  name: "skill",
  domain: "relationships",
  version: 1,
  title: "Skills that shifts need",
  schema: Skill,
  key: ["id"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: { id: "open", title: "open", able: "open", needed: "open", since: "open" }
})

/** How many people of a unit and shift pattern have a skill at a level: never who. */
export const SkillLevel = Schema.Struct({
  microsystem: Id.annotateKey({ description: "The id of the unit." }),
  skill: Id.annotateKey({ description: "The id of the skill." }),
  shift: Id.annotateKey({ description: "The shift pattern: `night`, `weekend`." }),
  day: PlainDate.annotateKey({ description: "The day on which it was counted." }),
  level: Level.annotateKey({
    description:
      "0: none; 1: knows of it; 2: does it with help; 3: does it alone; 4: teaches it, or as the house says."
  }),
  people: Count.annotateKey({ description: "How many people have it at this level." }),
  evidenced: Count.annotateKey({
    description: "Of these, those with evidence that was in date on the day. Only they count as able."
  })
}).check(
  Schema.makeFilter((row) => row.evidenced <= row.people, { expected: "evidenced no more than people" })
)
export type SkillLevel = typeof SkillLevel.Type

/** The stream of skill levels. */
export const skillLevels = defineStream({
  name: "skill-level",
  domain: "relationships",
  version: 1,
  title: "Skill levels, counted by unit and shift pattern",
  schema: SkillLevel,
  key: ["microsystem", "skill", "shift", "day", "level"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    microsystem: "open",
    skill: "open",
    shift: "open",
    day: "open",
    level: "open",
    people: "confidential",
    evidenced: "confidential"
  }
})

/** That the holder of a role has confirmed, on a day, what quality means in it. The words are kept elsewhere. */
export const RoleStatement = Schema.Struct({
  id: Id.annotateKey({ description: "A random token that stands for the statement." }),
  microsystem: Id.annotateKey({ description: "The id of the unit." }),
  role: Id.annotateKey({ description: "The role group, as headcounts name it." }),
  confirmed: PlainDate.annotateKey({
    description: "The day on which its holder wrote or confirmed it; each confirmation is a row."
  })
})
export type RoleStatement = typeof RoleStatement.Type

/** The stream of role statements. */
export const roleStatements = defineStream({
  name: "role-statement",
  domain: "relationships",
  version: 1,
  title: "What quality means in my role: when it was confirmed",
  schema: RoleStatement,
  key: ["id", "confirmed"],
  microsystem: "microsystem",
  occurredAt: "confirmed",
  covers: "day",
  sensitivity: { id: "open", microsystem: "open", role: "confidential", confirmed: "confidential" }
})

/** A step of a process, and the role groups that take it. */
export const ProcessStep = Schema.Struct({
  process: Id.annotateKey({ description: "The id of the process." }),
  step: Id.annotateKey({ description: "The id of the step, unlike that of any other of the process." }),
  position: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)).annotateKey({
    description: "Its place in the process, from 1 on."
  }),
  title: Schema.NonEmptyString.annotateKey({ description: "What is done." }),
  roles: Schema.Array(Id)
    .check(Schema.isMinLength(1), Schema.isUnique())
    .annotateKey({ description: "The role groups that take part, as headcounts name them." }),
  since: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type ProcessStep = typeof ProcessStep.Type

/** The stream of steps of processes. */
export const processSteps = defineStream({
  name: "process-step",
  domain: "relationships",
  version: 1,
  title: "Processes: steps and the role groups that take them",
  schema: ProcessStep,
  key: ["process", "step"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: {
    process: "open",
    step: "open",
    position: "open",
    title: "open",
    roles: "open",
    since: "open"
  }
})

/** A setting of this component, said on the log so that every figure can be traced to it. */
export const RelationshipsSetting = Schema.Struct({
  id: Id.annotateKey({ description: "What is set." }),
  value: Schema.NonEmptyString.annotateKey({ description: "To what." }),
  title: Schema.NonEmptyString.annotateKey({ description: "What it means." }),
  since: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type RelationshipsSetting = typeof RelationshipsSetting.Type

/** The stream of settings. */
export const relationshipsSettings = defineStream({
  name: "relationships-setting",
  domain: "relationships",
  version: 1,
  title: "Settings of relationships",
  schema: RelationshipsSetting,
  key: ["id"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: { id: "open", value: "open", title: "open", since: "open" }
})
