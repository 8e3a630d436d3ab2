import {
  defineStream,
  type Measure,
  measure,
  type MeasureOptions,
  type Microsystem,
  PlainDate,
  sql
} from "@plimsoll/schema"
import { Schema } from "effect"

/** What a ward counted in a month: cases, of how many, in which group of people. */
export const outcomes = defineStream({
  name: "outcome",
  domain: "test",
  version: 1,
  title: "Cases",
  schema: Schema.Struct({
    ward: Schema.String,
    day: PlainDate,
    kind: Schema.String,
    people: Schema.String,
    cases: Schema.Finite,
    seen: Schema.Finite
  }),
  key: ["ward", "day", "kind", "people"],
  microsystem: "ward",
  occurredAt: "day",
  covers: "month",
  sensitivity: { ward: "open", day: "open", kind: "open", people: "open", cases: "open", seen: "open" }
})
export type Outcome = typeof outcomes.schema.Type

/** A measure over the outcomes of one kind, which is its id. */
export const outcomeMeasure = (id: string, more: Partial<MeasureOptions<typeof outcomes>> = {}): Measure =>
  measure({
    id,
    version: 1,
    title: id,
    from: outcomes,
    // The kind is a plain word of the tests.
    where: sql`kind = ${id}`,
    at: "day",
    period: "month",
    microsystem: sql`ward`,
    numerator: sql`cases`,
    denominator: sql`seen`,
    empty: "missing",
    chart: "p",
    direction: "down",
    kind: "outcome",
    class: "open",
    ...more
  })

/** A unit below another. */
export const unit = (id: string, parent: string | null, kind: Microsystem["kind"] = "ward"): Microsystem => ({
  id,
  name: `the ${id}`,
  kind,
  parent,
  since: "2019-01-01"
})

/** A hospital with so many wards, `w01` and so on. */
export const hospital = (wards: number): ReadonlyArray<Microsystem> => [
  unit("hospital", null, "organisation"),
  ...Array.from({ length: wards }, (_, i) => unit(`w${String(i + 1).padStart(2, "0")}`, "hospital"))
]

/** The first day of a month, counted from January 2020. */
export const monthOf = (n: number): string =>
  `${2020 + Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, "0")}-01`
