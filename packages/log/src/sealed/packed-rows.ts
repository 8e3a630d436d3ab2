import type { WireRow } from "../record.ts"

/** The names of a row's fields in their order; a field that holds an object has the names of that beside it. */
export type RowShape = ReadonlyArray<string | readonly [field: string, shape: RowShape]>

/** A row without its names: the number of its shape, and its values in order, those of an object in it among them. */
export type PackedRow = readonly [shape: number, ...values: ReadonlyArray<unknown>]

/**
 * Rows whose names stand there once for all rows that have the same ones: forty answers of a person are forty digits, and take half
 * the time to parse.
 */
export interface PackedRows {
  readonly shapes: ReadonlyArray<RowShape>
  readonly rows: ReadonlyArray<PackedRow>
}

const isObject = (value: unknown): value is WireRow =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const shapeOf = (row: WireRow, values: Array<unknown>): RowShape =>
  Object.entries(row).map(([field, value]) => {
    if (isObject(value)) return [field, shapeOf(value, values)]
    values.push(value)
    return field
  })

/** Packs rows, one after the other, to JSON. */
export class RowPacker {
  readonly #shapes = new Map<string, number>()
  readonly #rows: Array<string> = []
  #bytes = 0

  /** How long the text is, near enough. */
  get bytes(): number {
    return this.#bytes
  }

  add(row: WireRow): void {
    const values: Array<unknown> = []
    const shape = JSON.stringify(shapeOf(row, values))
    let nth = this.#shapes.get(shape)
    if (nth === undefined) {
      nth = this.#shapes.size
      this.#shapes.set(shape, nth)
      this.#bytes += Buffer.byteLength(shape) + 1
    }
    const text = JSON.stringify([nth, ...values])
    this.#rows.push(text)
    this.#bytes += Buffer.byteLength(text) + 1
  }

  /** The members `shapes` and `rows` of an object. */
  text(): string {
    return `"shapes":[${[...this.#shapes.keys()].join(",")}],"rows":[${this.#rows.join(",")}]`
  }
}

/** The rows as they were. */
export const unpackRows = ({ shapes, rows }: PackedRows): ReadonlyArray<WireRow> =>
  rows.map((row) => {
    let at = 1
    const objectOf = (shape: RowShape): WireRow =>
      Object.fromEntries(
        shape.map((field) =>
          typeof field === "string" ? [field, row[at++]] : [field[0], objectOf(field[1])]
        )
      )
    return objectOf(shapes[row[0]]!)
  })
