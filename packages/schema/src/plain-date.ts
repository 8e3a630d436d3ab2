import { Schema } from "effect"

const shape = /^(\d{4})-(\d{2})-(\d{2})$/

/** Whether the text is a day of the Gregorian calendar between 0001-01-01 and 9999-12-31. */
export const isPlainDate = (text: string): boolean => {
  const found = shape.exec(text)
  if (found === null) return false
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])]
  if (year < 1 || month < 1 || month > 12 || day < 1) return false
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!
}

/** A day without a time or zone, `YYYY-MM-DD` in memory and on the wire, DATE in DuckDB. */
export const PlainDate = Schema.String.check(
  Schema.makeFilter(isPlainDate, {
    expected: "a day as YYYY-MM-DD",
    toJsonSchema: () => ({ format: "date" })
  })
)
