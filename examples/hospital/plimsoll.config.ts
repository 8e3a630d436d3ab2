import files from "@plimsoll/connector-files"
import { defineStream, measure, microsystems, PlainDate, sql } from "@plimsoll/schema"
import { Schema } from "effect"
import { defineConfig } from "plimsoll"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

const attendances = defineStream({
  name: "ae-attendances",
  domain: "urgent-care",
  version: 1,
  title: "Attendances at A&E, a row for each month, organisation and department type",
  schema: Schema.Struct({
    period: PlainDate.annotate({ description: "The first day of the month." }),
    orgCode: Schema.NonEmptyString,
    type: Schema.Literals(["1", "2", "other"]).annotate({ description: "1 is a major department." }),
    attendances: Count,
    breaches: Count.annotate({ description: "Attendances that took longer than four hours." }),
    admissions: Count
  }),
  key: ["period", "orgCode", "type"],
  microsystem: "orgCode",
  occurredAt: "period",
  covers: "month",
  sensitivity: {
    period: "open",
    orgCode: "open",
    type: "open",
    attendances: "open",
    breaches: "open",
    admissions: "open"
  }
})

const deaths = defineStream({
  name: "weekly-deaths",
  domain: "population",
  version: 1,
  title: "Deaths registered in England and Wales, a row for each week",
  schema: Schema.Struct({
    date: PlainDate.annotate({ description: "The Friday on which the week ends." }),
    counts: Count
  }),
  key: ["date"],
  microsystem: null,
  occurredAt: "date",
  covers: "day",
  sensitivity: { date: "open", counts: "open" }
})

const fourHour = {
  from: attendances,
  at: "period",
  period: "month",
  microsystem: sql`org_code`,
  numerator: sql`attendances - breaches`,
  denominator: sql`attendances`,
  empty: "missing",
  direction: "up",
  target: 0.95,
  kind: "process",
  class: "open"
} as const

export default defineConfig({
  project: "hospital",
  organisation: "england",
  zone: "Europe/London",
  // The data end with March 2019, so that is when this board is read.
  clock: "2019-04-30",
  microsystems: [
    { id: "england", name: "England", kind: "organisation" },
    { id: "england-and-wales", name: "England and Wales", kind: "organisation" }
  ],
  // This story is of charts alone; examples/trust has the components of the quality management system.
  modules: [],
  connectors: [
    files({ instance: "organisations", stream: microsystems, path: "data/organisations.csv" }),
    files({ instance: "attendances", stream: attendances, path: "data/ae_attendances.csv" }),
    files({ instance: "deaths", stream: deaths, path: "data/weekly_deaths.csv" })
  ],
  measures: [
    measure({
      ...fourHour,
      id: "four-hour",
      version: 1,
      title: "Seen within four hours",
      description:
        "Share of attendances at major (type 1) departments that were admitted, transferred or discharged within four hours.",
      // Minor units are close to 100 % and would hide what happens in the major department beside them.
      where: sql`type = '1'`,
      chart: "xmr"
    }),
    measure({
      id: "attendances",
      version: 1,
      title: "Attendances",
      description: "Attendances at major departments: is a change in waiting a change in how many come?",
      from: attendances,
      where: sql`type = '1'`,
      at: "period",
      period: "month",
      microsystem: sql`org_code`,
      numerator: sql`attendances`,
      empty: "missing",
      chart: "xmr",
      direction: "neutral",
      kind: "balancing",
      class: "open",
      unit: "patients"
    }),
    measure({
      ...fourHour,
      id: "four-hour-p",
      version: 1,
      title: "Seen within four hours, as a p chart",
      description:
        "What goes wrong on big denominators: months differ by more than chance among so many patients, so the limits are too narrow.",
      where: sql`type = '1' AND org_code = 'R1H'`,
      chart: "p"
    }),
    measure({
      id: "weekly-deaths",
      version: 1,
      title: "Deaths registered in a week",
      description: "Deaths follow the seasons, and a chart of one mean does not: it is shown, never judged.",
      from: deaths,
      at: "date",
      period: "week",
      microsystem: sql`'england-and-wales'`,
      numerator: sql`counts`,
      empty: "missing",
      chart: "xmr",
      direction: "down",
      kind: "outcome",
      class: "open",
      unit: "deaths",
      unjudged: "seasonal"
    })
  ]
})
