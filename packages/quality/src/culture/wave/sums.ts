import type { ItemSums, ScaleSums } from "../release/wave.ts"
import { membersOf, negativeTo, type Scoring } from "./scoring.ts"

/** No answer. */
export const blank = -1

/** One person's answers: by item after reversing, or {@link blank}; by scale how many items they answered, and the sum of what these give. */
export interface Person {
  readonly values: Int16Array
  readonly answered: Int16Array
  readonly sums: Int32Array
}

/** The numbers of {@link Sums}, where another thread can see them, too. */
export interface SumsMemory {
  readonly respondents: Uint32Array
  readonly answers: Uint32Array
  readonly people: Float64Array
  readonly sides: Uint32Array
}

/** The numbers of {@link Products}. */
export interface ProductsMemory {
  readonly n: Float64Array
  readonly sums: ReadonlyArray<Float64Array>
  readonly products: ReadonlyArray<Float64Array>
}

const words = (count: number): Uint32Array => new Uint32Array(new SharedArrayBuffer(4 * count))
const reals = (count: number): Float64Array => new Float64Array(new SharedArrayBuffer(8 * count))

/** Whole numbers by unit: exact, whatever the order in which answers are read. */
export class Sums {
  readonly units: number
  readonly respondents: Uint32Array
  readonly #scoring: Scoring
  /** The positions of the items and scales that are added up. */
  readonly #items: Int32Array
  readonly #scales: Int32Array
  /** By unit, item and value: how many answered so. All else about an item follows from it. */
  readonly #answers: Uint32Array
  readonly #width: number
  /** By unit, number of items answered and scale: people, and the sum and sum of squares of their sums over those items. */
  readonly #people: Float64Array
  readonly #wide: number
  /** By unit and scale: people whose score is positive, and negative. */
  readonly #sides: Uint32Array
  /** By scale: with how many items answered there is a score, and how it is made of their sum. */
  readonly #enough: Float64Array
  readonly #subtract: Float64Array
  readonly #multiply: Float64Array
  readonly #high: Float64Array
  readonly #low: Float64Array

  /** `what`: everything, or only that of which figures of people are published. `memory`: that of another, to add to the same. */
  constructor(
    units: number,
    scoring: Scoring,
    what: "all" | "published" = "all",
    memory: Partial<SumsMemory> = {}
  ) {
    const { items, scales } = scoring
    const kept = (all: ReadonlyArray<{ readonly published: boolean }>): Int32Array =>
      Int32Array.from([...all.keys()].filter((at) => what === "all" || all[at]!.published))
    this.units = units
    this.#scoring = scoring
    this.respondents = memory.respondents ?? words(units)
    this.#items = kept(items)
    this.#scales = kept(scales)
    this.#width = 1 + Math.max(0, ...items.map((item) => item.max))
    this.#answers = memory.answers ?? words(units * items.length * this.#width)
    this.#wide = 1 + Math.max(0, ...scales.map((scale) => scale.items.length))
    this.#people = memory.people ?? reals(units * this.#wide * scales.length * 3)
    this.#sides = memory.sides ?? words(units * scales.length * 2)
    // A score needs half of the items: fewer say little of a scale.
    this.#enough = Float64Array.from(scales, (scale) => Math.max(1, scale.items.length / 2))
    this.#subtract = Float64Array.from(scales, (scale) => scale.subtract)
    this.#multiply = Float64Array.from(scales, (scale) => scale.multiply)
    this.#high = Float64Array.from(scales, ({ positiveFrom }) => positiveFrom ?? Infinity)
    this.#low = Float64Array.from(scales, ({ min, max, positiveFrom }) =>
      positiveFrom === null ? -Infinity : negativeTo({ min, max, positiveFrom })
    )
  }

  get memory(): SumsMemory {
    const [answers, people, sides] = [this.#answers, this.#people, this.#sides]
    return { respondents: this.respondents, answers, people, sides }
  }

  add(unit: number, { values, answered, sums }: Person): void {
    this.respondents[unit]!++
    const answers = this.#answers
    const width = this.#width
    const items = this.#items
    const from = unit * values.length * width
    for (let nth = 0; nth < items.length; nth++) {
      const item = items[nth]!
      const value = values[item]!
      if (value !== blank) answers[from + item * width + value]!++
    }
    const scales = this.#scales
    const count = answered.length
    for (let nth = 0; nth < scales.length; nth++) {
      const scale = scales[nth]!
      const given = answered[scale]!
      if (given < this.#enough[scale]!) continue
      const sum = sums[scale]!
      const place = ((unit * this.#wide + given) * count + scale) * 3
      this.#people[place]!++
      this.#people[place + 1]! += sum
      this.#people[place + 2]! += sum * sum
      const score = (sum / given - this.#subtract[scale]!) * this.#multiply[scale]!
      if (score >= this.#high[scale]!) this.#sides[(unit * count + scale) * 2]!++
      else if (score <= this.#low[scale]!) this.#sides[(unit * count + scale) * 2 + 1]!++
    }
  }

  /** Of one unit and item. */
  item(unit: number, item: number): ItemSums {
    const found = { n: 0, positive: 0, negative: 0, sum: 0, squares: 0 }
    const { min, max, positiveFrom } = this.#scoring.items[item]!
    const low = positiveFrom === null ? -Infinity : negativeTo({ min, max, positiveFrom })
    const from = (unit * this.#scoring.items.length + item) * this.#width
    for (let value = min; value <= max; value++) {
      const count = this.#answers[from + value]!
      found.n += count
      found.sum += count * value
      found.squares += count * value * value
      if (positiveFrom === null) continue
      if (value >= positiveFrom) found.positive += count
      else if (value <= low) found.negative += count
    }
    return found
  }

  /** Of one unit and scale: people with a score, and the sum and the sum of squares of their scores. */
  scale(unit: number, scale: number): ScaleSums {
    let [n, sum, squares] = [0, 0, 0]
    const count = this.#scoring.scales.length
    const [a, b] = [this.#subtract[scale]!, this.#multiply[scale]!]
    for (let answered = 1; answered < this.#wide; answered++) {
      const at = ((unit * this.#wide + answered) * count + scale) * 3
      n += this.#people[at]!
      sum += this.#people[at + 1]! / answered
      squares += this.#people[at + 2]! / (answered * answered)
    }
    return {
      n,
      sum: b * (sum - a * n),
      squares: b * b * (squares - 2 * a * sum + a * a * n),
      positive: this.#sides[(unit * count + scale) * 2]!,
      negative: this.#sides[(unit * count + scale) * 2 + 1]!
    }
  }
}

/** Sums of products of the items of each scale, over the people who answered all of them: what alpha is made of. */
export class Products {
  readonly n: Float64Array
  /** By scale, the sum of each item. */
  readonly sums: ReadonlyArray<Float64Array>
  /** By scale, the sums of products of each two items. */
  readonly products: ReadonlyArray<Float64Array>

  readonly #members: ReadonlyArray<ReadonlyArray<number>>

  constructor({ items, scales }: Scoring, memory: Partial<ProductsMemory> = {}) {
    this.#members = membersOf({ items, scales })
    this.n = memory.n ?? reals(scales.length)
    this.sums = memory.sums ?? scales.map((scale) => reals(scale.items.length))
    this.products = memory.products ?? scales.map((scale) => reals(scale.items.length ** 2))
  }

  get memory(): ProductsMemory {
    return { n: this.n, sums: this.sums, products: this.products }
  }

  add({ values, answered }: Person): void {
    const members = this.#members
    for (let scale = 0; scale < members.length; scale++) {
      const own = members[scale]!
      const count = own.length
      if (answered[scale] !== count) continue
      const [sums, products] = [this.sums[scale]!, this.products[scale]!]
      this.n[scale]!++
      for (let a = 0; a < count; a++) {
        const value = values[own[a]!]!
        sums[a]! += value
        // The other half is the same.
        for (let b = a; b < count; b++) products[a * count + b]! += value * values[own[b]!]!
      }
    }
  }
}
