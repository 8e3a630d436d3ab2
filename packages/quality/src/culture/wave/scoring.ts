import type { Instrument, InstrumentItem, InstrumentScale } from "../instrument/instrument.ts"
import type { WaveInput, WaveItem, WaveScale } from "../release/wave.ts"

/** One item of an instrument, as answers to it are added up. */
export interface ScoredItem {
  readonly id: string
  /** The ends of its scale, as it is answered: whole numbers from 0 on. */
  readonly min: number
  readonly max: number
  /** Whether a high answer is the bad one: it counts as min + max − answer. */
  readonly reversed: boolean
  /** The answer that means "does not apply"; null: there is none. */
  readonly notApplicable: number | null
  /** From which answer on, after reversing, it is positive; null: it is not counted so. */
  readonly positiveFrom: number | null
  /** Whether a figure of its own is published. */
  readonly published: boolean
}

/**
 * One scale. A person's score is the mean over the items they answered of (answer − offset) × weight, all whole numbers so
 * that sums are exact; less `subtract`, times `multiply`.
 */
export interface ScoredScale {
  readonly id: string
  /** The ids of its items. */
  readonly items: ReadonlyArray<string>
  readonly offsets: ReadonlyArray<number>
  readonly weights: ReadonlyArray<number>
  readonly subtract: number
  readonly multiply: number
  /** From which score on a person counts as positive; null: people are not counted like that. */
  readonly positiveFrom: number | null
  /** The ends of the score. */
  readonly min: number
  readonly max: number
  /** Whether scores of people are published, and not only figures of its items. */
  readonly published: boolean
}

/** What of an instrument the vault needs to add answers up. */
export interface Scoring {
  readonly items: ReadonlyArray<ScoredItem>
  readonly scales: ReadonlyArray<ScoredScale>
}

/** By scale, the positions of its items. */
export const membersOf = ({ items, scales }: Scoring): ReadonlyArray<ReadonlyArray<number>> =>
  scales.map((scale) => scale.items.map((id) => items.findIndex((item) => item.id === id)))

/** Up to which value something is negative: as far from the low end as a positive one is from the high end. */
export const negativeTo = ({
  min,
  max,
  positiveFrom
}: {
  readonly min: number
  readonly max: number
  readonly positiveFrom: number
}): number => min + max - positiveFrom

const common = (a: number, b: number): number => (b === 0 ? a : common(b, a % b))

const itemsOf = ({ items }: Instrument, scale: InstrumentScale): ReadonlyArray<InstrumentItem> =>
  scale.items.map((id) => items.find((item) => item.id === id)!)

const scoredScale = (instrument: Instrument, scale: InstrumentScale): ScoredScale => {
  const own = itemsOf(instrument, scale)
  const { id, items, scoring } = scale
  const least = Math.min(...own.map((item) => item.min))
  const most = Math.max(...own.map((item) => item.max))
  const plain = {
    id,
    items,
    offsets: own.map(() => 0),
    weights: own.map(() => 1),
    published: scoring.kind !== "percent-positive"
  }
  switch (scoring.kind) {
    case "mean":
    case "percent-positive":
      return { ...plain, subtract: 0, multiply: 1, positiveFrom: null, min: least, max: most }
    case "transform": {
      const { subtract, multiply, positiveFrom } = scoring
      const [min, max] = [(least - subtract) * multiply, (most - subtract) * multiply]
      return { ...plain, subtract, multiply, positiveFrom, min, max }
    }
    case "stretch": {
      const ranges = own.map((item) => item.max - item.min)
      const whole = ranges.reduce((all, range) => (all * range) / common(all, range), 1)
      return {
        ...plain,
        offsets: own.map((item) => item.min),
        weights: ranges.map((range) => whole / range),
        subtract: 0,
        multiply: scoring.to / whole,
        positiveFrom: scoring.positiveFrom,
        min: 0,
        max: scoring.to
      }
    }
  }
}

const thresholdOf = (instrument: Instrument, item: string): number | null => {
  for (const { items, scoring } of instrument.scales) {
    if (scoring.kind === "percent-positive" && items.includes(item)) return scoring.threshold
  }
  return null
}

/** How answers to an instrument are added up. */
export const scoringOf = (instrument: Instrument): Scoring => ({
  items: instrument.items.map(({ id, min, max, reversed, notApplicable }) => {
    const positiveFrom = thresholdOf(instrument, id)
    return { id, min, max, reversed, notApplicable, positiveFrom, published: positiveFrom !== null }
  }),
  scales: instrument.scales.map((scale) => scoredScale(instrument, scale))
})

/**
 * What of an instrument is published: of items that are counted as positive their percentage, of scales what their scoring says. No item means
 * beside scores of people: their difference belongs to the few who left an item out.
 */
export const publishedOf = (instrument: Instrument): Pick<WaveInput, "items" | "scales"> => {
  const { items, scales } = scoringOf(instrument)
  return {
    items: items.map(({ id, min, max, positiveFrom, published }): WaveItem => ({
      id,
      min,
      max,
      figures: published ? ["percent-positive"] : [],
      ...(positiveFrom === null ? {} : { positiveFrom })
    })),
    scales: scales.map(({ id, items: own, min, max, positiveFrom, published }): WaveScale => {
      const ofItems = !published
      return {
        id,
        items: own,
        min,
        max,
        mean: ofItems ? "none" : "people",
        percentPositive: ofItems ? "items" : positiveFrom === null ? "none" : "people"
      }
    })
  }
}
