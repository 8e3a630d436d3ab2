import { readFileSync } from "node:fs"
import files from "@plimsoll/connector-files"
import { codings, components, headcounts, huddles } from "@plimsoll/quality"
import { defineStream, measure, openNotes, PlainDate, sql } from "@plimsoll/schema"
import { Schema } from "effect"
import { defineConfig } from "plimsoll"
import { quality } from "./quality.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

const attendances = defineStream({
  name: "major-attendances",
  domain: "urgent-care",
  version: 1,
  title: "Attendances at major A&E departments, a row for each month and organisation",
  schema: Schema.Struct({
    period: PlainDate,
    orgCode: Schema.NonEmptyString,
    attendances: Count,
    breaches: Count
  }),
  key: ["period", "orgCode"],
  microsystem: "orgCode",
  occurredAt: "period",
  covers: "month",
  sensitivity: { period: "open", orgCode: "open", attendances: "open", breaches: "open" }
})

const lines = readFileSync(new URL("data/attendances.csv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .slice(1)
const organisations = [...new Set(lines.map((line) => line.split(",")[1]!))].sort()

const monthly = {
  version: 1,
  from: attendances,
  at: "period",
  period: "month",
  microsystem: sql`org_code`,
  empty: "missing",
  chart: "xmr",
  class: "open"
} as const

export default defineConfig({
  project: "trust",
  organisation: "england",
  zone: "Europe/London",
  // The data end with March 2019, so that is when this board is read.
  clock: "2019-04-30",
  microsystems: [
    { id: "trust", name: "Twenty organisations", kind: "organisation" },
    ...organisations.map((id) => ({ id, name: id, kind: "service" as const, parent: "trust" }))
  ],
  connectors: [
    files({ instance: "attendances", stream: attendances, path: "data/attendances.csv" }),
    files({ instance: "notes", stream: openNotes, path: "data/simulated_notes.jsonl" }),
    files({ instance: "codings", stream: codings, path: "data/simulated_codings.jsonl" }),
    files({ instance: "huddles", stream: huddles, path: "data/simulated_huddles.csv" }),
    files({ instance: "headcounts", stream: headcounts, path: "data/simulated_headcounts.csv" })
  ],
  measures: [
    measure({
      ...monthly,
      id: "four-hour",
      title: "Seen within four hours",
      numerator: sql`attendances - breaches`,
      denominator: sql`attendances`,
      direction: "up",
      target: 0.95,
      kind: "process"
    }),
    measure({
      ...monthly,
      id: "attendances",
      title: "Attendances",
      numerator: sql`attendances`,
      direction: "neutral",
      kind: "balancing",
      unit: "patients"
    })
  ],
  modules: components(quality)
})
