import { Schema } from "effect"
import { PlainDate } from "./plain-date.ts"
import { defineStream } from "./stream.ts"

/** What kind of unit a microsystem is. */
export const MicrosystemKind = Schema.Literals([
  "ward",
  "community-team",
  "back-office-team",
  "service",
  "organisation"
])

/**
 * The smallest unit that does the work and can change it (a ward, a team), and the units above it: a tree.
 * `parent` is null at a root.
 */
export const Microsystem = Schema.Struct({
  id: Schema.NonEmptyString.annotateKey({ description: "The id that rows of other streams name it by." }),
  name: Schema.NonEmptyString.annotateKey({ description: "Its name for people." }),
  kind: MicrosystemKind.annotateKey({ description: "What kind of unit it is." }),
  parent: Schema.NullOr(Schema.NonEmptyString).annotateKey({
    description: "The id of the unit above; null at a root."
  }),
  since: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type Microsystem = typeof Microsystem.Type

/** The stream of microsystems: the latest row of an id holds. */
export const microsystems = defineStream({
  name: "microsystem",
  domain: "plimsoll",
  version: 1,
  title: "The units that do the work, as a tree",
  schema: Microsystem,
  key: ["id"],
  microsystem: "id",
  occurredAt: "since",
  covers: "day",
  sensitivity: { id: "open", name: "open", kind: "open", parent: "open", since: "open" }
})
