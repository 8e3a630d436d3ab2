import { Schema } from "effect"
import { Decimal } from "./decimal.ts"
import { PlainDate } from "./plain-date.ts"
import { defineStream } from "./stream.ts"

/** A figure that somebody counted: a numerator, and a denominator where it is a share or a rate. */
export const Observation = Schema.Struct({
  microsystem: Schema.NonEmptyString.annotateKey({
    description: "The id of the microsystem that it counts for."
  }),
  measure: Schema.NonEmptyString.annotateKey({ description: "What was counted, as its measures know it." }),
  day: PlainDate.annotateKey({ description: "The day it counts for." }),
  numerator: Decimal(18, 6).pipe(
    Schema.annotateEncoded({ description: "The count, or the part above the line of a share or a rate." })
  ),
  denominator: Schema.NullOr(Decimal(18, 6)).annotateKey({
    description: "The part below the line of a share or a rate; null for a plain count."
  })
})
export type Observation = typeof Observation.Type

/** Figures entered by hand or by another system, one a microsystem, measure and day. */
export const observations = defineStream({
  name: "observation",
  domain: "plimsoll",
  version: 1,
  title: "Figures counted by a team",
  schema: Observation,
  key: ["microsystem", "measure", "day"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    microsystem: "open",
    measure: "open",
    day: "open",
    numerator: "confidential",
    denominator: "confidential"
  }
})
