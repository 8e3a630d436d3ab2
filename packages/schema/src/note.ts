import { Schema } from "effect"
import { Instant } from "./instant.ts"
import { defineStream } from "./stream.ts"

/** A team's own words beside its figures. */
export const Note = Schema.Struct({
  id: Schema.NonEmptyString.annotateKey({ description: "The id of the note." }),
  microsystem: Schema.NonEmptyString.annotateKey({
    description: "The id of the microsystem whose words they are."
  }),
  kind: Schema.Literals(["huddle", "near-miss", "story", "thanks"]).annotateKey({
    description: "What the note is: `huddle`, `near-miss`, `story` or `thanks`."
  }),
  at: Instant.pipe(Schema.annotateEncoded({ description: "When it happened." })),
  role: Schema.NullOr(Schema.NonEmptyString).annotateKey({
    description: "The role group of who wrote it, such as `nursing`, never a name; null: not told."
  }),
  text: Schema.NonEmptyString.check(
    Schema.isMaxLength(20_000, { expected: "at most 20,000 characters" })
  ).annotateKey({ description: "The words." })
})
export type Note = typeof Note.Type

const stream = <const Access extends "open" | "sealed">(access: Access) =>
  defineStream({
    name: "note",
    domain: "plimsoll",
    version: 1,
    title: "A team's own words: huddles, near misses, stories, thanks",
    schema: Note,
    key: ["id"],
    microsystem: "microsystem",
    occurredAt: "at",
    sensitivity: {
      id: "open",
      microsystem: "open",
      kind: "open",
      at: "open",
      role: "confidential",
      text: "confidential"
    },
    access,
    ...(access === "sealed" ? { sealedBy: "id" as const } : {})
  })

/** Notes as they should be kept: sealed, since people write of people. */
export const notes = stream("sealed")
/** Notes of a project that has declared its notes open. */
export const openNotes = stream("open")
