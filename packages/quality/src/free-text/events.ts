import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"

const Id = Schema.NonEmptyString
const Text = Id.annotateKey({ description: "The id of the text: of a note or a story." })
const Seal = Id.annotateKey({
  description: "The tag of the sealed record that was read, so that a text that has changed since is told."
})
const Unit = Id.annotateKey({ description: "The id of the microsystem." })
const Day = PlainDate.annotateKey({ description: "The day of the text." })
const Coder = Id.annotateKey({
  description: "A name that stands for whoever did it and is not theirs; never published."
})
const Places = Schema.Array(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))
const Starts = Places.annotateKey({
  description: "Of each span the first place, in UTF-16 code units of the text as it was sealed."
})
const Ends = Places.annotateKey({ description: "Of each span the place after its last." })

/** What a span can be found to be; `marked` by hand it can be any of them, or `other`. */
export const SpanPattern = Schema.Literals([
  "name",
  "email",
  "web",
  "handle",
  "nhs-number",
  "chi-number",
  "national-insurance-number",
  "date-of-birth",
  "date",
  "address",
  "postcode",
  "vehicle",
  "phone",
  "long-number",
  "other"
])
export type SpanPattern = typeof SpanPattern.Type

/** Where the words are sealed. */
export const TextSource = Schema.Literals(["note", "story"])
export type TextSource = typeof TextSource.Type

interface Spans {
  readonly starts: ReadonlyArray<number>
  readonly ends: ReadonlyArray<number>
}

const asMany = (row: Spans, names: ReadonlyArray<unknown>): boolean =>
  row.starts.length === names.length && row.ends.length === names.length

const apart = ({ starts, ends }: Spans): boolean =>
  starts.every((start, at) => start < ends[at]! && (at === 0 || ends[at - 1]! <= start))

/** What is known of a free text without its words: its flags, and the spans that patterns propose to redact. */
export const TextScan = Schema.Struct({
  text: Text,
  seal: Seal,
  source: TextSource.annotateKey({ description: "The stream that holds its words: `note` or `story`." }),
  microsystem: Unit,
  day: Day,
  length: Schema.Literals(["blank", "short", "usual", "long"]).annotateKey({
    description: "`blank`: no word; `short`: fewer than 5; `long`: more than 300; else `usual`."
  }),
  language: Schema.Literals(["english", "other", "unknown"]).annotateKey({
    description: "By the share of common English words; `unknown`: too short to tell."
  }),
  rules: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)).annotateKey({
    description: "The version of the patterns."
  }),
  patterns: Schema.Array(SpanPattern).annotateKey({ description: "Of each proposed span what it may be." }),
  starts: Starts,
  ends: Ends
}).check(
  Schema.makeFilter((row) => asMany(row, row.patterns), { expected: "a start and an end for each pattern" }),
  Schema.makeFilter(apart, { expected: "spans in order that do not overlap" })
)
export type TextScan = typeof TextScan.Type

/** The stream of scans. */
export const textScans = defineStream({
  name: "text-scan",
  domain: "free-text",
  version: 1,
  title: "Free texts as they were looked through, without their words",
  schema: TextScan,
  key: ["text"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    text: "confidential",
    seal: "open",
    source: "open",
    microsystem: "open",
    day: "open",
    length: "open",
    language: "open",
    rules: "open",
    patterns: "confidential",
    starts: "confidential",
    ends: "confidential"
  }
})

/** A person's check of one text: what they decided on each proposed span, and what they marked themselves. */
export const Redaction = Schema.Struct({
  text: Text,
  seal: Seal,
  microsystem: Unit,
  day: Day,
  checked: PlainDate.annotateKey({ description: "The day of the check." }),
  coder: Coder,
  patterns: Schema.Array(SpanPattern).annotateKey({ description: "Of each span what it is." }),
  starts: Starts,
  ends: Ends,
  decisions: Schema.Array(Schema.Literals(["accepted", "rejected", "marked"])).annotateKey({
    description:
      "Of each span: `accepted` or `rejected`, as it was proposed; `marked`: seen by the person alone."
  })
}).check(
  Schema.makeFilter((row) => asMany(row, row.patterns) && row.decisions.length === row.patterns.length, {
    expected: "a start, an end and a decision for each pattern"
  }),
  Schema.makeFilter((row) => row.starts.every((start, at) => start < row.ends[at]!), {
    expected: "spans that end after they start"
  }),
  Schema.makeFilter(
    (row) => {
      const gone = row.starts.flatMap((start, at) =>
        row.decisions[at] === "rejected" ? [] : [{ start, end: row.ends[at]! }]
      )
      return apart({ starts: gone.map((one) => one.start), ends: gone.map((one) => one.end) })
    },
    { expected: "spans to redact in order that do not overlap" }
  )
)
export type Redaction = typeof Redaction.Type

/** The stream of checks. */
export const redactions = defineStream({
  name: "redaction",
  domain: "free-text",
  version: 1,
  title: "Spans that people accepted, rejected or marked to be redacted",
  schema: Redaction,
  key: ["text"],
  microsystem: "microsystem",
  occurredAt: "checked",
  covers: "day",
  sensitivity: {
    text: "confidential",
    seal: "open",
    microsystem: "open",
    day: "open",
    checked: "open",
    coder: "confidential",
    patterns: "confidential",
    starts: "confidential",
    ends: "confidential",
    decisions: "confidential"
  }
})

/** A text without the spans that somebody has checked. It is sealed as the text is, and erased with it. */
export const RedactedText = Schema.Struct({
  id: Text,
  seal: Seal,
  source: TextSource.annotateKey({ description: "The stream that holds the text as it was." }),
  microsystem: Unit,
  day: Day,
  text: Schema.NonEmptyString.annotateKey({ description: "The words, each redacted span as `[pattern]`." })
})
export type RedactedText = typeof RedactedText.Type

/** The stream of redacted texts: sealed, each with a key of its own. */
export const redactedTexts = defineStream({
  name: "redacted-text",
  domain: "free-text",
  version: 1,
  title: "Free texts without what would tell who somebody is",
  schema: RedactedText,
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    id: "confidential",
    seal: "open",
    source: "open",
    microsystem: "open",
    day: "open",
    text: "confidential"
  },
  access: "sealed",
  sealedBy: "id"
})

/** Themes that a rule suggests for one text, each with the span that made it so. Never a code until a person says so. */
export const ThemeSuggestion = Schema.Struct({
  text: Text,
  method: Schema.Literals(["terms", "coded-texts"]).annotateKey({
    description: "`terms`: those that are declared; `coded-texts`: those that the own coded texts show."
  }),
  seal: Seal,
  microsystem: Unit,
  day: Day,
  basis: Id.annotateKey({
    description: "A digest of the declared terms; or how many coded texts it was learned from."
  }),
  themes: Schema.Array(Id)
    .check(Schema.isUnique())
    .annotateKey({ description: "The ids of the themes; empty: nothing to suggest." }),
  starts: Starts,
  ends: Ends
}).check(
  Schema.makeFilter((row) => asMany(row, row.themes), { expected: "a start and an end for each theme" }),
  Schema.makeFilter((row) => row.starts.every((start, at) => start < row.ends[at]!), {
    expected: "spans that end after they start"
  })
)
export type ThemeSuggestion = typeof ThemeSuggestion.Type

/** The stream of suggestions. */
export const themeSuggestions = defineStream({
  name: "theme-suggestion",
  domain: "free-text",
  version: 1,
  title: "Themes that are suggested for texts, with the place of the evidence",
  schema: ThemeSuggestion,
  key: ["text", "method"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    text: "confidential",
    method: "open",
    seal: "open",
    microsystem: "open",
    day: "open",
    basis: "open",
    themes: "confidential",
    starts: "confidential",
    ends: "confidential"
  }
})

/** What a person says of two texts that look alike. Two equal texts can both be true. */
export const RepeatedText = Schema.Struct({
  text: Id.annotateKey({ description: "The id of the later text." }),
  other: Id.annotateKey({ description: "The id of the earlier text." }),
  microsystem: Unit,
  verdict: Schema.Literals(["same", "both"]).annotateKey({
    description: "`same`: one telling that came twice; `both`: two tellings, and both stand."
  }),
  coder: Coder,
  decided: PlainDate.annotateKey({ description: "The day of the decision." })
}).check(Schema.makeFilter((row) => row.text !== row.other, { expected: "two texts" }))
export type RepeatedText = typeof RepeatedText.Type

/** The stream of decisions on texts that look alike. */
export const repeatedTexts = defineStream({
  name: "repeated-text",
  domain: "free-text",
  version: 1,
  title: "Texts that look alike, and whether they are one telling",
  schema: RepeatedText,
  key: ["text", "other"],
  microsystem: "microsystem",
  occurredAt: "decided",
  covers: "day",
  sensitivity: {
    text: "confidential",
    other: "confidential",
    microsystem: "open",
    verdict: "open",
    coder: "confidential",
    decided: "open"
  }
})

/** A term that speaks for a theme. */
export const ThemeTerm = Schema.Struct({
  theme: Id.annotateKey({ description: "The id of the theme." }),
  term: Schema.String.check(
    Schema.isPattern(/^[\p{Ll}\p{N}]+(['’-]\p{Ll}+)*\*?( [\p{Ll}\p{N}]+(['’-]\p{Ll}+)*\*?)*$/u, {
      expected: "lower-case words with one space between, each with a * at its end where any ending fits"
    })
  ).annotateKey({ description: "A word or several: `wait*`, `call bell`." }),
  since: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type ThemeTerm = typeof ThemeTerm.Type

/** The stream of terms. */
export const themeTerms = defineStream({
  name: "theme-term",
  domain: "free-text",
  version: 1,
  title: "Terms that speak for a theme",
  schema: ThemeTerm,
  key: ["theme", "term"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: { theme: "open", term: "open", since: "open" }
})

/** A setting of how free text is worked with, said on the log so that every figure can be traced to it. */
export const FreeTextSetting = Schema.Struct({
  id: Id.annotateKey({ description: "What is set." }),
  value: Schema.NonEmptyString.annotateKey({ description: "To what." }),
  title: Schema.NonEmptyString.annotateKey({ description: "What it means." }),
  since: PlainDate.annotateKey({ description: "The day from which this holds." })
})
export type FreeTextSetting = typeof FreeTextSetting.Type

/** The stream of settings. */
export const freeTextSettings = defineStream({
  name: "free-text-setting",
  domain: "free-text",
  version: 1,
  title: "Settings of free text",
  schema: FreeTextSetting,
  key: ["id"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: { id: "open", value: "open", title: "open", since: "open" }
})
