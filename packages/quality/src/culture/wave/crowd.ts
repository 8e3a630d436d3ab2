import { membersOf, type Scoring } from "./scoring.ts"
import { blank, type Person } from "./sums.ts"

/** Of no group, or of one too many. */
export const noGroup = -1

/** The people of a {@link Crowd}, where another thread can see them, too. */
export interface CrowdMemory {
  readonly units: Int32Array
  readonly values: Int16Array
  readonly groups: Int16Array
}

const shorts = (count: number): Int16Array => new Int16Array(new SharedArrayBuffer(2 * count))

/**
 * People waiting to be added up, as numbers. They are handed on unit by unit: the sums of one unit are then near at hand, and
 * adding a person takes a third of the time.
 */
export class Crowd {
  readonly #items: number
  readonly #scales: Scoring["scales"]
  /** By scale the positions of its items. */
  readonly #members: ReadonlyArray<ReadonlyArray<number>>
  readonly #breakdowns: number
  readonly #person: Person
  readonly #own: Int16Array
  readonly #most: number
  readonly #units: Int32Array
  readonly #order: Int32Array
  readonly #starts: Int32Array
  readonly #values: Int16Array
  readonly #groups: Int16Array
  #count = 0

  /** `most`: how many people are held before they are added up. `memory`: that of another, to hand on the same people. */
  constructor(
    units: number,
    { items, scales }: Scoring,
    breakdowns: number,
    most: number,
    memory: Partial<CrowdMemory> = {}
  ) {
    this.#most = most
    this.#units = memory.units ?? new Int32Array(new SharedArrayBuffer(4 * most))
    this.#order = new Int32Array(most)
    this.#items = items.length
    this.#scales = scales
    this.#members = membersOf({ items, scales })
    this.#breakdowns = breakdowns
    this.#person = {
      values: new Int16Array(items.length),
      answered: new Int16Array(scales.length),
      sums: new Int32Array(scales.length)
    }
    this.#own = new Int16Array(breakdowns)
    this.#starts = new Int32Array(units + 1)
    this.#values = memory.values ?? shorts(most * items.length)
    this.#groups = memory.groups ?? shorts(most * breakdowns)
  }

  get memory(): CrowdMemory {
    return { units: this.#units, values: this.#values, groups: this.#groups }
  }

  /** How many people are waiting; set where another thread has put them there, or taken them. */
  get count(): number {
    return this.#count
  }
  set count(people: number) {
    this.#count = people
  }

  /** Whether it is full after that. */
  add(unit: number, values: Int16Array, groups: Int16Array): boolean {
    const at = this.#count++
    this.#units[at] = unit
    this.#values.set(values, at * this.#items)
    this.#groups.set(groups, at * this.#breakdowns)
    return this.#count === this.#most
  }

  /** Hands all of them on. What it hands on is filled anew for the next. */
  empty(each: (unit: number, person: Person, groups: Int16Array) => void): void {
    const starts = this.#starts.fill(0)
    for (let at = 0; at < this.#count; at++) starts[this.#units[at]! + 1]!++
    for (let unit = 1; unit < starts.length; unit++) starts[unit]! += starts[unit - 1]!
    for (let at = 0; at < this.#count; at++) this.#order[starts[this.#units[at]!]!++] = at
    for (let nth = 0; nth < this.#count; nth++) {
      const at = this.#order[nth]!
      this.#fill(at * this.#items)
      for (let by = 0; by < this.#breakdowns; by++) this.#own[by] = this.#groups[at * this.#breakdowns + by]!
      each(this.#units[at]!, this.#person, this.#own)
    }
    this.#count = 0
  }

  #fill(from: number): void {
    const { values, answered, sums } = this.#person
    for (let item = 0; item < values.length; item++) values[item] = this.#values[from + item]!
    for (let scale = 0; scale < answered.length; scale++) {
      let [given, sum] = [0, 0]
      const { offsets, weights } = this.#scales[scale]!
      const own = this.#members[scale]!
      for (let nth = 0; nth < own.length; nth++) {
        const value = values[own[nth]!]!
        if (value === blank) continue
        given++
        sum += (value - offsets[nth]!) * weights[nth]!
      }
      answered[scale] = given
      sums[scale] = sum
    }
  }
}
