import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

/** The stream that the tests read. */
export const falls = defineStream({
  name: "falls",
  domain: "inpatient",
  version: 1,
  title: "Falls on a ward",
  schema: Schema.Struct({
    ward: Schema.String,
    day: PlainDate,
    falls: Schema.NullOr(Schema.Int),
    openedBy: Schema.optionalKey(Schema.String)
  }),
  key: null,
  microsystem: "ward",
  occurredAt: "day",
  sensitivity: { ward: "open", day: "open", falls: "open", openedBy: "open" }
})
