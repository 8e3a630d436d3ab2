import type { ItemSums, ScaleSums } from "../release/wave.ts"
import { negativeTo, type Scoring } from "./scoring.ts"

/** No answer. */
export const blank = -1

/** One person's answers: by item after reversing, or {@link blank}; by scale how many items they answered, and the sum of what these give. */
export interface Person {
  readonly values: Int16Array
  readonly answered: Int16Array
  readonly sums: Int32Array
}

/** Whole numbers by unit: exact, whatever the order in which answers are read. */
export class Sums {
  readonly units: number
  readonly respondents: Uint32Array
  readonly #scoring: Scoring
  /** By unit, item and value: how many answered so. All else about an item follows from it. */
  readonly #answers: Uint32Array
  readonly #width: number
  /** By unit, scale and number of items answered: people, and the sums and squares of their sums over those items. */
  readonly #people: Uint32Array
  readonly #sums: Float64Array
  readonly #squares: Float64Array
  readonly #wide: number
  /** By unit and scale: people whose score is positive, and negative. */
  readonly #high: Uint32Array
  readonly #low: Uint32Array

  constructor(units: number, scoring: Scoring) {
    const { items, scales } = scoring
    this.units = units
    this.#scoring = scoring
    this.respondents = new Uint32Array(units)
    this.#width = 1 + Math.max(0, ...items.map((item) => item.max))
    this.#answers = new Uint32Array(units * items.length * this.#width)
    this.#wide = 1 + Math.max(0, ...scales.map((scale) => scale.items.length))
    this.#people = new Uint32Array(units * scales.length * this.#wide)
    this.#sums = new Float64Array(this.#people.length)
    this.#squares = new Float64Array(this.#people.length)
    this.#high = new Uint32Array(units * scales.length)
    this.#low = new Uint32Array(units * scales.length)
  }

  add(unit: number, { values, answered, sums }: Person): void {
    this.respondents[unit]!++
    const { scales } = this.#scoring
    const answers = this.#answers
    const width = this.#width
    let at = unit * values.length * width
    for (let item = 0; item < values.length; item++, at += width) {
      const value = values[item]!
      if (value !== blank) answers[at + value]!++
    }
    for (let scale = 0; scale < answered.length; scale++) {
      const count = answered[scale]!
      const { items, positiveFrom, subtract, multiply, min, max } = scales[scale]!
      // A score needs half of the items: fewer say little of a scale.
      if (count === 0 || count * 2 < items.length) continue
      const sum = sums[scale]!
      const own = unit * answered.length + scale
      const place = own * this.#wide + count
      this.#people[place]!++
      this.#sums[place]! += sum
      this.#squares[place]! += sum * sum
      if (positiveFrom === null) continue
      const score = (sum / count - subtract) * multiply
      if (score >= positiveFrom) this.#high[own]!++
      else if (score <= negativeTo({ min, max, positiveFrom })) this.#low[own]!++
    }
  }

  /** Of one unit and item. */
  item(unit: number, item: number): ItemSums {
    const found = { n: 0, positive: 0, negative: 0, sum: 0, squares: 0 }
    const own = this.#scoring.items[item]!
    const from = (unit * this.#scoring.items.length + item) * this.#width
    for (let value = own.min; value <= own.max; value++) {
      const count = this.#answers[from + value]!
      found.n += count
      found.sum += count * value
      found.squares += count * value * value
      if (own.positiveFrom === null) continue
      if (value >= own.positiveFrom) found.positive += count
      else if (value <= negativeTo({ ...own, positiveFrom: own.positiveFrom })) found.negative += count
    }
    return found
  }

  /** Of one unit and scale: people with a score, and the sum and the sum of squares of their scores. */
  scale(unit: number, scale: number): ScaleSums {
    let [n, sum, squares] = [0, 0, 0]
    const own = unit * this.#scoring.scales.length + scale
    const { subtract: a, multiply: b } = this.#scoring.scales[scale]!
    for (let answered = 1; answered < this.#wide; answered++) {
      const at = own * this.#wide + answered
      n += this.#people[at]!
      sum += this.#sums[at]! / answered
      squares += this.#squares[at]! / (answered * answered)
    }
    return {
      n,
      sum: b * (sum - a * n),
      squares: b * b * (squares - 2 * a * sum + a * a * n),
      positive: this.#high[own]!,
      negative: this.#low[own]!
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

  constructor({ scales }: Scoring) {
    this.n = new Float64Array(scales.length)
    this.sums = scales.map((scale) => new Float64Array(scale.items.length))
    this.products = scales.map((scale) => new Float64Array(scale.items.length ** 2))
  }

  /** `members`: by scale, the positions of its items. */
  add({ values, answered }: Person, members: ReadonlyArray<ReadonlyArray<number>>): void {
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
