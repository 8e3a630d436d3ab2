import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const People = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** How many nurses a shift was planned for, and how many there were. */
export const shifts = defineStream({
  name: "shift",
  domain: "staffing",
  version: 1,
  title: "Nurses planned and present, a row a ward, day and shift",
  schema: Schema.Struct({
    ward: Schema.NonEmptyString,
    day: PlainDate,
    shift: Schema.Literals(["early", "late", "night"]),
    planned: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
    present: People
  }),
  key: ["ward", "day", "shift"],
  microsystem: "ward",
  occurredAt: "day",
  covers: "day",
  sensitivity: { ward: "open", day: "open", shift: "open", planned: "open", present: "open" }
})

/** A week in which a ward had shifts with too few: said on the log by this module, for whoever wants to know. */
export const thinWeeks = defineStream({
  name: "thin-week",
  domain: "staffing",
  version: 1,
  title: "Weeks in which some shift of a ward had fewer than two thirds of its nurses",
  schema: Schema.Struct({ ward: Schema.NonEmptyString, week: PlainDate, thinShifts: Schema.Int }),
  key: ["ward", "week"],
  microsystem: "ward",
  occurredAt: "week",
  covers: "week",
  sensitivity: { ward: "open", week: "open", thinShifts: "open" }
})
