import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

/** A setting of this component, said on the log so that every figure can be traced to it. */
export const PlanningSetting = Schema.Struct({
  id: Schema.NonEmptyString.annotateKey({ description: "What is set." }),
  value: Schema.NonEmptyString.annotateKey({ description: "To what." }),
  title: Schema.NonEmptyString.annotateKey({ description: "What it means." }),
  since: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type PlanningSetting = typeof PlanningSetting.Type

/** The stream of settings. */
export const planningSettings = defineStream({
  name: "planning-setting",
  domain: "planning",
  version: 1,
  title: "Settings of planning",
  schema: PlanningSetting,
  key: ["id"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: { id: "open", value: "open", title: "open", since: "open" }
})
