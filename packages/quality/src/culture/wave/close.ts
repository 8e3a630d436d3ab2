import { createHash } from "node:crypto"
import { PlimsollError } from "@plimsoll/schema"
import type { Instrument } from "../instrument/instrument.ts"
import { releaseWave } from "../release/release.ts"
import type {
  Breakdown as GroupedAnswers,
  ItemSums,
  ScaleSums,
  UnitAnswers,
  WaveUnit
} from "../release/wave.ts"
import { type Release, ReleasedFigure, type Wave } from "../waves.ts"
import { type Intake, type OpenedAnswers, type SetAside, takeIn } from "./intake.ts"
import { reliabilityOf, teamVarianceOf } from "./reliability.ts"
import { publishedOf, type Scoring, scoringOf } from "./scoring.ts"
import type { Sums } from "./sums.ts"

/** The rules by which waves are released, and their version: part of every release. */
export const releaseMethod = "partition@1"

/** What {@link closeWave} needs. */
export interface CloseOptions {
  readonly wave: Pick<Wave, "id" | "instrumentVersion" | "k">
  readonly instrument: Instrument
  /** The tree of units at the close. */
  readonly units: ReadonlyArray<WaveUnit>
  /** People asked, by unit. */
  readonly invited: Readonly<Record<string, number>>
  /** The day of the release. */
  readonly day: string
  /** The opened answers of this wave, from the first record on; called again where an answer was taken back. */
  readonly answers: () => AsyncIterable<OpenedAnswers>
  /** Records that `answers` passes over, `partition/offset`: they do not open. Default: none. */
  readonly leftOut?: ReadonlyArray<string>
}

/** The tree of a release and how far answers were read for it, to close its wave again just so. */
export const frozenBy = (
  release: Pick<Release, "tree" | "through" | "leftOut">
): Pick<CloseOptions, "units" | "invited"> & {
  readonly until: ReadonlyMap<number, number>
  readonly leftOut: ReadonlyArray<string>
} => {
  const { units, invited } = JSON.parse(release.tree) as {
    readonly units: ReadonlyArray<readonly [id: string, parent: string | null]>
    readonly invited: Readonly<Record<string, number>>
  }
  const through = JSON.parse(release.through) as Readonly<Record<string, number>>
  return {
    units: units.map(([id, parent]) => ({ id, parent })),
    invited,
    until: new Map(Object.entries(through).map(([part, next]) => [Number(part), next])),
    leftOut: JSON.parse(release.leftOut) as ReadonlyArray<string>
  }
}

/** A wave that was closed: what goes to the log, and what only the vault's holder is told. */
export interface ClosedWave {
  readonly release: Release
  readonly figures: ReadonlyArray<ReleasedFigure>
  /** How many answers count, and how many were set aside, by why. */
  readonly counted: number
  readonly aside: ReadonlyMap<SetAside, number>
  readonly again: number
}

/** The unit above all where a project has several at the top. */
export const wholeOrganisation = "all"

/** Every wave has one tree. */
const rooted = (units: ReadonlyArray<WaveUnit>): ReadonlyArray<WaveUnit> => {
  const ids = new Set(units.map((unit) => unit.id))
  const known = units.map(({ id, parent }) => ({
    id,
    parent: parent !== null && ids.has(parent) ? parent : null
  }))
  if (known.filter((unit) => unit.parent === null).length === 1) return known
  return [
    { id: wholeOrganisation, parent: null },
    ...known.map(({ id, parent }) => ({ id, parent: parent ?? wholeOrganisation }))
  ]
}

/** The sums of each unit, made when they are asked for: those of 5,000 units at once would be millions of objects. */
const answersOf = (
  units: ReadonlyArray<string>,
  sums: Sums,
  { items, scales }: Scoring
): Iterable<UnitAnswers> => ({
  *[Symbol.iterator]() {
    for (const [at, unit] of units.entries()) {
      const respondents = sums.respondents[at]!
      if (respondents === 0) continue
      const ofItems: Record<string, ItemSums> = {}
      for (const [nth, { id }] of items.entries()) ofItems[id] = sums.item(at, nth)
      const ofScales: Record<string, ScaleSums> = {}
      for (const [nth, { id }] of scales.entries()) ofScales[id] = sums.scale(at, nth)
      yield { unit, respondents, items: ofItems, scales: ofScales }
    }
  }
})

const groupsOf = ({ units, groups }: Intake, scoring: Scoring): ReadonlyArray<GroupedAnswers> =>
  [...groups].flatMap(([by, own]) =>
    own.size === 0
      ? []
      : [
          {
            by,
            groups: [...own]
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([group, sums]) => ({ group, answers: answersOf(units, sums, scoring) }))
          }
        ]
  )

/** Below this many people, nothing is told of how a scale hangs together. */
const fewestForReliability = 100

/** Alpha, item-total correlations and the variance between teams, for the organisation only. */
const reliabilityFigures = (
  { sums, products }: Intake,
  { scales }: Scoring
): ReadonlyArray<Pick<ReleasedFigure, "figure" | "subject" | "value" | "reason">> =>
  scales.flatMap((scale, at) => {
    const { n, alpha, itemTotal } = reliabilityOf(products, at)
    const { n: people, icc1, icc2 } = teamVarianceOf(sums, at)
    const told = (figure: string, subject: string, of: number, value: number | null) =>
      of < fewestForReliability
        ? { figure, subject, value: null, reason: "too-few" }
        : { figure, subject, value, reason: value === null ? "too-alike" : null }
    return [
      told("alpha", scale.id, n, alpha),
      ...scale.items.map((id, nth) => told("item-total", `${scale.id}/${id}`, n, itemTotal[nth]!)),
      told("icc1", scale.id, people, icc1),
      told("icc2", scale.id, people, icc2)
    ]
  })

/** In this order, by name, the digest has what a figure says. */
const fields = Object.keys(ReleasedFigure.fields).sort() as ReadonlyArray<keyof ReleasedFigure>

/** SHA-256 over the figures of a release, whatever their order. */
export const digestOf = (figures: ReadonlyArray<ReleasedFigure>): string => {
  const lines = figures.map((one) => JSON.stringify(fields.map((field) => one[field]))).sort()
  const made = createHash("sha256")
  // One text of all of them would be as long as the release.
  for (const line of lines) made.update(line).update("\n")
  return made.digest("hex")
}

/** A team that was asked and that nobody knows: its answers could be in no figure, and a wave is released once. */
const refuseUnknown = ({ wave, units, invited }: CloseOptions): void => {
  const known = new Set(units.map((unit) => unit.id))
  const strange = Object.keys(invited).filter((id) => !known.has(id))
  if (strange.length === 0) return
  throw new PlimsollError({
    code: "wave-unit-unknown",
    message: `wave "${wave.id}" asked ${strange.slice(0, 5).join(", ")}${strange.length > 5 ? ` and ${strange.length - 5} more` : ""}, which no unit is called`,
    suggestion: "declare the unit in microsystems, or mend the invitations"
  })
}

/**
 * Closes a wave: adds up what was answered, releases it by partition, and gives the events that say so. Nothing of it is kept but
 * what may be published. A wave is released once; who calls this has to see to that. Errors: `wave-unit-unknown`, `wave-invalid`.
 */
export const closeWave = async (options: CloseOptions): Promise<ClosedWave> => {
  const { wave, instrument, invited, day } = options
  refuseUnknown(options)
  const scoring = scoringOf(instrument)
  const units = rooted(options.units)
  const intake = await takeIn(options.answers, {
    scoring,
    instrumentVersion: wave.instrumentVersion,
    units: units.map((unit) => unit.id)
  })
  const released = releaseWave({
    k: wave.k,
    units,
    invited,
    answers: answersOf(intake.units, intake.sums, scoring),
    ...publishedOf(instrument),
    breakdowns: groupsOf(intake, scoring)
  })
  const root = units.find((unit) => unit.parent === null)!.id
  const figures = [
    ...released.rows.map(
      ({ cell, unit, rest, breakdown, figure, of, n, value, low, high, bound, reason }): ReleasedFigure => ({
        wave: wave.id,
        cell: breakdown === null ? cell : `${cell}?${breakdown}`,
        breakdown: breakdown ?? "all",
        figure,
        subject: of ?? "people",
        microsystem: unit,
        rest,
        day,
        n,
        value,
        low,
        high,
        bound,
        reason
      })
    ),
    ...reliabilityFigures(intake, scoring).map((one): ReleasedFigure => ({
      wave: wave.id,
      cell: root,
      breakdown: "all",
      microsystem: root,
      rest: false,
      day,
      // How many answered every item is no figure of the release, and a few may lie between it and one that is.
      n: null,
      low: null,
      high: null,
      bound: one.value === null ? null : "exact",
      ...one
    }))
  ]
  const through = [...intake.through].sort(([a], [b]) => a - b)
  return {
    release: {
      wave: wave.id,
      state: "released",
      day,
      reason: null,
      method: releaseMethod,
      k: wave.k,
      tree: JSON.stringify({ units: options.units.map(({ id, parent }) => [id, parent]), invited }),
      through: JSON.stringify(Object.fromEntries(through)),
      leftOut: JSON.stringify(options.leftOut ?? []),
      read: intake.read,
      digest: digestOf(figures),
      figures: figures.length
    },
    figures,
    counted: intake.sums.respondents.reduce((sum, n) => sum + n, 0),
    aside: intake.aside,
    again: intake.again
  }
}
