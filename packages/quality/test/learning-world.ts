import { measure, type MeasureOptions, type Microsystem, observations, sql } from "@plimsoll/schema"
import { control, type ControlOptions } from "../src/control/index.ts"
import type { Insight, InsightEvidence } from "../src/learning/insight-events.ts"
import type { Lesson, Reuse } from "../src/learning/lesson-events.ts"
import { learning, type LearningOptions } from "../src/learning/module.ts"
import { statistics } from "../src/statistics/module.ts"
import { World } from "./world.ts"

export const learningWorld = (options: LearningOptions = {}, own: ControlOptions = {}): Promise<World> =>
  World.make([statistics(), control(own), learning(options)])

export const unit = (
  id: string,
  kind: Microsystem["kind"] = "ward",
  parent: string | null = null
): Microsystem => ({ id, name: `Unit ${id}`, kind, parent, since: "2000-01-01" })

/** A count by hand, each month: fewer are better. */
export const monthly = (id: string, more: Partial<Pick<MeasureOptions<typeof observations>, "class">> = {}) =>
  measure({
    id,
    version: 1,
    title: `All ${id}`,
    from: observations,
    where: sql`measure = ${id}`,
    at: "day",
    period: "month",
    microsystem: sql`microsystem`,
    numerator: sql`numerator`,
    empty: "missing",
    chart: "xmr",
    direction: "down",
    kind: "outcome",
    class: "open",
    ...more
  })

/** The first day of a month, counted from January 2022. */
export const month = (at: number): string => new Date(Date.UTC(2022, at, 1)).toISOString().slice(0, 10)

/** Figures of a measure and unit, one a month, from January 2022 on. */
export const figures = (id: string, microsystem: string, values: ReadonlyArray<number>) =>
  values.map((value, at) => ({
    microsystem,
    measure: id,
    day: month(at),
    numerator: value.toFixed(6),
    denominator: null
  }))

/** So many steady months about a level. */
export const steady = (months: number, level = 10): ReadonlyArray<number> =>
  Array.from({ length: months }, (_, at) => level + [0.4, -0.6, 1, -0.9, 0.2, 0.7, -0.5, -0.3][at % 8]!)

export const insight = (id: string, rest: Partial<Insight> = {}): Insight => ({
  id,
  title: `Insight ${id}`,
  microsystem: "oak",
  question: null,
  answer: null,
  measure: null,
  themes: [],
  confidence: "medium",
  author: "canary-author",
  status: "standing",
  day: "2026-01-10",
  ...rest
})

export const evidence = (
  of: string,
  kind: InsightEvidence["kind"],
  reference: string,
  rest: Partial<InsightEvidence> = {}
): InsightEvidence => ({
  id: `${of}-${kind}-${reference}`,
  insight: of,
  microsystem: "oak",
  kind,
  reference,
  unit: null,
  period: null,
  day: "2026-01-10",
  ...rest
})

export const lesson = (id: string, rest: Partial<Lesson> = {}): Lesson => ({
  id,
  title: `Lesson ${id}`,
  microsystem: "oak",
  insights: [],
  project: null,
  worked: true,
  status: "shared",
  day: "2026-01-20",
  ...rest
})

export const reuse = (id: string, of: string, rest: Partial<Reuse> = {}): Reuse => ({
  id,
  lesson: of,
  microsystem: "elm",
  changed: false,
  project: null,
  day: "2026-02-20",
  ...rest
})
