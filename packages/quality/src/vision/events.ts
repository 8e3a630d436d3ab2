import { Decimal, defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"
import { visionKinds } from "./kind.ts"

const Id = Schema.NonEmptyString
const Version = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))
const only = (kind: string, fields: string) => ({ expected: `${fields} for ${kind}, and for nothing else` })

/** A node of the graph: a purpose, a vision, an aim, a goal, a measure, a piece of work, or a need. */
export const VisionNode = Schema.Struct({
  id: Id.annotateKey({ description: "The id, unlike that of any other node." }),
  kind: Schema.Literals(visionKinds).annotateKey({
    description: "`purpose`, `vision`, `aim`, `goal`, `measure`, `work` or `need`."
  }),
  title: Schema.NonEmptyString.annotateKey({ description: "What it says, in a sentence that names nobody." }),
  owner: Schema.NullOr(Id).annotateKey({
    description: "The id of the microsystem whose it is; null: nobody's yet."
  }),
  since: Version.annotateKey({
    description: "The number of the version of the vision from which it is part of the graph."
  }),
  status: Schema.Literals(["active", "retired"]).annotateKey({ description: "`active` or `retired`." }),
  day: PlainDate.annotateKey({
    description: "The day from which this holds; of a retired node, the day of its retirement."
  }),
  measure: Schema.NullOr(Id).annotateKey({
    description: "Of a measure: its id among the project's measures, which say its kind and have its figures."
  }),
  hours: Schema.NullOr(Decimal(12, 2)).annotateKey({
    description:
      "Of work: the effort that is planned for it, in hours: an estimate of the work, never a record of anybody's time. Null: not known."
  }),
  started: Schema.NullOr(PlainDate).annotateKey({
    description: "Of work: the day on which it began; null: not known."
  }),
  intervention: Schema.NullOr(Id).annotateKey({
    description:
      "Of work: how it is done, in a few words that other units use for the same way; null: not said."
  }),
  presenting: Schema.NullOr(Schema.NonEmptyString).annotateKey({
    description: "Of a need: what people come with, in words that name nobody."
  }),
  underlying: Schema.NullOr(Schema.NonEmptyString).annotateKey({
    description: "Of a need: what lies beneath, in words that name nobody; null: not known yet."
  })
}).check(
  Schema.makeFilter((row) => (row.kind === "measure") === (row.measure !== null), only("measure", "measure")),
  Schema.makeFilter(
    (row) => row.kind === "work" || (row.hours === null && row.started === null && row.intervention === null),
    { expected: "hours, started and intervention for work only" }
  ),
  Schema.makeFilter((row) => row.hours === null || !row.hours.startsWith("-"), {
    expected: "hours of 0 or more"
  }),
  Schema.makeFilter((row) => (row.kind === "need") === (row.presenting !== null), only("need", "presenting")),
  Schema.makeFilter((row) => row.kind === "need" || row.underlying === null, {
    expected: "underlying for need only"
  })
)
export type VisionNode = typeof VisionNode.Type

/** The stream of nodes. */
export const visionNodes = defineStream({
  name: "vision-node",
  domain: "vision",
  version: 1,
  title: "What the service is for, and what is done for it",
  schema: VisionNode,
  key: ["id"],
  microsystem: null,
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    kind: "open",
    title: "open",
    owner: "open",
    since: "open",
    status: "open",
    day: "open",
    measure: "open",
    hours: "confidential",
    started: "open",
    intervention: "open",
    presenting: "open",
    underlying: "open"
  }
})

/** That one node serves another. */
export const VisionLink = Schema.Struct({
  node: Id.annotateKey({ description: "The id of the node that serves." }),
  serves: Id.annotateKey({ description: "The id of the node that it serves." }),
  relation: Schema.Literals(["strong", "weak"]).annotateKey({
    description: "How much the one does for the other."
  }),
  answers: Schema.NullOr(Schema.Literals(["presenting", "underlying", "both"])).annotateKey({
    description:
      "Of a link to a need: which part of it is answered. Null: not said, which counts as the presenting part."
  }),
  since: Version.annotateKey({
    description: "The number of the version of the vision from which the link is part of the graph."
  }),
  day: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type VisionLink = typeof VisionLink.Type

/** The stream of links. */
export const visionLinks = defineStream({
  name: "vision-link",
  domain: "vision",
  version: 1,
  title: "What serves what",
  schema: VisionLink,
  key: ["node", "serves"],
  microsystem: null,
  occurredAt: "day",
  covers: "day",
  sensitivity: { node: "open", serves: "open", relation: "open", answers: "open", since: "open", day: "open" }
})

/** A version of the vision, published on a day. */
export const VisionVersion = Schema.Struct({
  number: Version.annotateKey({ description: "The number, from 1 on." }),
  day: PlainDate.annotateKey({
    description: "The day on which it is published; a day to come shows what it would strand."
  }),
  drops: Schema.Array(Id)
    .check(Schema.isUnique())
    .annotateKey({ description: "The ids of the nodes that are no longer part of the graph from it on." }),
  holds: Schema.Array(Id).check(Schema.isUnique()).annotateKey({
    description:
      "The ids of nodes dropped before that are part of the graph again. All others stay as they were."
  })
}).check(
  Schema.makeFilter((row) => !row.holds.some((id) => row.drops.includes(id)), {
    expected: "no id in both drops and holds"
  })
)
export type VisionVersion = typeof VisionVersion.Type

/** The stream of versions. */
export const visionVersions = defineStream({
  name: "vision-version",
  domain: "vision",
  version: 1,
  title: "Versions of the vision",
  schema: VisionVersion,
  key: ["number"],
  microsystem: null,
  occurredAt: "day",
  covers: "day",
  sensitivity: { number: "open", day: "open", drops: "open", holds: "open" }
})
