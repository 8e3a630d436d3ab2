import { defineStream, Instant, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString
const Unit = Id.annotateKey({ description: "The id of the microsystem." })
const Slug = Schema.String.check(
  Schema.isPattern(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { expected: "lower-case words joined by hyphens" })
)

/** A theme that notes are coded to. */
export const Theme = Schema.Struct({
  id: Slug.annotateKey({ description: "The id; its measure is `theme-<id>`." }),
  title: Schema.NonEmptyString.annotateKey({ description: "Its name for people." }),
  measures: Schema.Array(Id)
    .check(Schema.isUnique())
    .annotateKey({ description: "The ids of the measures that it speaks of, too." }),
  kind: Schema.Literals(["topic", "failure-demand"]).annotateKey({
    description:
      "`failure-demand`: people chase, or come again, for what was not done at first; else `topic`."
  }),
  since: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type Theme = typeof Theme.Type

/** The stream of themes. */
export const themes = defineStream({
  name: "theme",
  domain: "control",
  version: 1,
  title: "Themes that notes are coded to",
  schema: Theme,
  key: ["id"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: { id: "open", title: "open", measures: "open", kind: "open", since: "open" }
})

/** How one coder has coded one note. A note is coded once (`first`), and in a sample by another coder again (`second`). */
export const Coding = Schema.Struct({
  note: Id.annotateKey({ description: "The id of the note." }),
  pass: Schema.Literals(["first", "second"]).annotateKey({
    description: "`first` counts; `second` shows how far coders agree."
  }),
  coder: Id.annotateKey({
    description: "A name that stands for the coder and is not theirs; never published."
  }),
  microsystem: Unit,
  day: PlainDate.annotateKey({ description: "The day of the note, not of the coding." }),
  themes: Schema.Array(Id)
    .check(Schema.isUnique())
    .annotateKey({ description: "The ids of the themes; empty: coded, and none of them fits." }),
  cannotBeCoded: Schema.Boolean.annotateKey({
    description: "Whether the words do not say enough to be coded."
  })
}).check(
  Schema.makeFilter((row) => !row.cannotBeCoded || row.themes.length === 0, {
    expected: "no themes where cannotBeCoded is true"
  })
)
export type Coding = typeof Coding.Type

/** The stream of codings. */
export const codings = defineStream({
  name: "coding",
  domain: "control",
  version: 1,
  title: "Notes as they were coded",
  schema: Coding,
  key: ["note", "pass"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    note: "open",
    pass: "open",
    coder: "confidential",
    microsystem: "open",
    day: "open",
    themes: "open",
    cannotBeCoded: "open"
  }
})

/** What a signal can be put down to: a closed list, so that causes can be counted and nobody can be named. */
export const AssignableCause = Schema.Literals([
  "staffing",
  "skills",
  "equipment",
  "supplies",
  "premises",
  "information-system",
  "handover",
  "changed-process",
  "process-not-followed",
  "more-demand",
  "different-patients",
  "another-service",
  "season-or-weather",
  "error-in-the-data",
  "none-found"
])
export type AssignableCause = typeof AssignableCause.Type

/** What a team answers to a signal. What belongs to one kind of answer is null in the others. */
export const SignalResponse = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the response." }),
  signal: Id.annotateKey({ description: "The id of the signal." }),
  microsystem: Id.annotateKey({ description: "The id of the microsystem that the signal is about." }),
  team: Id.annotateKey({ description: "The id of the unit that answers: the signal's own, or another." }),
  kind: Schema.Literals(["acknowledge", "explain", "act", "check", "close"]).annotateKey({
    description:
      "`acknowledge`: seen; `explain`: why; `act`: what was done; `check`: whether it helped; `close`: done with."
  }),
  at: Instant.pipe(Schema.annotateEncoded({ description: "When." })),
  cause: Schema.NullOr(AssignableCause).annotateKey({ description: "Of `explain`: the assignable cause." }),
  actionClass: Schema.NullOr(Schema.Literals(["strong", "intermediate", "weak"])).annotateKey({
    description:
      "Of `act`: how far it rests on people remembering. `strong`: the work is made so that it cannot go wrong; `weak`: told, trained, reminded."
  }),
  actionAim: Schema.NullOr(Schema.Literals(["process", "person"])).annotateKey({
    description: "Of `act`: what it is aimed at."
  }),
  outcome: Schema.NullOr(Schema.Literals(["better", "same", "worse", "too-early"])).annotateKey({
    description: "Of `check`: what was found."
  }),
  note: Schema.NullOr(Id).annotateKey({ description: "The id of the note that holds the words; null: none." })
}).check(
  Schema.makeFilter((row) => (row.kind === "explain") === (row.cause !== null), {
    expected: "a cause for explain, and for nothing else"
  }),
  Schema.makeFilter(
    (row) =>
      (row.kind === "act") === (row.actionClass !== null) &&
      (row.kind === "act") === (row.actionAim !== null),
    { expected: "actionClass and actionAim for act, and for nothing else" }
  ),
  Schema.makeFilter((row) => (row.kind === "check") === (row.outcome !== null), {
    expected: "an outcome for check, and for nothing else"
  })
)
export type SignalResponse = typeof SignalResponse.Type

/** The stream of responses to signals. */
export const signalResponses = defineStream({
  name: "signal-response",
  domain: "control",
  version: 1,
  title: "What teams answer to signals",
  schema: SignalResponse,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "at",
  sensitivity: {
    id: "open",
    signal: "open",
    microsystem: "open",
    team: "open",
    kind: "open",
    at: "open",
    cause: "open",
    actionClass: "open",
    actionAim: "open",
    outcome: "open",
    note: "open"
  }
})

/** A mark on a chart: what happened on a day. */
export const Annotation = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the mark." }),
  measure: Id.annotateKey({ description: "The id of the measure." }),
  microsystem: Unit,
  day: PlainDate.annotateKey({ description: "The day that it marks." }),
  kind: Schema.Literals(["change", "event", "data"]).annotateKey({
    description:
      "`change`: something was done differently; `event`: something happened; `data`: how it is counted changed."
  }),
  label: Schema.NonEmptyString.check(
    Schema.isMaxLength(80, { expected: "at most 80 characters" })
  ).annotateKey({ description: "What happened, in a few words that name nobody: everyone can read them." })
})
export type Annotation = typeof Annotation.Type

/** The stream of annotations. */
export const annotations = defineStream({
  name: "annotation",
  domain: "control",
  version: 1,
  title: "Marks on charts",
  schema: Annotation,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: { id: "open", measure: "open", microsystem: "open", day: "open", kind: "open", label: "open" }
})

/** That a team has stood together and looked at its board. */
export const Huddle = Schema.Struct({
  id: Id.annotateKey({ description: "The id of the huddle." }),
  microsystem: Unit,
  day: PlainDate.annotateKey({ description: "The day." }),
  roles: Schema.NullOr(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))).annotateKey({
    description: "How many role groups were there; null: not counted."
  })
})
export type Huddle = typeof Huddle.Type

/** The stream of huddles. */
export const huddles = defineStream({
  name: "huddle",
  domain: "control",
  version: 1,
  title: "Huddles that were held",
  schema: Huddle,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: { id: "open", microsystem: "open", day: "open", roles: "confidential" }
})

/** How many people of a role group work in a unit. */
export const Headcount = Schema.Struct({
  microsystem: Unit,
  role: Id.annotateKey({ description: "The role group, as notes name it." }),
  people: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)).annotateKey({ description: "How many people." }),
  since: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type Headcount = typeof Headcount.Type

/** The stream of headcounts. */
export const headcounts = defineStream({
  name: "headcount",
  domain: "control",
  version: 1,
  title: "People by role group",
  schema: Headcount,
  key: ["microsystem", "role"],
  microsystem: "microsystem",
  occurredAt: "since",
  covers: "day",
  sensitivity: { microsystem: "open", role: "open", people: "confidential", since: "open" }
})

/** A setting of this component, said on the log so that every figure can be traced to it. */
export const ControlSetting = Schema.Struct({
  id: Id.annotateKey({ description: "What is set." }),
  value: Schema.NonEmptyString.annotateKey({ description: "To what." }),
  title: Schema.NonEmptyString.annotateKey({ description: "What it means." }),
  since: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type ControlSetting = typeof ControlSetting.Type

/** The stream of settings. */
export const controlSettings = defineStream({
  name: "control-setting",
  domain: "control",
  version: 1,
  title: "Settings of quality control",
  schema: ControlSetting,
  key: ["id"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: { id: "open", value: "open", title: "open", since: "open" }
})
