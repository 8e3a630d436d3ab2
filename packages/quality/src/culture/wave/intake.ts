import { createHash } from "node:crypto"
import type { Answer } from "../waves.ts"
import type { Scoring } from "./scoring.ts"
import { Seen } from "./seen.ts"
import { AnswerReader, type PackedAnswers } from "./answer-reader.ts"
import { Adder } from "./adder.ts"
import { noGroup } from "./crowd.ts"
import { type Breakdown, breakdowns } from "./breakdown.ts"
import type { Products, Sums } from "./sums.ts"

/** A sealed record of answers that was opened: see `readSealed` of `@plimsoll/log`. */
export interface OpenedAnswers {
  readonly partition: number
  readonly offset: number
  readonly tag: string
  /** Undefined where its key was destroyed. */
  readonly packed: PackedAnswers | undefined
  readonly deleted: ReadonlyArray<unknown>
}

/** Why an answer is not counted. */
export type SetAside =
  | "unknown-item"
  | "out-of-scale"
  | "other-version"
  | "twice"
  | "unknown-unit"
  | "taken-back"
  | "erased"

/** What was read of a wave: sums, and nothing of any one person. */
export interface Intake {
  readonly units: ReadonlyArray<string>
  readonly sums: Sums
  readonly products: Products
  /** By breakdown and group, the sums of its people by unit. */
  readonly groups: ReadonlyMap<Breakdown, ReadonlyMap<string, Sums>>
  /** How many answers are not counted, by why. */
  readonly aside: ReadonlyMap<SetAside, number>
  /** Equal answers of one person that came more than once, as when a source is read again. */
  readonly again: number
  /** By partition, the offset after the last record that was read. */
  readonly through: ReadonlyMap<number, number>
  /** SHA-256 over the places and tags of the sealed records. */
  readonly read: string
}

/** What {@link takeIn} needs to know of the wave. */
export interface IntakeOptions {
  readonly scoring: Scoring
  readonly instrumentVersion: string
  /** The ids of the units at the close. */
  readonly units: ReadonlyArray<string>
  /** How many people are held before they are added up, on another thread. Default: 65,536. */
  readonly most?: number
}

/** More groups than this would be people, not groups. */
const mostGroups = 50

/**
 * Reads the opened answers of one wave to sums by unit, a record at a time. Of one person the answer that stands first on the log
 * counts. An answer that does not fit is set aside whole, and only the reason is counted.
 */
export const takeIn = async (
  records: () => AsyncIterable<OpenedAnswers>,
  options: IntakeOptions
): Promise<Intake> => {
  const gone = new Set<string>()
  const first = await readOnce(records(), options, gone)
  // What was taken back stands behind the answer itself, and sums cannot be undone for somebody: they are made again without.
  return gone.size === 0 ? first : readOnce(records(), options, gone)
}

const readOnce = async (
  records: AsyncIterable<OpenedAnswers>,
  options: IntakeOptions,
  gone: Set<string>
): Promise<Intake> => {
  const { units, scoring, most = 65_536 } = options
  const adder = new Adder(units.length, scoring, breakdowns.length, most)
  try {
    return await readInto(adder, records, options, gone)
  } finally {
    await adder.close()
  }
}

const readInto = async (
  adder: Adder,
  records: AsyncIterable<OpenedAnswers>,
  { scoring, instrumentVersion, units }: IntakeOptions,
  gone: Set<string>
): Promise<Intake> => {
  const takenBack = new Set(gone)
  const unitAt = new Map(units.map((id, at) => [id, at]))
  const groups = breakdowns.map(() => new Map<string, number>())
  const aside = new Map<SetAside, number>()
  const seen = new Seen()
  const through = new Map<number, number>()
  const tags = createHash("sha256")
  const read = new AnswerReader(scoring)
  const own = new Int16Array(breakdowns.length)
  let again = 0
  const setAside = (why: SetAside) => aside.set(why, (aside.get(why) ?? 0) + 1)
  for await (const { partition, offset, tag, packed, deleted } of records) {
    through.set(partition, offset + 1)
    tags.update(`${partition}/${offset}/${tag}\n`)
    if (packed === undefined) {
      setAside("erased")
      continue
    }
    for (const one of deleted as ReadonlyArray<Pick<Answer, "respondent">>) gone.add(one.respondent)
    const shapes = packed.shapes.map((shape) => read.placesIn(shape))
    for (const row of packed.rows) {
      const places = shapes[row[0]]!
      const respondent = row[places.respondent] as string
      const unit = unitAt.get(row[places.microsystem] as string)
      const why =
        row[places.instrumentVersion] !== instrumentVersion
          ? "other-version"
          : unit === undefined
            ? "unknown-unit"
            : read.take(row, places)
      const print = why === undefined ? fingerprint(unit!, read.values) : unfit
      const before = seen.keep(respondent, print)
      if (before !== undefined) {
        if (before === print) again++
        else setAside("twice")
        continue
      }
      if (takenBack.has(respondent)) {
        setAside("taken-back")
        continue
      }
      if (why !== undefined) {
        setAside(why)
        continue
      }
      for (let nth = 0; nth < breakdowns.length; nth++) {
        const name = row[places.breakdowns[nth]!] as string | null
        const at = groups[nth]!
        let group = name === null ? noGroup : at.get(name)
        if (group === undefined) {
          group = at.size < mostGroups ? at.size : noGroup
          if (group !== noGroup) {
            at.set(name!, group)
            adder.open(nth)
          }
        }
        own[nth] = group
      }
      const added = adder.add(unit!, read.values, own)
      if (added !== undefined) await added
    }
  }
  const { sums, products, groups: ofGroups } = await adder.end()
  return {
    units,
    sums,
    products,
    groups: new Map(
      breakdowns.map((one, nth) => [
        one,
        new Map([...groups[nth]!].map(([name, group]) => [name, ofGroups[nth]![group]!]))
      ])
    ),
    aside,
    again,
    through,
    read: tags.digest("hex")
  }
}

/** Stands for an answer that did not fit. */
const unfit = 0xffffffff

/** 31 bits of what an answer says: whether one person's second answer is the same again. */
const fingerprint = (unit: number, values: Int16Array): number => {
  let print = unit ^ 0x811c9dc5
  for (let at = 0; at < values.length; at++) print = Math.imul(print ^ values[at]!, 0x01000193)
  return print >>> 1
}
