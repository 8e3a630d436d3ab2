import type { Answer } from "../waves.ts"
import type { Scoring } from "./scoring.ts"
import { blank } from "./sums.ts"

const unknown = -1

/** Reads what people answered to whole numbers by item, after reversing. Items mostly come in one order, which it remembers. */
export class AnswerReader {
  /** By item what was answered last, or {@link blank}. */
  readonly values: Int16Array
  readonly #positions: ReadonlyMap<string, number>
  readonly #items: Scoring["items"]
  /** The items in the order in which they came before, and where each belongs. */
  readonly #order: Array<string> = []
  readonly #places: Array<number> = []

  constructor({ items }: Scoring) {
    this.values = new Int16Array(items.length)
    this.#items = items
    this.#positions = new Map(items.map(({ id }, at) => [id, at]))
  }

  /** Puts the answers of one person into {@link values}; gives why they do not fit. */
  take(given: Answer["answers"]): "out-of-scale" | "unknown-item" | undefined {
    const values = this.values
    values.fill(blank)
    let nth = 0
    let [strange, outside] = [false, false]
    for (const id in given) {
      if (this.#order[nth] !== id) {
        this.#order[nth] = id
        this.#places[nth] = this.#positions.get(id) ?? unknown
      }
      const at = this.#places[nth++]!
      if (at === unknown) {
        strange = true
        continue
      }
      const answer = given[id]!
      const { min, max, reversed, notApplicable } = this.#items[at]!
      if (answer === null || answer === notApplicable) continue
      if (answer < min || answer > max) outside = true
      else values[at] = reversed ? min + max - answer : answer
    }
    return outside ? "out-of-scale" : strange ? "unknown-item" : undefined
  }
}
