import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString
const Slug = Schema.String.check(
  Schema.isPattern(/^[a-z0-9]+(-[a-z0-9]+)*$/, { expected: "lower-case words or numbers joined by hyphens" })
)
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** One asking of a survey. */
export const Wave = Schema.Struct({
  id: Slug.annotateKey({
    description: "The id of the wave: `staff-2026`. It stays readable beside sealed answers."
  }),
  title: Schema.NonEmptyString.annotateKey({ description: "Its name for people." }),
  survey: Slug.annotateKey({ description: "What the waves of one survey have in common: `staff`." }),
  instrument: Id.annotateKey({ description: "The id of the instrument." }),
  instrumentVersion: Id.annotateKey({ description: "Its version." }),
  opened: PlainDate.annotateKey({ description: "The first day: the day of every answer, whenever it came." }),
  closes: PlainDate.annotateKey({ description: "The last day on which answers are asked for." }),
  k: Schema.Int.check(Schema.isGreaterThanOrEqualTo(5)).annotateKey({
    description: "No figure rests on fewer people than this; at least 5, usually 10."
  })
})
export type Wave = typeof Wave.Type

/** The stream of waves. */
export const waves = defineStream({
  name: "wave",
  domain: "culture",
  version: 1,
  title: "Waves of surveys",
  schema: Wave,
  key: ["id"],
  microsystem: null,
  occurredAt: "opened",
  covers: "day",
  sensitivity: {
    id: "open",
    title: "open",
    survey: "open",
    instrument: "open",
    instrumentVersion: "open",
    opened: "open",
    closes: "open",
    k: "open"
  }
})

/** How many people of a team were asked. */
export const Invitation = Schema.Struct({
  wave: Slug.annotateKey({ description: "The id of the wave." }),
  microsystem: Id.annotateKey({ description: "The id of the team." }),
  role: Id.annotateKey({ description: "The role group; `all` where it is not told." }),
  mode: Id.annotateKey({
    description: "How they were asked: `email`, `paper` …; `all` where it is not told."
  }),
  invited: Count.annotateKey({ description: "How many people." }),
  sent: PlainDate.annotateKey({ description: "The day." })
})
export type Invitation = typeof Invitation.Type

/** The stream of invitations, as counts: who was asked is on no topic. */
export const invitations = defineStream({
  name: "invitation",
  domain: "culture",
  version: 1,
  title: "How many people were asked",
  schema: Invitation,
  key: ["wave", "microsystem", "role", "mode"],
  microsystem: "microsystem",
  occurredAt: "sent",
  covers: "day",
  sensitivity: {
    wave: "open",
    microsystem: "open",
    role: "open",
    mode: "open",
    invited: "confidential",
    sent: "open"
  }
})

/** What one person answered. Sealed: it is opened in the vault alone, when the wave is closed. */
export const Answer = Schema.Struct({
  wave: Slug.annotateKey({ description: "The id of the wave." }),
  respondent: Schema.String.check(
    Schema.isPattern(/^[A-Za-z0-9_-]{16,64}$/, { expected: "a random token of 16 to 64 letters and digits" })
  ).annotateKey({
    description:
      "A random token that the survey tool made for this person and this wave, and keeps nowhere else."
  }),
  instrumentVersion: Id.annotateKey({
    description: "The version of the instrument that was answered."
  }),
  microsystem: Id.annotateKey({ description: "The id of the team." }),
  role: Schema.NullOr(Id).annotateKey({ description: "The role group; null: not told." }),
  mode: Schema.NullOr(Id).annotateKey({ description: "How it was answered; null: not told." }),
  half: Schema.NullOr(Schema.Literals(["early", "late"])).annotateKey({
    description: "Whether it came before or after the first reminder; null: not told."
  }),
  opened: PlainDate.annotateKey({ description: "The first day of the wave, never the day of the answer." }),
  answers: Schema.Record(Schema.String, Schema.NullOr(Schema.Int)).annotateKey({
    description: "By item id the answer; null: no answer, or does not apply."
  })
})
export type Answer = typeof Answer.Type

/** The sealed stream of answers. */
export const answers = defineStream({
  name: "answer",
  domain: "culture",
  version: 1,
  title: "What people answered",
  schema: Answer,
  key: ["wave", "respondent"],
  microsystem: "microsystem",
  occurredAt: "opened",
  covers: "day",
  access: "sealed",
  sealedBy: "wave",
  sensitivity: {
    wave: "open",
    respondent: "confidential",
    instrumentVersion: "confidential",
    microsystem: "confidential",
    role: "confidential",
    mode: "confidential",
    half: "confidential",
    opened: "open",
    answers: "confidential"
  }
})

/** That a wave was closed and released, once; or that its release was taken back as a whole. */
export const Release = Schema.Struct({
  wave: Slug.annotateKey({ description: "The id of the wave." }),
  state: Schema.Literals(["released", "withdrawn"]).annotateKey({
    description: "`withdrawn`: it was wrong, and none of its figures counts."
  }),
  day: PlainDate.annotateKey({ description: "The day of the release, or of its withdrawal." }),
  reason: Schema.NullOr(Schema.NonEmptyString).annotateKey({
    description: "Of a withdrawal: why, in words that everyone may read."
  }),
  method: Schema.NonEmptyString.annotateKey({ description: "The rules of release and their version." }),
  k: Schema.Int.annotateKey({ description: "No figure rests on fewer people." }),
  tree: Schema.String.annotateKey({
    description:
      "The units, what is above each, and how many were asked, as they were at the close: JSON, frozen with it."
  }),
  through: Schema.String.annotateKey({
    description:
      "How far the log of answers was read: JSON, by partition the offset of the first that was not."
  }),
  leftOut: Schema.String.annotateKey({
    description:
      "The sealed records that did not open and that whoever closed the wave decided to do without: JSON, `partition/offset` of each."
  }),
  read: Schema.String.annotateKey({ description: "SHA-256 over the sealed records that were read." }),
  digest: Schema.String.annotateKey({
    description: "SHA-256 over the figures: what the vault's holder can make again."
  }),
  figures: Count.annotateKey({ description: "How many figures there are, those left blank included." })
})
export type Release = typeof Release.Type

/** The stream of releases. */
export const releases = defineStream({
  name: "release",
  domain: "culture",
  version: 1,
  title: "Releases of waves",
  schema: Release,
  key: ["wave"],
  microsystem: null,
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    wave: "open",
    state: "open",
    day: "open",
    reason: "open",
    method: "open",
    k: "open",
    tree: "open",
    through: "open",
    leftOut: "open",
    read: "open",
    digest: "open",
    figures: "open"
  }
})

const Share = Schema.NullOr(Schema.Finite)

/** One figure of a released wave, or why there is none. */
export const ReleasedFigure = Schema.Struct({
  wave: Slug.annotateKey({ description: "The id of the wave." }),
  cell: Id.annotateKey({
    description:
      "The unit; `<unit>/rest` for its small teams together; `<unit>?<group>` for a group of people."
  }),
  breakdown: Id.annotateKey({ description: "`all`, or the group: `role=nursing`, `half=late`." }),
  figure: Id.annotateKey({
    description: "`response`, `percent-positive`, `mean`, `agreement`, `spread-low` …"
  }),
  subject: Id.annotateKey({ description: "The id of the item or scale; `people` for counts of people." }),
  microsystem: Id.annotateKey({ description: "The id of the unit." }),
  rest: Schema.Boolean.annotateKey({ description: "Whether it is of the unit's small teams together." }),
  day: PlainDate.annotateKey({ description: "The day of the release." }),
  n: Schema.NullOr(Count).annotateKey({ description: "How many people it rests on; null: hidden." }),
  value: Share.annotateKey({ description: "The figure; null: none is told." }),
  low: Share.annotateKey({ description: "The lower end of its 95 % interval, which respects teams." }),
  high: Share.annotateKey({ description: "The upper end." }),
  bound: Schema.NullOr(Schema.Literals(["exact", "at-most", "at-least"])).annotateKey({
    description: "Whether the value is the figure, or where it ends."
  }),
  reason: Schema.NullOr(Id).annotateKey({
    description:
      "Why no figure is told: `too-few`, `hidden-to-protect`, `too-alike`, `disagreement`, `not-asked`, `no-answer`, `rule-of-that-year`."
  })
})
export type ReleasedFigure = typeof ReleasedFigure.Type

/** The stream of released figures. */
export const releasedFigures = defineStream({
  name: "released-figure",
  domain: "culture",
  version: 1,
  title: "Figures of released waves",
  schema: ReleasedFigure,
  key: ["wave", "cell", "breakdown", "figure", "subject"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    wave: "open",
    cell: "open",
    breakdown: "open",
    figure: "open",
    subject: "open",
    microsystem: "open",
    rest: "open",
    day: "open",
    n: "open",
    value: "open",
    low: "open",
    high: "open",
    bound: "open",
    reason: "open"
  }
})
