import { hash } from "node:crypto"
import type { Answer } from "../waves.ts"
import type { Scoring } from "./scoring.ts"
import { Seen } from "./seen.ts"
import { blank, type Person, Products, Sums } from "./sums.ts"

/** A sealed record of answers that was opened: see `readSealed` of `@plimsoll/log`. */
export interface OpenedAnswers {
  readonly partition: number
  readonly offset: number
  readonly tag: string
  readonly rows: ReadonlyArray<unknown> | undefined
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

/** A way to group people of the whole organisation: each has at most one value of it. */
export type Breakdown = "role" | "mode" | "half"
const breakdowns: ReadonlyArray<Breakdown> = ["role", "mode", "half"]

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
  { scoring, instrumentVersion, units }: IntakeOptions,
  gone: Set<string>
): Promise<Intake> => {
  const takenBack = new Set(gone)
  const { items, scales } = scoring
  const unitAt = new Map(units.map((id, at) => [id, at]))
  const sums = new Sums(units.length, scoring)
  const products = new Products(scoring)
  const groups = new Map<Breakdown, Map<string, Sums>>(breakdowns.map((one) => [one, new Map()]))
  const aside = new Map<SetAside, number>()
  const seen = new Seen()
  const through = new Map<number, number>()
  const tags: string[] = []
  const members = scales.map((scale) => scale.items.map((id) => items.findIndex((item) => item.id === id)))
  const values = new Int16Array(items.length)
  const person: Person = {
    values,
    answered: new Int16Array(scales.length),
    sums: new Int32Array(scales.length)
  }
  let again = 0
  const setAside = (why: SetAside) => aside.set(why, (aside.get(why) ?? 0) + 1)

  /** Puts the answers of one person into `person`; gives why they do not fit. */
  const taken = (given: Answer["answers"]): SetAside | undefined => {
    let known = 0
    for (let at = 0; at < items.length; at++) {
      const item = items[at]!
      const answer = given[item.id]
      if (answer !== undefined) known++
      if (answer === undefined || answer === null || answer === item.notApplicable) values[at] = blank
      else if (answer < item.min || answer > item.max) return "out-of-scale"
      else values[at] = item.reversed ? item.min + item.max - answer : answer
    }
    for (let scale = 0; scale < members.length; scale++) {
      let [answered, sum] = [0, 0]
      const { offsets, weights } = scales[scale]!
      const own = members[scale]!
      for (let nth = 0; nth < own.length; nth++) {
        const value = values[own[nth]!]!
        if (value === blank) continue
        answered++
        sum += (value - offsets[nth]!) * weights[nth]!
      }
      person.answered[scale] = answered
      person.sums[scale] = sum
    }
    return known === Object.keys(given).length ? undefined : "unknown-item"
  }

  for await (const { partition, offset, tag, rows, deleted } of records) {
    through.set(partition, offset + 1)
    tags.push(`${partition}/${offset}/${tag}`)
    if (rows === undefined) {
      setAside("erased")
      continue
    }
    for (const one of deleted as ReadonlyArray<Pick<Answer, "respondent">>) gone.add(one.respondent)
    for (const answer of rows as ReadonlyArray<Answer>) {
      const unit = unitAt.get(answer.microsystem)
      const why =
        answer.instrumentVersion !== instrumentVersion
          ? "other-version"
          : unit === undefined
            ? "unknown-unit"
            : taken(answer.answers)
      const print = why === undefined ? fingerprint(unit!, values) : unfit
      const before = seen.keep(answer.respondent, print)
      if (before !== undefined) {
        if (before === print) again++
        else setAside("twice")
        continue
      }
      if (takenBack.has(answer.respondent)) {
        setAside("taken-back")
        continue
      }
      if (why !== undefined) {
        setAside(why)
        continue
      }
      sums.add(unit!, person)
      products.add(person, members)
      for (const breakdown of breakdowns) {
        const group = answer[breakdown]
        if (group === null) continue
        const own = groups.get(breakdown)!
        if (!own.has(group) && own.size < mostGroups) own.set(group, new Sums(units.length, scoring))
        const into = own.get(group)
        into?.add(unit!, person)
      }
    }
  }
  return {
    units,
    sums,
    products,
    groups,
    aside,
    again,
    through,
    read: hash("sha256", tags.join("\n"), "hex")
  }
}

/** Stands for an answer that did not fit. */
const unfit = 0xffffffff

/** 31 bits of what an answer says: whether one person's second answer is the same again. */
const fingerprint = (unit: number, values: Int16Array): number => {
  let print = unit ^ 0x811c9dc5
  for (const value of values) print = Math.imul(print ^ value, 0x01000193)
  return print >>> 1
}
