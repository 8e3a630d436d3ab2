import { readFileSync } from "node:fs"
import { defineModule, type QualityModule } from "@plimsoll/quality"
import { measure, sql } from "@plimsoll/schema"
import { shifts, thinWeeks } from "./events.ts"

/** Staffing: do shifts have the nurses that they were planned with, and where do they run thin? */
export const staffing = (): QualityModule =>
  defineModule({
    name: "staffing",
    version: 1,
    title: "Staffing",
    streams: [shifts, thinWeeks],
    measures: [
      measure({
        id: "shift-fill",
        version: 1,
        title: "Nurses present of those planned",
        from: shifts,
        at: "day",
        period: "week",
        microsystem: sql`ward`,
        numerator: sql`least(present, planned)`,
        denominator: sql`planned`,
        empty: "missing",
        chart: "p_auto",
        direction: "up",
        kind: "process",
        class: "open"
      })
    ],
    views: readFileSync(new URL("./views.sql", import.meta.url), "utf8"),
    byMicrosystem: ["shift"],
    signals: ["red_flag"],
    emits: [{ stream: thinWeeks, from: "thin_week" }]
  })
