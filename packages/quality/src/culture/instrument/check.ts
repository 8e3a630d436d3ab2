import { PlimsollError } from "@plimsoll/schema"
import type { Instrument, InstrumentItem, InstrumentScale } from "./instrument.ts"

/** An error about an instrument: where in it, what is wrong, what to do. */
export const instrumentInvalid = (at: string, message: string, suggestion: string): PlimsollError =>
  new PlimsollError({ code: "instrument-invalid", message, configPath: at, suggestion })

const noneTwice = (ids: ReadonlyArray<string>, place: (at: number) => string, what: string): void => {
  const twice = ids.findIndex((id, at) => ids.indexOf(id) < at)
  if (twice >= 0)
    throw instrumentInvalid(
      place(twice),
      `${what} "${ids[twice]}" stands there twice`,
      "leave one out, or give it an id of its own"
    )
}

const checkItem = (item: InstrumentItem, at: string): void => {
  const { id, min, max, notApplicable } = item
  if (min >= max)
    throw instrumentInvalid(
      `${at}.max`,
      `the answers of item "${id}" run from ${min} to ${max}`,
      "give max a greater number than min"
    )
  if (notApplicable !== null && notApplicable >= min && notApplicable <= max)
    throw instrumentInvalid(
      `${at}.notApplicable`,
      `${notApplicable} is also an answer of item "${id}"`,
      `give "does not apply" a code outside ${min} to ${max}, as the data have it`
    )
  for (const label of Object.keys(item.labels)) {
    const answer = Number(label)
    if (!Number.isInteger(answer) || ((answer < min || answer > max) && answer !== notApplicable))
      throw instrumentInvalid(
        `${at}.labels`,
        `"${label}" is no answer of item "${id}"`,
        `label answers from ${min} to ${max} only`
      )
  }
}

const checkScoring = (scale: InstrumentScale, items: ReadonlyArray<InstrumentItem>, at: string): void => {
  const { scoring } = scale
  const [{ min, max }] = items as readonly [InstrumentItem]
  const other = items.findIndex((item) => item.min !== min || item.max !== max)
  if (other >= 0 && scoring.kind !== "stretch")
    throw instrumentInvalid(
      `${at}.items[${other}]`,
      `the answers of scale "${scale.id}" have different ranges: ${min} to ${max}, and ${items[other]!.min} to ${items[other]!.max}`,
      'score it by "stretch", which brings all to one range first, or make two scales'
    )
  if (scoring.kind === "percent-positive" && (scoring.threshold <= min || scoring.threshold > max))
    throw instrumentInvalid(
      `${at}.scoring.threshold`,
      `answers of scale "${scale.id}" run from ${min} to ${max}, and ${scoring.threshold} does not divide them`,
      `give a threshold from ${min + 1} to ${max}`
    )
  if (scoring.kind !== "transform" && scoring.kind !== "stretch") return
  const [low, high] =
    scoring.kind === "stretch"
      ? [0, scoring.to]
      : [(min - scoring.subtract) * scoring.multiply, (max - scoring.subtract) * scoring.multiply]
  if (scoring.positiveFrom !== null && (scoring.positiveFrom <= low || scoring.positiveFrom > high))
    throw instrumentInvalid(
      `${at}.scoring.positiveFrom`,
      `scores of scale "${scale.id}" run from ${low} to ${high}, and ${scoring.positiveFrom} does not divide them`,
      "give a score between, or null"
    )
}

/**
 * Throws `instrument-invalid`, with the place in the instrument, where its parts do not fit together: an id twice, a scale
 * of unknown items, an item in no scale that is not said to stand alone, a threshold outside the answers, different
 * ranges in one scale, two thresholds for one item.
 */
export const checkInstrument = (instrument: Instrument): Instrument => {
  const { items, scales } = instrument
  if (items.length === 0) throw instrumentInvalid("items", "there are no items", "name the questions")
  noneTwice(
    items.map((item) => item.id),
    (at) => `items[${at}].id`,
    "item"
  )
  noneTwice(
    scales.map((scale) => scale.id),
    (at) => `scales[${at}].id`,
    "scale"
  )
  for (const [at, item] of items.entries()) checkItem(item, `items[${at}]`)

  const known = new Map(items.map((item) => [item.id, item]))
  const thresholds = new Map<string, { readonly threshold: number; readonly scale: string }>()
  const placed = new Set<string>()
  for (const [number, scale] of scales.entries()) {
    const at = `scales[${number}]`
    if (scale.items.length === 0)
      throw instrumentInvalid(`${at}.items`, `scale "${scale.id}" has no items`, "name them, or leave it out")
    noneTwice(scale.items, (item) => `${at}.items[${item}]`, "item")
    const own = scale.items.map((id, item) => {
      const found = known.get(id)
      if (found === undefined)
        throw instrumentInvalid(
          `${at}.items[${item}]`,
          `scale "${scale.id}" has an item "${id}" that the instrument does not have`,
          "add it to items, or mend its id"
        )
      if (found.alone)
        throw instrumentInvalid(
          `${at}.items[${item}]`,
          `item "${id}" is said to stand alone, and is in scale "${scale.id}"`,
          'take "alone" off the item, or the item out of the scale'
        )
      placed.add(id)
      return found
    })
    checkScoring(scale, own, at)
    if (scale.scoring.kind !== "percent-positive") continue
    const { threshold } = scale.scoring
    for (const [item, { id }] of own.entries()) {
      const before = thresholds.get(id)
      if (before !== undefined && before.threshold !== threshold)
        throw instrumentInvalid(
          `${at}.items[${item}]`,
          `item "${id}" is positive from ${before.threshold} in scale "${before.scale}" and from ${threshold} in scale "${scale.id}"`,
          "give both scales one threshold"
        )
      thresholds.set(id, { threshold, scale: scale.id })
    }
  }
  for (const [at, { id, reversed, alone }] of items.entries()) {
    if (!placed.has(id) && !alone)
      throw instrumentInvalid(
        `items[${at}]`,
        `${reversed ? "reversed item" : "item"} "${id}" is in no scale`,
        'put it into a scale, or say "alone": true'
      )
  }
  return instrument
}
