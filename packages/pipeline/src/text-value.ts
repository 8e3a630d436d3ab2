import type { ColumnType } from "@plimsoll/schema"

/** What {@link readText} gives for a text that is not a value of the column. */
export const unreadable = Symbol("unreadable")

const whole = /^-?(0|[1-9]\d*)$/
const decimal = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/** A decimal number as its sign, its digits without leading or closing noughts, and the power of ten of the last. */
const digitsOf = (text: string): string => {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e")
  const sign = mantissa.startsWith("-") ? "-" : ""
  const [before = "", after = ""] = mantissa.replace("-", "").split(".")
  const digits = `${before}${after}`.replace(/^0+/, "")
  const kept = digits.replace(/0+$/, "")
  if (kept === "") return "0"
  return `${sign}${kept}e${Number(exponent) - after.length + digits.length - kept.length}`
}

/** Whether the double nearest to a decimal number prints back to the same number: no digit was lost. */
const isExact = (text: string, value: number): boolean =>
  Number.isFinite(value) && digitsOf(String(value)) === digitsOf(text)

const exactNumbers = (_: string, value: unknown, context?: { readonly source?: string }): unknown => {
  if (typeof value === "number" && context?.source !== undefined && !isExact(context.source, value)) {
    throw new RangeError("a digit would be lost")
  }
  return value
}

const readers: { readonly [kind: string]: (text: string) => unknown } = {
  integer: (text) => {
    const value = whole.test(text) ? Number(text) + 0 : Number.NaN
    return Number.isSafeInteger(value) ? value : unreadable
  },
  number: (text) => {
    if (!decimal.test(text)) return unreadable
    const value = Number(text) + 0
    return isExact(text, value) ? value : unreadable
  },
  boolean: (text) => (text === "true" ? true : text === "false" ? false : unreadable),
  json: (text) => {
    try {
      return JSON.parse(text, exactNumbers) as unknown
    } catch {
      return unreadable
    }
  }
}

/** How the text of one column is read: never rounded, trimmed or guessed. Undefined: as the text it is. */
export const textReader = (type: ColumnType): ((text: string) => unknown) | undefined => readers[type.kind]

/** What a column's text has to be, for people. */
export const expectedText = (type: ColumnType): string => {
  switch (type.kind) {
    case "integer":
      return "Expected a whole number in digits, between -2^53 and 2^53"
    case "number":
      return "Expected a number in digits that a double holds exactly"
    case "boolean":
      return "Expected true or false"
    case "json":
      return "Expected JSON"
    case "text":
      return "Expected another text"
    default:
      return `Expected ${type.kind === "instant" || type.kind === "int64" ? "an" : "a"} ${type.kind}`
  }
}
