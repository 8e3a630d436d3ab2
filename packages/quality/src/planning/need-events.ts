import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString
const only = (kind: string, field: string) => ({ expected: `${field} for ${kind}, and for nothing else` })

/** Something that people need, and where that is known from. */
export const Need = Schema.Struct({
  id: Id.annotateKey({
    description: "The id; where the need is also a node of the vision, the id of that node."
  }),
  title: Schema.NonEmptyString.annotateKey({
    description: "What is needed, in a sentence that names nobody."
  }),
  microsystem: Id.annotateKey({ description: "The id of the microsystem whose people need it." }),
  kind: Schema.Literals(["users-voice", "population", "strategy", "finding"]).annotateKey({
    description:
      "Where it is known from: `users-voice` (coded notes and stories), `population`, `strategy`, or a `finding` of assurance."
  }),
  theme: Schema.NullOr(Id).annotateKey({ description: "Of `users-voice`: the id of the theme." }),
  dimension: Schema.NullOr(Id).annotateKey({
    description: "Of `population`: by what people are counted, such as `deprivation`."
  }),
  group: Schema.NullOr(Id).annotateKey({ description: "Of `population`: the group, such as `quintile-1`." }),
  node: Schema.NullOr(Id).annotateKey({
    description: "Of `strategy`: the id of the node of the vision that asks for it."
  }),
  finding: Schema.NullOr(Id).annotateKey({ description: "Of `finding`: the id of the finding." }),
  status: Schema.Literals(["active", "retired"]).annotateKey({ description: "`active` or `retired`." }),
  day: PlainDate.annotateKey({ description: "The day from which this holds." })
}).check(
  Schema.makeFilter(
    (row) => (row.kind === "users-voice") === (row.theme !== null),
    only("users-voice", "theme")
  ),
  Schema.makeFilter(
    (row) =>
      (row.kind === "population") === (row.dimension !== null) &&
      (row.kind === "population") === (row.group !== null),
    only("population", "dimension and group")
  ),
  Schema.makeFilter((row) => (row.kind === "strategy") === (row.node !== null), only("strategy", "node")),
  Schema.makeFilter((row) => (row.kind === "finding") === (row.finding !== null), only("finding", "finding"))
)
export type Need = typeof Need.Type

/** The stream of needs. */
export const needs = defineStream({
  name: "need",
  domain: "planning",
  version: 1,
  title: "Needs, and where they are known from",
  schema: Need,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    title: "open",
    microsystem: "open",
    kind: "open",
    theme: "open",
    dimension: "open",
    group: "open",
    node: "open",
    finding: "open",
    status: "open",
    day: "open"
  }
})
