import { openVaultKeys, readSealed } from "@plimsoll/log"
import { contractOf, measure, type Measure, type Microsystem, observations, sql } from "@plimsoll/schema"
import type { Instrument } from "../src/culture/instrument/instrument.ts"
import { culture, type CultureOptions } from "../src/culture/module.ts"
import { type ClosedWave, closeWave } from "../src/culture/wave/close.ts"
import { waveFacts } from "../src/culture/wave/facts.ts"
import {
  type Answer,
  answers,
  type ReleasedFigure,
  releasedFigures,
  releases,
  type Wave,
  waves
} from "../src/culture/waves.ts"
import { statistics } from "../src/statistics/module.ts"
import { World } from "./world.ts"

export const cultureWorld = (options: CultureOptions = {}): Promise<World> =>
  World.make([statistics(), culture(options)])

export const unit = (id: string, parent: string | null = null): Microsystem => ({
  id,
  name: id,
  kind: parent === null ? "organisation" : "ward",
  parent,
  since: "2000-01-01"
})

/** A key with scales of two items each, answered from 1 to 5. */
export const keyOf = (
  scales: { readonly [id: string]: Instrument["scales"][number]["scoring"] },
  version = "1"
): Instrument => ({
  id: "climate",
  version,
  title: "Climate",
  source: "made for tests",
  licence: "Apache-2.0",
  wording: "by-user",
  items: Object.keys(scales).flatMap((scale) =>
    [1, 2].map((n) => ({
      id: `${scale}-${n}`,
      min: 1,
      max: 5,
      reversed: false,
      notApplicable: null,
      alone: false,
      labels: {},
      wording: null,
      citation: "seen" as const
    }))
  ),
  scales: Object.entries(scales).map(([id, scoring]) => ({
    id,
    title: `Scale ${id}`,
    items: [`${id}-1`, `${id}-2`],
    scoring
  }))
})

export const waveOf = (id: string, opened: string, row: Partial<Wave> = {}): Wave => ({
  id,
  title: `Wave ${id}`,
  survey: "staff",
  instrument: "climate",
  instrumentVersion: "1",
  opened,
  closes: opened,
  k: 10,
  ...row
})

/** A wave, the units of its tree, and its figures; what is left out of a figure is usual for it. */
export interface Released {
  readonly wave: Wave
  readonly units: ReadonlyArray<Pick<Microsystem, "id" | "parent">>
  readonly figures: ReadonlyArray<
    Partial<ReleasedFigure> & Pick<ReleasedFigure, "cell" | "figure" | "subject">
  >
}

/** Says that waves were released with these figures, as closing them does. */
export const releaseAll = async (world: World, all: ReadonlyArray<Released>): Promise<void> => {
  await world.feed(
    waves,
    all.map((one) => one.wave)
  )
  await world.feed(
    releases,
    all.map(({ wave, units, figures }) => ({
      wave: wave.id,
      state: "released" as const,
      day: wave.closes,
      reason: null,
      method: "test",
      k: 10,
      tree: JSON.stringify({ units: units.map((one) => [one.id, one.parent]), invited: {} }),
      through: "{}",
      leftOut: "[]",
      read: "r",
      digest: "d",
      figures: figures.length
    }))
  )
  await world.feed(
    releasedFigures,
    all.flatMap(({ wave, figures }) =>
      figures.map((one) => {
        const none = one.value === undefined || one.value === null
        return {
          wave: wave.id,
          breakdown: "all",
          microsystem: one.cell.split(/[/?]/)[0]!,
          rest: one.cell.includes("/"),
          day: wave.closes,
          n: null,
          value: null,
          low: null,
          high: null,
          bound: none ? null : ("exact" as const),
          reason: none ? "too-few" : null,
          ...one
        }
      })
    )
  )
}

/** The same of one wave. */
export const releaseAs = (
  world: World,
  wave: Released["wave"],
  units: Released["units"],
  figures: Released["figures"]
): Promise<void> => releaseAll(world, [{ wave, units, figures }])

/** A measure that is counted by hand, one figure a month. */
export const counted = (
  id: string,
  options: {
    readonly kind?: "process" | "balancing" | "outcome"
    readonly direction?: "up" | "down" | "neutral"
  } = {}
): Measure =>
  measure({
    id,
    version: 1,
    title: id,
    from: observations,
    where: sql`measure = ${id}`,
    at: "day",
    period: "month",
    microsystem: sql`microsystem`,
    numerator: sql`numerator`,
    empty: "missing",
    chart: "xmr",
    direction: options.direction ?? "neutral",
    kind: options.kind ?? "process",
    class: "open"
  })

/** Reporting of incidents, beside harm that does not depend on it. */
export const incidentsPair = {
  id: "incidents",
  title: "Incidents",
  reporting: "reports",
  harm: "infections",
  independent: true
}

/** The first day of a month, counted from January 2024. */
export const month = (at: number): string => new Date(Date.UTC(2024, at, 1)).toISOString().slice(0, 10)

/** One figure a month of a measure and a unit, from January 2024 on. */
export const monthly = (measureId: string, microsystem: string, values: ReadonlyArray<number>) =>
  values.map((value, at) => ({
    microsystem,
    measure: measureId,
    day: month(at),
    numerator: value.toFixed(6),
    denominator: null
  }))

let tokens = 0
/** A token of no person. */
export const token = (): string => `token-${String(++tokens).padStart(12, "0")}`

/** Answers of one person of a team. */
export const answerOf = (
  wave: Wave,
  microsystem: string,
  given: Answer["answers"],
  row: Partial<Answer> = {}
): Answer => ({
  wave: wave.id,
  respondent: token(),
  instrumentVersion: wave.instrumentVersion,
  microsystem,
  role: null,
  mode: null,
  half: null,
  opened: wave.opened,
  answers: given,
  ...row
})

/** Closes a wave as the vault's holder does, and publishes its release. */
export const close = async (world: World, wave: string, day: string): Promise<ClosedWave> => {
  const facts = await waveFacts((query) => world.rows(query) as never, wave)
  const closed = await closeWave({
    ...facts,
    day,
    answers: () =>
      readSealed(world.log, openVaultKeys(world.vault), contractOf("test", answers), { scope: wave })
  })
  await world.feed(releases, [closed.release])
  await world.feed(releasedFigures, closed.figures)
  return closed
}
