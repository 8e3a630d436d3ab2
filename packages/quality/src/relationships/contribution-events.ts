import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** Something that somebody brought: that they did, never what they said and never who they are. */
export const Contribution = Schema.Struct({
  id: Id.annotateKey({
    description: "A random token, made where it was brought; whoever brought it may keep it."
  }),
  microsystem: Id.annotateKey({ description: "The id of the unit that it comes from." }),
  role: Id.annotateKey({ description: "The role group that it comes from, as headcounts name it." }),
  kind: Schema.Literals(["idea", "concern", "thanks", "review"]).annotateKey({
    description: "`idea`, `concern`, `thanks`, or `review`: a look at somebody else's proposal."
  }),
  day: PlainDate.annotateKey({ description: "The day on which it was brought." }),
  owner: Id.annotateKey({ description: "The id of the unit that owes the answer." }),
  firstInQuarter: Schema.NullOr(Schema.Boolean).annotateKey({
    description:
      "Whether it is the first that its contributor brought in the calendar quarter, as the source has counted; null: nobody has. People can be counted by it, and nobody told apart."
  })
})
export type Contribution = typeof Contribution.Type

/** The stream of contributions. */
export const contributions = defineStream({
  name: "contribution",
  domain: "relationships",
  version: 1,
  title: "What people brought: ideas, concerns, thanks, reviews",
  schema: Contribution,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    microsystem: "open",
    role: "confidential",
    kind: "open",
    day: "confidential",
    owner: "open",
    firstInQuarter: "confidential"
  }
})

/** What became of a contribution. */
export const ContributionStep = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the step." }),
  contribution: Id.annotateKey({ description: "The token of the contribution." }),
  microsystem: Id.annotateKey({ description: "The id of the unit that the contribution comes from." }),
  kind: Schema.Literals(["acknowledged", "answered", "acted", "closed"]).annotateKey({
    description:
      "`acknowledged`: seen; `answered`: yes, no or partly; `acted`: done; `closed`: whoever brought it was told how it ended."
  }),
  answer: Schema.NullOr(Schema.Literals(["yes", "no", "partly"])).annotateKey({
    description: "Of `answered`: the answer; else null."
  }),
  reasoned: Schema.Boolean.annotateKey({
    description: "Of `answered`: whether a reason was given, which is kept with the words; else false."
  }),
  day: PlainDate.annotateKey({ description: "The day." })
}).check(
  Schema.makeFilter((row) => (row.kind === "answered") === (row.answer !== null), {
    expected: "an answer for answered, and for nothing else"
  }),
  Schema.makeFilter((row) => row.kind === "answered" || !row.reasoned, {
    expected: "a reason for answered only"
  })
)
export type ContributionStep = typeof ContributionStep.Type

/** The stream of steps. */
export const contributionSteps = defineStream({
  name: "contribution-step",
  domain: "relationships",
  version: 1,
  title: "What became of contributions",
  schema: ContributionStep,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    contribution: "open",
    microsystem: "open",
    kind: "open",
    answer: "open",
    reasoned: "open",
    day: "open"
  }
})

/** How many people of the organisation brought so many contributions in a quarter or year: counted where it is known who they are. */
export const ContributorCount = Schema.Struct({
  period: Schema.Literals(["quarter", "year"]).annotateKey({ description: "`quarter` or `year`." }),
  start: PlainDate.annotateKey({ description: "Its first day." }),
  contributions: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)).annotateKey({
    description: "So many contributions."
  }),
  people: Count.annotateKey({ description: "How many people brought exactly so many." })
}).check(
  Schema.makeFilter(
    ({ period, start }) => (period === "year" ? /-01-01$/ : /-(01|04|07|10)-01$/).test(start),
    { expected: "the first day of a quarter or year" }
  )
)
export type ContributorCount = typeof ContributorCount.Type

/** The stream of counts of contributors. */
export const contributorCounts = defineStream({
  name: "contributor-count",
  domain: "relationships",
  version: 1,
  title: "How many people brought how many contributions",
  schema: ContributorCount,
  key: ["period", "start", "contributions"],
  microsystem: null,
  occurredAt: "start",
  sensitivity: {
    period: "open",
    start: "open",
    contributions: "confidential",
    people: "confidential"
  }
})
