import type { LogRecord } from "@plimsoll/log"

/** Stands for a number of which digits would be lost. It fits no column, and cannot be written as JSON. */
const inexact = {
  toJSON() {
    throw new RangeError("a number has more digits than can be kept")
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** The mark with which Confluent's serialisers begin a value: a zero byte, and four bytes that name a schema. */
const markLength = 5

/**
 * The text of a record's value, without the mark or byte order mark that it may begin with; undefined where it is no
 * UTF-8.
 */
export const textOf = (record: LogRecord): string | undefined => {
  const { bytes, value } = record
  if (bytes === undefined && value?.startsWith("\u0000") !== true) {
    return value?.startsWith("\ufeff") === true ? value.slice(1) : (value ?? "")
  }
  const all = bytes ?? new TextEncoder().encode(value!)
  try {
    const text = decoder.decode(all[0] === 0 ? all.subarray(markLength) : all)
    return text.startsWith("\ufeff") ? text.slice(1) : text
  } catch {
    return undefined
  }
}

/** Reads a JSON object; undefined where the text is none. */
export const parseObject = (text: string): { readonly [field: string]: unknown } | undefined => {
  const value = parseJson(text)
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as { readonly [field: string]: unknown })
    : undefined
}

/** Reads JSON; undefined where the text is none. A number that JavaScript would round fits no column. */
export const parseJson = (text: string): unknown => {
  try {
    // Only so many digits in a row can be too many, and seeing to it takes several times as long.
    return /[\d.]{16}/.test(text) ? JSON.parse(text, exact) : JSON.parse(text)
  } catch {
    return undefined
  }
}

const exact = (_: string, value: unknown, { source }: { readonly source?: string } = {}): unknown => {
  if (typeof value !== "number" || source === undefined || !Number.isInteger(value)) return value
  if (/^-?\d+$/.test(source)) return BigInt(source) === BigInt(value) ? value : inexact
  return /^-?\d+\.\d*[1-9]\d*$/.test(source) ? inexact : value
}
