import { type Crowd, noGroup } from "./crowd.ts"
import type { Scoring } from "./scoring.ts"
import { Products, type ProductsMemory, Sums, type SumsMemory } from "./sums.ts"

/** The numbers of {@link Totals} when there is no group yet. */
export interface TotalsMemory {
  readonly sums: SumsMemory
  readonly products: ProductsMemory
}

/** All that is added up of a wave: of everybody, and of each group of each breakdown. */
export class Totals {
  readonly sums: Sums
  readonly products: Products
  /** By breakdown and number of the group. */
  readonly groups: ReadonlyArray<Array<Sums>>
  readonly #units: number
  readonly #scoring: Scoring

  /** `memory`: that of another, to add to the same. */
  constructor(units: number, scoring: Scoring, breakdowns: number, memory?: TotalsMemory) {
    this.#units = units
    this.#scoring = scoring
    this.sums = new Sums(units, scoring, "all", memory?.sums)
    this.products = new Products(scoring, memory?.products)
    this.groups = Array.from({ length: breakdowns }, () => [])
  }

  get memory(): TotalsMemory {
    return { sums: this.sums.memory, products: this.products.memory }
  }

  /** Makes room for another group of a breakdown. */
  open(breakdown: number, memory?: SumsMemory): SumsMemory {
    const made = new Sums(this.#units, this.#scoring, "published", memory)
    this.groups[breakdown]!.push(made)
    return made.memory
  }

  /** Adds up everybody who waits in a crowd, and empties it. */
  add(crowd: Crowd): void {
    const { sums, products, groups } = this
    crowd.empty((unit, person, of) => {
      sums.add(unit, person)
      products.add(person)
      for (let nth = 0; nth < groups.length; nth++) {
        if (of[nth] !== noGroup) groups[nth]![of[nth]!]!.add(unit, person)
      }
    })
  }
}
