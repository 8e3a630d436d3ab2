import type { LogRecord } from "@plimsoll/log"
import type { Generations } from "./generation.ts"

/** Where a row came from: the generation of its source, by its id in the store, and its place in that. */
export interface Place {
  readonly generation: number | null
  readonly row: number | null
}

/** A count in a header or a marker; undefined where it is none. */
export const countOf = (value: unknown): number | undefined => {
  if (typeof value === "string" ? !/^\d{1,16}$/.test(value) : typeof value !== "number") return undefined
  const count = Number(value)
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined
}

/** Reads the place of a row from its headers; undefined where one of them is not what we write. */
export const placeOf = (headers: LogRecord["headers"], generations: Generations): Place | undefined => {
  const source = headers["ce_source"]
  const partition = headers["plimsoll_partition"]
  const [generationText, rowText] = [headers["plimsoll_generation"], headers["plimsoll_row"]]
  const row = rowText === undefined ? null : countOf(rowText)
  if (row === undefined) return undefined
  if (source === undefined || partition === undefined || generationText === undefined) {
    return { generation: null, row }
  }
  const generation = countOf(generationText)
  return generation === undefined
    ? undefined
    : { generation: generations.id(source, partition, generation), row }
}
