import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString
const Ids = Schema.Array(Id).check(Schema.isUnique())
const Unit = Id.annotateKey({ description: "The id of the microsystem." })

/** Units that learn together about a topic. */
export const Community = Schema.Struct({
  id: Id.annotateKey({ description: "The id." }),
  title: Schema.NonEmptyString.annotateKey({ description: "Its name, which names no person." }),
  themes: Ids.annotateKey({ description: "The ids of the themes of its topic." }),
  measures: Ids.annotateKey({ description: "The ids of the measures of its topic." }),
  status: Schema.Literals(["active", "ended"]).annotateKey({ description: "`active` or `ended`." }),
  day: PlainDate.annotateKey({ description: "The day from which this holds." })
}).check(
  Schema.makeFilter((row) => row.themes.length + row.measures.length > 0, {
    expected: "a topic: themes, measures or both"
  })
)
export type Community = typeof Community.Type

/** The stream of communities. */
export const communities = defineStream({
  name: "community",
  domain: "learning",
  version: 1,
  title: "Communities of a topic",
  schema: Community,
  key: ["id"],
  microsystem: null,
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "open",
    title: "open",
    themes: "open",
    measures: "open",
    status: "open",
    day: "open"
  }
})

/** That a unit belongs to a community. */
export const CommunityMember = Schema.Struct({
  community: Id.annotateKey({ description: "The id of the community." }),
  microsystem: Unit,
  joined: PlainDate.annotateKey({ description: "The day on which it joined." }),
  left: Schema.NullOr(PlainDate).annotateKey({ description: "The day on which it left; null: it belongs." })
}).check(
  Schema.makeFilter((row) => row.left === null || row.left >= row.joined, {
    expected: "nobody who leaves before joining"
  })
)
export type CommunityMember = typeof CommunityMember.Type

/** The stream of members: units, never people. */
export const communityMembers = defineStream({
  name: "community-member",
  domain: "learning",
  version: 1,
  title: "Units of a community",
  schema: CommunityMember,
  key: ["community", "microsystem"],
  microsystem: "microsystem",
  occurredAt: "joined",
  covers: "day",
  sensitivity: { community: "open", microsystem: "open", joined: "open", left: "open" }
})

/** That a community met. */
export const CommunitySession = Schema.Struct({
  id: Id.annotateKey({ description: "The id." }),
  community: Id.annotateKey({ description: "The id of the community." }),
  units: Ids.annotateKey({ description: "The ids of the microsystems that were there." }),
  day: PlainDate.annotateKey({ description: "The day." })
})
export type CommunitySession = typeof CommunitySession.Type

/** The stream of sessions. */
export const communitySessions = defineStream({
  name: "community-session",
  domain: "learning",
  version: 1,
  title: "Sessions of communities",
  schema: CommunitySession,
  key: ["id"],
  microsystem: null,
  occurredAt: "day",
  covers: "day",
  sensitivity: { id: "open", community: "open", units: "open", day: "open" }
})

/** What was agreed at a session: that a unit will try a lesson. */
export const AgreedTry = Schema.Struct({
  session: Id.annotateKey({ description: "The id of the session." }),
  microsystem: Id.annotateKey({ description: "The id of the microsystem that will try it." }),
  lesson: Id.annotateKey({ description: "The id of the lesson." }),
  day: PlainDate.annotateKey({ description: "The day on which it was agreed." })
})
export type AgreedTry = typeof AgreedTry.Type

/** The stream of agreed tries. */
export const agreedTries = defineStream({
  name: "agreed-try",
  domain: "learning",
  version: 1,
  title: "Tries that units agreed to",
  schema: AgreedTry,
  key: ["session", "microsystem", "lesson"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: { session: "open", microsystem: "open", lesson: "open", day: "open" }
})
