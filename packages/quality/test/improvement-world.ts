import type { QualityModule } from "@plimsoll/core"
import { measure, type Measure, type Microsystem, observations, sql } from "@plimsoll/schema"
import {
  type Aim,
  aims,
  changeIdeas,
  drivers,
  improvement,
  type Pdsa,
  pdsas,
  type Project,
  projects
} from "../src/improvement/index.ts"
import { statistics } from "../src/statistics/module.ts"
import { vision } from "../src/vision/module.ts"
import { World } from "./world.ts"

export const improvementWorld = (...others: ReadonlyArray<QualityModule>): Promise<World> =>
  World.make([statistics(), vision(), improvement(), ...others])

/** A measure counted by the month: fewer are better. */
export const counted = (
  id: string,
  kind: "outcome" | "process" | "balancing" = "outcome",
  direction: "up" | "down" | "neutral" = "down",
  more: { readonly unjudged?: string } = {}
): Measure =>
  measure({
    id,
    version: 1,
    title: `Title of ${id}`,
    from: observations,
    where: sql`measure = ${id}`,
    at: "day",
    period: "month",
    microsystem: sql`microsystem`,
    numerator: sql`numerator`,
    empty: "missing",
    chart: "xmr",
    direction,
    kind,
    class: "open",
    ...more
  })

export const unit = (id: string, kind: Microsystem["kind"] = "ward"): Microsystem => ({
  id,
  name: id,
  kind,
  parent: null,
  since: "2000-01-01"
})

/** A day of a month, counted from January 2022; the first unless told otherwise. */
export const month = (at: number, day = 1): string =>
  new Date(Date.UTC(2022, at, day)).toISOString().slice(0, 10)

/** So many figures about 0 that look like chance and are the same each time; their standard deviation is about 1. */
export const noise = (seed: number, count: number): ReadonlyArray<number> => {
  let state = seed * 7919 + 13
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state + 0.5) / 4294967296
  }
  return Array.from({ length: count }, () => (uniform() + uniform() + uniform() - 1.5) * 2)
}

/** Figures of one unit and measure, one a month. */
export const figures = (
  microsystem: string,
  measured: string,
  values: ReadonlyArray<number>,
  from = 0
): ReadonlyArray<typeof observations.schema.Type> =>
  values.map((value, at) => ({
    microsystem,
    measure: measured,
    day: month(from + at),
    numerator: value.toFixed(6),
    denominator: null
  }))

export const project = (row: Pick<Project, "id" | "microsystem"> & Partial<Project>): Project => ({
  title: `Title of ${row.id}`,
  goal: null,
  intervention: null,
  lesson: null,
  started: month(22),
  ended: null,
  ...row
})

export const aim = (row: Pick<Aim, "project" | "microsystem"> & Partial<Aim>): Aim => ({
  id: `aim-${row.project}`,
  measure: "falls",
  target: 14,
  due: month(40),
  forWhom: "People on the ward",
  motivatedFrom: null,
  signals: [],
  day: month(22, 10),
  ...row
})

/** A cycle with nothing but its first day. */
export const pdsa = (row: Pick<Pdsa, "id" | "project" | "microsystem"> & Partial<Pdsa>): Pdsa => ({
  idea: `idea-${row.project}`,
  scale: "one-unit",
  day: month(23),
  planned: null,
  did: null,
  doneUntil: null,
  studied: null,
  acted: null,
  measure: null,
  predicted: null,
  found: null,
  points: 0,
  learned: false,
  decision: null,
  note: null,
  ...row
})

/** A project with an aim, a driver, an idea, and, where a day is given, one cycle that came to "do" then. */
export const begin = async (
  world: World,
  rows: ReadonlyArray<{
    readonly project: Pick<Project, "id" | "microsystem"> & Partial<Project>
    readonly aim?: Partial<Aim>
    readonly did?: string
  }>
): Promise<void> => {
  await world.feed(
    projects,
    rows.map((one) => project(one.project))
  )
  await world.feed(
    aims,
    rows.map((one) => aim({ project: one.project.id, microsystem: one.project.microsystem, ...one.aim }))
  )
  await world.feed(
    drivers,
    rows.map(({ project: { id } }) => ({
      id: `driver-${id}`,
      project: id,
      kind: "primary" as const,
      drives: null,
      title: "What has to be otherwise",
      measure: null,
      day: month(22, 10)
    }))
  )
  await world.feed(
    changeIdeas,
    rows.map(({ project: { id } }) => ({
      id: `idea-${id}`,
      project: id,
      driver: `driver-${id}`,
      title: "A round at night",
      day: month(22, 10)
    }))
  )
  await world.feed(
    pdsas,
    rows.flatMap(({ project: { id, microsystem }, did }) =>
      did === undefined ? [] : [pdsa({ id: `pdsa-${id}`, project: id, microsystem, day: did, did })]
    )
  )
}
