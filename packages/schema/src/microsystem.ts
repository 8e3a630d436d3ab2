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
  id: Schema.NonEmptyString,
  name: Schema.NonEmptyString,
  kind: MicrosystemKind,
  parent: Schema.NullOr(Schema.NonEmptyString),
  /** The day from which this holds. */
  since: PlainDate
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
