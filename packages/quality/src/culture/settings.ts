import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString

/** A setting of this component, said on the log so that every figure can be traced to it. */
export const CultureSetting = Schema.Struct({
  id: Id.annotateKey({ description: "What is set." }),
  value: Schema.NonEmptyString.annotateKey({ description: "To what." }),
  title: Schema.NonEmptyString.annotateKey({ description: "What it means." }),
  since: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type CultureSetting = typeof CultureSetting.Type

/** The stream of settings. */
export const cultureSettings = defineStream({
  name: "culture-setting",
  domain: "culture",
  version: 1,
  title: "Settings of leadership and culture",
  schema: CultureSetting,
  key: ["id"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: { id: "open", value: "open", title: "open", since: "open" }
})
