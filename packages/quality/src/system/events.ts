import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const since = PlainDate.annotateKey({ description: "The day from which this holds." })
const indicatorId = Schema.NonEmptyString.annotateKey({ description: "The id of the indicator." })
const compositeId = Schema.NonEmptyString.annotateKey({ description: "The id of the composite." })
const part = Schema.NonEmptyString.annotateKey({
  description: "A part of the composite, such as safety: the plain mean of its indicators."
})

/** How unit figures are compared; see the README of this component. */
export const IndicatorScale = Schema.Literals(["auto", "share", "rate", "observed-expected", "value"])

/** A measure that is rolled up from units to the units above them. */
export const Indicator = Schema.Struct({
  id: indicatorId,
  measure: Schema.NonEmptyString.annotateKey({ description: "The id of its measure." }),
  title: Schema.NullOr(Schema.NonEmptyString).annotateKey({
    description: "The name for people; null: that of the measure."
  }),
  standard: Schema.NullOr(Schema.NonEmptyString).annotateKey({
    description: "The standard, or group of an assurance report, that it belongs to; null for none."
  }),
  balancing: Schema.Array(Schema.NonEmptyString).annotateKey({
    description: "The ids of measures that would show the harm of improving this one alone."
  }),
  scale: IndicatorScale.annotateKey({
    description:
      "How units vary by chance: `share` (binomial), `rate` (events over exposure, Poisson), `observed-expected`, `value` (from the ups and downs of each unit), or `auto`: by the measure's chart."
  }),
  periods: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 400 })).annotateKey({
    description: "How many complete periods are pooled where units are compared."
  }),
  since
})
export type Indicator = typeof Indicator.Type

/** The stream of indicators: the latest row of an id holds. */
export const indicators = defineStream({
  name: "indicator",
  domain: "whole-system",
  version: 1,
  title: "Measures that are rolled up",
  schema: Indicator,
  key: ["id"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: {
    id: "open",
    measure: "open",
    title: "open",
    standard: "open",
    balancing: "open",
    scale: "open",
    periods: "open",
    since: "open"
  }
})

/** A breakdown in which an indicator's gap is looked for. */
export const EquityStratum = Schema.Struct({
  indicator: indicatorId,
  dimension: Schema.NonEmptyString.annotateKey({
    description: "The name of the breakdown, as the measure's strata have it: deprivation."
  }),
  groups: Schema.Array(Schema.NonEmptyString).annotateKey({
    description: "The names of its groups; where they are ordered, the most disadvantaged first."
  }),
  ordered: Schema.Boolean.annotateKey({
    description:
      "Whether the groups have an order, as deciles of deprivation have: five or more get a slope index."
  }),
  reference: Schema.NullOr(Schema.NonEmptyString).annotateKey({
    description: "The group that the others are compared with; null: the last one."
  }),
  since
})
export type EquityStratum = typeof EquityStratum.Type

/** The stream of breakdowns for equity. */
export const equityStrata = defineStream({
  name: "equity-stratum",
  domain: "whole-system",
  version: 1,
  title: "Breakdowns in which gaps are looked for",
  schema: EquityStratum,
  key: ["indicator", "dimension"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: {
    indicator: "open",
    dimension: "open",
    groups: "open",
    ordered: "open",
    reference: "open",
    since: "open"
  }
})

/** One figure made of several indicators. */
export const Composite = Schema.Struct({
  id: compositeId,
  title: Schema.NonEmptyString.annotateKey({ description: "The name for people." }),
  leastParts: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)).annotateKey({
    description: "A unit with figures in fewer parts has no score."
  }),
  since
})
export type Composite = typeof Composite.Type

/** The stream of composites. */
export const composites = defineStream({
  name: "composite",
  domain: "whole-system",
  version: 1,
  title: "Figures made of several indicators",
  schema: Composite,
  key: ["id"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: { id: "open", title: "open", leastParts: "open", since: "open" }
})

/** What a part of a composite weighs. */
export const CompositeWeight = Schema.Struct({
  composite: compositeId,
  part,
  weight: Schema.Finite.check(Schema.isGreaterThan(0)).annotateKey({
    description: "Its weight; those of a composite must add up to 1, or it is withheld."
  }),
  since
})
export type CompositeWeight = typeof CompositeWeight.Type

/** The table of weights: a judgement of values, so it is kept with its history. */
export const compositeWeights = defineStream({
  name: "composite-weight",
  domain: "whole-system",
  version: 1,
  title: "What the parts of composites weigh",
  schema: CompositeWeight,
  key: ["composite", "part"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: { composite: "open", part: "open", weight: "open", since: "open" }
})

/** An indicator's place in a composite. */
export const CompositeMember = Schema.Struct({
  composite: compositeId,
  indicator: indicatorId,
  part,
  since
})
export type CompositeMember = typeof CompositeMember.Type

/** The stream of what composites are made of. */
export const compositeMembers = defineStream({
  name: "composite-member",
  domain: "whole-system",
  version: 1,
  title: "The indicators of the parts of composites",
  schema: CompositeMember,
  key: ["composite", "indicator"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: { composite: "open", indicator: "open", part: "open", since: "open" }
})
