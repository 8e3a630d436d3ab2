import { once } from "node:events"
import { createWriteStream } from "node:fs"
import { defineStream, measure, PlainDate, sql } from "@plimsoll/schema"
import { Schema } from "effect"

/** A row of six fields, one of them a day: what a departmental system exports. */
export const visits = defineStream({
  name: "visits",
  domain: "bench",
  version: 1,
  title: "Visits",
  schema: Schema.Struct({
    unit: Schema.String,
    day: PlainDate,
    visit: Schema.String,
    seen: Schema.Int,
    minutes: Schema.Int,
    outcome: Schema.String
  }),
  key: ["visit"],
  microsystem: "unit",
  occurredAt: "day",
  covers: "day",
  sensitivity: {
    unit: "open",
    day: "open",
    visit: "confidential",
    seen: "open",
    minutes: "open",
    outcome: "open"
  }
})

/** Mean minutes of a visit, by unit and month. */
export const minutes = measure({
  id: "minutes",
  version: 1,
  title: "Minutes",
  from: visits,
  at: "day",
  period: "month",
  microsystem: sql`unit`,
  numerator: sql`minutes`,
  denominator: sql`1`,
  multiplier: 1,
  empty: "missing",
  chart: "xmr",
  direction: "down",
  kind: "process",
  class: "open"
})

/** Writes a CSV of so many rows of about 60 bytes. */
export const writeVisits = async (path: string, rows: number): Promise<void> => {
  const file = createWriteStream(path)
  file.write("unit,day,visit,seen,minutes,outcome\n")
  let lines: string[] = []
  for (let row = 0; row < rows; row++) {
    const day = new Date(Date.UTC(2020, 0, 1 + (row % 1460))).toISOString().slice(0, 10)
    lines.push(
      `unit-${row % 200},${day},V${String(row).padStart(9, "0")},1,${(row * 7919) % 240},discharged home with letter`
    )
    if (lines.length === 10_000) {
      if (!file.write(`${lines.join("\n")}\n`)) await once(file, "drain")
      lines = []
    }
  }
  if (lines.length > 0) file.write(`${lines.join("\n")}\n`)
  file.end()
  await once(file, "close")
}
