import { Schema } from "effect"

const Text = Schema.NonEmptyString
const Slug = Schema.String.check(
  Schema.isPattern(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { expected: "lower-case words joined by hyphens" }),
  Schema.isMaxLength(60, { expected: "at most 60 characters" })
)
const ItemId = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$/, {
    expected: "letters and digits, joined by hyphens, dots or underscores"
  }),
  Schema.isMaxLength(60, { expected: "at most 60 characters" })
)

/** One question of an instrument. */
export const InstrumentItem = Schema.Struct({
  id: ItemId.annotateKey({ description: "Its code in the instrument: `A9`." }),
  min: Schema.Int.annotateKey({ description: "The lowest answer." }),
  max: Schema.Int.annotateKey({ description: "The highest answer." }),
  reversed: Schema.Boolean.annotateKey({
    description: "Whether a high answer is a bad one; an answer x then counts as min + max - x."
  }),
  notApplicable: Schema.NullOr(Schema.Int).annotateKey({
    description: "The code of “does not apply” or “don't know”, which is no answer; null: there is none."
  }),
  alone: Schema.Boolean.annotateKey({
    description: "Whether it belongs to no scale on purpose. Any other item must be in one."
  }),
  labels: Schema.Record(Schema.String, Text).annotateKey({
    description: "What answers are called, by their number; may be empty."
  }),
  wording: Schema.NullOr(Text).annotateKey({
    description: "The question; null: its licence leaves it to whoever asks it."
  }),
  citation: Schema.Literals(["seen", "unverified"]).annotateKey({
    description:
      "`seen`: read in the source that is named; `unverified`: from knowledge, to be checked against the instrument before it is used."
  })
})
export type InstrumentItem = typeof InstrumentItem.Type

const PositiveFrom = Schema.NullOr(Schema.Finite).annotateKey({
  description: "From which score on a person counts as positive; null: nobody is counted so."
})

/** How a scale is made of its items, reversed ones turned round first. */
export const InstrumentScoring = Schema.Union([
  Schema.Struct({
    kind: Schema.Literal("mean").annotateKey({ description: "A person's mean of the items answered." })
  }),
  Schema.Struct({
    kind: Schema.Literal("percent-positive").annotateKey({
      description: "The plain mean over the items of the percentage of their answers that are positive."
    }),
    threshold: Schema.Int.annotateKey({ description: "An answer from here on is positive." })
  }),
  Schema.Struct({
    kind: Schema.Literal("transform").annotateKey({
      description: "A person's mean of the items answered, less `subtract`, times `multiply`."
    }),
    subtract: Schema.Finite.annotateKey({ description: "Taken off the mean." }),
    multiply: Schema.Finite.check(Schema.isGreaterThan(0, { expected: "a number above 0" })).annotateKey({
      description: "By what the rest is multiplied."
    }),
    positiveFrom: PositiveFrom
  }),
  Schema.Struct({
    kind: Schema.Literal("stretch").annotateKey({
      description:
        "Each answer stretched to run from 0 to `to`, then a person's mean: for items whose answers have different ranges."
    }),
    to: Schema.Finite.check(Schema.isGreaterThan(0, { expected: "a number above 0" })).annotateKey({
      description: "The highest score."
    }),
    positiveFrom: PositiveFrom
  })
])
export type InstrumentScoring = typeof InstrumentScoring.Type

/** Items that are one score together. */
export const InstrumentScale = Schema.Struct({
  id: Slug.annotateKey({ description: "The id, in lower-case words joined by hyphens." }),
  title: Text.annotateKey({ description: "Its name for people." }),
  items: Schema.Array(ItemId).annotateKey({ description: "The ids of its items." }),
  scoring: InstrumentScoring.annotateKey({ description: "How it is scored." })
})
export type InstrumentScale = typeof InstrumentScale.Type

/** An instrument as data: the key to its answers. Whether its parts fit together: `checkInstrument`. */
export const Instrument = Schema.Struct({
  id: Slug.annotateKey({ description: "The id, in lower-case words joined by hyphens." }),
  version: Text.annotateKey({
    description: "The version of the key: answers belong to one, and a change needs a new one."
  }),
  title: Text.annotateKey({ description: "Its name." }),
  source: Text.annotateKey({ description: "Where items and scoring are published." }),
  licence: Text.annotateKey({ description: "Who may use it how." }),
  wording: Schema.Literals(["bundled", "by-user"]).annotateKey({
    description:
      "`bundled`: the licence lets wording travel with the key; `by-user`: whoever asks the questions has to bring it."
  }),
  items: Schema.Array(InstrumentItem).annotateKey({ description: "Its questions." }),
  scales: Schema.Array(InstrumentScale).annotateKey({ description: "Its scales." })
})
export type Instrument = typeof Instrument.Type
