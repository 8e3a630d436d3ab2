import files from "@plimsoll/connector-files"
import { codings, components, ownStandard } from "@plimsoll/quality"
import { defineStream, measure, PlainDate, sql } from "@plimsoll/schema"
import { Schema } from "effect"
import { defineConfig } from "plimsoll"
import { streams } from "./story.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

const doses = defineStream({
  name: "doses",
  domain: "medicines",
  version: 1,
  title: "Doses of medicine, a row for each ward and week (simulated)",
  schema: Schema.Struct({ ward: Schema.NonEmptyString, week: PlainDate, doses: Count, late: Count }),
  key: ["ward", "week"],
  microsystem: "ward",
  occurredAt: "week",
  covers: "week",
  sensitivity: { ward: "open", week: "open", doses: "open", late: "open" }
})

const shifts = defineStream({
  name: "shifts",
  domain: "staffing",
  version: 1,
  title: "Shifts and overtime, a row for each ward and week (simulated)",
  schema: Schema.Struct({
    ward: Schema.NonEmptyString,
    week: PlainDate,
    shifts: Count,
    overtimeMinutes: Count
  }),
  key: ["ward", "week"],
  microsystem: "ward",
  occurredAt: "week",
  covers: "week",
  sensitivity: { ward: "open", week: "open", shifts: "open", overtimeMinutes: "open" }
})

const weekly = {
  version: 1,
  at: "week",
  period: "week",
  microsystem: sql`ward`,
  empty: "missing",
  direction: "down",
  class: "open"
} as const

const own = ownStandard({
  draws: {
    "own-outcomes": ["measure:late-doses"],
    "own-control": ["control.response"],
    "own-planning": ["planning.goal"],
    "own-improvement": ["improvement.project"],
    "own-learning": ["learning.reuse"]
  }
})

export default defineConfig({
  project: "closed-loop",
  organisation: "hospital",
  zone: "Europe/London",
  // The day of the chapter that is being told.
  clock: process.env["STORY_DAY"] ?? "2026-05-06",
  microsystems: [
    { id: "hospital", name: "A hospital (simulated)", kind: "organisation" },
    ...["Oak", "Elm", "Ash", "Fir", "Yew", "Bay"].map((name) => ({
      id: name.toLowerCase(),
      name: `${name} ward (simulated)`,
      kind: "ward" as const,
      parent: "hospital"
    }))
  ],
  connectors: [
    files({ instance: "doses", stream: doses, path: "story/doses-*.csv" }),
    files({ instance: "shifts", stream: shifts, path: "story/shifts-*.csv" }),
    files({ instance: "codings", stream: codings, path: "story/codings-*.jsonl" }),
    ...streams.map((stream) => files({ instance: stream.name, stream, path: `story/${stream.name}.jsonl` }))
  ],
  measures: [
    measure({
      ...weekly,
      id: "late-doses",
      title: "Doses given late",
      from: doses,
      numerator: sql`late`,
      denominator: sql`doses`,
      chart: "p",
      kind: "outcome"
    }),
    measure({
      ...weekly,
      id: "overtime",
      title: "Overtime a shift",
      from: shifts,
      numerator: sql`overtime_minutes`,
      denominator: sql`shifts`,
      unit: "minutes",
      chart: "xmr",
      kind: "balancing"
    })
  ],
  modules: components({
    control: {
      themes: [
        { id: "late-doses", title: "Medicine comes late (simulated)", measures: ["late-doses"] },
        { id: "interruptions", title: "Interrupted at the trolley (simulated)" },
        { id: "noise", title: "Noise (simulated)" },
        { id: "kindness", title: "Kindness (simulated)" }
      ]
    },
    system: { indicators: [{ id: "late-doses", balancing: ["overtime"] }] },
    planning: { capacity: 400 },
    assurance: own
  })
})
