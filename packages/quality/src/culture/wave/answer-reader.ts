import { breakdowns } from "./breakdown.ts"
import type { Scoring } from "./scoring.ts"
import { blank } from "./sums.ts"

/** The names of a row's fields, as `RowShape` of `@plimsoll/log` has them. */
type Shape = ReadonlyArray<string | readonly [field: string, shape: Shape]>

/** Answers without the names of their fields: see `PackedRows` of `@plimsoll/log`. */
export interface PackedAnswers {
  readonly shapes: ReadonlyArray<Shape>
  readonly rows: ReadonlyArray<PackedAnswer>
}
type PackedAnswer = readonly [shape: number, ...values: ReadonlyArray<unknown>]

/** Where rows of one shape have what an answer says. */
export interface AnswerPlaces {
  readonly respondent: number
  readonly instrumentVersion: number
  readonly microsystem: number
  readonly breakdowns: ReadonlyArray<number>
  /** The first of the answers to items, which stand side by side, and which item each is. */
  readonly answers: number
  readonly items: Int32Array
}

const unknown = -1

/** Reads what people answered to whole numbers by item, after reversing. */
export class AnswerReader {
  /** By item what was answered last, or {@link blank}. */
  readonly values: Int16Array
  readonly #positions: ReadonlyMap<string, number>
  readonly #items: Scoring["items"]

  constructor({ items }: Scoring) {
    this.values = new Int16Array(items.length)
    this.#items = items
    this.#positions = new Map(items.map(({ id }, at) => [id, at]))
  }

  /** Finds the fields of an answer in a shape of rows. */
  placesIn(shape: Shape): AnswerPlaces {
    const places = new Map<string, number>()
    let items: ReadonlyArray<string> = []
    let at = 1
    for (const field of shape) {
      const name = typeof field === "string" ? field : field[0]
      places.set(name, at)
      const inner = typeof field === "string" ? undefined : field[1]
      if (name === "answers") items = inner as ReadonlyArray<string>
      at += inner?.length ?? 1
    }
    const placeOf = (field: string): number => places.get(field)!
    return {
      respondent: placeOf("respondent"),
      instrumentVersion: placeOf("instrumentVersion"),
      microsystem: placeOf("microsystem"),
      breakdowns: breakdowns.map(placeOf),
      answers: placeOf("answers"),
      items: Int32Array.from(items, (id) => this.#positions.get(id) ?? unknown)
    }
  }

  /** Puts the answers of one person into {@link values}; gives why they do not fit. */
  take(row: PackedAnswer, { answers, items }: AnswerPlaces): "out-of-scale" | "unknown-item" | undefined {
    const values = this.values
    values.fill(blank)
    let [strange, outside] = [false, false]
    for (let nth = 0; nth < items.length; nth++) {
      const at = items[nth]!
      if (at === unknown) {
        strange = true
        continue
      }
      const answer = row[answers + nth] as number | null
      const { min, max, reversed, notApplicable } = this.#items[at]!
      if (answer === null || answer === notApplicable) continue
      if (answer < min || answer > max) outside = true
      else values[at] = reversed ? min + max - answer : answer
    }
    return outside ? "out-of-scale" : strange ? "unknown-item" : undefined
  }
}
