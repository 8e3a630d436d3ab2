import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString
const Unit = Id.annotateKey({ description: "The id of the microsystem." })
const Since = PlainDate.annotateKey({ description: "The day from which this holds." })
const Percent = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 }))

/** The parts of a standard: what we are for, what we do, what comes of it. */
export const StandardPart = Schema.Literals(["direction", "execution", "impact"])

/** What a criterion looks at: the first four in Direction and Execution, the others in Impact. */
export const CriterionAttribute = Schema.Literals([
  "reasoned",
  "carried-out",
  "checked",
  "improved",
  "relevant",
  "steady",
  "on-target",
  "compared"
])

/** A set of criteria, and whose words they are. */
export const Standard = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the standard." }),
  title: Schema.NonEmptyString.annotateKey({ description: "Its name for people." }),
  edition: Schema.NonEmptyString.annotateKey({ description: "Which edition of it: `2026`." }),
  source: Schema.NonEmptyString.annotateKey({ description: "Who wrote it." }),
  sourceLicence: Schema.NonEmptyString.annotateKey({
    description: "Under which licence its words may be used here."
  }),
  since: Since
})
export type Standard = typeof Standard.Type

/** The stream of standards. */
export const standards = defineStream({
  name: "standard",
  domain: "assurance",
  version: 1,
  title: "Standards that the service is held to",
  schema: Standard,
  key: ["id"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: {
    id: "open",
    title: "open",
    edition: "open",
    source: "open",
    sourceLicence: "open",
    since: "open"
  }
})

/** One thing that a standard asks for. */
export const Criterion = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the criterion, unlike that of any other standard's." }),
  standard: Id.annotateKey({ description: "The id of its standard." }),
  title: Schema.NonEmptyString.annotateKey({ description: "What it asks for, in a sentence." }),
  part: StandardPart.annotateKey({ description: "`direction`, `execution` or `impact`." }),
  attribute: CriterionAttribute.annotateKey({ description: "What it looks at." }),
  weight: Schema.Finite.check(Schema.isGreaterThan(0)).annotateKey({
    description: "Its weight beside the others of its part; only the proportion counts."
  }),
  askedOf: Schema.Literals(["units", "organisation"]).annotateKey({
    description: "Of every ward and team (`units`), or of every root of the tree of units (`organisation`)."
  }),
  draws: Schema.Array(
    Schema.String.check(
      Schema.isPattern(/^(measure:[a-z][a-z0-9-]*|[a-z_]+\.[a-z_]+)$/, {
        expected: "measure:<id>, or a relation of a component as schema.name"
      })
    )
  ).annotateKey({
    description:
      "What it draws evidence from by itself: `measure:<id>`, or a relation: `control.embedded_control`."
  }),
  since: Since
})
export type Criterion = typeof Criterion.Type

/** The stream of criteria. */
export const criteria = defineStream({
  name: "criterion",
  domain: "assurance",
  version: 1,
  title: "The criteria of standards",
  schema: Criterion,
  key: ["id"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: {
    id: "open",
    standard: "open",
    title: "open",
    part: "open",
    attribute: "open",
    weight: "open",
    askedOf: "open",
    draws: "open",
    since: "open"
  }
})

/** How many points a part of a standard has. */
export const ScoreWeight = Schema.Struct({
  standard: Id.annotateKey({ description: "The id of the standard." }),
  part: StandardPart.annotateKey({ description: "The part." }),
  points: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)).annotateKey({
    description: "Its points. Those of a standard add up to 1000, or to 1; otherwise no score is given."
  }),
  since: Since
})
export type ScoreWeight = typeof ScoreWeight.Type

/** The stream of weights. */
export const scoreWeights = defineStream({
  name: "score-weight",
  domain: "assurance",
  version: 1,
  title: "The points of each part of a standard",
  schema: ScoreWeight,
  key: ["standard", "part"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: { standard: "open", part: "open", points: "open", since: "open" }
})

/** Something that shows that a criterion is met, and the last day on which it still shows it. */
export const Evidence = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the evidence." }),
  criterion: Id.annotateKey({ description: "The id of the criterion." }),
  microsystem: Unit,
  kind: Schema.Literals(["live-measure", "document", "observation"]).annotateKey({
    description: "`live-measure`, `document` or `observation` (somebody went and looked)."
  }),
  title: Schema.NonEmptyString.annotateKey({
    description: "What it is, and where it can be read. No person."
  }),
  validFrom: PlainDate.annotateKey({ description: "The first day on which it counts." }),
  validUntil: PlainDate.annotateKey({
    description: "The last day on which it counts. There is no evidence for ever."
  })
}).check(
  Schema.makeFilter((row) => row.validUntil >= row.validFrom, {
    expected: "evidence that does not end before it begins"
  })
)
export type Evidence = typeof Evidence.Type

/** The stream of evidence. */
export const evidence = defineStream({
  name: "evidence",
  domain: "assurance",
  version: 1,
  title: "Evidence for criteria, each with its last day",
  schema: Evidence,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "validFrom",
  covers: "day",
  sensitivity: {
    id: "open",
    criterion: "open",
    microsystem: "open",
    kind: "open",
    title: "open",
    validFrom: "open",
    validUntil: "open"
  }
})

/** A judgement of how far a criterion is met, by the own house or by somebody from outside. */
export const Assessment = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the assessment." }),
  criterion: Id.annotateKey({ description: "The id of the criterion." }),
  microsystem: Unit,
  kind: Schema.Literals(["self", "external"]).annotateKey({ description: "`self` or `external`." }),
  score: Percent.annotateKey({ description: "How far it is met, 0 to 100." }),
  level: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4 })).annotateKey({
    description: "The same on a scale from 1 (lowest) to 4, for the agreement of both kinds."
  }),
  assessor: Schema.NonEmptyString.annotateKey({ description: "The organisation that judged; no person." }),
  day: PlainDate.annotateKey({ description: "The day of the judgement." })
})
export type Assessment = typeof Assessment.Type

/** The stream of assessments. */
export const assessments = defineStream({
  name: "assessment",
  domain: "assurance",
  version: 1,
  title: "Assessments against criteria, by ourselves and by others",
  schema: Assessment,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    criterion: "open",
    microsystem: "open",
    kind: "open",
    score: "open",
    level: "open",
    assessor: "open",
    day: "open"
  }
})

/** What somebody found wanting. */
export const Finding = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the finding." }),
  standard: Id.annotateKey({ description: "The id of the standard." }),
  criterion: Schema.NullOr(Id).annotateKey({
    description: "The id of the criterion; null: none in particular."
  }),
  microsystem: Unit,
  kind: Schema.Literals(["requirement", "recommendation"]).annotateKey({
    description: "`requirement` (it must be met) or `recommendation`."
  }),
  title: Schema.NonEmptyString.annotateKey({ description: "What was found, in a sentence. No person." }),
  day: PlainDate.annotateKey({ description: "The day of the finding." }),
  due: Schema.NullOr(PlainDate).annotateKey({
    description: "The last day to answer it; null: none was set."
  })
})
export type Finding = typeof Finding.Type

/** The stream of findings. */
export const findings = defineStream({
  name: "finding",
  domain: "assurance",
  version: 1,
  title: "Requirements and recommendations",
  schema: Finding,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    standard: "open",
    criterion: "open",
    microsystem: "open",
    kind: "open",
    title: "open",
    day: "open",
    due: "open"
  }
})

/** The kinds of action, strong ones first; `assurance.action_strength` says how strong each is. */
export const ActionKind = Schema.Literals([
  "redesign-place",
  "remove-hazard",
  "forcing-function",
  "simplify-process",
  "standardise-equipment",
  "leaders-take-part",
  "staffing",
  "second-safeguard",
  "software-aid",
  "checklist",
  "fewer-distractions",
  "simulation",
  "double-check",
  "warning",
  "policy",
  "retrain",
  "remind"
])

/** What is done about a finding. */
export const FindingAction = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the action." }),
  finding: Id.annotateKey({ description: "The id of the finding." }),
  title: Schema.NonEmptyString.annotateKey({ description: "What is to be done, in a sentence. No person." }),
  kind: ActionKind.annotateKey({ description: "What kind of action; its strength follows from it." }),
  aim: Schema.Literals(["process", "person"]).annotateKey({
    description: "Whether it is to change the `process` or a `person`."
  }),
  agreed: PlainDate.annotateKey({ description: "The day on which it was agreed." }),
  due: PlainDate.annotateKey({ description: "The last day to do it." }),
  done: Schema.NullOr(PlainDate).annotateKey({ description: "The day on which it was done; null: not yet." })
})
export type FindingAction = typeof FindingAction.Type

/** The stream of actions. */
export const findingActions = defineStream({
  name: "finding-action",
  domain: "assurance",
  version: 1,
  title: "What is done about findings",
  schema: FindingAction,
  key: ["id"],
  microsystem: null,
  occurredAt: "agreed",
  covers: "day",
  sensitivity: {
    id: "open",
    finding: "open",
    title: "open",
    kind: "open",
    aim: "open",
    agreed: "open",
    due: "open",
    done: "open"
  }
})

/** Something that was said in public, and the figure it rests on. */
export const Claim = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the claim." }),
  statement: Schema.NonEmptyString.annotateKey({ description: "What was said, word for word." }),
  standard: Schema.NullOr(Id).annotateKey({ description: "The standard that it speaks to; null: none." }),
  criterion: Schema.NullOr(Id).annotateKey({ description: "The criterion that it speaks to; null: none." }),
  measure: Id.annotateKey({ description: "The id of the measure that it rests on." }),
  microsystem: Unit,
  stratum: Schema.NullOr(Schema.NonEmptyString).annotateKey({
    description: "The breakdown, such as `sex=F`; null: the whole."
  }),
  period: PlainDate.annotateKey({ description: "The first day of the period of the figure." }),
  stated: Schema.Finite.annotateKey({
    description: "The figure as stated, in the unit of the measure's value: 0.87 for 87 %."
  }),
  decimals: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 })).annotateKey({
    description: "To how many decimals of that unit it was rounded: 2 for 0.87."
  }),
  day: PlainDate.annotateKey({ description: "The day on which it was said." })
})
export type Claim = typeof Claim.Type

/** The stream of claims. */
export const claims = defineStream({
  name: "claim",
  domain: "assurance",
  version: 1,
  title: "Published statements, and the figures they rest on",
  schema: Claim,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    statement: "open",
    standard: "open",
    criterion: "open",
    measure: "open",
    microsystem: "open",
    stratum: "open",
    period: "open",
    stated: "open",
    decimals: "open",
    day: "open"
  }
})
