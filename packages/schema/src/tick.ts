import { Schema } from "effect"
import { PlainDate } from "./plain-date.ts"
import { defineStream } from "./stream.ts"

/** The time, as an event: no view reads a clock, so that a replay gives the same tables. */
export const Tick = Schema.Struct({
  day: PlainDate.annotateKey({ description: "The day that has come, in the time zone of the project." })
})
export type Tick = typeof Tick.Type

/** One tick a day of the project's clock. */
export const ticks = defineStream({
  name: "tick",
  domain: "plimsoll",
  version: 1,
  title: "The time, one event a day",
  schema: Tick,
  key: ["day"],
  microsystem: null,
  occurredAt: "day",
  covers: "instant",
  sensitivity: { day: "open" }
})
