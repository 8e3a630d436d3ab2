import {
  type Coding,
  type ControlOptions,
  codings,
  control,
  signalResponses,
  type SignalResponse
} from "../src/control/index.ts"
import { statistics } from "../src/statistics/module.ts"
import { measure, type Microsystem, observations, parseInstant, sql } from "@plimsoll/schema"
import { World } from "./world.ts"

/** Falls, counted by hand: fewer are better. */
export const falls = measure({
  id: "falls",
  version: 1,
  title: "Falls",
  from: observations,
  where: sql`measure = 'falls'`,
  at: "day",
  period: "month",
  microsystem: sql`microsystem`,
  numerator: sql`numerator`,
  empty: "missing",
  chart: "xmr",
  direction: "down",
  kind: "outcome",
  class: "open"
})

export const ward = (id: string): Microsystem => ({
  id,
  name: `Ward ${id}`,
  kind: "ward",
  parent: null,
  since: "2000-01-01"
})

export const controlWorld = (options: ControlOptions = {}): Promise<World> =>
  World.make([statistics(), control(options)])

/** The first day of a month, counted from January 2022. */
export const month = (at: number): string => new Date(Date.UTC(2022, at, 1)).toISOString().slice(0, 10)

export const instant = (text: string) => parseInstant(text)!

/** One figure a month, from January 2022 on. */
export const feedFalls = (
  world: World,
  unit: string,
  values: ReadonlyArray<number>,
  from = 0
): Promise<void> =>
  world.feed(
    observations,
    values.map((value, at) => ({
      microsystem: unit,
      measure: "falls",
      day: month(from + at),
      numerator: value.toFixed(6),
      denominator: null
    }))
  )

/** So many coded notes in a month, the first `waiting` of them on waiting. */
export const codedNotes = (unit: string, at: number, notes: number, waiting: number): ReadonlyArray<Coding> =>
  Array.from({ length: notes }, (_, n) => ({
    note: `${unit}-${at}-${n}`,
    pass: "first" as const,
    coder: "c1",
    microsystem: unit,
    day: month(at),
    themes: n < waiting ? ["waiting"] : [],
    cannotBeCoded: n === notes - 1
  }))

export const feedCodings = (world: World, rows: ReadonlyArray<Coding>): Promise<void> =>
  world.feed(codings, rows)

/** A response, with nothing but what its kind asks for. */
export const answer = (
  row: Pick<SignalResponse, "id" | "signal" | "microsystem" | "team" | "kind"> & Partial<SignalResponse>,
  at: string
): SignalResponse => ({
  cause: row.kind === "explain" ? "staffing" : null,
  actionClass: row.kind === "act" ? "strong" : null,
  actionAim: row.kind === "act" ? "process" : null,
  outcome: row.kind === "check" ? "better" : null,
  note: null,
  at: instant(at),
  ...row
})

export const respond = (world: World, rows: ReadonlyArray<SignalResponse>): Promise<void> =>
  world.feed(signalResponses, rows)
